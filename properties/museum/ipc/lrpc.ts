import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'lock-free';
const kernel = 'impl/ipc/lrpc.kernel.ts';
const user = 'impl/ipc/lrpc.user.ts';
const file = 'impl/ipc/lrpc.ts';
const layout = 'impl/ipc/lrpc.layout.ts';

/** Lightweight remote procedure call: the way of a call. */
export default exhibit('ipc/lrpc', [
  {
    name: 'a-stack-in-two-calls',
    variant,
    bug: 'LRPC-01',
    title: 'A-stack used by two calls at once',
    story:
      'The kernel does not ask whether the A-stack is in a call. The second caller’s linkage is written over the first one’s: the first returns to where the second came from, or not at all.',
    origin: 'Bershad 1990, kernel step 3 left out; a ChCore lab of 2022 had no check',
    edits: [
      {
        file: kernel,
        from: '  if (found !== 0) return (found & Linked.lost) === 0 ? Failure.busy : Failure.stale;',
        to: '  if ((found & Linked.lost) !== 0) return Failure.stale;',
      },
    ],
    killedBy: 'one-call-per-a-stack',
  },
  {
    name: 'return-address-on-the-a-stack',
    variant,
    bug: 'LRPC-02',
    title: 'Return address kept in shared memory',
    story:
      'The kernel keeps the caller’s return address on the A-stack, behind the result. Another thread of the client writes there while the call is under way, and the caller goes on where no code is.',
    origin: 'seeds 000 and 003: why A-stack and linkage differ',
    edits: [
      {
        file: kernel,
        from: "  yield store(linkage.programCounter, registers.programCounter, 'plain');",
        to: "  yield store((kernel.frames[aStack] as number) + 2, registers.programCounter, 'relaxed');",
      },
      {
        file: kernel,
        from: "    registers.programCounter = yield load(linkage.programCounter, 'plain');",
        to: "    registers.programCounter = yield load((kernel.frames[aStack] as number) + 2, 'relaxed');",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'stack-pointer-on-the-a-stack',
    variant,
    bug: undefined,
    title: 'The caller’s stack pointer is kept in shared memory',
    story:
      'The caller’s stack pointer lies on the A-stack. Another thread of the client changes it, and the caller returns on another stack, or on none.',
    origin: 'Bershad 1990, section 3.2: linkages are the kernel’s alone',
    edits: [
      {
        file: kernel,
        from: "  yield store(linkage.stackPointer, registers.stackPointer, 'plain');",
        to: "  yield store((kernel.frames[aStack] as number) + 2, registers.stackPointer, 'relaxed');",
      },
      {
        file: kernel,
        from: "    registers.stackPointer = yield load(linkage.stackPointer, 'plain');",
        to: "    registers.stackPointer = yield load((kernel.frames[aStack] as number) + 2, 'relaxed');",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'stack-is-shared',
    variant,
    bug: undefined,
    title: 'The server runs on the A-stack',
    story:
      'There is no E-stack: the server’s frames lie on the A-stack, behind the result. A client with one thread cannot do anything with that, since it does not run meanwhile. A second thread of it writes over the server’s return address, and the server goes on where the client likes.',
    origin: 'seed 000: a client that controls the server’s execution stack controls the server',
    edits: [
      {
        file: kernel,
        from: '  registers.stackPointer = eStackOf(kernel, server, eStack);',
        to: '  registers.stackPointer = aStackOf(kernel, aStack) + 2;',
      },
      { file: kernel, from: 'import { bindingOf, ', to: 'import { aStackOf, bindingOf, ' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'e-stacks-are-mapped',
    variant,
    bug: undefined,
    title: 'E-stacks are mapped in the client',
    story:
      'The page tables let every domain write on the E-stacks of all. A client writes on the stack on which a server runs just now.',
    origin: 'Bershad 1990, section 3.2: E-stacks are private to the server',
    edits: [
      {
        file: layout,
        from: 'isFor: owned(Math.floor(i / eStacks))',
        to: 'isFor: (space: number) => space >= 0 && i >= 0',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'a-stacks-are-mapped-everywhere',
    variant,
    bug: undefined,
    title: 'A-stacks are mapped in all domains',
    story: 'A domain that has no part in a binding can write on its A-stacks, and so change what others call with.',
    origin: 'Bershad 1990, section 3.1: A-stacks are shared pairwise',
    edits: [
      {
        file: layout,
        from: '  bound?.client === space || bound?.server === space;',
        to: '  bound !== undefined && space >= 0;',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'a-stack-of-another-binding',
    variant,
    bug: 'LRPC-06',
    title: 'A-stack of another binding accepted',
    story:
      'The kernel checks that what it is given is an A-stack, but not whose. The server reads an argument from memory that this client and another server share, and that it cannot even reach.',
    origin: 'Bershad 1990, kernel step 2',
    edits: [
      {
        file: kernel,
        from: "  if (!linkage || (yield load(linkage.binding, 'relaxed')) !== binding) return Failure.noAStack;\n  return (yield load(linkage.procedure, 'relaxed')) === procedure ? server : Failure.noAStack;",
        to: '  return linkage ? server : Failure.noAStack;',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'a-stack-of-another-procedure',
    variant,
    bug: undefined,
    title: 'A-stack of another procedure accepted',
    story: 'The kernel checks that the A-stack belongs to the binding, but not that it belongs to the procedure.',
    origin: 'Bershad 1990, kernel step 2',
    edits: [
      {
        file: kernel,
        from: "  return (yield load(linkage.procedure, 'relaxed')) === procedure ? server : Failure.noAStack;",
        to: '  return server;',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'checks-in-place',
    variant,
    bug: 'LRPC-08',
    title: 'Server validates arguments on the A-stack',
    story:
      'The server does not copy the argument. It reads it off the A-stack to check it, and reads it there again to use it. Between the two another thread of the client puts a larger one there.',
    origin: 'Bershad 1990, section 3.5: arguments that a server interprets are copied first',
    edits: [
      {
        file: user,
        from: "  return yield* userLoad(kernel.mmu, registers.stackPointer - 3, 'plain', 'lrpc.argument');",
        to: "  return yield* userLoad(kernel.mmu, aStackOf(kernel, registers.aStack), 'relaxed', 'lrpc.argument');",
      },
    ],
    killedBy: 'checked-is-used',
  },
  {
    name: 'e-stack-reclaimed-in-a-call',
    variant,
    bug: 'LRPC-09',
    title: 'E-stack reclaimed while a call is active',
    story:
      'When no E-stack is free the first is taken, whether a call is on it or not. Two calls run on one stack, and each writes over the other’s frames.',
    origin: 'Bershad 1990, section 3.2: lazy association, and reclaiming',
    edits: [
      {
        file: kernel,
        from: '        if ((state & 1) !== 0 || (state !== 0 && !mayReclaim)) continue;',
        to: '        if (state !== 0 && !mayReclaim) continue;',
      },
    ],
    killedBy: 'one-call-per-e-stack',
  },
  {
    name: 'e-stack-never-left',
    variant,
    bug: undefined,
    title: 'An E-stack stays in use after its call',
    story:
      'The kernel does not note that a call is no longer on its E-stack. When all have been used there is none left.',
    origin: 'Bershad 1990, section 3.2: E-stacks are reclaimed',
    edits: [
      {
        file: kernel,
        from: "(aStack + 1) << 1, 'release', 'lrpc.leave')",
        to: "((aStack + 1) << 1) | 1, 'release', 'lrpc.leave')",
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'e-stack-of-a-skipped-call',
    variant,
    bug: undefined,
    title: 'The E-stack of a call that is skipped stays in use',
    story:
      'The kernel leaves an E-stack only where the thread goes on. A called B, B called C, and B ends: the thread comes back from C past B, and the E-stack that it had in C is in use for ever. Later callers of C look for one without end.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: kernel,
        from: "    yield store(eStacks[eStack] as Address, (aStack + 1) << 1, 'release', 'lrpc.leave'); // pairs with takeEStack\n",
        to: '',
      },
      {
        file: kernel,
        from: '    if ((state & (Linked.clientLost | Linked.captured)) === 0) {\n',
        to: "    if ((state & (Linked.clientLost | Linked.captured)) === 0) {\n      yield store(eStacks[eStack] as Address, (aStack + 1) << 1, 'release', 'lrpc.leave');\n",
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'e-stack-taken-with-a-store',
    variant,
    bug: undefined,
    title: 'The last E-stack is taken again with a load and a store',
    story:
      'A call looks first whether the E-stack that its A-stack had the last time is still idle, and then stores that it is in use. In between another call reclaims it, and two calls run on one stack.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: kernel,
        from: "  if (last !== undefined && (yield compareAndSwap(last, idle, idle | 1, 'acquire', 'lrpc.eStack')) === idle) {\n",
        to: "  if (last !== undefined && (yield load(last, 'acquire', 'lrpc.eStack')) === idle) {\n    yield store(last, idle | 1, 'relaxed');\n",
      },
    ],
    killedBy: 'one-call-per-e-stack',
  },
  {
    name: 'callers-die-with-the-server',
    variant,
    bug: 'LRPC-10',
    title: 'Server termination leaves callers inside',
    story:
      'A thread that comes back from a server that has ended is taken for one of the server’s, and destroyed. Its client waits for ever.',
    origin: 'Bershad 1990, section 5.3: outside callers go back with call-failed',
    edits: [
      {
        file: kernel,
        from: '(state & (Linked.clientLost | Linked.captured)) === 0',
        to: '(state & (Linked.lost | Linked.captured)) === 0',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'returns-to-the-dead',
    variant,
    bug: 'LRPC-11',
    title: 'Return into a dead client domain',
    story:
      'The top linkage is used whether it is valid or not. A called B, B called C, and B has ended: the thread comes back from C into B, and goes on there.',
    origin: 'Bershad 1990, section 5.3: to the first valid linkage',
    edits: [
      {
        file: kernel,
        from: '(state & (Linked.clientLost | Linked.captured)) === 0',
        to: '(state & Linked.captured) === 0',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'failure-is-forgotten',
    variant,
    bug: undefined,
    title: 'That a call has failed is forgotten past a domain that has ended',
    story:
      'A called B, B called C, and B ends: the linkage from B to C is marked first. The thread comes back from C past B, and finds the linkage from A to B not marked yet. It returns to A as if B had answered.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: kernel,
        from: 'registers.status = statusOf(state, isLost);',
        to: 'registers.status = statusOf(state, hasFailed);',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'revoked-one-way',
    variant,
    bug: 'LRPC-12',
    title: 'Binding revoked only for new calls of one side',
    story:
      'When a domain ends only the bindings that it exported are revoked. Its threads go on calling, in the name of a domain that is no more.',
    origin: 'Bershad 1990, section 5.3: bindings are revoked both ways',
    edits: [
      {
        file,
        from: "  if (!isClient && (yield load(bound.server, 'relaxed')) !== domain) return;",
        to: "  if (isClient || (yield load(bound.server, 'relaxed')) !== domain) return;",
      },
      {
        file: kernel,
        from: "  if ((yield load(domainOf(kernel, client).isTerminated, 'acquire', 'lrpc.isGone')) !== 0) return Failure.stale;\n",
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'captured-thread-returns-too',
    variant,
    bug: 'LRPC-13',
    title: 'Captured thread released twice',
    story:
      'The caller has gone on as a fresh thread whose call was aborted. When the server lets the captured one go at last it returns as well: two threads go on from one call.',
    origin: 'Bershad 1990, section 5.3: the captured thread is destroyed when it is released',
    edits: [
      {
        file: kernel,
        from: '(state & (Linked.clientLost | Linked.captured)) === 0',
        to: '(state & Linked.clientLost) === 0',
      },
    ],
    killedBy: 'returns-where-called',
  },
  {
    name: 'slice-is-copied',
    variant,
    bug: 'LRPC-14',
    title: 'Time slice not restored / duplicated',
    story:
      'The server is given a copy of the caller’s time slice. What it spends is spent of the copy, and the caller comes back with all that it had.',
    origin: 'seed 000: the time slice is lent, and what is left of it comes back',
    edits: [
      {
        file: user,
        from: "  yield store(budgetTicks, Math.max(0, (yield load(budgetTicks, 'plain')) - 1), 'plain'); // of the slice that came along\n",
        to: "  yield load(budgetTicks, 'plain');\n",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'priority-of-the-server',
    variant,
    bug: 'LRPC-15',
    title: 'Server priority used instead of client’s',
    story:
      'As it switches to the server the kernel loads the server’s scheduling parameters as well. An urgent caller waits behind others in a server that is not.',
    origin: 'seed 000: what is switched, and what is not',
    edits: [
      {
        file: kernel,
        from: "  yield store(mine.authority, domain, 'plain');\n",
        to: "  yield store(mine.authority, domain, 'plain');\n  yield store(mine.priority, 9 + domain, 'plain');\n",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'authority-stays',
    variant,
    bug: 'LRPC-16',
    title: 'Privilege table not switched',
    story:
      'The address space is switched, and the authority is not. The server works with what its client may do, and cannot reach its own resource.',
    origin: 'seed 003, switch_cap_table',
    edits: [{ file: kernel, from: "  yield store(mine.authority, domain, 'plain');\n", to: '' }],
    killedBy: 'refines',
  },
]);
