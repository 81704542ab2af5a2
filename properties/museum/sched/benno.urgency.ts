import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'benno';
const messages = 'impl/sched/messages.ts';
const placement = 'impl/sched/placement.ts';
const running = 'impl/sched/running.ts';

/** Who gives way, when, and on whose time: what is asked of every scheduler, in the one that is nearest to seL4's. */
export default exhibit('sched/benno', [
  {
    name: 'moved-here-and-passed-by',
    variant,
    bug: undefined,
    title: 'Who moves a more urgent thread to its own core goes on',
    story:
      'A thread that waits is moved to the core of the one that moves it, and is more urgent. The mover goes on as if it had moved it elsewhere.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: placement,
        from: `    const mustGiveWay = yield* settle(kernel, target, home, to);
    yield* unlockBoth(kernel, home, to);
    if (mustGiveWay) yield* giveWay(self, kernel);
`,
        to: `    yield* settle(kernel, target, home, to);
    yield* unlockBoth(kernel, home, to);
`,
      },
    ],
    killedBy: 'gives-way',
  },
  {
    name: 'next-call-before-who-was-answered',
    variant,
    bug: undefined,
    title: 'Who has answered a more urgent caller takes the next call first',
    story:
      'The caller is ready and more urgent, but another call is waiting already: the server takes it, and gives way when it blocks, which may be late.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: messages,
        from: `    if (yield* makeReady(kernel, locked.there, to)) {
      yield* unlockBoth(kernel, locked.here, locked.there);
      yield* giveWay(self, kernel);
      return yield* receive(self, kernel);
    }
`,
        to: `    yield* makeReady(kernel, locked.there, to);
`,
      },
    ],
    killedBy: 'gives-way',
  },
  {
    name: 'one-interrupt-for-two',
    variant,
    bug: undefined,
    title: 'One interrupt has two reasons, and one of them is seen to',
    story:
      'A thread is told that somebody waits for it to move, and that somebody more urgent waits for its core. It need not move, tells so, and goes on.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: running,
        from: `    if (awaitedBy !== 0) yield store(thread.awaitedBy, 0, 'plain');
    const priority = yield load(thread.priority, 'plain');
    if (yield* isAnyAbove`,
        to: `    const priority = yield load(thread.priority, 'plain');
    if (awaitedBy !== 0) yield store(thread.awaitedBy, 0, 'plain');
    else if (yield* isAnyAbove`,
      },
    ],
    killedBy: 'gives-way',
  },
  {
    name: 'leaves-and-tells-nobody',
    variant,
    bug: undefined,
    title: 'A direct switch by a thread that somebody waits for',
    story:
      'The mask has been changed twice: the thread may stay after all. It leaves by a direct switch before it has told whoever waits for it to move, who waits for ever.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: messages,
        from: `  if ((yield load(threadOf(kernel, self.id).awaitedBy, 'plain')) !== 0) return false; // somebody waits until we are put away
`,
        to: `  if (!has(yield load(threadOf(kernel, self.id).mask, 'plain'), here)) return false; // we have to be put away
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'lent-slice-is-full',
    variant,
    bug: undefined,
    title: 'A slice that is lent begins anew',
    story:
      'Of the slice that the caller lends a part is used. Whom it calls gets all of it: whoever calls often enough never has to give its turn up.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: messages,
        from: `  yield store(mine.slice, 0, 'plain');
`,
        to: `  yield store(mine.slice, 0, 'plain');
  yield store(threadOf(kernel, slice - 1).ticksLeft, kernel.sliceTicks, 'plain');
`,
      },
    ],
    killedBy: 'slices',
  },
  {
    name: 'charges-who-runs',
    variant,
    bug: undefined,
    title: 'A tick is charged to who runs, not to whose slice it is',
    story: 'A server runs on the slice that its caller has lent. The timer takes the tick from the server’s own.',
    origin: 'by a reviewer who had not written the workloads',
    edits: [
      {
        file: running,
        from: `  const slice = threadOf(kernel, owner).ticksLeft;
`,
        to: `  const slice = thread.ticksLeft;
`,
      },
    ],
    killedBy: 'slices',
  },
]);
