import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/pipe.ts';
const sleepWakeup = 'impl/sync/sleep-wakeup.ts';

/** How readers and writers of the xv6 pipe sleep, and who wakes them. */
export default exhibit('ipc/pipe', [
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
      'A reader sleeps on an empty pipe. A writer stores its first byte and is killed before it looks for space for the second. It returns -1 without a wakeup, and the reader sleeps on, beside a byte that it could have.',
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
]);
