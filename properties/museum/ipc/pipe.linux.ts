import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/pipe.linux.ts';

/** The Linux pipe: what becomes of pages, merges and the errors of a partial write. Its waiting is in `wait-queue.ts`. */
export default exhibit('ipc/pipe', [
  {
    name: 'splits-at-page-end',
    variant: 'linux',
    bug: 'LINUX-PIPE-03',
    title: 'PIPE_BUF atomicity broken by splitting at a buffer boundary',
    story:
      'A small write fills up the last page and wants to put the rest in a new one. There is none free, so it waits in the middle. A page comes free, and another writer takes it first. The bytes of the two writes are mixed.',
    origin: 'POSIX pipe(7); classic implementation bug',
    edits: [
      {
        file,
        from: `  if (end + odd > slotBytes) return 0;
  if (!(yield* copyToPage(ring.data + slot * slotBytes + end, 0, odd))) return EFAULT;
  yield store(ring.length + slot, length + odd, 'plain', 'pipe.merge');
  return odd;`,
        to: `  const share = Math.min(odd, slotBytes - end);
  if (!(yield* copyToPage(ring.data + slot * slotBytes + end, 0, share))) return EFAULT;
  yield store(ring.length + slot, length + share, 'plain', 'pipe.merge');
  return share;`,
      },
    ],
    killedBy: 'pipe-buf',
  },
  {
    name: 'partial-though-small',
    variant: 'linux',
    bug: 'LINUX-PIPE-04',
    title: 'O_NONBLOCK write <= PIPE_BUF is partial',
    story:
      'No page is free, and the last one has less room than a small non-blocking write needs. The write stores what fits there and answers that count, where it must store all or nothing.',
    origin: 'pipe(7); classic',
    edits: [
      {
        file,
        from: `  let result = yield* merge(pipe, count);`,
        to: `  let result = yield* merge(pipe, count, blocking);`,
      },
      {
        file,
        from: `function* merge(pipe: Pipe, count: number): Routine<Word> {`,
        to: `function* merge(pipe: Pipe, count: number, blocking: boolean): Routine<Word> {`,
      },
      {
        file,
        from: `  const odd = count & (slotBytes - 1);
  const headTail = yield load(ring.headTail, 'relaxed');`,
        to: `  let odd = count & (slotBytes - 1);
  const headTail = yield load(ring.headTail, 'relaxed');`,
      },
      {
        file,
        from: `  if (end + odd > slotBytes) return 0;
`,
        to: `  if (!blocking && usedSlots(headTail) === slots) odd = Math.min(odd, slotBytes - end);
  if (end + odd > slotBytes) return 0;
`,
      },
    ],
    killedBy: 'all-or-nothing',
  },
  {
    name: 'one-page-pipe',
    variant: 'linux',
    bug: 'LINUX-PIPE-11',
    title: 'Minimum pipe size of one buffer blocks a jobserver',
    story:
      'The pipe was asked for with several pages and got one. A write finds that page in use and waits, though by the agreed capacity there is space.',
    origin: 'Linux before 46c4c9d1beb7 (2021); deadlocks of GNU make',
    edits: [{ file, from: `    slots: capacitySlots,`, to: `    slots: 1, // the user is over quota` }],
    killedBy: 'progress',
  },
  {
    name: 'epipe-for-partial',
    variant: 'linux',
    bug: 'LINUX-PIPE-14',
    title: 'SIGPIPE instead of partial count',
    story:
      'A writer has stored part of its bytes and waits for space. The reader takes those and closes. The writer is told EPIPE, and must believe that nothing went in.',
    origin: 'write(2); classic',
    edits: [{ file, from: `      if (result === 0) result = EPIPE;`, to: `      result = EPIPE;` }],
    killedBy: 'linearizes',
  },
  {
    name: 'slot-not-cleared',
    variant: 'linux',
    bug: undefined,
    title: 'A slot keeps a field from its last use',
    story:
      'A reader has taken a slot’s bytes and left their end as its offset. The next write fills the slot and does not set the offset back. The reader starts behind the new bytes: what it finds there was never written, or is not even part of the page.',
    origin: 'the family of Dirty Pipe (CVE-2022-0847): there it was the merge flag',
    edits: [{ file, from: `  yield store(ring.offset + slot, 0, 'plain');\n`, to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'merge-ignores-offset',
    variant: 'linux',
    bug: undefined,
    title: 'A merge counts from the start of the page',
    story:
      'A page has been read in part, so its bytes begin somewhere behind its start. A small write that joins them takes the number of bytes for the place where they end, and overwrites some of them.',
    origin: 'classic: a length taken for an end',
    edits: [
      {
        file,
        from: `  const end = (yield load(ring.offset + slot, 'plain')) + length;`,
        to: `  const end = length;`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'ignores-non-blocking',
    variant: 'linux',
    bug: undefined,
    title: 'A non-blocking read waits',
    story: 'The pipe is empty. The reader asked not to wait, and is put to sleep all the same.',
    origin: 'classic: O_NONBLOCK is tested on one path only',
    edits: [
      {
        file,
        from: `    if (!blocking) {
      result = EAGAIN;
      break;
    }
`,
        to: '',
      },
    ],
    killedBy: 'non-blocking',
  },
  {
    name: 'stale-was-empty',
    variant: 'linux',
    bug: undefined,
    title: 'A writer that has waited does not look again whether the pipe is empty',
    story:
      'A writer finds bytes in the pipe when it begins, so there is no reader to wake. It waits for space; meanwhile the reader takes everything and goes to sleep. The writer puts its bytes in and still believes that the pipe was not empty. The reader sleeps on.',
    origin: 'classic: a fact kept across a wait; fs/pipe.c computes was_empty anew',
    edits: [
      {
        file,
        from: `    yield* acquire(ring.lock);
    wasEmpty = usedSlots(yield load(ring.headTail, 'relaxed')) === 0;
    wakeNext = true;`,
        to: `    yield* acquire(ring.lock);
    wakeNext = true;`,
      },
    ],
    killedBy: 'progress',
  },
]);
