import * as fc from 'fast-check';
import type * as reference from '#impl/ipc/shm-polling.ts';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  drawnParameters,
  type Parameters,
  programs,
  scenarios,
  serves,
  simplerCall,
} from '#model/ipc/shm-polling.programs.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import { bytesTold } from '#model/told.ts';
import { listOf, mismatch, mismatchedCall, positiveUpTo, type Shape, wholeNumberBelow } from '#model/validate.ts';
import type { Byte, ShmPollingAnswer } from '#spec/abi.ts';
import * as spec from '#spec/ipc/shm-polling.ts';

/** What an implementation exports. */
export type Module = Pick<typeof reference, 'boot' | 'call' | 'serve' | 'forge'>;
type Layout = reference.Region;

type Errno = Extract<ShmPollingAnswer, { tag: 'failed' }>['errno'];

const errnos: ReadonlyMap<Word, Errno> = new Map([
  [-74, 'EBADMSG'],
  [-90, 'EMSGSIZE'],
]);

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, layout: Layout, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'call':
      return yield* module.call(self, layout, call.bytes.length);
    case 'serve':
      return yield* module.serve(self, layout);
    case 'forge':
      return yield* module.forge(self, layout, call.lengthBytes);
    case 'rest of call':
      return -1; // no thread asks for this: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (call: Call, result: Word, bytes: readonly Byte[]): ShmPollingAnswer => {
  if (call.tag === 'forge' && result === 0) return { tag: 'ok' };
  if (call.tag === 'forge' || !(Number.isInteger(result) && result >= 0)) {
    return { tag: 'failed', errno: errnos.get(result) ?? (String(result) as Errno) };
  }
  return { tag: 'bytes', bytes: bytesTold(result, bytes) };
};

const showBytes = (bytes: readonly Byte[]): string => `[${bytes.join(' ')}]`;

const showMessage = (message: readonly Byte[] | 'refused' | null): string =>
  message === null ? 'invalid' : message === 'refused' ? message : showBytes(message);

/** Who calls, who serves: one thread each at most, and each has a core. */
const wrongRoles = ({ threads, cores }: Program): string | undefined => {
  for (const tag of ['call', 'serve']) {
    if (threads.filter((calls) => calls.some((call) => call.tag === tag)).length > 1) return `two threads ${tag}`;
  }
  const active = threads.filter((calls) => calls.length > 0).length;
  return active > cores ? `whoever waits polls: ${active} threads need ${active} cores` : undefined;
};

const anyLength: Shape = {
  name: 'a whole number from -1000 to 1000',
  fits: (value) => Number.isInteger(value) && Math.abs(value as number) <= 1000,
};

export const shmPolling: Subject<spec.ShmPolling, Call, ShmPollingAnswer, Parameters, Module, Layout> = {
  id: 'ipc/shm-polling',
  summary: 'Request and reply through shared memory, with two processes that poll.',
  variants: [{ name: 'two-slots', module: 'ipc/shm-polling.ts', polls: true }],
  exports: ['boot', 'call', 'serve', 'forge'],
  scenarios,
  programs: (_variant, size) => programs(size),
  sequences: () => ({
    parameters: drawnParameters,
    threads: 2,
    calls: fc.constant({ thread: 1, call: serves }), // alone, nobody gets further than to wait
  }),
  exploration: () => ({
    parameters: { limitBytes: 2 },
    threads: [
      { tag: 'any', calls: [[1], [1, 2], [1, 2, 3]].map((bytes) => ({ tag: 'call', bytes })) },
      { tag: 'any', calls: [serves] },
      { tag: 'in order', calls: [{ tag: 'forge', lengthBytes: 0 }] },
    ],
    mayWait: () => false,
  }),
  *simpler(current) {
    const { limitBytes } = current.parameters;
    if (limitBytes > 1) yield { ...current, parameters: { limitBytes: limitBytes >> 1 } };
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: (program) => {
    const bytes = listOf(wholeNumberBelow(256), 0, 2 * spec.messageLimitBytes);
    return (
      mismatch(program.parameters, { limitBytes: positiveUpTo(spec.messageLimitBytes) }) ??
      mismatchedCall(program.threads, { call: { bytes }, serve: {}, forge: { lengthBytes: anyLength } }) ??
      wrongRoles(program)
    );
  },
  initial: (_variant, { limitBytes }) => spec.initial(limitBytes),
  outcomes: (state, _caller, call) => spec.outcomes(state, call),
  areCallersAlike: true,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: (call) => ({
    bytes: call.tag === 'call' ? [...call.bytes] : [],
    mappedBytes: 2 * spec.messageLimitBytes,
  }),
  perform,
  answer: (_variant, call, result, buffer) => answerOf(call, result, buffer.bytes),
  abstract: (layout, latest, before) => abstract(layout, latest, before),
  showCall: (call) => {
    switch (call.tag) {
      case 'call':
        return `call(${showBytes(call.bytes)})`;
      case 'forge':
        return `forge(length ${call.lengthBytes})`;
      default:
        return `${call.tag}()`;
    }
  },
  showAnswer: (answer) => {
    switch (answer.tag) {
      case 'bytes':
        return showBytes(answer.bytes);
      case 'ok':
        return 'ok';
      case 'failed':
        return answer.errno;
    }
  },
  showState: ({ request, reply, forged }) =>
    `request ${showMessage(request)}, reply ${showMessage(reply)}${forged ? ', forged' : ''}`,
};

/** What the words of our region mean when nobody is inside. Undefined: other words, or a length that may be forged. */
const abstract = (
  layout: Layout,
  latest: (address: Address) => Word,
  before: spec.ShmPolling,
): spec.ShmPolling | undefined => {
  const { request, reply } = layout as Partial<Layout>;
  if (request?.status === undefined || reply?.status === undefined || before.forged) return undefined;
  const meaning = ({ status, length, payload }: Layout['request']): readonly Byte[] | 'refused' | null => {
    if (latest(status) === 0) return null;
    const count = latest(length);
    return count < 0 ? 'refused' : Array.from({ length: count }, (_, i) => latest(payload + i));
  };
  const sent = meaning(request);
  return { ...before, request: sent === 'refused' ? null : sent, reply: meaning(reply) };
};
