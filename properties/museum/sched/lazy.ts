import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'lazy';
const file = 'impl/sched/lazy.ts';
const dispatcher = 'impl/sched/dispatcher.ts';
const running = 'impl/sched/running.ts';
const placement = 'impl/sched/placement.ts';
const queue = 'impl/sched/queue.ts';
const messages = 'impl/sched/messages.ts';

const looksAtState = `      if ((yield load(threadOf(kernel, first).state, 'plain')) === State.ready) return first;
`;
const putsBack = `    if (wasQueued) yield* remove(kernel, core, id);
    yield* insert(kernel, core, id, isLast);
`;
const skips = `      yield tracepoint('skipped blocked thread', place(first, core, priority));
      yield* remove(kernel, core, first);
`;
const clears = `  if (next === 0 && previous === 0) {
    yield store(queue.occupied, (yield load(queue.occupied, 'plain')) & ~(1 << priority), 'plain');
  }
`;
const waitsForMove = `  else yield* waitFor(self, kernel, threadOf(kernel, self.id).moved, State.awaitsMove);
`;
const forbidden = `  if (!has(yield load(thread.mask, 'plain'), core)) {
    core = yield* giveTurn(self, kernel, core, true); // whoever puts it away moves it, and tells who waits for that
  } else {
`;
const tellsAnyway = `    awaitedBy = yield load(thread.awaitedBy, 'plain'); // it may stay after all: somebody has changed the mask again
`;
const movesAway = `  if (!has(yield load(thread.mask, 'plain'), core)) yield* moveAway(kernel, core, id);
`;

/** Blocked threads in the queue, and threads that move. */
export default exhibit('sched/lazy', [
  {
    name: 'blocked-dispatched',
    variant,
    bug: 'L4-IPC-01',
    title: 'Lazy scheduling: blocked thread dispatched',
    story:
      'The dispatcher takes the head of the queue without a look at its state. It has been blocked since its call.',
    origin: 'Liedtke’s scheme without the test of the state',
    edits: [{ file, from: looksAtState, to: '      if (first >= 0) return first;\n' }],
    killedBy: 'runs-once',
  },
  {
    name: 'preempted-and-nowhere',
    variant,
    bug: 'L4-IPC-03',
    title: 'Running thread missing from the queue when preempted',
    story:
      'A thread that was reached by a direct switch need not be in the queue. When the timer takes its core away it is not put there either, and never runs again.',
    origin: 'classic error of direct switches',
    edits: [
      {
        file,
        from: putsBack,
        to: `    if (!wasQueued) return;
    yield* remove(kernel, core, id);
    yield* insert(kernel, core, id, isLast);
`,
      },
    ],
    killedBy: 'holds',
  },
  {
    name: 'skipped-and-left',
    variant,
    bug: 'L4-IPC-04',
    title: 'Unbounded dispatch time through stale entries',
    story:
      'The dispatcher steps over blocked threads and leaves them where they are. Each dispatch passes all of them again, with interrupts off.',
    origin: 'Elphinstone and Heiser, SOSP 2013: why Benno scheduling',
    edits: [
      {
        file,
        from: `      const first = yield* firstOf(kernel, core, priority);
${looksAtState}${skips}`,
        to: `      for (let above = priority; above >= 0; above--) {
        let at = yield load(coreOf(kernel, core).first[above] as number, 'plain');
        while (at !== 0) {
          const { state, next } = threadOf(kernel, at - 1);
          if ((yield load(state, 'plain')) === State.ready) return at - 1;
          yield tracepoint('skipped blocked thread', place(at - 1, core, above));
          at = yield load(next, 'plain');
        }
      }
      return -1;
`,
      },
      { file, from: '  type Kernel,\n', to: '  coreOf,\n  type Kernel,\n' },
    ],
    killedBy: 'skipped-once',
  },
  {
    name: 'list-empty-bit-set',
    variant,
    bug: 'MULTICORE-SCHED-18',
    title: 'Run-queue pick returns list head of an empty list',
    story:
      'The bit that says that somebody of a priority is there stays when the last one leaves. The dispatcher takes the first of an empty list for a thread.',
    origin: 'CVE-2023-1077, Linux 7c4a5b89a0b5',
    edits: [{ file: queue, from: clears, to: '' }],
    killedBy: 'faultless',
  },
  {
    name: 'queued-twice',
    variant,
    bug: undefined,
    title: 'A woken thread is inserted though it is still there',
    story: 'A wake does not ask whether the thread still stands in the queue, and links it in a second time.',
    origin: 'classic of lazy queues',
    edits: [{ file, from: '  admit: insertUnlessQueued,\n', to: '  admit: insert,\n' }],
    killedBy: 'holds',
  },
  {
    name: 'eager-after-all',
    variant,
    bug: undefined,
    title: 'Who blocks is taken out at once',
    story: 'Each call takes its caller out of the queue, and each reply has to put it in again: nothing was saved.',
    origin: 'what lazy scheduling is to avoid',
    edits: [
      { file, from: '  *block(): Routine {},\n', to: '  block: remove,\n' },
      { file, from: '  *run(): Routine {},\n', to: '  run: insertUnlessQueued,\n' },
      { file, from: '  admit: insertUnlessQueued,\n', to: '  admit: insert,\n' },
      { file, from: '  holdsRunning: false,\n', to: '  holdsRunning: true,\n' },
    ],
    killedBy: 'queue-operations',
  },
  {
    name: 'answered-before-it-has-moved',
    variant,
    bug: undefined,
    title: 'setAffinity does not wait',
    story: 'The call is answered when the other core has been told. The thread runs there a little longer.',
    origin: 'sched_setaffinity(2): the thread is moved before the call returns',
    edits: [{ file: placement, from: waitsForMove, to: '' }],
    killedBy: 'moved-in-time',
  },
  {
    name: 'not-told-to-move',
    variant,
    bug: undefined,
    title: 'A thread that may not stay is not told',
    story:
      'The mask of a thread that runs is changed, and its core hears nothing of it: the caller waits until the thread gives its core up by itself.',
    origin: 'classic: set_cpus_allowed without an interrupt',
    edits: [{ file: placement, from: '    yield* disturb(home);\n', to: '' }],
    killedBy: 'gives-way',
  },
  {
    name: 'told-and-stays',
    variant,
    bug: undefined,
    title: 'Who is interrupted does not ask whether it may stay',
    story:
      'The interrupt is taken for one about priorities. Nobody more urgent waits, and the thread goes on where it is.',
    origin: 'classic',
    edits: [
      {
        file: running,
        from: forbidden,
        to: forbidden.replace("!has(yield load(thread.mask, 'plain'), core)", 'core < 0'),
      },
    ],
    killedBy: 'gives-way',
  },
  {
    name: 'mover-forgotten',
    variant,
    bug: undefined,
    title: 'Whoever wanted a thread moved is not told that it may stay',
    story:
      'One forbids a thread its core and waits until it has left. Another allows it again: the thread stays, and the first waits for ever.',
    origin: 'ours: the first draft of it',
    edits: [{ file: running, from: tellsAnyway, to: '' }],
    killedBy: 'moved-in-time',
  },
  {
    name: 'put-away-and-not-moved',
    variant,
    bug: undefined,
    title: 'A thread that may not come back is queued where it was',
    story: 'It gives the core up as it should, and then stands in the queue of the core that it had to leave.',
    origin: 'classic',
    edits: [{ file: dispatcher, from: movesAway, to: '' }],
    killedBy: 'mask',
  },
  {
    name: 'moved-twice',
    variant,
    bug: undefined,
    title: 'A thread is moved that somebody else has moved',
    story:
      'While the dispatcher lets its lock go to take that of the core where the thread is to go, another call moves it. It is moved again, out of a queue in which it is not.',
    origin: 'classic: a lock let go of in between',
    edits: [
      {
        file: dispatcher,
        from: `    if ((yield load(thread.core, 'relaxed')) !== core) {
      if (to !== core) yield* unlock(kernel, to);
      return; // somebody else has moved it
    }
`,
        to: '',
      },
    ],
    killedBy: 'runs-once',
  },
  {
    name: 'called-and-still-queued',
    variant,
    bug: undefined,
    title: 'Who is called from another core stays in the queue of its old one',
    story:
      'A direct switch takes a thread to the core of its caller. It was blocked and still stood in the queue of the core where it had waited, and stands there now while it runs: that core may run it too.',
    origin: 'a submission that no rubric caught',
    edits: [
      {
        file: messages,
        from: '    yield* leave(kernel, there, to); // it may have been left there\n',
        to: '',
      },
      {
        file: messages,
        from: "import { isAnyAbove, leave } from '#impl/sched/queue.ts';",
        to: "import { isAnyAbove } from '#impl/sched/queue.ts';",
      },
    ],
    killedBy: 'holds',
  },
  {
    name: 'old-link-in-a-new-call',
    variant,
    bug: undefined,
    title: 'Who calls again still has its link of before',
    story:
      'A call leaves in its caller’s word who came after it. When it calls again as the last one, that other seems to come after it once more, and its call is taken twice.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: messages,
        from: `  yield store(nextCaller, 0, 'plain');
`,
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'head-hides-who-is-ready',
    variant,
    bug: undefined,
    title: 'Whether anybody more urgent is there is asked of the first of each list',
    story:
      'The first of a list runs or is blocked, as it may in a lazy queue. Those behind it are ready, and are passed by.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: queue,
        from: `    let at = yield load(coreOf(kernel, core).first[above] as number, 'plain');
    while (at !== 0) {
      const { state, next } = threadOf(kernel, at - 1);
      if ((yield load(state, 'plain')) === State.ready) return true;
      at = yield load(next, 'plain');
    }
`,
        to: `    const at = yield load(coreOf(kernel, core).first[above] as number, 'plain');
    if (at !== 0 && (yield load(threadOf(kernel, at - 1).state, 'plain')) === State.ready) return true;
`,
      },
    ],
    killedBy: 'most-urgent',
  },
  {
    name: 'ranked-in-its-old-list',
    variant,
    bug: undefined,
    title: 'A blocked thread that gets another priority stays in its old list',
    story:
      'It is blocked, so its priority is only stored. But it still stands in the queue, in the list of its old priority, and is taken out of that of the new one.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: placement,
        from: `  const wasQueued = yield* isQueued(kernel, target);
`,
        to: `  const wasQueued = (yield* isQueued(kernel, target)) && (yield load(thread.state, 'plain')) <= State.running;
`,
      },
    ],
    killedBy: 'progress',
  },
]);
