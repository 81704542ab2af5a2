import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/deadlock.ts';
const queue = 'impl/ipc/deadlock.queue.ts';
const park = 'impl/sync/park.ts';
const variant = 'timeouts';

const isWaiting = `    if (!(yield* decide(waits, from - 1, known, Phase.taken))) continue; // its time is over
`;
const withdrawn = `  yield* remove(waits, requests, self.id); // it is withdrawn, if nobody has come across it meanwhile
`;
const ready = `  const worker = yield* takeIdle(kernel, port); // the clock stands still: a worker that is taken was in time
`;
const copied = `  yield store(theirs.request, yield load(messagesOf(kernel, caller).word, 'plain'), 'plain'); // its caller may go on, and call again
`;
const replied = `    yield store(messagesOf(kernel, caller).word, word, 'plain'); // it stays asleep until that is there
    yield* settle(self.table, kernel.waits, caller, taken);
  }
  return 0;
`;
const served = `  yield store(mine.caller, 0, 'plain');
  yield store(mine.outer, never, 'plain');
`;
const inTime = `    if (yield* decide(waits, worker - 1, inPhase(known, Phase.waiting), Phase.settling)) return worker - 1;
`;
const appended = `  const last = yield load(queue.last, 'plain');
  yield store(waiterOf(waits, thread).next, 0, 'plain');
  yield store(last === 0 ? queue.first : waiterOf(waits, last - 1).next, thread + 1, 'plain');
  yield store(queue.last, thread + 1, 'plain');
`;
const slept = `  yield* acquire(mine.lock);
  while (!(yield* isOver())) {
    yield store(mine.state, State.sleeping, 'relaxed', 'park.sleeping');
    yield* giveUp(self);
  }
  yield* release(mine.lock);
`;

/** Requests, replies and the mutex. The waits themselves have a file of their own, as have the rings. */
export default exhibit('ipc/deadlock', [
  {
    name: 'cancelled-request-served',
    variant,
    bug: 'DEADLOCK-TIMEOUT-03',
    title: 'Timeout leaves the request in the server queue',
    story:
      'Nobody asks whether the caller of a queued request still waits. It was told that its time is up, and has sent the request again: it is served twice.',
    origin: 'classic',
    edits: [
      { file, from: isWaiting, to: '    yield* decide(waits, from - 1, known, Phase.taken);\n' },
      { file, from: withdrawn, to: '' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'request-stays-queued',
    variant,
    bug: undefined,
    title: 'A caller goes on without taking its request off the queue',
    story:
      'A request whose time is up would be passed over by the next worker. But its caller calls again before one comes, and puts itself on the queue a second time: behind itself.',
    origin: 'classic: a list node that is linked twice',
    edits: [{ file, from: withdrawn, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'zero-waits',
    variant,
    bug: undefined,
    title: 'A timeout of 0 is taken for none',
    story: 'Who wants to call only if the server is ready now is queued like everybody else, and waits for ever.',
    origin: 'classic: 0 for “no timeout”',
    edits: [
      { file, from: '  if (worker < 0 && timeoutTicks === 0) {\n', to: '  if (worker < 0 && timeoutTicks === -1) {\n' },
    ],
    killedBy: 'at-once',
  },
  {
    name: 'zero-never-calls',
    variant,
    bug: undefined,
    title: 'A call with a timeout of 0 fails though a worker is ready',
    story: 'The server waits for a request. Whoever calls it at once or not at all is told that time is up.',
    origin: 'classic: the time is looked at before the peer',
    edits: [
      {
        file,
        from: ready,
        to: ready.replace('yield* takeIdle(kernel, port)', 'timeoutTicks === 0 ? -1 : yield* takeIdle(kernel, port)'),
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'request-read-from-its-caller',
    variant,
    bug: undefined,
    title: 'A worker that was woken reads the request from its caller',
    story:
      'The request is handed to a worker that slept, which reads the word out of its caller’s memory when it runs. By then the caller’s time may be up, and the word that of its next call.',
    origin: 'found while this was written',
    edits: [
      { file, from: copied, to: '' },
      {
        file,
        from: `  if (phase === Phase.decided) return yield* requestOf(mine);
`,
        to: `  if (phase === Phase.decided) {
    const from = (yield load(mine.caller, 'plain')) - 1;
    return (from << wordBits) | (yield load(messagesOf(kernel, from).word, 'plain'));
  }
`,
      },
      {
        file,
        from: `    yield* release(lock);
    return yield* requestOf(mine);
`,
        to: `    const word = yield load(messagesOf(kernel, from - 1).word, 'plain');
    yield* release(lock);
    return ((from - 1) << wordBits) | word;
`,
      },
      {
        file,
        from: `function* requestOf({ caller, request }: Messages): Routine<Word> {
  return (((yield load(caller, 'plain')) - 1) << wordBits) | (yield load(request, 'plain'));
}
`,
        to: '',
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'settled-before-the-word',
    variant,
    bug: undefined,
    title: 'The caller is woken before the reply is written',
    story:
      'The wait is said to be decided first, and the word of the reply is written then. The caller reads its own request.',
    origin: 'classic: published too early',
    edits: [
      {
        file,
        from: replied,
        to: `    yield* settle(self.table, kernel.waits, caller, taken);
    yield store(messagesOf(kernel, caller).word, word, 'plain');
  }
  return 0;
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'server-is-told',
    variant,
    bug: undefined,
    title: 'A reply fails if its caller has gone',
    story:
      'The server is told that its caller’s time was up. It learns when its clients lose patience, and has an error to handle that is none.',
    origin: 'a choice of other systems: TCP’s EPIPE',
    edits: [
      {
        file,
        from: replied,
        to: replied.replace('  }\n  return 0;', '    return 0;\n  }\n  return Failure.timedOut;'),
      },
    ],
    killedBy: 'server-learns-nothing',
  },
  {
    name: 'replies-twice',
    variant,
    bug: undefined,
    title: 'A request can be replied to again',
    story:
      'The server is not noted as free when it replies. It cannot take another request, and the next reply is for nobody.',
    origin: 'classic',
    edits: [{ file, from: served, to: `  yield store(mine.outer, never, 'plain');\n` }],
    killedBy: 'progress',
  },
  {
    name: 'hurried-for-ever',
    variant,
    bug: undefined,
    title: 'The limit of a request outlives it',
    story:
      'A server that has served a caller in a hurry keeps that caller’s deadline. Its own calls fail from then on.',
    origin: 'classic: a field that is not reset',
    edits: [{ file, from: served, to: `  yield store(mine.caller, 0, 'plain');\n` }],
    killedBy: 'not-too-soon',
  },
  {
    name: 'given-to-who-has-left',
    variant,
    bug: undefined,
    title: 'A request is handed to a worker whose time was up',
    story:
      'The caller finds a worker on the list of idle ones and gives it the request, though the clock has just ended its wait. Nobody serves it.',
    origin: 'classic: looked up, not claimed',
    edits: [
      {
        file,
        from: inTime,
        to: `    yield* decide(waits, worker - 1, inPhase(known, Phase.waiting), Phase.settling);\n    return worker - 1;\n`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'last-come-first-served',
    variant,
    bug: undefined,
    title: 'The newest request is served first',
    story: 'Requests are put at the head of the queue. Under load the oldest wait until their time is up.',
    origin: 'classic',
    edits: [
      {
        file: queue,
        from: appended,
        to: `  const first = yield load(queue.first, 'plain');
  yield store(waiterOf(waits, thread).next, first, 'plain');
  yield store(queue.first, thread + 1, 'plain');
  if (first === 0) yield store(queue.last, thread + 1, 'plain');
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'end-of-the-queue-forgotten',
    variant,
    bug: undefined,
    title: 'The last of a queue is taken off and stays its end',
    story:
      'Who leaves a queue from its end is still named as the last. The next one is linked behind it, where nobody looks.',
    origin: 'classic: a tail pointer',
    edits: [
      {
        file: queue,
        from: `  if (next === 0) yield store(queue.last, before, 'plain');\n`,
        to: `  if (next === 0 && before === 0) yield store(queue.last, 0, 'plain');\n`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'calls-itself',
    variant,
    bug: undefined,
    title: 'A thread may call itself',
    story: 'A call to the port that only the caller serves is let in. Nobody can ever take it.',
    origin: 'semantics of a rendezvous without a buffer',
    edits: [
      { file, from: '(served, worker) => served === port && worker !== self.id', to: '(served) => served === port' },
    ],
    killedBy: 'refines',
  },
  {
    name: 'takes-another',
    variant,
    bug: undefined,
    title: 'A server takes a request before it has replied to the last',
    story: 'It is not asked whether it serves somebody. The first caller is forgotten, and waits for ever.',
    origin: 'classic',
    edits: [{ file, from: `  if ((yield load(mine.caller, 'plain')) !== 0) return Failure.invalid;\n`, to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'mutex-to-who-has-left',
    variant,
    bug: undefined,
    title: 'The mutex is handed to a thread that waits no more',
    story:
      'The first on the queue is given the mutex, though its time was up. It does not know that it holds it, and nobody gets it again.',
    origin: 'classic: looked up, not claimed',
    edits: [
      {
        file,
        from: `    if (!(yield* decide(waits, next - 1, known, Phase.settling))) continue; // its time is over
    yield* settle(self.table, waits, next - 1, known);
`,
        to: `    if (yield* decide(waits, next - 1, known, Phase.settling)) yield* settle(self.table, waits, next - 1, known);
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'mutex-still-queued-for',
    variant,
    bug: undefined,
    title: 'Who gives up on the mutex stays in its queue',
    story:
      'The thread is told that its time is up, and goes on to wait for a request. It still stands in the queue of the mutex: whoever unlocks it takes the one wait for the other, and hands the mutex to a thread that does not want it.',
    origin: 'our own: an unseen mutant that survived',
    edits: [{ file, from: '  yield* remove(waits, mutex.queue, self.id);\n', to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'patient-at-the-mutex',
    variant,
    bug: undefined,
    title: 'A wait for the mutex outlives the call that it is for',
    story:
      'A server waits for the mutex with no regard to its caller’s deadline. The caller, who holds it, has long been told that time is up.',
    origin: 'as DEADLOCK-TIMEOUT-05, for a lock',
    edits: [
      {
        file,
        from: `  const outer = yield load(messagesOf(kernel, self.id).outer, 'plain');
`,
        to: '  const outer = never;\n',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'looks-and-then-sleeps',
    variant,
    bug: undefined,
    title: 'Who waits looks before it takes its own lock',
    story:
      'A decision that comes between the look and the lock finds nobody asleep, and the thread goes to sleep for ever.',
    origin: 'classic: the lost wakeup',
    edits: [
      {
        file: park,
        from: slept,
        to: `  while (!(yield* isOver())) {
    yield* acquire(mine.lock);
    yield store(mine.state, State.sleeping, 'relaxed', 'park.sleeping');
    yield* giveUp(self);
    yield* release(mine.lock);
  }
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'woken-awake',
    variant,
    bug: undefined,
    title: 'A thread is made runnable that does not sleep',
    story:
      'The waker does not ask whether the thread sleeps. One that is about to look, or has gone on, is put among those that wait for a core, and runs on two.',
    origin: 'classic: try_to_wake_up without the state',
    edits: [
      {
        file: park,
        from: `  if ((yield load(thread.state, 'relaxed')) === State.sleeping) yield* wake(table, id);
`,
        to: '  yield* wake(table, id);\n',
      },
    ],
    killedBy: 'faultless',
  },
]);
