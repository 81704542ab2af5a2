import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/pipe.ts';

/** The ring of the xv6 pipe. Its sleeping, the descriptors and the Linux pipe have files of their own. */
export default exhibit('ipc/pipe', [
  {
    name: 'reader-gone-unseen',
    variant: 'xv6',
    bug: 'XV6-PIPE-01',
    title: 'Reader-gone test only when the ring is full',
    story:
      'The last reader has closed its end. The writer looks at that only when it has to wait for space. There is space, so it stores its bytes and is told that all went well, though nobody can ever read them.',
    origin: 'xv6-riscv before e1bb4c7 (2020-10-22); the same text is in the slides of seed 003',
    edits: [
      {
        file,
        from: `    if ((yield load(ring.readOpen, 'plain')) === 0 || (yield* isKilled(self))) {
      if (written > 0) yield* wakeup(self, ring.nread); // xv6 forgets this one: what went in can be read
      yield* release(ring.lock);
      return failed;
    }
`,
        to: '',
      },
      {
        file,
        from: `    if (space === 0) {
`,
        to: `    if (space === 0) {
      if ((yield load(ring.readOpen, 'plain')) === 0 || (yield* isKilled(self))) {
        if (written > 0) yield* wakeup(self, ring.nread);
        yield* release(ring.lock);
        return failed;
      }
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'answers-what-was-asked',
    variant: 'xv6',
    bug: 'XV6-PIPE-02',
    title: 'Write returns requested length after a faulting copy',
    story:
      'The writer’s buffer ends in memory that is not mapped. The write stores what it can reach and stops. Then it answers how much it was asked to store, not how much it stored.',
    origin: 'xv6-riscv before e3b7058 (2020-08-07)',
    edits: [{ file, from: '  return written;', to: '  return count;' }],
    killedBy: 'refines',
  },
  {
    name: 'empty-by-index',
    variant: 'xv6',
    bug: 'XV6-PIPE-04',
    title: 'Wrong empty test: compares indices modulo PIPESIZE',
    story:
      'A reader takes the pipe for empty when both counters point to the same place of the ring. They do so when it is full as well. The reader of a full pipe sleeps, and nobody can put anything more in to wake it.',
    origin: 'classic teaching bug',
    edits: [
      {
        file,
        from: `  const nread = yield* awaitBytes(self, ring);`,
        to: `  const nread = yield* awaitBytes(self, ring, capacity);`,
      },
      {
        file,
        from: `function* awaitBytes(self: Thread, ring: Ring): Routine<Word | undefined> {`,
        to: `function* awaitBytes(self: Thread, ring: Ring, capacity: number): Routine<Word | undefined> {`,
      },
      {
        file,
        from: `    if (nread !== (yield load(ring.nwrite, 'plain'))) return nread;`,
        to: `    if ((nread & (capacity - 1)) !== ((yield load(ring.nwrite, 'plain')) & (capacity - 1))) return nread;`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'freed-twice',
    variant: 'xv6',
    bug: 'XV6-PIPE-08',
    title: 'Freed while the other end is still inside',
    story:
      'Both ends are closed at once. Each closer clears its own flag under the lock, and tests the other’s after it has released it. Both find that they are the last. One frees the page, and the other frees it again or looks into what is no longer there.',
    origin: 'classic: the flags are tested outside the lock',
    edits: [
      {
        file,
        from: `  const isOpen = !isLast || (yield* closeEnd(self, ring, descriptor));`,
        to: `  if (isLast) yield* closeEnd(self, ring, descriptor);`,
      },
      {
        file,
        from: `  yield* release(ring.lock);
  if (isOpen) return 0;`,
        to: `  yield* release(ring.lock);
  const other = descriptor === readEnd ? ring.writeOpen : ring.readOpen;
  const isOpen = !isLast || (yield load(other, 'plain')) !== 0;
  if (isOpen) return 0;`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'counted-before-copied',
    variant: 'xv6',
    bug: 'XV6-PIPE-09',
    title: 'Consumed byte lost when copy-out fails',
    story:
      'The read takes a byte out of the pipe, and only then finds that the user’s buffer is not mapped so far. It answers the bytes before that one. The byte itself is in nobody’s hands: the next read goes on behind it.',
    origin: 'xv6-riscv piperead: nread++ comes before copyout',
    edits: [
      {
        file,
        from: `  let got = 0;
  while (got < Math.min(available, count)) {`,
        to: `  let got = 0;
  let taken = 0;
  while (got < Math.min(available, count)) {
    taken++;`,
      },
      {
        file,
        from: `  yield store(ring.nread, (nread + got) | 0, 'plain', 'pipe.nread');`,
        to: `  yield store(ring.nread, (nread + taken) | 0, 'plain', 'pipe.nread');`,
      },
    ],
    killedBy: 'stream',
  },
  {
    name: 'counters-compared',
    variant: 'xv6',
    bug: undefined,
    title: 'Free-running counters compared with `<`',
    story:
      'The counters count all bytes that ever went through, and wrap. The reader takes the pipe for empty unless nread is less than nwrite. After two thousand million bytes nwrite is negative, and the reader sleeps beside the bytes.',
    origin: 'classic: sequence numbers compared as if they were numbers',
    edits: [
      {
        file,
        from: `    if (nread !== (yield load(ring.nwrite, 'plain'))) return nread;`,
        to: `    if (nread < (yield load(ring.nwrite, 'plain'))) return nread;`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'copies-outside-the-lock',
    variant: 'xv6',
    bug: undefined,
    title: 'The read releases the lock while it copies to the user',
    story:
      'A reader looks which bytes there are, releases the lock in order to copy them, and takes it again to count them out. A second reader comes in between, finds the same bytes, and copies them too. Each byte is delivered twice.',
    origin: 'classic: a copy to user memory may sleep, so the lock is dropped around it',
    edits: [
      {
        file,
        from: `  let got = 0;
  while (got < Math.min(available, count)) {`,
        to: `  let got = 0;
  yield* release(ring.lock);
  while (got < Math.min(available, count)) {`,
      },
      {
        file,
        from: `  yield store(ring.nread, (nread + got) | 0, 'plain', 'pipe.nread');`,
        to: `  yield* acquire(ring.lock);
  yield store(ring.nread, (nread + got) | 0, 'plain', 'pipe.nread');`,
      },
    ],
    killedBy: 'conservation',
  },
  {
    name: 'overwrites-when-full',
    variant: 'xv6',
    bug: undefined,
    title: 'The writer does not wait for space',
    story:
      'The ring is full and the writer goes on, over bytes that nobody has read. It is told that all its bytes went in. The oldest are gone.',
    origin: 'classic: a ring without its full test',
    edits: [
      {
        file,
        from: `    const space = (capacity - (nwrite - (yield load(ring.nread, 'plain')))) | 0;
    if (space === 0) {
      yield* wakeup(self, ring.nread);
      yield* sleep(self, ring.nwrite, ring.lock);
      continue;
    }
    const fits = Math.min(space, count - written);`,
        to: `    const fits = Math.min(capacity, count - written);`,
      },
    ],
    killedBy: 'nothing-lost',
  },
  {
    name: 'double-fetch',
    variant: 'xv6',
    bug: undefined,
    title: 'The user’s bytes are fetched twice',
    story:
      'The write goes through the user’s buffer to see how much of it is mapped, and then again to copy it. Each byte is read twice. It costs time, and another thread of the process can change or unmap the bytes in between.',
    origin: 'classic: the double fetch, a family of security holes',
    edits: [
      {
        file,
        from: `    const fits = Math.min(space, count - written);
`,
        to: `    let fits = 0;
    while (fits < Math.min(space, count - written) && (yield copyIn(written + fits)) >= 0) fits++;
    const isCut = fits < Math.min(space, count - written);
`,
      },
      {
        file,
        from: `    if (stored < fits) break; // the user's buffer is not mapped that far`,
        to: `    if (isCut) break; // the user's buffer is not mapped that far`,
      },
    ],
    killedBy: 'copies',
  },
  {
    name: 'made-and-undone',
    variant: 'xv6',
    bug: undefined,
    title: 'A pipe is made before it is known whether its maker can be told',
    story:
      'The descriptors cannot be copied out, and the pipe is undone. Whoever asked for one meanwhile was told that there is none left.',
    origin: 'a wrong submission of a reviewer, who lost nothing by it',
    edits: [
      {
        file: file,
        from: `  if ((yield copyOut(0, readEnd)) < 0 || (yield copyOut(1, writeEnd)) < 0) return failed; // before there is one to undo
`,
        to: '',
      },
      {
        file: file,
        from: `'pipe.claim')) !== 0) return failed; // pairs with close
`,
        to: `'pipe.claim')) !== 0) return failed; // pairs with close
  if ((yield copyOut(0, readEnd)) < 0 || (yield copyOut(1, writeEnd)) < 0) {
    yield store(pipe.inUse, 0, 'release', 'pipe.unclaim');
    return failed;
  }
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'killed-before-the-end',
    variant: 'xv6',
    bug: undefined,
    title: 'Who was killed is told so at the end of file',
    story:
      'Nobody is left who could write, so a reader need not wait, killed or not. It asks first whether it was killed.',
    origin: 'a wrong submission of a reviewer, who lost nothing by it',
    edits: [
      {
        file: file,
        from: `    if ((yield load(ring.writeOpen, 'plain')) === 0) return nread;
    if (yield* isKilled(self)) return undefined;
`,
        to: `    if (yield* isKilled(self)) return undefined;
    if ((yield load(ring.writeOpen, 'plain')) === 0) return nread;
`,
      },
    ],
    killedBy: 'refines',
  },
]);
