import * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  drawnCall,
  drawnParameters,
  exploration,
  limitWordsMax,
  namesMax,
  objectsMax,
  openMax,
  type Parameters,
  programs,
  scenarios,
  sharedWordsMax,
  simplerParameters,
  usersMax,
  wrongParameters,
} from '#model/ipc/toctou.programs.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import { bytesTold } from '#model/told.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  nothingOr,
  positiveUpTo,
  recordOf,
  wholeNumberBelow,
  word,
} from '#model/validate.ts';
import type { ToctouAnswer, ToctouErrno } from '#spec/abi/ipc/toctou.ts';
import * as spec from '#spec/ipc/toctou.ts';

/** What an implementation exports. The server is whatever its `boot` gives. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters, machine: { readonly threads: number }): unknown;
  put(self: Thread, server: unknown, place: number, word: Word): Routine<Word>;
  open(self: Thread, server: unknown): Routine<Word>;
  write(self: Thread, server: unknown, number: number): Routine<Word>;
  read(self: Thread, server: unknown, number: number): Routine<Word>;
  close(self: Thread, server: unknown, number: number): Routine<Word>;
  link(self: Thread, server: unknown, name: number, object: number): Routine<Word>;
  become(self: Thread, server: unknown, user: number): Routine<Word>;
  audit(self: Thread, server: unknown): Routine<Word>;
}

const errnos: ReadonlyMap<Word, ToctouErrno> = new Map([
  [-1, 'EPERM'],
  [-2, 'ENOENT'],
  [-9, 'EBADF'],
  [-13, 'EACCES'],
  [-14, 'EFAULT'],
  [-22, 'EINVAL'],
  [-24, 'EMFILE'],
  [-90, 'EMSGSIZE'],
]);

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, server: unknown, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'put':
      return yield* module.put(self, server, call.place, call.word);
    case 'open':
      return yield* module.open(self, server);
    case 'write':
      return yield* module.write(self, server, call.number);
    case 'read':
      return yield* module.read(self, server, call.number);
    case 'close':
      return yield* module.close(self, server, call.number);
    case 'link':
      return yield* module.link(self, server, call.name, call.object);
    case 'become':
      return yield* module.become(self, server, call.user);
    case 'audit':
      return yield* module.audit(self, server);
    default:
      return -1; // no thread asks for the rest of a request: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (call: Call, result: Word, bytes: readonly number[]): ToctouAnswer => {
  const wordsUpTo = (count: number) => bytesTold(count, bytes);
  if (Number.isInteger(result) && result >= 0) {
    if (call.tag === 'open') return { tag: 'number', number: result };
    if (call.tag === 'read') return { tag: 'words', words: wordsUpTo(result) };
    if (call.tag === 'audit') return { tag: 'record', object: (result >> 8) - 1, words: wordsUpTo(result & 0xff) };
    if (result === 0) return { tag: 'ok' };
  }
  return { tag: 'failed', errno: errnos.get(result) ?? (String(result) as ToctouErrno) };
};

const fields = ['length', 'start', 'name'];

const showWords = (words: readonly number[]): string => `[${words.join(' ')}]`;

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'put':
      return `put(${fields[call.place] ?? `data ${call.place - spec.Place.data}`}, ${call.word})`;
    case 'link':
      return `link(name ${call.name}, object ${call.object})`;
    case 'become':
      return `become(user ${call.user})`;
    case 'rest of open':
      return `rest of open(for user ${call.user})`;
    case 'rest of open name':
      return `rest of open(name ${call.name}, for user ${call.user})`;
    case 'rest of write':
      return `rest of write(to object ${call.object}, fetched ${showWords(call.fetched)})`;
    case 'open':
    case 'audit':
      return `${call.tag}()`;
    default:
      return `${call.tag}(${call.number})`;
  }
};

const showState = ({ user, objects, names, open, shared }: spec.Toctou): string => {
  const [length, start, name, ...data] = shared;
  const held = objects.map(({ owner, words }, object) => `${object} of user ${owner} ${showWords(words)}`);
  const numbers = open.map((opened) => opened?.object ?? '-');
  return [
    `user ${user}`,
    `length ${length}, start ${start}, name ${name}, data ${showWords(data)}`,
    `objects ${held.join(', ')}`,
    `names ${showWords(names)}`,
    `open [${numbers.join(' ')}]`,
  ].join('; ');
};

/** A call with a smaller word or number, if it has one. */
const simplerCall = (call: Call): Call[] => {
  if (call.tag === 'put' && call.word > 0) return [{ ...call, word: call.word - 1 }];
  return 'number' in call && call.number > 0 ? [{ ...call, number: call.number - 1 }] : [];
};

export const toctou: Subject<spec.Toctou, Call, ToctouAnswer, Parameters, Module, unknown> = {
  id: 'ipc/toctou',
  summary: 'A server that checks a request in shared memory and uses it, while the client rewrites it.',
  variants: [
    { name: 'copy', module: 'ipc/toctou.ts' },
    { name: 'big-lock', module: 'ipc/toctou.big-lock.ts', baselineOf: 'copy' },
  ],
  exports: ['boot', 'put', 'open', 'write', 'read', 'close', 'link', 'become', 'audit'],
  examples: ['the length grows'],
  scenarios,
  programs,
  sequences: () => ({
    parameters: drawnParameters,
    threads: 2,
    calls: fc.record({ thread: fc.nat({ max: 1 }), call: drawnCall }),
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
    const object = wholeNumberBelow(objectsMax);
    const user = wholeNumberBelow(usersMax);
    const shape = {
      limitWords: positiveUpTo(limitWordsMax),
      user,
      objects: listOf(recordOf({ owner: user, words: listOf(wholeNumberBelow(100), 0, limitWordsMax) }), 1, objectsMax),
      names: listOf(object, 1, namesMax),
      open: listOf(nothingOr(object), 1, openMax),
      shared: listOf(word, spec.Place.data, sharedWordsMax),
    };
    return (
      mismatch(program.parameters, shape) ??
      mismatchedCall(program.threads, {
        put: { place: word, word },
        open: {},
        write: { number: word },
        read: { number: word },
        close: { number: word },
        link: { name: word, object: word },
        become: { user: word },
        audit: {},
      }) ??
      wrongParameters(program as Program<Call, Parameters>)
    );
  },
  initial: (_variant, parameters) => spec.initial(parameters),
  outcomes: (state, _caller, call) => spec.outcomes(state, call),
  areCallersAlike: true,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters, { placements }) => module.boot(memory, parameters, { threads: placements.length }),
  userBuffer: () => ({ bytes: [], mappedBytes: sharedWordsMax }),
  perform,
  answer: (_variant, call, result, { bytes }) => answerOf(call, result, bytes),
  showCall,
  showAnswer: (answer) => {
    switch (answer.tag) {
      case 'ok':
        return 'ok';
      case 'number':
        return `${answer.number}`;
      case 'words':
        return showWords(answer.words);
      case 'record':
        return answer.object < 0 ? 'nothing' : `object ${answer.object} ${showWords(answer.words)}`;
      case 'failed':
        return answer.errno;
    }
  },
  showState,
};
