import type { Submission } from '#properties/assignments/submissions/submission.ts';

const file = 'right-in-one-file.ts';

export const lazySchedulerSubmissions: readonly Omit<Submission, 'assignment'>[] = [
  { name: 'right-in-one-file', what: 'Calls switch directly, replies never.', file, edits: [], loses: [] },
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
    loses: ['all-at-once', 'everybody-goes-on', 'runs-once', 'moved-in-time', 'slices', 'weak-waits'],
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
    loses: ['everybody-goes-on', 'takes-turns', 'holds', 'skipped-once', 'no-race', 'weak-waits'],
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
    loses: ['holds', 'no-race'],
  },
];
