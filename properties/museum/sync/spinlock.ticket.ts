import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/spinlock.ticket.ts';

/** The spin lock with tickets. */
export default exhibit('sync/spinlock', [
  {
    name: 'ticket-in-two-steps',
    variant: 'ticket',
    bug: undefined,
    title: 'A ticket is drawn with a load and a store',
    story:
      'Two cores read the same number before either has written the next. Both have that ticket, and when it is served both go in.',
    origin: 'classic: a sequencer that is not atomic; Reed and Kanodia 1979 build the lock on one that is',
    edits: [
      {
        file,
        from: `  const ticket = yield fetchAdd(lock.next, 1, 'relaxed', 'spinlock.ticket.draw');
`,
        to: `  const ticket = yield load(lock.next, 'relaxed', 'spinlock.ticket.draw');
  yield store(lock.next, (ticket + 1) | 0, 'relaxed');
`,
      },
      { file, from: '  fetchAdd,\n', to: '' },
    ],
    killedBy: 'exclusion',
  },
  {
    name: 'ticket-compared-wrongly',
    variant: 'ticket',
    bug: undefined,
    title: 'acquire waits while the ticket has been served, not until it is',
    story:
      'The second core draws ticket 1 while ticket 0 is served. Its comparison is the wrong way round: 0 is not beyond 1, so it goes in at once, beside the holder.',
    origin: 'classic: a comparison turned round',
    edits: [
      {
        file,
        from: `  yield awaitWord(lock.serving, ticket, 'acquire', 'spinlock.ticket.wait'); // pairs with release
`,
        to: `  while ((yield load(lock.serving, 'acquire', 'spinlock.ticket.wait')) > ticket) yield pause();
`,
      },
      { file, from: '  awaitWord,\n', to: '' },
      { file, from: '  maskInterrupts,\n', to: '  maskInterrupts,\n  pause,\n' },
    ],
    killedBy: 'exclusion',
  },
  {
    name: 'serves-nobody',
    variant: 'ticket',
    bug: undefined,
    title: 'release serves the ticket that is drawn next',
    story:
      'A core waits with ticket 1. The holder of ticket 0 serves number 2, the next to be drawn, as if nobody waited. Number 1 is never served, and after number 2 nobody is served before it.',
    origin: 'classic: the lock is handed to nobody',
    edits: [
      {
        file,
        from: `  const mine = yield load(lock.serving, 'relaxed', 'spinlock.ticket.mine'); // only the holder writes it
  yield store(lock.serving, (mine + 1) | 0, 'release', 'spinlock.ticket.serve'); // pairs with acquire`,
        to: `  const next = yield load(lock.next, 'relaxed');
  yield store(lock.serving, next, 'release', 'spinlock.ticket.serve'); // pairs with acquire`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'preempted-with-a-ticket',
    variant: 'ticket',
    bug: undefined,
    title: 'A ticket is held with interrupts on',
    story:
      'The timer strikes while a thread holds the lock, and another thread gets the core. It wants the lock too, masks nothing and spins. The core spins on a lock whose holder waits for that very core.',
    origin: 'xv6 book, "Locks and interrupt handlers"; with tickets it is enough to be preempted while waiting',
    edits: [
      {
        file,
        from: `  yield maskInterrupts(); // before the ticket: who is preempted with one keeps all later ones waiting
`,
        to: '',
      },
      { file, from: '  yield unmaskInterrupts();\n', to: '' },
      { file, from: '  maskInterrupts,\n', to: '' },
      { file, from: '  unmaskInterrupts,\n', to: '' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'draws-again',
    variant: 'ticket',
    bug: undefined,
    title: 'A ticket is drawn by compare-and-swap, again and again',
    story:
      'A core reads the next number and swaps it for the one after, if it is still there. If another core was quicker it has drawn nothing and tries again. One at a time is all there is to it still; but a core may be passed over as often as others come, and each time it takes the word from all of them. That is what the tickets were for.',
    origin: 'classic: fetch-and-add by compare-and-swap, as on machines that have no other',
    edits: [
      {
        file,
        from: `  const ticket = yield fetchAdd(lock.next, 1, 'relaxed', 'spinlock.ticket.draw');
`,
        to: `  let ticket = yield load(lock.next, 'relaxed');
  for (;;) {
    const drawn = yield compareAndSwap(lock.next, ticket, (ticket + 1) | 0, 'relaxed', 'spinlock.ticket.draw');
    if (drawn === ticket) break;
    ticket = drawn;
  }
`,
      },
      { file, from: '  fetchAdd,\n', to: '  compareAndSwap,\n' },
    ],
    killedBy: 'asks-once',
  },
  {
    name: 'unlocked-by-a-plain-store',
    variant: 'ticket',
    bug: 'MEMORY-ORDER-07',
    title: 'Unlock as plain store',
    story:
      'The holder writes the counter and serves the next ticket, both with ordinary stores. On a processor that lets stores pass one another the second is seen first. The next in turn goes in and reads the counter as it was, and one of the two additions is lost.',
    origin:
      'classic on ARM and RISC-V: a store where a store-release (STLR, amoswap.rl) is needed; on x86 it is enough',
    edits: [
      {
        file,
        from: `'release', 'spinlock.ticket.serve'); // pairs with acquire`,
        to: `'relaxed', 'spinlock.ticket.serve');`,
      },
    ],
    killedBy: 'faultless',
  },
]);
