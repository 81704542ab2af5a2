import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import { Exploration } from '#model/engine/graph/explore.ts';
import { type AccessProgram, type EventProgram, type ToExplore, toExplore } from '#model/engine/graph/written.ts';

/** Programs of which others counted the executions. They are not part of this repository. */

const load = <Of>(name: string): readonly Of[] | null => {
  const file = new URL(`../../../shared/data/executions/${name}.json.gz`, import.meta.url);
  if (!existsSync(file)) return null;
  return (JSON.parse(gunzipSync(readFileSync(file)).toString()) as { programs: readonly Of[] }).programs;
};

/** Of each model, what is found and what is expected, where that is known. */
const compared = ({ runs, expected }: ToExplore): { found: object; expected: object } => {
  const found: Record<string, number> = {};
  const wanted: Record<string, number> = {};
  for (const { model, program, memory, exploring } of runs) {
    const count = expected?.[model];
    if (typeof count !== 'number') continue;
    wanted[model] = count;
    const exploration = new Exploration(program, memory, exploring);
    exploration.run(count + 1); // one more than expected is enough to be wrong
    found[model] = exploration.explored.executions;
  }
  return { found, expected: wanted };
};

/** What GenMC prints of a graph: whom each read reads from, and the writes to each location in their order. */
interface Outcome {
  readonly rf: { readonly [read: string]: string };
  readonly mo: { readonly [location: string]: readonly string[] };
}

/**
 * Threads are numbered from 1 there. The main thread is 0: what it writes before is what memory holds at first. Of a
 * single write no order is printed.
 */
const outcomeText = (rf: readonly (readonly [string, string])[], mo: readonly (readonly string[])[]): string => {
  const reads = rf.filter(([read]) => !read.startsWith('0.')).map((pair) => pair.join('<-'));
  const orders = mo.map((writes) => writes.filter((write) => !write.startsWith('0.')));
  const told = orders.filter(({ length }) => length > 1).map((writes) => writes.join());
  return `${reads.sort().join(' ')} | ${told.sort().join(' ')}`;
};

const printed = ({ rf, mo }: Outcome): string => {
  const nameOf = (source: string): string => {
    const [, thread, index] = /^\((\d+), (\d+)\)$/.exec(source) ?? [];
    return thread === undefined || thread === '0' ? 'INIT' : `${thread}.${index}`;
  };
  return outcomeText(
    Object.entries(rf).map(([read, source]) => [read, nameOf(source)]),
    Object.values(mo),
  );
};

const drawn = (graph: ExecutionGraph): string => {
  const nameOf = (event: number): string =>
    (graph.thread[event] as number) < 0
      ? 'INIT'
      : `${(graph.thread[event] as number) + 1}.${(graph.index[event] as number) + 1}`;
  const reads = [...graph.inserted.subarray(0, graph.size)].filter((event) => graph.isRead(event));
  return outcomeText(
    reads.map((event) => [nameOf(event), nameOf(graph.source[event] as number)]),
    graph.mo.map((writes, location) => [...writes.subarray(1, graph.moLengths[location])].map(nameOf)),
  );
};

/** More of them than these are not looked for. */
const graphsMax = 20_000;

/** Whether a test reads of joined threads, or has events that may be others elsewhere: none of ours is like its graphs. */
const isElse = ({ threads }: EventProgram, outcomes: readonly Outcome[]): boolean =>
  threads.flat().some(([kind]) => /^C|^FREE/.test(kind)) ||
  outcomes.some(({ rf }) => Object.entries(rf).some(([read, from]) => !read.startsWith('0.') && /^thread/.test(from)));

describe('programs with published counts', () => {
  const accesses = load<AccessProgram>('programs');
  it.runIf(accesses)('have those counts: sc, tso, and RC11 relaxed, release-acquire and seq_cst', () => {
    const explored = (accesses ?? []).map((program) => toExplore(program)).filter((program) => 'runs' in program);
    expect(explored).toHaveLength(1_847);
    for (const program of explored) {
      const { found, expected } = compared(program);
      expect(found, program.id).toEqual(expected);
      expect(Object.keys(expected), program.id).toHaveLength(5);
    }
  });

  const tests = load<EventProgram & { readonly outcomes: readonly Outcome[] | null }>('straightline');
  const whole = (tests ?? []).flatMap((test) => {
    const program = toExplore(test);
    return 'runs' in program && program.expected ? [{ test, program }] : [];
  });
  it.runIf(tests)("have GenMC's counts, with updates, fences and every order, where their events tell all", () => {
    expect(whole.length).toBeGreaterThan(100);
    for (const { program } of whole) {
      const { found, expected } = compared(program);
      expect(found, program.id).toEqual(expected);
    }
  });

  it.runIf(tests)('have the very graphs that GenMC prints under rc11', () => {
    let graphs = 0;
    for (const { test, program } of whole) {
      if (test.outcomes === null) continue; // too many to be printed
      const run = program.runs.find(({ memory }) => memory === 'rc11');
      if (run === undefined) throw new Error('it is explored under rc11');
      const found: string[] = [];
      new Exploration(run.program, 'rc11', { onExecution: (graph) => found.push(drawn(graph)) }).run(10_000);
      expect(found.sort(), program.id).toEqual(test.outcomes.map(printed).sort());
      graphs += found.length;
    }
    expect(graphs).toBeGreaterThan(700);
  });

  it.runIf(tests)('have the graphs that GenMC prints among theirs, where it leaves out what blocks', () => {
    let graphs = 0;
    for (const test of tests ?? []) {
      const program = toExplore(test);
      if (!('runs' in program) || program.expected || test.outcomes === null || isElse(test, test.outcomes)) continue;
      const run = program.runs.find(({ memory }) => memory === 'rc11') as (typeof program.runs)[number];
      const found = new Set<string>();
      const exploration = new Exploration(run.program, 'rc11', { onExecution: (graph) => found.add(drawn(graph)) });
      if (exploration.run(graphsMax)) continue;
      expect(
        test.outcomes.map(printed).filter((graph) => !found.has(graph)),
        program.id,
      ).toEqual([]);
      graphs += test.outcomes.length;
    }
    expect(graphs).toBeGreaterThan(70);
  });
});
