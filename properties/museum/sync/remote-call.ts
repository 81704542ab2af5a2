import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/remote-call.ts';
const variant = 'mailboxes';

const asks = `  yield fetchAdd(wordsOf(cores, core).news, 1 << me, 'release', 'remote-call.ask'); // pairs with look: shows the arguments
`;
const interrupts = `  yield sendInterrupt(core, 'remote-call.interrupt');
`;
const writesArguments = `  yield store(mailbox.counter, counter, 'plain');
  yield store(mailbox.amount, amount, 'plain');
`;
const takes = `    yield fetchAdd(wordsOf(cores, me).news, -(1 << asker), 'relaxed'); // before we tell: then there may be another request
`;
const answers = `    yield store(mailbox.result, yield* addHere(cores, me, counter, amount), 'plain');
`;
const waits = `    if (!(yield* serve(cores, me, bits))) yield awaitOther(news, bits, 'relaxed', 'remote-call.wait');
`;

/** Calls to other cores, by mailboxes. Those one at a time have a file of their own. */
export default exhibit('sync/remote-call', [
  {
    name: 'argument-after-the-flag',
    variant,
    bug: 'SEL4-IPC-01',
    title: 'IPI argument seen before it is written',
    story:
      'The flag that says that there is a request is set by an operation that orders nothing. Another core’s request has interrupted the one that is asked, so it looks, sees this flag too, and reads arguments that have not reached it.',
    origin: 'seL4 81679f2b9 (2025-02-14), SMP: Fix IPI Race',
    edits: [{ file, from: `'release', 'remote-call.ask'`, to: `'relaxed', 'remote-call.ask'` }],
    killedBy: 'faultless',
  },
  {
    name: 'arguments-swapped',
    variant,
    bug: 'SEL4-IPC-14',
    title: 'Arguments swapped in remote call',
    story:
      'The two arguments change places on the way: the amount is taken for the counter, and the counter for the amount. All types fit, and what was asked happens to something else, or nowhere.',
    origin: 'seL4 31733b6bf (2019-01-25): cpu and data exchanged in a remote call',
    edits: [
      {
        file,
        from: `yield* ask(cores, me, core, counter, amount)`,
        to: `yield* ask(cores, me, core, amount, counter)`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'waits-without-serving',
    variant,
    bug: undefined,
    title: 'Two cores ask each other, and both wait with interrupts off',
    story:
      'Each has left its request and waits for the other to be done. Neither is interrupted, for both have their interrupts off, and neither looks at what it is asked itself.',
    origin: 'Linux kernel/smp.c: "Can deadlock when called with interrupts disabled"',
    edits: [
      {
        file,
        from: waits,
        to: `    yield awaitOther(news, bits, 'relaxed');
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'waits-for-its-answer-only',
    variant,
    bug: undefined,
    title: 'Who waits looks at requests once, and then only for its answer',
    story:
      'The waiting core serves what it was asked before, and then waits until its answer is there. A request that comes later changes another bit of the word, and is not looked at.',
    origin: 'classic: waiting for one of two events',
    edits: [
      {
        file,
        from: waits,
        to: `    yield* serve(cores, me, bits);
    yield awaitWord(news, expected, 'relaxed');
`,
      },
      {
        file,
        from: `  awaitOther,
`,
        to: `  awaitWord,
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'not-interrupted',
    variant,
    bug: undefined,
    title: 'The other core is not interrupted',
    story:
      'The request lies in the mailbox, and the core that is asked sleeps, or is busy with something else. Nobody tells it to look.',
    origin: 'classic: a message without a doorbell',
    edits: [{ file, from: interrupts, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'interrupted-before-asked',
    variant,
    bug: undefined,
    title: 'The other core is interrupted before it is asked',
    story:
      'The interrupt is sent first and the request left after. The core comes, finds nothing, and goes back to what it did.',
    origin: 'classic: the doorbell before the message',
    edits: [{ file, from: `${asks}${interrupts}`, to: `${interrupts}${asks}` }],
    killedBy: 'progress',
  },
  {
    name: 'asked-before-the-arguments',
    variant,
    bug: undefined,
    title: 'The request is shown before its arguments',
    story:
      'The flag is set, and then the arguments are written. A core that looks in between does what the last request asked for.',
    origin: 'classic: publication before initialisation',
    edits: [{ file, from: `${writesArguments}${asks}`, to: `${asks}${writesArguments}` }],
    killedBy: 'faultless',
  },
  {
    name: 'told-before-done',
    variant,
    bug: undefined,
    title: 'A core says that it is done before it is',
    story:
      'The answer is given as soon as the arguments are read, so that the caller need not wait so long. It goes on, and reads a result that is not there yet, or asks again before the first has happened.',
    origin: 'classic: an acknowledgement of receipt taken for one of completion',
    edits: [
      { file, from: answers, to: '' },
      {
        file,
        from: `'release', 'remote-call.tell'); // pairs with look: shows the result
`,
        to: `'release', 'remote-call.tell');
${answers}`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'told-relaxed',
    variant,
    bug: undefined,
    title: 'The answer is shown without release',
    story:
      'Nothing keeps the result before the bit that says that it is there. The caller sees the bit and reads an old result.',
    origin: 'SEL4-IPC-01, on the way back',
    edits: [{ file, from: `'release', 'remote-call.tell'`, to: `'relaxed', 'remote-call.tell'` }],
    killedBy: 'faultless',
  },
  {
    name: 'not-taken',
    variant,
    bug: undefined,
    title: 'The request is not taken off',
    story:
      'The core has done what was asked and leaves the bit where it is. The next interrupt finds it again, and it is done twice.',
    origin: 'classic: a pending bit that nobody clears',
    edits: [{ file, from: takes, to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'first-answer-is-enough',
    variant,
    bug: undefined,
    title: 'The caller goes on with the first answer',
    story:
      'Two cores are asked, and the caller waits until any of them has answered. It takes the bits of both off, and goes on before the second has done anything.',
    origin: 'classic: any where all is meant',
    edits: [
      {
        file,
        from: `    if ((bits & expected) === expected) break;`,
        to: `    if (expected === 0 || (bits & expected) !== 0) break;`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'itself-forgotten',
    variant,
    bug: undefined,
    title: 'The caller’s own core is left out',
    story: 'A call to all cores goes to all others. The caller’s own is among those that were asked, and does nothing.',
    origin: 'smp_call_function where on_each_cpu is meant',
    edits: [{ file, from: `((mask >> me) & 1) === 1 ? yield* addHere(cores, me, counter, amount) : 0`, to: `0` }],
    killedBy: 'refines',
  },
  {
    name: 'interrupts-itself',
    variant,
    bug: undefined,
    title: 'The caller asks its own core through the mailbox',
    story:
      'The caller leaves a request for itself and interrupts itself. It serves it while it waits, so all answers are right, and an interrupt was sent for nothing.',
    origin: 'classic: the local case not told from the remote one',
    edits: [
      {
        file,
        from: `(core !== me && ((mask >> core) & 1) === 1 ? [core] : [])`,
        to: `(((mask >> core) & 1) === 1 ? [core] : [])`,
      },
      { file, from: `((mask >> me) & 1) === 1 ? yield* addHere(cores, me, counter, amount) : 0`, to: `0` },
    ],
    killedBy: 'one-interrupt-each',
  },
  {
    name: 'caller-unmasked',
    variant,
    bug: undefined,
    title: 'A caller can lose its core between finding it out and using it',
    story:
      'The caller asks which core it is on, a timer strikes, and it goes on upon another. It then changes counters of a core that is no longer its own.',
    origin: 'Linux: smp_processor_id() in preemptible code',
    edits: [
      {
        file,
        from: `  yield maskInterrupts(); // so that we stay on this core
  const me = yield coreNumber();`,
        to: `  const me = yield coreNumber();
  yield maskInterrupts();`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'looks-without-waiting',
    variant,
    bug: undefined,
    title: 'Who waits looks again and again',
    story:
      'The waiting core takes it that there is always something to serve, and never waits for a change. All answers are right, but the longer the others take the more steps it makes.',
    origin: 'classic: a polling loop without a pause',
    edits: [{ file, from: `  let isAny = false;`, to: `  let isAny = true;` }],
    killedBy: 'no-busy-waiting',
  },
]);
