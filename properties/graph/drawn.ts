import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import {
  awaitOther,
  awaitWord,
  compareAndSwap,
  fence,
  fetchAdd,
  load,
  type Routine,
  store,
  swap,
  type Word,
} from '#impl/machine/ops.ts';
import type { FenceOrder, Order } from '#impl/machine/order.ts';
import { below } from '#model/engine/explore/random.ts';
import type { GraphProgram } from '#model/engine/graph/program.ts';

/** One step of a thread of a drawn program, which keeps what it reads in registers that are numbered as they come. */
export type Step =
  | { readonly tag: 'load'; readonly location: number; readonly order: Order }
  | { readonly tag: 'store'; readonly location: number; readonly order: Order; readonly word: Word | 'last' }
  | { readonly tag: 'swap' | 'add'; readonly location: number; readonly order: Order; readonly word: Word }
  | {
      readonly tag: 'cas';
      readonly location: number;
      readonly order: Order;
      readonly expected: Word;
      readonly word: Word;
    }
  | {
      readonly tag: 'await';
      readonly location: number;
      readonly order: Order;
      readonly word: Word;
      readonly isOther: boolean;
    }
  | { readonly tag: 'fence'; readonly order: FenceOrder }
  /** Leaves the next step out if the last word read is this one. */
  | { readonly tag: 'skip'; readonly word: Word };

export interface Drawn {
  readonly name: string;
  readonly locations: number;
  readonly threads: readonly (readonly Step[])[];
}

/** What a program may be made of. */
export interface Vocabulary {
  readonly tags: readonly Step['tag'][];
  readonly loads: readonly Order[];
  readonly stores: readonly Order[];
  readonly updates: readonly Order[];
  readonly fences: readonly FenceOrder[];
}

/** Words are few, so that different writes often write the same. */
const wordsMax = 3;

const oneOf = <Item>(random: RandomGenerator, items: readonly Item[]): Item =>
  items[below(random, items.length)] as Item;

const drawStep = (
  random: RandomGenerator,
  { tags, loads, stores, updates, fences }: Vocabulary,
  locations: number,
): Step => {
  const tag = oneOf(random, tags);
  const location = below(random, locations);
  const word = below(random, wordsMax);
  switch (tag) {
    case 'load':
      return { tag, location, order: oneOf(random, loads) };
    case 'store':
      return { tag, location, order: oneOf(random, stores), word: below(random, 3) === 0 ? 'last' : word };
    case 'swap':
    case 'add':
      return { tag, location, order: oneOf(random, updates), word: Math.max(1, word) };
    case 'cas':
      return { tag, location, order: oneOf(random, updates), expected: below(random, wordsMax), word };
    case 'await':
      return { tag, location, order: oneOf(random, loads), word, isOther: below(random, 2) === 0 };
    case 'fence':
      return { tag, order: oneOf(random, fences) };
    case 'skip':
      return { tag, word };
  }
};

/** A program of two or three threads, of up to four steps each. */
export const drawProgram = (random: RandomGenerator, vocabulary: Vocabulary, name: string): Drawn => {
  const locations = 1 + below(random, 3);
  const threads = 2 + below(random, 2);
  const steps = threads === 2 ? 5 : 3;
  const thread = (): Step[] =>
    Array.from({ length: 1 + below(random, steps) }, () => drawStep(random, vocabulary, locations));
  return { name, locations, threads: Array.from({ length: threads }, thread) };
};

/** The program as routines. Each thread returns what it read at each step: 0 where it read nothing. */
export const asRoutines = ({ name, locations, threads }: Drawn): GraphProgram => ({
  name,
  initial: Array.from({ length: locations }, () => 0),
  threads: threads.map((steps) => () => routineOf(steps)),
});

function* routineOf(steps: readonly Step[]): Routine<readonly Word[]> {
  const words = steps.map(() => 0);
  let last = 0;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    switch (step.tag) {
      case 'load':
        last = words[i] = yield load(step.location, step.order);
        break;
      case 'store':
        yield store(step.location, step.word === 'last' ? last : step.word, step.order);
        break;
      case 'swap':
        last = words[i] = yield swap(step.location, step.word, step.order);
        break;
      case 'add':
        last = words[i] = yield fetchAdd(step.location, step.word, step.order);
        break;
      case 'cas':
        last = words[i] = yield compareAndSwap(step.location, step.expected, step.word, step.order);
        break;
      case 'await':
        if (step.isOther) yield awaitOther(step.location, step.word, step.order);
        else yield awaitWord(step.location, step.word, step.order);
        break;
      case 'fence':
        yield fence(step.order);
        break;
      case 'skip':
        if (last === step.word) i++;
        break;
    }
  }
  return words;
}
