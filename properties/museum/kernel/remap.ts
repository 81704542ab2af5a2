import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/remap.ts';
const variant = 'shootdown';

const shotDown = `  yield* shootDown(kernel.shootdown, space, page, count); // once for all of them
`;
const installed = `  for (const [i, frame] of moved.entries()) {
    yield store(entryAddress(mmu, to, at + i), entryOf(frame, true), 'release', 'remap.install'); // pairs with the walk
  }
`;
const clearedShotDown = `  yield* shootDown(kernel.shootdown, space, first, entries.length);
`;
const dropped = `  for (const entry of entries) if (entry !== notMapped) yield* dropFrame(kernel.frames, frameOf(entry));
`;
const unlocked = `  yield* unlockSpace(kernel.shootdown, space);
`;
const protectedShotDown = `  if (!writable) yield* shootDown(shootdown, space, page, 1);
`;
const refusedIfShared = `    if (yield* isShared(kernel.frames, frame)) return Failure.busy;
`;

/** What goes wrong with pages and frames. How cores are told has a file of its own. */
export default exhibit('kernel/remap', [
  {
    name: 'flushed-after-the-lock',
    variant,
    bug: 'REMAP-TLB-02',
    title: 'mremap flushes too late',
    story:
      'The page is moved from one table to the other, and the cores are told after that. The receiver has the page, and gives it back; its frame is free, and a core of the sender’s still writes to it.',
    origin: 'CVE-2018-18281, Linux before eb66ae030829',
    edits: [{ file, from: `${shotDown}${installed}`, to: `${installed}${shotDown}` }],
    killedBy: 'linearizes',
  },
  {
    name: 'second-finds-nothing-to-do',
    variant,
    bug: 'REMAP-TLB-04',
    title: 'Batched flush skipped by a second unmapper',
    story:
      'The table is unlocked before the cores are told. A second thread finds the page gone, and is answered so at once; and still reads it, since its core has not been told yet.',
    origin: 'Linux before 99baac21e458 (2017)',
    edits: [
      {
        file,
        from: `  const entry = yield* entryAt(kernel, space, page);
  if (entry !== notMapped) yield* clearLocked(kernel, space, page, [entry]);
${unlocked}`,
        to: `  const entry = yield* entryAt(kernel, space, page);
  if (entry !== notMapped) {
    yield store(entryAddress(kernel.shootdown.mmu, space, page), notMapped, 'relaxed');
    yield* unlockSpace(kernel.shootdown, space);
    yield* lockSpace(kernel.shootdown, space);
    yield* clearLocked(kernel, space, page, [entry]);
  }
${unlocked}`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'protected-while-a-flush-is-due',
    variant,
    bug: 'REMAP-TLB-05',
    title: 'mprotect races with reclaim batching',
    story:
      'Flushes are put off, to be done with those that come. The page is not to be written from now on, and the call is answered; a core that was not told writes to it.',
    origin: 'Linux before 3ea277194daa (2017)',
    edits: [{ file, from: protectedShotDown, to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'taken-for-a-teardown',
    variant,
    bug: 'REMAP-TLB-06',
    title: 'OOM reaper leaks an entry',
    story:
      'Where a whole space is taken away, nobody is told: it looks like the end of a process, which runs nowhere any more. But its threads run, and read pages that are free.',
    origin: 'CVE-2017-18202, Linux before 687cb0884a71',
    edits: [
      {
        file,
        from: clearedShotDown,
        to: `  if (entries.length < kernel.pages) yield* shootDown(kernel.shootdown, space, first, entries.length);
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'shared-page-moved',
    variant,
    bug: 'REMAP-TLB-10',
    title: 'Remap of a shared page',
    story:
      'A page is moved that a third space has mapped too. The receiver takes it for its own, and the third writes on.',
    origin: 'classic',
    edits: [{ file, from: refusedIfShared, to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'decided-for-one-core',
    variant,
    bug: 'REMAP-TLB-13',
    title: 'Break-even computed without core count',
    story:
      'Whether a page is remapped or copied is decided by its size alone, by a figure that was right where no other core ran the space. Here others do, and to tell them takes more than the copy.',
    origin: 'seed 002 of the course notes: the critical frequency, without the number of cores',
    edits: [
      { file, from: 'isCopyCheaper(kernel.pageWords, others)', to: 'isCopyCheaper(kernel.pageWords, 0 * others)' },
    ],
    killedBy: 'the-cheaper-way',
  },
  {
    name: 'always-copied',
    variant,
    bug: undefined,
    title: 'A page that is sent is always copied',
    story: 'Who sends a page loses it by right, but it is copied all the same, however large it is.',
    origin: 'classic: the general way where the special one was meant',
    edits: [{ file, from: '  if (isCopied && (yield*', to: '  if ((isCopied || others >= 0) && (yield*' }],
    killedBy: 'the-cheaper-way',
  },
  {
    name: 'moved-word-by-word',
    variant,
    bug: undefined,
    title: 'Remapping moves the words all the same',
    story: 'The page is remapped, and its words are copied once more on the way, to where they are.',
    origin: 'claim C2-014 of the course notes, left out',
    edits: [
      {
        file,
        from: `    moved.push(frame);
`,
        to: `    moved.push(frame);
    for (let offset = 0; offset < kernel.pageWords; offset++) {
      yield tracepoint('word copied', yield load(frame + offset, 'relaxed'));
    }
`,
      },
    ],
    killedBy: 'no-copies',
  },
  {
    name: 'one-shootdown-a-page',
    variant,
    bug: undefined,
    title: 'Each page of a message has its own shootdown',
    story: 'A message of two pages interrupts each core twice, where one shootdown is enough for both.',
    origin: 'classic: no batching',
    edits: [
      {
        file,
        from: shotDown,
        to: `  for (let i = 0; i < count; i++) yield* shootDown(kernel.shootdown, space, page + i, 1);
`,
      },
    ],
    killedBy: 'told-once',
  },
  {
    name: 'frozen-by-one-name',
    variant,
    bug: 'TOCTOU-10',
    title: 'Read-only mapping still writable by an alias',
    story:
      'The page is frozen where its owner has it, and checked. Another space has it too, under another name, and writes to it.',
    origin: 'classic: F_SEAL_WRITE is refused while any mapping is writable',
    edits: [
      {
        file,
        from: `    for (const each of shootdown.spaces.keys()) yield* freezeLocked(kernel, each, frameOf(entry));
`,
        to: `    yield* freezeLocked(kernel, space, frameOf(entry));
`,
      },
    ],
    killedBy: 'frozen',
  },
  {
    name: 'frozen-and-not-told',
    variant,
    bug: undefined,
    title: 'Nobody is told that a page is frozen',
    story: 'All tables say that the page is not to be written. A core that has written to it before does not look.',
    origin: 'classic',
    edits: [{ file, from: '  if (wasWritable) yield* shootDown(kernel.shootdown, space, 0, kernel.pages);\n', to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'first-page-looked-at',
    variant,
    bug: undefined,
    title: 'Of several pages only the first must not be shared',
    story: 'A message of two pages is moved, the second of which somebody else has too.',
    origin: 'classic: a check before a loop that belongs into it',
    edits: [
      {
        file,
        from: refusedIfShared,
        to: refusedIfShared.replace('if (yield*', 'if (i === 0 && (yield*').replace('frame))', 'frame)))'),
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'nobody-is-told',
    variant,
    bug: undefined,
    title: 'No shootdown at all',
    story: 'The table is changed, and each core is left to find out when it forgets the page by itself.',
    origin: 'claim C2-015 of the course notes, left out',
    edits: [{ file, from: shotDown, to: '' }],
    killedBy: 'no-stale-translation',
  },
  {
    name: 'freed-before-it-is-forgotten',
    variant,
    bug: undefined,
    title: 'A frame is free before the cores have forgotten it',
    story: 'The frame is given back as soon as the table does not name it. A core that was not told yet reads it.',
    origin: 'classic: flush before free, the wrong way round',
    edits: [{ file, from: `${clearedShotDown}${dropped}`, to: `${dropped}${clearedShotDown}` }],
    killedBy: 'faultless',
  },
  {
    name: 'moved-and-kept',
    variant,
    bug: undefined,
    title: 'The sender keeps the page',
    story: 'The page is put into the receiver’s table and not taken out of the sender’s: both write to it.',
    origin: 'classic: sharing where a transfer was promised',
    edits: [
      {
        file,
        from: `  for (let i = 0; i < count; i++) yield store(entryAddress(mmu, space, page + i), notMapped, 'relaxed', 'remap.clear');
`,
        to: '',
      },
    ],
    killedBy: 'no-stale-translation',
  },
  {
    name: 'installed-relaxed',
    variant,
    bug: undefined,
    title: 'The page is put into the table before its words are there',
    story: 'The entry is an ordinary store. The receiver finds it, and reads words that have not reached it.',
    origin: 'classic: publication without release',
    edits: [
      {
        file,
        from: `  yield store(entry, entryOf(target, true), 'release', 'remap.install'); // pairs with the walk
`,
        to: `  yield store(entry, entryOf(target, true), 'relaxed', 'remap.install');
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'fault-waits-for-nobody',
    variant,
    bug: undefined,
    title: 'A page fault does not wait for who changes the table',
    story:
      'One core finds the page gone, and another writes to it after that, by what it remembers: so it was gone and was not.',
    origin: 'classic: a fault handler that does not take the lock of the address space',
    edits: [
      {
        file,
        from: `  yield* lockSpace(kernel.shootdown, space);
  const entry = yield* entryAt(kernel, space, page);
  yield* unlockSpace(kernel.shootdown, space);
  return entry !== notMapped`,
        to: `  const entry = yield* entryAt(kernel, space, page);
  return entry !== notMapped`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'not-counted-on-the-way-out',
    variant,
    bug: undefined,
    title: 'A frame goes with the first who gives it up',
    story: 'A shared page is taken out of one space, and its frame is free. The other space still has it.',
    origin: 'classic: reference count',
    edits: [{ file: 'impl/kernel/frames.ts', from: 'if (left === 0) yield free', to: 'yield free' }],
    killedBy: 'refines',
  },
  {
    name: 'locked-in-the-order-of-the-call',
    variant,
    bug: undefined,
    title: 'Two tables are locked in the order of the call',
    story:
      'One thread moves a page from the first space to the second, and another one back. Each holds what the other wants.',
    origin: 'classic: lock order',
    edits: [
      {
        file,
        from: `  yield* lockSpace(shootdown, Math.min(a, b));
  yield* lockSpace(shootdown, Math.max(a, b));
`,
        to: `  yield* lockSpace(shootdown, a);
  yield* lockSpace(shootdown, b);
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'two-names-dropped-once',
    variant,
    bug: undefined,
    title: 'A frame that a space has twice is given up once',
    story:
      'A space is reaped, and each frame that it had is given up once. One that it had under two names is still counted, and nobody has it: it is never free again.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: dropped,
        to: `  const frames = new Set(entries.filter((entry) => entry !== notMapped).map(frameOf));
  for (const frame of frames) yield* dropFrame(kernel.frames, frame);
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'last-name-forgotten',
    variant,
    bug: undefined,
    title: 'Of two names of a frozen page only the last is forgotten',
    story:
      'A space has the page under two names, and its table says of both that they are not to be written. The cores are told of the last one only: one that has written by the first does so again.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      { file, from: '  let wasWritable = false;\n', to: '  let changed = -1;\n' },
      { file, from: '    wasWritable = true;\n', to: '    changed = page;\n' },
      {
        file,
        from: '  if (wasWritable) yield* shootDown(kernel.shootdown, space, 0, kernel.pages);\n',
        to: '  if (changed >= 0) yield* shootDown(kernel.shootdown, space, changed, 1);\n',
      },
    ],
    killedBy: 'linearizes',
  },
]);
