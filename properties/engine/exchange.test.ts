import { describe, expect, it } from 'vitest';
import { load, store } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import { execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Schedule } from '#model/engine/explore/schedule.ts';
import { findDecidingPair } from '#model/engine/trace/exchange.ts';
import { record } from '#model/engine/trace/record.ts';
import type { Program } from '#model/subject.ts';
import { isLinear, programOf, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { atomicCounter, type Increment, increment, racyCounter, tornPair } from '#properties/engine/tiny-subjects.ts';
import { returns } from '#spec/outcome.ts';

const decided = (rig: Rig, program: Program, schedule: Schedule) => {
  const execution = execute(rig, program, replayStrategy(schedule), usualLimits);
  expect(isLinear(rig, execution)).toBe(false);
  const pair = findDecidingPair(rig, execution, usualLimits, undefined, (one) => !isLinear(rig, one));
  const { accesses } = record(rig, program, schedule, usualLimits);
  const shown = (step: number) => {
    const { context, isWrite, address } = accesses[step - 1] ?? {};
    return { context, isWrite, address };
  };
  return pair && { before: shown(pair.before), after: shown(pair.after) };
};

describe('the pair of accesses that decides', () => {
  it('of a lost update is the read that came before the other’s write', async () => {
    const rig = await rigOf(racyCounter);
    const pair = await decided(rig, programOf([[increment()], [increment()]]), [{ step: 2, core: 1 }]);
    expect(pair).toMatchObject({ before: { context: 0, isWrite: false }, after: { context: 1, isWrite: true } });
    expect(pair?.before.address).toBe(pair?.after.address);
  });

  it('of a pair seen torn is about one of its halves', async () => {
    const rig = await rigOf(tornPair);
    const program = programOf([[{ tag: 'get' }], [{ tag: 'set', value: 1 }]]);
    const pair = await decided(rig, program, [{ step: 2, core: 1 }]);
    expect(new Set([pair?.before.context, pair?.after.context])).toEqual(new Set([0, 1]));
    expect(new Set([pair?.before.isWrite, pair?.after.isWrite])).toEqual(new Set([true, false]));
  });

  it('is named by what is done under a lock, where the lock decides', async () => {
    interface Passing {
      readonly tag: 'give' | 'take';
    }
    /** Each takes the lock, and must not take before the other gives. */
    const passing: Tiny<null, Passing> = {
      initial: null,
      outcomes: (_state, _caller, { tag }) => returns(tag === 'give' ? 0 : 1),
      *perform({ tag }, words) {
        yield* acquire(words + 1);
        const given = yield tag === 'give' ? store(words, 1, 'relaxed') : load(words, 'relaxed');
        yield* release(words + 1);
        return given;
      },
    };
    const rig = await rigOf(passing);
    const program = programOf<Passing>([[{ tag: 'take' }], [{ tag: 'give' }]]);
    const pair = await decided(rig, program, []);
    expect(pair).toMatchObject({ before: { context: 0, isWrite: false }, after: { context: 1, isWrite: true } });
  });

  it('is none where it goes wrong in any order', async () => {
    const wrong: Tiny<{ count: number }, Increment> = {
      ...atomicCounter,
      *perform(call, words, self) {
        return 1 + (yield* atomicCounter.perform?.(call, words, self) as Generator<never, number, number>);
      },
    };
    const rig = await rigOf(wrong);
    expect(await decided(rig, programOf([[increment()], [increment()]]), [])).toBeUndefined();
  });
});
