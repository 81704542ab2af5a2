import type { Submission } from '#properties/assignments/submissions/submission.ts';

const file = 'right-in-one-file.ts';
const straight = 'right-replies-straight.ts';

export const lazySchedulerSubmissions: readonly Omit<Submission, 'assignment'>[] = [
  { name: 'right-in-one-file', what: 'Calls switch directly, replies never.', file, edits: [], loses: [] },
  {
    name: 'right-replies-straight',
    what: 'Callers have numbers, a search takes out all that are not ready, and replies switch to the more urgent.',
    file: straight,
    edits: [],
    loses: [],
  },
  {
    name: 'right-running-stand-in-the-queue',
    what: 'At boot those that run stand in the queue.',
    file,
    edits: [{ from: '  holdsRunning: false,\n', to: '  holdsRunning: true,\n' }],
    loses: [],
  },
  {
    name: 'right-always-reinserted',
    what: 'Who is preempted is taken out of the queue and put in anew, before the others or behind them.',
    file,
    edits: [
      {
        from: '    if (isThere && isLast) yield* remove(kernel, core, id);\n    if (!isThere || isLast) yield* insert(kernel, core, id, isLast);\n',
        to: '    if (isThere) yield* remove(kernel, core, id);\n    yield* insert(kernel, core, id, isLast);\n',
      },
    ],
    loses: [],
  },
  {
    name: 'blocked-is-run',
    what: 'Whoever is first in the queue is run, ready or not.',
    file,
    edits: [{ from: 'if (state === State.ready) return id;', to: 'if (state !== State.gone) return id;' }],
    loses: [
      'all-at-once',
      'everybody-goes-on',
      'no-fault',
      'runs-once',
      'moved-in-time',
      'slices',
      'lends',
      'no-race',
      'weak-waits',
    ],
  },
  {
    name: 'eager',
    what: 'Who blocks is taken out of the queue at once.',
    file,
    edits: [
      {
        from: '  *run() {},\n  *block() {},\n',
        to: '  *run(kernel, core, id) {\n    if (!(yield* isQueued(kernel, id))) yield* insert(kernel, core, id);\n  },\n  *block(kernel, core, id) {\n    yield* leave(kernel, core, id);\n  },\n',
      },
    ],
    loses: ['queue-operations'],
  },
  {
    name: 'queued-twice',
    what: 'A thread that is made ready is put into the queue in which it stands.',
    file,
    edits: [
      {
        from: '    if (!isThere) yield* insert(kernel, core, id);\n',
        to: '    if (!isThere || core >= 0) yield* insert(kernel, core, id);\n',
      },
    ],
    loses: ['everybody-goes-on', 'no-fault', 'runs-once', 'holds', 'skipped-once', 'no-race', 'weak-waits'],
  },
  {
    name: 'preempted-is-nowhere',
    what: 'Who is preempted is not put into the queue: while it ran it stood there only by chance.',
    file,
    edits: [{ from: '    if (!isThere || isLast) yield* insert', to: '    if (isThere && isLast) yield* insert' }],
    loses: ['one-at-a-time', 'everybody-goes-on', 'most-urgent', 'gives-way', 'takes-turns', 'holds', 'weak-waits'],
  },
  {
    name: 'never-direct',
    what: 'A call makes the other ready, and waits.',
    file,
    edits: [
      { from: 'const isStraight = isAwaited && (yield*', to: 'const isStraight = isAwaited && here < 0 && (yield*' },
    ],
    loses: ['straight'],
  },
  {
    name: 'slice-doubled',
    what: 'The slice is lent, and kept.',
    file,
    edits: [{ from: "  yield store(mine.slice, 0, 'plain');\n", to: '' }],
    loses: ['slices'],
  },
  {
    name: 'last-caller-first',
    what: 'Who calls goes before those who have called.',
    file,
    edits: [
      {
        from: "  yield store(mine.nextCaller, 0, 'plain');\n  const last = yield load(other.lastCaller, 'plain');\n  const behind = last === 0 ? other.firstCaller : threadOf(kernel, last - 1).nextCaller;\n  yield store(behind, self.id + 1, 'plain');\n  yield store(other.lastCaller, self.id + 1, 'plain');\n",
        to: "  const first = yield load(other.firstCaller, 'plain');\n  yield store(mine.nextCaller, first, 'plain');\n  yield store(other.firstCaller, self.id + 1, 'plain');\n  if (first === 0) yield store(other.lastCaller, self.id + 1, 'plain');\n",
      },
    ],
    loses: ['calls-in-order'],
  },
  {
    name: 'passes-the-more-urgent',
    what: 'A direct switch passes by those who wait here and are more urgent.',
    file,
    edits: [{ from: '  return !isPassed;\n', to: '  return !isPassed || core >= 0;\n' }],
    loses: ['most-urgent'],
  },
  {
    name: 'still-in-its-old-queue',
    what: 'A direct switch from another core does not take whom it calls out of the queue of its old core.',
    file,
    edits: [{ from: '    yield* leave(kernel, there, target);\n', to: '' }],
    loses: ['holds', 'skipped-once', 'no-race'],
  },
  {
    name: 'two-calls-in-hand',
    what: 'Who owes a reply takes another call, if there is one.',
    file,
    edits: [
      {
        from: "  if ((yield load(mine.owes, 'plain')) !== 0) {\n",
        to: "  if ((yield load(mine.owes, 'plain')) !== 0 && (yield load(mine.firstCaller, 'plain')) === 0) {\n",
      },
    ],
    loses: ['all-at-once'],
  },
  {
    name: 'goes-behind-its-equals',
    what: 'Who gives way to somebody more urgent goes behind those of its priority.',
    file,
    edits: [
      {
        from: '    if (isThere && isLast) yield* remove(kernel, core, id);\n    if (!isThere || isLast) yield* insert(kernel, core, id, isLast);\n',
        to: '    if (isThere) yield* remove(kernel, core, id);\n    yield* insert(kernel, core, id, isLast || core >= 0);\n',
      },
    ],
    loses: ['takes-turns'],
  },
  {
    name: 'blocked-and-queued',
    what: 'Who calls is blocked first, and then whom it calls goes through the queue.',
    file,
    edits: [
      {
        from: "  yield tracepoint('ready', target);\n  yield* dispatcher.takeUp(kernel, here, target);\n  yield switchTo(target);\n  const core = yield coreNumber();\n",
        to: '  yield* dispatcher.makeReady(kernel, here, target);\n  const core = yield* dispatcher.giveUp(self, kernel, here);\n',
      },
      {
        from: "  const slice = yield load(mine.slice, 'plain');\n  yield store(mine.slice, 0, 'plain');\n  yield store(other.slice, slice, 'plain');\n  yield tracepoint('slice lent', slice - 1 + 16 * target);\n",
        to: '',
      },
    ],
    loses: ['straight'],
  },
  {
    name: 'as-urgent-as-its-caller',
    what: 'Whom one calls counts as no more urgent than the caller.',
    file,
    edits: [
      {
        from: "yield* isAnyAbove(kernel, core, yield load(other.priority, 'plain'));",
        to: "yield* isAnyAbove(\n    kernel,\n    core,\n    Math.min(yield load(other.priority, 'plain'), yield load(threadOf(kernel, self.id).priority, 'plain')),\n  );",
      },
    ],
    loses: ['straight'],
  },
  {
    name: 'answered-where-it-may-not-run',
    what: 'A reply switches straight to a caller that may not run here.',
    file: straight,
    edits: [
      {
        from: '  if (isIdle && (yield* maySwitch(self, kernel, here, owes - 1))) {\n',
        to: "  const { priority } = threadOf(kernel, owes - 1);\n  if (isIdle && !(yield* isAnyAbove(kernel, here, yield load(priority, 'plain')))) {\n",
      },
    ],
    loses: ['all-at-once', 'mask'],
  },
  {
    name: 'skips-in-silence',
    what: 'Who is blocked is taken out, and it is not told.',
    file,
    edits: [{ from: "      yield tracepoint('skipped blocked thread', place(id, core, priority));\n", to: '' }],
    loses: ['skipped-once'],
  },
  {
    name: 'told-by-the-server',
    what: 'The last caller is served first, and that it has called is told when it is taken.',
    file,
    edits: [
      {
        from: "  yield store(mine.nextCaller, 0, 'plain');\n  const last = yield load(other.lastCaller, 'plain');\n  const behind = last === 0 ? other.firstCaller : threadOf(kernel, last - 1).nextCaller;\n  yield store(behind, self.id + 1, 'plain');\n  yield store(other.lastCaller, self.id + 1, 'plain');\n  yield tracepoint('called', self.id + 16 * target);\n",
        to: "  yield store(mine.nextCaller, yield load(other.firstCaller, 'plain'), 'plain');\n  yield store(other.firstCaller, self.id + 1, 'plain');\n",
      },
      {
        from: '  const caller = threadOf(kernel, first - 1);\n  const next',
        to: "  yield tracepoint('called', first - 1 + 16 * self.id);\n  const caller = threadOf(kernel, first - 1);\n  const next",
      },
    ],
    loses: ['calls-in-order'],
  },
  {
    name: 'yields-nothing',
    what: 'A yield is answered at once.',
    file,
    edits: [
      {
        from: 'export const { begin, interrupted, retire, timerInterrupt, yieldCore } = running;\n',
        to: "export const { begin, interrupted, retire, timerInterrupt } = running;\nexport function* yieldCore(_self: Thread, kernel: Kernel): Routine<Word> {\n  return (yield load(threadOf(kernel, 0).core, 'relaxed')) * 0;\n}\n",
      },
    ],
    loses: ['takes-turns'],
  },
];
