import { describe, expect, it } from 'vitest';
import type { Machine } from '#impl/machine/machine.ts';
import {
  entryAddress,
  entryOf,
  invalidateAll,
  invalidatePage,
  type Mmu,
  userLoad,
  userStore,
} from '#impl/machine/mmu.ts';
import { activate, maskInterrupts, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { machineOf, runAlone, step, wordAt } from '#properties/machine/bare.ts';

/**
 * Two spaces of two pages with two words each. Tables: words 0 to 3, translation buffers of two cores: 4 to 7, frames:
 * 8 to 15.
 */
const mmu: Mmu = { pages: 2, pageWords: 2, tables: [0, 2], buffers: [4, 6] };
const frames = [8, 10, 12];

const map = (space: number, page: number, entry: Word) => store(entryAddress(mmu, space, page), entry, 'release');

/** Runs a routine alone; gives what it said. */
const run = (routine: (say: (word: unknown) => void) => Routine): { machine: Machine; said: unknown[] } => {
  const said: unknown[] = [];
  return { machine: runAlone(() => routine((word) => said.push(word))), said };
};

const load = (virtual: number): Routine<Word | null> => userLoad(mmu, virtual, 'relaxed');

describe('an address', () => {
  it('is translated by the page table of the active space', () => {
    const { machine, said } = run(function* (say) {
      yield map(0, 1, entryOf(frames[0] as number, true));
      yield map(1, 1, entryOf(frames[1] as number, true));
      yield activate(0);
      say(yield* userStore(mmu, 3, 7, 'relaxed'));
      yield activate(1);
      say(yield* userStore(mmu, 3, 8, 'relaxed'));
      say(yield* load(3));
      yield activate(0);
      say(yield* load(3));
    });
    expect(said).toEqual([true, true, 8, 7]);
    expect([9, 11].map((address) => wordAt(machine, address))).toEqual([7, 8]);
    expect(machine.costs.spaceSwitches).toBe(3);
  });

  it('that is not mapped, or outside the space, or without a space, is a page fault', () => {
    const { said } = run(function* (say) {
      yield map(0, 0, entryOf(frames[0] as number, true));
      say(yield* load(0));
      yield activate(0);
      say(yield* load(2));
      say(yield* load(4));
      say(yield* load(-1));
      say(yield* load(0));
    });
    expect(said).toEqual([null, null, null, null, 0]);
  });

  it('that may only be read is not written', () => {
    const { machine, said } = run(function* (say) {
      yield map(0, 0, entryOf(frames[0] as number, false));
      yield activate(0);
      say(yield* userStore(mmu, 0, 7, 'relaxed'));
      say(yield* load(0));
      say(yield* userStore(mmu, 0, 7, 'relaxed'));
      yield map(0, 0, entryOf(frames[0] as number, true));
      say(yield* userStore(mmu, 0, 9, 'relaxed'));
    });
    expect(said).toEqual([false, 0, false, true]);
    expect(wordAt(machine, 8)).toBe(9);
  });
});

describe('a translation', () => {
  it('that a core has used stays, whatever the table says, until this core forgets it', () => {
    const { said } = run(function* (say) {
      yield map(0, 0, entryOf(frames[0] as number, true));
      yield activate(0);
      yield* userStore(mmu, 0, 7, 'relaxed');
      yield map(0, 0, entryOf(frames[1] as number, true));
      say(yield* load(0));
      yield maskInterrupts();
      yield* invalidatePage(mmu, 0);
      say(yield* load(0));
      yield map(0, 0, 0);
      say(yield* load(0));
      yield* invalidateAll(mmu);
      say(yield* load(0));
    });
    expect(said).toEqual([7, 0, 0, null]);
  });

  it('is forgotten on this core only', () => {
    const said: unknown[] = [];
    const machine = machineOf({
      threads: [
        function* () {
          yield map(0, 0, entryOf(frames[0] as number, true));
          yield activate(0);
          yield* userStore(mmu, 0, 7, 'relaxed');
          said.push(yield* load(0));
        },
        function* () {
          yield map(0, 0, entryOf(frames[1] as number, true));
          yield* invalidateAll(mmu);
          yield activate(0);
          said.push(yield* load(0));
        },
      ],
    });
    step(machine, 0, 6); // as far as the store
    expect(wordAt(machine, frames[0] as number)).toBe(7);
    step(machine, 1);
    step(machine, 0);
    expect(said).toEqual([0, 7]);
  });

  it('of one space does not serve another', () => {
    const { said } = run(function* (say) {
      yield map(0, 0, entryOf(frames[0] as number, true));
      yield activate(0);
      yield* userStore(mmu, 0, 7, 'relaxed');
      yield activate(1);
      say(yield* load(0));
    });
    expect(said).toEqual([null]);
  });
});
