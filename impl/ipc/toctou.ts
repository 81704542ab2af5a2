/**
 * A server that lets nobody change a request between its check and its use: it copies first. Each word of the shared
 * memory is fetched once, into memory of its own, checked there and used from there. What is not copied is held by a
 * capability: a number stands for the object that was checked, and not for its name.
 *
 * One lock guards the objects, the numbers and the record. What is found before the lock is taken is found by one load.
 * Source: seed 002 (copy first; unforgeable handles); Linux, copy_from_user and fdget.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, compareAndSwap, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { OpenNumber, Place, ToctouParameters, User } from '#spec/abi/ipc/toctou.ts';

/** What clients are told, as Linux numbers them. */
const Failure = {
  notPermitted: -1,
  noEntry: -2,
  badNumber: -9,
  notAllowed: -13,
  badAddress: -14,
  invalid: -22,
  allOpen: -24,
  tooLong: -90,
} as const;

/** Where the words of a request lie in the shared memory; the data lie anywhere from `data` on. */
const Field = { length: 0, start: 1, name: 2, data: 3 } as const;

interface ObjectWords {
  readonly owner: Address;
  readonly length: Address;
  readonly words: Address;
}

/** The shared memory, and what is the server's own. All of that but `user` and `names` is written under `lock`. */
export interface Server {
  readonly limitWords: number;
  readonly shared: Address;
  readonly sharedWords: number;
  readonly objects: readonly ObjectWords[];
  /** Whom the client acts for. */
  readonly user: Address;
  /** For each name its object. */
  readonly names: readonly Address[];
  /** For each number the object that is open under it plus 1, or 0. */
  readonly open: readonly Address[];
  /** What was written last: into which object, plus 1, and what. */
  readonly record: Omit<ObjectWords, 'owner'> & { readonly object: Address };
  /** For each thread of the client the memory into which its requests are copied. */
  readonly copies: readonly Address[];
  readonly lock: Address;
}

/** Lays the server out. Behind the words of an object are those of the next, and behind the last one's is `user`. */
export const boot = (memory: Allocator, parameters: ToctouParameters, machine: { threads: number }): Server => {
  const { limitWords, shared, objects, names, open, user } = parameters;
  const row = (words: readonly Word[], nameOf: (index: number) => string): Address[] =>
    words.map((word, index) => memory.word(nameOf(index), word));
  const fields = ['length', 'start', 'name'];
  const sharedAt = row(shared, (place) => `shared.${fields[place] ?? `data${place - Field.data}`}`)[0] as Address;
  const heads = objects.map(({ owner, words }, i) => ({
    owner: memory.word(`object${i}.owner`, owner),
    length: memory.word(`object${i}.length`, words.length),
  }));
  const contents = objects.map(({ words }, i) =>
    row(
      Array.from({ length: limitWords }, (_, k) => words[k] ?? 0),
      (k) => `object${i}[${k}]`,
    ),
  );
  return {
    limitWords,
    shared: sharedAt,
    sharedWords: shared.length,
    objects: heads.map((head, i) => ({ ...head, words: contents[i]?.[0] as Address })),
    user: memory.word('client.user', user),
    names: row(names, (name) => `name${name}`),
    open: row(
      open.map((object) => (object ?? -1) + 1),
      (number) => `open${number}`,
    ),
    record: {
      object: memory.word('record.object'),
      length: memory.word('record.length'),
      words: memory.words('record', limitWords),
    },
    copies: Array.from({ length: machine.threads }, (_, thread) => memory.words(`T${thread}.copy`, limitWords)),
    lock: layoutLock(memory, 'server.lock'),
  };
};

/** A thread of the client writes a word of the shared memory; release, so that what it wrote before is seen before. */
export function* put(_self: Thread, server: Server, place: Place, word: Word): Routine<Word> {
  if (place < 0 || place >= server.sharedWords) return Failure.badAddress;
  yield store(server.shared + place, word, 'release', 'toctou.put'); // pairs with fetch
  return 0;
}

/** Reads a word of the shared memory. It may be another the next time. */
function* fetch(server: Server, place: Place): Routine<Word> {
  return yield load(server.shared + place, 'acquire', 'toctou.fetch'); // pairs with put
}

/** Opens the object that the name in the shared memory means. Its number, or why not. */
export function* open(_self: Thread, server: Server): Routine<Word> {
  const user = yield load(server.user, 'acquire', 'toctou.credential'); // pairs with become
  const name = server.names[yield* fetch(server, Field.name)];
  if (name === undefined) return Failure.noEntry;
  yield* acquire(server.lock);
  const number = yield* openLocked(server, user, name);
  yield* release(server.lock);
  return number;
}

/** The same, once it is known for whom, and by which name. The caller holds the lock. */
function* openLocked(server: Server, user: User, name: Address): Routine<Word> {
  const object = yield load(name, 'relaxed', 'toctou.resolve');
  const owner = yield load((server.objects[object] as ObjectWords).owner, 'plain');
  if (user !== 0 && user !== owner) return Failure.notAllowed;
  for (const [number, slot] of server.open.entries()) {
    if ((yield load(slot, 'relaxed')) !== 0) continue;
    yield store(slot, object + 1, 'release', 'toctou.open'); // pairs with find
    return number;
  }
  return Failure.allOpen;
}

/** The object that is open under a number, or why not. It may be another the next time. */
function* find(server: Server, number: OpenNumber): Routine<Word> {
  const slot = server.open[number];
  const found = slot === undefined ? 0 : yield load(slot, 'acquire', 'toctou.find'); // pairs with openLocked
  return found === 0 ? Failure.badNumber : found - 1;
}

/** Writes the data that lie in the shared memory into an open object. 0, or why not. */
export function* write(self: Thread, server: Server, number: OpenNumber): Routine<Word> {
  const object = yield* find(server, number);
  if (object < 0) return object;
  const length = yield* fetch(server, Field.length);
  const start = yield* fetch(server, Field.start);
  if (length < 0 || length > server.limitWords) return Failure.tooLong;
  if (start < Field.data || start > server.sharedWords - length) return Failure.badAddress;
  const copy = server.copies[self.id] as Address;
  for (let i = 0; i < length; i++) yield store(copy + i, yield* fetch(server, start + i), 'plain');
  for (let i = 0; i < length; i++) {
    if ((yield load(copy + i, 'plain')) < 0) return Failure.invalid;
  }
  yield* acquire(server.lock);
  yield* writeLocked(server, object, copy, length);
  yield* release(server.lock);
  return 0;
}

/** Gives an object `length` words from `source` on, and records that. The caller holds the lock. */
function* writeLocked(server: Server, object: number, source: Address, length: number): Routine {
  const { record } = server;
  const target = server.objects[object] as ObjectWords;
  for (let i = 0; i < length; i++) {
    const word = yield load(source + i, 'plain');
    yield store(target.words + i, word, 'plain', 'toctou.use');
    yield store(record.words + i, word, 'plain');
  }
  yield store(target.length, length, 'plain');
  yield store(record.length, length, 'plain');
  yield store(record.object, object + 1, 'plain');
}

/** Copies an open object to the user's buffer. How many words, or why not. */
export function* read(_self: Thread, server: Server, number: OpenNumber): Routine<Word> {
  yield* acquire(server.lock);
  const object = yield* find(server, number);
  const length = object < 0 ? object : yield* copyToUser(server.objects[object] as ObjectWords);
  yield* release(server.lock);
  return length;
}

/** Takes a number back. 0, or why not. */
export function* close(_self: Thread, server: Server, number: OpenNumber): Routine<Word> {
  yield* acquire(server.lock);
  const object = yield* find(server, number);
  if (object >= 0) yield store(server.open[number] as Address, 0, 'relaxed'); // who finds nothing open looks no further
  yield* release(server.lock);
  return Math.min(object, 0);
}

/** Gives a name another meaning. 0, or why not. */
export function* link(_self: Thread, server: Server, name: number, object: number): Routine<Word> {
  const entry = server.names[name];
  if (entry === undefined || !server.objects[object]) return Failure.noEntry;
  yield* acquire(server.lock);
  yield store(entry, object, 'relaxed', 'toctou.link');
  yield* release(server.lock);
  return 0;
}

/** The client acts for another user. 0, or why not. */
export function* become(_self: Thread, server: Server, user: User): Routine<Word> {
  const before = yield compareAndSwap(server.user, 0, user, 'release', 'toctou.become'); // pairs with open
  return before === 0 || before === user ? 0 : Failure.notPermitted;
}

/** Copies what was written last to the user's buffer. Into which object, plus 1, times 256, and how many words. */
export function* audit(_self: Thread, server: Server): Routine<Word> {
  yield* acquire(server.lock);
  const object = yield load(server.record.object, 'plain');
  const length = yield* copyToUser(server.record);
  yield* release(server.lock);
  return (object << 8) | length;
}

/** Copies words to the user's buffer. How many. The caller holds the lock. */
function* copyToUser(from: Pick<ObjectWords, 'length' | 'words'>): Routine<number> {
  const length = yield load(from.length, 'plain');
  for (let i = 0; i < length; i++) yield copyOut(i, yield load(from.words + i, 'plain'));
  return length;
}
