import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/bounded-buffer.lock-free.ts';
const variant = 'lock-free';

export default exhibit('ipc/bounded-buffer', [
  {
    name: 'turn-relaxed',
    variant,
    bug: 'MEMORY-ORDER-13',
    title: 'Virtio-style ring: index before descriptor',
    story:
      'The producer fills the slot and then hands it over, with nothing between the two that keeps their order. The consumer sees that it is its turn and reads what the slot held before, as a device reads an old descriptor behind a new index.',
    origin: 'xv6-riscv before aeaf610: no barriers around the index of the available ring',
    edits: [
      {
        file,
        from: `'release', 'bounded-buffer.lock-free.publish'`,
        to: `'relaxed', 'bounded-buffer.lock-free.publish'`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'tail-is-believed',
    variant,
    bug: undefined,
    title: 'The consumer believes the tail, not the slot',
    story:
      'A producer moves the tail on and then fills its slot. The consumer takes a tail that has moved for an item that is there, and reads the slot too soon.',
    origin: 'classic: a claim taken for a publication',
    edits: [
      {
        file,
        from: `    const lead = (now - (2 * head + 1)) | 0;`,
        to: `    const lead = (yield load(ring.tail, 'acquire')) === head ? -1 : 0;`,
      },
    ],
    killedBy: 'exactly-once',
  },
  {
    name: 'tail-not-swapped',
    variant,
    bug: undefined,
    title: 'The tail is moved with a load and a store',
    story:
      'Two producers find the same tail and the slot free, and both move the tail on by one. They write the same slot, and one item is lost.',
    origin: 'classic: a claim in two steps',
    edits: [
      {
        file,
        from: `      const seen = yield compareAndSwap(ring.tail, tail, next, 'relaxed', 'bounded-buffer.lock-free.claim-put');
      if (seen !== tail) continue;
`,
        to: `      yield store(ring.tail, next, 'relaxed');
`,
      },
    ],
    killedBy: 'full',
  },
  {
    name: 'single-numbers',
    variant,
    bug: undefined,
    title: 'Numbers that are not doubled, in a ring of one slot',
    story:
      'In Vyukov’s ring a slot that holds item n has the number n + 1, and one that waits for item n + 1 has that number too, if the ring has one slot only. So the next producer takes the full slot for a free one, and writes over the item.',
    origin: 'Vyukov’s queue asks for a size of at least 2',
    edits: [
      { file, from: `(2 * (carriedItems + rounds)) | 0`, to: `(carriedItems + rounds) | 0` },
      { file, from: `    const lead = (now - 2 * tail) | 0;`, to: `    const lead = (now - tail) | 0;` },
      { file, from: `(2 * tail + 1) | 0`, to: `(tail + 1) | 0` },
      { file, from: `    const lead = (now - (2 * head + 1)) | 0;`, to: `    const lead = (now - (head + 1)) | 0;` },
      { file, from: `(2 * (head + ring.size)) | 0`, to: `(head + ring.size) | 0` },
    ],
    killedBy: 'full',
  },
  {
    name: 'released-too-soon',
    variant,
    bug: 'MEMORY-ORDER-01',
    title: 'Release placed before the data',
    story:
      'The producer hands the slot over with a release and fills it after. A release orders what comes before it, and nothing has: the consumer sees its turn, acquires, and finds the slot unwritten.',
    origin: 'classic: the right order at the wrong place',
    edits: [
      {
        file,
        from: `      yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.lock-free.write');\n`,
        to: '',
      },
      {
        file,
        from: `'release', 'bounded-buffer.lock-free.publish'); // pairs with get: shows the item
`,
        to: `'release', 'bounded-buffer.lock-free.publish');
      yield store(ring.slots + slot, item, 'plain', 'bounded-buffer.lock-free.write');
`,
      },
    ],
    killedBy: 'faultless',
  },
]);
