import { beforeAll, describe, expect, it } from 'vitest';
import { awaitWord, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { partialOrderStrategy } from '#model/engine/explore/partial-order.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';
import type { Program } from '#model/subject.ts';
import { answersOf, programOf, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { returns } from '#spec/outcome.ts';

interface Accesses {
  readonly tag: 'stores' | 'loads';
  /** The word that each access is of. */
  readonly of: readonly number[];
  readonly waits?: true;
}

/** Makes its accesses, the loads once word 1 is stored if it is told to wait; answers the last word that it has loaded. */
const accesses: Tiny<null, Accesses> = {
  initial: null,
  outcomes: () => returns(0),
  *perform({ tag, of, waits }, words): Routine<Word> {
    let last = 0;
    if (waits) yield awaitWord(words + 1, 1, 'relaxed');
    for (const word of of) {
      if (tag === 'loads') last = yield load(words + word, 'relaxed');
      else yield store(words + word, 1, 'relaxed');
    }
    return last;
  },
};

const runs = 4000;

describe('sampled orders of accesses', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await rigOf(accesses);
  });

  /** In what share of the executions the last load of the second thread is of a word that was not yet stored. */
  const shareUnseen = (program: Program, strategyOf: (random: ReturnType<typeof randomFrom>) => Strategy): number => {
    const random = randomFrom(5);
    let unseen = 0;
    for (let i = 0; i < runs; i++) {
      const [, answers] = answersOf(execute(rig, program, strategyOf(random), usualLimits));
      if (answers?.[0] === 0) unseen++;
    }
    return unseen / runs;
  };
  const sampled = (random: ReturnType<typeof randomFrom>): Strategy => partialOrderStrategy(random, 2);
  const drawnAtEachStep = (random: ReturnType<typeof randomFrom>): Strategy => randomStrategy(random, 1);

  it('let an access wait for very long, which nobody sees where a core is drawn at each step', () => {
    const elsewhere = new Array<number>(30).fill(2);
    const program = programOf([[{ tag: 'stores', of: [0] }], [{ tag: 'loads', of: [...elsewhere, 0] }]]);
    expect(shareUnseen(program, drawnAtEachStep)).toBe(0);
    const share = shareUnseen(program, sampled); // one of some thirty priorities is the lowest
    expect(share).toBeGreaterThan(1 / 100);
    expect(share).toBeLessThan(1 / 10);
  });

  it('draw anew who waits for a conflicting access, each time that another of them was made', () => {
    const inConflict = new Array<number>(10).fill(0);
    const program = programOf([[{ tag: 'stores', of: [1, 0] }], [{ tag: 'loads', of: inConflict, waits: true }]]);
    expect(shareUnseen(program, sampled)).toBeLessThan(1 / 100); // if it kept its priority: 1 in 11
  });

  it('come in either order as likely, where two conflict at once', () => {
    const program = programOf([[{ tag: 'stores', of: [0] }], [{ tag: 'loads', of: [0] }]]);
    const share = shareUnseen(program, sampled);
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });
});
