import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/sleep-wakeup.ts';

export default exhibit('sync/sleep-wakeup', [
  {
    name: 'no-condition-lock',
    variant: 'xv6',
    bug: 'SLEEP-WAKEUP-02',
    title: 'sleep without the condition lock',
    story:
      'The sleeper lets the condition lock go before it takes its own. In between, the waker makes the condition true, finds nobody asleep, and is done. Then the sleeper goes to sleep, and nobody will ever wake it.',
    origin: 'xv6 book, "Sleep and wakeup", the lost wake-up',
    edits: [
      {
        file,
        from: `  yield* acquire(mine.lock); // from here on no waker can pass us by,
  yield* release(lock); // so the condition's lock may go`,
        to: `  yield* release(lock);
  yield* acquire(mine.lock);`,
      },
    ],
    killedBy: 'progress',
  },
]);
