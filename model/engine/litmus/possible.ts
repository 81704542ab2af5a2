import { LitmusError } from '#model/engine/litmus/source.ts';
import { type Run, ThreadRunner } from '#model/engine/litmus/thread-runs.ts';
import type { LitmusProgram, Value } from '#spec/machine/memory/program.ts';

/** As many values of one location are followed. */
const valuesMax = 64;

/**
 * All runs of each thread of a program, if each read may give whatever its location may hold. That is found in rounds:
 * the initial value, then what the threads write if they read what is known so far. No model here lets a value come out
 * of thin air, so in any execution a value passes through each write at most once on its way, and there is no need for
 * more rounds than there are writes.
 */
export const possibleRuns = (program: LitmusProgram): { runs: readonly (readonly Run[])[]; isCut: boolean } => {
  const possible: Value[][] = program.initial.map((value) => [value]);
  const runners = program.threads.map((_, thread) => new ThreadRunner(program, thread));
  for (let round = 0; ; round++) {
    const found = runners.map((runner) => runner.runs(possible));
    const runs = found.map((of) => of.runs);
    const writesMax = runs.reduce((sum, of) => sum + of.reduce((most, run) => Math.max(most, writesOf(run)), 0), 0);
    let isNew = false;
    for (const run of runs.flat()) {
      for (const [i, { event }] of run.shape.events.entries()) {
        if (event.tag !== 'write') continue;
        const values = possible[event.location] as Value[];
        const value = run.values[i] as Value;
        if (values.includes(value)) continue;
        isNew = true;
        values.push(value);
        if (values.length > valuesMax) {
          const problem = `the location ${program.locations[event.location]} may hold more than ${valuesMax} values`;
          throw new LitmusError('bound', 0, problem, 'tests with fewer can be run');
        }
      }
    }
    if (!isNew || round >= writesMax) return { runs, isCut: found.some((of) => of.isCut) };
  }
};

const writesOf = (run: Run): number => run.shape.events.filter(({ event }) => event.tag === 'write').length;
