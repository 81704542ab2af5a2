import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/cpu-set.big-lock.ts';
const variant = 'big-lock';

/** The set of cores as a list. */
export default exhibit('sched/cpu-set', [
  {
    name: 'listed-twice',
    variant,
    bug: undefined,
    title: 'A member is listed again',
    story:
      'Nobody looks whether the core is in the list. It is counted twice, and when it is removed it is still there.',
    origin: 'classic: a bag where a set is meant',
    edits: [{ file, from: `  if ((yield* find(set, cpu)) === nowhere) {`, to: `  if (cpu >= 0) {` }],
    killedBy: 'refines',
  },
  {
    name: 'hole-in-the-list',
    variant,
    bug: undefined,
    title: 'The last member goes with the one that is removed',
    story:
      'The list becomes shorter by one, but the last member is not put into the free place. It is gone, and the removed one stays.',
    origin: 'classic: removal from an array',
    edits: [
      {
        file,
        from: `    yield store(set.members + place, yield load(set.members + last, 'plain'), 'plain');
`,
        to: '',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'searched-without-the-lock',
    variant,
    bug: undefined,
    title: 'The list is searched without the lock',
    story: 'Who asks for a member does not take the lock. The list changes while it is searched.',
    origin: 'classic: readers need the lock too',
    edits: [
      {
        file,
        from: `  yield* acquire(set.lock);
  const place = yield* find(set, cpu);
  yield* release(set.lock);
  return place`,
        to: `  const place = yield* find(set, cpu);
  return place`,
      },
    ],
    killedBy: 'faultless',
  },
]);
