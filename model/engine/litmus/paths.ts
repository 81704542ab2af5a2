import type { Shape } from '#model/engine/litmus/shape.ts';
import type { Run } from '#model/engine/litmus/thread-runs.ts';
import type { Value } from '#spec/machine/memory/program.ts';

/** The runs of a thread that differ in values only. */
export interface Path {
  readonly shape: Shape;
  readonly runs: readonly Run[];
  /** What each event may read or write in one of them. */
  readonly values: readonly ReadonlySet<Value>[];
  /** The address of an access to no location, which is where the runs end. */
  readonly strayAddress: Value | null;
}

/** The runs of a thread, path by path. */
export const pathsOf = (runs: readonly Run[]): Path[] => {
  const groups = Map.groupBy(runs, ({ shape, strayAddress }) => `${shape.id} ${strayAddress}`);
  return [...groups.values()].map((group) => {
    const { shape, strayAddress } = group[0] as Run;
    const values = shape.events.map((_, event) => new Set(group.map((run) => run.values[event] as Value)));
    return { shape, runs: group, values, strayAddress };
  });
};

/** Where an event is: in which thread, and the how many-th of it. */
export interface Position {
  readonly thread: number;
  readonly event: number;
}

/** A read, and what it reads from: a write, or the initial value. */
export interface Reading {
  readonly read: Position;
  readonly from: Position | Value;
}

const valueIn = (run: Run, { event }: Position): Value => run.values[event] as Value;

/** The value that a write has in all of these runs; null: not the same in all. */
const commonValue = (runs: readonly Run[], write: Position): Value | null => {
  const value = valueIn(runs[0] as Run, write);
  for (const run of runs) if (valueIn(run, write) !== value) return null;
  return value;
};

/**
 * The choices of a run for each path in which every read gives what it reads from. Mostly there is one, found by
 * leaving out, again and again, the runs that read something else than is known to be written. There are more where
 * runs have the same values, or where values go round in a circle.
 */
export const choicesOf = (paths: readonly Path[], readings: readonly Reading[]): Run[][] => {
  const left: (readonly Run[])[] = paths.map(({ runs }) => runs);
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const { read, from } of readings) {
      const value = typeof from === 'bigint' ? from : commonValue(left[from.thread] as readonly Run[], from);
      if (value === null) continue;
      const runs = left[read.thread] as readonly Run[];
      const fitting = runs.filter((run) => valueIn(run, read) === value);
      if (fitting.length === 0) return [];
      if (fitting.length === runs.length) continue;
      left[read.thread] = fitting;
      isNew = true;
    }
  }
  return combinations(left).filter((runs) =>
    readings.every(({ read, from }) => {
      const written = typeof from === 'bigint' ? from : valueIn(runs[from.thread] as Run, from);
      return valueIn(runs[read.thread] as Run, read) === written;
    }),
  );
};

/** Every way to take one run of each list. */
const combinations = (lists: readonly (readonly Run[])[]): Run[][] =>
  lists.reduce<Run[][]>((all, runs) => all.flatMap((before) => runs.map((run) => [...before, run])), [[]]);
