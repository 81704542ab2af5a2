import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/shootdown.ts';
const variant = 'shootdown';

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

/** How cores are told, and how they wait. */
export default exhibit('kernel/remap', [
  {
    name: 'bitmap-before-the-table',
    variant,
    bug: 'REMAP-TLB-03',
    title: 'CPU set read before the page-table store is visible',
    story:
      'The generation is stored, and waits in the store buffer while the bitmap is read. A core that comes back enters the bitmap and reads the old generation: neither has seen the other, and the core goes on with what it remembers.',
    origin: 'CVE-2016-2069, Linux before 71b3c126e611',
    edits: [{ file, from: `'seq_cst', 'shootdown.generation'`, to: `'release', 'shootdown.generation'` }],
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
    edits: [{ file, from: served, to: '' }],
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
    edits: [{ file, from: behind, to: '' }],
    killedBy: 'faultless',
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
        file,
        from: `load(runningWord(words, core), 'seq_cst', 'shootdown.running')`,
        to: `load(runningWord(words, 0), 'seq_cst', 'shootdown.running')`,
      },
    ],
    killedBy: 'no-stale-translation',
  },
  {
    name: 'never-rests',
    variant,
    bug: undefined,
    title: 'A core that rests stays in the bitmap',
    story: 'It is interrupted for each change of a space of which it runs nothing, and wakes for nothing.',
    origin: 'classic: no lazy TLB',
    edits: [
      {
        file: 'impl/kernel/remap.ts',
        from: `  yield* leaveSpace(kernel.shootdown);
`,
        to: '',
      },
    ],
    killedBy: 'told-once',
  },
  {
    name: 'forgets-on-every-way-back',
    variant,
    bug: undefined,
    title: 'A core forgets everything whenever it comes back',
    story: 'Nobody looks at the generation: who has rested, or was elsewhere, begins with an empty buffer.',
    origin: 'classic: a processor without tags in its TLB',
    edits: [
      {
        file,
        from: `  if ((yield load(flushed, 'plain')) !== generation) {
    yield* invalidateAll(shootdown.mmu);
    yield store(flushed, generation, 'plain');
  }
`,
        to: `  yield* invalidateAll(shootdown.mmu);
  yield store(flushed, generation, 'plain');
`,
      },
    ],
    killedBy: 'forgets-nothing-good',
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
        file,
        from: '      if ((running & bitOf(other)) === 0) continue;\n',
        to: '      if ((running & bitOf(other)) === 0 && other === me) continue;\n',
      },
    ],
    killedBy: 'told-once',
  },
  {
    name: 'own-core-only',
    variant,
    bug: undefined,
    title: 'Only the own core forgets',
    story: 'Whoever moves the page invalidates it where he is, as on a machine with one core.',
    origin: 'classic: a kernel that was made for one processor',
    edits: [{ file, from: '      else told.push(other);\n', to: '' }],
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
        file,
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
    edits: [{ file, from: answered, to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'answers-before-it-forgets',
    variant,
    bug: undefined,
    title: 'A core answers before it has forgotten',
    story: 'The answer comes first, and the invalidation after it. In between the page is used.',
    origin: 'classic',
    edits: [{ file, from: `${caughtUp}${acknowledged}`, to: `${acknowledged}${caughtUp}` }],
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
        file,
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
    edits: [{ file, from: servedLocking, to: '' }],
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
      { file, from: entered, to: '' },
      { file, from: `${behind}`, to: `${behind}${entered}` },
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
      { file, from: generationRaised, to: '' },
      {
        file,
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
    edits: [{ file, from: "const end = page + (yield load(count, 'plain'));", to: 'const end = page + 1;' }],
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
        file,
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
]);
