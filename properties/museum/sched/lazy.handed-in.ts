import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'lazy';
const file = 'impl/sched/lazy.ts';
const messages = 'impl/sched/messages.ts';

const isBusy = `  if ((yield load(threadOf(kernel, self.id).owes, 'plain')) !== 0) return Failure.busy; // only we touch it
`;
const mayAnswerStraight = '    if (!isNextHere && (yield* maySwitch(self, kernel, locked.here, to))) {\n';
const mayCallStraight = '    if (yield* maySwitch(self, kernel, locked.here, target)) {\n';
const keepsItsPlace = `    if (wasQueued && !isLast) return; // it keeps its place
    if (wasQueued) yield* remove(kernel, core, id);
    yield* insert(kernel, core, id, isLast);
`;
const finds = `    for (;;) {
      const priority = yield* highestOccupied(kernel, core);
      if (priority < 0) return -1;
      const first = yield* firstOf(kernel, core, priority);
      if ((yield load(threadOf(kernel, first).state, 'plain')) === State.ready) return first;
      yield tracepoint('skipped blocked thread', place(first, core, priority));
      yield* remove(kernel, core, first);
    }
`;
const tellsOfSkipped = `      yield tracepoint('skipped blocked thread', place(first, core, priority));
`;
const isReady = `      if ((yield load(threadOf(kernel, first).state, 'plain')) === State.ready) return first;
`;
const goesLast = `  yield store(nextCaller, 0, 'plain');
  const last = yield load(lastCaller, 'plain');
  yield store(last === 0 ? firstCaller : threadOf(kernel, last - 1).nextCaller, self.id + 1, 'plain');
  yield store(lastCaller, self.id + 1, 'plain');
  yield tracepoint('called', self.id + 16 * target);
`;
const takesFirst = `  const { asked, nextCaller } = threadOf(kernel, first - 1);
`;

/** What somebody wrote who had the handout of the assignment and nothing else, and what no claim saw then. */
export default exhibit('sched/lazy', [
  {
    name: 'never-straight',
    variant,
    bug: undefined,
    title: 'The caller is blocked first, and then the other is queued',
    story:
      'Whom it calls goes through the queue and the dispatcher. Only that the caller was blocked by then was asked.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file: messages,
        from: '      yield* lend(self, kernel, target);\n      const core = yield* switchDirectly(self, kernel, locked, target, State.awaitsReply);\n',
        to: '      yield* becomeBlocked(self, kernel, locked.here, State.awaitsReply);\n      yield* makeReady(kernel, locked.there, target);\n      if (locked.there !== locked.here) yield* unlock(kernel, locked.there);\n      yield switchTo(self.table.threads.length + locked.here);\n      const core = yield coreNumber();\n',
      },
    ],
    killedBy: 'straight',
  },
  {
    name: 'two-calls-in-hand',
    variant,
    bug: undefined,
    title: 'Who owes a reply takes another call, if there is one',
    story: 'It forgets the caller to whom it owes the first reply, and that one waits for ever.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file: messages,
        from: isBusy,
        to: isBusy.replace(
          ') return Failure',
          " && (yield load(threadOf(kernel, self.id).firstCaller, 'plain')) === 0) return Failure",
        ),
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'answered-where-it-may-not-run',
    variant,
    bug: undefined,
    title: 'A reply switches straight to a caller that may not run here',
    story: 'The caller has forbidden itself this core. It is given it all the same, by whom it called.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file: messages,
        from: mayAnswerStraight,
        to: "    if (!isNextHere && !(yield* isAnyAbove(kernel, locked.here, yield load(threadOf(kernel, to).priority, 'plain')))) {\n",
      },
    ],
    killedBy: 'mask',
  },
  {
    name: 'answered-before-the-more-urgent',
    variant,
    bug: undefined,
    title: 'A reply switches straight to a caller past one that is more urgent',
    story: 'The caller was made less urgent while it waited. It gets the core before one that waits for it.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file: messages,
        from: mayAnswerStraight,
        to: "    if (!isNextHere && has(yield load(threadOf(kernel, to).mask, 'plain'), locked.here)) {\n",
      },
    ],
    killedBy: 'most-urgent',
  },
  {
    name: 'as-urgent-as-its-caller',
    variant,
    bug: undefined,
    title: 'Whom one calls counts as no more urgent than the caller',
    story: 'Somebody waits who is more urgent than the caller, and less than whom it calls: it does not go straight.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file: messages,
        from: mayCallStraight,
        to: "    const { priority } = threadOf(kernel, self.id);\n    const isPassed = yield* isAnyAbove(kernel, locked.here, yield load(priority, 'plain'));\n    if (!isPassed && (yield* maySwitch(self, kernel, locked.here, target))) {\n",
      },
    ],
    killedBy: 'straight',
  },
  {
    name: 'goes-behind-its-equals',
    variant,
    bug: undefined,
    title: 'Whoever gives way to somebody more urgent goes behind those of its priority',
    story:
      'Its turn was not over. When the more urgent one is done another has the core, and with enough of them always.',
    origin: 'a submission written from the handout; POSIX keeps the place',
    edits: [
      {
        file,
        from: keepsItsPlace,
        to: '    if (wasQueued) yield* remove(kernel, core, id);\n    yield* insert(kernel, core, id, isLast || core >= 0);\n',
      },
    ],
    killedBy: 'takes-turns',
  },
  {
    name: 'blocked-left-for-ever',
    variant,
    bug: undefined,
    title: 'The dispatcher passes by those that are blocked, and leaves them',
    story: 'All who have ever blocked stand in the queue, those too that have ended, and each search passes them by.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file,
        from: finds,
        to: "    for (let priority = yield* highestOccupied(kernel, core); priority >= 0; priority--) {\n      for (let at = yield load(kernel.cores[core]?.first[priority] as number, 'plain'); at !== 0; ) {\n        const { state, next } = threadOf(kernel, at - 1);\n        if ((yield load(state, 'plain')) === State.ready) return at - 1;\n        at = yield load(next, 'plain');\n      }\n    }\n    return -1;\n",
      },
    ],
    killedBy: 'skipped-once',
  },
  {
    name: 'skips-in-silence',
    variant,
    bug: undefined,
    title: 'The dispatcher takes out who is blocked and does not tell',
    story: 'Blocked threads leave the queue without a word. What it costs to be lazy cannot be counted from outside.',
    origin: 'a submission written from the handout',
    edits: [{ file, from: tellsOfSkipped, to: '' }],
    killedBy: 'skipped-once',
  },
  {
    name: 'tells-of-whom-it-chooses',
    variant,
    bug: undefined,
    title: 'The thread that is chosen is told of as skipped',
    story: 'The look at its state comes after it was taken out as one that is blocked.',
    origin: 'a submission written from the handout',
    edits: [
      { file, from: isReady, to: '' },
      {
        file,
        from: '      yield* remove(kernel, core, first);\n    }\n',
        to: `      yield* remove(kernel, core, first);\n${isReady}    }\n`,
      },
    ],
    killedBy: 'skipped-once',
  },
  {
    name: 'told-by-the-server',
    variant,
    bug: undefined,
    title: 'The last caller is served first, and the server says when each came',
    story: 'Callers are put before each other. That one has called is told when it is taken, so the order looks right.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file: messages,
        from: goesLast,
        to: "  yield store(nextCaller, yield load(firstCaller, 'plain'), 'plain');\n  yield store(firstCaller, self.id + 1, 'plain');\n  yield store(lastCaller, 0, 'plain');\n",
      },
      {
        file: messages,
        from: takesFirst,
        to: `  yield tracepoint('called', first - 1 + 16 * self.id);\n${takesFirst}`,
      },
    ],
    killedBy: 'in-order',
  },
  {
    name: 'yields-nothing',
    variant,
    bug: undefined,
    title: 'A yield is answered at once',
    story: 'Those that are as urgent and wait for the core wait on, though its thread has offered it to them.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file,
        from: 'export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;\n',
        to: "export const { begin, interrupted, retire, timerInterrupt } = running;\nexport function* yieldCore(_self: unknown, kernel: Kernel): Routine<number> {\n  return (yield load(threadOf(kernel, 0).core, 'relaxed')) * 0;\n}\n",
      },
    ],
    killedBy: 'takes-turns',
  },
  {
    name: 'deaf-to-the-timer',
    variant,
    bug: undefined,
    title: 'The timer takes no ticks',
    story: 'A slice never ends, and a thread that does not block keeps its core for ever.',
    origin: 'a submission written from the handout',
    edits: [
      {
        file,
        from: 'export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;\n',
        to: "export const { begin, interrupted, retire, yieldCore } = running;\nexport function* timerInterrupt(_self: unknown, kernel: Kernel): Routine {\n  yield load(threadOf(kernel, 0).core, 'relaxed');\n}\n",
      },
    ],
    killedBy: 'takes-turns',
  },
]);
