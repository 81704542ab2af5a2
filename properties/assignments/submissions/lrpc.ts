import type { Submission } from '#properties/assignments/submissions/submission.ts';

const file = 'right-down-and-home.ts';

export const lrpcSubmissions: readonly Omit<Submission, 'assignment'>[] = [
  { name: 'right-down-and-home', what: 'One lock, one channel.', file, edits: [], loses: [] },
  {
    name: 'right-last-first',
    what: 'The last of the free A-stacks is taken first.',
    file,
    edits: [
      {
        from: '    for (let aStack = 0; aStack < tables.aStacks.length; aStack++) {\n      if (!(yield* isFor(',
        to: '    for (let aStack = tables.aStacks.length - 1; aStack >= 0; aStack--) {\n      if (!(yield* isFor(',
      },
    ],
    loses: [],
  },
  {
    name: 'checked-and-read-again',
    what: 'The server checks its copy of the argument, and uses what the client can still change.',
    file,
    edits: [
      { from: 'yield* add(tables, domain, argument);', to: 'yield* add(tables, domain, argument, entered);' },
      {
        from: 'function* add(tables: Tables, domain: DomainId, argument: Word): Routine<Word> {',
        to: 'function* add(tables: Tables, domain: DomainId, argument: Word, level: AStackId): Routine<Word> {',
      },
      {
        from: 'const sum = (yield* get(counter)) + argument;',
        to: 'const sum = (yield* get(counter)) + (yield* get(aStackAt(tables, level).argument));',
      },
    ],
    loses: ['all-at-once', 'checked-is-used', 'weak-answers'],
  },
  {
    name: 'a-stack-lost-on-refusal',
    what: 'An A-stack that was taken for a call that is refused is not given back.',
    file,
    edits: [
      {
        from: '  if (isFromList && aStack >= 0) yield* giveBack(self, tables, aStack);\n  return why;',
        to: '  return why;',
      },
    ],
    loses: ['everybody-goes-on', 'weak-waits'],
  },
  {
    name: 'ends-in-silence',
    what: 'Who waits is not told that a domain has ended.',
    file,
    edits: [{ from: '    yield* wakeup(self, tables.lock);\n    return true;\n', to: '    return true;\n' }],
    loses: ['everybody-goes-on', 'weak-waits'],
  },
  {
    name: 'returns-to-the-dead',
    what: 'A thread returns to a client that has ended.',
    file,
    edits: [
      {
        from: '(yield* get(words.clientLost)) === 1 || (yield* get(words.captured)) === 1',
        to: '(yield* get(words.captured)) === 1',
      },
    ],
    loses: ['all-at-once', 'weak-answers'],
  },
  {
    name: 'a-stack-in-two-calls',
    what: 'An A-stack that is in a call may be used for another.',
    file,
    edits: [{ from: '=== 0 ? 0 : Failure.EBUSY', to: '>= 0 ? 0 : Failure.EBUSY' }],
    loses: ['all-at-once', 'everybody-goes-on', 'weak-answers', 'weak-waits'],
  },
  {
    name: 'procedure-before-binding',
    what: 'It says that there is no such procedure before it has looked whether the binding is still one.',
    file,
    edits: [
      {
        from: '  if ((yield* hasEnded(tables, domain)) || (yield* hasEnded(tables, server))) return Failure.ESTALE;\n  if (!bodyOf(tables, server, asked.procedure)) return Failure.ENOSYS;\n',
        to: '  if (!bodyOf(tables, server, asked.procedure)) return Failure.ENOSYS;\n  if ((yield* hasEnded(tables, domain)) || (yield* hasEnded(tables, server))) return Failure.ESTALE;\n',
      },
    ],
    loses: ['one-at-a-time', 'all-at-once', 'weak-answers'],
  },
  {
    name: 'captured-and-not-marked',
    what: 'A call of which the caller has been captured can be given up again, in place of that in which it is now.',
    file,
    edits: [{ from: '      yield* set(outer.captured, 1);\n', to: '' }],
    loses: ['all-at-once', 'everybody-goes-on', 'weak-answers', 'weak-waits'],
  },
  {
    name: 'ends-without-its-captives',
    what: 'Whoever ends a domain does not run those who are captured in it.',
    file,
    edits: [{ from: '  if (isFirst) yield* letGo(self, tables, domain);\n', to: '' }],
    loses: ['everybody-goes-on', 'weak-waits'],
  },
  {
    name: 'slice-below-nothing',
    what: 'The ticks of a slice go below 0.',
    file,
    edits: [
      {
        from: '  yield* set(budget, Math.max(0, (yield* get(budget)) - 1));\n',
        to: '  yield* set(budget, (yield* get(budget)) - 1);\n',
      },
    ],
    loses: ['all-at-once', 'weak-answers'],
  },
  {
    name: 'captured-by-an-open-domain',
    what: 'Whether the call is given up is asked before whether the domain is open.',
    file,
    edits: [
      {
        from: "    if ((yield* get(open)) === 1) {\n      yield* set(mine.result, 0);\n      return 'open';\n    }\n    if ((yield* get(mine.serverLost)) === 1) return 'lost';\n    if ((yield* get(outer.aborted)) === 1 && (yield* get(outer.captured)) === 0) {\n      yield* set(outer.captured, 1);\n      yield* set(mine.kept, 1);\n      return 'given up';\n    }\n",
        to: "    if ((yield* get(outer.aborted)) === 1 && (yield* get(outer.captured)) === 0) {\n      yield* set(outer.captured, 1);\n      yield* set(mine.kept, 1);\n      return 'given up';\n    }\n    if ((yield* get(open)) === 1) {\n      yield* set(mine.result, 0);\n      return 'open';\n    }\n    if ((yield* get(mine.serverLost)) === 1) return 'lost';\n",
      },
    ],
    loses: ['all-at-once', 'everybody-goes-on', 'weak-answers', 'weak-waits'],
  },
  {
    name: 'given-up-while-it-waits',
    what: 'Who waits for an A-stack on its way is told at once that its call is given up.',
    file,
    edits: [
      { from: 'yield* take(self, tables, domain, asked));', to: 'yield* take(self, tables, domain, asked, from));' },
      {
        from: 'take(self: Thread, tables: Tables, domain: DomainId, asked: Asked)',
        to: 'take(self: Thread, tables: Tables, domain: DomainId, asked: Asked, below: AStackId)',
      },
      {
        from: '    yield* sleep(self, tables.lock, tables.lock);\n  }\n}\n\nfunction* isLost',
        to: '    const outer = tables.aStacks[below];\n    if (outer && (yield* get(outer.aborted)) === 1) return Failure.ESTALE;\n    yield* sleep(self, tables.lock, tables.lock);\n  }\n}\n\nfunction* isLost',
      },
    ],
    loses: ['all-at-once', 'weak-answers'],
  },
];
