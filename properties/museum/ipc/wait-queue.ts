import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/wait-queue.ts';
const pipe = 'impl/ipc/pipe.linux.ts';

/** How readers and writers of the Linux pipe wait, one behind the other, and who wakes whom. */
export default exhibit('ipc/pipe', [
  {
    name: 'torn-snapshot',
    variant: 'linux',
    bug: 'LINUX-PIPE-01',
    title: 'Torn (head, tail) snapshot outside the mutex',
    story:
      'A writer that waits for space reads head and then tail, without the lock. Between the two, another writer puts a page in and the reader takes it out, so tail passes the head that was read. Their difference looks like a pipe more than full. The writer sleeps on an empty pipe, and nobody is left to wake it.',
    origin: 'Linux before 3d252160b818 (2025-03)',
    edits: [
      {
        file: pipe,
        from: `  return usedSlots(yield load(ring.headTail, 'relaxed')) > 0 || (yield load(ring.writeOpen, 'relaxed')) === 0;`,
        to: `  const head = headOf(yield load(ring.headTail, 'relaxed'));
  const tail = tailOf(yield load(ring.headTail, 'relaxed'));
  return usedSlots(pack(head, tail)) > 0 || (yield load(ring.writeOpen, 'relaxed')) === 0;`,
      },
      {
        file: pipe,
        from: `  return usedSlots(yield load(ring.headTail, 'relaxed')) < slots || (yield load(ring.readOpen, 'relaxed')) === 0;`,
        to: `  const head = headOf(yield load(ring.headTail, 'relaxed'));
  const tail = tailOf(yield load(ring.headTail, 'relaxed'));
  return usedSlots(pack(head, tail)) < slots || (yield load(ring.readOpen, 'relaxed')) === 0;`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'no-baton',
    variant: 'linux',
    bug: 'LINUX-PIPE-02',
    title: 'Exclusive waiter does not pass the baton',
    story:
      'Two readers sleep on an empty pipe. A write wakes the first of them, since readers are woken one at a time. That one takes a byte, leaves a byte, and does not wake the next. The second reader sleeps beside it.',
    origin: 'the design of Linux 0ddad21d3e99 (2020), wake_next_reader',
    edits: [{ file: pipe, from: `  if (wakeNext) yield* wakeOne(self.table, ring.readers);\n`, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'wakes-while-full',
    variant: 'linux',
    bug: 'LINUX-PIPE-09',
    title: 'Reader wakes a writer although the pipe is still full',
    story:
      'A reader takes part of a page out of a full pipe and wakes a writer. The page is not free yet, so the writer finds no space and goes back to sleep. It was given a core for nothing, and will be again with each small read.',
    origin: 'the context of Linux aaec5a95d596 (2024)',
    edits: [
      {
        file: pipe,
        from: `      if (taken.isEmptied) wasFull ||= usedSlots(headTail) === slots;`,
        to: `      wasFull ||= usedSlots(headTail) === slots;`,
      },
    ],
    killedBy: 'woken-for-space',
  },
  {
    name: 'armed-again',
    variant: 'linux',
    bug: 'SLEEP-WAKEUP-13',
    title: 'State re-armed after being woken: multi-queue wait',
    story:
      'A waiter prepares to wait twice, as one does that waits for two kinds of events. It is woken after the first time: its state says so, and it is off the queue. The second time it marks itself asleep again, and sleeps on a wakeup that has already come.',
    origin: 'Linux before 472e5b056f00 (2020), pipe_wait',
    edits: [
      {
        file,
        from: `    yield* block(self);
  }`,
        to: `    yield* prepareToWait(self, queue); // for the other event
    yield* block(self);
  }`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'asleep-too-late',
    variant: 'linux',
    bug: 'SLEEP-WAKEUP-15',
    title: 'ChCore channel receive: blocking state set after unlock',
    story:
      'The waiter puts itself on the queue, finds nothing to read, and only then marks itself asleep. The waker comes in between: it finds the waiter on the queue, but in no state that it could be woken from. Then the waiter sleeps.',
    origin: 'ChCore kernel/ipc/channel.c, __tee_msg_receive; still in the course’s source',
    edits: [
      {
        file,
        from: `  if (!interrupted) yield store(mine.state, State.sleeping, 'relaxed', 'wait-queue.sleeping'); // before the condition
`,
        to: '',
      },
      {
        file,
        from: `  const isAsleep = (yield load(mine.state, 'relaxed')) === State.sleeping;
  if (isAsleep && !(yield* isKilled(self))) yield* giveUp(self);`,
        to: `  yield store(mine.state, State.sleeping, 'relaxed');
  if (!(yield* isKilled(self))) yield* giveUp(self);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'left-on-the-queue',
    variant: 'linux',
    bug: 'SLEEP-WAKEUP-16',
    title: 'Non-blocking receive leaves itself in the wait queue',
    story:
      'A non-blocking read puts itself on the queue of readers and then answers that it would have to wait. Its name stays on the queue. The next wakeup goes to it, and the reader behind it, which does wait, gets none.',
    origin: 'ChCore, OpenHarmony TEE before 57d1f79 (2024-06-11)',
    edits: [
      {
        file,
        from: `function* prepareToWait(self: Thread, queue: WaitQueue): Routine<boolean> {`,
        to: `export function* prepareToWait(self: Thread, queue: WaitQueue): Routine<boolean> {`,
      },
      {
        file: pipe,
        from: `    if (!blocking) {
      result = EAGAIN;`,
        to: `    if (!blocking) {
      yield* prepareToWait(self, ring.readers);
      result = EAGAIN;`,
      },
      {
        file: pipe,
        from: `import { layoutWaitQueue, type WaitQueue, waitUntil, wakeAll, wakeOne } from '#impl/sync/wait-queue.ts';`,
        to: `import { layoutWaitQueue, prepareToWait, type WaitQueue, waitUntil, wakeAll, wakeOne } from '#impl/sync/wait-queue.ts';`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'looks-before-it-queues',
    variant: 'linux',
    bug: undefined,
    title: 'A waiter looks at the condition before it is on the queue',
    story:
      'The reader finds the pipe empty. The writer puts bytes in and finds nobody on the queue. Then the reader queues itself and sleeps, without looking again.',
    origin: 'classic: test and queue in the wrong order',
    edits: [
      {
        file,
        from: `    const interrupted = yield* prepareToWait(self, queue);
    const met = yield* isMet();`,
        to: `    const met = yield* isMet();
    const interrupted = yield* prepareToWait(self, queue);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'killed-with-the-baton',
    variant: 'linux',
    bug: undefined,
    title: 'A waiter that is woken and killed takes the wakeup with it',
    story:
      'Of two sleeping readers the first is woken, and killed before it runs. It answers EINTR without taking the bytes, and tells nobody. The wakeup is spent, and the second reader sleeps beside the bytes.',
    origin: 'Linux before 777c6c5f1f6e (2009), "wait: prevent exclusive waiter starvation"',
    edits: [
      {
        file,
        from: `    const met = yield* isMet();
    if (met || interrupted) {
      yield* finishWait(self, queue);
      return met;
    }`,
        to: `    const met = !interrupted && (yield* isMet());
    if (met || interrupted) {
      yield* finishWait(self, queue);
      return met;
    }`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'last-close-wakes-one',
    variant: 'linux',
    bug: undefined,
    title: 'The last close wakes one waiter where all may go on',
    story:
      'Two readers sleep on an empty pipe. The last writer closes its end and wakes the first reader, which is told the end of file. It has nothing to pass on, so the second reader is never told.',
    origin: 'classic: wake-one for an event that stays true',
    edits: [
      {
        file: pipe,
        from: `  if (isOpen) yield* wakeAll(self.table, end === readEnd ? ring.writers : ring.readers);`,
        to: `  if (isOpen) yield* wakeOne(self.table, end === readEnd ? ring.writers : ring.readers);`,
      },
      {
        file: pipe,
        from: `waitUntil, wakeAll, wakeOne }`,
        to: `waitUntil, wakeOne }`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'taken-up-twice',
    variant: 'linux',
    bug: undefined,
    title: 'A waiter is made runnable while it is still on its core',
    story:
      'A waiter has marked itself asleep and has not given its core up. The waker makes it runnable, and an idle core takes it up. Now the same thread is on two cores.',
    origin: 'the interleaving behind Linux ecf7d01c229d (2015), as far as it needs no weak memory',
    edits: [
      {
        file: 'impl/sync/dispatcher.ts',
        from: `  const thread = wordsOf(table, id);
  const isOnCore = (yield load(thread.context, 'relaxed')) !== 0; // whose lock we hold: if it has been put away, that was before
  if (isOnCore) yield store(thread.state, State.running, 'relaxed');
  else yield* makeRunnable(table, id);`,
        to: `  yield* makeRunnable(table, id);`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'looks-without-barrier',
    variant: 'linux',
    bug: 'SLEEP-WAKEUP-11',
    title: 'Futex waiter-count fast path without barrier',
    story:
      'The waker skips the lock of a queue that looks empty. The waiter has queued itself before it looked at the pipe, and the waker has filled the pipe before it looks at the queue; but each look may be older than the other’s write, as in store buffering. Both find nothing: one sleeps, and the other wakes nobody. Without the barrier that the lock has been, it takes a full one.',
    origin: 'Linux before 76835b0ebf8a (2014), futex; the same as waitqueue_active() without smp_mb()',
    edits: [
      {
        file,
        from: `  let left = most;
`,
        to: `  let left = most;
  if ((yield load(queue.first, 'relaxed')) === 0) return;
`,
      },
      {
        file,
        from: `let waiter = yield load(queue.first, 'plain')`,
        to: `let waiter = yield load(queue.first, 'relaxed')`,
      },
      {
        file,
        from: `wordsOf(table, last - 1).next, id + 1, 'plain')`,
        to: `wordsOf(table, last - 1).next, id + 1, 'relaxed')`,
      },
      {
        file,
        from: `wordsOf(table, previous - 1).next, next, 'plain')`,
        to: `wordsOf(table, previous - 1).next, next, 'relaxed')`,
      },
    ],
    killedBy: 'progress',
  },
]);
