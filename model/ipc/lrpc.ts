import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread, ThreadTable } from '#impl/sync/threads.ts';
import { probablyEnds } from '#model/ipc/lrpc.likely.ts';
import {
  type Call,
  calls,
  drawnCall,
  drawnParameters,
  isAllowed,
  type Parameters,
  programs,
  simplerCall,
} from '#model/ipc/lrpc.programs.ts';
import { scenarios } from '#model/ipc/lrpc.scenarios.ts';
import { keeps, wrongWorld } from '#model/ipc/lrpc.worlds.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  nothingOr,
  positiveUpTo,
  recordOf,
  type Shape,
  wholeNumberBelow,
  word,
  yesOrNo,
} from '#model/validate.ts';
import type { LrpcAnswer, LrpcErrno } from '#spec/abi/ipc/lrpc.ts';
import { type Inside, initial, type Lrpc, type Step } from '#spec/ipc/lrpc.state.ts';
import * as spec from '#spec/ipc/lrpc.ts';

/** What an implementation exports. The kernel's tables are whatever its `boot` gives. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters, machine: { cores: number }): unknown;
  exportInterface(self: Thread, kernel: unknown): Routine<Word>;
  importInterface(self: Thread, kernel: unknown, server: number): Routine<Word>;
  call(
    self: Thread,
    kernel: unknown,
    binding: number,
    procedure: number,
    argument: Word,
    aStack: number | null,
  ): Routine<Word>;
  terminate(self: Thread, kernel: unknown, domain: number): Routine<Word>;
  abort(self: Thread, kernel: unknown, target: number): Routine<Word>;
  release(self: Thread, kernel: unknown): Routine<Word>;
  identify(self: Thread, kernel: unknown): Routine<Word>;
  stomp(self: Thread, kernel: unknown, page: number, offset: number, word: Word): Routine<Word>;
  returnUncalled(self: Thread, kernel: unknown): Routine<Word>;
  dispatch(table: ThreadTable, core: number): Routine<unknown>;
  begin(self: Thread): Routine<unknown>;
  timerInterrupt(self: Thread, kernel: unknown): Routine<unknown>;
  retire(self: Thread): Routine<unknown>;
}

const errnos: ReadonlyMap<Word, LrpcErrno> = new Map([
  [-1, 'EPERM'],
  [-2, 'ENOENT'],
  [-3, 'ESRCH'],
  [-6, 'ENXIO'],
  [-9, 'EBADF'],
  [-13, 'EACCES'],
  [-14, 'EFAULT'],
  [-16, 'EBUSY'],
  [-17, 'EEXIST'],
  [-22, 'EINVAL'],
  [-28, 'ENOSPC'],
  [-38, 'ENOSYS'],
  [-116, 'ESTALE'],
  [-1001, 'ECALLFAILED'],
  [-1002, 'ECALLABORTED'],
]);

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, kernel: unknown, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'export':
      return yield* module.exportInterface(self, kernel);
    case 'import':
      return yield* module.importInterface(self, kernel, call.server);
    case 'call':
      return yield* module.call(self, kernel, call.binding, call.procedure, call.argument, call.aStack);
    case 'terminate':
      return yield* module.terminate(self, kernel, call.domain);
    case 'abort':
      return yield* module.abort(self, kernel, call.target);
    case 'release':
      return yield* module.release(self, kernel);
    case 'identify':
      return yield* module.identify(self, kernel);
    case 'stomp':
      return yield* module.stomp(self, kernel, call.page, call.offset, call.word);
    case 'return':
      return yield* module.returnUncalled(self, kernel);
    default:
      return -1; // no thread asks for the rest of a call: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (call: Call, result: Word): LrpcAnswer => {
  const givesWord = call.tag === 'call' || call.tag === 'import' || call.tag === 'identify';
  if (!(Number.isInteger(result) && (givesWord ? result >= 0 : result === 0))) {
    return { tag: 'failed', errno: errnos.get(result) ?? (String(result) as LrpcErrno) };
  }
  if (call.tag === 'call') return { tag: 'result', word: result };
  if (call.tag === 'import') return { tag: 'binding', binding: result };
  if (call.tag !== 'identify') return { tag: 'ok' };
  const identity = { authority: result & 0xf, priority: (result >> 4) & 0xf, budgetTicks: result >> 8 };
  return { tag: 'identity', identity };
};

const showStep = (step: Step): string => ('result' in step ? `${step.at} ${step.result}` : step.at);

const showInside = ({ levels, step }: Inside): string =>
  `${levels.map(({ aStack }) => `A${aStack}`).join(' in ') || 'at home'}: ${showStep(step)}`;

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'import':
      return `import(from D${call.server})`;
    case 'call': {
      const chosen = call.aStack === null ? '' : `, with A${call.aStack}`;
      return `call(B${call.binding}, procedure ${call.procedure}, ${call.argument}${chosen})`;
    }
    case 'terminate':
      return `terminate(D${call.domain})`;
    case 'abort':
      return `abort(T${call.target})`;
    case 'stomp':
      return `stomp(page ${call.page}+${call.offset}, ${call.word})`;
    case 'rest of call':
      return `rest of call(${showInside(call)})`;
    case 'rest of import':
      return `rest of import(B${call.binding})`;
    case 'rest of terminate':
      return `rest of terminate(D${call.domain}, from A${call.next})`;
    case 'rest of release':
      return `rest of release(D${call.domain}${call.freed ? `, ${showInside(call.freed)}` : ''})`;
    default:
      return `${call.tag}()`;
  }
};

const showAnswer = (answer: LrpcAnswer): string => {
  switch (answer.tag) {
    case 'ok':
      return 'ok';
    case 'result':
      return String(answer.word);
    case 'binding':
      return `B${answer.binding}`;
    case 'identity': {
      const { authority, priority, budgetTicks } = answer.identity;
      return `as D${authority}, priority ${priority}, ${budgetTicks} ticks left`;
    }
    case 'failed':
      return answer.errno;
  }
};

const showState = ({ domains, aStacks, captured }: Lrpc): string => {
  const shownDomains = domains.map((domain, d) => {
    const gone = domain.isTerminated ? ' gone' : '';
    return `D${d}=${domain.counter}${gone}${domain.isOpen ? ' open' : ''}`;
  });
  const shownAStacks = aStacks.map(({ argument, result, isTaken, call, lost }, a) => {
    const marks = `${lost.client ? ' no client' : ''}${lost.server ? ' no server' : ''}`;
    const fate = call?.isCaptured ? ' captured' : call?.isAborted ? ' given up' : '';
    const use = call ? ` in a call of T${call.thread}${fate}` : isTaken ? ' taken' : '';
    return `A${a}(${argument} ${result})${use}${marks}`;
  });
  const held = captured.map((one) => `, captured in ${showInside(one)}`).join('');
  return `${shownDomains.join(' ')}; ${shownAStacks.join(' ')}${held}`;
};

const domain = wholeNumberBelow(4);
const anyWord = wholeNumberBelow(10_000);

const body: Shape = {
  name: 'what a procedure does',
  fits: (value) => {
    const { tag } = value as { tag?: string };
    if (tag === 'forward') {
      return mismatch(value, { binding: wholeNumberBelow(8), procedure: wholeNumberBelow(4) }) === undefined;
    }
    return tag === 'add' || tag === 'identify' || tag === 'hold' || tag === 'crash';
  },
};

/** What is wrong with a program whose parts are as they should be, if anything. */
const wrongTogether = ({ parameters, threads }: Program<Call, Parameters>): string | undefined => {
  if (parameters.threads.length !== threads.length) return `there are ${threads.length} threads`;
  for (const [thread, made] of threads.entries()) {
    if (made.some((call) => call.tag === 'abort' && call.target >= threads.length)) return 'no such thread';
    const domains = made.map((call) =>
      call.tag === 'terminate' ? call.domain : call.tag === 'import' ? call.server : 0,
    );
    if (domains.some((named) => named >= parameters.domains.length)) return 'no such domain';
    if (!made.every((call) => isAllowed(parameters, thread, call))) {
      return `thread ${thread} writes on an E-stack or the data of its own domain, or what may be code on a stack`;
    }
  }
  const given = threads.flat().filter(({ tag }) => tag === 'abort').length;
  const active = threads.filter((made) => made.length > 0).length;
  if (parameters.eStacks < active + given) return `a domain needs ${active + given} E-stacks`;
  return wrongWorld(parameters);
};

export const lrpc: Subject<Lrpc, Call, LrpcAnswer, Parameters, Module, unknown> = {
  id: 'ipc/lrpc',
  summary: 'Lightweight remote procedure call: the thread crosses domains, and its stacks are real.',
  variants: [
    { name: 'lock-free', module: 'ipc/lrpc.ts' },
    { name: 'big-lock', module: 'ipc/lrpc.big-lock.ts', baselineOf: 'lock-free' },
  ],
  exports: [
    'boot',
    'exportInterface',
    'importInterface',
    'call',
    'terminate',
    'abort',
    'release',
    'identify',
    'stomp',
    'returnUncalled',
    'dispatch',
    'begin',
    'timerInterrupt',
    'retire',
  ],
  examples: ['alone: a call in a call', 'a call in a call, and the server in the middle ends'],
  scenarios,
  programs,
  sequences: () => ({
    parameters: drawnParameters(3),
    threads: 3,
    calls: fc.record({ thread: fc.nat({ max: 2 }), call: drawnCall }),
  }),
  exploration: () => ({
    parameters: keeps([0, 0, 1]),
    threads: [
      { tag: 'any', calls: [calls(0, 0, 0), calls(0, 1, 0), { tag: 'identify' }] },
      {
        tag: 'in order',
        calls: [
          { tag: 'abort', target: 0 },
          { tag: 'terminate', domain: 1 },
        ],
      },
      { tag: 'in order', calls: [{ tag: 'release' }] },
    ],
    mayWait: (_state, _caller, call) =>
      call.tag === 'destroyed' ||
      (call.tag === 'rest of call' && call.step.at === 'serve') || // kept
      call.tag === 'call', // for an A-stack that somebody has who is kept
  }),
  *simpler(current) {
    for (const [thread, made] of current.threads.entries()) {
      for (const [index, call] of made.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, made.with(index, simple)) };
        }
      }
    }
  },
  validate: (program) => {
    const aStacks = positiveUpTo(4);
    return (
      mismatch(program.parameters, {
        threads: listOf(recordOf({ home: domain, priority: positiveUpTo(15) }), 0, 1000),
        domains: listOf(recordOf({ exported: yesOrNo, procedures: listOf(recordOf({ body, aStacks }), 0, 4) }), 1, 4),
        bindings: listOf(recordOf({ client: domain, server: domain }), 0, 8),
        spareBindings: wholeNumberBelow(5),
        spareAStacks: wholeNumberBelow(9),
        eStacks: positiveUpTo(8),
      }) ??
      mismatchedCall(program.threads, {
        export: {},
        import: { server: domain },
        call: {
          binding: anyWord,
          procedure: anyWord,
          argument: word,
          aStack: nothingOr(anyWord),
        },
        terminate: { domain },
        abort: { target: wholeNumberBelow(4) },
        release: {},
        identify: {},
        stomp: { page: anyWord, offset: wholeNumberBelow(8), word: anyWord },
        return: {},
      }) ??
      wrongTogether(program as Program<Call, Parameters>)
    );
  },
  initial: (_variant, parameters) => initial(parameters),
  outcomes: spec.outcomes,
  probablyEnds,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters, { cores }) => module.boot(memory, parameters, { cores }),
  userBuffer: () => ({ bytes: [], mappedBytes: 0 }),
  perform,
  scheduler: (module) => ({
    dispatch: (_kernel, table, core) => module.dispatch(table, core),
    begin: (self) => module.begin(self),
    timerInterrupt: (self, kernel) => module.timerInterrupt(self, kernel),
    retire: (self) => module.retire(self),
  }),
  answer: (_variant, call, result) => answerOf(call, result),
  showCall,
  showAnswer,
  showState,
};
