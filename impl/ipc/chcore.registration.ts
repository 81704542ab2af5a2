/** Registration: a server names its register thread; a client asks that one to be connected. */
import {
  type ConnectionWords,
  connectionAt,
  Failure,
  generationOf,
  isCopyable,
  type Kernel,
  Kind,
  Life,
  Owner,
  objectOf,
  ownerOf,
  ownerWord,
  Passive,
  processAt,
  threadAt,
} from '#impl/ipc/chcore.layout.ts';
import { exit, lendTo } from '#impl/ipc/chcore.switch.ts';
import { capabilityTo, freeSlot, lockTables, lookUp, put, unlockTables } from '#impl/ipc/chcore.tables.ts';
import { entryAddress, entryOf, notMapped } from '#impl/machine/mmu.ts';
import { type Address, compareAndSwap, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilitySlot, ChcoreCall, ProcessId, VirtualPage } from '#spec/abi/ipc/chcore.ts';

/** Makes the caller a server. 0, or why not. */
export function* registerServer(self: Thread, kernel: Kernel, slot: CapabilitySlot): Routine<Word> {
  const mine = threadAt(kernel, self.id);
  if (mine.kind !== 'user' || (yield load(mine.register, 'relaxed')) !== 0) return Failure.invalid;
  const capability = yield* lookUp(kernel, mine.process, slot, Kind.thread);
  if (capability === Kind.none) return Failure.capability;
  const register = objectOf(capability);
  const { kind, process } = threadAt(kernel, register);
  if (kind !== 'register' || process !== mine.process) return Failure.invalid;
  yield store(mine.register, register + 1, 'relaxed'); // last: from here on clients find it
  return 0;
}

type Asked = ChcoreCall & { tag: 'register client' };

/** Asks a server to be connected, and waits for its decision. The slot of the connection, or why not. */
export function* registerClient(self: Thread, kernel: Kernel, asked: Asked): Routine<Word> {
  const { process } = threadAt(kernel, self.id);
  const capability = yield* lookUp(kernel, process, asked.server, Kind.thread);
  if (capability === Kind.none) return Failure.capability;
  const server = threadAt(kernel, objectOf(capability));
  if (server.kind !== 'user') return Failure.capability; // what a passive thread keeps there is something else
  const register = (yield load(server.register, 'relaxed')) - 1;
  if (register < 0) return Failure.retry;
  const { passive } = threadAt(kernel, register);
  const held = Passive.serves + kernel.connections.length; // nobody's: until we know which connection it will be
  const seen = yield compareAndSwap(passive, Passive.waiting, held, 'acquire', 'chcore.hold'); // pairs with answered, serve
  if (seen !== Passive.waiting) return seen === Passive.dead ? Failure.noSuchProcess : Failure.retry;
  const connection = yield* build(self, kernel, asked, register);
  if (connection < 0) {
    yield store(passive, Passive.waiting, 'release', 'chcore.unhold'); // pairs with hold
    if (connection === gone) yield* exit(self, kernel);
    return connection;
  }
  yield store(passive, Passive.serves + connection, 'relaxed');
  return yield* lendTo(self, kernel, register);
}

/** The caller's process was recycled while it was in the kernel. */
const gone = -1000;

/** Builds a connection that nobody can use yet: all of it or nothing. Its number, or why not. */
function* build(self: Thread, kernel: Kernel, asked: Asked, register: number): Routine<Word> {
  const client = threadAt(kernel, self.id).process;
  const server = threadAt(kernel, register).process;
  yield* lockTables(kernel, client, server);
  yield* acquire(kernel.pool);
  const built = yield* buildLocked(self, kernel, asked, client, server);
  yield* release(kernel.pool);
  yield* unlockTables(kernel, client, server);
  return built;
}

function* buildLocked(
  self: Thread,
  kernel: Kernel,
  { memory, page }: Asked,
  client: ProcessId,
  server: ProcessId,
): Routine<Word> {
  if ((yield load(processAt(kernel, client).life, 'relaxed')) === Life.gone) return gone;
  if (!(yield* isFreePage(kernel, client, page))) return Failure.invalid;
  const shared = yield* lookUp(kernel, client, memory, Kind.memory);
  if (!isCopyable(shared)) return Failure.capability;
  const serverMemory = yield* freeSlot(kernel, server);
  const serverSlot = serverMemory < 0 ? -1 : yield* freeSlot(kernel, server, serverMemory + 1);
  const clientSlot = yield* freeSlot(kernel, client, client === server && serverSlot >= 0 ? serverSlot + 1 : 0);
  const index = yield* freePlace(kernel);
  if (index < 0 || serverSlot < 0 || clientSlot < 0) return Failure.noRoom;
  const connection = connectionAt(kernel, index);
  const generation = generationOf(yield load(connection.owner, 'relaxed'));
  yield store(connection.client, client, 'plain');
  yield store(connection.server, server, 'plain');
  yield store(connection.memory, objectOf(shared), 'plain');
  yield store(connection.clientPage, page, 'plain');
  yield store(connection.clientSlot, clientSlot, 'plain');
  yield store(connection.serverSlot, serverSlot, 'plain');
  yield store(connection.serverMemory, serverMemory, 'plain');
  yield store(connection.caller, self.id, 'plain');
  yield* carryNothing(connection);
  yield store(connection.owner, ownerWord(generation, Owner.building), 'relaxed');
  yield* put(kernel, server, serverMemory, shared);
  yield* put(kernel, server, serverSlot, capabilityTo(Kind.served, index, generation));
  yield* put(kernel, client, clientSlot, capabilityTo(Kind.connection, index, generation));
  return index;
}

/** Empties what a connection's last use has left. */
function* carryNothing(connection: ConnectionWords): Routine {
  yield store(connection.count, 0, 'plain');
  yield store(connection.returnedCount, 0, 'plain');
  for (const entry of connection.sent) yield store(entry, 0, 'plain');
}

/** A place for a connection that is not in use, or -1. The caller holds the pool's lock. */
function* freePlace(kernel: Kernel): Routine<number> {
  for (const [index, { owner }] of kernel.connections.entries()) {
    if (ownerOf(yield load(owner, 'relaxed')) === Owner.none) return index;
  }
  return -1;
}

/** Whether nothing is mapped at a page, nor about to be. The caller holds the table's lock and the pool's. */
function* isFreePage(kernel: Kernel, process: ProcessId, page: VirtualPage): Routine<boolean> {
  if (page >= kernel.mmu.pages) return false;
  if ((yield load(entryAddress(kernel.mmu, process, page), 'relaxed')) !== notMapped) return false;
  for (const { owner, client, clientPage } of kernel.connections) {
    if (ownerOf(yield load(owner, 'relaxed')) === Owner.none) continue; // a valid one’s page may have been mapped unseen
    if ((yield load(client, 'plain')) === process && (yield load(clientPage, 'plain')) === page) return false;
  }
  return true;
}

/**
 * The server agrees to connection `index`: maps the memory on both sides, and then makes the connection valid. The slot
 * of the client's capability to it, or why not.
 */
export function* agree(
  self: Thread,
  kernel: Kernel,
  index: number,
  handlerSlot: CapabilitySlot,
  page: VirtualPage,
): Routine<Word> {
  const { process } = threadAt(kernel, self.id);
  const connection = connectionAt(kernel, index);
  const capability = yield* lookUp(kernel, process, handlerSlot, Kind.thread);
  if (capability === Kind.none) return Failure.capability;
  const handler = threadAt(kernel, objectOf(capability));
  if (handler.kind !== 'handler' || handler.process !== process) return Failure.capability;
  const frame = kernel.frames[yield load(connection.memory, 'plain')] as Address;
  yield* acquire(processAt(kernel, process).lock);
  yield* acquire(kernel.pool);
  const isFree = yield* isFreePage(kernel, process, page);
  if (isFree) yield store(entryAddress(kernel.mmu, process, page), entryOf(frame, true), 'relaxed'); // what is on the page is its users' affair
  yield* release(kernel.pool);
  yield* release(processAt(kernel, process).lock);
  if (!isFree) return Failure.invalid;
  yield store(connection.serverPage, page, 'plain');
  yield store(connection.handler, objectOf(capability), 'plain');
  const [client, clientPage] = [yield load(connection.client, 'plain'), yield load(connection.clientPage, 'plain')];
  const slot = yield load(connection.clientSlot, 'plain');
  yield store(entryAddress(kernel.mmu, client, clientPage), entryOf(frame, true), 'relaxed');
  const generation = generationOf(yield load(connection.owner, 'relaxed'));
  yield store(connection.owner, ownerWord(generation, Owner.free), 'release', 'chcore.valid'); // last; pairs with take
  return slot;
}
