import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/chcore.ts';
const switchFile = 'impl/ipc/chcore.switch.ts';
const variant = 'try-locks';

const givenBack = `  yield store(words.context, 0, 'plain');
  yield tracepoint('scheduling context returned', self.id);
`;
const unlocked = `  yield store(words.passive, passive, 'release', 'chcore.answered'); // pairs with hold
`;
const handedBack = `  } else {
    yield store(threadAt(kernel, to).reply, answer, 'plain');
    yield* switchTo(self, kernel, to);
`;
const addressed = '  return (yield* isExiting(kernel, caller)) ? null : caller;\n';
const returnedLoop = '  while (copied < count && failure === 0) {\n';
const undone = '  while (failure !== 0 && copied > 0) {\n';
const cleared =
  "  yield store(connection.returnedCount, 0, 'plain');\n  for (const entry of connection.returning) yield store(entry, 0, 'plain');\n";
const fetched = "  if (index >= (yield load(connection.count, 'plain'))) return Failure.invalid;\n";
const handlerBusy = `  if (seen !== Passive.waiting) {
    yield* letGo(taken);
    return seen === Passive.dead`;
const taken = '  const { connection, index } = taken;\n';

/** Calls and answers: what goes over, whose time it takes, and who runs afterwards. */
export default exhibit('ipc/chcore', [
  {
    name: 'context-cleared-after-unlock',
    variant,
    bug: 'CHCORE-IPC-02',
    title: 'Same for the handler thread in ipc_return',
    story:
      'The handler says that it is free, and then gives its scheduling context back. In between another client has taken it and lent it its own: that one is gone, and the handler runs on nobody’s time.',
    origin: 'ChCore (OS-Course-Lab), the comment at OP-SET-NULL in connection.c, the wrong way round',
    edits: [{ file: switchFile, from: `${givenBack}${unlocked}`, to: `${unlocked}${givenBack}` }],
    killedBy: 'faultless',
  },
  {
    name: 'last-index-never-works',
    variant,
    bug: 'CHCORE-IPC-03',
    title: 'Capability count limit off by one',
    story:
      'A call may carry as many capabilities as there is room for, and the last of them can never be fetched: one test says at most, the other says less.',
    origin: 'ChCore (OS-Course-Lab), ipc_call against ipc_send_cap',
    edits: [
      {
        file,
        from: '  if (index >= (yield load(connection.count',
        to: '  if (index + 1 >= kernel.capabilitiesMax || index >= (yield load(connection.count',
      },
    ],
    killedBy: 'all-that-was-sent',
  },
  {
    name: 'fetches-what-was-not-sent',
    variant,
    bug: 'CHCORE-IPC-04',
    title: 'Server pulls capabilities the client did not send',
    story:
      'The client left two capabilities with the connection and called with one. The handler asks for the second, and nobody compares its index with the count of this call.',
    origin: 'ChCore (OS-Course-Lab), sys_ipc_get_cap',
    edits: [{ file, from: fetched, to: '' }],
    killedBy: 'only-what-was-sent',
  },
  {
    name: 'stale-answer',
    variant,
    bug: 'CHCORE-IPC-05',
    title: 'Stale returned capabilities',
    story:
      'The first answer brought a capability, the second none. What says how many there are is only written when there are some: the client takes the old one for the new answer.',
    origin: 'ChCore (OS-Course-Lab), client_cap_buf',
    edits: [{ file, from: "  yield store(connection.returnedCount, 0, 'plain');\n  for", to: '  for' }],
    killedBy: 'linearizes',
  },
  {
    name: 'failed-return-keeps-all',
    variant,
    bug: 'CHCORE-IPC-12',
    title: 'Return error keeps all locks',
    story:
      'The answer names a capability that may not be copied. The server is told so and goes on as if it had answered: client, connection and handler are never free again.',
    origin: 'ChCore (OS-Course-Lab), sys_ipc_return',
    edits: [
      {
        file,
        from: '  const answer = copied < 0 ? copied : result;\n',
        to: '  if (copied < 0) return copied;\n  const answer = result;\n',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'exited-client-runs',
    variant,
    bug: 'CHCORE-IPC-13',
    title: 'Client exiting while the server works',
    story:
      'The client is killed while its call is served. The handler answers it all the same, and a dead thread runs.',
    origin: 'ChCore, sys_ipc_return without step 2',
    edits: [{ file, from: addressed, to: '  return caller;\n' }],
    killedBy: 'linearizes',
  },
  {
    name: 'error-stored-as-slot',
    variant,
    bug: 'CHCORE-IPC-16',
    title: 'Unsigned error test',
    story:
      'What copying a capability gave is compared as an unsigned number, and so never below zero: the error is stored as the slot, and the client is told that all went well.',
    origin: 'ChCore lab 2022, ipc_send_cap: u64 dest_cap < 0',
    edits: [{ file, from: '    if (to < 0) failure = to;', to: '    if (to >>> 0 < 0) failure = to;' }],
    killedBy: 'linearizes',
  },
  {
    name: 'header-read-again',
    variant,
    bug: 'CHCORE-IPC-17',
    title: 'Kernel re-reads message header in shared memory',
    story:
      'The header says one capability, and that is checked. While it is copied, another thread of the client writes three; the kernel reads the header again before each, and goes on past the end of its buffer.',
    origin: 'ChCore lab 2022, ipc_send_cap_to_client',
    edits: [
      {
        file,
        from: returnedLoop,
        to: `  const frame = kernel.frames[yield load(connection.memory, 'plain')] as Address;
  while (copied < (yield load(frame + Field.count, 'relaxed')) && failure === 0) {
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'wrong-thread-waits',
    variant,
    bug: 'CHCORE-IPC-18',
    title: 'Reply sets the wrong thread waiting',
    story: 'The handler has answered, and marks the client as waiting. Nobody ever runs the client again.',
    origin: 'student commit Naplesoul 993dc95 (2022-04-15)',
    edits: [
      {
        file: switchFile,
        from: handedBack,
        to: `  } else {
    yield store(threadAt(kernel, to).reply, answer, 'plain');
    yield store(wordsOf(self.table, to).state, State.sleeping, 'relaxed');
    yield* standBy(self);
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'retries-without-yield',
    variant,
    bug: 'CHCORE-IPC-20',
    title: 'Retry loop without yield under strict priority',
    story:
      'The handler has given the core up in the midst of a call. Who else wants it is told to try again, and does so at once, as often as it may: the handler never gets the core back.',
    origin: 'ChCore (OS-Course-Lab), libc, ipc_call',
    edits: [
      { file, from: '    yield* timerInterrupt(self); // lets others run: perhaps whoever has what we want\n', to: '' },
    ],
    killedBy: 'lets-others-run',
  },

  {
    name: 'address-not-translated',
    variant,
    bug: undefined,
    title: 'The server is told where the client has the message',
    story:
      'The address of the message goes over as it is. In the server’s address space something else is there, or nothing.',
    origin: 'classic: a pointer passed between address spaces',
    edits: [{ file, from: 'yield load(connection.serverPage,', to: 'yield load(connection.clientPage,' }],
    killedBy: 'translated',
  },
  {
    name: 'connection-kept-after-failed-try',
    variant,
    bug: undefined,
    title: 'Who does not get the handler keeps the connection',
    story:
      'The handler is busy, the call is to be tried again, and the connection stays taken: every later try fails too.',
    origin: 'classic: an early return without unlock',
    edits: [{ file, from: handlerBusy, to: handlerBusy.replace('    yield* letGo(taken);\n', '') }],
    killedBy: 'linearizes',
  },
  {
    name: 'changed-before-both-are-held',
    variant,
    bug: undefined,
    title: 'A call that fails has forgotten the last answer',
    story:
      'What the last answer brought is dropped as soon as the connection is taken. The handler is busy, the call fails, and the client cannot fetch its capability any more.',
    origin: 'ChCore, the rule in sys_ipc_call that retry is safe, broken',
    edits: [
      { file, from: cleared, to: "  for (const entry of connection.returning) yield store(entry, 0, 'plain');\n" },
      { file, from: taken, to: `${taken}  yield store(connection.returnedCount, 0, 'plain');\n` },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'sent-again',
    variant,
    bug: undefined,
    title: 'What went with a call goes with the next one too',
    story:
      'The entries of a call are not emptied when it is over. The next call names as many, and the server gets the old ones.',
    origin: 'classic: a buffer that is used again as it is',
    edits: [
      {
        file,
        from: "  for (const entry of connection.sent) yield store(entry, 0, 'plain');\n  const generation",
        to: '  const generation',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'returned-again',
    variant,
    bug: undefined,
    title: 'What was left for an answer goes with the next one too',
    story: 'The entries of an answer are not emptied when the next call begins: the next answer carries the old ones.',
    origin: 'ChCore, the marking of server_cap_buf as invalid, left out',
    edits: [{ file, from: cleared, to: "  yield store(connection.returnedCount, 0, 'plain');\n" }],
    killedBy: 'linearizes',
  },
  {
    name: 'half-an-answer',
    variant,
    bug: undefined,
    title: 'Half of an answer stays in the client’s table',
    story: 'The second capability of an answer cannot be copied, the call fails, and the first one stays.',
    origin: 'classic: no undo',
    edits: [{ file, from: undone, to: '  while (false as boolean) {\n' }],
    killedBy: 'linearizes',
  },
  {
    name: 'copied-without-the-right',
    variant,
    bug: undefined,
    title: 'Nobody asks whether a capability may be copied',
    story: 'A capability that its holder may not give away goes over with a call.',
    origin: 'classic: a missing check',
    edits: [
      {
        file,
        from: '  if (!isCopyable(capability)) return Failure.capability;\n',
        to: '  if (capability === 0) return Failure.capability;\n',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'as-many-as-you-like',
    variant,
    bug: undefined,
    title: 'A call may name any number of capabilities',
    story: 'Nobody compares the count of a call with how many there can be.',
    origin: 'classic: a missing check',
    edits: [{ file, from: '  if (count > kernel.capabilitiesMax) return Failure.invalid;\n', to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'set-keeps-the-connection',
    variant,
    bug: undefined,
    title: 'Who leaves a capability keeps the connection',
    story: 'The connection is taken to leave a capability with it, and not let go.',
    origin: 'classic: a missing unlock',
    edits: [
      {
        file,
        from: "  yield store(taken.connection.sent[index] as Address, capability + 1, 'plain');\n  yield* letGo(taken);\n",
        to: "  yield store(taken.connection.sent[index] as Address, capability + 1, 'plain');\n",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'lends-nothing',
    variant,
    bug: undefined,
    title: 'The handler runs without a scheduling context',
    story: 'The client switches to the handler and keeps its scheduling context: nobody’s budget pays for the handler.',
    origin: 'classic: ChCore, handler_thread->thread_ctx->sc, not set',
    edits: [
      {
        file: switchFile,
        from: "  yield store(threadAt(kernel, to).context, context, 'plain', 'chcore.lend');\n",
        to: '',
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'lends-itself',
    variant,
    bug: undefined,
    title: 'A handler that calls lends what is not its own',
    story: 'A handler that calls another says that the time is its own. It has none: it borrows its client’s.',
    origin: 'classic: nested calls forgotten',
    edits: [
      {
        file: switchFile,
        from: "store(threadAt(kernel, to).context, context, 'plain'",
        to: "store(threadAt(kernel, to).context, context === 0 ? 0 : self.id + 1, 'plain'",
      },
    ],
    killedBy: 'on-the-callers-time',
  },
  {
    name: 'stays-in-the-other-space',
    variant,
    bug: undefined,
    title: 'The page table is not switched',
    story: 'The processor passes from the client to the handler, and stays in the client’s address space.',
    origin: 'classic: switch_vmspace left out',
    edits: [{ file: switchFile, from: '  yield activate(threadAt(kernel, self.id).process);\n', to: '' }],
    killedBy: 'own-space',
  },
  {
    name: 'slow-path-forgets',
    variant,
    bug: undefined,
    title: 'On the slow path nobody makes the handler runnable',
    story:
      'The handler’s floating point registers are on another core. The client sleeps, and the scheduler knows of nobody to run.',
    origin: 'classic: ChCore, sched_to_thread, the enqueue left out',
    edits: [{ file: switchFile, from: '  yield* makeRunnable(self.table, to);\n', to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'always-by-the-scheduler',
    variant,
    bug: undefined,
    title: 'Every switch goes by the scheduler',
    story:
      'The handler is made runnable and the client sleeps: a third thread may run first, and another core is woken.',
    origin: 'classic: no direct switch',
    edits: [
      {
        file: switchFile,
        from: `    yield* switchDirectly(self, to);
    return;
`,
        to: '',
      },
    ],
    killedBy: 'no-third-thread',
  },
]);
