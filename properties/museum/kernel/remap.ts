import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/remap.ts';
const shootdown = 'impl/kernel/shootdown.ts';
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
const generationRaised = `  yield store(words.generation, generation, 'seq_cst', 'shootdown.generation'); // pairs with useSpace, crosswise
`;
const behind = `  if ((yield load(flushed, 'plain')) !== generation) {
    yield* invalidateAll(shootdown.mmu);
    yield store(flushed, generation, 'plain');
  }
`;
const served = `    yield* serve(shootdown); // or two that wait for each other would do so for ever
`;
const servedLocking = `    yield* serve(shootdown); // who holds the lock may wait for us
`;
const answered = `  for (const other of told) yield* awaitAnswer(shootdown, space, other, generation);
`;
const acknowledged = `    yield store(answer, generation, 'release', 'shootdown.acknowledge'); // pairs with awaitAnswer: our accesses are over
`;
const caughtUp = `    yield* catchUp(shootdown, core, space, generation);
`;
const entered = `  yield fetchAdd(runningWord(words, core), bitOf(core), 'seq_cst', 'shootdown.enter'); // pairs with shootDown, crosswise
`;

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
    name: 'bitmap-before-the-table',
    variant,
    bug: 'REMAP-TLB-03',
    title: 'CPU set read before the page-table store is visible',
    story:
      'The generation is stored, and waits in the store buffer while the bitmap is read. A core that comes back enters the bitmap and reads the old generation: neither has seen the other, and the core goes on with what it remembers.',
    origin: 'CVE-2016-2069, Linux before 71b3c126e611',
    edits: [{ file: shootdown, from: `'seq_cst', 'shootdown.generation'`, to: `'release', 'shootdown.generation'` }],
    killedBy: 'faultless',
  },
  {
    name: 'second-finds-nothing-to-do',
    variant,
    bug: 'REMAP-TLB-04',
    title: 'Batched flush skipped by a second unmapper',
    story:
      'The table is unlocked before the cores are told. A second thread finds the page gone and answers so at once. A third still reads it: its core has not been told yet.',
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
    name: 'waits-and-serves-nobody',
    variant,
    bug: 'REMAP-TLB-07',
    title: 'Shootdown IPI deadlock',
    story:
      'Two cores take pages away from each other’s spaces. Each has its interrupts masked, and waits for the other to forget.',
    origin: 'classic; ChCore, the comment at wait_for_kernel_stack',
    edits: [{ file: shootdown, from: served, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'comes-back-unaware',
    variant,
    bug: 'REMAP-TLB-08',
    title: 'Lazy TLB CPU skipped',
    story:
      'A core that rests is not told, and does not look at the generation when it goes on: it reads a page that was taken away meanwhile.',
    origin: 'classic',
    edits: [{ file: shootdown, from: behind, to: '' }],
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
    name: 'first-word-of-the-bitmap',
    variant,
    bug: undefined,
    title: 'Of the bitmap only the first word is read',
    story:
      'The loop over the bitmap reads its first word each time. Cores whose bits are in the second are not told, and keep the old translation.',
    origin: 'SEL4-IPC-05 of the bug list, here where it does its harm (seL4 before b46e98c10, 2016-11-09)',
    edits: [
      {
        file: shootdown,
        from: `load(runningWord(words, core), 'seq_cst', 'shootdown.running')`,
        to: `load(runningWord(words, 0), 'seq_cst', 'shootdown.running')`,
      },
    ],
    killedBy: 'faultless',
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
    name: 'everybody-is-told',
    variant,
    bug: undefined,
    title: 'Cores are told that do not run the space',
    story: 'The bitmap is there, and every core is interrupted whatever it says.',
    origin: 'classic: a broadcast',
    edits: [
      {
        file: shootdown,
        from: '      if ((running & bitOf(other)) === 0) continue;\n',
        to: '      if ((running & bitOf(other)) === 0 && other === me) continue;\n',
      },
    ],
    killedBy: 'told-once',
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
    story: 'A message of two pages interrupts each core twice.',
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
    name: 'own-core-only',
    variant,
    bug: undefined,
    title: 'Only the own core forgets',
    story: 'Whoever moves the page invalidates it where he is, as on a machine with one core.',
    origin: 'classic: a kernel that was made for one processor',
    edits: [{ file: shootdown, from: '      else told.push(other);\n', to: '' }],
    killedBy: 'no-stale-translation',
  },
  {
    name: 'own-core-forgotten',
    variant,
    bug: undefined,
    title: 'All cores forget but the own',
    story: 'The other cores are told and have answered. The one that told them still reads the page.',
    origin: 'classic',
    edits: [
      {
        file: shootdown,
        from: '  if (isMine) yield* catchUp(shootdown, me, space, generation);\n',
        to: '',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'told-and-not-waited-for',
    variant,
    bug: undefined,
    title: 'The others are told, and not waited for',
    story:
      'The interrupts are sent, and the page is the receiver’s at once. A core that has not come to them writes to it.',
    origin: 'classic: an asynchronous flush',
    edits: [{ file: shootdown, from: answered, to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'answers-before-it-forgets',
    variant,
    bug: undefined,
    title: 'A core answers before it has forgotten',
    story: 'The answer comes first, and the invalidation after it. In between the page is used.',
    origin: 'classic',
    edits: [{ file: shootdown, from: `${caughtUp}${acknowledged}`, to: `${acknowledged}${caughtUp}` }],
    killedBy: 'faultless',
  },
  {
    name: 'rings-before-it-answers',
    variant,
    bug: undefined,
    title: 'Who waits is woken before the answer is there',
    story:
      'The bell is rung first, and then the answer written. Who waited has looked by then, and waits again: for ever.',
    origin: 'classic: wakeup before the condition',
    edits: [
      {
        file: shootdown,
        from: `${acknowledged}    yield* ring(bell);
`,
        to: `    yield* ring(bell);
${acknowledged}`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'locks-and-serves-nobody',
    variant,
    bug: undefined,
    title: 'Who waits for the lock serves nobody',
    story:
      'One core holds the lock of the table and waits until another has forgotten. That one waits for the lock, with its interrupts masked.',
    origin: 'classic: a spin lock and a shootdown',
    edits: [{ file: shootdown, from: servedLocking, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'generation-before-the-bitmap',
    variant,
    bug: undefined,
    title: 'A core reads the generation and then enters the bitmap',
    story:
      'The core finds that it is up to date, and says then that it runs the space. Who changes the table between the two raises the generation unseen, and sees no bit.',
    origin: 'classic: the order of Dekker’s two flags, the wrong way round',
    edits: [
      { file: shootdown, from: entered, to: '' },
      { file: shootdown, from: `${behind}`, to: `${behind}${entered}` },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'generation-after-the-bitmap',
    variant,
    bug: undefined,
    title: 'The bitmap is read before the generation is raised',
    story: 'A core that comes back between the two is in no bitmap that anybody has read, and finds an old generation.',
    origin: 'classic: the other side of the same',
    edits: [
      { file: shootdown, from: generationRaised, to: '' },
      {
        file: shootdown,
        from: `  for (const other of told) yield* tell(shootdown, space, other, generation);
`,
        to: `${generationRaised}  for (const other of told) yield* tell(shootdown, space, other, generation);
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'one-page-of-the-range',
    variant,
    bug: undefined,
    title: 'Of several pages only the first is forgotten',
    story: 'One shootdown is made for all pages of a message, and tells of the first only.',
    origin: 'classic: a batch with a range that is too small',
    edits: [{ file: shootdown, from: "const end = page + (yield load(count, 'plain'));", to: 'const end = page + 1;' }],
    killedBy: 'no-stale-translation',
  },
  {
    name: 'range-of-the-last-change',
    variant,
    bug: undefined,
    title: 'A core that has missed a change looks only at the last',
    story:
      'A core rests while two pages go, one after the other. When it comes to the second it is told of that one, and keeps the first.',
    origin: 'Linux, flush_tlb_func: a range is enough only for who is behind by one generation',
    edits: [
      {
        file: shootdown,
        from: `    yield* invalidateAll(shootdown.mmu);
    yield store(flushed, generation, 'plain');
  }
  yield store(mine.current`,
        to: `    yield* catchUp(shootdown, core, space, ((yield load(flushed, 'plain')) + 1) | 0);
    yield store(flushed, generation, 'plain');
  }
  yield store(mine.current`,
      },
    ],
    killedBy: 'faultless',
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
]);
