import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  drawnCall,
  drawnParameters,
  exploration,
  framesMax,
  type Parameters,
  pagesMax,
  pageWordsMax,
  programs,
  scenarios,
  simplerCall,
  simplerParameters,
  spacesMax,
  wrongSpaces,
} from '#model/kernel/remap.programs.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  nothingOr,
  positiveUpTo,
  recordOf,
  wholeNumberBelow,
  word,
  yesOrNo,
} from '#model/validate.ts';
import type { RemapAnswer, RemapErrno } from '#spec/abi/kernel/remap.ts';
import * as spec from '#spec/kernel/remap.ts';

/** What an implementation exports. The kernel is whatever its `boot` gives. */
export interface Module {
  boot(
    memory: Allocator,
    parameters: Parameters,
    machine: { readonly cores: number; readonly threads: number },
  ): unknown;
  /** What a core does that another interrupts. */
  interrupted(kernel: unknown): Routine;
  read(self: Thread, kernel: unknown, page: number, offset: number): Routine<Word>;
  write(self: Thread, kernel: unknown, page: number, offset: number, word: Word): Routine<Word>;
  remap(self: Thread, kernel: unknown, page: number, count: number, to: number, at: number): Routine<Word>;
  copy(self: Thread, kernel: unknown, page: number, to: number, at: number): Routine<Word>;
  send(self: Thread, kernel: unknown, page: number, to: number, at: number): Routine<Word>;
  unmap(self: Thread, kernel: unknown, page: number): Routine<Word>;
  freeze(self: Thread, kernel: unknown, page: number): Routine<Word>;
  protect(self: Thread, kernel: unknown, page: number, writable: boolean): Routine<Word>;
  reap(self: Thread, kernel: unknown, space: number): Routine<Word>;
  enter(self: Thread, kernel: unknown, space: number): Routine<Word>;
  rest(self: Thread, kernel: unknown): Routine<Word>;
}

const errnos: ReadonlyMap<Word, RemapErrno> = new Map([
  [-12, 'ENOMEM'],
  [-14, 'EFAULT'],
  [-16, 'EBUSY'],
  [-17, 'EEXIST'],
  [-22, 'EINVAL'],
]);

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, kernel: unknown, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'read':
      return yield* module.read(self, kernel, call.page, call.offset);
    case 'write':
      return yield* module.write(self, kernel, call.page, call.offset, call.word);
    case 'remap':
      return yield* module.remap(self, kernel, call.page, call.count, call.to, call.at);
    case 'copy':
      return yield* module.copy(self, kernel, call.page, call.to, call.at);
    case 'send':
      return yield* module.send(self, kernel, call.page, call.to, call.at);
    case 'unmap':
      return yield* module.unmap(self, kernel, call.page);
    case 'freeze':
      return yield* module.freeze(self, kernel, call.page);
    case 'protect':
      return yield* module.protect(self, kernel, call.page, call.writable);
    case 'reap':
      return yield* module.reap(self, kernel, call.space);
    case 'enter':
      return yield* module.enter(self, kernel, call.space);
    case 'rest':
      return yield* module.rest(self, kernel);
    case 'rest of copy':
      return -1; // no thread asks for this: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (call: Call, result: Word, [read = -1]: readonly number[]): RemapAnswer => {
  if (call.tag === 'send' && (result === 0 || result === 1)) {
    return { tag: 'sent', by: result === 0 ? 'remap' : 'copy' };
  }
  if (result !== 0) return { tag: 'failed', errno: errnos.get(result) ?? (String(result) as RemapErrno) };
  return call.tag === 'read' ? { tag: 'word', word: read } : { tag: 'ok' };
};

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'read':
      return `read(page ${call.page}, word ${call.offset})`;
    case 'write':
      return `write(page ${call.page}, word ${call.offset}, ${call.word})`;
    case 'remap': {
      const pages = call.count === 1 ? `page ${call.page}` : `${call.count} pages from ${call.page}`;
      return `remap(${pages}, to space ${call.to}, page ${call.at})`;
    }
    case 'copy':
    case 'send':
      return `${call.tag}(page ${call.page}, to space ${call.to}, page ${call.at})`;
    case 'rest of copy':
      return `rest of copy(read [${call.read.map((one) => one ?? '-').join(' ')}], to space ${call.to}, page ${call.at})`;
    case 'unmap':
    case 'freeze':
      return `${call.tag}(page ${call.page})`;
    case 'protect':
      return `protect(page ${call.page}, ${call.writable ? 'writable' : 'read-only'})`;
    case 'reap':
    case 'enter':
      return `${call.tag}(space ${call.space})`;
    case 'rest':
      return 'rest()';
  }
};

const showState = ({ spaces, frames, where }: spec.Remap): string => {
  const shown = spaces.map((pages, space) => {
    const mapped = pages.map((mapping) =>
      mapping ? `${mapping.writable ? '' : 'read-only '}[${frames[mapping.frame]?.join(' ') ?? 'free'}]` : '-',
    );
    return `space ${space}: ${mapped.join(', ')}`;
  });
  const free = frames.filter((frame) => frame === null).length;
  return `${shown.join('; ')}; ${free} free; threads in ${where.join(' ')}`;
};

export const remap: Subject<spec.Remap, Call, RemapAnswer, Parameters, Module, unknown> = {
  id: 'kernel/remap',
  summary: 'A page goes from one address space to another, by remapping or copying; other cores forget it.',
  variants: [
    { name: 'shootdown', module: 'kernel/remap.ts' },
    { name: 'broadcast', module: 'kernel/remap.broadcast.ts', baselineOf: 'shootdown' },
  ],
  exports: [
    'boot',
    'interrupted',
    'read',
    'write',
    'remap',
    'copy',
    'send',
    'unmap',
    'freeze',
    'protect',
    'reap',
    'enter',
    'rest',
  ],
  examples: ['the sender’s other thread reads on'],
  scenarios,
  programs,
  sequences: () => ({
    parameters: drawnParameters(1),
    threads: 1, // a call of one thread may need the core of another, which then begins its next call
    calls: fc.record({ thread: fc.constant(0), call: drawnCall }),
  }),
  exploration: (_variant, threads) => exploration(threads),
  *simpler(current) {
    for (const parameters of simplerParameters(current.parameters)) yield { ...current, parameters };
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: (program) => {
    const mapping = nothingOr(recordOf({ frame: wholeNumberBelow(framesMax), writable: yesOrNo }));
    const [page, space] = [word, word];
    return (
      mismatch(program.parameters, {
        pageWords: positiveUpTo(pageWordsMax),
        frames: positiveUpTo(framesMax),
        spaces: listOf(listOf(mapping, 1, pagesMax), 1, spacesMax),
        homes: listOf(wholeNumberBelow(spacesMax), 0, 1000),
      }) ??
      mismatchedCall(program.threads, {
        read: { page, offset: word },
        write: { page, offset: word, word },
        remap: { page, count: wholeNumberBelow(pagesMax + 1), to: space, at: page },
        copy: { page, to: space, at: page },
        send: { page, to: space, at: page },
        unmap: { page },
        freeze: { page },
        protect: { page, writable: yesOrNo },
        reap: { space },
        enter: { space },
        rest: {},
      }) ??
      wrongSpaces(program as Program<Call, Parameters>)
    );
  },
  initial: (_variant, parameters, threads) => spec.initial(parameters, threads),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters, { cores, placements }) =>
    module.boot(memory, parameters, { cores, threads: placements.length }),
  interrupted: (module, kernel) => module.interrupted(kernel),
  userBuffer: () => ({ bytes: [], mappedBytes: 1 }),
  perform,
  answer: (_variant, call, result, { bytes }) => answerOf(call, result, bytes),
  showCall,
  showAnswer: (answer) => {
    switch (answer.tag) {
      case 'ok':
        return 'ok';
      case 'word':
        return `${answer.word}`;
      case 'sent':
        return `by ${answer.by}`;
      case 'failed':
        return answer.errno;
    }
  },
  showState,
};
