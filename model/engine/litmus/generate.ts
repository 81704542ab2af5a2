import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below } from '#model/engine/explore/random.ts';
import { ProgramSketch, type Step } from '#model/engine/litmus/generate-sketch.ts';
import { type Vocabulary, vocabularies } from '#model/engine/litmus/generate-steps.ts';
import type { LitmusProgram } from '#spec/machine/memory/program.ts';

/** How large a program is: exactly so many threads, of at least one step each and at most so many. */
export interface Size {
  readonly threads: number;
  readonly stepsMax: number;
}

/**
 * A program drawn at random: straight-line, over two locations, each store with a value of its own. Determined by the
 * state of `random`.
 */
export const randomProgram = (vocabulary: Vocabulary, size: Size, random: RandomGenerator): LitmusProgram => {
  const steps = vocabularies[vocabulary];
  const threads = Array.from({ length: size.threads }, () => {
    const thread: Step[] = [];
    for (let left = 1 + below(random, size.stepsMax); left > 0; ) {
      const step = steps[below(random, steps.length)] as Step;
      if (!mayFollow(thread, step)) continue;
      thread.push(step);
      left--;
    }
    return thread;
  });
  return programOf(vocabulary, threads);
};

/** Every program of this size, once for all orders of its threads. There are many: count before you run them. */
export function* everyProgram(vocabulary: Vocabulary, size: Size): Generator<LitmusProgram> {
  const threads = everyThread(vocabularies[vocabulary], size.stepsMax);
  for (const chosen of multisets(threads, size.threads, 0)) yield programOf(vocabulary, chosen);
}

/** Whether what a step needs is there: an earlier read to depend on, or a load exclusive to pair with. */
const mayFollow = (thread: readonly Step[], { needs }: Step): boolean =>
  needs === null || thread.some(({ gives }) => gives.includes(needs));

const everyThread = (steps: readonly Step[], length: number): readonly (readonly Step[])[] => {
  const all: (readonly Step[])[] = [];
  let longest: readonly (readonly Step[])[] = [[]];
  for (let i = 0; i < length; i++) {
    longest = longest.flatMap((thread) =>
      steps.filter((step) => mayFollow(thread, step)).map((step) => [...thread, step]),
    );
    all.push(...longest);
  }
  return all;
};

function* multisets<Of>(of: readonly Of[], count: number, from: number): Generator<readonly Of[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let first = from; first < of.length; first++) {
    for (const rest of multisets(of, count - 1, first)) yield [of[first] as Of, ...rest];
  }
}

/** Named by its text: `W x; R.acq y | ...`. */
const programOf = (vocabulary: Vocabulary, threads: readonly (readonly Step[])[]): LitmusProgram => {
  const sketch = new ProgramSketch();
  for (const steps of threads) {
    const thread = sketch.thread();
    for (const step of steps) step.emit(thread);
  }
  const name = threads.map((steps) => steps.map(({ text }) => text).join('; ')).join(' | ');
  return sketch.program(name, vocabulary);
};
