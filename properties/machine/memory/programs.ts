import { below, randomFrom } from '#model/engine/explore/random.ts';
import { randomProgram, type Size } from '#model/engine/litmus/generate.ts';
import { ProgramSketch, type Step } from '#model/engine/litmus/generate-sketch.ts';
import { type Vocabulary, vocabularies } from '#model/engine/litmus/generate-steps.ts';
import { InternalError } from '#model/suite-error.ts';
import type { LitmusProgram } from '#spec/machine/memory/program.ts';

/** So many programs of all that an architecture has. The same each time. */
export const randomPrograms = (vocabulary: Vocabulary, size: Size, count: number): LitmusProgram[] => {
  const random = randomFrom(1);
  return Array.from({ length: count }, () => randomProgram(vocabulary, size, random));
};

const stepOf = (text: string): Step => {
  const step = vocabularies.C.find((known) => known.text === text);
  if (!step) throw new InternalError(`no step of a generated program is called ${text}`);
  return step;
};

/** The program of this text: `W.relaxed x; c.seq_cst | R.acquire x`. */
export const programOf = (text: string): LitmusProgram => {
  const sketch = new ProgramSketch();
  for (const steps of text.split(' | ')) {
    const thread = sketch.thread();
    for (const name of steps.split('; ')) stepOf(name).emit(thread);
  }
  return sketch.program(text, 'C');
};

/**
 * So many programs of those steps of C whose text matches, each thread as long as may be: where most of what is weak is
 * found. The same each time.
 */
export const densePrograms = (steps: RegExp, { threads, stepsMax }: Size, count: number): LitmusProgram[] => {
  const random = randomFrom(2);
  const chosen = vocabularies.C.filter(({ text }) => steps.test(text));
  return Array.from({ length: count }, () => {
    const thread = (): string =>
      Array.from({ length: stepsMax }, () => (chosen[below(random, chosen.length)] as Step).text).join('; ');
    return programOf(Array.from({ length: threads }, thread).join(' | '));
  });
};
