import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/bounded-buffer.ts';
const variant = 'in-out';

const stores = `  yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.in-out.write');
`;
const publishes = `  yield store(ring.in, next, 'release', 'bounded-buffer.in-out.publish'); // pairs with get: shows the item
`;
const waitsForRoom = `  const slot = yield load(ring.in, 'relaxed', 'bounded-buffer.in-out.own-in');
  const next = (slot + 1) % ring.size;
  // Pairs with get: the slot has been read.
  while ((yield load(ring.out, 'acquire', 'bounded-buffer.in-out.room')) === next) {
    yield awaitOther(ring.out, next, 'relaxed', 'bounded-buffer.in-out.spin-full');
  }
`;

/** The ring with two indices. The other variants' mutants have files of their own. */
export default exhibit('ipc/bounded-buffer', [
  {
    name: 'wrap-forgotten',
    variant,
    bug: 'BOUNDED-BUFFER-05',
    title: 'Index wrap forgotten on one side',
    story:
      'The consumer moves its index on and never back to the first slot. After one round it reads behind the last slot, where there is no memory.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `  yield store(ring.out, (slot + 1) % ring.size, 'release',`,
        to: `  yield store(ring.out, slot + 1, 'release',`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'test-moves-the-index',
    variant,
    bug: 'BOUNDED-BUFFER-06',
    title: 'Side effect inside the full test',
    story:
      'The test whether the ring is full also moves `in`, each time it is made. So the item goes into the slot after the one that the consumer reads next, and a producer that waits walks round the ring over items that nobody has read.',
    origin: 'the slide of seed 003 on timeouts: ((in = (in + 1) % BUFFER_SIZE) == out)',
    edits: [
      {
        file,
        from: waitsForRoom,
        to: `  let slot = yield load(ring.in, 'relaxed');
  do {
    slot = (slot + 1) % ring.size;
    yield store(ring.in, slot, 'release');
  } while ((yield load(ring.out, 'acquire')) === slot);
  const next = (slot + 1) % ring.size;
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'all-slots-used',
    variant,
    bug: 'BOUNDED-BUFFER-08',
    title: 'Ring treated as capacity B',
    story:
      'The ring has as many slots as it is to hold items. When all are filled `in` has come round to `out`, and that means empty: the consumer waits beside a full ring.',
    origin: 'classic: N or N - 1',
    edits: [
      { file, from: `  const size = capacity + 1;`, to: `  const size = capacity;` },
      {
        file,
        from: `'bounded-buffer.in-out.room')) === next) {`,
        to: `'bounded-buffer.in-out.room')) === (slot + 1) % (ring.size + 1)) {`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'index-relaxed',
    variant,
    bug: 'BOUNDED-BUFFER-09',
    title: 'No barrier between slot write and index publish on ARM',
    story:
      'The producer writes the slot and then the index, with nothing between them that keeps their order. The consumer sees the new index and reads a slot that has not reached it. Sequential consistency and x86 hide this.',
    origin: 'the code of seed 003 on the machines of seed 002',
    edits: [
      {
        file,
        from: `'release', 'bounded-buffer.in-out.publish'`,
        to: `'relaxed', 'bounded-buffer.in-out.publish'`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'index-before-item',
    variant,
    bug: undefined,
    title: 'The index moves on before the item is in its slot',
    story:
      'The producer shows the new index first and fills the slot after. The consumer comes in between and takes what the slot held before.',
    origin: 'classic: the two stores of seed 003 swapped',
    edits: [{ file, from: `${stores}${publishes}`, to: `${publishes}${stores}` }],
    killedBy: 'exactly-once',
  },
  {
    name: 'full-not-tested',
    variant,
    bug: undefined,
    title: 'The producer does not wait for room',
    story:
      'The producer puts without looking at `out`. It comes round to the consumer’s index, and the ring that is more than full looks empty.',
    origin: 'classic: overwrites what is unread',
    edits: [
      {
        file,
        from: waitsForRoom,
        to: `  const slot = yield load(ring.in, 'relaxed');
  const next = (slot + 1) % ring.size;
`,
      },
    ],
    killedBy: 'full',
  },
  {
    name: 'newest-first',
    variant,
    bug: undefined,
    title: 'The consumer takes the newest item',
    story:
      'The consumer reads the slot before `in` and moves `out` all the same. It gets the last item first, and some twice.',
    origin: 'a stack where a queue is meant',
    edits: [
      {
        file,
        from: `  const item = yield load(ring.slots + slot, 'plain', 'bounded-buffer.in-out.read');
  yield store(ring.out,`,
        to: `  const newest = ((yield load(ring.in, 'acquire')) + ring.size - 1) % ring.size;
  const item = yield load(ring.slots + newest, 'plain');
  yield store(ring.out,`,
      },
    ],
    killedBy: 'order',
  },
  {
    name: 'gives-its-core-up',
    variant,
    bug: undefined,
    title: 'Who polls lets others run in between',
    story:
      'Instead of polling on, the waiting thread asks the kernel for another turn each time it has looked in vain. That is kind to others, but it is not the blind waiting of the notes.',
    origin: 'sched_yield in a polling loop',
    edits: [
      {
        file,
        from: `    yield awaitOther(ring.in, slot, 'relaxed', 'bounded-buffer.in-out.spin-empty');`,
        to: `    yield* timerInterrupt(self);`,
      },
      { file, from: `get(_self: Thread`, to: `get(self: Thread` },
      {
        file,
        from: `import type { Thread } from`,
        to: `import { timerInterrupt } from '#impl/sync/dispatcher.ts';
import type { Thread } from`,
      },
    ],
    killedBy: 'keeps-its-core',
  },
]);
