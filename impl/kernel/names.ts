/**
 * The table of names: a hash table whose lookups take no lock.
 *
 * Each bucket has a sequence lock: whoever changes a record makes the number odd meanwhile, and a lookup that finds it odd,
 * or changed when it is done, looks again. A record names its owner by process and life, and is as good as none when that
 * life is over: so a process that dies takes its names back by one store, however many they are. Their records are tidied
 * up later, by the dying process or by whoever comes upon them with the bucket's lock.
 *
 * Source: Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012; Linux, fs/dcache.c,
 * __d_lookup_rcu, for the use.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  awaitOther,
  copyIn,
  fence,
  load,
  panic,
  type Routine,
  store,
  type Word,
} from '#impl/machine/ops.ts';
import { layoutLock } from '#impl/sync/spinlock.ts';
import { layoutWaitQueue, type WaitQueue } from '#impl/sync/wait-queue.ts';
import type { Identity, Name } from '#spec/abi/kernel/naming.ts';
import type { Byte, ThreadId } from '#spec/abi.ts';

/** The longest name, in bytes. */
export const nameBytesMax = 8;

const bytesPerWord = 4;
const wordsOfName = nameBytesMax / bytesPerWord;

/** A name as it is kept: its length, and its bytes four to a word, with zeros behind them. */
export interface PackedName {
  readonly lengthBytes: number;
  readonly words: readonly Word[];
}

/** Who owns a name, and the number of the record that says so. */
export interface Owner extends Identity {
  readonly record: number;
}

/** A name with an owner or watchers. Free, if it has neither. */
export interface RecordWords {
  /** Its place among the records of all buckets. */
  readonly number: number;
  /** The process that owns the name plus 1, or 0; and in which life. */
  readonly owner: Address;
  readonly life: Address;
  readonly lengthBytes: Address;
  readonly bytes: Address;
  /** A bit for each process that watches the name. Guarded by the bucket's lock. */
  readonly watchers: Address;
}

/** Names of one hash. */
export interface Bucket {
  /** Whoever changes a record holds it. */
  readonly lock: Address;
  /** Odd while a record is being changed. */
  readonly sequence: Address;
  /** Those who wait until one of its names is registered. */
  readonly waiting: WaitQueue;
  readonly records: readonly RecordWords[];
}

/** The buckets, each with room for every name. */
export interface Names {
  readonly recordsEach: number;
  readonly buckets: readonly Bucket[];
}

/** A name at boot, and whose it is. */
export interface NameAtBoot {
  readonly name: Name;
  readonly owner: ThreadId;
}

const bucketCount = 2;

const hashOf = (words: readonly Word[]): number => {
  const mixed = words.reduce((sum, word) => sum ^ word ^ (word >>> 8) ^ (word >>> 16) ^ (word >>> 24), 0);
  return (mixed & 0xff) % bucketCount;
};

/** The bucket that a name is in. */
export const bucketOf = ({ buckets }: Names, name: PackedName): Bucket => buckets[hashOf(name.words)] as Bucket;

/** The bucket that a record is in, and the record. */
export const recordAt = ({ buckets, recordsEach }: Names, number: number): readonly [Bucket, RecordWords] => {
  const bucket = buckets[Math.floor(number / recordsEach)] as Bucket;
  return [bucket, bucket.records[number % recordsEach] as RecordWords];
};

const pack = (bytes: readonly Byte[]): PackedName => ({
  lengthBytes: bytes.length,
  words: Array.from({ length: wordsOfName }, (_, word) =>
    Array.from({ length: bytesPerWord }, (_byte, i) => (bytes[word * bytesPerWord + i] ?? 0) << (8 * i)).reduce(
      (packed, byte) => packed | byte,
      0,
    ),
  ),
});

/** The bytes of a name. */
export const unpack = ({ lengthBytes, words }: PackedName): Byte[] =>
  words
    .flatMap((word) => Array.from({ length: bytesPerWord }, (_, i) => (word >>> (8 * i)) & 0xff))
    .slice(0, lengthBytes);

/** The name in the user's buffer, of at most `nameBytesMax` bytes. */
export function* copyName(lengthBytes: number): Routine<PackedName> {
  const bytes: Byte[] = [];
  for (let i = 0; i < lengthBytes; i++) bytes.push(yield copyIn(i));
  return pack(bytes);
}

/** The number of the record that each of these names is in at boot. */
export const recordsAtBoot = (recordsEach: number, names: readonly Name[]): number[] => {
  const hashes = names.map((name) => hashOf(pack(name).words));
  return hashes.map((hash, i) => hash * recordsEach + hashes.slice(0, i).filter((other) => other === hash).length);
};

/** Lays the table out. Each bucket has room for `recordsEach` names. */
export const layoutNames = (memory: Allocator, recordsEach: number, atBoot: readonly NameAtBoot[]): Names => {
  const numbers = recordsAtBoot(
    recordsEach,
    atBoot.map(({ name }) => name),
  );
  const layoutRecord = (number: number): RecordWords => {
    const known = atBoot[numbers.indexOf(number)];
    const name = pack(known?.name ?? []);
    const word = (field: string, initial: Word): Address => memory.word(`name${number}.${field}`, initial);
    return {
      number,
      owner: word('owner', known ? known.owner + 1 : 0),
      life: word('life', known ? 1 : 0),
      lengthBytes: word('length', name.lengthBytes),
      bytes: name.words.map((bytes, i) => word(`bytes${i}`, bytes))[0] as Address,
      watchers: word('watchers', 0),
    };
  };
  return {
    recordsEach,
    buckets: Array.from({ length: bucketCount }, (_, bucket) => ({
      lock: layoutLock(memory, `bucket${bucket}.lock`),
      sequence: memory.word(`bucket${bucket}.sequence`),
      waiting: layoutWaitQueue(memory, `bucket${bucket}.waiting`),
      records: Array.from({ length: recordsEach }, (_record, i) => layoutRecord(bucket * recordsEach + i)),
    })),
  };
};

/** Who owns a name by its record, in which life; null: nobody. That life may be over. Takes no lock. */
export function* findOwner(bucket: Bucket, name: PackedName): Routine<Owner | null> {
  for (;;) {
    const before = yield load(bucket.sequence, 'acquire', 'names.enter'); // pairs with endChange
    if ((before & 1) === 1) {
      yield awaitOther(bucket.sequence, before, 'relaxed', 'names.wait');
      continue;
    }
    const owner = yield* readOwner(bucket, name);
    yield fence('acquire', 'names.got'); // pairs with beginChange
    if ((yield load(bucket.sequence, 'relaxed', 'names.check')) === before) return owner;
  }
}

function* readOwner({ records }: Bucket, name: PackedName): Routine<Owner | null> {
  for (const record of records) {
    const owner = yield load(record.owner, 'relaxed');
    if (owner === 0 || !(yield* isOf(record, name))) continue;
    return { process: owner - 1, life: yield load(record.life, 'relaxed'), record: record.number };
  }
  return null;
}

/** Whether a record is of this name. */
function* isOf(record: RecordWords, { lengthBytes, words }: PackedName): Routine<boolean> {
  if ((yield load(record.lengthBytes, 'relaxed')) !== lengthBytes) return false;
  for (let i = 0; i < wordsOfName; i++) {
    if ((yield load(record.bytes + i, 'relaxed')) !== words[i]) return false;
  }
  return true;
}

/** The record of a name that has an owner or a watcher, if there is one. The caller holds the bucket's lock. */
export function* findRecord({ records }: Bucket, name: PackedName): Routine<RecordWords | undefined> {
  for (const record of records) {
    if ((yield* isInUse(record)) && (yield* isOf(record, name))) return record;
  }
  return undefined;
}

function* isInUse({ owner, watchers }: RecordWords): Routine<boolean> {
  return (yield load(owner, 'relaxed')) !== 0 || (yield load(watchers, 'plain')) !== 0;
}

/** A record that is free. There always is one: there are as many as names. The caller holds the bucket's lock. */
export function* freeRecord({ records }: Bucket): Routine<RecordWords> {
  for (const record of records) {
    if (!(yield* isInUse(record))) return record;
  }
  yield panic('there are more names than records');
  return records[0] as RecordWords;
}

/** Makes a free record, or that of the same name, one of this name. The caller holds the bucket's lock. */
export function* setRecord(
  bucket: Bucket,
  record: RecordWords,
  { lengthBytes, words }: PackedName,
  owner: Identity | null,
): Routine {
  const even = yield* beginChange(bucket);
  yield store(record.lengthBytes, lengthBytes, 'relaxed');
  for (let i = 0; i < wordsOfName; i++) yield store(record.bytes + i, words[i] as Word, 'relaxed');
  yield store(record.life, owner?.life ?? 0, 'relaxed');
  yield store(record.owner, owner ? owner.process + 1 : 0, 'relaxed');
  yield* endChange(bucket, even);
}

/** From now on nobody owns the name. The caller holds the bucket's lock. */
export function* disown(bucket: Bucket, record: RecordWords): Routine {
  const even = yield* beginChange(bucket);
  yield store(record.owner, 0, 'relaxed');
  yield* endChange(bucket, even);
}

/** From here on lookups wait. Gives the number as it was. */
function* beginChange({ sequence }: Bucket): Routine<Word> {
  const even = yield load(sequence, 'relaxed');
  yield store(sequence, (even + 1) | 0, 'relaxed', 'names.begin');
  yield fence('release', 'names.begun'); // pairs with findOwner's fence: who sees a word that follows sees the odd number
  return even;
}

function* endChange({ sequence }: Bucket, even: Word): Routine {
  yield store(sequence, (even + 2) | 0, 'release', 'names.publish'); // pairs with findOwner: shows the record as it is now
}

/** The name of a record. The caller holds the bucket's lock. */
export function* nameOf(record: RecordWords): Routine<PackedName> {
  const words: Word[] = [];
  for (let i = 0; i < wordsOfName; i++) words.push(yield load(record.bytes + i, 'relaxed'));
  return { lengthBytes: yield load(record.lengthBytes, 'relaxed'), words };
}
