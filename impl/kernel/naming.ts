/**
 * A naming service: a table of names whose lookups take no lock, and an inbox for each process.
 *
 * A process's own capabilities lie in words that only its thread touches. What a capability leads to is a process and a
 * life of it; the life is compared where the word is delivered, under the lock that a dying process takes to end it.
 *
 * Locks are taken in this order: a bucket's, an inbox's, a thread's. Notices are delivered with the bucket's lock held, so
 * that those about one name arrive in the order of what became of it.
 */
import {
  type Arrival,
  deliverNotice,
  deliverWord,
  dropAll,
  endLife,
  type Inbox,
  isNotice,
  Kind,
  layoutInbox,
  takeFirst,
} from '#impl/kernel/inbox.ts';
import {
  type Bucket,
  bucketOf,
  copyName,
  disown,
  findOwner,
  findRecord,
  freeRecord,
  layoutNames,
  type Names,
  nameBytesMax,
  nameOf,
  type Owner,
  type PackedName,
  type RecordWords,
  recordAt,
  recordsAtBoot,
  setRecord,
  unpack,
} from '#impl/kernel/names.ts';
import { handleWord } from '#impl/kernel/slots.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import { waitUntil, wakeAll } from '#impl/sync/wait-queue.ts';
import type { Identity, Name } from '#spec/abi/kernel/naming.ts';
import type { CapabilityHandle, ThreadId } from '#spec/abi.ts';

/** What callers are told, as Linux numbers them. */
export const Failure = {
  notOwner: -1,
  noName: -2,
  badHandle: -9,
  empty: -11,
  exists: -17,
  noRoom: -28,
  nameTooLong: -36,
  watched: -114,
  stale: -116,
  dead: -130,
} as const;

export interface NamingParameters {
  /** Slots of each process, and how many words and notices there is room for in its inbox. */
  readonly slots: number;
  readonly messages: number;
  readonly notices: number;
  /** How many different names there are at most. */
  readonly names: number;
  /** The names that each process has at boot, and whom it may send to: from slot 0 on. */
  readonly processes: readonly { readonly registered: readonly Name[]; readonly connected: readonly ThreadId[] }[];
}

/** A slot of a process's table. Only its own thread touches it. */
interface SlotWords {
  readonly generation: Address;
  /** To whom its capability leads, plus 1, and in which life; 0: it holds none. */
  readonly to: Address;
  readonly life: Address;
  /** The record of the name by which it was given; and 1 if it owns that name, 0 if it may only send. */
  readonly record: Address;
  readonly owns: Address;
}

/** What is kept of a process. All but the inbox is its own thread's. */
interface ProcessWords {
  readonly inbox: Inbox;
  readonly slots: readonly SlotWords[];
  /** Of each process: the latest life that a message was received from. */
  readonly heard: readonly Address[];
  /** Notices that it has asked for and not received. */
  readonly noticesDue: Address;
  readonly noticesMax: number;
}

export interface Service {
  readonly names: Names;
  readonly processes: readonly ProcessWords[];
}

/** Lays the service out: everybody is in its first life. */
export const boot = (memory: Allocator, parameters: NamingParameters): Service => {
  const { slots, messages, notices, names, processes } = parameters;
  const atBoot = processes.flatMap(({ registered }, owner) => registered.map((name) => ({ name, owner })));
  const numbers = recordsAtBoot(
    names,
    atBoot.map(({ name }) => name),
  );
  return {
    names: layoutNames(memory, names, atBoot),
    processes: processes.map(({ connected }, id) => {
      const mine = numbers.filter((_number, i) => atBoot[i]?.owner === id);
      const own = mine.map((record) => ({ to: id, record, owns: 1 }));
      const held = [...own, ...connected.map((to) => ({ to, record: 0, owns: 0 }))];
      return {
        inbox: layoutInbox(memory, id, messages, notices),
        slots: Array.from({ length: slots }, (_, slot) => layoutSlot(memory, `P${id}.${slot}`, held[slot])),
        heard: processes.map((_process, other) => memory.word(`P${id}.heard${other}`)),
        noticesDue: memory.word(`P${id}.due`),
        noticesMax: notices,
      };
    }),
  };
};

const layoutSlot = (
  memory: Allocator,
  name: string,
  held: { readonly to: ThreadId; readonly record: number; readonly owns: number } | undefined,
): SlotWords => ({
  generation: memory.word(`${name}.generation`, held ? 1 : 0),
  to: memory.word(`${name}.to`, held ? held.to + 1 : 0),
  life: memory.word(`${name}.life`, held ? 1 : 0),
  record: memory.word(`${name}.record`, held?.record),
  owns: memory.word(`${name}.owns`, held?.owns),
});

const processAt = (service: Service, id: ThreadId): ProcessWords => service.processes[id] as ProcessWords;

/** Gives the name in the user's buffer to the caller. The handle of what owns it, or why not. */
export function* register(self: Thread, service: Service, lengthBytes: number): Routine<Word> {
  if (lengthBytes > nameBytesMax) return Failure.nameTooLong;
  const name = yield* copyName(lengthBytes);
  const bucket = bucketOf(service.names, name);
  yield* acquire(bucket.lock);
  const handle = yield* registerLocked(self, service, bucket, name);
  yield* release(bucket.lock);
  if (handle >= 0) yield* wakeAll(self.table, bucket.waiting); // after it is published: who queued later sees it
  return handle;
}

function* registerLocked(self: Thread, service: Service, bucket: Bucket, name: PackedName): Routine<Word> {
  const mine = processAt(service, self.id);
  const known = yield* findCurrent(self, service, bucket, name);
  if (known !== undefined && (yield load(known.owner, 'relaxed')) !== 0) return Failure.exists;
  const slot = yield* freeSlot(mine);
  if (slot < 0) return Failure.noRoom;
  const me = yield* identityOf(self, service);
  const record = known ?? (yield* freeRecord(bucket));
  yield* setRecord(bucket, record, name, me);
  yield* tellWatchers(self, service, record, Kind.registered);
  return yield* fill(mine, slot, { ...me, record: record.number }, 1);
}

/** Takes back the name that a capability of the caller's owns. 0, or why not. */
export function* unregister(self: Thread, service: Service, handle: CapabilityHandle): Routine<Word> {
  const mine = processAt(service, self.id);
  const held = yield* heldAt(mine, handle);
  if (held < 0) return held;
  const slot = slotAt(mine, held);
  if ((yield load(slot.owns, 'plain')) === 0) return Failure.notOwner;
  const [bucket, record] = recordAt(service.names, yield load(slot.record, 'plain'));
  yield* acquire(bucket.lock);
  yield* disown(bucket, record);
  yield* tellWatchers(self, service, record, Kind.unregistered);
  yield* release(bucket.lock);
  yield store(slot.to, 0, 'plain');
  return 0;
}

/** A capability to send to whoever has the name in the user's buffer. Nobody has: waits, if it may. Or why not. */
export function* lookup(self: Thread, service: Service, lengthBytes: number, isWaiting: boolean): Routine<Word> {
  if (lengthBytes > nameBytesMax) return Failure.nameTooLong;
  const mine = processAt(service, self.id);
  const slot = yield* freeSlot(mine);
  if (slot < 0) return Failure.noRoom;
  const name = yield* copyName(lengthBytes);
  const bucket = bucketOf(service.names, name);
  let owner = yield* findAlive(service, bucket, name);
  if (owner === null && isWaiting) {
    yield* waitUntil(self, bucket.waiting, function* () {
      owner = yield* findAlive(service, bucket, name);
      return owner !== null;
    });
  }
  return owner === null ? Failure.noName : yield* fill(mine, slot, owner, 0);
}

/** Who owns a name and is alive. Takes no lock. */
function* findAlive(service: Service, bucket: Bucket, name: PackedName): Routine<Owner | null> {
  const owner = yield* findOwner(bucket, name);
  return owner !== null && (yield* isAlive(service, owner)) ? owner : null;
}

/** The caller is told once what becomes of the name in the user's buffer next. 0, or why not. */
export function* watch(self: Thread, service: Service, lengthBytes: number): Routine<Word> {
  if (lengthBytes > nameBytesMax) return Failure.nameTooLong;
  const name = yield* copyName(lengthBytes);
  const bucket = bucketOf(service.names, name);
  yield* acquire(bucket.lock);
  const result = yield* watchLocked(self, service, bucket, name);
  yield* release(bucket.lock);
  return result;
}

function* watchLocked(self: Thread, service: Service, bucket: Bucket, name: PackedName): Routine<Word> {
  const { noticesDue, noticesMax } = processAt(service, self.id);
  const known = yield* findCurrent(self, service, bucket, name);
  const watchers = known === undefined ? 0 : yield load(known.watchers, 'plain');
  if ((watchers & bitOf(self.id)) !== 0) return Failure.watched;
  const due = yield load(noticesDue, 'plain');
  if (due >= noticesMax) return Failure.noRoom; // its notice must find a place
  const record = known ?? (yield* freeRecord(bucket));
  if (known === undefined) yield* setRecord(bucket, record, name, null);
  yield store(record.watchers, watchers | bitOf(self.id), 'plain');
  yield store(noticesDue, due + 1, 'plain');
  return 0;
}

/** Sends a word to whom a capability of the caller's leads. 0, or why not. */
export function* send(self: Thread, service: Service, handle: CapabilityHandle, word: Word): Routine<Word> {
  const mine = processAt(service, self.id);
  const held = yield* heldAt(mine, handle);
  if (held < 0) return held;
  const slot = slotAt(mine, held);
  const to = { process: (yield load(slot.to, 'plain')) - 1, life: yield load(slot.life, 'plain') };
  return yield* deliver(self, service, to, Kind.message, word);
}

/** Sends a word to whom a message has come from. 0, or why not. */
export function* reply(self: Thread, service: Service, to: Identity, word: Word): Routine<Word> {
  const heard = processAt(service, self.id).heard[to.process];
  if (heard === undefined || to.life < 1 || to.life > (yield load(heard, 'plain'))) return Failure.notOwner;
  return yield* deliver(self, service, to, Kind.reply, word);
}

function* deliver(self: Thread, service: Service, to: Identity, kind: number, word: Word): Routine<Word> {
  const me = yield* identityOf(self, service);
  const { inbox } = processAt(service, to.process);
  const result = yield* deliverWord(self.table, inbox, to.life, { kind, words: [me.process, me.life, word] });
  return result === 'delivered' ? 0 : result === 'dead' ? Failure.dead : Failure.empty;
}

/**
 * Takes what arrived first out of the caller's inbox; nothing has: waits, if it may. Its kind, with its words in the
 * user's buffer: who sent it, in which life, and the word; or the length of the name, and its bytes. Or why not.
 */
export function* receive(self: Thread, service: Service, isWaiting: boolean): Routine<Word> {
  const mine = processAt(service, self.id);
  const arrival = yield* takeFirst(self, mine.inbox, isWaiting);
  if (arrival === null) return Failure.empty;
  const { kind, words } = arrival;
  if (kind === Kind.message) yield store(mine.heard[words[0]] as Address, words[1], 'plain');
  if (isNotice(kind)) yield store(mine.noticesDue, (yield load(mine.noticesDue, 'plain')) - 1, 'plain');
  const told = isNotice(kind) ? [words[0], ...unpack({ lengthBytes: words[0], words: words.slice(1) })] : words;
  for (const [offset, word] of told.entries()) yield copyOut(offset, word);
  return kind;
}

/** The caller's process dies, and the next one has its number. */
export function* restart(self: Thread, service: Service): Routine<Word> {
  const mine = processAt(service, self.id);
  yield* endLife(mine.inbox); // from here on its names are nobody's, and its capabilities lead nowhere
  for (const bucket of service.names.buckets) {
    yield* acquire(bucket.lock);
    for (const record of bucket.records) {
      const watchers = yield load(record.watchers, 'plain');
      if ((watchers & bitOf(self.id)) !== 0) yield store(record.watchers, watchers & ~bitOf(self.id), 'plain');
      if ((yield load(record.owner, 'relaxed')) === self.id + 1) yield* bury(self, service, bucket, record);
    }
    yield* release(bucket.lock);
  }
  yield* dropAll(mine.inbox); // what the last life had asked for, and was told since
  for (const { to } of mine.slots) yield store(to, 0, 'plain');
  for (const heard of mine.heard) yield store(heard, 0, 'plain');
  yield store(mine.noticesDue, 0, 'plain');
  return 0;
}

/** The record of a name, without its owner if that has died. The caller holds the bucket's lock. */
function* findCurrent(
  self: Thread,
  service: Service,
  bucket: Bucket,
  name: PackedName,
): Routine<RecordWords | undefined> {
  const record = yield* findRecord(bucket, name);
  if (record === undefined) return undefined;
  const owner = yield load(record.owner, 'relaxed');
  if (owner === 0) return record;
  const identity = { process: owner - 1, life: yield load(record.life, 'relaxed') };
  if (!(yield* isAlive(service, identity))) yield* bury(self, service, bucket, record);
  return record;
}

/** Takes a dead owner's name from it, and tells who watched. The caller holds the bucket's lock. */
function* bury(self: Thread, service: Service, bucket: Bucket, record: RecordWords): Routine {
  yield* disown(bucket, record);
  yield* tellWatchers(self, service, record, Kind.died);
}

/** Tells everybody who watches a name, once. The caller holds the bucket's lock. */
function* tellWatchers(self: Thread, service: Service, record: RecordWords, kind: number): Routine {
  const watchers = yield load(record.watchers, 'plain');
  if (watchers === 0) return;
  yield store(record.watchers, 0, 'plain');
  const { lengthBytes, words } = yield* nameOf(record);
  const notice: Arrival = { kind, words: [lengthBytes, words[0] as Word, words[1] as Word] };
  for (const [id, { inbox }] of service.processes.entries()) {
    if ((watchers & bitOf(id)) !== 0) yield* deliverNotice(self.table, inbox, notice);
  }
}

const bitOf = (id: ThreadId): Word => 1 << id;

/** Whether that life still lasts. It may end in the next step. */
function* isAlive(service: Service, { process, life }: Identity): Routine<boolean> {
  return (yield load(processAt(service, process).inbox.life, 'relaxed')) === life;
}

function* identityOf(self: Thread, service: Service): Routine<Identity> {
  return { process: self.id, life: yield load(processAt(service, self.id).inbox.life, 'relaxed') };
}

const slotAt = ({ slots }: ProcessWords, number: number): SlotWords => slots[number] as SlotWords;

/** The slot of the caller's that a handle names, or why it names none. */
function* heldAt(mine: ProcessWords, { slot, generation }: CapabilityHandle): Routine<Word> {
  const words = mine.slots[slot];
  if (words === undefined || generation < 1) return Failure.badHandle;
  const latest = yield load(words.generation, 'plain');
  if (generation > latest) return Failure.badHandle;
  return generation === latest && (yield load(words.to, 'plain')) !== 0 ? slot : Failure.stale;
}

/** The first free slot of the caller, or -1. */
function* freeSlot(mine: ProcessWords): Routine<number> {
  for (const [number, { to }] of mine.slots.entries()) {
    if ((yield load(to, 'plain')) === 0) return number;
  }
  return -1;
}

/** Puts a capability into a free slot. Its handle. */
function* fill(mine: ProcessWords, number: number, { process, life, record }: Owner, owns: Word): Routine<Word> {
  const slot = slotAt(mine, number);
  const generation = (yield load(slot.generation, 'plain')) + 1;
  yield store(slot.generation, generation, 'plain');
  yield store(slot.to, process + 1, 'plain');
  yield store(slot.life, life, 'plain');
  yield store(slot.record, record, 'plain');
  yield store(slot.owns, owns, 'plain');
  return handleWord(number, generation);
}
