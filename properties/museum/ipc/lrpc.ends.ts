import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'lock-free';
const kernel = 'impl/ipc/lrpc.kernel.ts';
const user = 'impl/ipc/lrpc.user.ts';
const file = 'impl/ipc/lrpc.ts';

/** Lightweight remote procedure call: bindings, the end of domains, captured threads, and the way back. */
export default exhibit('ipc/lrpc', [
  {
    name: 'binding-of-anybody',
    variant,
    bug: undefined,
    title: 'Nobody asks whose binding it is',
    story: 'The kernel takes any binding that there is. Who guesses a number calls in the name of another domain.',
    origin: 'Bershad 1990, section 3.1: a Binding Object is checked by the kernel',
    edits: [
      {
        file: kernel,
        from: "(yield load(bound.client, 'acquire', 'lrpc.verify')) !== client + 1)",
        to: "(yield load(bound.client, 'acquire', 'lrpc.verify')) === 0)",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'a-stack-before-binding',
    variant,
    bug: undefined,
    title: 'The A-stack is verified before the procedure',
    story:
      'The kernel looks at the A-stack before it knows that there is such a procedure. Who asks for what is not there is told that its A-stack is wrong.',
    origin: 'seed 003: the binding first, then the A-stack',
    edits: [
      {
        file: kernel,
        from: '  if (!domainOf(kernel, server).procedures[procedure]) return Failure.noProcedure;\n',
        to: '',
      },
      {
        file: kernel,
        from: "  return (yield load(linkage.procedure, 'relaxed')) === procedure ? server : Failure.noAStack;",
        to: "  if ((yield load(linkage.procedure, 'relaxed')) !== procedure) return Failure.noAStack;\n  return domainOf(kernel, server).procedures[procedure] ? server : Failure.noProcedure;",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'linkages-not-told',
    variant,
    bug: undefined,
    title: 'A domain ends, and its linkages stay valid',
    story:
      'Bindings are revoked, but calls that are under way are not told. They return from a server that has ended as if it had answered.',
    origin: 'Bershad 1990, section 5.3: linkages become invalid',
    edits: [
      {
        file,
        from: '  for (let aStack = 0; aStack < count; aStack++) yield* tell(self, kernel, domain, aStack);\n',
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'freed-with-a-store',
    variant,
    bug: undefined,
    title: 'A linkage is freed with a load and a store',
    story:
      'Between the load and the store the server ends and marks the linkage. The store wipes the mark away: the binding is valid for ever.',
    origin: 'a classic: a read-modify-write in two',
    edits: [
      {
        file: kernel,
        from: "    const found = yield compareAndSwap(state, seen, seen & Linked.lost, 'acq_rel', 'lrpc.free'); // pairs with claim and tell\n    if (found === seen) return seen;\n    seen = found;",
        to: "    yield store(state, seen & Linked.lost, 'release');\n    return seen;",
      },
      { file: kernel, from: '  let seen = yield load(state', to: '  const seen = yield load(state' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'held-for-ever',
    variant,
    bug: undefined,
    title: 'Who is kept by a server is not told that it has ended',
    story: 'The server ends while it keeps a caller. The linkage is marked, but nobody wakes the caller to look.',
    origin: 'Bershad 1990, section 5.3: threads in the domain are stopped',
    edits: [{ file, from: '  if (caller >= 0 && !isClient) yield* wakeHeld(self, kernel, caller);\n', to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'captive-noted-elsewhere',
    variant,
    bug: undefined,
    title: 'A captive is noted in the domain that was called first',
    story:
      'A called B, B called C, and C keeps the thread when A gives its call up. The captive is noted as B’s. When C lets all go it finds nobody: the call goes on for ever, and nobody gets its A-stack again.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: kernel,
        from: '  const { state, captive, programCounter, stackPointer } = linkageOf(kernel, outermost);',
        to: '  const { state, binding, captive, programCounter, stackPointer } = linkageOf(kernel, outermost);',
      },
      {
        file: kernel,
        from: "  yield store(captive.heldIn, server + 1, 'relaxed');",
        to: "  const called = yield load(bindingOf(kernel, yield load(binding, 'relaxed')).server, 'relaxed');\n  yield store(captive.heldIn, called + 1, 'relaxed');",
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'captive-run-twice',
    variant,
    bug: undefined,
    title: 'A captive is claimed with a load and a store',
    story:
      'Two threads of a server let its captives go. Both see the same one, both store that it is nobody’s any more, and both run it.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: "    if ((yield swap(captive.heldIn, 0, 'relaxed')) === 0) continue; // one of us runs it\n",
        to: "    yield store(captive.heldIn, 0, 'relaxed');\n",
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'held-without-its-lock',
    variant,
    bug: undefined,
    title: 'A thread that is let go is woken without its lock',
    story:
      'A thread finds that it is not released yet, and is about to sleep. The server releases all and wakes those who sleep; then it sleeps.',
    origin: 'a classic: a lost wakeup',
    edits: [
      {
        file,
        from: '  yield* acquire(holdLock);\n  yield* wakeup(self, holdLock);\n  yield* releaseLock(holdLock);',
        to: '  yield* wakeup(self, holdLock);',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'abort-tells-nobody',
    variant,
    bug: undefined,
    title: 'A call is given up, and its thread is not woken',
    story: 'The call is marked as given up. Its thread sleeps in the server, and never looks.',
    origin: 'Bershad 1990, section 5.3: the client gets a fresh thread',
    edits: [{ file, from: '        yield* wakeHeld(self, kernel, target);\n', to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'anybody-gives-up',
    variant,
    bug: undefined,
    title: 'A thread of another domain may give a call up',
    story: 'Nobody asks whose thread it is. A stranger gives up the call of another domain.',
    origin: 'Bershad 1990, section 5.3: it is the client that gives up',
    edits: [
      {
        file,
        from: '  if (thread?.home !== threadOf(kernel, self.id).home) return Failure.notPermitted;',
        to: '  if (!thread) return Failure.notPermitted;',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'wrong-call-given-up',
    variant,
    bug: undefined,
    title: 'The abort hits whoever has the A-stack by then',
    story:
      'The kernel finds the linkage of the call and marks it, without a look at whose call it is. By then the A-stack may be in another call, and that one is aborted.',
    origin: 'a classic: found by number, used by number',
    edits: [
      {
        file,
        from: "      const found = yield compareAndSwap(state, seen, seen | Linked.aborted, 'acq_rel', 'lrpc.abort');",
        to: "      const found = seen;\n      yield fetchAdd(state, Linked.aborted, 'acq_rel', 'lrpc.abort');",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'abort-asks-the-thread',
    variant,
    bug: undefined,
    title: 'Who gives a call up asks what the thread has noted of itself',
    story:
      'A thread notes for others that it is in a call, in a word of its own. A domain ends, its calls are marked, and one is given up: but the word is old, or not yet written. The abort finds no call, and the thread is kept for ever.',
    origin: 'our own, until seed 1 under rc11 found it',
    edits: [
      {
        file,
        from: '  const marks = Linked.thread',
        to: "  if ((yield load(thread.calls, 'relaxed')) === 0) return Failure.noDomain;\n  const marks = Linked.thread",
      },
      {
        file: kernel,
        from: "  yield store(calls, aStack + 1, 'plain');",
        to: "  yield store(calls, aStack + 1, 'relaxed');",
      },
      {
        file: kernel,
        from: "    yield store(calls, below, 'plain');",
        to: "    yield store(calls, below, 'relaxed');",
      },
      { file: kernel, from: "  yield store(calls, 0, 'plain');", to: "  yield store(calls, 0, 'relaxed');" },
    ],
    killedBy: 'progress',
  },
  {
    name: 'unwound-a-stack-lost',
    variant,
    bug: undefined,
    title: 'The A-stack of a call that is skipped is lost',
    story:
      'A thread comes back past a domain that has ended. The stub there that had taken the A-stack is gone, and nobody gives it back.',
    origin: 'Bershad 1990, section 5.3: who cleans up for the dead',
    edits: [
      {
        file: kernel,
        from: '    if (isFromList) yield* giveBackAStack(self, kernel, aStack); // its stub is gone\n',
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'wrong-stack-pointer',
    variant,
    bug: undefined,
    title: 'The caller’s stack pointer is not restored',
    story:
      'The thread comes back into its client with the stack pointer that it had in the server. What it pops there is not mapped.',
    origin: 'seed 003: the linkage holds address and stack pointer',
    edits: [
      { file: kernel, from: "    registers.stackPointer = yield load(linkage.stackPointer, 'plain');\n", to: '' },
    ],
    killedBy: 'refines',
  },
  {
    name: 'space-not-restored',
    variant,
    bug: undefined,
    title: 'The address space is not restored',
    story: 'The thread comes back with the client’s stack pointer, but translates by the server’s page table.',
    origin: 'seed 003: the way back restores the address space',
    edits: [
      {
        file: kernel,
        from: '      yield* switchTo(self, kernel, client);\n      return 0;',
        to: "      yield store(threadOf(kernel, self.id).authority, client, 'plain');\n      return 0;",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'space-lost-by-the-timer',
    variant,
    bug: undefined,
    title: 'A thread that was preempted goes on in another’s address space',
    story:
      'The timer strikes in the server and another thread runs, which loads its own address space. The first goes on with that one.',
    origin: 'a classic: what a context switch has to load',
    edits: [
      {
        file,
        from: "  yield* dispatcher.timerInterrupt(self);\n  yield activate(yield load(threadOf(kernel, self.id).space, 'plain'));",
        to: "  yield* dispatcher.timerInterrupt(self);\n  yield load(threadOf(kernel, self.id).space, 'plain');",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'interrupted-in-a-trap',
    variant,
    bug: undefined,
    title: 'Interrupts are not masked while a thread crosses',
    story:
      'The timer strikes after the address space has been loaded and before that is noted. The thread goes on in the one that is noted: it runs the server’s code, and translates by the client’s page table.',
    origin: 'a classic',
    edits: [
      {
        file: kernel,
        from: "  yield store(mine.space, domain, 'plain');\n  yield store(mine.authority, domain, 'plain');\n  yield activate(domain);",
        to: "  yield activate(domain);\n  yield store(mine.authority, domain, 'plain');\n  yield store(mine.space, domain, 'plain');",
      },
      {
        file: kernel,
        from: '  yield maskInterrupts();\n  registers.status = yield* enter(self, kernel, registers);\n  yield unmaskInterrupts();',
        to: '  registers.status = yield* enter(self, kernel, registers);',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'slice-put-back',
    variant,
    bug: undefined,
    title: 'What is left of the time slice is put back as it was before the call',
    story:
      'The kernel saves the time slice as a thread enters a server, and restores it as it returns: what was spent there is given back.',
    origin: 'seed 000: the rest comes back, and not the whole',
    edits: [
      {
        file: user,
        from: '  registers.value = registers.status;\n  if (registers.status === 0) {',
        to: "  registers.value = registers.status;\n  if (registers.status === 0) yield store(threadOf(kernel, self.id).budgetTicks, 5, 'plain');\n  if (registers.status === 0) {",
      },
    ],
    killedBy: 'slice-is-lent',
  },
  {
    name: 'bound-too-early',
    variant,
    bug: undefined,
    title: 'A binding is published before its A-stacks',
    story:
      'The binding’s client is stored first. Another thread of that domain calls over it and finds a server or A-stacks that are not there yet.',
    origin: 'a classic: publication',
    edits: [
      {
        file,
        from: '  const bound = bindingOf(kernel, binding);\n',
        to: "  const bound = bindingOf(kernel, binding);\n  yield store(bound.client, client + 1, 'release');\n",
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'bound-to-the-dead',
    variant,
    bug: undefined,
    title: 'Whoever imports does not look whether the server has ended',
    story: 'A domain has ended, and is still imported: its new clients are never told.',
    origin: 'Bershad 1990, section 5.3',
    edits: [
      {
        file,
        from: "(yield load(isTerminated, 'relaxed')) !== 0 || (yield load(isExported, 'plain')) === 0",
        to: "(yield load(isExported, 'plain')) === 0",
      },
      {
        file,
        from: '  const { isTerminated, isExported, procedures } = domainOf(kernel, server);',
        to: '  const { isExported, procedures } = domainOf(kernel, server);',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'captive-given-up-again',
    variant,
    bug: undefined,
    title: 'A call is given up that was given up before',
    story:
      'Whoever gives a call up finds that of a thread that was captured long ago. It is told that all is well, and the call in which the thread is now goes on.',
    origin: 'a submission that no rubric caught',
    edits: [
      {
        file,
        from: 'Linked.thread | Linked.outermost | Linked.captured;',
        to: 'Linked.thread | Linked.outermost;',
      },
    ],
    killedBy: 'progress',
  },
]);
