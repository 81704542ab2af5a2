import type { Submission } from '#properties/assignments/submissions/submission.ts';

const lock = 'right-one-lock.ts';
const flags = 'right-flag-per-slot.ts';

const written = '  yield store(ring.items + at, item, ';
const told = '  yield store(ring.full + at, 1, ';

export const ringSubmissions: readonly Omit<Submission, 'assignment'>[] = [
  { name: 'right-one-lock', what: 'One lock around everything.', file: lock, edits: [], loses: [] },
  { name: 'right-flag-per-slot', what: 'A flag for each slot.', file: flags, edits: [], loses: [] },
  {
    name: 'told-before-written',
    what: 'The consumer is told of an item that is not there yet.',
    file: flags,
    edits: [{ from: `${written}'plain');\n${told}'release');`, to: `${told}'release');\n${written}'plain');` }],
    loses: ['all-at-once', 'items-once', 'items-in-order', 'weak-fault', 'weak-answers'],
  },
  {
    name: 'told-relaxed',
    what: 'The producer tells without release: the consumer knows of the item and may not see it.',
    file: flags,
    edits: [{ from: `${told}'release')`, to: `${told}'relaxed')` }],
    loses: ['weak-fault'],
  },
  {
    name: 'emptied-relaxed',
    what: 'The consumer gives the slot back without release: the producer may write before it was read.',
    file: flags,
    edits: [{ from: "yield store(ring.full + at, 0, 'release')", to: "yield store(ring.full + at, 0, 'relaxed')" }],
    loses: ['weak-fault'],
  },
  {
    name: 'heard-relaxed',
    what: 'Both sides look at the flag without acquire.',
    file: flags,
    edits: [{ from: "yield load(flag, 'acquire')", to: "yield load(flag, 'relaxed')" }],
    loses: ['weak-fault'],
  },
  {
    name: 'one-place-kept-free',
    what: 'It is said to be full with one place left: with room for one item, it never takes any.',
    file: lock,
    edits: [{ from: 'lockUnless(ring, ring.capacity)', to: 'lockUnless(ring, ring.capacity - 1)' }],
    loses: [
      'one-at-a-time',
      'all-at-once',
      'everybody-goes-on',
      'no-fault',
      'items-once',
      'items-in-order',
      'weak-fault',
      'weak-answers',
      'weak-waits',
    ],
  },
  {
    name: 'never-full',
    what: 'The producer does not wait for room.',
    file: lock,
    edits: [{ from: 'lockUnless(ring, ring.capacity)', to: 'lockUnless(ring, -1)' }],
    loses: ['all-at-once', 'items-once', 'items-in-order', 'weak-answers'],
  },
  {
    name: 'waits-with-the-lock',
    what: 'Who waits keeps the lock, which the other side needs.',
    file: lock,
    edits: [
      {
        from: "    yield* release(ring.lock);\n    yield awaitOther(ring.held, wrong, 'relaxed');\n",
        to: "    yield awaitOther(ring.held, wrong, 'relaxed');\n    yield* release(ring.lock);\n",
      },
    ],
    loses: ['everybody-goes-on', 'weak-waits'],
  },
  {
    name: 'counts-without-the-lock',
    what: 'The consumer counts down after it has let the lock go: two count at once.',
    file: lock,
    edits: [
      {
        from: "  yield store(ring.held, held - 1, 'relaxed');\n  yield* release(ring.lock);\n",
        to: "  yield* release(ring.lock);\n  yield store(ring.held, held - 1, 'relaxed');\n",
      },
    ],
    loses: ['all-at-once', 'everybody-goes-on', 'items-once', 'items-in-order', 'weak-answers', 'weak-waits'],
  },
  {
    name: 'items-of-seven-bits',
    what: 'The highest bit of an item is lost.',
    file: flags,
    edits: [{ from: '  return item;\n', to: '  return item & 127;\n' }],
    loses: ['all-at-once', 'items-once', 'items-in-order', 'weak-answers'],
  },
  {
    name: 'zero-is-empty',
    what: 'The item is its own flag, and an item of 0 looks like none.',
    file: flags,
    edits: [
      {
        from: "  yield store(ring.full + at, 1, 'release');\n",
        to: "  yield store(ring.full + at, item, 'release');\n",
      },
      {
        from: '  yield* awaitFlag(ring.full + at, 1);\n',
        to: "  while ((yield load(ring.full + at, 'acquire')) === 0) yield awaitOther(ring.full + at, 0, 'relaxed');\n",
      },
      { from: 'import { type Address, awaitWord,', to: 'import { type Address, awaitOther, awaitWord,' },
    ],
    loses: ['everybody-goes-on', 'weak-waits'],
  },
];
