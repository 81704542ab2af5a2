import { graphOf } from '#model/engine/litmus/graph.ts';
import { possibleRuns } from '#model/engine/litmus/possible.ts';
import type { Run } from '#model/engine/litmus/thread-runs.ts';
import type { EventGraph, MemoryEvent } from '#spec/machine/memory/execution.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import type { LitmusProgram, Value } from '#spec/machine/memory/program.ts';
import { emptyRelation, isRelated, relate, relationOf } from '#spec/machine/memory/relation.ts';

/**
 * The candidates of a program by the book: every source of the right value for every read, every order of the writes to
 * each location, coherent or not; then all axioms. Slow, and without any of the enumerator's shortcuts.
 */
export const naively = (program: LitmusProgram, model: MemoryModel): { executions: number; states: string[] } => {
  const states = new Set<string>();
  let executions = 0;
  for (const runs of product(possibleRuns(program).runs)) {
    const graph = graphOf(runs.map((run) => run.shape));
    const local = model.local(graph);
    const values = runs.flatMap((run) => run.values);
    for (const { rf, co, fr, last } of candidates(program, graph, values)) {
      if (!model.axioms.every((axiom) => axiom.holds({ graph, rf, co, fr }, local))) continue;
      executions++;
      states.add(stateOf(program, runs, last).join());
    }
  }
  return { executions, states: [...states].sort() };
};

const stateOf = (program: LitmusProgram, runs: readonly Run[], last: readonly Value[]): Value[] =>
  program.observed.map(
    (observed) =>
      (observed.tag === 'register'
        ? runs[observed.thread]?.registers[observed.register]
        : last[observed.location]) as Value,
  );

function* candidates(program: LitmusProgram, graph: EventGraph, values: readonly Value[]) {
  const { size, events } = graph;
  const indices = (tag: MemoryEvent['tag']): number[] => events.flatMap((event, i) => (event.tag === tag ? [i] : []));
  const locationOf = (index: number): number => (events[index] as MemoryEvent & { location: number }).location;
  const [reads, writes] = [indices('read'), indices('write')];
  const sources = reads.map((read) =>
    [-1, ...writes.filter((write) => locationOf(write) === locationOf(read))].filter(
      (source) => (source < 0 ? program.initial[locationOf(read)] : values[source]) === values[read],
    ),
  );
  const orders = program.locations.map((_, location) => [
    ...permutations(writes.filter((write) => locationOf(write) === location)),
  ]);
  for (const order of product(orders)) {
    const co = emptyRelation(size);
    for (const chain of order) {
      for (const [i, write] of chain.entries()) for (const later of chain.slice(i + 1)) relate(co, write, later);
    }
    const last = order.map((chain, location) => values[chain.at(-1) ?? -1] ?? (program.initial[location] as Value));
    for (const source of product(sources)) {
      const rf = emptyRelation(size);
      for (const [i, write] of source.entries()) if (write >= 0) relate(rf, write, reads[i] as number);
      const fr = relationOf(size, (read, write) => {
        const i = reads.indexOf(read);
        if (i < 0 || !writes.includes(write) || locationOf(read) !== locationOf(write)) return false;
        const from = source[i] as number;
        return from < 0 || isRelated(co, from, write);
      });
      yield { rf, co, fr, last };
    }
  }
}

/** Every way to take one of each. */
function* product<Item>(choices: readonly (readonly Item[])[]): Generator<Item[]> {
  const [first, ...others] = choices;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const item of first) for (const rest of product(others)) yield [item, ...rest];
}

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const item of items)
    for (const rest of permutations(items.filter((other) => other !== item))) yield [item, ...rest];
}
