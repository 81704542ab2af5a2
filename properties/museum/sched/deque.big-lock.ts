import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/deque.big-lock.ts';
const variant = 'big-lock';

/** The deque under one lock. */
export default exhibit('sched/deque', [
  {
    name: 'looks-without-the-lock',
    variant,
    bug: undefined,
    title: 'A thief looks whether there is a task before it takes the lock',
    story:
      'The thief sees a task and waits for the lock. When it has it, it does not look again: the owner has taken the task, and the count goes below zero.',
    origin: 'classic: check, then lock, then act',
    edits: [
      {
        file,
        from: `export function* steal(_self: Thread, deque: Deque): Routine<Word> {
  yield* acquire(deque.lock);
  let task = empty;
  const count = yield load(deque.count, 'plain');`,
        to: `export function* steal(_self: Thread, deque: Deque): Routine<Word> {
  const count = yield load(deque.count, 'relaxed');
  yield* acquire(deque.lock);
  let task = empty;`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'first-goes-on',
    variant,
    bug: undefined,
    title: 'The place of the oldest does not go round',
    story:
      'Each steal moves the place of the oldest by one, and never back to the first slot. After a round a thief reads behind the ring.',
    origin: 'classic: the modulo forgotten on one side',
    edits: [{ file, from: `(first + 1) % deque.size`, to: `first + 1` }],
    killedBy: 'refines',
  },
  {
    name: 'count-stays',
    variant,
    bug: undefined,
    title: 'A steal does not count',
    story:
      'The thief moves the place of the oldest and leaves the count as it was. A slot that holds nothing counts as a task.',
    origin: 'classic: one of two words forgotten',
    edits: [
      {
        file,
        from: `    yield store(deque.first, (first + 1) % deque.size, 'plain');
    yield store(deque.count, count - 1, 'plain');`,
        to: `    yield store(deque.first, (first + 1) % deque.size, 'plain');`,
      },
    ],
    killedBy: 'refines',
  },
]);
