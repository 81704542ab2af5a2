import type { Submission } from '#properties/assignments/submissions/submission.ts';

const file = 'right-all.ts';

/** In a student's folder the helpers of the starter lie beside what is handed in. */
const fromBeside = { from: `'../../claims/starter/run.ts'`, to: `'./run.ts'` };

/** The model answer with some of its text replaced. */
const changed = (
  name: string,
  what: string,
  loses: readonly string[],
  ...edits: Submission['edits']
): Omit<Submission, 'assignment'> => ({ name, what, file, edits: [fromBeside, ...edits], loses });

/** The model answer's workloads, and this claim instead of its own. */
const claimingOnly = (name: string, what: string, holds: string, before = ''): Omit<Submission, 'assignment'> =>
  changed(name, what, everything, {
    from: 'export const claims: readonly Claim[] = [',
    to: `${before}export const claims: readonly Claim[] = [{ id: 'mine', sentence: 'it is so', holds: ${holds} }];

export const given: readonly Claim[] = [`,
  });

const accepting = ['accepts-in-out', 'accepts-counters', 'accepts-semaphores', 'accepts-lock-free'];
const refutingOf = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${kind}-${i + 1}`);
const everything = [
  ...accepting,
  ...refutingOf('in-out', 7),
  ...refutingOf('counters', 6),
  ...refutingOf('semaphores', 6),
  ...refutingOf('lock-free', 5),
];

const once = '      return new Set(got).size === got.length;\n';

/** What a student might hand in, and what it is worth. */
export const claimsSubmissions: readonly Omit<Submission, 'assignment'>[] = [
  changed('right-all', 'A claim for each thing that goes wrong.', []),
  {
    name: 'right-by-search',
    what: 'One claim, which looks for an order that explains everything.',
    file: 'right-by-search.ts',
    edits: [fromBeside],
    loses: [],
  },
  changed(
    'forgets-faults',
    'Nothing is claimed of how a run ends.',
    ['in-out-5', 'in-out-6', 'counters-4', 'lock-free-3'],
    {
      from: `  { id: 'faultless', sentence: 'the machine never stops', holds: (run) => run.end !== 'faulted' },\n`,
      to: '',
    },
  ),
  changed('forgets-short-answers', 'A get may bring less than was asked for.', ['semaphores-4', 'semaphores-6'], {
    from: `        .filter(isShort)\n`,
    to: `        .filter((get) => isShort(get) && itemsOf(get).length < 0)\n`,
  }),
  changed('ends-nothing-put', 'No program tells the end after something was put.', ['semaphores-4'], {
    from: `threads: [[put(1), finish], [get(2)]]`,
    to: `threads: [[put(1)], [get(2)]]`,
  }),
  changed('one-too-few', 'It takes a buffer for full while one slot is free.', accepting, {
    from: 'return stored.length - sum(taken) <= run',
    to: 'return stored.length - sum(taken) < run',
  }),
  changed('throws', 'A claim throws where nothing was got.', accepting, {
    from: once,
    to: `      if (got.length === 0) throw new RangeError('nothing was got');\n${once}`,
  }),
  changed('no-boolean', 'A claim gives how many items were got twice.', accepting, {
    from: once,
    to: '      return (got.length - new Set(got).size) as unknown as boolean;\n',
  }),
  changed('knows-small-programs', 'It claims that programs and buffers are as small as its own.', accepting, {
    from: once,
    to: `      if (run.program.threads.some((calls) => calls.length > 3)) return false;
      return new Set(got).size === got.length && run.program.parameters.capacity <= 3;
`,
  }),
  claimingOnly('always-false', 'It refutes all that is wrong, and all that is right.', '() => false'),
  claimingOnly('always-true', 'It accepts all that is right, and all that is wrong.', '() => true'),
  claimingOnly(
    'counts-questions',
    'It gets tired of being asked: it cannot know what it is asked about then.',
    '() => ++questions <= 10',
    'let questions = 0;\n\n',
  ),
  claimingOnly(
    'knows-its-programs',
    'It knows what its own programs answer, and that there are no others.',
    `(run) => {
      const mine = workloads.map(({ parameters, threads }) => JSON.stringify({ parameters, threads }));
      return mine.includes(JSON.stringify(run.program)) && !gets(run).flatMap(itemsOf).includes(0);
    }`,
  ),
  changed('nothing', 'It claims nothing.', everything, {
    from: 'export const claims: readonly Claim[] = [',
    to: 'export const claims: readonly Claim[] = [];\n\nexport const given: readonly Claim[] = [',
  }),
  changed('runs-nothing', 'It claims everything, and has no program to show it.', everything, {
    from: 'export const workloads: readonly Workload[] = [',
    to: 'export const workloads: readonly Workload[] = [];\n\nexport const given: readonly Workload[] = [',
  }),
];

/** Does not come to an end where something was got: nothing of it is decided. */
export const endlessClaims = claimingOnly(
  'does-not-end',
  'A claim goes round for ever.',
  `(run) => {
      for (let i = 0; i < gets(run).flatMap(itemsOf).length; ) i += 0;
      return true;
    }`,
);
