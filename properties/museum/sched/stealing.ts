import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/stealing.ts';
const pool = 'impl/sched/pool.ts';
const calls = 'impl/sched/pool.calls.ts';
const variant = 'stealing';

const secondSearch = `      next = yield* takeFor(kernel, core);
      if (next < 0) {
        yield tracepoint('goes to sleep', core);`;
const announces = `      yield store(asleep, 1, 'relaxed');
      yield tracepoint('about to sleep', core);
      yield fence('seq_cst', 'pool.asleep'); // before the second search: pairs with addToPool
`;

/** A deque for each core; and how a core passes from one thread to the next, whatever the pool is. */
export default exhibit('sched/stealing', [
  {
    name: 'sleeps-after-one-look',
    variant,
    bug: 'MULTICORE-SCHED-15',
    title: 'Idle core sleeps beside work',
    story:
      'A core looks for work, finds none, says that it is idle and sleeps. Work came between the look and the saying: whoever brought it saw a core that was busy, and told nobody.',
    origin: 'classic: need_resched set between the check and the halt',
    edits: [
      {
        file: pool,
        from: secondSearch,
        to: `      if (next < 0) {
        yield tracepoint('goes to sleep', core);`,
      },
    ],
    killedBy: 'work-conserving',
  },
  {
    name: 'says-it-late',
    variant,
    bug: undefined,
    title: 'A core says that it is idle after its last search',
    story: 'Both searches come first, and then the mark. It is the same gap, a little later.',
    origin: 'classic: look, then announce, where it must be the other way round',
    edits: [
      { file: pool, from: announces, to: '' },
      {
        file: pool,
        from: secondSearch,
        to: `      next = yield* takeFor(kernel, core);
${announces}      if (next < 0) {
        yield tracepoint('goes to sleep', core);`,
      },
    ],
    killedBy: 'work-conserving',
  },
  {
    name: 'says-it-without-fence',
    variant,
    bug: undefined,
    title: 'A core says that it is idle and looks, without a fence between',
    story:
      'The mark waits in the store buffer while the core searches. Whoever brings work meanwhile sees a core that is busy, and the search saw nothing.',
    origin: 'Linux: smp_mb between set_current_state and the test; the shape of Dekker',
    edits: [
      {
        file: pool,
        from: `      yield fence('seq_cst', 'pool.asleep'); // before the second search: pairs with addToPool
`,
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'tells-nobody',
    variant,
    bug: undefined,
    title: 'Idle cores are not interrupted',
    story:
      'A thread becomes ready on a busy core. Others sleep and could run it, and nobody tells them: it waits until its own core has time.',
    origin: 'work stealing without wakeups',
    edits: [
      {
        file: pool,
        from: `    yield sendInterrupt(other, 'pool.tell');
    yield tracepoint('told to look', other);
`,
        to: '',
      },
    ],
    killedBy: 'work-conserving',
  },
  {
    name: 'idle-unmasked',
    variant,
    bug: undefined,
    title: 'Interrupts are on between the search and the idle instruction',
    story:
      'The interrupt that brings work comes just before the core halts. It is taken at once, and does nothing, and the core halts.',
    origin: 'classic: sti; hlt with something between',
    edits: [
      {
        file: pool,
        from: `        yield tracepoint('goes to sleep', core);
        yield idle();
        yield tracepoint('is awake', core);`,
        to: `        yield tracepoint('goes to sleep', core);
        yield unmaskInterrupts();
        yield idle();
        yield maskInterrupts();
        yield tracepoint('is awake', core);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'told-as-it-dispatches',
    variant,
    bug: undefined,
    title: 'The interrupt for a thread strikes the dispatcher that is about to run it',
    story:
      'A core has taken a thread and has yet to switch to it, with interrupts on. Another changes the mask of the thread, finds it on that core and interrupts it. The handler finds the dispatcher and does nothing; the thread runs where it may not, and the other waits for as long as it likes.',
    origin: 'our own, found by reading a story of a mutant',
    edits: [
      {
        file: pool,
        from: `    if (next >= 0) return next;
    yield unmaskInterrupts(); // what ended \`idle\` strikes here
`,
        to: `    yield unmaskInterrupts();
    if (next >= 0) return next;
`,
      },
      {
        file: pool,
        from: `  yield unmaskInterrupts(); // as the dispatcher has left them: what was meant for us strikes now
`,
        to: '',
      },
      {
        file: pool,
        from: `  yield unmaskInterrupts(); // as the dispatcher has left them
`,
        to: '',
      },
    ],
    killedBy: 'leaves-soon',
  },
  {
    name: 'no-balance',
    variant,
    bug: undefined,
    title: 'Nobody steals',
    story: 'Each core runs what is in its own deque. One has three threads and the other none, and sleeps.',
    origin: 'per-core queues without balancing: what seed 004 warns of',
    edits: [
      { file, from: `    for (let i = 1; i < queues.cores.length; i++) {`, to: `    for (let i = 1; i < 1; i++) {` },
    ],
    killedBy: 'work-conserving',
  },
  {
    name: 'gives-up-at-the-first-pinned',
    variant,
    bug: 'MULTICORE-SCHED-17',
    title: 'Pinned tasks make balancing loop or give up',
    story:
      'The first thread in the busy core’s inbox may run there only. The idle core looks at it, finds that it may not have it, and gives up. The second could come, and never does.',
    origin: 'Linux LBF_ALL_PINNED and LBF_SOME_PINNED (6263322c5e8f)',
    edits: [
      {
        file,
        from: `  for (let at = 0; at < waiting; at++) {`,
        to: `  for (let at = 0; at < (found >= 0 || from === core ? waiting : 1); at++) {`,
      },
    ],
    killedBy: 'work-conserving',
  },
  {
    name: 'next-victim-only',
    variant,
    bug: undefined,
    title: 'A thief looks at its neighbour only',
    story: 'The idle core looks into the deque of the next core and no further. The work is in the one behind it.',
    origin: 'classic: one random victim, and then to sleep',
    edits: [{ file, from: `i < queues.cores.length; i++`, to: `i < Math.min(2, queues.cores.length); i++` }],
    killedBy: 'work-conserving',
  },
  {
    name: 'steals-first',
    variant,
    bug: undefined,
    title: 'A core steals before it looks at its own',
    story:
      'The core takes from another core’s deque though its own has threads. All of them move about, and nobody gains.',
    origin: 'classic: the victim loop begins at 0',
    edits: [
      {
        file,
        from: `    const own = yield* takeOwn(queues, core);
    if (own >= 0) return own;
`,
        to: '',
      },
      {
        file,
        from: `    return -1;
  },
});`,
        to: `    return yield* takeOwn(queues, core);
  },
});`,
      },
    ],
    killedBy: 'own-first',
  },
  {
    name: 'mask-not-looked-at',
    variant,
    bug: undefined,
    title: 'A thief does not look at the mask',
    story:
      'A thread waits in a deque, and somebody restricts it. A core that it may not use steals it and runs it there.',
    origin: 'Linux can_migrate_task without the test of cpus_ptr',
    edits: [
      {
        file: pool,
        from: `    if (has(yield load(mask, 'seq_cst', 'pool.mask'), core)) {`,
        to: `    if ((yield load(mask, 'seq_cst')) >= 0) {`,
      },
    ],
    killedBy: 'mask',
  },
  {
    name: 'left-in-silence',
    variant,
    bug: undefined,
    title: 'A thread has left its core, and who waits for that is not told',
    story:
      'The thread gives its core up and is put away. Whoever has changed its mask waits for that, and hears nothing.',
    origin: 'classic: a wakeup forgotten',
    edits: [
      {
        file: pool,
        from: `  yield* readyWhoAwaits(kernel, id);
  yield* release(kernel.lock);
}

/** Puts a thread that is ready`,
        to: `  yield* release(kernel.lock);
}

/** Puts a thread that is ready`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'in-the-deque-too-soon',
    variant,
    bug: undefined,
    title: 'A thread is in the deque before its registers are saved',
    story:
      'The thread that gives its core up puts itself into the deque and then switches. A thief takes it in between, and resumes a context that still runs.',
    origin: 'Linux: on_cpu, and try_to_wake_up waiting for it; SLEEP-WAKEUP-09 is its like',
    edits: [
      {
        file: pool,
        from: `  if ((yield load(waiting, 'plain')) === Waiting.no) yield* addToPool(kernel, core, id);
`,
        to: '',
      },
      {
        file: pool,
        from: `  const { on, waiting } = threadOf(kernel, id);`,
        to: `  const { on } = threadOf(kernel, id);`,
      },
      {
        file: pool,
        from: `  yield switchTo(self.table.threads.length + (yield coreNumber()));`,
        to: `  const here = yield coreNumber();
  if (waiting === Waiting.no) yield* addToPool(kernel, here, self.id);
  yield switchTo(self.table.threads.length + here);`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'let-go-too-soon',
    variant,
    bug: undefined,
    title: 'The kernel’s lock is let go before the thread is put away',
    story:
      'The thread says that it waits, lets the lock go and switches. Somebody wakes it in between and puts it into a deque, and another core resumes a context that still runs.',
    origin: 'xv6: sched() keeps p->lock for this reason',
    edits: [
      {
        file: pool,
        from: `  yield switchTo(self.table.threads.length + (yield coreNumber()));`,
        to: `  yield* release(kernel.lock);
  yield maskInterrupts();
  yield switchTo(self.table.threads.length + (yield coreNumber()));`,
      },
      {
        file: pool,
        from: `  const { on, waiting } = threadOf(kernel, id);
`,
        to: `  const { on, waiting } = threadOf(kernel, id);
  yield* acquire(kernel.lock);
  yield unmaskInterrupts();
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'the-gone-are-woken',
    variant,
    bug: undefined,
    title: 'A wake makes somebody ready who is gone',
    story:
      'Whoever has nothing more to run waits for ever. A wake makes it ready all the same, and a core runs it behind its end.',
    origin: 'classic: a state that is not told from another',
    edits: [
      {
        file: pool,
        from: `if ((yield load(waiting, 'plain')) !== Waiting.yes) return;`,
        to: `if ((yield load(waiting, 'plain')) === Waiting.no) return;`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'inbox-without-lock',
    variant,
    bug: undefined,
    title: 'A thread is taken from an inbox without its lock',
    story:
      'A core looks through its own inbox and thinks that it is alone. A thief looks through it too, and both take the same thread.',
    origin: 'classic: own is not private',
    edits: [
      {
        file,
        from: `  yield* acquire(lock);
  const waiting = yield load(length, 'relaxed');
  let found = -1;`,
        to: `  if (from !== core) yield* acquire(lock);
  const waiting = yield load(length, 'relaxed');
  let found = -1;`,
      },
      {
        file,
        from: `  yield* release(lock);
  return found;`,
        to: `  if (from !== core) yield* release(lock);
  return found;`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'budget-not-refilled',
    variant,
    bug: undefined,
    title: 'The time slice is not filled again',
    story:
      'The last tick of the slice is gone and the thread gives way. When it runs again it has none left, and counts on below zero.',
    origin: 'ChCore, lab 4, exercise 6; MULTICORE-SCHED-06 and -07 are its like',
    edits: [{ file: pool, from: `left > 0 ? left : kernel.sliceTicks`, to: `left` }],
    killedBy: 'slices',
  },
  {
    name: 'woken-and-not-looked-again',
    variant,
    bug: undefined,
    title: 'Who waits for a thread to leave its core looks once',
    story:
      'It is woken by somebody who knows nothing of the move, and does not look whether the thread has left. The change of affinity is answered, and the thread still runs where it may not.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: calls,
        from: `for (let core = yield* forbidden(kernel, target); core >= 0; core = yield* forbidden(kernel, target)) {`,
        to: `const core = yield* forbidden(kernel, target);
  if (core >= 0) {`,
      },
    ],
    killedBy: 'moved',
  },
]);
