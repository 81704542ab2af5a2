import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/spinlock.dekker.ts';

const want = `    yield store(mine, 1, 'relaxed', 'spinlock.dekker.want');
`;
const fence = `    yield fence('seq_cst', 'spinlock.dekker.fence'); // pairs with itself: one of two sees the other's want
`;
const look = `    if ((yield load(others, 'acquire', 'spinlock.dekker.look')) === 0) return; // pairs with leave
`;

/** The spin lock of loads and stores alone. */
export default exhibit('sync/spinlock', [
  {
    name: 'looks-before-it-asks',
    variant: 'dekker',
    bug: undefined,
    title: 'A core looks at the other’s wish before it says its own',
    story:
      'Both cores look and see that the other wants nothing. Then both say that they want the lock, and both go in.',
    origin: 'Dijkstra, EWD123: the second of the attempts that lead to Dekker’s solution',
    edits: [
      {
        file,
        from: `${want}${fence}${look}`,
        to: `    if ((yield load(others, 'acquire', 'spinlock.dekker.look')) === 0) {
      yield store(mine, 1, 'relaxed', 'spinlock.dekker.want');
      yield fence('seq_cst', 'spinlock.dekker.fence');
      return;
    }
`,
      },
    ],
    killedBy: 'exclusion',
  },
  {
    name: 'nobody-gives-way',
    variant: 'dekker',
    bug: undefined,
    title: 'Both insist',
    story:
      'Both cores say that they want the lock, and both see it of the other. Neither takes its wish back, so each waits for the other to do so.',
    origin: 'Dijkstra, EWD123: the third attempt',
    edits: [
      {
        file,
        from: `    if ((yield load(lock.turn, 'relaxed', 'spinlock.dekker.turn')) === me) {
      yield awaitWord(others, 0, 'relaxed', 'spinlock.dekker.insist');
    } else {
      yield store(mine, 0, 'relaxed', 'spinlock.dekker.yield'); // the other insists
      yield awaitWord(lock.turn, me, 'relaxed', 'spinlock.dekker.wait');
    }
`,
        to: `    yield awaitWord(others, 0, 'relaxed', 'spinlock.dekker.insist');
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'turn-kept',
    variant: 'dekker',
    bug: undefined,
    title: 'release does not pass the turn',
    story:
      'Both want the lock and it is not the second core’s turn, so it gives way and waits for the turn. The first core leaves and keeps the turn. If it never comes again, the second waits for ever for a lock that is free.',
    origin: 'classic: half of Dekker’s exit forgotten',
    edits: [{ file, from: "  yield store(lock.turn, 1 - me, 'relaxed', 'spinlock.dekker.pass');\n", to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'release-and-acquire-only',
    variant: 'dekker',
    bug: 'MEMORY-ORDER-04',
    title: 'Peterson/Dekker with acquire/release only',
    story:
      'Each core stores its wish with release and loads the other’s with acquire. Neither order keeps a load from passing an earlier store of another word. Both wishes wait in store buffers while both cores look, see nothing, and go in.',
    origin: 'classic: store buffering, which every multiprocessor since the 1990s does; x86 too',
    edits: [
      { file, from: fence, to: '' },
      { file, from: want, to: want.replace("'relaxed'", "'release'") },
      { file, from: '  fence,\n', to: '' },
    ],
    killedBy: 'exclusion',
  },
]);
