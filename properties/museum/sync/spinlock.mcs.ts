import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/spinlock.mcs.ts';

const link = `  yield store(nodeOf(lock, before).next, me, 'release', 'spinlock.mcs.link'); // pairs with next
`;
const queue = `  yield store(mine.waiting, 1, 'relaxed', 'spinlock.mcs.queue'); // before link: so that hand comes after it
`;
const wait = `  yield awaitWord(mine.waiting, 0, 'acquire', 'spinlock.mcs.wait'); // pairs with hand
`;

/** The spin lock as a queue. */
export default exhibit('sync/spinlock', [
  {
    name: 'joins-in-two-steps',
    variant: 'mcs',
    bug: undefined,
    title: 'A core joins the queue with a load and a store',
    story:
      'A core reads who is last in the queue. Before it has put itself there, that one has left and closed the queue. So it tells a core that holds nothing any more that it is behind it, and waits for ever. Had both found the queue empty, both would have gone in.',
    origin: 'classic: why the queue needs fetch-and-store',
    edits: [
      {
        file,
        from: `  const before = yield swap(lock.tail, me, 'acq_rel', 'spinlock.mcs.join'); // pairs with close; clear comes before link
`,
        to: `  const before = yield load(lock.tail, 'acquire', 'spinlock.mcs.join');
  yield store(lock.tail, me, 'release');
`,
      },
      { file, from: '  swap,\n', to: '' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'links-after-waiting',
    variant: 'mcs',
    bug: undefined,
    title: 'A waiter tells the one before it only once it has waited',
    story:
      'The waiter is in the queue by the tail, spins, and has told nobody. The holder sees by the tail that somebody has joined, and waits to hear who. Each waits for the other.',
    origin: 'classic; Mellor-Crummey and Scott 1991 link before they spin',
    edits: [{ file, from: `${link}${wait}`, to: `${wait}${link}` }],
    killedBy: 'progress',
  },
  {
    name: 'links-before-it-waits',
    variant: 'mcs',
    bug: undefined,
    title: 'A waiter marks itself waiting after it has told the one before it',
    story:
      'The waiter says who it is. The holder releases, finds it, and clears its word. Only now does the waiter set the word and spin on it, and the lock that it was given is held by nobody who knows.',
    origin: 'classic; in Mellor-Crummey and Scott 1991 the order of these two stores is part of the proof',
    edits: [{ file, from: `${queue}${link}`, to: `${link}${queue}` }],
    killedBy: 'progress',
  },
  {
    name: 'late-successor',
    variant: 'mcs',
    bug: undefined,
    title: 'release does not wait for a successor that has joined and not yet said so',
    story:
      'The holder sees nobody behind it. Before it can close the queue another core joins, so the tail is no longer the holder’s own. It takes that for done and goes. The other core says who it is, to nobody, and waits for ever.',
    origin: 'classic: the handoff that is lost between the swap and the link',
    edits: [
      {
        file,
        from: `    if (last === me) {
      yield unmaskInterrupts();
      return;
    }
    yield awaitOther(mine.next, 0, 'relaxed', 'spinlock.mcs.late'); // somebody has joined, and is about to say so
`,
        to: `    if (last === me || (yield load(mine.next, 'relaxed')) === 0) {
      yield unmaskInterrupts();
      return;
    }
`,
      },
      { file, from: '  awaitOther,\n', to: '' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'closes-on-a-waiter',
    variant: 'mcs',
    bug: undefined,
    title: 'release closes the queue with a store',
    story:
      'The holder sees nobody behind it and empties the queue. Between the two another core has joined. It waits for the holder to hand the lock over, and the holder has left.',
    origin: 'classic: why the queue is closed by compare-and-swap',
    edits: [
      {
        file,
        from: `    const last = yield compareAndSwap(lock.tail, me, 0, 'release', 'spinlock.mcs.close'); // pairs with join
    if (last === me) {
      yield unmaskInterrupts();
      return;
    }
    yield awaitOther(mine.next, 0, 'relaxed', 'spinlock.mcs.late'); // somebody has joined, and is about to say so
`,
        to: `    yield store(lock.tail, 0, 'release', 'spinlock.mcs.close'); // pairs with join
    yield unmaskInterrupts();
    return;
`,
      },
      { file, from: '  awaitOther,\n', to: '' },
      { file, from: '  compareAndSwap,\n', to: '' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'old-successor',
    variant: 'mcs',
    bug: undefined,
    title: 'A node keeps its successor from the last time',
    story:
      'A core has once handed the lock to another, and takes it again. It finds in its node the one that was behind it then, and hands the lock over to a core that does not ask for it. The queue stays closed to all who come.',
    origin: 'classic: a queue node that is used again and not initialised',
    edits: [{ file, from: "  yield store(mine.next, 0, 'relaxed', 'spinlock.mcs.clear');\n", to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'reads-too-early',
    variant: 'mcs',
    bug: 'MEMORY-ORDER-05',
    title: 'Slow-path queued write lock reads too early',
    story:
      'The waiter has joined the queue with all the order it takes, and spins. It leaves its loop when its word is cleared; but a loop that a load has ended orders no later load. The processor has read the counter ahead, from before the other core’s addition.',
    origin:
      'CVE-2021-46921, Linux before 84a24bf8c52e (qrwlock): the fast path had its acquire, the slow path took the lock with a relaxed compare-and-swap',
    edits: [{ file, from: wait, to: wait.replace("'acquire'", "'relaxed'").replace(' // pairs with hand', '') }],
    killedBy: 'faultless',
  },
]);
