import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/l4.transfer.ts';
const layout = 'impl/ipc/l4.layout.ts';
const variant = 'endpoints';

/** Long messages: the window, the pages that are not there, and texts that do not fit. */
export default exhibit('ipc/l4', [
  {
    name: 'window-stays-in-the-buffer',
    variant,
    bug: 'L4-IPC-09',
    title: 'Temporary mapping not removed',
    story:
      'The window is taken out of the page table, but the core remembers where it led. The next message goes to another receiver: the table says so, and the core does not look. The text goes to the first receiver once more.',
    origin: 'the window of Liedtke 1993, without its flush',
    edits: [
      { file, from: '  yield* invalidatePage(kernel.mmu, window);\n', to: '' },
      { file, from: 'entryOf, invalidatePage, notMapped', to: 'entryOf, notMapped' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'window-kept-over-a-sleep',
    variant,
    bug: 'L4-IPC-10',
    title: 'Window inherited across thread switch in mid-copy',
    story:
      'A page of the text is missing, and the sender sleeps in the midst of a copy, with its window mapped. Another thread of the same space sends meanwhile, and the window is its own. The first one goes on as if nothing had happened: what it copies does not get where it should.',
    origin: 'Liedtke 1993: the window belongs to an ongoing copy, not to the space',
    edits: [
      {
        file,
        from: '  if (copied > 0) yield* unmapWindow(',
        to: '  if (copied > 0 && missing === 0) yield* unmapWindow(',
      },
      {
        file,
        from: 'else if (copied === 0 && !(yield* mapWindow(',
        to: 'else if (copied === 0 && at % pageWords === 0 && !(yield* mapWindow(',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'pager-is-waited-for',
    variant,
    bug: 'L4-IPC-11',
    title: 'Transfer page fault gives DoS',
    story:
      'A page of the receiver’s is missing, and its pager never brings it. The sender said for how long it would wait for that. Nobody looks, and it waits for ever: so a receiver can stop whoever sends to it.',
    origin: 'why L4 X.2 has a transfer timeout',
    edits: [
      {
        file,
        from: "  return (yield load(mine.transferTicks, 'plain')) === 0 ? late(isOwnIn(missing)) : null;",
        to: '  return null;',
      },
      {
        file,
        from: "    yield store(mine.ticks, yield load(mine.transferTicks, 'plain'), 'plain');\n",
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'cut-and-called-whole',
    variant,
    bug: 'L4-IPC-12',
    title: 'Partial string delivered as success',
    story: 'The second text does not fit its buffer. What fits is copied, and both are told that all is well.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `      yield* end(self, kernel, going, before);
      return;`,
        to: `      yield* end(self, kernel, going, -1);
      return;`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'page-comes-unseen',
    variant,
    bug: undefined,
    title: 'A page comes between the look and the sleep',
    story:
      'The sender finds that a page is missing, and goes to sleep. The pager has brought it just before, and found nobody to wake.',
    origin: 'classic: a lost wakeup',
    edits: [
      {
        file,
        from: "const isThere = (yield load(entryAddress(kernel.mmu, spaceIn(missing), pageIn(missing)), 'relaxed')) !== notMapped;",
        to: 'const isThere = missing === 0;',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'window-left-open',
    variant,
    bug: undefined,
    title: 'The window of a single word is not closed',
    story:
      'The kernel closes the window after two words or more, and forgets that there may be one. The sender’s whole space can write into the receiver’s page from then on.',
    origin: 'classic: an end off by one',
    edits: [{ file, from: '  if (copied > 0) yield* unmapWindow(', to: '  if (copied > 1) yield* unmapWindow(' }],
    killedBy: 'window',
  },
  {
    name: 'offset-of-the-text-alone',
    variant,
    bug: undefined,
    title: 'How far a message came is counted from its last text',
    story: 'The second text does not fit. Both are told how many words of it did, and not how many of all.',
    origin: 'classic',
    edits: [
      {
        file,
        from: '      yield* end(self, kernel, going, before);',
        to: '      yield* end(self, kernel, going, fits);',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'withdrawal-no-part-of-the-transfer',
    variant,
    bug: undefined,
    title: 'Who is canceled in mid-copy is not told how far it came',
    story:
      'A page is missing, and the sender is canceled as it waits for that. It has copied words already. It is told only that it was canceled, as if nobody had been there.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: layout,
        from: '  return number === Failure.withdrawn || (number <= Failure.overflow && number >= Failure.aborted);',
        to: '  return number <= Failure.overflow && number >= Failure.aborted;',
      },
    ],
    killedBy: 'linearizes',
  },
]);
