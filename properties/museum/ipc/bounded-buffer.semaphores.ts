import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/bounded-buffer.semaphores.ts';
const semaphore = 'impl/sync/semaphore.ts';
const variant = 'semaphores';

export default exhibit('ipc/bounded-buffer', [
  {
    name: 'mutex-first',
    variant,
    bug: 'BOUNDED-BUFFER-11',
    title: 'mutex taken before the counting semaphore',
    story:
      'The producer takes the mutex and then finds the buffer full. It sleeps with the mutex held. The consumer could make room, but needs the mutex for that.',
    origin: 'classic producer/consumer deadlock',
    edits: [
      {
        file,
        from: `  yield* down(self, ring.empty);
  yield* down(self, ring.mutex);`,
        to: `  yield* down(self, ring.mutex);
  yield* down(self, ring.empty);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'leaves-on-the-flag',
    variant,
    bug: 'BOUNDED-BUFFER-12',
    title: 'Exit flag breaks the count',
    story:
      'The consumer looks at the flag that says that no more will come, and leaves when it is set. It does not look whether anything is left. The items that were put before the flag was set are never read.',
    origin: 'ChCore course 2022, lab 4: producers and consumers with `global_exit`',
    edits: [
      {
        file,
        from: `  readonly count: Address;
`,
        to: `  readonly count: Address;
  readonly finished: Address;
`,
      },
      {
        file,
        from: `  count: memory.word('count'),`,
        to: `  count: memory.word('count'),
  finished: memory.word('finished'),`,
      },
      {
        file,
        from: `  yield* down(self, ring.full);
  yield* down(self, ring.mutex);`,
        to: `  if ((yield load(ring.finished, 'acquire')) === 1) return end;
  yield* down(self, ring.full);
  yield* down(self, ring.mutex);`,
      },
      {
        file,
        from: `Routine<Word> {
  yield* up(self, ring.full);`,
        to: `Routine<Word> {
  yield store(ring.finished, 1, 'release');
  yield* up(self, ring.full);`,
      },
    ],
    killedBy: 'end',
  },
  {
    name: 'end-for-one',
    variant,
    bug: undefined,
    title: 'The end wakes one consumer where all are to leave',
    story:
      'Two consumers sleep when the end is told. One comes through, finds nothing, and leaves without letting the next one through. The other sleeps for ever.',
    origin: 'classic: the baton that is not passed on',
    edits: [
      {
        file,
        from: `    yield* up(self, ring.full); // the next consumer is to come through too
`,
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'no-mutex',
    variant,
    bug: undefined,
    title: 'The semaphores count, and nothing guards the ring',
    story:
      'Two producers have a slot each by the count, and both read the same index before either has moved it on. One item is written over the other.',
    origin: 'classic: counting is not exclusion',
    edits: [
      {
        file,
        from: `  yield* down(self, ring.empty);
  yield* down(self, ring.mutex);`,
        to: `  yield* down(self, ring.empty);`,
      },
      {
        file,
        from: `  yield* up(self, ring.mutex);
  yield* up(self, ring.full);
  return 0;`,
        to: `  yield* up(self, ring.full);
  return 0;`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'semaphore-if-for-while',
    variant,
    bug: undefined,
    title: '`if` instead of `while` around the sleep of a semaphore',
    story:
      'Two consumers sleep until there is something to take. One item comes and both are woken. The first takes it. The second does not look again, and takes one from a count of 0.',
    origin: 'classic; wakeup is a broadcast',
    edits: [{ file: semaphore, from: `  while (count === 0) {`, to: `  if (count === 0) {` }],
    killedBy: 'linearizes',
  },
  {
    name: 'semaphore-up-wakes-nobody',
    variant,
    bug: undefined,
    title: 'V counts up and wakes nobody',
    story:
      'A consumer sleeps until there is something to take. The producer counts its item and wakes nobody, and the consumer sleeps on beside it.',
    origin: 'classic',
    edits: [
      {
        file: semaphore,
        from: `  yield* wakeup(self, semaphore.count);
`,
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'semaphore-polls',
    variant,
    bug: undefined,
    title: 'P polls where it could sleep',
    story:
      'Instead of sleeping, the thread releases the lock, takes it again and looks, over and over. All answers are right, but the longer it waits the more steps it takes.',
    origin: 'the blind waiting of seed 003, put into a semaphore',
    edits: [
      {
        file: semaphore,
        from: `    yield* sleep(self, semaphore.count, semaphore.lock);`,
        to: `    yield* release(semaphore.lock);
    yield* acquire(semaphore.lock);`,
      },
    ],
    killedBy: 'no-busy-waiting',
  },
]);
