import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/shm-polling.ts';
const variant = 'two-slots';

const readHead = `function* read(message: Message, limitBytes: number): Routine<Word> {`;
const ready = `  yield store(message.status, Status.ready, 'release', 'shm-polling.ready'); // pairs with read: shows all of the above
`;
const poll = `  yield awaitWord(message.status, Status.ready, 'acquire', 'shm-polling.poll'); // pairs with write
`;
const fetched = `  const length = yield load(message.length, 'relaxed', 'shm-polling.fetch'); // once: it may be another the next time
`;
const taken = `  yield store(message.status, Status.invalid, 'relaxed', 'shm-polling.taken'); // before we reply, or call again
`;

export default exhibit('ipc/shm-polling', [
  {
    name: 'ready-before-the-payload',
    variant,
    bug: 'SHM-POLLING-01',
    title: 'READY set before the payload',
    story:
      'The sender sets the status first and copies its bytes after. The receiver polls in between, takes what the message held before for the request, and processes that.',
    origin: 'classic; the course notes (seed 001) stress the order',
    edits: [
      { file, from: ready, to: '' },
      {
        file,
        from: `  let checksum = 0;
  for (const [i, byte] of (bytes ?? []).entries()) {`,
        to: `${ready}  let checksum = 0;
  for (const [i, byte] of (bytes ?? []).entries()) {`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'ready-relaxed',
    variant,
    bug: 'SHM-POLLING-02',
    title: 'Plain store for READY (no release)',
    story:
      'The sender writes its bytes and then READY, in that order, but as ordinary stores. Nothing makes the others see them in that order. The receiver sees READY and reads a message that has not reached it.',
    origin: 'the course notes (seed 002), relaxed memory',
    edits: [{ file, from: `'release', 'shm-polling.ready'`, to: `'relaxed', 'shm-polling.ready'` }],
    killedBy: 'faultless',
  },
  {
    name: 'compiler-fence-only',
    variant,
    bug: 'MEMORY-ORDER-12',
    title: 'Compiler fence only',
    story:
      'The reader polls with an ordinary load, and behind the loop stands a barrier for the compiler. It keeps the instructions in their order, but not the processor: what it reads of the message may still be from before the status.',
    origin: 'classic: asm volatile("" ::: "memory") where a processor barrier is needed',
    edits: [{ file, from: `'acquire', 'shm-polling.poll'`, to: `'relaxed', 'shm-polling.poll'` }],
    killedBy: 'faultless',
  },
  {
    name: 'never-reset',
    variant,
    bug: 'SHM-POLLING-04',
    title: 'Status never reset',
    story:
      'The receiver copies the request, processes it, and leaves it ready. When it polls again it finds the same request, and processes it a second time.',
    origin: 'the course notes (seed 001) do not say who clears the status',
    edits: [{ file, from: taken, to: '' }],
    killedBy: 'exactly-once',
  },
  {
    name: 'both-reset',
    variant,
    bug: 'SHM-POLLING-05',
    title: 'Both sides reset the same word',
    story:
      'The sender makes its own request invalid when it has the reply, and so does the receiver, but only after it has replied. In between the sender calls again. The receiver’s reset then erases a request that it has never seen, and both wait for ever.',
    origin: 'classic: a reset with two owners',
    edits: [
      { file, from: taken, to: '' },
      {
        file,
        from: `  return yield* read(region.reply, region.limitBytes);`,
        to: `  const result = yield* read(region.reply, region.limitBytes);
  yield store(region.reply.status, Status.invalid, 'relaxed');
  yield store(region.request.status, Status.invalid, 'relaxed');
  return result;`,
      },
      {
        file,
        from: `  yield* write(region.reply, count === notWhole ? undefined : reply);`,
        to: `  yield* write(region.reply, count === notWhole ? undefined : reply);
  yield store(region.request.status, Status.invalid, 'relaxed');`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'length-fetched-twice',
    variant,
    bug: 'SHM-POLLING-07',
    title: 'Length re-read after the check (double fetch)',
    story:
      'The receiver checks the length in shared memory, and reads it again there as it copies. Between the two the sender’s process writes another. The receiver copies on, beyond the end of the message and of the region.',
    origin: 'the course notes (seed 000), TOCTTOU',
    edits: [
      {
        file,
        from: `  for (let i = 0; isWhole && i < length; i++) {`,
        to: `  for (let i = 0; isWhole && i < (yield load(message.length, 'relaxed')); i++) {`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'flag-in-a-register',
    variant,
    bug: 'SHM-POLLING-08',
    title: 'Compiler keeps the flag in a register',
    story:
      'Nothing tells the compiler that the status may change under its hands. So it reads the word once, before the loop, and the loop tests a register. The receiver that came too early polls for ever, though the request is long ready.',
    origin: 'classic: a shared flag that is neither volatile nor atomic',
    edits: [
      {
        file,
        from: poll,
        to: `  const status = yield load(message.status, 'acquire');
  while (status !== Status.ready) yield pause();
`,
      },
      {
        file,
        from: `awaitWord, copyIn, copyOut, load, type Routine`,
        to: `copyIn, copyOut, load, pause, type Routine`,
      },
    ],
    killedBy: 'ready-is-seen',
  },
  {
    name: 'absolute-pointer',
    variant,
    bug: 'SHM-POLLING-09',
    title: 'Absolute pointer in the shared region',
    story:
      'Each process has the region at another address. The sender writes where its bytes are as a pointer in its own address space. The receiver follows it in its own, where something else lies there, or nothing.',
    origin: 'the course notes (seeds 001, 004): mapped addresses may differ',
    edits: [
      {
        file,
        from: `/** The length of a message that says: refused. */`,
        to: `/** Where each process has the region: what must be added to a place in it, to get the process's own address. */
const attachedAt = { sender: 0x10000, receiver: 0x20000 } as const;

/** The length of a message that says: refused. */`,
      },
      {
        file,
        from: `  readonly checksum: Address;
`,
        to: `  readonly checksum: Address;
  readonly pointer: Address;
`,
      },
      {
        file,
        from: `    payload: memory.words(`,
        to: `    pointer: memory.word(\`\${name}.pointer\`),
    payload: memory.words(`,
      },
      {
        file,
        from: `  yield* write(region.request, bytes);`,
        to: `  yield* write(region.request, bytes, attachedAt.sender);`,
      },
      {
        file,
        from: `read(region.reply, region.limitBytes);`,
        to: `read(region.reply, region.limitBytes, attachedAt.sender);`,
      },
      {
        file,
        from: `read(region.request, region.limitBytes);`,
        to: `read(region.request, region.limitBytes, attachedAt.receiver);`,
      },
      {
        file,
        from: `count === notWhole ? undefined : reply);`,
        to: `count === notWhole ? undefined : reply, attachedAt.receiver);`,
      },
      {
        file,
        from: `bytes: readonly Byte[] | undefined): Routine {`,
        to: `bytes: readonly Byte[] | undefined, base: number): Routine {`,
      },
      {
        file,
        from: `  yield store(message.checksum, checksum, 'plain');`,
        to: `  yield store(message.checksum, checksum, 'plain');
  yield store(message.pointer, base + message.payload, 'plain');`,
      },
      {
        file,
        from: readHead,
        to: `function* read(message: Message, limitBytes: number, base: number): Routine<Word> {`,
      },
      {
        file,
        from: `    const byte = yield load(message.payload + i, 'plain', 'shm-polling.read');`,
        to: `    const payload = (yield load(message.pointer, 'plain')) - base;
    const byte = yield load(payload + i, 'plain');`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'length-not-checked',
    variant,
    bug: undefined,
    title: 'The receiver believes any length',
    story:
      'The receiver copies as many bytes as the message says that it has. The sender’s process says more than there is room for, and the receiver copies what lies behind the region.',
    origin: 'classic: the missing bounds check (Heartbleed, CVE-2014-0160)',
    edits: [
      {
        file,
        from: `magicNumber && length >= 0 && length <= limitBytes;`,
        to: `magicNumber && length >= 0;`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'checksum-not-checked',
    variant,
    bug: undefined,
    title: 'The receiver checks the length only',
    story:
      'A length that fits is not yet the length that was sent. The sender’s process writes another over it, and the receiver processes a request that has never been made: part of one, or one with bytes of an earlier one at its end.',
    origin: 'the header of the course notes (seed 001): magic number, length, checksum',
    edits: [
      {
        file,
        from: `  isWhole &&= checksum === (yield load(message.checksum, 'plain'));
`,
        to: '',
      },
    ],
    killedBy: 'exactly-once',
  },
  {
    name: 'goes-on-without-the-reply',
    variant,
    bug: undefined,
    title: 'The sender does not wait for the reply',
    story:
      'The sender looks at the reply as soon as it has sent its request, ready or not. It takes for the reply what stands there, and goes on before anybody has seen the request.',
    origin: 'classic: an asynchronous send taken for a call',
    edits: [
      { file, from: poll, to: '' },
      {
        file,
        from: `  const count = yield* read(region.request, region.limitBytes);`,
        to: `  yield awaitWord(region.request.status, Status.ready, 'acquire');
  const count = yield* read(region.request, region.limitBytes);`,
      },
    ],
    killedBy: 'processed-before-it-goes-on',
  },
  {
    name: 'ready-at-boot',
    variant,
    bug: undefined,
    title: 'The messages are ready at boot',
    story:
      'Nobody has made the two messages invalid before they are used. The receiver finds a request that nobody has sent, and the sender a reply to a request that nobody has seen.',
    origin: 'the course notes (seed 001): both are invalid at first',
    edits: [
      {
        file,
        from: `memory.word(\`\${name}.status\`, Status.invalid)`,
        to: `memory.word(\`\${name}.status\`, Status.ready)`,
      },
    ],
    killedBy: 'invalid-at-first',
  },
  {
    name: 'copies-all-there-is-room-for',
    variant,
    bug: undefined,
    title: 'The reader copies the whole message, however short it is',
    story:
      'The reader fetches every byte that the message has room for, and looks at the length only then. All answers are right, but a short message costs as much as the longest.',
    origin: 'the course notes (seed 001): fixed messages that are too long waste',
    edits: [
      {
        file,
        from: fetched,
        to: `${fetched}  for (let i = 0; i < limitBytes; i++) yield load(message.payload + i, 'relaxed');
`,
      },
    ],
    killedBy: 'cost-of-a-message',
  },
  {
    name: 'gives-its-core-up',
    variant,
    bug: undefined,
    title: 'Who polls lets others run in between',
    story:
      'Instead of polling on, the waiting thread asks the kernel for another turn each time it has looked in vain. That is kind to others, but it is no longer the protocol of the notes, which asks the kernel for nothing.',
    origin: 'sched_yield in a polling loop',
    edits: [
      {
        file,
        from: poll,
        to: `  while ((yield load(message.status, 'acquire')) !== Status.ready) yield* timerInterrupt(self);
`,
      },
      { file, from: `call(_self: Thread`, to: `call(self: Thread` },
      { file, from: `serve(_self: Thread`, to: `serve(self: Thread` },
      { file, from: `read(region.reply, region.limitBytes);`, to: `read(region.reply, region.limitBytes, self);` },
      { file, from: `read(region.request, region.limitBytes);`, to: `read(region.request, region.limitBytes, self);` },
      {
        file,
        from: readHead,
        to: `function* read(message: Message, limitBytes: number, self: Thread): Routine<Word> {`,
      },
      {
        file,
        from: `import type { Thread } from`,
        to: `import { timerInterrupt } from '#impl/sync/dispatcher.ts';
import type { Thread } from`,
      },
      { file, from: `awaitWord, copyIn`, to: `copyIn` },
    ],
    killedBy: 'keeps-its-core',
  },
]);
