import { exhibit } from '#properties/museum/mutant.ts';

const kernel = 'impl/ipc/l4.ts';
const entry = 'impl/ipc/l4.entry.ts';
const fastPath = 'impl/ipc/l4.fast-path.ts';
const variant = 'endpoints';

/** The fast path: what it must do as the slow path does, and what makes it one. */
export default exhibit('ipc/l4', [
  {
    name: 'registers-read-too-late',
    variant,
    bug: 'L4-IPC-18',
    title: 'Register message not preserved by interrupt',
    story:
      'The message is in the registers of the core. Who is to have it lets its lock go before it reads them, and with it the interrupts come back. The timer strikes, another thread runs on this core, and the registers hold its message now.',
    origin: 'classic: interrupts on in the kernel’s exit path',
    edits: [
      {
        file: entry,
        from: `  const core = coreBlockOf(kernel, yield coreNumber());
`,
        to: `  const core = coreBlockOf(kernel, yield coreNumber());
  yield* release(wordsOf(self.table, self.id).lock);
`,
      },
      {
        file: entry,
        from: `  yield* release(wordsOf(self.table, self.id).lock);
  return status === Status.receivedInRegisters`,
        to: '  return status === Status.receivedInRegisters',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'runs-in-the-callers-space',
    variant,
    bug: 'SEL4-IPC-15',
    title: 'Fast path skips ASID validity',
    story:
      'The fast path switches stacks and registers, and leaves the address space to be checked by the slow path. The server runs in the space of whoever called it.',
    origin: 'seL4 ebcfcb701 (2022-02-27), where the space of the target may have been given to another',
    edits: [
      {
        file: entry,
        from: '  yield activate(kernel.spaceOf[self.id] as number);\n',
        to: '  if (status !== Status.receivedInRegisters) yield activate(kernel.spaceOf[self.id] as number);\n',
      },
    ],
    killedBy: 'own-space',
  },
  {
    name: 'asks-the-dispatcher',
    variant,
    bug: undefined,
    title: 'The partner is made runnable, and the dispatcher asked',
    story:
      'The caller wakes the server and gives the core up. The dispatcher takes whoever is next, and that is a third thread. The message that was in the registers is not there any more.',
    origin: 'the slow path taken for the fast one',
    edits: [
      {
        file: fastPath,
        from: '  yield* switchDirectly(self, partner);\n',
        to: `  yield* wake(self.table, partner);
  yield* release(wordsOf(self.table, partner).lock);
  yield* standBy(self);
`,
      },
      {
        file: fastPath,
        from: "import { switchDirectly } from '#impl/sync/dispatcher.ts';",
        to: "import { standBy, wake } from '#impl/sync/dispatcher.ts';",
      },
    ],
    killedBy: 'direct',
  },
  {
    name: 'sender-passed-over',
    variant,
    bug: undefined,
    title: 'The fast reply does not look whether somebody waits to send',
    story:
      'The server replies and waits, on the fast path. A second caller is in the queue already, and the server joins it there. Both wait for each other.',
    origin: 'seL4, fastpath_reply_recv: the endpoint must have no sender',
    edits: [
      {
        file: kernel,
        from: '    if (isQueueEmpty && (yield load',
        to: '    if ((yield load',
      },
      {
        file: kernel,
        from: '    const isQueueEmpty = (yield* partnerAt(kernel, port, Activity.sending)) < 0;\n',
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'text-left-behind',
    variant,
    bug: undefined,
    title: 'The fast path takes a message that has a text',
    story:
      'The words go in registers, and the text that belongs to them stays behind. The call is answered as if it had come.',
    origin: 'classic: fast path that is too wide',
    edits: [
      {
        file: kernel,
        from: 'words.length <= physicalRegisters && texts.length === 0 && grants === null;',
        to: 'words.length <= physicalRegisters && texts.length >= 0 && grants === null;',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'killed-caller-waits',
    variant,
    bug: undefined,
    title: 'The fast call does not ask whether its caller was killed',
    story:
      'The caller was killed. By the slow path it may not wait; by the fast one it does, for a server that may never reply.',
    origin: 'classic: a check of the slow path left out',
    edits: [
      {
        file: kernel,
        from: `    if ((yield load(mine.dead, 'plain')) === 0) {
      yield* callDirectly`,
        to: `    if (port >= 0) {
      yield* callDirectly`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'killed-server-waits',
    variant,
    bug: undefined,
    title: 'The fast reply does not ask whether the server was killed',
    story:
      'The server was killed before it took the call. It replies, as it may, and goes on to wait for the next call: by the fast path it does, though it was killed, and nobody wakes it.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: kernel,
        from: "    if (isQueueEmpty && (yield load(mine.dead, 'plain')) === 0) {",
        to: '    if (isQueueEmpty) {',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'no-right-to-reply',
    variant,
    bug: undefined,
    title: 'The fast call gives no right to reply',
    story: 'The server runs at once and replies at once. Its reply goes to nobody, for nobody told it who called.',
    origin: 'classic',
    edits: [
      { file: fastPath, from: '  yield* owe(mine, theirs, self.id);\n', to: '' },
      { file: fastPath, from: 'finish, owe, startAwaiting', to: 'finish, startAwaiting' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'clock-not-set',
    variant,
    bug: undefined,
    title: 'The fast reply does not say how long the server waits',
    story:
      'The server was to wait two ticks for the next call. On the fast path nobody writes that down, and it waits for ever.',
    origin: 'classic',
    edits: [{ file: fastPath, from: "  yield store(mine.ticks, ticks, 'plain');\n", to: '' }],
    killedBy: 'progress',
  },
]);
