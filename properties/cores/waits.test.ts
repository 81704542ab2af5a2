import { describe, expect, it } from 'vitest';
import {
  awaitWord,
  compareAndSwap,
  fetchAdd,
  maskInterrupts,
  type Routine,
  store,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { Classes } from '#model/engine/cores/classes.ts';
import { type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';
import { drawnExecutions, exploreAll, outcomeOf, outcomesOf } from '#properties/cores/explored.ts';
import { answersOf, programOf, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { type Increment, increment } from '#properties/engine/tiny-subjects.ts';

/** What a call answers that has failed so often to take the lock, and has it now or not; undefined: it tries again. */
type Answer = (failures: number, isTaken: boolean) => Word | undefined;

/** Adds 1 under a lock whose loop knows how often it has failed. */
const counting = (answer: Answer): Tiny<null, Increment> => ({
  initial: null,
  outcomes: () => [],
  *perform({ by }, words): Routine<Word> {
    yield maskInterrupts();
    let failures = 0;
    let isTaken = (yield compareAndSwap(words, 0, 1, 'acquire')) === 0;
    while (!isTaken && answer(++failures, false) === undefined) {
      yield awaitWord(words, 0, 'relaxed');
      isTaken = (yield compareAndSwap(words, 0, 1, 'acquire')) === 0;
    }
    const given = answer(failures, isTaken) as Word;
    if (isTaken) {
      yield fetchAdd(words + 1, by, 'relaxed');
      yield store(words, 0, 'release');
    }
    yield unmaskInterrupts();
    return given;
  },
});

const waitsOnly: Answer = (_, isTaken) => (isTaken ? 0 : undefined);

/** Loops that are no mere waits, and an answer that they give only since they are none. */
const loops: Readonly<Record<string, readonly [Answer, Word]>> = {
  'answers how often it has failed': [(failures, isTaken) => (isTaken ? failures : undefined), 3],
  'answers whether it has failed often': [(failures, isTaken) => (isTaken ? Number(failures > 2) : undefined), 1],
  'gives up at its third failure': [(failures, isTaken) => (isTaken ? 0 : failures === 3 ? -1 : undefined), -1],
};

const program = programOf([[increment()], [increment(), increment(), increment()]]);

const firstAnswers = (rig: Rig, memory: MemoryName): Set<unknown> =>
  new Set(exploreAll(rig, program, { ...usualLimits, memory }).executions.map((found) => answersOf(found)[0]?.[0]));

describe('a lock that is tried again', () => {
  it.each(memoryNames)('is taken for a wait under %s, and loses no outcome', async (memory) => {
    const rig = await rigOf(counting(waitsOnly));
    const limits = { ...usualLimits, memory };
    const outcomes = (takesRetriesForWaits: boolean): [number, Set<string>] => {
      const classes = new Classes(rig, program, limits, takesRetriesForWaits);
      const found = new Set<string>();
      for (let next = classes.next(); next !== undefined; next = classes.next()) if (next) found.add(outcomeOf(next));
      expect(classes.areWaits()).toBe(true);
      return [classes.tally.executions, found];
    };
    const [few, reduced] = outcomes(true);
    const [many, all] = outcomes(false);
    expect(reduced).toEqual(all);
    expect(few).toBeLessThan(many);
  });

  describe.each(Object.entries(loops))('and %s', (_, [answer, lateAnswer]) => {
    it.each(memoryNames)('is noticed to be no mere wait under %s, and every outcome is found', async (memory) => {
      const rig = await rigOf(counting(answer));
      const limits = { ...usualLimits, memory };
      const { executions, explored } = exploreAll(rig, program, limits);
      expect(explored.bound).toBeNull();
      const found = outcomesOf(executions);
      for (const drawn of drawnExecutions(rig, program, limits, 300)) {
        expect(found, JSON.stringify(drawn.schedule)).toContain(outcomeOf(drawn));
      }
      expect(firstAnswers(rig, memory)).toContain(lateAnswer);
    });
  });
});
