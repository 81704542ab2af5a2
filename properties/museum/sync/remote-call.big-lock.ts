import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/remote-call.big-lock.ts';
const variant = 'big-lock';

/** Calls to other cores, one at a time. */
export default exhibit('sync/remote-call', [
  {
    name: 'one-too-few',
    variant,
    bug: 'SEL4-IPC-04',
    title: 'Barrier count off by one',
    story:
      'Two cores are asked and the count of those that are left begins at one: the number before was taken where the number after was meant. The caller goes on when the first has counted itself out, and the second is still at it.',
    origin: 'seL4 d8590d382 (2017-01-18): fetch_add where add_fetch is meant',
    edits: [
      {
        file,
        from: `  yield store(cores.left, others.length, 'relaxed');`,
        to: `  yield store(cores.left, others.length > 1 ? others.length - 1 : others.length, 'relaxed');`,
      },
      {
        file,
        from: `  yield awaitWord(cores.left, 0, 'acquire', 'remote-call.big-lock.last');`,
        to: `  while ((yield load(cores.left, 'acquire')) > 0) yield awaitOther(cores.left, yield load(cores.left, 'relaxed'), 'relaxed');`,
      },
      {
        file,
        from: `  awaitWord,
`,
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'lock-without-serving',
    variant,
    bug: undefined,
    title: 'Who waits for the lock serves nobody',
    story:
      'One core has the lock and waits for another, which waits for the lock with interrupts off. Neither goes on.',
    origin: 'seL4 include/smp/lock.h: the lock’s waiters look for pending remote calls for this reason',
    edits: [{ file, from: `    if (!(yield* serve(cores, me))) yield`, to: `    yield` }],
    killedBy: 'progress',
  },
  {
    name: 'unlocked-in-silence',
    variant,
    bug: undefined,
    title: 'Nobody is told that the lock is free',
    story:
      'The lock is given up, and the word for which its waiters wait does not change. They wait beside a free lock.',
    origin: 'classic: a lost wakeup',
    edits: [
      {
        file,
        from: `  yield fetchAdd(cores.events, 1, 'release', 'remote-call.big-lock.unlocked'); // pairs with look: the lock is free
`,
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'looks-after-trying',
    variant,
    bug: undefined,
    title: 'Who waits for the lock looks at the events after it has tried',
    story:
      'The lock is given up between the try and the look. The number that the waiter reads counts that already, and it waits for another event.',
    origin: 'classic: test, then register',
    edits: [
      {
        file,
        from: `    const events = yield load(cores.events, 'acquire', 'remote-call.big-lock.look'); // pairs with ask and unlock
`,
        to: '',
      },
      {
        file,
        from: `    if (!(yield* serve(cores, me))) yield`,
        to: `    const events = yield load(cores.events, 'acquire');
    if (!(yield* serve(cores, me))) yield`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'sum-not-cleared',
    variant,
    bug: undefined,
    title: 'The sum is not set to 0',
    story: 'The word in which the cores add up what they have found still holds the sum of the last call.',
    origin: 'classic: a result that is not initialised',
    edits: [
      {
        file,
        from: `  yield store(cores.sum, 0, 'relaxed');
`,
        to: '',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'sum-in-two-steps',
    variant,
    bug: undefined,
    title: 'The sum is added to with a load and a store',
    story: 'Two cores that were asked add to the sum at once. Both read it, both write it, and one part is lost.',
    origin: 'classic: an addition that is not atomic',
    edits: [
      {
        file,
        from: `  yield fetchAdd(cores.sum, before, 'relaxed');`,
        to: `  yield store(cores.sum, (yield load(cores.sum, 'relaxed')) + before, 'relaxed');`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'done-before-it-is-done',
    variant,
    bug: undefined,
    title: 'A core counts itself out first',
    story:
      'A core says that it is done and then does it. The caller goes on, and the next one writes new arguments over those that are still read.',
    origin: 'classic: an acknowledgement of receipt taken for one of completion',
    edits: [
      {
        file,
        from: `  yield* addHere(cores, me);
  yield fetchAdd(cores.left, -1, 'release', 'remote-call.big-lock.done'); // pairs with the wait for the last
`,
        to: `  yield fetchAdd(cores.left, -1, 'release', 'remote-call.big-lock.done');
  yield* addHere(cores, me);
`,
      },
    ],
    killedBy: 'linearizes',
  },
]);
