/** The words that programs of ChCore's IPC are written in: calls, and how everything is at boot. */
import type {
  CapabilitySlot,
  ChcoreCall,
  ChcoreCapability,
  ChcoreConnectionAtBoot,
  ChcoreParameters,
  ChcoreThreadAtBoot,
  MessageField,
  ProcessId,
  VirtualPage,
} from '#spec/abi/ipc/chcore.ts';

export const serves: ChcoreCall = { tag: 'serve' };
export const returns = (result: number): ChcoreCall => ({ tag: 'return', result });
export const refuses: ChcoreCall = { tag: 'refuse' };
export const accepts = (handler: CapabilitySlot, page: VirtualPage): ChcoreCall => ({ tag: 'accept', handler, page });
export const registersServer = (register: CapabilitySlot): ChcoreCall => ({ tag: 'register server', register });
export const registersClient = (server: CapabilitySlot, memory: CapabilitySlot, page: VirtualPage): ChcoreCall => ({
  tag: 'register client',
  server,
  memory,
  page,
});
export const calls = (connection: CapabilitySlot, count = 0, attempts = 1): ChcoreCall => ({
  tag: 'call',
  connection,
  count,
  attempts,
});
export const sets = (connection: CapabilitySlot | null, index: number, capability: CapabilitySlot): ChcoreCall => ({
  tag: 'set',
  connection,
  index,
  capability,
});
export const gets = (connection: CapabilitySlot | null, index: number): ChcoreCall => ({
  tag: 'get',
  connection,
  index,
});
export const closes = (connection: CapabilitySlot): ChcoreCall => ({ tag: 'close', connection });
export const kills = (process: ProcessId): ChcoreCall => ({ tag: 'kill', process });
export const recycles = (process: ProcessId): ChcoreCall => ({ tag: 'recycle', process });
export const yields: ChcoreCall = { tag: 'yield' };
export const reads = (page: VirtualPage | null, field: MessageField = 'word'): ChcoreCall => ({
  tag: 'read',
  page,
  field,
});
export const writes = (page: VirtualPage | null, value: number, field: MessageField = 'word'): ChcoreCall => ({
  tag: 'write',
  page,
  field,
  value,
});

const thread = (object: number): ChcoreCapability => ({ kind: 'thread', object, copyable: true });
const memory = (object: number, copyable = true): ChcoreCapability => ({ kind: 'memory', object, copyable });
const connection = (object: number): ChcoreCapability => ({ kind: 'connection', object, copyable: false });

const served = (object: number): ChcoreCapability => ({ kind: 'served', object, copyable: false });

const client: ProcessId = 0;
export const server: ProcessId = 1;
export const bystander: ProcessId = 2;

const handler: ChcoreThreadAtBoot = { process: server, kind: 'handler' };
const register: ChcoreThreadAtBoot = { process: server, kind: 'register' };
const user = (process: ProcessId): ChcoreThreadAtBoot => ({ process, kind: 'user' });

const common = { slots: 5, memories: 4, pages: 4, servers: [], connectionsMax: 2, capabilitiesMax: 2 } as const;

/** Where the client and the server have the message of the first connection, and of the second. */
export const clientPage: VirtualPage = 1;
export const serverPage: VirtualPage = 2;
export const otherServerPage: VirtualPage = 3;

const first: ChcoreConnectionAtBoot = {
  client,
  server,
  handler: 0,
  memory: 0,
  clientPage,
  serverPage,
  serverMemory: 0,
};

/** In the client's table: the connection, memory that may be copied, and memory that may not. */
export const connected: CapabilitySlot = 0;
export const gift: CapabilitySlot = 1;
export const keepsake: CapabilitySlot = 2;
/** In the server's: its side of the connection, and memory that may be copied. */
export const serverConnected: CapabilitySlot = 1;
export const serverGift: CapabilitySlot = 2;

/** A handler, and clients that are connected already: threads of one process, which share the connection. */
export const oneConnection = (clients: number): ChcoreParameters => ({
  ...common,
  threads: [handler, ...Array.from({ length: clients }, () => user(client))],
  holdings: [[connection(0), memory(2), memory(2, false)], [memory(0), served(0), memory(3)], []],
  connections: [first],
  floatingPoint: [],
});

/** The same, and the last thread is of a process that has nothing to do with them. */
export const watched = (clients: number): ChcoreParameters => {
  const parameters = oneConnection(clients);
  return { ...parameters, threads: [...parameters.threads, user(bystander)] };
};

/** A handler that serves two connections, each of a client process of its own, and perhaps a thread of neither. */
export const twoConnections = (isWatched = false): ChcoreParameters => ({
  ...common,
  threads: [handler, user(client), user(bystander), ...(isWatched ? [user(server)] : [])],
  holdings: [
    [connection(0), memory(2), memory(2, false)],
    [memory(0), served(0), memory(3), memory(1), served(1)],
    [connection(1)],
  ],
  connections: [first, { ...first, client: bystander, memory: 1, serverPage: otherServerPage, serverMemory: 3 }],
  floatingPoint: [],
});

/** A handler that calls another: the first one's process is a client of the second's. */
export const nested: ChcoreParameters = {
  ...common,
  threads: [{ process: bystander, kind: 'handler' }, handler, user(client), user(client)],
  holdings: [[connection(0)], [memory(0), served(0), connection(1)], [memory(1), served(1)]],
  connections: [
    { ...first, handler: 1 },
    { client: server, server: bystander, handler: 0, memory: 1, clientPage: 1, serverPage: 3, serverMemory: 0 },
  ],
  floatingPoint: [],
};

/** In the client's table, before it is connected: the server's main thread, and memory to share; then what is free. */
export const serverThread: CapabilitySlot = 0;
export const shared: CapabilitySlot = 1;
export const unshared: CapabilitySlot = 2;
export const firstFree: CapabilitySlot = 3;
/** In the server's: its register thread and its handler. */
export const registerThread: CapabilitySlot = 0;
export const handlerThread: CapabilitySlot = 1;

/** A register thread, a handler, and clients of one process; the server's main thread makes no calls. */
export const unconnected = (clients: number, rest: Partial<ChcoreParameters> = {}): ChcoreParameters => {
  const main = 2 + clients;
  return {
    ...common,
    threads: [register, handler, ...Array.from({ length: clients }, () => user(client)), user(server)],
    holdings: [[thread(main), memory(0), memory(0, false)], [thread(0), thread(1)], []],
    servers: [{ thread: main, register: 0 }],
    connections: [],
    floatingPoint: [],
    ...rest,
  };
};

/** Everybody once: a register thread, a handler, a client, and the server's main thread, which has yet to register. */
export const atFirst: ChcoreParameters = unconnected(1, { servers: [] });

/** A client that has capabilities to a handler and to a register thread, too. */
export const confused: ChcoreParameters = {
  ...unconnected(1),
  holdings: [[thread(3), memory(0), memory(0, false), thread(1), thread(0)], [thread(0), thread(1)], []],
};

/** As `unconnected(2)`, but the second client thread is of a process that has nothing to do with the first. */
export const withBystander: readonly ChcoreThreadAtBoot[] = [
  register,
  handler,
  user(client),
  user(bystander),
  user(server),
];

/** A client that is connected already; in the server's table one slot is free, where a connection takes two. */
export const crowded: ChcoreParameters = {
  ...unconnected(1),
  holdings: [[thread(3), memory(1), memory(1, false), connection(0)], [thread(0), thread(1), memory(0), memory(3)], []],
  connections: [{ ...first, handler: 1, serverMemory: 2 }],
};

/** Two servers, each of a process of its own with a register thread; their main threads and handlers make no calls. */
export const twoServers: ChcoreParameters = {
  ...common,
  threads: [
    register,
    { process: bystander, kind: 'register' },
    user(client),
    user(client),
    user(server),
    user(bystander),
    handler,
    { process: bystander, kind: 'handler' },
  ],
  holdings: [
    [thread(4), thread(5), memory(0)],
    [thread(0), thread(6)],
    [thread(1), thread(7)],
  ],
  servers: [
    { thread: 4, register: 0 },
    { thread: 5, register: 1 },
  ],
  connections: [],
  floatingPoint: [],
};

/** A client whose first slot is free, so that a connection that is built again has another slot than before. */
export const builtBefore: CapabilitySlot = 3;
export const builtAgain: ChcoreParameters = {
  ...common,
  connectionsMax: 1,
  threads: [handler, user(client), user(client), register, user(server)],
  holdings: [[null, thread(4), memory(1), connection(0)], [thread(0), thread(3), memory(0), served(0)], []],
  servers: [{ thread: 4, register: 3 }],
  connections: [{ ...first, serverMemory: 2 }],
  floatingPoint: [],
};
