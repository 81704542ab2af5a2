import { exhibit } from '#properties/museum/mutant.ts';

const kernel = 'impl/ipc/l4.ts';
const rendezvous = 'impl/ipc/l4.rendezvous.ts';
const entry = 'impl/ipc/l4.entry.ts';
const variant = 'endpoints';

/** Endpoints, replies, timeouts and notifications; the fast path and long messages have files of their own. */
export default exhibit('ipc/l4', [
  {
    name: 'gap-after-the-reply',
    variant,
    bug: 'L4-IPC-06',
    title: 'Send and receive phase separable',
    story:
      'The server replies, lets the endpoint go, and takes it again to receive. The client has its reply and calls again at once, with a timeout of 0. It comes into the gap, finds no server and is told that time is over.',
    origin: 'the rule of L4’s atomic ReplyWait, left out',
    edits: [
      {
        file: kernel,
        from: `  yield* acquire(portOf(kernel, port).lock);
  yield* acquire(wordsOf(self.table, self.id).lock);
  yield* offerBuffers(self, kernel, buffers, timeouts);
  const client = yield* takeReply(kernel, mine);
  if (client >= 0 && words.length <= physicalRegisters && ticks !== 0) {
`,
        to: `  const client = yield* takeReply(kernel, mine);
  if (client >= 0) yield* answer(self, kernel, client, words);
  yield* acquire(portOf(kernel, port).lock);
  yield* acquire(wordsOf(self.table, self.id).lock);
  yield* offerBuffers(self, kernel, buffers, timeouts);
  yield* receiveAt(self, kernel, port, ticks);
  return yield* rest(self, kernel, port);
  {
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'registers-off-by-the-physical-ones',
    variant,
    bug: 'L4-IPC-07',
    title: 'Virtual message register aliasing',
    story:
      'The first two message registers are registers of the core, and the third is the first word of the memory behind them. The kernel takes the second for the third as it copies: the words that the registers had arrive once more, in place of the last ones.',
    origin: 'classic: an index of the wrong base',
    edits: [
      {
        file: rendezvous,
        from: `  for (let i = 0; i < words - physicalRegisters; i++) {
    yield store(to.virtual + i, yield load(from.virtual + i, 'plain'), 'plain');`,
        to: `  for (let i = 0; i < words - physicalRegisters; i++) {
    yield store(to.virtual + i, yield load(from.virtual + i - physicalRegisters, 'plain'), 'plain');`,
      },
    ],
    killedBy: 'whole-messages',
  },
  {
    name: 'asks-who-is-there-first',
    variant,
    bug: 'L4-IPC-15',
    title: 'Direct thread ids leak structure',
    story:
      'The kernel looks whether anybody receives before it looks at the right to send. Who may not send learns by the error whether a server waits behind an endpoint that it should know nothing of.',
    origin: 'the covert channel of global thread ids, kept in a system of capabilities',
    edits: [
      {
        file: kernel,
        from: `  const capability = yield* lookUp(self, kernel, slot, false, Right.send);
  if (capability < 0) return capability;
  const { words, grants } = message;
`,
        to: `  const capability = yield* lookUp(self, kernel, slot, false, 0);
  if (capability < 0) return capability;
  if ((rightsOf(capability) & Right.send) === 0) {
    const { lock } = portOf(kernel, objectOf(capability));
    yield* acquire(lock);
    const isThere = (yield* partnerAt(kernel, objectOf(capability), Activity.receiving)) >= 0;
    yield* release(lock);
    return isThere ? Failure.noRight : Failure.timeout;
  }
  const { words, grants } = message;
`,
      },
    ],
    killedBy: 'nothing-leaks',
  },
  {
    name: 'reply-outlives-the-call',
    variant,
    bug: 'SEL4-IPC-17',
    title: 'Reply to a caller that was suspended',
    story:
      'The caller was taken out of its call, and waits in another. The right to reply to the first is still there, and nobody asks which call it belongs to: the late reply ends the second call, with the answer to the first.',
    origin: 'classic: seL4 deletes the reply capability of a thread that is suspended',
    edits: [
      {
        file: rendezvous,
        from: `  return (yield* claim(blockOf(kernel, callerOf(reply)), callOf(reply))) ? callerOf(reply) : -1;`,
        to: `  const caller = blockOf(kernel, callerOf(reply));
  const call = yield load(caller.awaits, 'relaxed');
  return call !== 0 && (yield* claim(caller, call)) ? callerOf(reply) : -1;`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'grants-by-what-is-granted',
    variant,
    bug: 'SEL4-IPC-19',
    title: 'Cap transferred without Grant',
    story:
      'Whether a capability goes along with a message is asked of the capability that goes, and not of the endpoint’s, which it goes over. A client that was given an endpoint only to send words sends a capability, and the server has it.',
    origin: 'seL4 manual, chapter 4: the right is that of the capability which is invoked',
    edits: [
      {
        file: kernel,
        from: `  const mayGrant = (rightsOf(capability) & Right.grant) !== 0;`,
        to: `  const granted = grants === null ? 0 : yield* lookUpAny(self, kernel, grants);
  const mayGrant = (rightsOf(granted) & Right.grant) !== 0;`,
      },
    ],
    killedBy: 'grants',
  },
  {
    name: 'signal-overwrites',
    variant,
    bug: 'SEL4-IPC-20',
    title: 'Notification word overwritten',
    story: 'Two signal before anybody waits. The second badge takes the place of the first, and one event is lost.',
    origin: 'classic: assigned, not added',
    edits: [
      {
        file: kernel,
        from: `  const word = (yield load(port.signals, 'plain')) | badgeOf(capability);`,
        to: `  const word = badgeOf(capability);`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'last-tick-not-counted',
    variant,
    bug: undefined,
    title: 'The last tick is not counted',
    story:
      'The clock takes a tick from each thread that waits, and leaves out those that have but one. Time is never over.',
    origin: 'classic: an end off by one',
    edits: [
      {
        file: kernel,
        from: 'if (ticks > 0) yield store',
        to: 'if (ticks > 1) yield store',
      },
      { file: kernel, from: 'if (ticks === 1) yield* withdraw', to: 'if (ticks === 0) yield* withdraw' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'clock-looks-without-the-lock',
    variant,
    bug: undefined,
    title: 'The clock passes by a server that has replied and does not yet wait',
    story:
      'A reply and the wait for the next call are one step, under locks. The clock first looks, without them, whether a thread waits at all. The server has replied; the client knows it, and lets the clock tick as often as the server wants to wait. The clock finds nobody who waits. Then the server begins to, and no tick comes any more.',
    origin: 'ours: the clock of this file, until the grade budget found it',
    edits: [
      {
        file: kernel,
        from: '    const port = yield* lockThread(kernel, table, id); // of who',
        to: `    if ((yield load(block.ticks, 'relaxed')) <= 0) continue;
    const port = yield* lockThread(kernel, table, id); // of who`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'time-is-over-and-still-queued',
    variant,
    bug: undefined,
    title: 'Who waits no longer is still in the queue',
    story:
      'The receiver is told that time is over, and goes. Its place in the queue stays. The next sender takes it for one that waits.',
    origin: 'classic: a waiter that is not dequeued',
    edits: [
      {
        file: rendezvous,
        from: `  } else yield* unlink(kernel, table, portOf(kernel, port - 1), id);
  const isSending`,
        to: `  }
  const isSending`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'both-decide',
    variant,
    bug: undefined,
    title: 'Who takes a caller out of its call does not decide that it gets no reply',
    story:
      'The caller is canceled, and goes on to wait for a signal. The reply to its call finds that nobody has taken it back, and ends that wait.',
    origin: 'classic: withdrawal and transfer as two decisions (semantics, section 29)',
    edits: [
      {
        file: rendezvous,
        from: `    if (!(yield* claim(block, yield load(block.calls, 'plain')))) return; // the reply is under way
`,
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'waits-though-killed',
    variant,
    bug: undefined,
    title: 'A thread that was killed waits',
    story:
      'The kill takes the server out of its wait. It goes on to the next call, which does not ask whether its caller was killed, and waits for ever.',
    origin: 'classic: a kill that is slept over',
    edits: [{ file: entry, from: "  if ((yield load(mine.dead, 'plain')) !== 0) {", to: '  if (self.id < 0) {' }],
    killedBy: 'progress',
  },
  {
    name: 'waits-though-not-at-all',
    variant,
    bug: undefined,
    title: 'A timeout of 0 is one of no end',
    story: 'Nobody is there. The call was to try and no more, and it waits for somebody to come.',
    origin: 'classic: 0 taken for the absence of a timeout',
    edits: [{ file: entry, from: '  if (ticks === 0) {', to: '  if (ticks === -2) {' }],
    killedBy: 'not-at-all',
  },
  {
    name: 'nobody-tells-the-caller',
    variant,
    bug: undefined,
    title: 'A server dies, and its caller waits on',
    story: 'The server is killed between the call and the reply. Nobody else can reply, and nobody tells the caller.',
    origin: 'classic: peer exit without waking the partner (semantics, section 12)',
    edits: [
      { file: kernel, from: '  if (client < 0) return Status.sent;\n', to: '  if (client < 9) return Status.sent;\n' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'signal-stays',
    variant,
    bug: undefined,
    title: 'Who waits leaves the signal where it was',
    story: 'The badges are taken and not cleared: they are there again for the next wait.',
    origin: 'classic',
    edits: [
      {
        file: kernel,
        from: `    yield store(port.signals, 0, 'plain');
    yield store(mine.badge`,
        to: `    yield store(mine.badge`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'port-not-looked-at-again',
    variant,
    bug: undefined,
    title: 'A port is locked that the thread waits at no longer',
    story:
      'The canceler reads where its target waits, and takes that lock. Meanwhile a sender has served the target, and it is elsewhere. The canceler does not look again.',
    origin: 'classic: lock, then check again what made you lock it',
    edits: [
      {
        file: rendezvous,
        from: "    if ((yield load(block.port, 'relaxed')) === port) return port;\n",
        to: '    if (port !== -1) return port;\n',
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'granted-over-another',
    variant,
    bug: undefined,
    title: 'A capability is granted into the slot that it came from',
    story:
      'The kernel puts the capability into the receiver’s table where it was in the sender’s. What the receiver had there is gone.',
    origin: 'classic',
    edits: [
      {
        file: rendezvous,
        from: "    if ((yield load(to.slots + slot, 'plain')) !== 0) continue;",
        to: '    if (slot !== granted) continue;',
      },
    ],
    killedBy: 'linearizes',
  },
]);
