import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/seqlock.ts';

const begin = `  yield store(lock.sequence, (even + 1) | 0, 'relaxed', 'seqlock.begin');
`;
const begun = `  yield fence('release', 'seqlock.begun'); // pairs with got: who sees a word below sees the odd number when it checks
`;
const put = `  for (let i = 0; i < lock.words; i++) yield store(lock.values + i, values[i] as Word, 'relaxed', 'seqlock.put');
`;
const publish = `  yield store(lock.sequence, (even + 2) | 0, 'release', 'seqlock.publish'); // pairs with enter
`;
const enter = `    const before = yield load(lock.sequence, 'acquire', 'seqlock.enter'); // pairs with publish: shows the words of \`before\`
`;
const wait = `    if ((before & 1) === 1) {
      yield awaitOther(lock.sequence, before, 'relaxed', 'seqlock.wait');
      continue;
    }
`;
const get = `    for (let i = 0; i < lock.words; i++) values.push(yield load(lock.values + i, 'relaxed', 'seqlock.get'));
`;
const got = `    yield fence('acquire', 'seqlock.got'); // pairs with begun
`;
const check = `    if ((yield load(lock.sequence, 'relaxed', 'seqlock.check')) === before) return values;
`;

/** The sequence lock. */
export default exhibit('sync/seqlock', [
  {
    name: 'reads-once',
    variant: 'linux',
    bug: undefined,
    title: 'A reader does not look at the number again',
    story:
      'The number is even, so the reader begins. A write starts and ends while it is between two words. It takes the first from before the write and the second from after it, and never asks.',
    origin: 'classic: read_seqretry forgotten',
    edits: [{ file, from: check, to: '    return values;\n' }],
    killedBy: 'one-version',
  },
  {
    name: 'any-even-number',
    variant: 'linux',
    bug: undefined,
    title: 'A reader looks again whether the number is even, not whether it is the same',
    story:
      'A whole write comes between the reader’s two words. When the reader looks again the number is even, as it was. That it is another one it does not see.',
    origin: 'classic: the number taken for a flag',
    edits: [
      {
        file,
        from: check,
        to: `    if (((yield load(lock.sequence, 'relaxed', 'seqlock.check')) & 1) === 0) return values;
`,
      },
    ],
    killedBy: 'one-version',
  },
  {
    name: 'odd-is-as-good',
    variant: 'linux',
    bug: undefined,
    title: 'A reader does not mind an odd number',
    story:
      'The reader comes while a write is under way. It reads one new word and one old one, finds the number as it was, odd, and accepts.',
    origin: 'classic: read_seqbegin that does not wait',
    edits: [
      { file, from: wait, to: '' },
      { file, from: 'awaitOther, ', to: '' },
    ],
    killedBy: 'one-version',
  },
  {
    name: 'counts-once',
    variant: 'linux',
    bug: undefined,
    title: 'A writer changes the number once, when it is done',
    story:
      'Nothing tells the reader that a write has begun. It comes between the writer’s two stores, reads one new word and one old one, and finds the same number before and after.',
    origin: 'classic: a version number instead of a sequence lock',
    edits: [{ file, from: `${begin}${begun}`, to: '' }],
    killedBy: 'one-version',
  },
  {
    name: 'never-even-again',
    variant: 'linux',
    bug: undefined,
    title: 'A writer leaves the number odd',
    story:
      'The write is over, and the number says that it is still under way. Every reader from now on waits for it to change, and no writer will make it even but a second one.',
    origin: 'classic: an early return out of the write section',
    edits: [{ file, from: publish, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'writes-before-it-says-so',
    variant: 'linux',
    bug: undefined,
    title: 'A writer makes the number odd after it has written',
    story:
      'The reader reads both words and looks again, all between the writer’s first word and its second. The number is even all the while: the writer will make it odd only afterwards.',
    origin: 'classic: write_seqcount_begin after the first store',
    edits: [{ file, from: `${begin}${begun}${put}`, to: `${put}${begin}${begun}` }],
    killedBy: 'one-version',
  },
  {
    name: 'number-after-the-words',
    variant: 'linux',
    bug: undefined,
    title: 'A reader looks at the number only after it has read',
    story:
      'The reader takes the first word, then a whole write happens, then it takes the second. It looks at the number now, looks again, and finds it unchanged.',
    origin: 'classic: both looks on the same side of the data',
    edits: [
      {
        file,
        from: `${enter}${wait}    const values: Word[] = [];
${get}`,
        to: `    const values: Word[] = [];
${get}${enter}${wait}`,
      },
    ],
    killedBy: 'one-version',
  },
  {
    name: 'writers-together',
    variant: 'linux',
    bug: undefined,
    title: 'Writers do not keep each other out',
    story:
      'Two writers find the number even and make it odd, both to the same value. The first is done and makes it even while the second is between its two words. The reader believes the number and takes one word of each.',
    origin: 'Linux seqlock.rst: "write side critical sections must be serialized and non-preemptible"',
    edits: [
      { file, from: '  yield* acquire(lock.writers);\n', to: '' },
      { file, from: '  yield* release(lock.writers);\n', to: '' },
      { file, from: "import { acquire, release } from '#impl/sync/spinlock.ts';\n", to: '' },
    ],
    killedBy: 'one-version',
  },
  {
    name: 'reader-takes-the-lock',
    variant: 'linux',
    bug: undefined,
    title: 'A reader takes the writers’ lock',
    story:
      'The reader keeps writers out while it reads, and all it reads is right. But now it writes to shared memory at every read and makes writers wait: with many readers, all of them and the writers stand in one queue.',
    origin: 'classic: a lock where a sequence lock was promised',
    edits: [
      {
        file,
        from: '  for (;;) {\n    const before',
        to: '  yield* acquire(lock.writers);\n  for (;;) {\n    const before',
      },
      {
        file,
        from: check,
        to: `    if ((yield load(lock.sequence, 'relaxed', 'seqlock.check')) === before) {
      yield* release(lock.writers);
      return values;
    }
`,
      },
    ],
    killedBy: 'readers-write-nothing',
  },
  {
    name: 'reader-without-barrier',
    variant: 'linux',
    bug: 'MEMORY-ORDER-06',
    title: 'Seqlock reader without load barrier',
    story:
      'The reader looks at the number again before it has read the second word: nothing keeps the two loads in order. The number is still the old one. Then a write comes, and the second word that the reader takes is new.',
    origin: 'classic: smp_rmb left out of read_seqretry; Boehm 2012 on why an acquire of the second look is no help',
    edits: [{ file, from: got, to: '' }],
    killedBy: 'one-version',
  },
  {
    name: 'writer-without-barrier',
    variant: 'linux',
    bug: undefined,
    title: 'A seqlock writer without store barrier',
    story:
      'The writer makes the number odd and writes the words, and nothing keeps these stores in order. A new word is seen while the number is still the old one. A reader takes it together with an old word, looks again, and is content.',
    origin: 'classic: smp_wmb left out of write_seqcount_begin; a release store of the odd number is no help',
    edits: [{ file, from: begun, to: '' }],
    killedBy: 'one-version',
  },
]);
