import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/bounded-buffer.counters.ts';
const variant = 'counters';

/** The listing of seed 004: `--` and `++` are a load and a store each, `volatile` is relaxed, the buffer is plain. */
const send = `  yield awaitOther(ring.emptySlots, 0, 'relaxed'); // while (empty_slot == 0);
  yield store(ring.emptySlots, (yield load(ring.emptySlots, 'relaxed')) - 1, 'relaxed'); // empty_slot--;
  const slot = yield load(ring.writeIndex, 'relaxed');
  yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.counters.write'); // buffer[buffer_write_cnt] = msg;
  yield store(ring.writeIndex, ((yield load(ring.writeIndex, 'relaxed')) + 1) % ring.size, 'relaxed');
  yield store(ring.filledSlots, (yield load(ring.filledSlots, 'relaxed')) + 1, 'relaxed'); // filled_slot++;
`;
const receive = `  yield awaitOther(ring.filledSlots, 0, 'relaxed'); // while (filled_slot == 0);
  yield store(ring.filledSlots, (yield load(ring.filledSlots, 'relaxed')) - 1, 'relaxed'); // filled_slot--;
  const slot = yield load(ring.readIndex, 'relaxed');
  const item = yield load(ring.slots + slot, 'plain', 'bounded-buffer.counters.read'); // item msg = buffer[buffer_read_cnt];
  yield store(ring.readIndex, ((yield load(ring.readIndex, 'relaxed')) + 1) % ring.size, 'relaxed');
  yield store(ring.emptySlots, (yield load(ring.emptySlots, 'relaxed')) + 1, 'relaxed'); // empty_slot++;
`;

const fills = `  yield fetchAdd(ring.filledSlots, 1, 'release', 'bounded-buffer.counters.fill'); // pairs with claim: shows the item
`;
const writes = `  yield* acquire(ring.writeLock);
  const slot = yield load(ring.writeIndex, 'plain');
  yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.counters.write');
  yield store(ring.writeIndex, (slot + 1) % ring.size, 'plain');
  yield* release(ring.writeLock);
`;

/** The listing as it is printed, in place of ours. */
const asPrinted = [
  { file, from: `  yield* claim(ring.emptySlots);\n${writes}${fills}`, to: send },
  {
    file,
    from: `  yield* claim(ring.filledSlots);
  yield* acquire(ring.readLock);
  const slot = yield load(ring.readIndex, 'plain');
  const item = yield load(ring.slots + slot, 'plain', 'bounded-buffer.counters.read');
  yield store(ring.readIndex, (slot + 1) % ring.size, 'plain');
  yield* release(ring.readLock);
  yield fetchAdd(ring.emptySlots, 1, 'release', 'bounded-buffer.counters.empty'); // pairs with claim: gives the slot
`,
    to: receive,
  },
];

export default exhibit('ipc/bounded-buffer', [
  {
    name: 'as-printed',
    variant,
    bug: 'BOUNDED-BUFFER-01',
    title: 'empty_slot-- / filled_slot++ as plain RMW',
    story:
      'The listing as it is printed. Each counter is decremented by one side and incremented by the other, with a load and a store. One producer and one consumer are enough: the producer reads how many slots are filled, the consumer takes one off, and the producer writes the number that it had, plus one. A slot is counted that holds nothing.',
    origin: 'the course notes (seed 004), the producer-consumer problem, as printed',
    edits: asPrinted,
    killedBy: 'linearizes',
  },
  {
    name: 'as-printed-with-two-producers',
    variant,
    bug: undefined,
    title: 'The listing of seed 004, with two producers',
    story:
      'The same listing. Two producers find one empty slot, for both test before either has decremented. Both write, and both are told that all is well, though there was room for one.',
    origin: 'the course notes (seed 004), the producer-consumer problem, as printed',
    edits: asPrinted,
    killedBy: 'full',
  },
  {
    name: 'test-then-decrement',
    variant,
    bug: 'BOUNDED-BUFFER-02',
    title: 'Test and decrement are separate steps',
    story:
      'The decrement is one step, and so no count is lost; but the test comes before it. Two producers find one empty slot, and both pass. The second writes over an item that nobody has read.',
    origin: 'the course notes (seed 004) with two producers',
    edits: [
      {
        file,
        from: `    else if ((yield compareAndSwap(counter, count, count - 1, 'acquire', 'bounded-buffer.counters.claim')) === count)
      return;`,
        to: `    else {
      yield fetchAdd(counter, -1, 'acquire');
      return;
    }`,
      },
    ],
    killedBy: 'full',
  },
  {
    name: 'index-not-exclusive',
    variant,
    bug: 'BOUNDED-BUFFER-03',
    title: 'Two producers write the same index',
    story:
      'Each producer has a slot to itself by the counter, but both read the same index before either has moved it on. They write into one slot, and one item is lost. The other slot is counted as filled, and holds what it held before.',
    origin: 'the course notes (seed 004): buffer[buffer_write_cnt] = msg, and then the index',
    edits: [
      {
        file,
        from: writes,
        to: `  const slot = yield load(ring.writeIndex, 'relaxed');
  yield store(ring.slots + slot, item, 'relaxed');
  yield store(ring.writeIndex, (slot + 1) % ring.size, 'relaxed');
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'filled-before-written',
    variant,
    bug: 'BOUNDED-BUFFER-04',
    title: 'filled_slot published before the slot is written',
    story:
      'The producer counts the slot as filled and fills it after. A consumer that comes in between claims it, and takes what it held before.',
    origin: 'classic reordering of the listing in seed 004',
    edits: [{ file, from: `${writes}${fills}`, to: `${fills}${writes}` }],
    killedBy: 'exactly-once',
  },
  {
    name: 'ticket-for-a-lock',
    variant,
    bug: undefined,
    title: 'A ticket taken with fetch-add does not publish the slot',
    story:
      'Instead of the lock each producer takes its index with one fetch-add, so that no two write one slot. But the second may be done before the first has written, and counts one slot as filled. The consumer takes the first slot, which holds nothing yet.',
    origin: 'classic: the half of a queue that Vyukov’s numbers complete',
    edits: [
      {
        file,
        from: writes,
        to: `  const slot = (yield fetchAdd(ring.writeIndex, 1, 'acq_rel')) % ring.size;
  yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.counters.write');
`,
      },
    ],
    killedBy: 'exactly-once',
  },
  {
    name: 'counted-relaxed',
    variant,
    bug: 'MEMORY-ORDER-03',
    title: 'Relaxed RMW breaks the release sequence use',
    story:
      'The producer counts its slot as filled with an increment that is atomic and orders nothing. The consumer claims it and acquires; but what it reads heads no release sequence, and the item may not be there yet. Where another producer has counted before with a release, this increment goes on with that one’s sequence, and not with its own.',
    origin: 'classic: a counter is thought to order because it counts',
    edits: [
      {
        file,
        from: `'release', 'bounded-buffer.counters.fill'`,
        to: `'relaxed', 'bounded-buffer.counters.fill'`,
      },
    ],
    killedBy: 'faultless',
  },
]);
