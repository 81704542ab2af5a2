import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import { exploration, programs, sequences, simplerCall } from '#model/ipc/chcore.drawn.ts';
import { type Call, scenarios } from '#model/ipc/chcore.programs.ts';
import type { MachineAtBoot, Program, Subject } from '#model/subject.ts';
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
import type { ChcoreAnswer, ChcoreCall, ChcoreErrno, ChcoreParameters } from '#spec/abi/ipc/chcore.ts';
import type { Byte } from '#spec/abi.ts';
import { type Chcore, initial } from '#spec/ipc/chcore.state.ts';
import { outcomes } from '#spec/ipc/chcore.ts';

/** What an implementation exports: where its words are, and all its calls by one entry, as a kernel has it. */
export interface Module {
  boot(memory: Allocator, parameters: ChcoreParameters, machine: MachineAtBoot): unknown;
  perform(self: Thread, kernel: unknown, call: ChcoreCall): Routine<Word>;
}

const errnos: ReadonlyMap<Word, ChcoreErrno> = new Map([
  [-3, 'ESRCH'],
  [-11, 'EAGAIN'],
  [-12, 'ENOMEM'],
  [-14, 'EFAULT'],
  [-22, 'EINVAL'],
  [-111, 'ECONNREFUSED'],
  [-199, 'EIPCRETRY'],
  [-200, 'ECAPBILITY'],
]);

/** What a passive thread is told when somebody asks. A result that no such call may give is shown as an error of that name. */
const asked = (result: Word, [client = -1, context = -1, page = -1, count = -1]: readonly Byte[]): ChcoreAnswer => {
  if (result === 1) return { tag: 'registration', client, context };
  if (result === 2) return { tag: 'request', client, context, page, count };
  return { tag: 'failed', errno: String(result) as ChcoreErrno };
};

const answerOf = (call: Call, result: Word, bytes: readonly Byte[]): ChcoreAnswer => {
  if (!(result >= 0)) return { tag: 'failed', errno: errnos.get(result) ?? (String(result) as ChcoreErrno) };
  switch (call.tag) {
    case 'serve':
    case 'accept':
    case 'refuse':
    case 'return':
      return asked(result, bytes);
    case 'register client':
      return { tag: 'connected', connection: result };
    case 'call':
      return { tag: 'result', result };
    case 'get':
      return { tag: 'capability', slot: result };
    case 'read':
      return { tag: 'word', word: result };
    default:
      return { tag: 'ok' };
  }
};

const whole = wholeNumberBelow(1000);
const small = wholeNumberBelow(8);

const callShapes: Readonly<Record<ChcoreCall['tag'], Readonly<Record<string, Shape>>>> = {
  'register server': { register: whole },
  'register client': { server: whole, memory: whole, page: whole },
  serve: {},
  accept: { handler: whole, page: whole },
  refuse: {},
  set: { connection: nothingOr(whole), index: whole, capability: whole },
  get: { connection: nothingOr(whole), index: whole },
  call: { connection: whole, count: whole, attempts: positiveUpTo(10) },
  return: { result: whole },
  close: { connection: whole },
  kill: { process: small },
  recycle: { process: small },
  yield: {},
  read: { page: nothingOr(whole), field: { name: 'count or word', fits: (it) => it === 'count' || it === 'word' } },
  write: {
    page: nothingOr(whole),
    field: { name: 'count or word', fits: (it) => it === 'count' || it === 'word' },
    value: word,
  },
};

const oneOf = (...names: readonly string[]): Shape => ({
  name: names.join(' or '),
  fits: (value) => names.includes(value as string),
});

const validate = (program: Program): string | undefined => {
  const { threads } = program;
  const thread = wholeNumberBelow(threads.length);
  const capability = recordOf({
    kind: oneOf('thread', 'memory', 'connection', 'served'),
    object: small,
    copyable: yesOrNo,
  });
  const connection = recordOf({
    client: small,
    server: small,
    handler: thread,
    memory: small,
    clientPage: small,
    serverPage: small,
    serverMemory: small,
  });
  return (
    mismatch(program.parameters, {
      threads: listOf(recordOf({ process: small, kind: oneOf('user', 'register', 'handler') }), threads.length, 8),
      holdings: listOf(listOf(nothingOr(capability), 0, 8), 1, 4),
      slots: positiveUpTo(8),
      memories: positiveUpTo(8),
      pages: positiveUpTo(8),
      servers: listOf(recordOf({ thread: small, register: thread }), 0, 4),
      connections: listOf(connection, 0, 4),
      connectionsMax: positiveUpTo(4),
      capabilitiesMax: positiveUpTo(4),
      floatingPoint: listOf(thread, 0, 4),
    }) ?? mismatchedCall(threads, callShapes)
  );
};

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'register server':
      return `register_server(${call.register})`;
    case 'register client':
      return `register_client(${call.server}, memory ${call.memory} at page ${call.page})`;
    case 'accept':
      return `accept(handler ${call.handler}, at page ${call.page})`;
    case 'set':
      return `set_cap(${call.connection ?? 'served'}, ${call.index}: ${call.capability})`;
    case 'get':
      return `get_cap(${call.connection ?? 'served'}, ${call.index})`;
    case 'call':
      return `call(${call.connection}${call.count > 0 ? `, ${call.count} capabilities` : ''}${call.attempts > 1 ? `, up to ${call.attempts} times` : ''})`;
    case 'return':
      return `return(${call.result})`;
    case 'close':
      return `close(${call.connection})`;
    case 'kill':
    case 'recycle':
      return `${call.tag}(P${call.process})`;
    case 'read':
      return `read(${call.field} at ${call.page === null ? 'the message' : `page ${call.page}`})`;
    case 'write':
      return `write(${call.field} at ${call.page === null ? 'the message' : `page ${call.page}`} = ${call.value})`;
    case 'serve':
    case 'refuse':
    case 'yield':
      return `${call.tag}()`;
    default:
      return call.tag;
  }
};

const showAnswer = (answer: ChcoreAnswer): string => {
  switch (answer.tag) {
    case 'ok':
      return 'ok';
    case 'connected':
      return `connected by ${answer.connection}`;
    case 'registration':
      return `P${answer.client} wants to be connected (on T${answer.context}'s time)`;
    case 'request':
      return `P${answer.client} calls, message at page ${answer.page}, ${answer.count} capabilities (on T${answer.context}'s time)`;
    case 'result':
      return `${answer.result}`;
    case 'capability':
      return `capability ${answer.slot}`;
    case 'word':
      return `${answer.word}`;
    case 'failed':
      return answer.errno;
  }
};

const showState = ({ processes, threads, connections, memories }: Chcore): string => {
  const passive = threads.flatMap(({ passive: doing }, id) =>
    doing ? [`T${id} ${doing.tag}${'connection' in doing ? ` connection ${doing.connection}` : ''}`] : [],
  );
  const connected = connections.flatMap((one, index) =>
    one
      ? [
          `connection ${index}: P${one.client} to P${one.server}${one.isValid ? '' : ', being built'}${one.owner === null ? '' : `, T${one.owner} has it`}`,
        ]
      : [],
  );
  const dead = processes.flatMap(({ life }, id) => (life === 'alive' ? [] : [`P${id} ${life}`]));
  const written = memories.flatMap((memory, id) =>
    memory.word !== 0 || memory.count !== 0 ? [`memory ${id}: ${memory.word}, count ${memory.count}`] : [],
  );
  return [...passive, ...connected, ...dead, ...written].join('; ');
};

export const chcore: Subject<Chcore, Call, ChcoreAnswer, ChcoreParameters, Module, unknown> = {
  id: 'ipc/chcore',
  summary:
    'Calls that go over to the server: connections that it agrees to, shared pages, capabilities, threads that die.',
  variants: [
    { name: 'try-locks', module: 'ipc/chcore.ts' },
    { name: 'big-lock', module: 'ipc/chcore.big-lock.ts', baselineOf: 'try-locks' },
  ],
  exports: ['boot', 'perform'],
  examples: ['one call'],
  scenarios,
  programs,
  sequences: () => sequences,
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
  validate,
  initial: (_variant, parameters) => initial(parameters),
  outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters, machine) => module.boot(memory, parameters, machine),
  userBuffer: () => ({ bytes: [], mappedBytes: 4 }),
  perform: (module, _services, self, kernel, call) => module.perform(self, kernel, call as ChcoreCall),
  answer: (_variant, call, result, { bytes }) => answerOf(call, result, bytes),
  showCall,
  showAnswer,
  showState,
  showTraced: (name, thread) =>
    name === 'direct switch' || name === 'slow path' || name.startsWith('scheduling context')
      ? `${name}: T${thread}`
      : `${name}: ${thread}`,
};
