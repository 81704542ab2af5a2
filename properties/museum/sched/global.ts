import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/global.ts';
const calls = 'impl/sched/pool.calls.ts';
const variant = 'global';

/** One queue for all cores; and the calls, which do not mind what the pool is. */
export default exhibit('sched/global', [
  {
    name: 'queue-without-its-lock',
    variant,
    bug: undefined,
    title: 'A thread is put into the queue without the queue’s lock',
    story:
      'The thread is put into the queue by a core that has not locked it. Another takes from it just then. Both write the length, and a thread is lost, or stands there twice.',
    origin: 'classic: writers need the lock too',
    edits: [
      {
        file,
        from: `    yield* acquire(queue.lock);
    const length = yield load(queue.length, 'plain');
    yield store(queue.slots + length, id, 'plain');`,
        to: `    const length = yield load(queue.length, 'plain');
    yield store(queue.slots + length, id, 'plain');`,
      },
      {
        file,
        from: `    yield tracepoint('queue insert', id + 16 * core);
    yield* release(queue.lock);`,
        to: `    yield tracepoint('queue insert', id + 16 * core);`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'stays-in-the-queue',
    variant,
    bug: undefined,
    title: 'Whoever is taken from the queue stays in it',
    story: 'The length of the queue is not changed when a thread is taken. The next core takes one that runs already.',
    origin: 'classic: one of two words forgotten',
    edits: [
      {
        file,
        from: `      yield store(queue.length, length - 1, 'plain');
`,
        to: '',
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'first-is-as-good',
    variant,
    bug: undefined,
    title: 'The first that may run here is taken, however urgent',
    story:
      'The search through the queue ends with the first thread that may have the core. One that is more urgent waits behind it.',
    origin: 'classic: first fit where the best is meant',
    edits: [{ file, from: `    if (urgency > highest) [`, to: `    if (found < 0) [` }],
    killedBy: 'most-urgent',
  },
  {
    name: 'last-of-the-most-urgent',
    variant,
    bug: undefined,
    title: 'Of those that are as urgent the last is taken',
    story: 'The comparison lets a later thread of the same priority win. Who came first waits as long as others come.',
    origin: 'classic: >= or >',
    edits: [{ file, from: `    if (urgency > highest) [`, to: `    if (urgency >= highest) [` }],
    killedBy: 'most-urgent',
  },
  {
    name: 'gives-up-at-the-first-pinned',
    variant,
    bug: undefined,
    title: 'The search ends at a thread that may not run here',
    story:
      'The first thread in the queue may not have this core. The search ends there, and the core sleeps beside the second, which may.',
    origin: 'a relative of MULTICORE-SCHED-17',
    edits: [
      {
        file,
        from: `    if (!has(yield load(mask, 'relaxed'), core)) continue;`,
        to: `    if (!has(yield load(mask, 'relaxed'), core)) break;`,
      },
    ],
    killedBy: 'work-conserving',
  },
  {
    name: 'woken-once-tested-once',
    variant,
    bug: undefined,
    title: '`if` instead of `while` around the wait',
    story:
      'A caller waits for its reply. Somebody wakes it for another reason, and it goes on as if it had been answered.',
    origin: 'classic; whoever waits for one thing may be made ready for another',
    edits: [{ file: calls, from: `  while (word === 0) {`, to: `  if (word === 0) {` }],
    killedBy: 'linearizes',
  },
  {
    name: 'wake-is-kept',
    variant,
    bug: undefined,
    title: 'A wake is not taken',
    story: 'The thread goes on because it was woken, and leaves the mark where it is. The next wait does not wait.',
    origin: 'classic: a flag that is never reset',
    edits: [
      {
        file: calls,
        from: `  yield store(address, 0, 'plain');
  return word;`,
        to: `  return word;`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'wake-of-one-who-runs-is-lost',
    variant,
    bug: undefined,
    title: 'A wake that comes too early is forgotten',
    story:
      'The thread that is woken has not gone to sleep yet, so there is nothing to do. It goes to sleep, and nobody wakes it.',
    origin: 'classic: the lost wakeup',
    edits: [
      {
        file: calls,
        from: `  yield store(threadOf(kernel, target).woken, 1, 'plain');`,
        to: `  if ((yield load(threadOf(kernel, target).waiting, 'plain')) === Waiting.yes) yield store(threadOf(kernel, target).woken, 1, 'plain');`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'call-stays',
    variant,
    bug: undefined,
    title: 'A call that was taken is taken again',
    story:
      'The server takes a call and does not mark it as taken. After its reply it finds it again, and answers somebody who no longer waits.',
    origin: 'classic',
    edits: [
      {
        file: calls,
        from: `  yield store(threadOf(kernel, caller).calls, 0, 'plain');
`,
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'replies-twice',
    variant,
    bug: undefined,
    title: 'A reply can be given twice',
    story:
      'The server answers and still owes the caller a reply. It answers again, and the caller’s next call has its reply before it was taken.',
    origin: 'seL4: a reply capability is used once',
    edits: [
      {
        file: calls,
        from: `  yield store(owes, 0, 'plain');
`,
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'takes-two-calls',
    variant,
    bug: undefined,
    title: 'A server takes a second call and forgets the first',
    story:
      'Nobody asks whether the server owes a reply. It takes another call, and the first caller is never answered.',
    origin: 'seL4 before MCS: the reply capability is overwritten',
    edits: [
      {
        file: calls,
        from: `const isBusy = (yield load(threadOf(kernel, self.id).owes, 'plain')) !== 0;`,
        to: `const isBusy = (yield load(threadOf(kernel, self.id).owes, 'plain')) < 0;`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'moved-and-not-waited-for',
    variant,
    bug: undefined,
    title: 'A change of affinity is answered before the thread has left',
    story:
      'The mask is changed, and the call returns. The thread still runs on a core that it may not use any more, and says so.',
    origin: 'sched_setaffinity(2): "the thread is migrated" before it returns',
    edits: [
      {
        file: calls,
        from: `  return core >= 0 && !has(yield load(mask, 'relaxed'), core) ? core : -1;`,
        to: `  return core >= 0 && !has(yield load(mask, 'relaxed'), core) ? -1 : -1;`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'moved-and-not-interrupted',
    variant,
    bug: undefined,
    title: 'Who waits for a thread to leave its core does not tell that core',
    story:
      'The thread runs on and never hears that it may not. Whoever has changed its mask waits until it gives its core up for some other reason.',
    origin: 'Linux __set_cpus_allowed_ptr without stop_one_cpu',
    edits: [
      {
        file: calls,
        from: `    yield sendInterrupt(core, 'pool.move');
    yield tracepoint('told to look', core);
`,
        to: '',
      },
      {
        file: calls,
        from: `  sendInterrupt,
`,
        to: '',
      },
    ],
    killedBy: 'leaves-when-told',
  },
]);
