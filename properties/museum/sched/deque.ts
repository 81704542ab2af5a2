import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/deque.ts';
const variant = 'chase-lev';

const fills = `  yield store(slotOf(array, bottom), task, 'relaxed', 'deque.put');
`;
const shows = `  yield store(deque.bottom, (bottom + 1) | 0, 'release', 'deque.push'); // pairs with steal: shows the task
`;
const readsTop = `    const top = yield load(deque.top, 'relaxed', 'deque.oldest'); // the fence makes it acquire
`;
const looksAtBottom = `    yield fence('seq_cst', 'deque.looked'); // pairs with pop
    const bottom = yield load(deque.bottom, 'acquire', 'deque.seen'); // pairs with push: shows the task
`;
const claims = `  yield store(deque.bottom, bottom, 'release', 'deque.claim'); // pairs with steal: shows the tasks before it
  yield fence('seq_cst', 'deque.claimed'); // pairs with steal: of an owner and a thief, one sees what the other wants
`;
const looksAtTop = `  const top = yield load(deque.top, 'relaxed');
  const left`;
const readsTask = `    const task = yield load(slotOf(array, top), 'relaxed', 'deque.read'); // before the swap: after it the owner may write
`;
const swaps = `    if ((yield compareAndSwap(deque.top, top, (top + 1) | 0, 'relaxed', 'deque.steal')) === top) return task;
`;

/** The deque of Chase and Lev. That under one lock has a file of its own. */
export default exhibit('sched/deque', [
  {
    name: 'pop-without-fence',
    variant,
    bug: 'MULTICORE-SCHED-10',
    title: 'Chase-Lev pop without full fence',
    story:
      'The owner moves `bottom` to claim the last task but one and reads `top`, and the store still waits when it reads. A thief that has taken one task already sees the old `bottom` and takes the next. Neither has seen the other, and both run the task.',
    origin: 'Lê, Pop, Cohen and Zappa Nardelli, PPoPP 2013; the THE protocol of Cilk',
    edits: [{ file, from: claims, to: claims.split('\n').slice(0, 1).join('\n').concat('\n') }],
    killedBy: 'linearizes',
  },
  {
    name: 'steal-without-fence',
    variant,
    bug: undefined,
    title: 'The thief looks at `bottom` without a fence',
    story:
      'Thief and owner each announce what they want and look at the other end. A fence in the owner alone does not help: the thief reads an old `bottom` after it has read `top`, and takes the task that the owner has claimed.',
    origin: 'Lê, Pop, Cohen and Zappa Nardelli, PPoPP 2013: both fences are needed',
    edits: [{ file, from: looksAtBottom, to: looksAtBottom.split('\n').slice(1).join('\n') }],
    killedBy: 'linearizes',
  },
  {
    name: 'array-relaxed',
    variant,
    bug: 'MULTICORE-SCHED-11',
    title: 'Chase-Lev array publication',
    story:
      'The owner puts a larger array into use with a store that orders nothing. A thief sees the array, and not what was copied into it: it takes a task that nobody pushed.',
    origin: 'Norris and Demsky, "CDSChecker", OOPSLA 2013, on the code of PPoPP 2013',
    edits: [{ file, from: `'release', 'deque.publish'`, to: `'relaxed', 'deque.publish'` }],
    killedBy: 'faultless',
  },
  {
    name: 'array-before-copy',
    variant,
    bug: undefined,
    title: 'The larger array is put into use before it is filled',
    story:
      'The owner publishes the new array and copies after. A thief comes in between and takes a task from a slot that is still empty.',
    origin: 'classic: publication before initialisation',
    edits: [
      {
        file,
        from: `  yield allocate(larger.address, larger.words);
`,
        to: `  yield allocate(larger.address, larger.words);
  yield store(deque.array, number + 1, 'release');
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'pushes-into-the-old-array',
    variant,
    bug: undefined,
    title: 'After growing, the task goes into the old array',
    story:
      'Push read which array is in use before it grew and does not look again. The new task is written over one in the old array, and who takes it finds an empty slot of the new one.',
    origin: 'the code of PPoPP 2013, figure 1: `resize(q)` without loading the array again',
    edits: [{ file, from: `    } else array = larger;`, to: `    }` }],
    killedBy: 'refines',
  },
  {
    name: 'old-array-freed',
    variant,
    bug: undefined,
    title: 'The old array is freed while a thief reads it',
    story:
      'The thief knows the old array and is about to read from it. The owner copies it and frees it. The thief reads memory that is no longer there, though its swap would have failed, or even succeeded.',
    origin: 'classic: reclamation without grace period; Chase and Lev keep old arrays for this reason',
    edits: [
      {
        file,
        from: `  return larger;
}`,
        to: `  yield free(array.address, array.words);
  return larger;
}`,
      },
      { file, from: `  fence,\n  load,`, to: `  fence,\n  free,\n  load,` },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'copied-to-the-same-slots',
    variant,
    bug: undefined,
    title: 'Slots are copied one to one',
    story:
      'Growing copies slot by slot, as an array is copied. But a task lies at its index modulo the size, and with another size that is another slot for half of them.',
    origin: 'classic: realloc of a ring',
    edits: [
      {
        file,
        from: `    yield store(slotOf(larger, index), yield load(`,
        to: `    yield store(larger.slots + (index & (array.size - 1)), yield load(`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'bottom-before-task',
    variant,
    bug: undefined,
    title: '`bottom` moves before the task is in its slot',
    story: 'The owner shows that there is one task more and writes it after. A thief takes what the slot held before.',
    origin: 'classic: publication before initialisation',
    edits: [{ file, from: `${fills}${shows}`, to: `${shows}${fills}` }],
    killedBy: 'linearizes',
  },
  {
    name: 'push-relaxed',
    variant,
    bug: undefined,
    title: '`bottom` is published without release',
    story:
      'The task is written before `bottom` moves, and nothing keeps it so. A thief on another core sees the new `bottom` and an old slot.',
    origin: 'the code of Chase and Lev 2005, written for sequential consistency',
    edits: [{ file, from: `'release', 'deque.push'`, to: `'relaxed', 'deque.push'` }],
    killedBy: 'linearizes',
  },
  {
    name: 'claim-relaxed',
    variant,
    bug: undefined,
    title: 'The owner’s claim publishes nothing',
    story:
      'Two tasks wait and the owner claims one. A thief reads the `bottom` of that claim, not of the push, and from a claim that is no release it learns of `bottom` but not of the task that is left. It takes an empty slot.',
    origin: 'the release fence of PPoPP 2013 turned into a release store of push alone',
    edits: [{ file, from: `'release', 'deque.claim'`, to: `'relaxed', 'deque.claim'` }],
    killedBy: 'linearizes',
  },
  {
    name: 'last-without-swap',
    variant,
    bug: undefined,
    title: 'The owner takes the last task without a swap',
    story:
      'One task is left. The owner sees that it is there and takes it, as it takes all others. A thief that has read `bottom` before swaps `top` and has it too.',
    origin: 'classic: the one case in which both ends meet',
    edits: [
      {
        file,
        from: `  if (left > 0) return`,
        to: `  if (left === 0) yield store(deque.top, (top + 1) | 0, 'relaxed');
  if (left === 0) yield store(deque.bottom, (bottom + 1) | 0, 'relaxed');
  if (left >= 0) return`,
      },
    ],
    killedBy: 'exactly-once',
  },
  {
    name: 'last-not-checked',
    variant,
    bug: undefined,
    title: 'The owner does not look whether its swap succeeded',
    story: 'Owner and thief swap `top` for the last task. The owner’s swap fails, and it runs the task all the same.',
    origin: 'classic: the result of a compare-and-swap thrown away',
    edits: [
      {
        file,
        from: `'relaxed', 'deque.take-last')) === top) task = last;`,
        to: `'relaxed', 'deque.take-last')) >= 0) task = last;`,
      },
    ],
    killedBy: 'exactly-once',
  },
  {
    name: 'steal-without-swap',
    variant,
    bug: undefined,
    title: 'Thieves move `top` with a store',
    story: 'Two thieves read the same `top` and the same task, and both move `top` on by one. The task runs twice.',
    origin: 'classic: a claim in two steps',
    edits: [
      {
        file,
        from: swaps,
        to: `    yield store(deque.top, (top + 1) | 0, 'relaxed');
    return task;
`,
      },
    ],
    killedBy: 'exactly-once',
  },
  {
    name: 'read-after-the-swap',
    variant,
    bug: undefined,
    title: 'The thief reads the task after it has taken it',
    story:
      'The thief moves `top` first and reads the slot after. Now the slot is free, and the owner pushes another task into it: the thief gets that one, and the first is lost.',
    origin: 'classic: used after it was given up',
    edits: [
      { file, from: readsTask, to: '' },
      {
        file,
        from: swaps,
        to: `    if ((yield compareAndSwap(deque.top, top, (top + 1) | 0, 'relaxed')) !== top) continue;
    return yield load(slotOf(array, top), 'relaxed');
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'bottom-before-top',
    variant,
    bug: undefined,
    title: 'The thief reads `bottom` before `top`',
    story:
      'The thief reads `bottom`, then the owner takes a task and another thief moves `top`. With the old `bottom` and the new `top` there seems to be a task left, which the owner has.',
    origin: 'Chase and Lev 2005: the order of the two reads is the algorithm',
    edits: [
      { file, from: readsTop, to: '' },
      { file, from: looksAtBottom, to: `${looksAtBottom}${readsTop}` },
    ],
    killedBy: 'exactly-once',
  },
  {
    name: 'top-before-claim',
    variant,
    bug: undefined,
    title: 'The owner reads `top` before it claims',
    story:
      'The owner reads `top`, finds two tasks, and moves `bottom`. In between thieves have taken one, and see the other still there.',
    origin: 'classic: look, then announce, where it must be the other way round',
    edits: [
      {
        file,
        from: claims,
        to: `  const top = yield load(deque.top, 'relaxed');
${claims}`,
      },
      { file, from: looksAtTop, to: `  const left` },
    ],
    killedBy: 'exactly-once',
  },
  {
    name: 'lost-race-is-empty',
    variant,
    bug: undefined,
    title: 'A thief that lost answers that there is nothing',
    story:
      'Two tasks wait and two thieves want the first. The one that loses the swap answers `empty` beside the second task.',
    origin: 'Chase and Lev 2005: Abort and Empty are different answers',
    edits: [
      {
        file,
        from: swaps,
        to: `${swaps}    return empty;
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'not-restored',
    variant,
    bug: undefined,
    title: '`bottom` is not restored after an empty pop',
    story:
      'The owner claims a task that is not there and leaves `bottom` below `top`. What it pushes next is at an index that thieves have passed.',
    origin: 'classic: the way back forgotten on one path',
    edits: [
      {
        file,
        from: `  yield store(deque.bottom, (bottom + 1) | 0, 'relaxed', 'deque.restore');`,
        to: `  if (left === 0) yield store(deque.bottom, (bottom + 1) | 0, 'relaxed', 'deque.restore');`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'wrap-forgotten',
    variant,
    bug: undefined,
    title: 'Indices are compared as numbers that never wrap',
    story:
      'The indices pass the largest word and begin again at the smallest. `bottom` is then smaller than `top`, and a thief finds nothing beside what waits.',
    origin: 'classic: a < b where a - b < 0 is meant',
    edits: [
      { file, from: `    if (((bottom - top) | 0) <= 0) return empty;`, to: `    if (bottom <= top) return empty;` },
    ],
    killedBy: 'refines',
  },
  {
    name: 'one-too-many',
    variant,
    bug: undefined,
    title: 'The array is taken for full one task too late',
    story: 'As many tasks wait as the array has slots, and one more is pushed. It is written over the oldest.',
    origin: 'classic: > or >=',
    edits: [{ file, from: `>= array.size) {`, to: `> array.size) {` }],
    killedBy: 'refines',
  },
  {
    name: 'youngest-stolen',
    variant,
    bug: undefined,
    title: 'Thieves get the tasks in the wrong order',
    story:
      'The thief takes the slot before `bottom` and moves `top`. It gets the youngest task, the one that the owner takes next, and the oldest is never run.',
    origin: 'a stack where a queue is meant',
    edits: [
      {
        file,
        from: `yield load(slotOf(array, top), 'relaxed', 'deque.read')`,
        to: `yield load(slotOf(array, (bottom - 1) | 0), 'relaxed', 'deque.read')`,
      },
    ],
    killedBy: 'oldest-first',
  },
  {
    name: 'owner-always-swaps',
    variant,
    bug: undefined,
    title: 'Push swaps where it could store',
    story:
      'Push announces itself with a read-modify-write of `bottom`, as if others wrote it too. All answers are right, and each push costs what the deque was made to save.',
    origin: 'the cost that PPoPP 2013 measures',
    edits: [
      {
        file,
        from: shows,
        to: `  yield swap(deque.bottom, (bottom + 1) | 0, 'release');
`,
      },
      {
        file,
        from: `  type Routine,
  store,
`,
        to: `  type Routine,
  store,
  swap,
`,
      },
    ],
    killedBy: 'owner-swaps-nothing',
  },
]);
