import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  drawnCall,
  drawnParameters,
  exploration,
  names,
  namesOf,
  type Parameters,
  programs,
} from '#model/kernel/naming.programs.ts';
import { scenarios } from '#model/kernel/naming.scenarios.ts';
import { abstract } from '#model/kernel/naming.words.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  positiveUpTo,
  recordOf,
  wholeNumberBelow,
  word,
  yesOrNo,
} from '#model/validate.ts';
import type { Identity, Name, NameEvent, NamingAnswer, NamingErrno } from '#spec/abi/kernel/naming.ts';
import type { CapabilityHandle } from '#spec/abi.ts';
import * as spec from '#spec/kernel/naming.ts';

/** What an implementation exports. The service is whatever its `boot` gives. Names are in the user's buffer. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters): unknown;
  register(self: Thread, service: unknown, lengthBytes: number): Routine<Word>;
  unregister(self: Thread, service: unknown, handle: CapabilityHandle): Routine<Word>;
  lookup(self: Thread, service: unknown, lengthBytes: number, isWaiting: boolean): Routine<Word>;
  watch(self: Thread, service: unknown, lengthBytes: number): Routine<Word>;
  send(self: Thread, service: unknown, handle: CapabilityHandle, word: Word): Routine<Word>;
  reply(self: Thread, service: unknown, to: Identity, word: Word): Routine<Word>;
  receive(self: Thread, service: unknown, isWaiting: boolean): Routine<Word>;
  restart(self: Thread, service: unknown): Routine<Word>;
}

const errnos: ReadonlyMap<Word, NamingErrno> = new Map([
  [-1, 'EPERM'],
  [-2, 'ENOENT'],
  [-9, 'EBADF'],
  [-11, 'EAGAIN'],
  [-17, 'EEXIST'],
  [-28, 'ENOSPC'],
  [-36, 'ENAMETOOLONG'],
  [-114, 'EALREADY'],
  [-116, 'ESTALE'],
  [-130, 'EOWNERDEAD'],
]);

const namesMax = 4;
const slotsMax = 4;
const roomMax = 4;

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, service: unknown, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'register':
      return yield* module.register(self, service, call.name.length);
    case 'unregister':
      return yield* module.unregister(self, service, call.handle);
    case 'lookup':
      return yield* module.lookup(self, service, call.name.length, call.waiting);
    case 'watch':
      return yield* module.watch(self, service, call.name.length);
    case 'send':
      return yield* module.send(self, service, call.handle, call.word);
    case 'reply':
      return yield* module.reply(self, service, call.to, call.word);
    case 'receive':
      return yield* module.receive(self, service, call.waiting);
    case 'restart':
      return yield* module.restart(self, service);
    default:
      return -1; // no thread asks for the rest of a telling: it is the spec's own
  }
}

const events: readonly NameEvent[] = ['registered', 'unregistered', 'died'];

/** What has arrived, by its kind and what was copied out of it. */
const arrivalOf = (kind: Word, bytes: readonly number[]): NamingAnswer | undefined => {
  const [first = -1, second = -1, third = -1] = bytes;
  if (kind === 1 || kind === 2) {
    return { tag: kind === 1 ? 'message' : 'reply', from: { process: first, life: second }, word: third };
  }
  const event = events[kind - 3];
  return event && first < bytes.length ? { tag: 'notice', name: bytes.slice(1, 1 + first), event } : undefined;
};

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (call: Call, result: Word, bytes: readonly number[]): NamingAnswer => {
  const failed: NamingAnswer = { tag: 'failed', errno: errnos.get(result) ?? (String(result) as NamingErrno) };
  if (!Number.isInteger(result) || result < 0) return failed;
  if (call.tag === 'receive') return arrivalOf(result, bytes) ?? failed;
  if (call.tag !== 'register' && call.tag !== 'lookup') return result === 0 ? { tag: 'ok' } : failed;
  return { tag: 'handle', handle: { slot: result & 0xff, generation: result >>> 8 } };
};

const showHandle = ({ slot, generation }: CapabilityHandle): string => `${slot}.${generation}`;

const showIdentity = ({ process, life }: Identity): string => `P${process}${life === 1 ? '' : `, life ${life}`}`;

const showName = (name: Name): string => JSON.stringify(String.fromCharCode(...name));

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'register':
    case 'watch':
      return `${call.tag}(${showName(call.name)})`;
    case 'lookup':
      return `lookup(${showName(call.name)}${call.waiting ? ', waiting' : ''})`;
    case 'unregister':
      return `unregister(${showHandle(call.handle)})`;
    case 'send':
      return `send(${showHandle(call.handle)}, ${call.word})`;
    case 'reply':
      return `reply(${showIdentity(call.to)}, ${call.word})`;
    case 'receive':
      return call.waiting ? 'receive(waiting)' : 'receive()';
    case 'restart':
      return 'restart()';
    case 'rest of telling':
      return `rest: to tell ${call.notices.map(({ watcher }) => showIdentity(watcher)).join(' and ')}`;
  }
};

const showAnswer = (answer: NamingAnswer): string => {
  switch (answer.tag) {
    case 'ok':
      return 'ok';
    case 'handle':
      return showHandle(answer.handle);
    case 'message':
    case 'reply':
      return `${answer.tag} ${answer.word} from ${showIdentity(answer.from)}`;
    case 'notice':
      return `notice: ${showName(answer.name)} ${answer.event}`;
    case 'failed':
      return answer.errno;
  }
};

const showState = ({ names, processes }: spec.Naming): string => {
  const entries = names.map(({ name, owner, watchers }) => {
    const watched = watchers.length === 0 ? '' : ` watched by ${watchers.map((watcher) => `P${watcher}`).join(' ')}`;
    return `${showName(name)} ${owner === null ? 'nobody’s' : `P${owner}`}${watched}`;
  });
  const shown = processes.map(({ life, slots, inbox }, process) => {
    const held = slots.flatMap(({ generation, connection }, slot) =>
      connection
        ? [
            `${slot}.${generation}${connection.owns ? ` owns ${showName(connection.owns)}` : `→${showIdentity(connection.to)}`}`,
          ]
        : [],
    );
    return `${showIdentity({ process, life })} [${held.join(', ')}] (${inbox.map(showAnswer).join(', ')})`;
  });
  return `${entries.join(', ') || 'no names'}; ${shown.join(' ')}`;
};

/** What is wrong with the parameters of a program, by its threads and names. */
const wrongParameters = (program: Program<Call, Parameters>): string | undefined => {
  const { processes, slots } = program.parameters;
  const registered = processes.flatMap((process) => process.registered.map((name) => name.join()));
  if (processes.length !== program.threads.length)
    return `${program.threads.length} threads, ${processes.length} processes`;
  if (new Set(registered).size !== registered.length) return 'two have one name at boot';
  if (processes.some((process) => process.registered.length + process.connected.length > slots)) {
    return `a table holds more than ${slots} capabilities`;
  }
  if (processes.some(({ connected }) => connected.some((to) => to >= processes.length))) return 'no such process';
  return namesOf(program).length > program.parameters.names ? `more than ${program.parameters.names} names` : undefined;
};

const byte = wholeNumberBelow(256);
const name = listOf(byte, 0, 16);
const handle = recordOf({ slot: wholeNumberBelow(256), generation: wholeNumberBelow(256) });

export const naming: Subject<spec.Naming, Call, NamingAnswer, Parameters, Module, unknown> = {
  id: 'kernel/naming',
  summary: 'A naming service: names that lead to a process and not to its number, and who is told when it dies.',
  variants: [
    { name: 'hashed', module: 'kernel/naming.ts' },
    { name: 'big-lock', module: 'kernel/naming.big-lock.ts', baselineOf: 'hashed' },
  ],
  exports: ['boot', 'register', 'unregister', 'lookup', 'watch', 'send', 'reply', 'receive', 'restart'],
  examples: ['a lookup waits for a registration'],
  scenarios,
  programs,
  sequences: () => {
    const pool = [names.a, names.aZero, names.volumeA, names.volumeC];
    return {
      parameters: drawnParameters(pool, 2),
      threads: 2,
      calls: fc.record({ thread: fc.nat({ max: 1 }), call: drawnCall([...pool, names.tooLong], 2, false) }),
    };
  },
  exploration: (_variant, threads) => exploration(threads),
  *simpler(current) {
    const { parameters } = current;
    const used = Math.max(1, namesOf(current).length);
    if (parameters.names > used) yield { ...current, parameters: { ...parameters, names: used } };
    for (const [process, { connected }] of parameters.processes.entries()) {
      if (connected.length === 0) continue;
      const fewer = { ...parameters.processes[process], connected: connected.slice(0, -1) } as spec.AtBoot;
      yield { ...current, parameters: { ...parameters, processes: parameters.processes.with(process, fewer) } };
    }
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        if ((call.tag !== 'lookup' && call.tag !== 'receive') || !call.waiting) continue;
        const simple = calls.with(index, { ...call, waiting: false });
        yield { ...current, threads: current.threads.with(thread, simple) };
      }
    }
  },
  validate: (program) => {
    const process = recordOf({
      registered: listOf(listOf(byte, 0, spec.nameBytesMax), 0, slotsMax),
      connected: listOf(byte, 0, slotsMax),
    });
    return (
      mismatch(program.parameters, {
        slots: positiveUpTo(slotsMax),
        messages: positiveUpTo(roomMax),
        notices: positiveUpTo(roomMax),
        names: positiveUpTo(namesMax),
        processes: listOf(process, 0, 1000),
      }) ??
      mismatchedCall(program.threads, {
        register: { name },
        unregister: { handle },
        lookup: { name, waiting: yesOrNo },
        watch: { name },
        send: { handle, word },
        reply: { to: recordOf({ process: byte, life: byte }), word },
        receive: { waiting: yesOrNo },
        restart: {},
      }) ??
      wrongParameters(program as Program<Call, Parameters>)
    );
  },
  initial: (_variant, { slots, messages, notices, processes }) => spec.initial({ slots, messages, notices }, processes),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: (call) => {
    if ('name' in call) return { bytes: [...call.name], mappedBytes: call.name.length };
    return { bytes: [], mappedBytes: call.tag === 'receive' ? 1 + spec.nameBytesMax : 0 };
  },
  perform,
  answer: (_variant, call, result, { bytes }) => answerOf(call, result, bytes),
  abstract,
  showCall,
  showAnswer,
  showState,
};
