import type { Rig } from '#model/engine/explore/execution.ts';
import { checkTurns, type Turn, turnsOf, type Wrong } from '#model/engine/refine/sequential.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { Minimality } from '#model/engine/shrink/minimal.ts';
import { allSmallerPrograms } from '#model/engine/shrink/smaller.ts';
import type { Program } from '#model/subject.ts';

/** So many sequences are tried at most to show that a story is minimal. */
const sequencesMax = 2000;

/** The smallest sequence near one that goes wrong, and, if it could be shown, that no smaller program goes wrong. */
export interface ShrunkSequence extends Wrong {
  readonly minimal: Minimality | undefined;
}

/**
 * The smallest sequence of calls near this one that goes wrong: fewest threads, then calls, then the simplest arguments.
 * Then every smaller program is tried, with its calls in every order.
 */
export const shrinkSequence = (rig: Rig, graph: SpecGraph, wrong: Wrong): ShrunkSequence => {
  let smallest = wrong;
  for (;;) {
    smallest = descend(rig, graph, smallest);
    const found = findSmaller(rig, graph, smallest);
    if (found === undefined || 'programs' in found) return { ...smallest, minimal: found };
    smallest = found;
  }
};

const descend = (rig: Rig, graph: SpecGraph, wrong: Wrong): Wrong => {
  for (const { parameters, turns } of simplerSequences(rig, wrong)) {
    const simpler = checkTurns(rig, graph, parameters, turns, wrong.execution.program.threads.length);
    if (simpler) return descend(rig, graph, simpler);
  }
  return wrong;
};

interface Sequence {
  readonly parameters: unknown;
  readonly turns: readonly Turn[];
}

/** Without a thread, with the calls of one made by another, without a call, then whatever the subject finds simpler. */
function* simplerSequences({ subject }: Rig, { execution }: Wrong): Generator<Sequence> {
  const { program } = execution;
  const { parameters } = program;
  const turns = turnsOf(execution);
  const active = [...new Set(turns.map(({ thread }) => thread))].sort((a, b) => a - b);
  if (active.length > 1) {
    for (const gone of active) yield { parameters, turns: turns.filter(({ thread }) => thread !== gone) };
    for (const gone of active) {
      for (const other of active) {
        if (other === gone) continue;
        yield { parameters, turns: turns.map((turn) => (turn.thread === gone ? { ...turn, thread: other } : turn)) };
      }
    }
  }
  for (let index = turns.length - 1; index >= 0; index--) yield { parameters, turns: turns.toSpliced(index, 1) };
  for (const simpler of subject.simpler(program))
    yield { parameters: simpler.parameters, turns: inOrder(simpler, turns) };
}

/** The calls of a program in the order of these turns, which are of a program of the same shape. */
const inOrder = ({ threads }: Program, turns: readonly Turn[]): Turn[] => {
  const next = threads.map(() => 0);
  return turns.flatMap(({ thread }) => {
    const call = threads[thread]?.[(next[thread] as number)++];
    return call ? [{ thread, call }] : [];
  });
};

/** A smaller program that goes wrong, or that there is none; undefined if there are too many to tell. */
const findSmaller = (rig: Rig, graph: SpecGraph, { execution }: Wrong): Wrong | Minimality | undefined => {
  let [programs, executions] = [0, 0];
  for (const program of allSmallerPrograms(rig.subject, execution.program)) {
    programs++;
    for (const turns of orders(program)) {
      if (++executions > sequencesMax) return undefined;
      const smaller = checkTurns(rig, graph, program.parameters, turns, program.threads.length);
      if (smaller) return smaller;
    }
  }
  return { preemptions: 0, ofMemory: 0, programs, executions };
};

/** Every order in which a program's calls can be made one after the other. */
function* orders({ threads }: Pick<Program, 'threads'>): Generator<Turn[]> {
  if (threads.every((calls) => calls.length === 0)) yield [];
  for (const [thread, [call, ...rest]] of threads.entries()) {
    if (!call) continue;
    for (const later of orders({ threads: threads.with(thread, rest) })) yield [{ thread, call }, ...later];
  }
}
