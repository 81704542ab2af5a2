import * as fc from 'fast-check';
import type { Address, Routine } from '#impl/machine/ops.ts';
import type { Program, Subject } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';

type Call = { readonly tag: 'run' };

/** Two threads on two cores, each makes one call. */
export const twoThreads: Program<Call, null> = {
  variant: '',
  parameters: null,
  cores: 2,
  threads: [[{ tag: 'run' }], [{ tag: 'run' }]],
};

/** A subject with no specification: each thread's one call is a routine on the same so many words. */
export const routineSubject = (
  id: string,
  sizeWords: number,
  routine: (thread: ThreadId, words: Address) => Routine<number>,
): Subject => {
  const subject: Subject<null, Call, number, null, unknown, { readonly words: Address }> = {
    id,
    summary: 'Nothing but accesses.',
    variants: [],
    exports: [],
    scenarios: () => [],
    programs: () => fc.constant(twoThreads),
    sequences: () => ({
      parameters: fc.constant(null),
      threads: 1,
      calls: fc.constant({ thread: 0, call: { tag: 'run' } }),
    }),
    *simpler() {},
    validate: () => undefined,
    initial: () => null,
    outcomes: () => [],
    parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
    boot: (_module, memory) => ({ words: memory.words('words', sizeWords) }),
    userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
    perform: (_module, _services, self, layout) => routine(self.id, layout.words),
    answer: (_variant, _call, result) => result,
    showCall: () => 'run()',
    showAnswer: String,
    showState: () => '',
  };
  return subject as Subject;
};
