import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  drawnCall,
  drawnParameters,
  exploration,
  type Parameters,
  programs,
  scenarios,
  simplerCall,
  wrongPorts,
} from '#model/ipc/deadlock.programs.ts';
import type { Services, Subject } from '#model/subject.ts';
import { listOf, mismatch, mismatchedCall, nothingOr, wholeNumberBelow } from '#model/validate.ts';
import type { DeadlockAnswer, DeadlockErrno, PortId, TimeoutTicks } from '#spec/abi/ipc/deadlock.ts';
import * as spec from '#spec/ipc/deadlock.ts';

/** What an implementation exports. The kernel's words are whatever its `boot` gives. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters): unknown;
  call(self: Thread, kernel: unknown, port: PortId, word: Word, timeoutTicks: TimeoutTicks): Routine<Word>;
  receive(self: Thread, kernel: unknown, timeoutTicks: TimeoutTicks): Routine<Word>;
  reply(self: Thread, kernel: unknown, word: Word): Routine<Word>;
  lock(self: Thread, kernel: unknown, timeoutTicks: TimeoutTicks): Routine<Word>;
  unlock(self: Thread, kernel: unknown): Routine<Word>;
  tick(self: Thread, kernel: unknown): Routine<Word>;
}

const errnos: ReadonlyMap<Word, DeadlockErrno> = new Map([
  [-1, 'EPERM'],
  [-22, 'EINVAL'],
  [-35, 'EDEADLK'],
  [-110, 'ETIMEDOUT'],
]);

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, kernel: unknown, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'call':
      return yield* module.call(self, kernel, call.port, call.word, call.timeoutTicks);
    case 'receive':
      return yield* module.receive(self, kernel, call.timeoutTicks);
    case 'reply':
      return yield* module.reply(self, kernel, call.word);
    case 'lock':
      return yield* module.lock(self, kernel, call.timeoutTicks);
    case 'unlock':
      return yield* module.unlock(self, kernel);
    case 'tick':
      return yield* module.tick(self, kernel);
    default:
      return -1; // no thread asks for the rest of a call: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (call: Call, result: Word): DeadlockAnswer => {
  if (Number.isInteger(result) && result >= 0) {
    if (call.tag === 'call') return { tag: 'replied', word: result };
    if (call.tag === 'receive') return { tag: 'request', from: result >> 8, word: result & 0xff };
    if (result === 0) return { tag: 'ok' };
  }
  return { tag: 'failed', errno: errnos.get(result) ?? (String(result) as DeadlockErrno) };
};

const showTimeout = (timeoutTicks: TimeoutTicks): string =>
  timeoutTicks === null
    ? 'for ever'
    : timeoutTicks === 0
      ? 'at once'
      : `${timeoutTicks} tick${timeoutTicks > 1 ? 's' : ''}`;

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'call':
      return `call(port ${call.port}, ${call.word}, ${showTimeout(call.timeoutTicks)})`;
    case 'receive':
    case 'lock':
      return `${call.tag}(${showTimeout(call.timeoutTicks)})`;
    case 'reply':
      return `reply(${call.word})`;
    case 'waiting':
      return 'rest: wait';
    default:
      return call.tag === 'rest of tick' ? call.tag : `${call.tag}()`;
  }
};

const showAnswer = (answer: DeadlockAnswer): string => {
  switch (answer.tag) {
    case 'ok':
      return 'ok';
    case 'replied':
      return `reply ${answer.word}`;
    case 'request':
      return `request ${answer.word} from T${answer.from}`;
    case 'failed':
      return answer.errno;
  }
};

const showWait = (wait: spec.Wait): string => {
  if (wait.tag === 'decided') return `goes on with ${showAnswer(wait.answer)}`;
  const left = wait.leftTicks === null ? '' : `, ${wait.leftTicks} left`;
  if (wait.tag !== 'reply') return `waits for ${wait.tag === 'mutex' ? 'the mutex' : 'a request'}${left}`;
  return `waits for ${wait.server === null ? `port ${wait.port}` : `T${wait.server}`}${left}`;
};

const showState = ({ waits, services, holder }: spec.Deadlock): string => {
  const parts = [
    ...waits.flatMap((wait, thread) => (wait ? [`T${thread} ${showWait(wait)}`] : [])),
    ...services.flatMap((service, thread) =>
      service ? [`T${thread} serves ${service.caller === null ? 'nobody any more' : `T${service.caller}`}`] : [],
    ),
    ...(holder === null ? [] : [`T${holder} holds the mutex`]),
  ];
  return parts.join(', ') || 'nobody waits';
};

/** The words of the reference that outlast a call. */
interface Layout {
  readonly messages: readonly { readonly caller: Address }[];
  readonly mutex: { readonly holder: Address };
}

const isOurs = (layout: unknown): layout is Layout =>
  typeof layout === 'object' && layout !== null && 'messages' in layout && 'mutex' in layout;

export const deadlock: Subject<spec.Deadlock, Call, DeadlockAnswer, Parameters, Module, unknown> = {
  id: 'ipc/deadlock',
  summary: 'Threads that call each other and wait, with timeouts that break their rings.',
  variants: [
    { name: 'timeouts', module: 'ipc/deadlock.ts' },
    { name: 'big-lock', module: 'ipc/deadlock.big-lock.ts', baselineOf: 'timeouts' },
    { name: 'detects', module: 'ipc/deadlock.detects.ts' },
  ],
  exports: ['boot', 'call', 'receive', 'reply', 'lock', 'unlock', 'tick'],
  examples: ['a call and its reply'],
  scenarios,
  programs,
  sequences: () => ({
    parameters: drawnParameters(3),
    threads: 3,
    calls: fc.record({ thread: fc.nat({ max: 2 }), call: drawnCall(1) }),
  }),
  exploration: (_variant, threads) => exploration(threads),
  *simpler(current) {
    const { serves } = current.parameters;
    if (serves.some((port, thread) => port !== thread)) {
      yield { ...current, parameters: { serves: serves.map((_, thread) => thread) } };
    }
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: ({ parameters, threads }) => {
    const port = wholeNumberBelow(threads.length);
    const word = wholeNumberBelow(256);
    const timeoutTicks = nothingOr(wholeNumberBelow(1000));
    return (
      mismatch(parameters, { serves: listOf(port, 1, threads.length) }) ??
      wrongPorts(parameters as Parameters, threads.length) ??
      mismatchedCall(threads, {
        call: { port: wholeNumberBelow(Math.max(...(parameters as Parameters).serves) + 1), word, timeoutTicks },
        receive: { timeoutTicks },
        reply: { word },
        lock: { timeoutTicks },
        unlock: {},
        tick: {},
      })
    );
  },
  initial: (variant, { serves }) => spec.initial(variant === 'detects' ? 'detects' : 'timeouts', serves),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
  perform,
  answer: (_variant, call, result) => answerOf(call, result),
  abstract: (layout, latest, before) => {
    if (!isOurs(layout)) return undefined;
    const holder = latest(layout.mutex.holder);
    return {
      ...before,
      holder: holder === 0 ? null : holder - 1,
      services: layout.messages.map(({ caller }, thread) => {
        const served = latest(caller);
        if (served === 0) return null;
        // Nobody is told that a caller waits no more: its server finds out when it replies.
        return { caller: before.services[thread]?.caller === null ? null : served - 1 };
      }),
    };
  },
  showCall,
  showAnswer,
  showState,
};
