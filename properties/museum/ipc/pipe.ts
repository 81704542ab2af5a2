import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/pipe.ts';
const sleepWakeup = 'impl/sync/sleep-wakeup.ts';

/** The xv6 pipe. What goes wrong with descriptors is in a file of its own, and so is the Linux pipe. */
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
    name: 'full-tells-nobody',
    variant: 'xv6',
    bug: 'XV6-PIPE-05',
    title: 'No wakeup of readers before the writer sleeps on full',
    story:
      'The reader sleeps on an empty pipe. The writer fills the pipe, has more to write, and goes to sleep until there is space. It would have woken the reader at the end of its call. Now both sleep, beside a full pipe.',
    origin: 'classic: pipewrite without its first wakeup(&pi->nread)',
    edits: [
      {
        file,
        from: `      yield* wakeup(self, ring.nread);
      yield* sleep(self, ring.nwrite, ring.lock);`,
        to: `      yield* sleep(self, ring.nwrite, ring.lock);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'if-for-while',
    variant: 'xv6',
    bug: 'XV6-PIPE-06',
    title: '`if` instead of `while` around sleep in piperead',
    story:
      'Two readers sleep on an empty pipe. A write of one byte wakes both. The first takes the byte. The second does not look again whether there is anything to read: it finds no bytes and answers the end of file, though the writer is still there.',
    origin: 'classic (Mesa monitors); xv6 book',
    edits: [
      {
        file,
        from: `    yield* sleep(self, ring.nread, ring.lock);
  }`,
        to: `    yield* sleep(self, ring.nread, ring.lock);
    return yield load(ring.nread, 'plain');
  }`,
      },
    ],
    killedBy: 'end-of-file',
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
    name: 'one-channel-wake-one',
    variant: 'xv6',
    bug: 'XV6-PIPE-10',
    title: 'One wait channel for both directions with wake-one',
    story:
      'Readers and writers sleep on the same channel, and a wakeup releases one of them. A writer puts a byte in and wakes one: not the reader, for which there is a byte now, but another writer, for which there is no space. That one sleeps again, and wakes nobody. All are asleep with work to do.',
    origin: 'classic; the same family as the pipe livelock of FreeBSD (2022)',
    edits: [
      {
        file,
        from: `      yield* wakeup(self, ring.nread);
      yield* sleep(self, ring.nwrite, ring.lock);`,
        to: `      yield* sleep(self, ring.nread, ring.lock);`,
      },
      {
        file,
        from: `    written += stored;
`,
        to: `    written += stored;
    yield* wakeup(self, ring.nread); // one for each piece that went in
`,
      },
      {
        file,
        from: `  yield* wakeup(self, ring.nread);
  yield* release(ring.lock);
  return written;`,
        to: `  yield* release(ring.lock);
  return written;`,
      },
      { file, from: `  yield* wakeup(self, ring.nwrite);`, to: `  yield* wakeup(self, ring.nread);` },
      {
        file,
        from: `  yield* wakeup(self, end === readEnd ? ring.nwrite : ring.nread);`,
        to: `  yield* wakeup(self, ring.nread);`,
      },
      {
        file: sleepWakeup,
        from: `      yield* wake(self.table, id);
    }
    yield* release(thread.lock);`,
        to: `      yield* wake(self.table, id);
      yield* release(thread.lock);
      return;
    }
    yield* release(thread.lock);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'killed-reader-stays',
    variant: 'xv6',
    bug: 'XV6-PIPE-11',
    title: 'Killed reader stays asleep',
    story:
      'A reader of an empty pipe is killed, before it sleeps or while it does. Neither the loop around sleep nor sleep itself looks at the flag, so it sleeps, or sleeps again. It cannot be ended until somebody writes.',
    origin: 'classic: the sleep loop ignores killed',
    edits: [
      { file, from: `    if (yield* isKilled(self)) return undefined;\n`, to: '' },
      {
        file: sleepWakeup,
        from: `  if ((yield load(mine.killed, 'relaxed')) === 0) {
    // a kill that came after the caller's test must not be slept over
    yield store(mine.channel, channel, 'relaxed');
    yield store(mine.state, State.sleeping, 'relaxed', 'sleep.sleeping');
    yield* giveUp(self);
    yield store(mine.channel, 0, 'relaxed');
  } else {
    yield* makeRunnable(self.table, self.id); // it goes on asking, perhaps for what needs this core: let others run
    yield* giveUp(self);
  }`,
        to: `  yield store(mine.channel, channel, 'relaxed');
  yield store(mine.state, State.sleeping, 'relaxed', 'sleep.sleeping');
  yield* giveUp(self);
  yield store(mine.channel, 0, 'relaxed');`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'killed-writer-wakes-nobody',
    variant: 'xv6',
    bug: undefined,
    title: 'A killed writer does not wake the reader of what it has stored',
    story:
      'A writer stores a byte, finds the pipe full, wakes the reader and sleeps. The reader takes the byte and goes on; the writer stores another, is killed, and returns -1 without a wakeup. The next read has gone to sleep in the meantime, beside a byte that it could have.',
    origin: 'xv6-riscv f5b93ef, kernel/pipe.c pipewrite: the return of -1 has no wakeup; found by a model of it',
    edits: [
      {
        file,
        from: `      if (written > 0) yield* wakeup(self, ring.nread); // xv6 forgets this one: what went in can be read
`,
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'one-channel-two-reasons',
    variant: 'xv6',
    bug: 'SLEEP-WAKEUP-14',
    title: 'Distinct reasons share one sleep channel: livelock',
    story:
      'A reader takes the pipe for itself, finds it empty, gives it back, and sleeps until there are bytes. It sleeps on the channel on which readers wait for the pipe to be given back. So each of two readers, in giving it back, wakes the other, which takes the pipe, finds it empty, and gives it back. They go on for ever.',
    origin: 'FreeBSD before e8955bd643ee (D35415, 2022)',
    edits: [
      {
        file,
        from: `  readonly writeOpen: Address;
  readonly data: Address;`,
        to: `  readonly writeOpen: Address;
  /** 1 while a reader has the pipe for itself. */
  readonly busy: Address;
  readonly data: Address;`,
      },
      {
        file,
        from: `      data: page.words('data', parameters.capacitySlots),`,
        to: `      busy: page.word('busy'),
      data: page.words('data', parameters.capacitySlots),`,
      },
      {
        file,
        from: `function* awaitBytes(self: Thread, ring: Ring): Routine<Word | undefined> {
  for (;;) {
    const nread = yield load(ring.nread, 'plain');`,
        to: `function* awaitBytes(self: Thread, ring: Ring): Routine<Word | undefined> {
  for (;;) {
    while ((yield load(ring.busy, 'plain')) !== 0) yield* sleep(self, ring.nread, ring.lock);
    yield store(ring.busy, 1, 'plain');
    const nread = yield load(ring.nread, 'plain');
    const isEmpty = nread === (yield load(ring.nwrite, 'plain'));
    yield store(ring.busy, 0, 'plain');
    yield* wakeup(self, ring.nread); // whoever waits for the pipe to be given back
    if (!isEmpty) return nread;`,
      },
      {
        file,
        from: `    if (nread !== (yield load(ring.nwrite, 'plain'))) return nread;
`,
        to: '',
      },
    ],
    killedBy: 'progress',
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
    name: 'close-wakes-its-own-side',
    variant: 'xv6',
    bug: undefined,
    title: 'close wakes the wrong side',
    story:
      'The last writer closes its end and wakes the sleeping writers, of which there is none. The reader that sleeps on the empty pipe is not woken to learn that nothing more will come.',
    origin: 'classic: two channels mixed up',
    edits: [
      {
        file,
        from: `  yield* wakeup(self, end === readEnd ? ring.nwrite : ring.nread);`,
        to: `  yield* wakeup(self, end === readEnd ? ring.nread : ring.nwrite);`,
      },
    ],
    killedBy: 'progress',
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
]);
