import type { Submission } from '#properties/assignments/submissions/submission.ts';

const lock = 'right-one-lock.ts';
const list = 'right-list-per-object.ts';

/** A lock for each process's table, in a row; every call takes all of them, beginning with `first`. */
const locksFrom = (first: string): Submission['edits'] => [
  { from: "    lock: memory.word('the lock'),\n", to: "    lock: memory.words('locks', holdings.length),\n" },
  { from: 'function* alone(tables: Tables, call:', to: 'function* locking(self: Thread, tables: Tables, call:' },
  {
    from: '  yield* acquire(tables.lock);\n',
    to: `  for (let i = 0; i < tables.processes; i++) {\n    yield* acquire(tables.lock + ((${first} + i) % tables.processes));\n  }\n`,
  },
  {
    from: '  yield* release(tables.lock);\n',
    to: `  for (let i = tables.processes - 1; i >= 0; i--) {\n    yield* release(tables.lock + ((${first} + i) % tables.processes));\n  }\n`,
  },
  ...['create', 'read', 'write', 'copy', 'move', 'remove', 'revoke'].map((call) => callOf(call)),
];

/** The line in which a routine takes the lock: it passes itself too. */
const firstLines: Readonly<Record<string, string>> = {
  create: '    const slot = yield* findFree(tables, self.id);\n',
  read: '    const row = yield* find(self, tables, handle, 1);\n',
  write: '    const row = yield* find(self, tables, handle, 2);\n',
  copy: '    const row = yield* find(self, tables, handle, 4);\n',
  move: '    const row = yield* find(self, tables, handle, over ? 4 : 0);\n',
  remove: '    const row = yield* find(self, tables, handle, 0);\n',
  revoke: '    const row = yield* find(self, tables, handle, 16);\n',
};

const callOf = (call: string): { readonly from: string; readonly to: string } => {
  const opening = `alone(tables, function* () {\n${firstLines[call]}`;
  return { from: opening, to: opening.replace('alone(', 'locking(self, ') };
};

export const capabilitySubmissions: readonly Omit<Submission, 'assignment'>[] = [
  { name: 'right-one-lock', what: 'One lock around every call.', file: lock, edits: [], loses: [] },
  {
    name: 'right-locks-in-order',
    what: 'A lock for each table; every call takes all of them, the first one first.',
    file: lock,
    edits: locksFrom('0'),
    loses: [],
  },
  {
    name: 'locks-in-any-order',
    what: 'A lock for each table; every call begins with that of its own.',
    file: lock,
    edits: locksFrom('self.id'),
    loses: ['everybody-goes-on'],
  },
  {
    name: 'any-generation',
    what: 'A handle works as long as its slot holds anything.',
    file: lock,
    edits: [{ from: 'if (handle.generation < latest || (yield', to: 'if ((yield' }],
    loses: ['one-at-a-time', 'all-at-once', 'authority', 'revoked', 'stale', 'weak-answers'],
  },
  {
    name: 'own-table-only',
    what: 'A revocation looks into the table of who revokes, and no other.',
    file: lock,
    edits: [
      {
        from: 'for (let process = 0; process < tables.processes; process++) {\n      for',
        to: 'for (let process = self.id; process <= self.id; process++) {\n      for',
      },
    ],
    loses: ['one-at-a-time', 'all-at-once', 'revoked', 'weak-answers'],
  },
  {
    name: 'rights-added',
    what: 'A copy has the rights that were asked for, though its source has not.',
    file: lock,
    edits: [{ from: '    if ((wanted & own) !== wanted) return -22;\n', to: '' }],
    loses: ['one-at-a-time', 'all-at-once', 'authority', 'weak-answers'],
  },
  {
    name: 'grants-without-the-right',
    what: 'Whoever has a capability to an endpoint may grant over it.',
    file: lock,
    edits: [{ from: 'find(self, tables, over, 8)', to: 'find(self, tables, over, 0)' }],
    loses: ['one-at-a-time', 'all-at-once', 'weak-answers'],
  },
  {
    name: 'word-of-the-last-object',
    what: 'A new object begins with the word of the one that was there before.',
    file: lock,
    edits: [{ from: "      yield store(tables.contents + made, 0, 'plain');\n", to: '' }],
    loses: ['one-at-a-time', 'all-at-once', 'own-object', 'weak-answers'],
  },
  {
    name: 'writes-without-the-lock',
    what: 'A write finds its object under the lock, and writes after it.',
    file: lock,
    edits: [
      {
        from: "    yield store(tables.contents + (yield load(row + object, 'plain')), word, 'plain');\n",
        to: "    const found = yield load(row + object, 'plain');\n    yield* release(tables.lock);\n    yield store(tables.contents + found, word, 'plain');\n    yield* acquire(tables.lock);\n",
      },
    ],
    loses: ['no-race'],
  },
  {
    name: 'right-list-per-object',
    what: 'A list of capabilities for each object; a revocation lets the lock go after each.',
    file: list,
    edits: [],
    loses: [],
  },
  {
    name: 'revokes-its-own-last',
    what: 'A revocation keeps its own capability for the end, and takes it for done when somebody else took that one away.',
    file: list,
    edits: [
      {
        from: "    const first: Word = yield load(t.first + object, 'plain');\n",
        to: "    let first: Word = yield load(t.first + object, 'plain');\n",
      },
      {
        from: '    yield* drop(t, first - 1);\n    yield* release(t.lock);\n    yield* acquire',
        to: "    if ((yield* look(self, t, handle, Right.revoke)) < 0) break;\n    if (first === mine + 1) first = (yield load(t.next + mine, 'plain')) || first;\n    yield* drop(t, first - 1);\n    yield* release(t.lock);\n    yield* acquire",
      },
    ],
    loses: ['all-at-once', 'revoked', 'weak-answers'],
  },
  {
    name: 'maker-of-the-object-before',
    what: 'Who made an object is stored only where there was none yet.',
    file: list,
    edits: [
      {
        from: '      yield store(t.maker + object, self.id',
        to: '      if (serial === 0) yield store(t.maker + object, self.id',
      },
    ],
    loses: ['all-at-once', 'weak-answers'],
  },
  {
    name: 'generations-of-four-bits',
    what: 'The sixteenth capability in a slot has the generation of the first.',
    file: list,
    edits: [
      {
        from: "(yield load(t.generation + c, 'plain')) + 1;",
        to: "((yield load(t.generation + c, 'plain')) % 15) + 1;",
      },
    ],
    loses: ['one-at-a-time', 'all-at-once', 'stale', 'weak-answers'],
  },
  {
    name: 'badges-of-four-bits',
    what: 'A badge is stored in four bits.',
    file: list,
    edits: [{ from: 'yield store(t.badge + c, badge,', to: 'yield store(t.badge + c, badge & 15,' }],
    loses: ['one-at-a-time', 'all-at-once', 'weak-answers'],
  },
];
