import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'eager';
const file = 'impl/sched/eager.ts';
const dispatcher = 'impl/sched/dispatcher.ts';
const running = 'impl/sched/running.ts';
const placement = 'impl/sched/placement.ts';
const queue = 'impl/sched/queue.ts';
const table = 'impl/sched/table.ts';

const refusesNoCore = `  if (allowed === 0) return Failure.invalid;
`;
const counts = `  const length = (yield load(queue.length, 'relaxed')) - 1;
  yield store(queue.length, length, 'relaxed');
`;
const refills = `    yield store(slice, kernel.sliceTicks, 'plain');
`;
const masks = `    yield maskInterrupts(); // an interrupt between the search and \`idle\` must end \`idle\`, not come before it
`;
const unmasks = `    yield unmaskInterrupts(); // if it slept, it holds no lock: here what ended \`idle\` strikes
`;
const publishes = `    yield store(mine.asleep, 1, 'seq_cst', 'scheduler.asleep'); // before the search: pairs with offer, which looks the other way round
`;
const pulls = `    const pulled = yield* pull(kernel, core);
`;
const announces = `  return yield* announce(kernel, to, id);
`;
const offersOthers = `    yield* offerOthers(kernel, core, next);
`;
const mayHave = `        if (has(allowed, where) && has(allowed, core)) return at - 1; // one that may not stay is being moved already
`;

/** Queues, time slices, cores that have nothing to do. The same code serves the lazy scheduler and Benno's. */
export default exhibit('sched/eager', [
  {
    name: 'no-core-accepted',
    variant,
    bug: 'MULTICORE-SCHED-01',
    title: 'Negative affinity accepted: kernel panic',
    story:
      'The set of cores that is asked for is not compared with those that there are. A thread may then run on none, and whoever puts it away looks for the first core of an empty set.',
    origin: 'ChCore course source, sys_set_affinity: only what is too large is refused',
    edits: [{ file: placement, from: refusesNoCore, to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'stays-where-it-blocked',
    variant,
    bug: 'MULTICORE-SCHED-02',
    title: 'Affinity ignored while the FPU is lazy-owned elsewhere',
    story:
      'A thread that is blocked when its mask is changed still belongs to the core where it ran last. When it is woken it is queued there, whatever the mask says.',
    origin: 'ChCore course source, get_cpubind: the core that has its registers comes before its affinity',
    edits: [
      {
        file: placement,
        from: '  if (state !== State.running) {\n',
        to: `  if (state > State.running) {
    yield* unlockBoth(kernel, home, to);
    return 0;
  }
  if (state !== State.running) {
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'length-not-decremented',
    variant,
    bug: 'MULTICORE-SCHED-03',
    title: 'queue_len not decremented',
    story:
      'Who is taken out of a queue is still counted in its length. The queue seems ever longer, and cores that have nothing to do look for work where there is none.',
    origin: 'ChCore course source, lab 4 exercise 3: only list_del is done',
    edits: [{ file: queue, from: counts, to: counts.replace(' - 1', '') }],
    killedBy: 'holds',
  },
  {
    name: 'length-of-the-wrong-core',
    variant,
    bug: 'MULTICORE-SCHED-04',
    title: 'Length decremented on the wrong CPU',
    story:
      'The length that is decremented is that of the core which does it, not of the one whose queue it is. When a thread is taken from another core, both lengths are wrong from then on.',
    origin: 'ChCore course source, lab 4 exercise 3: the current core for the thread’s',
    edits: [
      {
        file: queue,
        from: counts,
        to: `  const mine = coreOf(kernel, yield coreNumber()).length;
  const length = (yield load(mine, 'relaxed')) - 1;
  yield store(mine, length, 'relaxed');
`,
      },
      { file: queue, from: 'import { load, ', to: 'import { coreNumber, load, ' },
    ],
    killedBy: 'holds',
  },
  {
    name: 'slice-not-refilled',
    variant,
    bug: 'MULTICORE-SCHED-06',
    title: 'Budget not refilled',
    story:
      'A thread whose time slice is used up goes to the end of the queue with nothing left. From then on each tick ends its turn.',
    origin: 'ChCore course source, lab 4 exercise 6, omitted',
    edits: [{ file: running, from: refills, to: `    yield store(slice, left, 'plain');\n` }],
    killedBy: 'slices',
  },
  {
    name: 'slice-underflow',
    variant,
    bug: 'MULTICORE-SCHED-07',
    title: 'Budget underflow',
    story:
      'The tick is charged without a look at what is left, and a turn is over only when exactly nothing is. A slice that has once gone below is never used up again: the thread is never preempted.',
    origin: 'ChCore course source: the timer decrements without a test; the reference code asserts',
    edits: [
      { file: running, from: refills, to: `    yield store(slice, left, 'plain');\n` },
      { file: running, from: '  if (left > 0) {\n', to: '  if (left !== 0) {\n' },
    ],
    killedBy: 'slices',
  },
  {
    name: 'asleep-with-interrupts-on',
    variant,
    bug: undefined,
    title: 'Idle core sleeps beside work',
    story:
      'A core that has found no work takes interrupts until it halts. The one that tells it of work comes between, does nothing, and the core halts.',
    origin: 'classic: the race of need_resched and idle',
    edits: [
      { file: dispatcher, from: masks, to: '' },
      { file: dispatcher, from: unmasks, to: '' },
    ],
    killedBy: 'work-conserving',
  },
  {
    name: 'moved-and-not-told',
    variant,
    bug: 'SEL4-IPC-03',
    title: 'Remote affinity change without reschedule',
    story:
      'A thread that waits is moved to the queue of another core, and that core is not told. If it sleeps, it sleeps on.',
    origin: 'seL4 b0bdaf9f5',
    edits: [{ file: dispatcher, from: announces, to: '  return false;\n' }],
    killedBy: 'progress',
  },
  {
    name: 'yields-to-itself',
    variant,
    bug: 'SEL4-IPC-08',
    title: 'yieldTo resumes the caller first',
    story:
      'Who yields keeps its place before the others of its priority, and is the next to run. Nobody was yielded to.',
    origin: 'seL4 6611cff6c',
    edits: [
      {
        file: running,
        from: 'const core = yield* giveTurn(self, kernel, yield* lockThisCore(kernel), true);',
        to: 'const core = yield* giveTurn(self, kernel, yield* lockThisCore(kernel), false);',
      },
    ],
    killedBy: 'takes-turns',
  },
  {
    name: 'in-two-queues',
    variant,
    bug: 'SEL4-IPC-13',
    title: 'Thread blocked and in the release queue',
    story:
      'A core that takes a thread from the queue of another puts it into its own, and leaves it in the other too: one thread in two queues, whose links are the same words.',
    origin: 'seL4, VGIC on MCS: c64867ebd and two later fixes',
    edits: [{ file: dispatcher, from: '      yield* leave(kernel, other, found);\n', to: '' }],
    killedBy: 'holds',
  },
  {
    name: 'blocked-stays-queued',
    variant,
    bug: undefined,
    title: 'Who blocks stays in an eager queue',
    story:
      'Nobody takes a thread that blocks out of the queue, and the dispatcher does not look at its state: it runs.',
    origin: 'lazy scheduling by half',
    edits: [{ file, from: '  block: remove,\n', to: '  *block(): Routine {},\n' }],
    killedBy: 'runs-once',
  },
  {
    name: 'published-after-the-search',
    variant,
    bug: undefined,
    title: 'A core says that it sleeps after it has looked for work',
    story:
      'Whoever makes a thread wait between the search and the word that says asleep sees a core that is busy, and does not tell it.',
    origin: 'classic (semantics, section 22: publish, then look again)',
    edits: [
      { file: dispatcher, from: pulls, to: '' },
      { file: dispatcher, from: publishes, to: pulls + publishes },
    ],
    killedBy: 'work-conserving',
  },
  {
    name: 'others-not-offered',
    variant,
    bug: undefined,
    title: 'Who waits behind another is offered to nobody',
    story:
      'A core is told of two threads, or takes a more urgent one. The other waits behind it, and no core that sleeps is told that it could run it.',
    origin: 'classic: Linux, push_rt_task after a preemption',
    edits: [{ file: dispatcher, from: offersOthers, to: '' }],
    killedBy: 'work-conserving',
  },
  {
    name: 'pulls-whom-it-may-not',
    variant,
    bug: undefined,
    title: 'A core takes a thread that it may not run',
    story: 'Balancing looks for a thread that waits, and not at the mask of it.',
    origin: 'classic: can_migrate_task left out',
    edits: [{ file: dispatcher, from: mayHave, to: '        if (has(allowed, core)) return at - 1;\n' }],
    killedBy: 'mask',
  },
  {
    name: 'pulls-who-runs',
    variant,
    bug: undefined,
    title: 'A core takes a thread that runs on another',
    story: 'Who runs stands in the queue too. A core without work takes it from there, and two run one thread.',
    origin: 'classic: task_running not asked',
    edits: [
      {
        file: dispatcher,
        from: "if ((yield load(state, 'plain')) === State.ready) {",
        to: "if ((yield load(state, 'plain')) <= State.running) {",
      },
    ],
    killedBy: 'runs-once',
  },
  {
    name: 'locked-once-looked-once',
    variant,
    bug: undefined,
    title: 'A thread’s core is locked, and not looked at again',
    story:
      'Between the look at which core a thread belongs to and the lock of that core it moves. What follows is done under a lock that does not guard it.',
    origin: 'classic: task_rq_lock without its loop',
    edits: [
      {
        file: table,
        from: "    if ((yield load(thread.core, 'relaxed')) === core) return core;\n",
        to: '    return core;\n',
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'own-core-first',
    variant,
    bug: undefined,
    title: 'Each locks its own core first',
    story: 'Two cores that need each other’s locks each hold their own, and wait for the other for ever.',
    origin: 'classic: double_rq_lock without an order',
    edits: [
      {
        file: table,
        from: '  yield* acquire(coreOf(kernel, Math.min(one, other)).lock);\n  if (one !== other) yield* acquire(coreOf(kernel, Math.max(one, other)).lock);\n',
        to: '  yield* acquire(coreOf(kernel, one).lock);\n  if (one !== other) yield* acquire(coreOf(kernel, other).lock);\n',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'awake-for-anything',
    variant,
    bug: undefined,
    title: 'A reply wakes who waits for something else',
    story: 'Who stores what a thread may wait for makes it ready without a look at what it waits for.',
    origin: 'classic: one sleep for all reasons',
    edits: [
      {
        file: dispatcher,
        from: "const isAwaited = (yield load(threadOf(kernel, id).state, 'plain')) === state;",
        to: "const isAwaited = (yield load(threadOf(kernel, id).state, 'plain')) >= Math.min(State.awaitsWake, state);",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'told-its-mover-and-goes-on',
    variant,
    bug: undefined,
    title: 'Who tells its mover that it stays does not give way to it',
    story:
      'The mover has come to the same core meanwhile, and is more urgent. It is made ready by the thread that was to move, which goes on: it had looked for somebody more urgent before.',
    origin: 'was in ours, found by a reviewer',
    edits: [
      {
        file: running,
        from: ' && (yield* tellMoved(kernel, awaitedBy))) yield* giveWay(self, kernel); // to one of those',
        to: ') yield* tellMoved(kernel, awaitedBy);',
      },
    ],
    killedBy: 'gives-way',
  },
  {
    name: 'interrupted-in-vain',
    variant,
    bug: undefined,
    title: 'Who is interrupted in vain offers nobody',
    story:
      'Somebody was woken to take a core, and nobody else was told. Before the interrupt strikes the thread there is made more urgent. It goes on; the one that was woken waits, beside a core that sleeps.',
    origin: 'was in ours, found by a reviewer',
    edits: [
      {
        file: running,
        from: `    else yield* offerOthers(kernel, core, self.id); // somebody was to have this core, and is not to have it any more
`,
        to: '',
      },
    ],
    killedBy: 'work-conserving',
  },
]);
