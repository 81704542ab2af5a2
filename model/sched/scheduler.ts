/** What all schedulers are compared with: one spec, the same programs, and what an implementation exports. */
import type { Allocator } from '#impl/machine/allocator.ts';
import type { UserBuffer } from '#impl/machine/context.ts';
import { coreNumber, pause, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Thread, ThreadTable } from '#impl/sync/threads.ts';
import {
  type Call,
  type Parameters,
  programs,
  scenarios,
  sequences,
  simplerCall,
} from '#model/sched/scheduler.programs.ts';
import type { MachineAtBoot, Services, Subject, Variant } from '#model/subject.ts';
import { listOf, mismatch, mismatchedCall, nothingOr, positiveUpTo, wholeNumberBelow, word } from '#model/validate.ts';
import type { SchedulerAnswer, SchedulerErrno, Target } from '#spec/abi/sched/scheduler.ts';
import type { ThreadId } from '#spec/abi.ts';
import * as spec from '#spec/sched/scheduler.ts';

/** What a scheduler exports. Whom a call is about is always a number; what fails is one of `errnos`. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters, machine: MachineAtBoot): unknown;
  dispatch(layout: unknown, table: ThreadTable, core: number): Routine<unknown>;
  begin(self: Thread, layout: unknown): Routine<unknown>;
  timerInterrupt(self: Thread, layout: unknown): Routine<unknown>;
  retire(self: Thread, layout: unknown): Routine<unknown>;
  interrupted(layout: unknown, table: ThreadTable, context: number): Routine<unknown>;
  wait(self: Thread, layout: unknown): Routine<Word>;
  wake(self: Thread, layout: unknown, target: ThreadId): Routine<Word>;
  call(self: Thread, layout: unknown, target: ThreadId, word: Word): Routine<Word>;
  receive(self: Thread, layout: unknown): Routine<Word>;
  reply(self: Thread, layout: unknown, word: Word): Routine<Word>;
  replyAndReceive(self: Thread, layout: unknown, word: Word): Routine<Word>;
  yieldCore(self: Thread, layout: unknown): Routine<Word>;
  setAffinity(self: Thread, layout: unknown, target: ThreadId, mask: Word): Routine<Word>;
  getAffinity(self: Thread, layout: unknown, target: ThreadId): Routine<Word>;
  setPriority(self: Thread, layout: unknown, target: ThreadId, priority: number): Routine<Word>;
}

const exportsOfModule: readonly (keyof Module)[] = [
  'boot',
  'dispatch',
  'begin',
  'timerInterrupt',
  'retire',
  'interrupted',
  'wait',
  'wake',
  'call',
  'receive',
  'reply',
  'replyAndReceive',
  'yieldCore',
  'setAffinity',
  'getAffinity',
  'setPriority',
];

const errnos: Readonly<Record<number, SchedulerErrno>> = {
  [-2]: 'ENOENT',
  [-3]: 'ESRCH',
  [-16]: 'EBUSY',
  [-22]: 'EINVAL',
};

export type SchedulerSubject = Subject<spec.Scheduler, Call, SchedulerAnswer, Parameters, Module, unknown>;

function* perform(module: Module, _services: Services, self: Thread, layout: unknown, call: Call): Routine<Word> {
  const whom = (target: Target): ThreadId => target ?? self.id;
  switch (call.tag) {
    case 'wait':
      return yield* module.wait(self, layout);
    case 'wake':
      return yield* module.wake(self, layout, whom(call.target));
    case 'call':
      return yield* module.call(self, layout, whom(call.target), call.word);
    case 'receive':
      return yield* module.receive(self, layout);
    case 'reply':
      return yield* module.reply(self, layout, call.word);
    case 'replyAndReceive':
      return yield* module.replyAndReceive(self, layout, call.word);
    case 'yield':
      return yield* module.yieldCore(self, layout);
    case 'setAffinity':
      return yield* module.setAffinity(self, layout, whom(call.target), call.mask);
    case 'getAffinity':
      return yield* module.getAffinity(self, layout, whom(call.target));
    case 'setPriority':
      return yield* module.setPriority(self, layout, whom(call.target), call.priority);
    case 'whereAmI':
      yield pause();
      return yield coreNumber();
    case 'work':
      for (let step = 0; step < call.steps; step++) yield pause();
      return 0;
    default:
      throw new Error(`${call.tag} is no call of a program`);
  }
}

const answerOf = (call: Call, result: Word, { bytes }: UserBuffer): SchedulerAnswer => {
  const errno = errnos[result];
  if (errno) return { tag: 'failed', errno };
  switch (call.tag) {
    case 'call':
      return { tag: 'reply', word: result };
    case 'receive':
    case 'replyAndReceive':
      return { tag: 'request', from: result, word: bytes[0] ?? 0 };
    case 'getAffinity':
      return { tag: 'mask', mask: result };
    case 'setPriority':
      return { tag: 'priority', priority: result };
    case 'whereAmI':
      return { tag: 'core', core: result };
    default:
      return { tag: 'ok' };
  }
};

const showTarget = (target: Target): string => (target === null ? 'self' : `T${target}`);

const showMask = (mask: number): string =>
  `{${Array.from({ length: 31 }, (_, core) => core)
    .filter((core) => ((mask >> core) & 1) === 1)
    .join(' ')}}`;

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'wake':
    case 'getAffinity':
      return `${call.tag}(${showTarget(call.target)})`;
    case 'call':
      return `call(${showTarget(call.target)}, ${call.word})`;
    case 'reply':
    case 'replyAndReceive':
      return `${call.tag}(${call.word})`;
    case 'setAffinity':
      return `setAffinity(${showTarget(call.target)}, ${showMask(call.mask)})`;
    case 'setPriority':
      return `setPriority(${showTarget(call.target)}, ${call.priority})`;
    case 'work':
      return `work(${call.steps})`;
    case 'rest of setAffinity':
      return `rest of setAffinity(T${call.moved})`;
    default:
      return `${call.tag}()`;
  }
};

const showAnswer = (answer: SchedulerAnswer): string => {
  switch (answer.tag) {
    case 'ok':
      return 'ok';
    case 'request':
      return `${answer.word} from T${answer.from}`;
    case 'reply':
      return String(answer.word);
    case 'mask':
      return `cores ${showMask(answer.mask)}`;
    case 'priority':
      return `priority ${answer.priority}`;
    case 'core':
      return `core ${answer.core}`;
    case 'failed':
      return answer.errno;
  }
};

/** Calls of thread 0 that fail whenever they are made. */
const nobody = 9;
const mistaken: readonly Call[] = [
  { tag: 'call', target: 0, word: 1 },
  { tag: 'call', target: nobody, word: 1 },
  { tag: 'wake', target: nobody },
  { tag: 'getAffinity', target: nobody },
  { tag: 'setAffinity', target: nobody, mask: 1 },
  { tag: 'setAffinity', target: 0, mask: 0 },
  { tag: 'setPriority', target: nobody, priority: 1 },
  { tag: 'setPriority', target: 0, priority: spec.priorityMax + 1 },
];

/** Tracepoints that tell of a thread, where it is, and a third thing: most often its priority. */
const ofPlaces: ReadonlySet<string> = new Set([
  'dispatched',
  'moved',
  'priority',
  'queue insert',
  'queue remove',
  'skipped blocked thread',
]);

/** `id + 16 * core + 256 * more` as a person would write it. */
const showTraced = (name: string, word: Word): string =>
  ofPlaces.has(name) ? `${name}: T${word & 15} on core ${(word >> 4) & 15}, priority ${word >> 8}` : `${name}: ${word}`;

const showState = ({ threads }: spec.Scheduler): string =>
  threads
    .map(({ priority, mask, leaving, isWoken, requests, owes, reply }, id) =>
      [
        `T${id} priority ${priority} on ${showMask(mask)}`,
        ...(leaving.length > 0 ? [`leaving ${leaving.map((left) => showMask(left.mask)).join(' ')}`] : []),
        ...(isWoken ? ['woken'] : []),
        ...(requests.length > 0 ? [`called by ${requests.map(({ from }) => `T${from}`).join(' ')}`] : []),
        ...(owes === null ? [] : [`owes T${owes}`]),
        ...(reply === null ? [] : [`answered ${reply}`]),
      ].join(' '),
    )
    .join('; ');

/** The subject of a scheduler: only its name, and which implementations it has, tell it from the others. */
export const schedulerSubject = (id: string, summary: string, variants: readonly Variant[]): SchedulerSubject => ({
  id,
  summary,
  variants,
  spec: 'sched/scheduler',
  exports: exportsOfModule,
  scenarios,
  examples: ['a call and its reply', 'one waits, one wakes'],
  programs,
  sequences,
  exploration: (_variant, threads) => {
    const clients = Array.from({ length: Math.max(1, threads - 2) }, (_, i) => i + 1);
    return {
      parameters: { priorities: Array.from({ length: clients.length + 1 }, () => 1), sliceTicks: 1 },
      threads: [
        {
          tag: 'any',
          calls: [
            { tag: 'receive' },
            { tag: 'reply', word: 1 },
            { tag: 'replyAndReceive', word: 1 },
            { tag: 'wait' },
            { tag: 'whereAmI' },
            ...mistaken,
          ],
        },
        ...clients.map(() => ({
          tag: 'any' as const,
          calls: [
            { tag: 'call', target: 0, word: 7 },
            { tag: 'wake', target: 0 },
            { tag: 'setAffinity', target: 0, mask: 1 },
            { tag: 'setAffinity', target: 0, mask: 2 },
            { tag: 'getAffinity', target: 0 },
            { tag: 'setPriority', target: 0, priority: 2 },
          ] satisfies readonly Call[],
        })),
      ],
      // Nobody need ever call, reply or wake.
      mayWait: () => true,
    };
  },
  *simpler(current) {
    const { parameters } = current;
    if (parameters.sliceTicks > 1) yield { ...current, parameters: { ...parameters, sliceTicks: 1 } };
    if (parameters.priorities.some((priority) => priority !== 1)) {
      yield { ...current, parameters: { ...parameters, priorities: parameters.priorities.map(() => 1) } };
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
    const target = nothingOr(wholeNumberBelow(threads.length + 1));
    const priorities = listOf(wholeNumberBelow(spec.priorityMax + 1), 0, 1000);
    return (
      mismatch(parameters, { priorities, sliceTicks: positiveUpTo(100) }) ??
      mismatchedCall(threads, {
        wait: {},
        wake: { target },
        call: { target, word: wholeNumberBelow(256) },
        receive: {},
        reply: { word: wholeNumberBelow(256) },
        replyAndReceive: { word: wholeNumberBelow(256) },
        yield: {},
        setAffinity: { target, mask: word },
        getAffinity: { target },
        setPriority: { target, priority: word },
        whereAmI: {},
        work: { steps: positiveUpTo(100) },
      })
    );
  },
  initial: (_variant, { priorities }, threads, cores) =>
    spec.initial(
      cores,
      Array.from({ length: threads }, (_, id) => priorities[id] ?? 0),
    ),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters, machine) => module.boot(memory, parameters, machine),
  userBuffer: () => ({ bytes: [], mappedBytes: 1 }),
  perform,
  scheduler: (module) => module,
  interrupted: (module, layout, table, context) => module.interrupted(layout, table, context),
  answer: (_variant, call, result, buffer) => answerOf(call, result, buffer),
  showCall,
  showAnswer,
  showTraced,
  showState,
});
