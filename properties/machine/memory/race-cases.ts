import { type Memory, ordinary, type Race } from '#impl/machine/memory/memory.ts';
import type { MemoryOf } from '#properties/machine/memory/sides.ts';

const word = 0;
const flag = 1;

/** A few accesses, and whether two of them race. */
export interface RaceCase {
  readonly name: string;
  readonly isRace: boolean;
  play(memory: Memory): void;
}

type Access = 'plain read' | 'plain write' | 'atomic read' | 'atomic write';
const accesses: readonly Access[] = ['plain read', 'plain write', 'atomic read', 'atomic write'];

const access = (memory: Memory, core: number, kind: Access, site: string): void => {
  const order = kind.startsWith('plain') ? 'plain' : 'relaxed';
  if (kind.endsWith('read')) memory.load(core, word, order, site);
  else memory.store(core, word, 1, order, site);
};

/** Core 0 makes the first access and raises a flag; core 1 sees the flag, and makes the second. */
const handedOver = (first: Access, second: Access, isOrdered: boolean): RaceCase => ({
  name: `${first}, then ${second}${isOrdered ? ', in order' : ''}`,
  isRace: !isOrdered && `${first} ${second}`.includes('write') && `${first} ${second}`.includes('plain'),
  play(memory) {
    access(memory, 0, first, 'first');
    memory.store(0, flag, 1, isOrdered ? 'release' : 'relaxed');
    memory.load(1, flag, isOrdered ? 'acquire' : 'relaxed');
    access(memory, 1, second, 'second');
  },
});

/** Each pair of accesses, ordered and not; and orders that come by other ways. Two cores, two words. */
export const raceCases: readonly RaceCase[] = [
  ...accesses.flatMap((first) =>
    accesses.flatMap((second) => [true, false].map((isOrdered) => handedOver(first, second, isOrdered))),
  ),
  {
    name: 'a plain write, and an acquire read of a release store to the same word',
    isRace: false,
    play(memory) {
      memory.store(0, word, 1, 'plain');
      memory.store(0, word, 2, 'release');
      memory.load(1, word, 'acquire');
    },
  },
  {
    name: 'a plain write, and an acquire read-modify-write of a release store to the same word',
    isRace: false,
    play(memory) {
      memory.store(0, word, 1, 'plain');
      memory.store(0, word, 2, 'release');
      memory.fetchAdd(1, word, 1, 'acquire');
    },
  },
  {
    name: 'a plain read, and a compare-and-swap that fails',
    isRace: false,
    play(memory) {
      memory.load(0, word, 'plain');
      memory.compareAndSwap(1, word, 7, 8, 'acq_rel');
    },
  },
  {
    name: 'a plain read, and a compare-and-swap that succeeds',
    isRace: true,
    play(memory) {
      memory.load(0, word, 'plain');
      memory.compareAndSwap(1, word, 0, 8, 'acq_rel');
    },
  },
  {
    name: 'a plain write, and a read after the interrupt that its writer sent',
    isRace: false,
    play(memory) {
      memory.store(0, word, 1, 'plain');
      memory.send(0, 1);
      memory.receive(1);
      memory.load(1, word, 'plain');
    },
  },
  {
    name: 'a plain write after the interrupt was sent, and a read',
    isRace: true,
    play(memory) {
      memory.send(0, 1);
      memory.store(0, word, 1, 'plain');
      memory.receive(1);
      memory.load(1, word, 'plain');
    },
  },
  {
    name: 'a plain write, and a read after what the writer told the world',
    isRace: false,
    play(memory) {
      memory.store(0, word, 1, 'plain');
      memory.publish(0);
      memory.consult(1);
      memory.load(1, word, 'plain');
    },
  },
  {
    name: 'a plain write, and the end of a wait for the flag after it',
    isRace: false,
    play(memory) {
      memory.store(0, word, 1, 'plain');
      memory.store(0, flag, 1, 'release');
      memory.loadSettled(1, flag, 'acquire');
      memory.load(1, word, 'plain');
    },
  },
  {
    name: 'a plain write, and the end of a relaxed wait for the flag after it',
    isRace: true,
    play(memory) {
      memory.store(0, word, 1, 'plain');
      memory.store(0, flag, 1, 'release');
      memory.loadSettled(1, flag, 'relaxed');
      memory.load(1, word, 'plain');
    },
  },
];

/** The race of a case, everything going the ordinary way. */
export const raceOf = ({ play }: RaceCase, memoryOf: MemoryOf): Race | null => {
  const memory = memoryOf(2, 2);
  memory.reset(new Int32Array(2), ordinary);
  play(memory);
  return memory.race();
};

/** The cases that this memory decides wrongly. */
export const wronglyDecided = (memoryOf: MemoryOf): readonly string[] =>
  raceCases.filter((some) => (raceOf(some, memoryOf) !== null) !== some.isRace).map(({ name }) => name);
