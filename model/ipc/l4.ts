import * as fc from 'fast-check';
import type * as reference from '#impl/ipc/l4.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  drawnCall,
  drawnParameters,
  exploration,
  objectsMax,
  type Parameters,
  programs,
  scenarios,
  simplerCall,
  slotsMax,
  ticksMax,
  wordsMax,
} from '#model/ipc/l4.programs.ts';
import type { Services, Subject } from '#model/subject.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  nothingOr,
  recordOf,
  wholeNumberBelow,
  word,
  yesOrNo,
} from '#model/validate.ts';
import type { L4Answer, L4Errno, L4Message, Timeouts, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { Byte } from '#spec/abi.ts';
import { type Activity, failure, type L4 } from '#spec/ipc/l4.state.ts';
import * as spec from '#spec/ipc/l4.ts';

/** What an implementation exports. */
export type Module = Pick<
  typeof reference,
  'send' | 'call' | 'receive' | 'reply' | 'replyReceive' | 'signal' | 'wait' | 'tick' | 'cancel' | 'kill' | 'boot'
>;
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
];

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, kernel: Kernel, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'send':
      return yield* module.send(self, kernel, call.slot, call.message, call.timeouts);
    case 'call':
      return yield* module.call(self, kernel, call.slot, call.message, call.timeouts);
    case 'receive':
      return yield* module.receive(self, kernel, call.slot, call.timeouts);
    case 'reply':
      return yield* module.reply(self, kernel, call.words);
    case 'replyReceive':
      return yield* module.replyReceive(self, kernel, call.slot, call.words, call.timeouts);
    case 'signal':
      return yield* module.signal(self, kernel, call.slot);
    case 'wait':
      return yield* module.wait(self, kernel, call.slot, call.timeouts);
    case 'tick':
      return yield* module.tick(self, kernel);
    case 'cancel':
      return yield* module.cancel(self, kernel, call.target);
    case 'kill':
      return yield* module.kill(self, kernel, call.target);
    default:
      return -1; // no thread asks for the rest of a call: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (result: Word, bytes: readonly Byte[]): L4Answer => {
  const [badge = -1, slot = -1, count = 0] = bytes;
  switch (result) {
    case 1:
      return { tag: 'ok' };
    case 2: {
      const words = Array.from({ length: count }, (_, i) => bytes[3 + i] ?? -1);
      return {
        tag: 'received',
        message: { badge, intended: null, words, texts: [], slot: slot > 0 ? slot - 1 : null },
      };
    }
    case 3:
      return { tag: 'signaled', word: badge };
    default: {
      const isReceiving = result < -32;
      const errno = errnos[-(isReceiving ? result + 32 : result) - 1];
      return failure(isReceiving ? 'receive' : 'send', errno ?? (String(result) as L4Errno));
    }
  }
};

const showTicks = (ticks: TimeoutTicks): string => (ticks === null ? '' : ticks === 0 ? 'at once' : `${ticks} ticks`);

const showTimeouts = (timeouts: Timeouts): string => {
  const shown = (['send', 'receive', 'transfer'] as const).flatMap((phase) =>
    timeouts[phase] === null ? [] : [`${phase} ${showTicks(timeouts[phase])}`],
  );
  return shown.length === 0 ? '' : `, ${shown.join(', ')}`;
};

const showMessage = ({ words, grants }: L4Message): string =>
  `[${words.join(' ')}]${grants === null ? '' : ` granting ${grants}`}`;

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'send':
    case 'call':
      return `${call.tag}(${call.slot}, ${showMessage(call.message)}${showTimeouts(call.timeouts)})`;
    case 'receive':
    case 'wait':
      return `${call.tag}(${call.slot}${showTimeouts(call.timeouts)})`;
    case 'reply':
      return `reply([${call.words.join(' ')}])`;
    case 'replyReceive':
      return `replyReceive(${call.slot}, [${call.words.join(' ')}]${showTimeouts(call.timeouts)})`;
    case 'signal':
      return `signal(${call.slot})`;
    case 'cancel':
    case 'kill':
    case 'rest of kill':
      return `${call.tag}(T${call.target})`;
    case 'rest of tick':
      return `rest of tick(${call.left.map((id) => `T${id}`).join(' ')})`;
    default:
      return `${call.tag}()`;
  }
};

const showAnswer = (answer: L4Answer): string => {
  switch (answer.tag) {
    case 'ok':
      return 'ok';
    case 'signaled':
      return `signaled ${answer.word}`;
    case 'failed':
      return `${answer.errno} (${answer.phase})`;
    case 'received': {
      const { badge, words, slot } = answer.message;
      return `[${words.join(' ')}]${badge === 0 ? '' : ` badge ${badge}`}${slot === null ? '' : ` granted ${slot}`}`;
    }
  }
};

const showActivity = (activity: Activity): string => {
  switch (activity.tag) {
    case 'sending':
      return `sends to ${activity.sending.port}`;
    case 'receiving':
      return `receives at ${activity.receiving.port}`;
    case 'waiting':
      return `waits at ${activity.object}`;
    case 'over':
      return `has ${showAnswer(activity.answer)}`;
    default:
      return activity.tag;
  }
};

const showState = ({ threads, queue, signals }: L4): string => {
  const each = threads.map(({ activity, replyTo, dead }, id) => {
    const owes = replyTo === null ? '' : `, owes T${replyTo}`;
    return `T${id} ${dead ? 'dead, ' : ''}${showActivity(activity)}${owes}`;
  });
  const signaled = signals.some((signal) => signal !== 0) ? `; signals ${signals.join(' ')}` : '';
  return `${each.join('; ')}${queue.length === 0 ? '' : `; queue ${queue.map((id) => `T${id}`).join(' ')}`}${signaled}`;
};

const ticks = nothingOr(wholeNumberBelow(ticksMax + 1));
const timeouts = recordOf({ send: ticks, receive: ticks, transfer: ticks });
const words = listOf(word, 0, wordsMax);
const slot = wholeNumberBelow(slotsMax);
const message = recordOf({ words, texts: listOf(word, 0, 0), grants: nothingOr(slot) });
const buffers = listOf(word, 0, 0);

export const l4: Subject<L4, Call, L4Answer, Parameters, Module, Kernel> = {
  id: 'ipc/l4',
  summary: 'Synchronous messages in the manner of L4: calls, replies, timeouts, and a fast path.',
  variants: [
    { name: 'endpoints', module: 'ipc/l4.ts' },
    { name: 'big-lock', module: 'ipc/l4.big-lock.ts' },
  ],
  exports: ['boot', 'send', 'call', 'receive', 'reply', 'replyReceive', 'signal', 'wait', 'tick', 'cancel', 'kill'],
  scenarios,
  programs,
  sequences: () => {
    const cast = [0, 1, 3, 4];
    return { parameters: fc.constant(drawnParameters(cast)), threads: cast.length, calls: drawnCall(cast) };
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
  validate: ({ parameters, threads }) => {
    const capability = recordOf({
      object: wholeNumberBelow(objectsMax),
      rights: wholeNumberBelow(8),
      badge: wholeNumberBelow(256),
    });
    const target = wholeNumberBelow(threads.length);
    return (
      mismatch(parameters, {
        tables: listOf(listOf(capability, 0, slotsMax), threads.length, threads.length),
        notifications: listOf(yesOrNo, objectsMax, objectsMax),
      }) ??
      mismatchedCall(threads, {
        send: { slot, message, timeouts },
        call: { slot, message, timeouts },
        receive: { slot, buffers, timeouts },
        reply: { words },
        replyReceive: { slot, words, buffers, timeouts },
        signal: { slot },
        wait: { slot, timeouts },
        tick: {},
        cancel: { target },
        kill: { target },
      })
    );
  },
  initial: (_variant, { tables, notifications }) =>
    spec.initial(
      {
        variant: 'endpoints',
        notifications,
        chiefs: tables.map(() => null),
        spaceOf: tables.map((_, id) => id),
        pageWords: 2,
      },
      tables.map((table) => Array.from({ length: slotsMax }, (_, i) => table[i] ?? null)),
      1,
      [],
    ),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters, machine) => module.boot(memory, parameters, machine.cores),
  userBuffer: () => ({ bytes: [], mappedBytes: 3 + wordsMax }),
  perform,
  answer: (_variant, _call, result, { bytes }) => answerOf(result, bytes),
  showCall,
  showAnswer,
  showState,
};
