import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/deadlock.waits.ts';
const variant = 'timeouts';

const unlinked = `    yield store(timer.isLinked, 0, 'plain');
    yield* expire(self.table, waits, first - 1, yield load(timer.decision, 'plain'));
`;
const changed = `  return (yield compareAndSwap(decision, known, inPhase(known, phase), 'relaxed')) === known;
`;
const limited = `  if (deadline > now) return deadline;
  yield* release(waits.lock);
  return 0;
`;
const armed = `  if (deadline !== never) yield* arm(self, waits, deadline, decision);
`;
const settled = `  yield store(waiterOf(waits, thread).decision, inPhase(known, Phase.decided), 'release', 'waits.settle'); // pairs with look
  yield* unpark(table, thread);
`;

/** Timers, and how a wait is decided. */
export default exhibit('ipc/deadlock', [
  {
    name: 'timer-freed-while-it-fires',
    variant,
    bug: 'DEADLOCK-TIMEOUT-09',
    title: 'Timer freed while firing',
    story:
      'The reply comes as the timer strikes. The handler has just found the timer on its list when the waiter takes it off and frees it, without the lock that the handler holds.',
    origin: 'classic: del_timer for del_timer_sync',
    edits: [
      {
        file,
        from: `  yield* acquire(waits.lock); // a handler that has it may be under way, and holds the lock until it is done
`,
        to: '',
      },
      {
        file,
        from: `  yield* release(waits.lock);
  yield free(timer.address`,
        to: '  yield free(timer.address',
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'unlinked-when-it-has-fired',
    variant,
    bug: 'DEADLOCK-TIMEOUT-10',
    title: 'Sleep list removal and callback reset race',
    story:
      'The handler wakes the thread and only then, without the lock, notes that its timer is off the list. The thread has gone on by then and sleeps again, with a timer of that place: it is the new one that is noted.',
    origin: 'ChCore, the comment on queue_lock in sys_clock_nanosleep',
    edits: [
      {
        file,
        from: unlinked,
        to: `    yield* expire(self.table, waits, first - 1, yield load(timer.decision, 'plain'));
    yield* release(waits.lock);
    yield store(timer.isLinked, 0, 'plain');
    yield* acquire(waits.lock);
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'timeout-begins-again',
    variant,
    bug: 'DEADLOCK-TIMEOUT-05',
    title: 'Nested call outlives the outer timeout',
    story:
      'A server that calls on behalf of its caller waits as long as it likes. Its caller is told that time is up, and the work goes on for nobody.',
    origin: 'classic: the inner timeout is restarted in full',
    edits: [
      { file, from: '  if (!isTimed && outer === never) return never;\n', to: '  if (!isTimed) return never;\n' },
      { file, from: 'isTimed ? Math.min(now + timeoutTicks, outer) : outer', to: 'now + timeoutTicks' },
    ],
    killedBy: 'no-longer-than-the-caller',
  },
  {
    name: 'own-timeout-forgotten',
    variant,
    bug: undefined,
    title: 'A call within a call waits as long as its caller does',
    story: 'The deadline of the outer call is taken in place of its own, also where that is later.',
    origin: 'the minimum of two, the wrong way',
    edits: [
      {
        file,
        from: 'isTimed ? Math.min(now + timeoutTicks, outer) : outer',
        to: 'outer !== never ? outer : now + (timeoutTicks ?? 0)',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'any-reply-will-do',
    variant,
    bug: undefined,
    title: 'Waits are not told apart',
    story:
      'A wait has no number. A server that is late replies to a caller who was told that time is up, and has called somebody else: it takes the old reply for the new one.',
    origin: 'classic: no token in the reply',
    edits: [{ file, from: 'inPhase(last + phaseMask + 1, phase)', to: 'inPhase(last, phase)' }],
    killedBy: 'own-reply',
  },
  {
    name: 'decided-in-two-steps',
    variant,
    bug: undefined,
    title: 'A wait is looked at and then decided',
    story:
      'The reply and the clock both find that the wait is open, and both decide it. The caller is told that time is up, with a reply on its way to the next call.',
    origin: 'classic: a load and a store for a compare-and-swap',
    edits: [
      {
        file,
        from: changed,
        to: `  if ((yield load(decision, 'relaxed')) !== known) return false;
  yield store(decision, inPhase(known, phase), 'relaxed');
  return true;
`,
      },
      { file, from: '  compareAndSwap,\n', to: '' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'late-for-who-is-served',
    variant,
    bug: undefined,
    title: 'Only a request that nobody has taken times out',
    story: 'The clock ends waits for a worker, and no others. Whoever got a worker that never replies waits for ever.',
    origin: 'the send timeout of L4 without its receive timeout',
    edits: [{ file, from: '[Phase.waiting, Phase.taken]', to: '[Phase.waiting]' }],
    killedBy: 'progress',
  },
  {
    name: 'taken-while-it-expires',
    variant,
    bug: undefined,
    title: 'The clock loses a race that it should run again',
    story:
      'A wait that has just been taken is not ended, since it is no longer what the timer was set for. Its timer is off the list: it never ends.',
    origin: 'classic: a compare-and-swap that is not tried again',
    edits: [
      {
        file,
        from: '  for (const phase of [Phase.waiting, Phase.taken]) {\n',
        to: '  for (const phase of [begun & phaseMask]) {\n',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'a-tick-too-long',
    variant,
    bug: undefined,
    title: 'A wait lasts one tick too long',
    story: 'A timer is due when the clock has passed its deadline, not when it has reached it.',
    origin: 'off by one',
    edits: [{ file, from: `timer.deadline, 'plain')) > now) break;`, to: `timer.deadline, 'plain')) >= now) break;` }],
    killedBy: 'progress',
  },
  {
    name: 'timers-unsorted',
    variant,
    bug: undefined,
    title: 'A timer is put before those that are due sooner',
    story: 'The handler stops at the first timer that is not due. The ones behind it strike late, or never.',
    origin: 'classic: a sorted list that is not',
    edits: [
      { file, from: `timer.deadline, 'plain')) > deadline) break;`, to: `timer.deadline, 'plain')) > 0) break;` },
    ],
    killedBy: 'progress',
  },
  {
    name: 'clock-goes-on',
    variant,
    bug: undefined,
    title: 'The clock strikes between the deadline and the timer',
    story:
      'The deadline is reckoned, and the timer set later. The clock strikes in between, and that deadline has come when the timer is put on the list: it is late by a tick.',
    origin: 'classic',
    edits: [
      { file, from: limited, to: '  yield* release(waits.lock);\n  return deadline > now ? deadline : 0;\n' },
      { file, from: armed, to: `  if (deadline !== never) yield* acquire(waits.lock);\n${armed}` },
    ],
    killedBy: 'progress',
  },
  {
    name: 'decided-and-not-told',
    variant,
    bug: undefined,
    title: 'A wait is decided, and nobody is woken',
    story: 'The reply is there, and the caller sleeps on: nobody has made it runnable.',
    origin: 'classic',
    edits: [{ file, from: settled, to: settled.replace('  yield* unpark(table, thread);\n', '') }],
    killedBy: 'progress',
  },
  {
    name: 'seen-relaxed',
    variant,
    bug: undefined,
    title: 'The decision is seen, and what goes with it is not',
    story:
      'The caller reads that its wait is decided with a relaxed load. On weak memory it may then read the word of the reply as it was before.',
    origin: 'classic: message passing without acquire',
    edits: [
      {
        file,
        from: `yield load(mine.decision, 'acquire', 'waits.look')`,
        to: `yield load(mine.decision, 'relaxed', 'waits.look')`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'clock-stopped-by-everybody',
    variant,
    bug: undefined,
    title: 'The clock is stopped for waits without a deadline too',
    story:
      'Every wait takes the lock of the timers, whether it sets one or not. All calls of the machine wait for each other there.',
    origin: 'a fast path that is never taken',
    edits: [
      { file, from: '  if (!isTimed && outer === never) return never;\n', to: '' },
      { file, from: '  if (deadline !== never) yield* release(waits.lock);\n', to: '  yield* release(waits.lock);\n' },
    ],
    killedBy: 'clock-left-alone',
  },
]);
