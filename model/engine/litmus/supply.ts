import type { Run } from '#model/engine/litmus/thread-runs.ts';
import type { LitmusProgram, Value } from '#spec/machine/memory/program.ts';

/** A run, with the values that it reads from locations and writes to them. Each pair of both has a bit. */
export interface Supply {
  readonly run: Run;
  /** What it reads, but for what is there at the start. */
  readonly needs: number;
  readonly gives: number;
}

/** Pairs beyond these have no bit: no matter, but that more combinations are looked at. */
const bitsMax = 31;

/** The runs of each thread, so that combinations of which one reads what none writes can be left out. */
export const supplies = ({ initial }: LitmusProgram, runs: readonly (readonly Run[])[]): readonly Supply[][] => {
  const bits = initial.map(() => new Map<Value, number>());
  let count = 0;
  const bitOf = (location: number, value: Value): number => {
    const ofLocation = bits[location] as Map<Value, number>;
    let bit = ofLocation.get(value);
    if (bit === undefined) {
      bit = count < bitsMax ? 1 << count++ : 0;
      ofLocation.set(value, bit);
    }
    return bit;
  };
  const supply = (run: Run): Supply => {
    let needs = 0;
    let gives = 0;
    for (const [i, { event }] of run.shape.events.entries()) {
      if (event.tag === 'fence') continue;
      const value = run.values[i] as Value;
      if (event.tag === 'write') gives |= bitOf(event.location, value);
      else if (value !== initial[event.location]) needs |= bitOf(event.location, value);
    }
    return { run, needs, gives };
  };
  return runs.map((of) => of.map(supply));
};
