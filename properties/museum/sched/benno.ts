import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'benno';
const file = 'impl/sched/benno.ts';
const dispatcher = 'impl/sched/dispatcher.ts';
const messages = 'impl/sched/messages.ts';
const placement = 'impl/sched/placement.ts';
const queue = 'impl/sched/queue.ts';

const nobodyAbove = `  return !(yield* isAnyAbove(kernel, here, yield load(thread.priority, 'plain')));
`;
const reinserts = `  if (wasQueued) yield* insert(kernel, core, target);
`;
const takesOut = `    yield* remove(kernel, core, first);
    return first;
`;
const mayRunHere = `  if (!has(yield load(thread.mask, 'plain'), here)) return false;
`;
const nobodyMovesUs = `  if ((yield load(threadOf(kernel, self.id).awaitedBy, 'plain')) !== 0) return false; // somebody waits until we are put away
`;
const clearsOwn = `  yield store(threadOf(kernel, to).slice, slice, 'plain');
  yield store(mine.slice, 0, 'plain');
`;
const returnsSlice = `    yield store(caller.slice, slice, 'plain');
    yield store(mine.slice, self.id + 1, 'plain');
    yield tracepoint('slice returned', slice - 1 + 16 * to);
`;
const lends = `      yield* lend(self, kernel, target);
`;
const behind = `  yield store(last === 0 ? firstCaller : threadOf(kernel, last - 1).nextCaller, self.id + 1, 'plain');
`;
const urgent = `  if (current < 0 || priority > (yield load(threadOf(kernel, current).priority, 'plain'))) {
`;
const forgets = `  if (awaitedBy !== 0) yield store(thread.awaitedBy, 0, 'plain');
`;
const looksAgain = `    if (yield* isAnyAbove(kernel, core, -1)) {
      yield* unlock(kernel, other);
      return -1;
    }
`;

/** Calls with a direct switch, time slices that are lent, and priorities. */
export default exhibit('sched/benno', [
  {
    name: 'blocked-and-queued',
    variant,
    bug: 'MULTICORE-SCHED-05',
    title: 'Running thread enqueued though blocked',
    story:
      'Whoever gives its core up is put into the queue, whatever its state. The next dispatch runs a thread that waits.',
    origin: 'student fix Naplesoul 43ab639',
    edits: [{ file, from: '  *block(): Routine {},\n', to: '  block: insert,\n' }],
    killedBy: 'runs-once',
  },
  {
    name: 'ranked-and-queued',
    variant,
    bug: 'SEL4-IPC-07',
    title: 'setPriority enqueues an unschedulable thread',
    story:
      'A thread whose priority is changed is put into the queue of its new priority, whether it stood in one or not. It runs, or is blocked.',
    origin: 'seL4 f1113460b',
    edits: [{ file: placement, from: reinserts, to: '  yield* insert(kernel, core, target);\n' }],
    killedBy: 'holds',
  },
  {
    name: 'more-urgent-passed-over',
    variant,
    bug: 'L4-IPC-05',
    title: 'Direct switch ignores a higher-priority ready thread',
    story:
      'The caller gives its core to whom it calls, without a look at who else waits. Somebody more urgent does, and waits on.',
    origin: 'seed 004, the disadvantage of direct switches',
    edits: [{ file: messages, from: nobodyAbove, to: '  return thread.core >= 0;\n' }],
    killedBy: 'most-urgent',
  },
  {
    name: 'chosen-and-kept',
    variant,
    bug: undefined,
    title: 'Who is chosen stays in the queue',
    story: 'The queue then holds the thread that runs too, and when that blocks, one that cannot.',
    origin: 'Benno scheduling by half',
    edits: [{ file, from: takesOut, to: '    return first;\n' }],
    killedBy: 'holds',
  },
  {
    name: 'preempted-is-forgotten',
    variant,
    bug: undefined,
    title: 'Who has to give way is not put into the queue',
    story: 'Insertion was saved where it is all there is: nobody remembers the thread.',
    origin: 'Benno scheduling by half',
    edits: [{ file, from: '  interrupt: insert,\n', to: '  *interrupt(): Routine {},\n' }],
    killedBy: 'progress',
  },
  {
    name: 'called-to-a-forbidden-core',
    variant,
    bug: undefined,
    title: 'A direct switch does not ask where the other may run',
    story: 'The server may run on another core only. It is given the caller’s.',
    origin: 'classic: the fast path leaves a test out',
    edits: [{ file: messages, from: mayRunHere, to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'switched-away-unseen',
    variant,
    bug: undefined,
    title: 'A thread that is to be moved leaves by a direct switch',
    story:
      'Somebody waits until the caller has left its core. It leaves by a direct switch, where nobody puts it away, and so nobody tells of it.',
    origin: 'classic: the fast path leaves a test out',
    edits: [{ file: messages, from: nobodyMovesUs, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'slice-copied',
    variant,
    bug: undefined,
    title: 'A time slice is copied, not lent',
    story: 'The caller keeps the slice on which the server runs, and so does the server when it has answered.',
    origin: 'classic of donated budgets',
    edits: [{ file: messages, from: clearsOwn, to: `  yield store(threadOf(kernel, to).slice, slice, 'plain');\n` }],
    killedBy: 'slices',
  },
  {
    name: 'slice-kept',
    variant,
    bug: undefined,
    title: 'A time slice is not given back',
    story: 'The server has answered, and still runs on the slice of its client, which has none.',
    origin: 'seL4 MCS, a scheduling context that does not come back',
    edits: [{ file: messages, from: returnsSlice, to: `    yield store(caller.slice, slice, 'plain');\n` }],
    killedBy: 'slices',
  },
  {
    name: 'nothing-lent',
    variant,
    bug: undefined,
    title: 'The server runs on its own time',
    story: 'The caller waits with what is left of its slice, and the server pays for it.',
    origin: 'the donation left out',
    edits: [{ file: messages, from: lends, to: '' }],
    killedBy: 'lends',
  },
  {
    name: 'never-direct',
    variant,
    bug: undefined,
    title: 'Every call goes through the dispatcher',
    story: 'The server is made ready and waits for its turn, behind whoever else waits.',
    origin: 'the direct switch left out',
    edits: [{ file: messages, from: nobodyAbove, to: '  return false;\n' }],
    killedBy: 'straight',
  },
  {
    name: 'reply-passes-a-request',
    variant,
    bug: undefined,
    title: 'A server that has more to do waits',
    story:
      'Who answers and waits for the next call switches to the caller, though the next call is there. Nobody tells it again.',
    origin: 'classic: the test before the sleep left out',
    edits: [
      { file: messages, from: 'if (!isNextHere && (yield* maySwitch', to: 'if (locked.here >= 0 && (yield* maySwitch' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'last-caller-first',
    variant,
    bug: undefined,
    title: 'Callers are not taken in turn',
    story: 'Who calls puts itself before those whose calls have not been taken yet.',
    origin: 'a stack for a queue',
    edits: [
      {
        file: messages,
        from: behind,
        to: `  yield store(nextCaller, yield load(firstCaller, 'plain'), 'plain');
  yield store(firstCaller, self.id + 1, 'plain');
`,
      },
    ],
    killedBy: 'in-order',
  },
  {
    name: 'caller-lost',
    variant,
    bug: undefined,
    title: 'The last caller is remembered when it has been taken',
    story:
      'The list of callers is empty, but its end still names the last one. The next caller is linked behind it, and lost.',
    origin: 'classic of lists',
    edits: [{ file: messages, from: `  if (next === 0) yield store(lastCaller, 0, 'plain');\n`, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'nobody-disturbed',
    variant,
    bug: undefined,
    title: 'A more urgent thread waits until the core is free',
    story: 'Who wakes it looks only for a core that has nothing to do. On its own somebody less urgent goes on.',
    origin: 'no preemption',
    edits: [{ file: dispatcher, from: urgent, to: '  if (current < 0) {\n' }],
    killedBy: 'gives-way',
  },
  {
    name: 'lowered-and-stays',
    variant,
    bug: undefined,
    title: 'A thread that is made less urgent goes on',
    story: 'Its priority changes, and nobody looks whether it should still be the one that runs.',
    origin: 'seL4, setPriority of the current thread',
    edits: [
      {
        file: placement,
        from: '  if (state === State.running && (yield* isAnyAbove(kernel, core, priority))) mustGiveWay = yield* disturb(core);\n',
        to: '',
      },
    ],
    killedBy: 'gives-way',
  },
  {
    name: 'ranked-in-the-wrong-list',
    variant,
    bug: undefined,
    title: 'A thread’s priority changes while it stands in a queue',
    story: 'It stays in the list of its old priority, and is taken out of that of the new one.',
    origin: 'classic',
    edits: [
      { file: placement, from: reinserts, to: '' },
      { file: placement, from: '  if (wasQueued) yield* remove(kernel, core, target);\n', to: '' },
      { file: placement, from: '  const wasQueued = yield* isQueued(kernel, target);\n', to: '' },
      { file: placement, from: 'insert, isAnyAbove, isQueued, place, remove', to: 'isAnyAbove, place' },
    ],
    killedBy: 'most-urgent',
  },
  {
    name: 'list-not-joined',
    variant,
    bug: undefined,
    title: 'The neighbour before is not told of the one behind',
    story: 'A thread in the midst of a list is taken out, and the one before it still points there.',
    origin: 'classic of lists',
    edits: [
      {
        file: queue,
        from: "(previous === 0 ? (queue.first[priority] as number) : threadOf(kernel, previous - 1).next, next, 'plain')",
        to: "(queue.first[priority] as number, next, 'plain')",
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'mover-told-again',
    variant,
    bug: undefined,
    title: 'Whoever waited for a thread to move is told whenever it leaves a core',
    story:
      'The thread has left the core, and still remembers who waited for that. It leaves the next one to let others run, and tells again: the next change of its affinity is answered before it has moved.',
    origin: 'our own: an unseen mutant that survived',
    edits: [{ file: dispatcher, from: forgets, to: '' }],
    killedBy: 'moved-in-time',
  },
  {
    name: 'own-queue-not-looked-at-again',
    variant,
    bug: undefined,
    title: 'A core takes another’s thread though one has come to its own queue',
    story:
      'The core lets its lock go to take both. In between somebody urgent is woken there. Nobody looks again, and one who is less urgent is fetched from the other core and run.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      { file: dispatcher, from: looksAgain, to: '' },
      {
        file: dispatcher,
        from: 'import { isAnyAbove, isQueued, leave, place }',
        to: 'import { isQueued, leave, place }',
      },
    ],
    killedBy: 'most-urgent',
  },
]);
