import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, pause, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Thread, ThreadTable } from '#impl/sync/threads.ts';
import {
  type Call,
  exploration,
  mutexesMax,
  type Parameters,
  prioritiesMax,
  programs,
  scenarios,
  sequences,
  simplerCall,
} from '#model/sched/inheritance.programs.ts';
import type { Services, Subject } from '#model/subject.ts';
import { listOf, mismatch, mismatchedCall, wholeNumberBelow } from '#model/validate.ts';
import type { InheritanceAnswer, InheritanceErrno, MutexId, Priority } from '#spec/abi/sched/inheritance.ts';
import type { ThreadId } from '#spec/abi.ts';
import * as spec from '#spec/sched/inheritance.ts';

/** What an implementation exports. The kernel's words are whatever its `boot` gives. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters): unknown;
  lock(self: Thread, kernel: unknown, mutex: MutexId): Routine<Word>;
  unlock(self: Thread, kernel: unknown, mutex: MutexId): Routine<Word>;
  call(self: Thread, kernel: unknown, server: ThreadId): Routine<Word>;
  receive(self: Thread, kernel: unknown): Routine<Word>;
  reply(self: Thread, kernel: unknown): Routine<Word>;
  timeOut(self: Thread, kernel: unknown, thread: ThreadId): Routine<Word>;
  setPriority(self: Thread, kernel: unknown, thread: ThreadId, priority: Priority): Routine<Word>;
  priorityOf(self: Thread, kernel: unknown, thread: ThreadId): Routine<Word>;
  dispatch(kernel: unknown, table: ThreadTable, core: number): Routine<unknown>;
  begin(self: Thread, kernel: unknown): Routine<unknown>;
  timerInterrupt(self: Thread, kernel: unknown): Routine<unknown>;
  retire(self: Thread, kernel: unknown): Routine<unknown>;
}

const errnos: ReadonlyMap<Word, InheritanceErrno> = new Map([
  [-1, 'EPERM'],
  [-22, 'EINVAL'],
  [-35, 'EDEADLK'],
  [-110, 'ETIMEDOUT'],
]);

interface Layout {
  readonly kernel: unknown;
  /** A word for each mutex, which nothing else guards. */
  readonly guarded: readonly Address[];
}

/** Runs the call through the implementation. To work is to do nothing for a while. */
function* perform(module: Module, _services: Services, self: Thread, layout: Layout, call: Call): Routine<Word> {
  const { kernel } = layout;
  switch (call.tag) {
    case 'lock':
      return yield* lockAndCount(module, self, layout, call.mutex);
    case 'unlock':
      return yield* module.unlock(self, kernel, call.mutex);
    case 'call':
      return yield* module.call(self, kernel, call.server);
    case 'receive':
      return yield* module.receive(self, kernel);
    case 'reply':
      return yield* module.reply(self, kernel);
    case 'timeOut':
      return yield* module.timeOut(self, kernel, call.thread);
    case 'setPriority':
      return yield* module.setPriority(self, kernel, call.thread, call.priority);
    case 'priorityOf':
      return yield* module.priorityOf(self, kernel, call.thread);
    case 'work':
      for (let step = 0; step < call.steps; step++) yield pause();
      return 0;
    default:
      return -1; // no thread asks for the rest of a call: it is the spec's own
  }
}

/** Takes a mutex and counts, in the word that it guards. */
function* lockAndCount(module: Module, self: Thread, { kernel, guarded }: Layout, mutex: MutexId): Routine<Word> {
  const result = yield* module.lock(self, kernel, mutex);
  const count = guarded[mutex] as Address;
  if (result === 0) yield store(count, (yield load(count, 'plain')) + 1, 'plain');
  return result;
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (call: Call, result: Word): InheritanceAnswer => {
  if (Number.isInteger(result) && result >= 0) {
    if (call.tag === 'receive') return { tag: 'request', from: result };
    if (call.tag === 'priorityOf') return { tag: 'priority', priority: result };
    if (result === 0) return { tag: 'ok' };
  }
  return { tag: 'failed', errno: errnos.get(result) ?? (String(result) as InheritanceErrno) };
};

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'lock':
    case 'unlock':
      return `${call.tag}(mutex ${call.mutex})`;
    case 'call':
      return `call(T${call.server})`;
    case 'timeOut':
    case 'priorityOf':
      return `${call.tag}(T${call.thread})`;
    case 'setPriority':
      return `setPriority(T${call.thread}, ${call.priority})`;
    case 'work':
      return `work(${call.steps})`;
    case 'waiting':
      return 'rest: wait';
    default:
      return `${call.tag}()`;
  }
};

const showAnswer = (answer: InheritanceAnswer): string => {
  switch (answer.tag) {
    case 'ok':
      return 'ok';
    case 'priority':
      return `priority ${answer.priority}`;
    case 'request':
      return `request from T${answer.from}`;
    case 'failed':
      return answer.errno;
  }
};

const showWait = (wait: spec.Wait): string => {
  switch (wait.tag) {
    case 'mutex':
      return `waits for mutex ${wait.mutex}`;
    case 'reply':
      return `waits for T${wait.server}${wait.isServed ? ', served' : ''}`;
    case 'request':
      return 'waits for a request';
    case 'decided':
      return `goes on with ${showAnswer(wait.answer)}`;
  }
};

const showState = (state: spec.Inheritance): string => {
  const threads = state.own.map((own, thread) => {
    const now = spec.effective(state, thread);
    const held = state.holders.flatMap((holder, mutex) => (holder === thread ? [`holds ${mutex}`] : []));
    const wait = state.waits[thread];
    const parts = [`${own}${now === own ? '' : ` → ${now}`}`, ...held, ...(wait ? [showWait(wait)] : [])];
    return `T${thread} ${parts.join(', ')}`;
  });
  return threads.join('; ');
};

export const inheritance: Subject<spec.Inheritance, Call, InheritanceAnswer, Parameters, Module, Layout> = {
  id: 'sched/inheritance',
  summary: 'Mutexes and servers that lend priorities along chains, against priority inversion.',
  variants: [
    { name: 'inheritance', module: 'sched/inheritance.ts' },
    { name: 'big-lock', module: 'sched/inheritance.big-lock.ts', baselineOf: 'inheritance' },
    { name: 'ceiling', module: 'sched/inheritance.ceiling.ts' },
  ],
  exports: [
    'boot',
    'lock',
    'unlock',
    'call',
    'receive',
    'reply',
    'timeOut',
    'setPriority',
    'priorityOf',
    'dispatch',
    'begin',
    'timerInterrupt',
    'retire',
  ],
  examples: ['high waits for low, and medium computes'],
  scenarios,
  programs,
  sequences: () => sequences(3),
  exploration: (_variant, threads) => exploration(threads),
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
    const thread = wholeNumberBelow(threads.length);
    const priority = wholeNumberBelow(prioritiesMax);
    const { ceilings } = parameters as Partial<Parameters>;
    const mutex = wholeNumberBelow(Array.isArray(ceilings) ? ceilings.length : 0);
    return (
      mismatch(parameters, {
        priorities: listOf(priority, threads.length, threads.length),
        ceilings: listOf(priority, 0, mutexesMax),
      }) ??
      mismatchedCall(threads, {
        lock: { mutex },
        unlock: { mutex },
        call: { server: thread },
        receive: {},
        reply: {},
        timeOut: { thread },
        setPriority: { thread, priority },
        priorityOf: { thread },
        work: { steps: wholeNumberBelow(100) },
      })
    );
  },
  initial: (variant, { priorities, ceilings }) =>
    spec.initial(variant === 'ceiling' ? 'ceiling' : 'inheritance', priorities, ceilings),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => ({
    kernel: module.boot(memory, parameters),
    guarded: parameters.ceilings.map((_, mutex) => memory.word(`guarded${mutex}`)),
  }),
  scheduler: (module) => ({
    dispatch: ({ kernel }, table, core) => module.dispatch(kernel, table, core),
    begin: (self, { kernel }) => module.begin(self, kernel),
    timerInterrupt: (self, { kernel }) => module.timerInterrupt(self, kernel),
    retire: (self, { kernel }) => module.retire(self, kernel),
  }),
  userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
  perform,
  answer: (_variant, call, result) => answerOf(call, result),
  showCall,
  showAnswer,
  showState,
};
