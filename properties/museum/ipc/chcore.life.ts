import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/chcore.registration.ts';
const recycleFile = 'impl/ipc/chcore.recycle.ts';
const tablesFile = 'impl/ipc/chcore.tables.ts';
const switchFile = 'impl/ipc/chcore.switch.ts';
const mainFile = 'impl/ipc/chcore.ts';
const variant = 'try-locks';

const noRoom = '  if (index < 0 || serverSlot < 0 || clientSlot < 0) return Failure.noRoom;\n';
const busy = `    yield* letGo(taken);
    return Failure.tryLater;
  }
  yield* end`;

/** How connections begin and end, and what becomes of those whose process is killed. */
export default exhibit('ipc/chcore', [
  {
    name: 'memory-that-may-not-be-copied',
    variant,
    bug: 'CHCORE-IPC-07',
    title: 'Unchecked result of cap_copy for the shared memory',
    story:
      'The client’s capability may not be copied to the server. Nobody looks at that, and the connection is built all the same.',
    origin: 'ChCore (OS-Course-Lab), create_connection: a negative shm_cap_server is ignored',
    edits: [{ file, from: '  if (!isCopyable(shared)) return Failure.capability;\n', to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'leaked-on-failure',
    variant,
    bug: 'CHCORE-IPC-08',
    title: 'Double fault on error path: connection object leaked',
    story:
      'The server’s table has room for the memory and not for the connection. The registration fails, and the server keeps the memory.',
    origin: 'ChCore (OS-Course-Lab), create_connection: out_free_cap',
    edits: [
      {
        file,
        from: noRoom,
        to: `  if (serverMemory >= 0) yield* put(kernel, server, serverMemory, shared);\n${noRoom}`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'used-while-it-is-built',
    variant,
    bug: 'CHCORE-IPC-09',
    title: 'Close during registration dereferences NULL',
    story:
      'A sibling guesses the slot of a connection that the server has not agreed to, and closes it or calls: its handler is whatever is written there.',
    origin: 'ChCore (OS-Course-Lab), __stop_connection, INCOME_STOPPED',
    edits: [{ file, from: 'ownerWord(generation, Owner.building)', to: 'ownerWord(generation, Owner.free)' }],
    killedBy: 'linearizes',
  },
  {
    name: 'any-thread-is-a-server',
    variant,
    bug: 'CHCORE-IPC-11',
    title: 'Config type confusion',
    story:
      'A client names a handler as the server. What that thread keeps for its calls is read as what a server keeps: the client is told to try again, for ever.',
    origin: 'ChCore (OS-Course-Lab), sys_register_client: general_ipc_config',
    edits: [{ file, from: "  if (server.kind !== 'user') return Failure.capability;", to: '  //' }],
    killedBy: 'linearizes',
  },
  {
    name: 'exited-in-one-field',
    variant,
    bug: 'CHCORE-IPC-23',
    title: 'State not updated in recycle',
    story:
      'A passive thread of a killed process is marked as exited for the scheduler, and as waiting for those who want to be served. A client switches to a thread that is dead.',
    origin: 'OpenHarmony TEE 7de95fe (2026-04-15), sys_cap_group_recycle',
    edits: [
      {
        file: recycleFile,
        from: "compareAndSwap(passive, Passive.waiting, Passive.dead, 'relaxed')",
        to: "load(passive, 'relaxed')",
      },
    ],
    killedBy: 'faultless',
  },

  {
    name: 'refused-and-connected',
    variant,
    bug: undefined,
    title: 'A refused connection stays',
    story: 'The server refuses, the client is told so, and the half-built connection stays where it is.',
    origin: 'classic: no undo',
    edits: [
      {
        file: mainFile,
        from: '  } else {\n    yield* end(kernel, index);\n  }\n',
        to: '  }\n',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'mapped-twice',
    variant,
    bug: undefined,
    title: 'A page that is about to be mapped counts as free',
    story:
      'Two clients of one process ask for the same page at once. Both are connected, and one of them has the other’s memory.',
    origin: 'classic: check and use apart',
    edits: [
      {
        file,
        from: "    if ((yield load(client, 'plain')) === process && (yield load(clientPage, 'plain')) === page) return false;\n",
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'same-generation',
    variant,
    bug: undefined,
    title: 'A place is used again under the same generation',
    story:
      'A thread has looked up a connection and is about to take it. It is closed, another is built in its place, and that is taken.',
    origin: 'classic: ABA',
    edits: [
      { file: tablesFile, from: 'ownerWord(generation + 1, Owner.none)', to: 'ownerWord(generation, Owner.none)' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'closed-in-use',
    variant,
    bug: undefined,
    title: 'A connection is closed while its handler is busy',
    story: 'Whoever closes takes the connection, does not get the handler, and ends the connection all the same.',
    origin: 'classic: a missing check',
    edits: [{ file: recycleFile, from: 'seen !== Passive.waiting && seen !== Passive.dead', to: 'seen < 0' }],
    killedBy: 'linearizes',
  },
  {
    name: 'close-keeps-the-connection',
    variant,
    bug: undefined,
    title: 'Who cannot close keeps the connection',
    story:
      'The handler is busy, closing fails, and the connection stays taken: it can be neither called nor closed any more.',
    origin: 'classic: an early return without unlock',
    edits: [{ file: recycleFile, from: busy, to: busy.replace('    yield* letGo(taken);\n', '') }],
    killedBy: 'linearizes',
  },
  {
    name: 'memory-stays-with-the-server',
    variant,
    bug: undefined,
    title: 'The server keeps the memory of a connection that has ended',
    story: 'The connection is gone from both tables, and the server’s capability to its memory is not.',
    origin: 'classic: a leak',
    edits: [{ file: tablesFile, from: '  yield* put(kernel, server, serverMemory, Kind.none);\n', to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'killed-and-goes-on',
    variant,
    bug: undefined,
    title: 'A killed thread enters the kernel as before',
    story: 'Nobody asks at the kernel’s door whether the process was killed.',
    origin: 'classic: a missing check',
    edits: [{ file: mainFile, from: '  if (yield* isExiting(kernel, self.id)) yield* die(self, kernel);\n', to: '' }],
    killedBy: 'killed-threads-stay',
  },
  {
    name: 'killed-in-silence',
    variant,
    bug: undefined,
    title: 'A handler that is killed tells nobody',
    story: 'The handler’s process is killed while it serves. It ends, and its client waits for ever.',
    origin: 'classic: ChCore, sys_ipc_return without step 1',
    edits: [
      {
        file: mainFile,
        from: '  if (index < 0) yield* exit(self, kernel);\n  else',
        to: '  yield* exit(self, kernel);\n  if (index >= 0)',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'recycled-twice',
    variant,
    bug: undefined,
    title: 'Two recycle the same process',
    story:
      'Whether the process is still there is asked before the others are kept out, and not again: both are told that it is theirs.',
    origin: 'classic: check and use apart',
    edits: [
      {
        file: recycleFile,
        from: "(yield compareAndSwap(life, Life.exiting, Life.gone, 'relaxed')) !== Life.exiting",
        to: "(yield store(life, Life.gone, 'relaxed')) !== 0",
      },
    ],
    killedBy: 'recycled-once',
  },
  {
    name: 'busy-for-the-dead',
    variant,
    bug: undefined,
    title: 'A connection is let go only if somebody is left to be answered',
    story:
      'A client is killed while it is served. The handler has nobody to answer and waits for the next request, with the connection still taken. Nobody can recycle the client, ever.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: switchFile,
        from: `  if (owner) yield store(owner.address, owner.word, 'release', 'chcore.let-go'); // pairs with take
  if (to === null) {
    yield* standBy(self);
  } else {
`,
        to: `  if (to === null) {
    yield* standBy(self);
  } else {
    if (owner) yield store(owner.address, owner.word, 'release', 'chcore.let-go');
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'left-for-the-next',
    variant,
    bug: undefined,
    title: 'A new connection keeps what was left with the last one in its place',
    story:
      'A client leaves a capability with a connection and closes it. The place is used again for a connection to another server, which gets a capability that was never meant for it.',
    origin: 'our own: an unseen mutant that survived',
    edits: [{ file, from: `  for (const entry of connection.sent) yield store(entry, 0, 'plain');\n`, to: '' }],
    killedBy: 'linearizes',
  },
]);
