/**
 * The naming service as its spec says it, and no faster: one lock around every call, lists that are searched from one end
 * to the other, and whoever waits for anything is woken whenever anything changes.
 */
import type { NamingParameters } from '#impl/kernel/naming.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, copyIn, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Identity, Name } from '#spec/abi/kernel/naming.ts';
import type { Byte, CapabilityHandle, ThreadId } from '#spec/abi.ts';

const nameBytesMax = 8;

const kindOf = { message: 1, reply: 2, registered: 3, unregistered: 4, died: 5 } as const;

/** Words one after the other; the first says how many follow it. */
type List = Address;

interface Entry {
  /** The process that owns the name plus 1, or 0. */
  readonly owner: Address;
  /** For each process, whether it watches the name. */
  readonly watchers: Address;
  readonly name: List;
}

interface Process {
  readonly life: Address;
  readonly noticesDue: Address;
  /** For each process, the latest life that a message was received from. */
  readonly heard: Address;
  /** What has arrived, the oldest first: how many, and then for each its kind and a list. */
  readonly arrived: Address;
  readonly inbox: readonly { readonly kind: Address; readonly words: List }[];
  /** To whom each slot leads, plus 1, or 0; in which life; and the name that it owns: which entry, plus 1, or 0. */
  readonly slots: readonly {
    readonly generation: Address;
    readonly to: Address;
    readonly life: Address;
    readonly owns: Address;
  }[];
}

export interface Service {
  readonly lock: Address;
  readonly entries: readonly Entry[];
  readonly processes: readonly Process[];
  readonly messagesMax: number;
  readonly noticesMax: number;
}

const layoutList = (memory: Allocator, name: string, words: readonly Word[]): List => {
  const list = memory.word(`${name}.length`, words.length);
  for (let i = 0; i < nameBytesMax; i++) memory.word(`${name}.${i}`, words[i]);
  return list;
};

/** Lays the service out. Everything is guarded by the lock. */
export const boot = (memory: Allocator, parameters: NamingParameters): Service => {
  const { processes, slots, messages, notices } = parameters;
  const atBoot = processes.flatMap(({ registered }, owner) => registered.map((name) => ({ name, owner })));
  const numberOf = (name: Name): number => atBoot.findIndex((other) => other.name.join() === name.join()) + 1;
  return {
    lock: layoutLock(memory, 'service.lock'),
    entries: Array.from({ length: parameters.names }, (_, i) => ({
      owner: memory.word(`name${i}.owner`, (atBoot[i]?.owner ?? -1) + 1),
      watchers: memory.words(`name${i}.watcher`, processes.length),
      name: layoutList(memory, `name${i}`, atBoot[i]?.name ?? []),
    })),
    processes: processes.map(({ registered, connected }, id) => ({
      life: memory.word(`P${id}.life`, 1),
      noticesDue: memory.word(`P${id}.due`),
      heard: memory.words(`P${id}.heard`, processes.length),
      arrived: memory.word(`P${id}.arrived`),
      inbox: Array.from({ length: messages + notices }, (_, i) => ({
        kind: memory.word(`P${id}.arrival${i}.kind`),
        words: layoutList(memory, `P${id}.arrival${i}`, []),
      })),
      slots: Array.from({ length: slots }, (_, slot) => {
        const owned = registered[slot];
        const to = owned ? id : connected[slot - registered.length];
        return {
          generation: memory.word(`P${id}.${slot}.generation`, to === undefined ? 0 : 1),
          to: memory.word(`P${id}.${slot}.to`, to === undefined ? 0 : to + 1),
          life: memory.word(`P${id}.${slot}.life`, 1),
          owns: memory.word(`P${id}.${slot}.owns`, owned ? numberOf(owned) : 0),
        };
      }),
    })),
    messagesMax: messages,
    noticesMax: notices,
  };
};

const processAt = (service: Service, id: ThreadId): Process => service.processes[id] as Process;

const entryAt = (service: Service, number: number): Entry => service.entries[number] as Entry;

/** Does something while nobody else does anything. */
function* alone(service: Service, body: () => Routine<Word>): Routine<Word> {
  yield* acquire(service.lock);
  const result = yield* body();
  yield* release(service.lock);
  return result;
}

/** The same, again and again until it gives something else than `nothing`, sleeping in between. */
function* aloneUntil(self: Thread, service: Service, nothing: Word, body: () => Routine<Word>): Routine<Word> {
  yield* acquire(service.lock);
  let result = yield* body();
  while (result === nothing) {
    yield* sleep(self, service.lock, service.lock);
    result = yield* body();
  }
  yield* release(service.lock);
  return result;
}

export function* register(self: Thread, service: Service, lengthBytes: number): Routine<Word> {
  const name = yield* copyName(lengthBytes);
  return yield* alone(service, () => registerName(self, service, name));
}

function* registerName(self: Thread, service: Service, name: Name): Routine<Word> {
  if (name.length > nameBytesMax) return -36;
  const known = yield* find(service, name);
  if (known >= 0 && (yield load(entryAt(service, known).owner, 'plain')) !== 0) return -17;
  const slot = yield* freeSlot(self, service);
  if (slot < 0) return -28;
  const number = known < 0 ? yield* enter(service, name) : known;
  yield store(entryAt(service, number).owner, self.id + 1, 'plain');
  yield* tell(self, service, number, kindOf.registered);
  yield* wakeup(self, service.lock);
  return yield* fill(self, service, slot, self.id, number + 1);
}

export function* unregister(self: Thread, service: Service, handle: CapabilityHandle): Routine<Word> {
  return yield* alone(service, () => unregisterName(self, service, handle));
}

function* unregisterName(self: Thread, service: Service, handle: CapabilityHandle): Routine<Word> {
  const errno = yield* refusal(self, service, handle);
  if (errno < 0) return errno;
  const slot = slotOf(service, self.id, handle.slot);
  const owns = yield load(slot.owns, 'plain');
  if (owns === 0) return -1;
  yield store(slot.to, 0, 'plain');
  yield store(entryAt(service, owns - 1).owner, 0, 'plain');
  yield* tell(self, service, owns - 1, kindOf.unregistered);
  return 0;
}

export function* lookup(self: Thread, service: Service, lengthBytes: number, isWaiting: boolean): Routine<Word> {
  const name = yield* copyName(lengthBytes);
  if (!isWaiting) return yield* alone(service, () => lookUp(self, service, name));
  return yield* aloneUntil(self, service, -2, () => lookUp(self, service, name));
}

function* lookUp(self: Thread, service: Service, name: Name): Routine<Word> {
  if (name.length > nameBytesMax) return -36;
  const slot = yield* freeSlot(self, service);
  if (slot < 0) return -28;
  const number = yield* find(service, name);
  const owner = number < 0 ? 0 : yield load(entryAt(service, number).owner, 'plain');
  return owner === 0 ? -2 : yield* fill(self, service, slot, owner - 1, 0);
}

export function* watch(self: Thread, service: Service, lengthBytes: number): Routine<Word> {
  const name = yield* copyName(lengthBytes);
  return yield* alone(service, () => watchName(self, service, name));
}

function* watchName(self: Thread, service: Service, name: Name): Routine<Word> {
  if (name.length > nameBytesMax) return -36;
  const known = yield* find(service, name);
  if (known >= 0 && (yield load(entryAt(service, known).watchers + self.id, 'plain')) !== 0) return -114;
  const { noticesDue } = processAt(service, self.id);
  const due = yield load(noticesDue, 'plain');
  if (due >= service.noticesMax) return -28;
  const number = known < 0 ? yield* enter(service, name) : known;
  yield store(entryAt(service, number).watchers + self.id, 1, 'plain');
  yield store(noticesDue, due + 1, 'plain');
  return 0;
}

export function* send(self: Thread, service: Service, handle: CapabilityHandle, word: Word): Routine<Word> {
  return yield* alone(service, () => sendWord(self, service, handle, word));
}

function* sendWord(self: Thread, service: Service, handle: CapabilityHandle, word: Word): Routine<Word> {
  const errno = yield* refusal(self, service, handle);
  if (errno < 0) return errno;
  const slot = slotOf(service, self.id, handle.slot);
  const to = { process: (yield load(slot.to, 'plain')) - 1, life: yield load(slot.life, 'plain') };
  return yield* deliver(self, service, to, kindOf.message, word);
}

export function* reply(self: Thread, service: Service, to: Identity, word: Word): Routine<Word> {
  return yield* alone(service, () => replyWord(self, service, to, word));
}

function* replyWord(self: Thread, service: Service, to: Identity, word: Word): Routine<Word> {
  if (to.process >= service.processes.length || to.life < 1) return -1;
  const heard = yield load(processAt(service, self.id).heard + to.process, 'plain');
  return to.life > heard ? -1 : yield* deliver(self, service, to, kindOf.reply, word);
}

/** Puts a word into the inbox of somebody who is alive, if there is room. */
function* deliver(self: Thread, service: Service, to: Identity, kind: number, word: Word): Routine<Word> {
  const receiver = processAt(service, to.process);
  if ((yield load(receiver.life, 'plain')) !== to.life) return -130;
  let words = 0;
  for (let i = 0; i < (yield load(receiver.arrived, 'plain')); i++) {
    if ((yield load(arrivalAt(receiver, i).kind, 'plain')) <= kindOf.reply) words++;
  }
  if (words >= service.messagesMax) return -11;
  yield* append(self, service, to.process, kind, [
    self.id,
    yield load(processAt(service, self.id).life, 'plain'),
    word,
  ]);
  return 0;
}

export function* receive(self: Thread, service: Service, isWaiting: boolean): Routine<Word> {
  if (!isWaiting) return yield* alone(service, () => receiveFirst(self, service));
  return yield* aloneUntil(self, service, -11, () => receiveFirst(self, service));
}

function* receiveFirst(self: Thread, service: Service): Routine<Word> {
  const mine = processAt(service, self.id);
  const count = yield load(mine.arrived, 'plain');
  if (count === 0) return -11;
  const first = arrivalAt(mine, 0);
  const kind = yield load(first.kind, 'plain');
  const words = yield* readList(first.words);
  const isNotice = kind > kindOf.reply;
  if (kind === kindOf.message) yield store(mine.heard + (words[0] as Word), words[1] as Word, 'plain');
  if (isNotice) yield store(mine.noticesDue, (yield load(mine.noticesDue, 'plain')) - 1, 'plain');
  for (let i = 1; i < count; i++) {
    yield store(arrivalAt(mine, i - 1).kind, yield load(arrivalAt(mine, i).kind, 'plain'), 'plain');
    yield* writeList(arrivalAt(mine, i - 1).words, yield* readList(arrivalAt(mine, i).words));
  }
  yield store(mine.arrived, count - 1, 'plain');
  for (const [offset, word] of (isNotice ? [words.length, ...words] : words).entries()) yield copyOut(offset, word);
  return kind;
}

export function* restart(self: Thread, service: Service): Routine<Word> {
  return yield* alone(service, () => beginAnew(self, service));
}

function* beginAnew(self: Thread, service: Service): Routine<Word> {
  const mine = processAt(service, self.id);
  yield store(mine.life, (yield load(mine.life, 'plain')) + 1, 'plain');
  for (const [number, { owner, watchers }] of service.entries.entries()) {
    yield store(watchers + self.id, 0, 'plain');
    if ((yield load(owner, 'plain')) !== self.id + 1) continue;
    yield store(owner, 0, 'plain');
    yield* tell(self, service, number, kindOf.died);
  }
  for (const { to } of mine.slots) yield store(to, 0, 'plain');
  for (let id = 0; id < service.processes.length; id++) yield store(mine.heard + id, 0, 'plain');
  yield store(mine.arrived, 0, 'plain');
  yield store(mine.noticesDue, 0, 'plain');
  return 0;
}

/** Tells everybody who watches a name, once. */
function* tell(self: Thread, service: Service, number: number, kind: number): Routine {
  const { watchers, name } = entryAt(service, number);
  const bytes = yield* readList(name);
  for (let id = 0; id < service.processes.length; id++) {
    if ((yield load(watchers + id, 'plain')) === 0) continue;
    yield store(watchers + id, 0, 'plain');
    yield* append(self, service, id, kind, bytes);
  }
}

const arrivalAt = (process: Process, index: number) => process.inbox[index] as Process['inbox'][number];

function* append(self: Thread, service: Service, to: ThreadId, kind: number, words: readonly Word[]): Routine {
  const receiver = processAt(service, to);
  const count = yield load(receiver.arrived, 'plain');
  yield store(arrivalAt(receiver, count).kind, kind, 'plain');
  yield* writeList(arrivalAt(receiver, count).words, words);
  yield store(receiver.arrived, count + 1, 'plain');
  yield* wakeup(self, service.lock);
}

/** The entry of a name that somebody owns or watches, or -1. */
function* find(service: Service, name: Name): Routine<number> {
  for (const [number, entry] of service.entries.entries()) {
    if ((yield* isInUse(service, entry)) && (yield* readList(entry.name)).join() === name.join()) return number;
  }
  return -1;
}

function* isInUse(service: Service, { owner, watchers }: Entry): Routine<boolean> {
  if ((yield load(owner, 'plain')) !== 0) return true;
  for (let id = 0; id < service.processes.length; id++) {
    if ((yield load(watchers + id, 'plain')) !== 0) return true;
  }
  return false;
}

/** Puts a name into an entry that is not in use. Its number. There is one: there are as many as names. */
function* enter(service: Service, name: Name): Routine<number> {
  let number = 0;
  while (yield* isInUse(service, entryAt(service, number))) number++;
  yield* writeList(entryAt(service, number).name, name);
  return number;
}

const slotOf = (service: Service, id: ThreadId, slot: number) =>
  processAt(service, id).slots[slot] as Process['slots'][number];

/** Why the caller may not use a handle; 0: it may. */
function* refusal(self: Thread, service: Service, { slot, generation }: CapabilityHandle): Routine<Word> {
  if (slot >= processAt(service, self.id).slots.length || generation < 1) return -9;
  const held = slotOf(service, self.id, slot);
  const latest = yield load(held.generation, 'plain');
  if (generation > latest) return -9;
  return generation < latest || (yield load(held.to, 'plain')) === 0 ? -116 : 0;
}

function* freeSlot(self: Thread, service: Service): Routine<number> {
  for (const [slot, { to }] of processAt(service, self.id).slots.entries()) {
    if ((yield load(to, 'plain')) === 0) return slot;
  }
  return -1;
}

/** Puts a capability to a process into a free slot. Its handle. */
function* fill(self: Thread, service: Service, slot: number, to: ThreadId, owns: number): Routine<Word> {
  const words = slotOf(service, self.id, slot);
  const generation = (yield load(words.generation, 'plain')) + 1;
  yield store(words.generation, generation, 'plain');
  yield store(words.to, to + 1, 'plain');
  yield store(words.life, yield load(processAt(service, to).life, 'plain'), 'plain');
  yield store(words.owns, owns, 'plain');
  return (generation << 8) | slot;
}

function* copyName(lengthBytes: number): Routine<Byte[]> {
  const bytes: Byte[] = [];
  for (let i = 0; i < lengthBytes; i++) bytes.push(yield copyIn(i));
  return bytes;
}

function* readList(list: List): Routine<Word[]> {
  const words: Word[] = [];
  const length = yield load(list, 'plain');
  for (let i = 0; i < length; i++) words.push(yield load(list + 1 + i, 'plain'));
  return words;
}

function* writeList(list: List, words: readonly Word[]): Routine {
  yield store(list, words.length, 'plain');
  for (const [index, word] of words.entries()) yield store(list + 1 + index, word, 'plain');
}
