import * as fc from 'fast-check';
import type * as reference from '#impl/ipc/l4.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  objectsMax,
  type Parameters,
  pageWords,
  slotsMax,
  ticksMax,
  userPages,
  wordsMax,
} from '#model/ipc/l4.calls.ts';
import { drawnCall, drawnParameters, exploration, programs, simplerCall, wrongMemory } from '#model/ipc/l4.programs.ts';
import { scenarios } from '#model/ipc/l4.scenarios.ts';
import { showAnswer, showCall, showState } from '#model/ipc/l4.show.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import { bytesTold } from '#model/told.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  nothingOr,
  recordOf,
  type Shape,
  wholeNumberBelow,
  word,
  yesOrNo,
} from '#model/validate.ts';
import type { L4Answer, L4Errno } from '#spec/abi/ipc/l4.ts';
import type { Byte } from '#spec/abi.ts';
import { failure, type L4 } from '#spec/ipc/l4.state.ts';
import * as spec from '#spec/ipc/l4.ts';

/** What an implementation exports: where its words are, and one entry for all calls, as a kernel has it. */
export type Module = Pick<typeof reference, 'boot' | 'systemCall'>;
type Kernel = ReturnType<typeof reference.boot>;

/** What an error's number means, from -1 on. */
const errnos: readonly L4Errno[] = [
  'ETIMEOUT',
  'ENOPARTNER',
  'ECANCELED',
  'EOVERFLOW',
  'EXFEROWN',
  'EXFERPARTNER',
  'EABORTED',
  'EBADF',
  'EACCES',
  'ECANCELED', // of what was being copied
];

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, kernel: Kernel, call: Call): Routine<Word> {
  if (call.tag === 'rest' || call.tag === 'rest of tick' || call.tag === 'rest of kill') return -1; // the spec's own
  return yield* module.systemCall(self, kernel, call);
}

/** How many texts there are, and of each the length and the words. */
const textsOf = ([count = 0, ...rest]: readonly Byte[]): number[][] => {
  if (count <= 0) return [];
  const [length = 0, ...words] = rest;
  return [words.slice(0, length), ...textsOf([count - 1, ...words.slice(length)])];
};

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (result: Word, bytes: readonly Byte[]): L4Answer => {
  const [badge = -1, granted = 0, count = 0] = bytes;
  switch (result) {
    case 1:
      return { tag: 'ok' };
    case 2: {
      const words = bytesTold(count, bytes.slice(3));
      const texts = textsOf(bytes.slice(3 + wordsMax));
      return {
        tag: 'received',
        message: {
          badge,
          intended: granted >> 4 === 0 ? null : (granted >> 4) - 1,
          words,
          texts,
          slot: (granted & 15) - 1 < 0 ? null : (granted & 15) - 1,
        },
      };
    }
    case 3:
      return { tag: 'signaled', word: badge };
    default: {
      const isReceiving = result < -32;
      const errno = errnos[-(isReceiving ? result + 32 : result) - 1];
      return failure(isReceiving ? 'receive' : 'send', errno ?? (String(result) as L4Errno), bytes[0] ?? 0);
    }
  }
};

const ticks = nothingOr(wholeNumberBelow(ticksMax + 1));
const timeouts = recordOf({ send: ticks, receive: ticks, transfer: ticks });
const words = listOf(word, 0, wordsMax);
const slot = wholeNumberBelow(slotsMax);
const range = recordOf({
  address: wholeNumberBelow(userPages * pageWords),
  countWords: wholeNumberBelow(userPages * pageWords + 1),
});
const buffers = listOf(range, 0, 2);
const message = recordOf({ words, texts: buffers, grants: nothingOr(slot) });

/** From whom to receive. */
const anybodyOr = (thread: Shape): Shape => ({
  name: `null, any or ${thread.name}`,
  fits: (value) => value === null || value === 'any' || thread.fits(value),
});

export const l4: Subject<L4, Call, L4Answer, Parameters, Module, Kernel> = {
  id: 'ipc/l4',
  summary: 'Synchronous messages in the manner of L4: calls, replies, timeouts, and a fast path.',
  variants: [
    { name: 'endpoints', module: 'ipc/l4.ts' },
    { name: 'big-lock', module: 'ipc/l4.big-lock.ts', baselineOf: 'endpoints' },
    { name: 'clans', module: 'ipc/l4.clans.ts' },
  ],
  exports: ['boot', 'systemCall'],
  examples: ['a call and its reply', 'a text'],
  scenarios,
  programs,
  sequences: (variant) => {
    const cast = [0, 1, 3, 4];
    return {
      parameters: fc.boolean().map((isMissing) => drawnParameters(variant, cast, isMissing)),
      threads: cast.length,
      calls: drawnCall(variant, cast),
    };
  },
  exploration,
  *simpler(current) {
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: (program) => {
    const { parameters, threads } = program;
    const capability = recordOf({
      object: wholeNumberBelow(objectsMax),
      rights: wholeNumberBelow(8),
      badge: wholeNumberBelow(256),
    });
    const target = wholeNumberBelow(threads.length);
    return (
      mismatch(parameters, {
        tables: listOf(listOf(capability, 0, slotsMax), threads.length, threads.length),
        chiefs: listOf(nothingOr(target), threads.length, threads.length),
        notifications: listOf(yesOrNo, objectsMax, objectsMax),
        spaceOf: listOf(wholeNumberBelow(threads.length), threads.length, threads.length),
        absent: listOf(recordOf({ space: wholeNumberBelow(threads.length), page: wholeNumberBelow(userPages) }), 0, 16),
      }) ??
      mismatchedCall(threads, {
        send: { slot, message, timeouts },
        call: { slot, message, timeouts },
        receive: { slot, buffers, timeouts },
        reply: { words },
        replyReceive: { slot, words, buffers, timeouts },
        signal: { slot },
        wait: { slot, timeouts },
        ipc: { to: nothingOr(target), as: nothingOr(target), message, from: anybodyOr(target), buffers, timeouts },
        tick: {},
        cancel: { target },
        kill: { target },
        page: { space: target, page: wholeNumberBelow(userPages) },
      }) ??
      wrongMemory(program as Program<Call, Parameters>)
    );
  },
  initial: (variant, { tables, notifications, chiefs, spaceOf, absent }) =>
    spec.initial(
      {
        variant: variant === 'clans' ? 'clans' : 'endpoints',
        notifications,
        chiefs,
        spaceOf,
        pageWords,
      },
      tables.map((table) => Array.from({ length: slotsMax }, (_, i) => table[i] ?? null)),
      userPages,
      absent,
    ),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters, machine) => module.boot(memory, parameters, machine.cores),
  userBuffer: () => ({ bytes: [], mappedBytes: 4 + wordsMax + 2 * (1 + userPages * pageWords) }),
  perform,
  answer: (_variant, _call, result, { bytes }) => answerOf(result, bytes),
  showCall,
  showAnswer,
  showState,
};
