import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CpuSetAnswer, CpuSetCall } from '#spec/abi/sched/cpu-set.ts';
import { after } from '#spec/outcome.ts';
import { type CpuSet, initial, outcomes, type PendingCall } from '#spec/sched/cpu-set.ts';

/** The laws of sets, of the spec itself: CPU_ZERO, CPU_SET, CPU_CLR, CPU_ISSET and CPU_COUNT (C4-007). */

const cpus = 70;

const make = (before: CpuSet, asked: CpuSetCall): { readonly set: CpuSet; readonly answer: CpuSetAnswer } => {
  let set = before;
  let call: PendingCall = asked;
  for (;;) {
    const [outcome] = outcomes(set, call);
    if (!outcome) throw new Error(`${call.tag} waits`);
    set = after(set, outcome);
    if (outcome.tag === 'returns') return { set, answer: outcome.answer };
    call = outcome.rest;
  }
};

const zeroed = (set: CpuSet): CpuSet => make(set, { tag: 'zero' }).set;
const withCpu = (set: CpuSet, cpu: number): CpuSet => make(set, { tag: 'set', cpu }).set;
const without = (set: CpuSet, cpu: number): CpuSet => make(set, { tag: 'clear', cpu }).set;

const has = (set: CpuSet, cpu: number): boolean => {
  const { answer } = make(set, { tag: 'isSet', cpu });
  return answer.tag === 'truth' && answer.isSet;
};

const countOf = (set: CpuSet): number => {
  const { answer } = make(set, { tag: 'count' });
  if (answer.tag !== 'count') throw new Error('count answers no count');
  return answer.count;
};

const someCpu = fc.nat({ max: cpus - 1 });
const someSet = fc.array(someCpu, { maxLength: 12 }).map((members) => members.reduce(withCpu, initial(cpus, 32)));

const law = (holds: (set: CpuSet, a: number, b: number) => void): void => {
  const property = fc.property(someSet, someCpu, someCpu, (set, a, b) => {
    holds(set, a, b);
  });
  fc.assert(property, { seed: 7, numRuns: 300 });
};

describe('sets of cores', () => {
  it('are empty after CPU_ZERO', () => {
    law((set, a) => expect([countOf(zeroed(set)), has(zeroed(set), a)]).toEqual([0, false]));
  });

  it('have what was set, and not what was cleared', () => {
    law((set, a) => expect([has(withCpu(set, a), a), has(without(set, a), a)]).toEqual([true, false]));
  });

  it('keep all others when one is set or cleared', () => {
    law((set, a, b) => {
      if (a === b) return;
      expect([has(withCpu(set, a), b), has(without(set, a), b)]).toEqual([has(set, b), has(set, b)]);
    });
  });

  it('are the same whether one is set once or twice, cleared once or twice, or set and then cleared', () => {
    law((set, a) => {
      expect(withCpu(withCpu(set, a), a)).toEqual(withCpu(set, a));
      expect(without(without(set, a), a)).toEqual(without(set, a));
      expect(without(withCpu(set, a), a)).toEqual(without(set, a));
      expect(withCpu(without(set, a), a)).toEqual(withCpu(set, a));
    });
  });

  it('are the same in whatever order two are set, or two cleared', () => {
    law((set, a, b) => {
      expect(withCpu(withCpu(set, a), b)).toEqual(withCpu(withCpu(set, b), a));
      expect(without(without(set, a), b)).toEqual(without(without(set, b), a));
    });
  });

  it('count as many as CPU_ISSET says yes to', () => {
    law((set) =>
      expect(countOf(set)).toBe(Array.from({ length: cpus }, (_, cpu) => cpu).filter((cpu) => has(set, cpu)).length),
    );
  });

  it('count one more with a core that was not in, and as many with one that was', () => {
    law((set, a) => expect(countOf(withCpu(set, a)) - countOf(set)).toBe(has(set, a) ? 0 : 1));
  });

  it('ignore cores that there are not', () => {
    law((set, a) => {
      for (const cpu of [cpus + a, -1 - a]) {
        expect([withCpu(set, cpu), without(set, cpu)]).toEqual([set, set]);
        expect(has(set, cpu)).toBe(false);
      }
    });
  });
});
