/**
 * The same server, the simplest that the spec allows: one lock for all that it does, and every request read into local
 * variables. The client's own threads take no lock to write into their memory: nobody can make them.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { OpenNumber, Place, ToctouParameters, User } from '#spec/abi/ipc/toctou.ts';

/** Words in a row, of which the first says how many of the others count. */
interface Words {
  readonly count: Address;
  readonly first: Address;
}

export interface Server {
  readonly parameters: ToctouParameters;
  readonly shared: Address;
  readonly user: Address;
  readonly names: Address;
  /** Object numbers; -1: not given out. */
  readonly open: readonly Address[];
  readonly objects: readonly Words[];
  readonly recordedObject: Address;
  readonly recorded: Words;
  readonly lock: Address;
}

/** Lays the server out. */
export const boot = (memory: Allocator, parameters: ToctouParameters): Server => {
  const list = (name: string, words: readonly Word[], room: number): Words => ({
    count: memory.word(`${name}.count`, words.length),
    first: Array.from({ length: room }, (_, i) => memory.word(`${name}[${i}]`, words[i] ?? 0))[0] as Address,
  });
  return {
    parameters,
    shared: list('shared', parameters.shared, parameters.shared.length).first,
    user: memory.word('client.user', parameters.user),
    names: list('names', parameters.names, parameters.names.length).first,
    open: parameters.open.map((object, number) => memory.word(`open${number}`, object ?? -1)),
    objects: parameters.objects.map(({ words }, i) => list(`object${i}`, words, parameters.limitWords)),
    recordedObject: memory.word('record.object', -1),
    recorded: list('record', [], parameters.limitWords),
    lock: layoutLock(memory, 'lock'),
  };
};

/** Does `work` while nobody else does any. */
function* alone(server: Server, work: () => Routine<Word>): Routine<Word> {
  yield* acquire(server.lock);
  const result = yield* work();
  yield* release(server.lock);
  return result;
}

/** 0, or -14: there is no such word. */
export function* put(_self: Thread, { shared, parameters }: Server, place: Place, word: Word): Routine<Word> {
  if (place < 0 || place >= parameters.shared.length) return -14;
  yield store(shared + place, word, 'seq_cst');
  return 0;
}

/** Reads a word of the shared memory. */
function* fetch({ shared }: Server, place: Place): Routine<Word> {
  return yield load(shared + place, 'seq_cst');
}

/** The number; -2: no such name, -13: somebody else's, -24: all numbers are given out. */
export function* open(_self: Thread, server: Server): Routine<Word> {
  return yield* alone(server, () => openAlone(server));
}

function* openAlone(server: Server): Routine<Word> {
  const { names, objects } = server.parameters;
  const name = yield* fetch(server, 2);
  if (name < 0 || name >= names.length) return -2;
  const object = yield load(server.names + name, 'plain');
  const user = yield load(server.user, 'plain');
  if (user !== 0 && user !== objects[object]?.owner) return -13;
  for (const [number, address] of server.open.entries()) {
    if ((yield load(address, 'plain')) >= 0) continue;
    yield store(address, object, 'plain');
    return number;
  }
  return -24;
}

/** The object that is open under a number, or -9. */
function* find(server: Server, number: OpenNumber): Routine<Word> {
  const address = server.open[number];
  const object = address === undefined ? -1 : yield load(address, 'plain');
  return object < 0 ? -9 : object;
}

/** 0; -9: nothing is open, -90: too long, -14: not in the shared memory, -22: negative. */
export function* write(_self: Thread, server: Server, number: OpenNumber): Routine<Word> {
  return yield* alone(server, () => writeAlone(server, number));
}

function* writeAlone(server: Server, number: OpenNumber): Routine<Word> {
  const { limitWords, shared } = server.parameters;
  const object = yield* find(server, number);
  if (object < 0) return object;
  const length = yield* fetch(server, 0);
  const start = yield* fetch(server, 1);
  if (length < 0 || length > limitWords) return -90;
  if (start < 3 || start + length > shared.length) return -14;
  const words: Word[] = [];
  for (let i = 0; i < length; i++) words.push(yield* fetch(server, start + i));
  if (words.some((word) => word < 0)) return -22;
  yield* set(server.objects[object] as Words, words);
  yield* set(server.recorded, words);
  yield store(server.recordedObject, object, 'plain');
  return 0;
}

function* set({ count, first }: Words, words: readonly Word[]): Routine {
  yield store(count, words.length, 'plain');
  for (const [i, word] of words.entries()) yield store(first + i, word, 'plain');
}

/** Copies words to the user's buffer. How many. */
function* copyToUser({ count, first }: Words): Routine<Word> {
  const length = yield load(count, 'plain');
  for (let i = 0; i < length; i++) yield copyOut(i, yield load(first + i, 'plain'));
  return length;
}

/** How many words; -9: nothing is open. */
export function* read(_self: Thread, server: Server, number: OpenNumber): Routine<Word> {
  return yield* alone(server, () => readAlone(server, number));
}

function* readAlone(server: Server, number: OpenNumber): Routine<Word> {
  const object = yield* find(server, number);
  return object < 0 ? object : yield* copyToUser(server.objects[object] as Words);
}

/** 0; -9: nothing is open. */
export function* close(_self: Thread, server: Server, number: OpenNumber): Routine<Word> {
  return yield* alone(server, () => closeAlone(server, number));
}

function* closeAlone(server: Server, number: OpenNumber): Routine<Word> {
  const object = yield* find(server, number);
  if (object < 0) return object;
  yield store(server.open[number] as Address, -1, 'plain');
  return 0;
}

/** 0; -2: no such name or object. */
export function* link(_self: Thread, server: Server, name: number, object: number): Routine<Word> {
  return yield* alone(server, () => linkAlone(server, name, object));
}

function* linkAlone({ names, parameters }: Server, name: number, object: number): Routine<Word> {
  if (parameters.names[name] === undefined || parameters.objects[object] === undefined) return -2;
  yield store(names + name, object, 'plain');
  return 0;
}

/** 0; -1: only user 0 may become another. */
export function* become(_self: Thread, server: Server, user: User): Routine<Word> {
  return yield* alone(server, () => becomeAlone(server, user));
}

function* becomeAlone(server: Server, user: User): Routine<Word> {
  const before = yield load(server.user, 'plain');
  if (before !== 0 && before !== user) return -1;
  yield store(server.user, user, 'plain');
  return 0;
}

/** Into which object, plus 1, times 256, and how many words. */
export function* audit(_self: Thread, server: Server): Routine<Word> {
  return yield* alone(server, () => auditAlone(server));
}

function* auditAlone(server: Server): Routine<Word> {
  const object = yield load(server.recordedObject, 'plain');
  return ((object + 1) << 8) | (yield* copyToUser(server.recorded));
}
