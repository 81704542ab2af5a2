import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/remap.broadcast.ts';
const variant = 'broadcast';

/** What is simple can be broken too. */
export default exhibit('kernel/remap', [
  {
    name: 'everybody-told-nobody-waited-for',
    variant,
    bug: undefined,
    title: 'Every core is told, and none is waited for',
    story: 'The interrupts are sent to all cores, and the page is the receiver’s before the last has forgotten it.',
    origin: 'classic: an asynchronous flush',
    edits: [{ file, from: `      if ((yield load(forgot, 'seq_cst')) === told) break;\n`, to: '      break;\n' }],
    killedBy: 'linearizes',
  },
  {
    name: 'interrupted-and-busy',
    variant,
    bug: undefined,
    title: 'Who waits for the lock does not forget',
    story: 'One core has the lock and waits until all have forgotten. Another waits for the lock, and hears nothing.',
    origin: 'classic: a spin lock and a shootdown',
    edits: [
      {
        file,
        from: `    yield* forget(kernel);
    if ((yield compareAndSwap`,
        to: `    if ((yield compareAndSwap`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'taken-away-and-not-told',
    variant,
    bug: undefined,
    title: 'Nobody is told of pages that are taken away',
    story: 'The entries are cleared and the frames freed. The cores go on reading them.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `  yield* everybodyForgets(kernel);
  for (const address of new Set(cleared)) {`,
        to: `  for (const address of new Set(cleared)) {`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'protected-and-not-told',
    variant,
    bug: undefined,
    title: 'Nobody is told that a page is not to be written',
    story: 'The table says so, and a core that has looked before writes on.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `  yield* setEntry(kernel, space, page, entryOf(frameOf(entry), writable));
  yield* everybodyForgets(kernel);
`,
        to: `  yield* setEntry(kernel, space, page, entryOf(frameOf(entry), writable));
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'tells-before-it-changes',
    variant,
    bug: undefined,
    title: 'The cores forget before the table is changed',
    story: 'All cores have forgotten, one of them looks into the table again, and then the page is taken away.',
    origin: 'classic: invalidate before the store',
    edits: [
      {
        file,
        from: `  for (let i = 0; i < count; i++) yield* setEntry(kernel, space, page + i, notMapped);
  yield* everybodyForgets(kernel);
`,
        to: `  yield* everybodyForgets(kernel);
  for (let i = 0; i < count; i++) yield* setEntry(kernel, space, page + i, notMapped);
`,
      },
    ],
    killedBy: 'linearizes',
  },
]);
