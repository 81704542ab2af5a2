import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/spinlock.ts';

/** The spin lock by test-and-set, on which the kernel stands too. */
export default exhibit('sync/spinlock', [
  {
    name: 'unmasks-before-release',
    variant: 'test-and-set',
    bug: undefined,
    title: 'release turns interrupts on before it clears the lock',
    story:
      'A thread that was preempted runs again and releases its own lock, but turns interrupts on one step too early. The timer strikes in between, and its handler wants the same lock, on the same core. It would spin for ever on a lock that only the interrupted code can release.',
    origin: 'classic; xv6 spinlock.c: pop_off() comes after the lock is cleared',
    edits: [
      {
        file,
        from: `  const holder = yield swap(lock, 0, 'release', 'spinlock.release'); // pairs with acquire; gives the holder for free
  if (holder !== me) yield panic('release: this core does not hold the lock');
  yield unmaskInterrupts();`,
        to: `  yield unmaskInterrupts();
  const holder = yield swap(lock, 0, 'release', 'spinlock.release'); // pairs with acquire; gives the holder for free
  if (holder !== me) yield panic('release: this core does not hold the lock');`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'masks-after-taking',
    variant: 'test-and-set',
    bug: undefined,
    title: 'acquire turns interrupts off only once it has the lock',
    story:
      'A thread takes a lock, and before it has turned interrupts off the timer strikes. Its handler wants the same lock, on the same core, and would spin for ever on what only the interrupted code can release.',
    origin: 'classic; xv6 spinlock.c: push_off() comes before the loop, "to avoid deadlock"',
    edits: [
      {
        file,
        from: `  yield maskInterrupts(); // before the test: a handler on this core may want the same lock
`,
        to: '',
      },
      {
        file,
        from: `    if (holder === 0) return;
`,
        to: `    if (holder === 0) {
      yield maskInterrupts();
      return;
    }
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'test-then-set',
    variant: 'test-and-set',
    bug: undefined,
    title: 'acquire tests the lock and sets it in two steps',
    story:
      'Two cores look at the lock, and both find it free. Both write their number and go on, so two are inside. The first to release finds the other’s number in the lock.',
    origin: 'xv6 book, "Spinlocks": why amoswap is needed',
    edits: [
      {
        file,
        from: `    const holder = yield compareAndSwap(lock, 0, me, 'acquire', 'spinlock.acquire'); // pairs with release
    if (holder === 0) return;`,
        to: `    const holder = yield load(lock, 'acquire');
    if (holder === 0) {
      yield store(lock, me, 'relaxed');
      return;
    }`,
      },
      {
        file,
        from: `  compareAndSwap,
  coreNumber,
  maskInterrupts,`,
        to: `  coreNumber,
  load,
  maskInterrupts,`,
      },
      {
        file,
        from: `  type Routine,
  swap,`,
        to: `  type Routine,
  store,
  swap,`,
      },
    ],
    killedBy: 'faultless',
  },
]);
