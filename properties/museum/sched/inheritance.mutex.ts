import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/inheritance.ts';
const variant = 'inheritance';
const dropped = `  if ((yield compareAndSwap(owner, mine, 0, 'release', 'inheritance.drop')) === mine) return 0; // pairs with take
`;
const unlocked = `  if (isHolder) yield* handOver(self, kernel, mutex);
  yield* release(kernel.lock);
`;
const left = `  yield* leave(kernel.threads, list, next);
`;
const claimed = `    if ((yield compareAndSwap(owner, seen, wanted, 'acquire', 'inheritance.claim')) !== seen) continue; // it was dropped, or taken
`;

const looked = `  const awaited = yield* awaitedBy(kernel, thread);
  const on = (yield load(theirs.list, 'plain')) - 1;
`;
const uncontested = `  const { contested } = threadOf(kernel, holderIn(seen));
  yield store(contested, (yield load(contested, 'plain')) & ~(1 << mutex), 'plain');
`;

/** The owner words of the mutexes, and who waits for them. */
export default exhibit('sched/inheritance', [
  {
    name: 'dropped-after-the-look',
    variant,
    bug: 'PRIORITY-INVERSION-06',
    title: 'Slow unlock race',
    story:
      'The holder finds nobody waiting, lets the wait lock go, and clears the owner word then. In between somebody has set its bit and gone to sleep: the mutex is free, and nobody is there to wake the sleeper.',
    origin: 'Linux 27e35715df54 (2014), rtmutex: Plug slow unlock race',
    edits: [
      { file, from: dropped, to: '' },
      { file, from: '  const mine = heldBy(self.id);\n', to: '' },
      {
        file,
        from: unlocked,
        to: `  const isLast = isHolder && (yield* firstOf(listOf(kernel, mutex))) === 0;
  if (isHolder && !isLast) yield* handOver(self, kernel, mutex);
  yield* release(kernel.lock);
  if (isLast) yield store(owner, 0, 'release');
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'bit-cleared-with-a-store',
    variant,
    bug: 'PRIORITY-INVERSION-07',
    title: 'Dequeue vs unlock race on the waiters bit',
    story:
      'The timer of a waiter strikes as the mutex has been handed to it. Nobody waits any more, so the owner word is read and written back without its bit; between the two the new owner gives the mutex up. It is owned for ever.',
    origin: 'Linux dbb26055defd (2016), locking/rtmutex: Prevent dequeue vs. unlock race',
    edits: [
      {
        file,
        from: looked,
        to: `${looked}  const isOnMutex = on >= 0 && on < kernel.owners.length;
  const seen = isOnMutex ? yield load(ownerWord(kernel, on), 'relaxed') : 0;
`,
      },
      {
        file,
        from: `  if (phase === Phase.waiting && on < kernel.owners.length) yield* unclaim(kernel, on);
`,
        to: `  const isLast = isOnMutex && seen !== 0 && (yield* firstOf(listOf(kernel, on))) === 0;
  if (isLast) yield store(ownerWord(kernel, on), seen & ~1, 'relaxed');
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'ring-not-seen',
    variant,
    bug: 'PRIORITY-INVERSION-13',
    title: 'Deadlock by inheritance cycle not detected',
    story:
      'Nobody looks whether the holder waits for the caller. Two threads take two mutexes crosswise, and both sleep.',
    origin: 'classic: a chain walk without a test for cycles',
    edits: [
      { file, from: '  return at === other;\n', to: '  return at === other && thread === other;\n' },
      {
        file,
        from: '  while (at >= 0 && at !== other) at',
        to: '  while (at >= 0 && at !== other && thread === other) at',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'handed-over-in-two-steps',
    variant,
    bug: undefined,
    title: 'A mutex is free for a moment while it is handed over',
    story:
      'The owner word is cleared, then the list is seen to, and then it is set. Somebody who asks in between takes the mutex with a compare-and-swap, and there are two holders.',
    origin: 'classic',
    edits: [{ file, from: left, to: `  yield store(owner, 0, 'relaxed');\n${left}` }],
    killedBy: 'one-holder',
  },
  {
    name: 'claimed-with-a-store',
    variant,
    bug: undefined,
    title: 'The waiters bit is set with a load and a store',
    story: 'The holder drops the mutex between the two. It is then said to be held by one who has gone.',
    origin: 'as PRIORITY-INVERSION-07, where the bit is set',
    edits: [{ file, from: claimed, to: `    yield store(owner, wanted, 'relaxed');\n` }],
    killedBy: 'progress',
  },
  {
    name: 'nobody-is-said-to-wait',
    variant,
    bug: undefined,
    title: 'Who waits does not say so',
    story: 'The bit is not set. The holder gives the mutex up by the fast path, and the waiter sleeps on.',
    origin: 'classic: the lost wakeup of a fast path',
    edits: [{ file, from: 'heldBy(self.id) : seen | 1;', to: 'heldBy(self.id) : seen;' }],
    killedBy: 'progress',
  },
  {
    name: 'anybody-unlocks',
    variant,
    bug: undefined,
    title: 'A mutex is given up by one who does not hold it',
    story: 'Nobody asks who holds the mutex. Whoever gives it up hands it to the next, and there are two holders.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `  const isHolder = holderIn(yield load(owner, 'relaxed')) === self.id;\n`,
        to: `  const isHolder = holderIn(yield load(owner, 'relaxed')) >= -1;\n`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'always-the-slow-path',
    variant,
    bug: undefined,
    title: 'A mutex is always given up under the wait lock',
    story:
      'Nobody waits, and still the lock of all mutexes is taken: every unlock of the machine waits for every other.',
    origin: 'a fast path that is never taken',
    edits: [
      { file, from: dropped, to: '' },
      { file, from: '  const mine = heldBy(self.id);\n', to: '' },
    ],
    killedBy: 'one-compare-and-swap',
  },
  {
    name: 'taken-relaxed',
    variant,
    bug: undefined,
    title: 'A mutex is taken without acquire',
    story: 'What the last holder wrote need not be seen by the next, on weak memory.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `heldBy(self.id), 'acquire', 'inheritance.take')`,
        to: `heldBy(self.id), 'relaxed', 'inheritance.take')`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'dropped-relaxed',
    variant,
    bug: undefined,
    title: 'A mutex is given up without release',
    story: 'The next holder may take the mutex before what was written under it can be seen, on weak memory.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `(owner, mine, 0, 'release', 'inheritance.drop')`,
        to: `(owner, mine, 0, 'relaxed', 'inheritance.drop')`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'contested-for-ever',
    variant,
    bug: undefined,
    title: 'A mutex that nobody waits for is still said to be waited for',
    story:
      'The last waiter has gone, and the holder gives the mutex up by the fast path. It still counts it among those that others wait for: whoever waits for the next holder lends to the last one too.',
    origin: 'our own: an unseen mutant that survived',
    edits: [{ file, from: uncontested, to: '' }],
    killedBy: 'linearizes',
  },
]);
