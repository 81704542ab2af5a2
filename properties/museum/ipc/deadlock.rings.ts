import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/deadlock.detects.ts';
const bigLock = 'impl/ipc/deadlock.big-lock.ts';
const variant = 'detects';

const workers = `    case plain.For.worker:
      return workersOf(kernel, yield load(theirs.port, 'plain'));
`;
const refused = `  yield* acquire(kernel.lock);
  const closesRing = timeoutTicks !== 0 && (yield* isStuck(self, kernel, workersOf(kernel, port)));
  const result = closesRing`;

/** Rings of calls that are to be refused; and the plain implementation beneath. */
export default exhibit('ipc/deadlock', [
  {
    name: 'ring-is-closed',
    variant,
    bug: 'DEADLOCK-TIMEOUT-01',
    title: 'Ring of synchronous calls',
    story:
      'Nobody looks whether a call would close a ring. A calls B, B calls C, C calls A, and all three wait for ever.',
    origin: 'seed 002, deadlock',
    edits: [
      {
        file,
        from: 'timeoutTicks !== 0 && (yield* isStuck(self, kernel, workersOf(kernel, port)))',
        to: 'timeoutTicks === -1',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'pool-is-never-exhausted',
    variant,
    bug: 'DEADLOCK-TIMEOUT-06',
    title: 'Worker pool exhaustion',
    story:
      'A port with several workers is taken for one that always has a free one. All workers of one server call the other, whose worker calls back: there is nobody left.',
    origin: 'Binder’s pool of 15 threads; callbacks of ROS 2',
    edits: [
      {
        file,
        from: workers,
        to: `    case plain.For.worker: {
      const pool = workersOf(kernel, yield load(theirs.port, 'plain'));
      return pool.length > 1 ? null : pool;
    }
`,
      },
      {
        file,
        from: '(yield* isStuck(self, kernel, workersOf(kernel, port)))',
        to: 'workersOf(kernel, port).length === 1 && (yield* isStuck(self, kernel, workersOf(kernel, port)))',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'mutex-is-no-edge',
    variant,
    bug: 'DEADLOCK-TIMEOUT-08',
    title: 'Lock held across synchronous IPC',
    story:
      'A client holds the mutex and calls a server that waits for it. The search follows calls and not the mutex: it finds nobody who waits for the client.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `    case plain.For.mutex:
      return [(yield load(kernel.holder, 'plain')) - 1];
`,
        to: '',
      },
      { file, from: 'timeoutTicks !== 0 && holder !== 0 && (yield* isStuck(self, kernel, [holder - 1]))', to: 'false' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'search-stops-at-two',
    variant,
    bug: 'DEADLOCK-TIMEOUT-13',
    title: 'Depth-limited detector misses long cycles',
    story: 'The search gives up after two threads and takes the ring for open. It is one of three.',
    origin: 'fcntl(2), BUGS: the kernel searches ten deep',
    edits: [
      {
        file,
        from: '    const thread = reached[i] as ThreadId;\n',
        to: '    if (i === 2) return false;\n    const thread = reached[i] as ThreadId;\n',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'one-worker-speaks-for-all',
    variant,
    bug: undefined,
    title: 'A pool is in a ring if its first worker is',
    story: 'Only the first worker of a port is looked at. A call is refused though another worker is free.',
    origin: 'an AND where an OR belongs',
    edits: [
      {
        file,
        from: 'isStuck(self, kernel, workersOf(kernel, port))',
        to: 'isStuck(self, kernel, workersOf(kernel, port).slice(0, 1))',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'looked-at-and-let-go',
    variant,
    bug: undefined,
    title: 'The graph changes between the search and the wait',
    story: 'The lock is let go after the search. Two calls each find that the other does not wait yet, and both wait.',
    origin: 'classic: check and act',
    edits: [
      {
        file,
        from: refused,
        to: refused.replace(
          '  const result',
          '  yield* release(kernel.lock);\n  yield* acquire(kernel.lock);\n  const result',
        ),
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'at-once-is-refused',
    variant,
    bug: undefined,
    title: 'A call that would not wait is refused for a ring',
    story: 'Whoever calls at once or not at all closes no ring. It is told EDEADLK, and takes it for its own mistake.',
    origin: 'the order of two checks',
    edits: [{ file, from: 'timeoutTicks !== 0 && (yield* isStuck', to: 'timeoutTicks !== -1 && (yield* isStuck' }],
    killedBy: 'linearizes',
  },
  {
    name: 'rings-through-the-mutex',
    variant,
    bug: undefined,
    title: 'Who waits for the mutex is not looked at',
    story: 'Only calls are checked. A server that wants the mutex which its caller holds closes the ring with a lock.',
    origin: 'as DEADLOCK-TIMEOUT-08, from the other side',
    edits: [
      {
        file,
        from: 'timeoutTicks !== 0 && holder !== 0 && (yield* isStuck(self, kernel, [holder - 1]))',
        to: 'holder === -1',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'server-not-told',
    variant: 'big-lock',
    bug: undefined,
    title: 'The clock ends a call, and its server still has it',
    story:
      'The thread that serves the call is not noted to serve nobody. Its reply, late, ends whatever the caller waits for by then.',
    origin: 'classic: a pointer that is not cleared',
    edits: [
      {
        file: bigLock,
        from: `    if (kind === For.reply) yield store(threadOf(kernel, yield load(theirs.server, 'plain')).serves, gone, 'plain');
`,
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'outer-limit-of-a-longer-wait',
    variant: 'big-lock',
    bug: undefined,
    title: 'The longer of two limits counts',
    story: 'A call within a call has its own timeout, or its caller’s, whichever is longer.',
    origin: 'the minimum of two, the wrong way',
    edits: [
      {
        file: bigLock,
        from: 'Math.max(asked, outer) : Math.min(asked, outer)',
        to: 'Math.max(asked, outer) : Math.max(asked, outer)',
      },
    ],
    killedBy: 'progress',
  },
]);
