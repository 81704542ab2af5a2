import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/inheritance.big-lock.ts';

const raised = `  for (const [mutex, ceiling] of (ceilings ?? []).entries()) {
    if ((yield load(kernel.holders[mutex] as Address, 'plain')) === thread + 1) highest = Math.max(highest, ceiling);
  }
`;

/** The plain implementation, and ceilings. */
export default exhibit('sched/inheritance', [
  {
    name: 'own-priorities-lent',
    variant: 'big-lock',
    bug: undefined,
    title: 'Who waits lends its own priority, and not what it is lent',
    story:
      'The rule is applied once and not again: the high thread raises the one that it waits for, and nobody beyond.',
    origin: 'classic: inheritance without transitivity',
    edits: [
      {
        file,
        from: 'highest = Math.max(highest, yield* effective(kernel, lender));',
        to: `highest = Math.max(highest, yield load(theirs.own, 'plain'));`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'latest-among-equals',
    variant: 'big-lock',
    bug: undefined,
    title: 'The least urgent is next',
    story: 'The comparison is the wrong way round: of those that wait, the one of the lowest priority gets the mutex.',
    origin: 'classic: are high numbers urgent?',
    edits: [{ file, from: 'if (priority < highest ||', to: 'if ((found >= 0 && priority > highest) ||' }],
    killedBy: 'linearizes',
  },
  {
    name: 'ceiling-not-lent',
    variant: 'ceiling',
    bug: undefined,
    title: 'A ceiling is checked and not lent',
    story:
      'Who takes a mutex keeps its own priority. It is preempted by somebody who wants the mutex too, and has to wait.',
    origin: 'POSIX, PTHREAD_PRIO_PROTECT for PTHREAD_PRIO_NONE',
    edits: [{ file, from: raised, to: '' }],
    killedBy: 'ceiling-nobody-waits',
  },
  {
    name: 'above-the-ceiling',
    variant: 'ceiling',
    bug: undefined,
    title: 'A thread above the ceiling takes the mutex',
    story:
      'Nobody compares the caller’s priority with the ceiling. Its holder would have a lower one than who may wait for it.',
    origin: 'POSIX, pthread_mutex_lock: EINVAL',
    edits: [
      {
        file,
        from: `  if ((yield load(threadOf(kernel, self.id).own, 'plain')) > ceiling) return yield* give(kernel, Failure.invalid);
`,
        to: '',
      },
      { file, from: `  const ceiling = kernel.ceilings?.[mutex] ?? Number.POSITIVE_INFINITY;\n`, to: '' },
    ],
    killedBy: 'refines',
  },
]);
