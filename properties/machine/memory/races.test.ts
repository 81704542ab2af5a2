import { describe, expect, it } from 'vitest';
import { ordinary } from '#impl/machine/memory/memory.ts';
import { memories } from '#model/engine/explore/memories.ts';
import { type RaceCase, raceCases, raceOf } from '#properties/machine/memory/race-cases.ts';

describe('data races under rc11', () => {
  it.each(raceCases)('$name', (some) => {
    expect(raceOf(some, memories.rc11) !== null).toBe(some.isRace);
  });

  it('are none under sc and tso', () => {
    for (const some of raceCases) {
      expect([raceOf(some, memories.sc), raceOf(some, memories.tso)]).toEqual([null, null]);
    }
  });

  it('are told with both accesses and their places in the code, the earlier first', () => {
    const some = raceCases.find(({ name }) => name === 'plain write, then atomic read') as RaceCase;
    expect(raceOf(some, memories.rc11)).toEqual({
      address: 0,
      first: { core: 0, isWrite: true, order: 'plain', site: 'first' },
      second: { core: 1, isWrite: false, order: 'relaxed', site: 'second' },
    });
  });

  it('are told once: the first one stays until the reset', () => {
    const memory = memories.rc11(2, 2);
    memory.reset(new Int32Array(2), ordinary);
    memory.store(0, 0, 1, 'plain', 'a');
    memory.store(1, 0, 2, 'plain', 'b');
    memory.store(0, 1, 1, 'plain', 'c');
    memory.load(1, 1, 'plain', 'd');
    expect(memory.race()?.second.site).toBe('b');
    memory.reset(new Int32Array(2), ordinary);
    expect(memory.race()).toBeNull();
    memory.load(1, 1, 'plain', 'd');
    expect(memory.race()).toBeNull();
  });
});
