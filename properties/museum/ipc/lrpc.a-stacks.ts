import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'lock-free';
const kernel = 'impl/ipc/lrpc.kernel.ts';
const user = 'impl/ipc/lrpc.user.ts';
const file = 'impl/ipc/lrpc.ts';
const lists = 'impl/ipc/lrpc.a-stacks.ts';
const plain = 'impl/ipc/lrpc.big-lock.ts';

/** Lightweight remote procedure call: the lists of A-stacks, memory orders; and the plain one. */
export default exhibit('ipc/lrpc', [
  {
    name: 'a-stack-back-too-soon',
    variant,
    bug: 'LRPC-18',
    title: 'A-stack returned to the queue before results are read',
    story:
      'The stub gives the A-stack back before it reads the result. Another thread takes it and calls with it, and the first reads the other’s result.',
    origin: 'a classic; Bershad 1990 has the stub read first',
    edits: [
      {
        file: user,
        from: '  if ((saved & 1) !== 0 && !registers.isKept) yield* giveBackAStack(self, kernel, aStack);\n',
        to: '',
      },
      {
        file: user,
        from: '  registers.value = registers.status;\n  if (registers.status === 0) {',
        to: '  registers.value = registers.status;\n  if ((saved & 1) !== 0 && !registers.isKept) yield* giveBackAStack(self, kernel, aStack);\n  if (registers.status === 0) {',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'a-stack-never-back',
    variant,
    bug: undefined,
    title: 'The A-stack of a call that failed is not given back',
    story:
      'The stub forgets its A-stack if the call has failed. When all are forgotten the next caller waits for ever.',
    origin: 'a classic: the way of an error frees less',
    edits: [
      {
        file: user,
        from: '(saved & 1) !== 0 && !registers.isKept)',
        to: '(saved & 1) !== 0 && registers.status === 0)',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'a-stack-of-a-captive-back',
    variant,
    bug: undefined,
    title: 'The A-stack of a captured thread is given back',
    story:
      'The fresh thread gives the A-stack of its aborted call back to the list, though the captured thread is still in that call. Who takes it finds it busy.',
    origin: 'Bershad 1990, section 5.3',
    edits: [{ file: kernel, from: '  registers.isKept = true;\n', to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'list-without-its-lock',
    variant,
    bug: undefined,
    title: 'A-stacks are taken without the lock of their list',
    story: 'Two threads read the same top of the list, and both take the same A-stack.',
    origin: 'Bershad 1990, section 3.4: each queue has a lock of its own',
    edits: [
      {
        file: lists,
        from: '  yield* acquire(list.lock);\n  for (;;) {\n    const aStack',
        to: '  for (;;) {\n    const aStack',
      },
      { file: lists, from: '      yield* release(list.lock);\n      return aStack;', to: '      return aStack;' },
      {
        file: lists,
        from: '    yield* sleepIn(self, kernel, list.top, list.lock);',
        to: '    yield* acquire(list.lock);\n    yield* sleepIn(self, kernel, list.top, list.lock);\n    yield* release(list.lock);',
      },
    ],
    killedBy: 'last-in-first-out',
  },
  {
    name: 'first-in-first-out',
    variant,
    bug: undefined,
    title: 'A-stacks go back to the end of the list',
    story:
      'The list is a queue: what was given back last is taken last. Calls go round all A-stacks, and each finds its own gone from the cache, and its E-stack too.',
    origin: 'Bershad 1990, section 3.2: a LIFO queue',
    edits: [
      {
        file: lists,
        from: "  yield store(linkage.nextFree, yield load(list.top, 'plain'), 'plain');\n  yield store(list.top, aStack + 1, 'plain');",
        to: "  let last = yield load(list.top, 'plain');\n  while (last !== 0 && (yield load(linkageOf(kernel, last - 1).nextFree, 'plain')) !== 0)\n    last = yield load(linkageOf(kernel, last - 1).nextFree, 'plain');\n  yield store(linkage.nextFree, 0, 'plain');\n  yield store(last === 0 ? list.top : linkageOf(kernel, last - 1).nextFree, aStack + 1, 'plain');",
      },
    ],
    killedBy: 'last-in-first-out',
  },
  {
    name: 'list-in-a-ring',
    variant,
    bug: undefined,
    title: 'The list of a new binding leads back to where it was',
    story:
      'Each A-stack of a new binding is followed by itself and not by the next. The first is taken and stays on top of the list: the second thread takes it as well, and finds it busy.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: "if (owners[index + 1] === procedure) yield store(nextFree, aStack + 2, 'plain');",
        to: "if (owners[index + 1] === procedure) yield store(nextFree, aStack + 1, 'plain');",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'waits-for-the-dead',
    variant,
    bug: undefined,
    title: 'Who waits for an A-stack is not told that its server has ended',
    story: 'A thread sleeps because there is no A-stack. The server ends, and nobody wakes the thread.',
    origin: 'a classic: a condition that changes without a wakeup',
    edits: [
      {
        file: lists,
        from: '    if (aStack >= 0 || (yield* isLost(kernel, binding, procedure))) {',
        to: '    if (aStack >= 0) {',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'counted-too-late',
    variant,
    bug: undefined,
    title: 'Only A-stacks that are counted are looked at',
    story:
      'A binding is published, and then its A-stacks are counted. Until then who waits for one of them finds none at all, takes that for an end of the server, and is told that the binding is stale.',
    origin: 'our own: found by reading',
    edits: [
      {
        file: lists,
        from: '  for (const { binding: of, procedure: which, state } of kernel.linkages) {',
        to: "  const count = yield load(kernel.aStackCount, 'relaxed');\n  for (const { binding: of, procedure: which, state } of kernel.linkages.slice(0, count)) {",
      },
      {
        file,
        from: "  yield store(kernel.aStackCount, first + owners.length, 'plain');",
        to: "  yield store(kernel.aStackCount, first + owners.length, 'relaxed');",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'counted-before-the-lock',
    variant,
    bug: undefined,
    title: 'A-stacks are counted before the kernel’s lock',
    story:
      'Whoever ends a server counts the A-stacks, and then waits for the lock. Meanwhile a client binds itself, and is in the server by the time it ends. Its linkage is not among those that were counted: nobody tells it, and the thread is kept for ever.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: '  yield* acquire(kernel.lock); // whoever binds',
        to: "  const count = yield load(kernel.aStackCount, 'relaxed');\n  yield* acquire(kernel.lock); // whoever binds",
      },
      { file, from: "  const count = yield load(kernel.aStackCount, 'plain');\n", to: '' },
      {
        file,
        from: "  yield store(kernel.aStackCount, first + owners.length, 'plain');",
        to: "  yield store(kernel.aStackCount, first + owners.length, 'relaxed');",
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'nobody-wakes-waiters',
    variant,
    bug: undefined,
    title: 'An A-stack is given back, and nobody is woken',
    story: 'A thread sleeps because there is no A-stack. One is given back, and the thread sleeps on.',
    origin: 'a classic: a lost wakeup',
    edits: [
      {
        file: lists,
        from: "  yield tracepoint('A-stack given back', aStack);\n  yield* wakeWaiters(self, list);",
        to: "  yield tracepoint('A-stack given back', aStack);",
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'claimed-relaxed',
    variant,
    bug: undefined,
    title: 'A linkage is claimed without acquire',
    story:
      'The next caller claims a linkage and writes into it while, as far as the memory is concerned, the one before still reads it.',
    origin: 'a classic: the memory order of a lock',
    edits: [{ file: kernel, from: "claimed, 'acq_rel', 'lrpc.claim')", to: "claimed, 'release', 'lrpc.claim')" }],
    killedBy: 'faultless',
  },
  {
    name: 'freed-relaxed',
    variant,
    bug: undefined,
    title: 'A linkage is freed without release',
    story:
      'A call reads where to return after it has said that it has done so, as far as the memory is concerned: the next caller’s store may come first.',
    origin: 'a classic: the memory order of a lock',
    edits: [
      {
        file: kernel,
        from: "seen & Linked.lost, 'acq_rel', 'lrpc.free')",
        to: "seen & Linked.lost, 'acquire', 'lrpc.free')",
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'e-stack-left-relaxed',
    variant,
    bug: undefined,
    title: 'An E-stack is left without release',
    story:
      'Whoever takes the E-stack next writes its frames while, as far as the memory is concerned, the one before still pops its own.',
    origin: 'a classic: the memory order of a lock',
    edits: [
      {
        file: kernel,
        from: "(aStack + 1) << 1, 'release', 'lrpc.leave')",
        to: "(aStack + 1) << 1, 'relaxed', 'lrpc.leave')",
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'published-relaxed',
    variant,
    bug: undefined,
    title: 'A binding is published without release',
    story: 'Another thread sees the binding and not yet the server that it leads to.',
    origin: 'a classic: publication',
    edits: [{ file, from: "client + 1, 'release', 'lrpc.bind')", to: "client + 1, 'relaxed', 'lrpc.bind')" }],
    killedBy: 'faultless',
  },
  {
    name: 'plain-busy-unasked',
    variant: 'big-lock',
    bug: undefined,
    title: 'The plain one does not ask whether an A-stack is in a call',
    story: 'Two callers use the same A-stack. The second takes the call of the first over, and both go back from it.',
    origin: 'Bershad 1990, kernel step 3 left out',
    edits: [{ file: plain, from: '  if ((yield* get(row.caller)) !== 0) return busy;\n', to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'counted-and-not-heard',
    variant,
    bug: undefined,
    title: 'Who counts after another knows nothing of what that one did before',
    story:
      'A thread writes on the A-stack of another, and then its own call counts. The other call counts after it, so it is the later one; but its result goes, as far as the memory is concerned, before what was written there earlier, and the caller gets that.',
    origin: 'our own, until the ordering of another seed found it under rc11',
    edits: [{ file: user, from: "addend, 'acq_rel', 'lrpc.counter')", to: "addend, 'relaxed', 'lrpc.counter')" }],
    killedBy: 'linearizes',
  },
  {
    name: 'plain-forgets-its-a-stack',
    variant: 'big-lock',
    bug: undefined,
    title: 'Whether an A-stack goes back is asked when its row is about another call',
    story:
      'A call is over, and its stub has not yet taken the result. Another thread calls with the same A-stack, which it has not taken, and the row says so. The stub reads that and keeps its A-stack for ever, and the next caller waits for it.',
    origin: 'our own, until seed 2 found it',
    edits: [
      {
        file: plain,
        from: '  if (left.isFromList) yield* giveBack(self, tables, level);',
        to: '  if ((yield* get(row.isFromList)) !== 0) yield* giveBack(self, tables, level);',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'plain-copies-late',
    variant: 'big-lock',
    bug: undefined,
    title: 'The plain one reads the argument when it is used',
    story: 'The argument is checked as it was copied, and added as it is on the A-stack by then.',
    origin: 'Bershad 1990, section 3.5',
    edits: [
      {
        file: plain,
        from: '  return yield* addTo(tables, domain, argument);',
        to: '  return yield* addTo(tables, domain, yield* get(aStackAt(tables, level).argument));',
      },
    ],
    killedBy: 'checked-is-used',
  },
]);
