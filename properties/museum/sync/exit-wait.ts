import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/sleep-wakeup.ts';

/** `wait` without its lock: what follows from that is each mutant's own affair. */
const waitWithoutLock = [
  {
    file,
    from: `  yield* acquire(table.waitLock); // held from the scan to the sleep
`,
    to: '',
  },
  {
    file,
    from: `        yield* release(table.waitLock);
        return id;`,
    to: '        return id;',
  },
  {
    file,
    from: `      yield* release(table.waitLock);
      return -1;`,
    to: '      return -1;',
  },
];

/** Exit, wait, and the children that a dead parent leaves behind. */
export default exhibit('sync/sleep-wakeup', [
  {
    name: 'exit-releases-another-lock',
    variant: 'xv6',
    bug: 'SLEEP-WAKEUP-04',
    title: 'exit releases a different parent lock than it took',
    story:
      'There is no lock of the whole tree: a dying child takes its parent’s lock and then its own. While it spins for the parent’s lock, the parent is dying too and gives the child to init. The child gets the lock at last, does its work, and asks again who its parent is in order to release. It releases the lock of init, which it does not hold.',
    origin: 'xv6-riscv before d175bea (2019-09-23)',
    edits: [
      {
        file,
        from: `/** Ends the calling thread:`,
        to: `/** What is kept of the caller's parent, or of init if it has none. */
function* parentOf(self: Thread): Routine<ThreadWords> {
  const parent = yield load(wordsOf(self.table, self.id).parent, 'relaxed');
  return wordsOf(self.table, Math.max(parent, 1) - 1);
}

/** Ends the calling thread:`,
      },
      {
        file,
        from: `import { State, type Thread, wordsOf } from '#impl/sync/threads.ts';`,
        to: `import { State, type Thread, type ThreadWords, wordsOf } from '#impl/sync/threads.ts';`,
      },
      {
        file,
        from: `  yield* acquire(table.waitLock); // until we are a zombie: a parent that has scanned us alive must be asleep by then
  for (const thread of table.threads) {
    if ((yield load(thread.parent, 'plain')) !== self.id + 1) continue;
    yield store(thread.parent, 1, 'plain');
    yield* wakeup(self, wordsOf(table, 0).parent); // init may wait already
  }
  const parent = yield load(mine.parent, 'plain');
  if (parent !== 0) yield* wakeup(self, wordsOf(table, parent - 1).parent);
  yield* acquire(mine.lock);
  yield store(mine.state, State.zombie, 'relaxed');
  yield* release(table.waitLock);
  yield* giveUp(self);`,
        to: `  yield* acquire((yield* parentOf(self)).lock); // parent before child, whoever takes both
  yield* acquire(mine.lock);
  for (const thread of table.threads) {
    if ((yield load(thread.parent, 'plain')) !== self.id + 1) continue;
    yield* acquire(thread.lock);
    yield store(thread.parent, 1, 'plain');
    yield* release(thread.lock);
  }
  const parent = yield* parentOf(self);
  const isWaiting =
    (yield load(parent.state, 'relaxed')) === State.sleeping &&
    (yield load(parent.channel, 'relaxed')) === parent.parent;
  if (isWaiting) yield* wake(table, table.threads.indexOf(parent));
  yield store(mine.state, State.zombie, 'relaxed');
  yield* release((yield* parentOf(self)).lock);
  yield* giveUp(self);`,
      },
      {
        file,
        from: `  yield* acquire(table.waitLock); // held from the scan to the sleep
  for (;;) {`,
        to: `  const mine = wordsOf(table, self.id);
  yield* acquire(mine.lock); // held from the scan to the sleep
  for (;;) {`,
      },
      {
        file,
        from: `        yield* release(table.waitLock);
        return id;`,
        to: `        yield* release(mine.lock);
        return id;`,
      },
      {
        file,
        from: `      yield* release(table.waitLock);
      return -1;`,
        to: `      yield* release(mine.lock);
      return -1;`,
      },
      {
        file,
        from: `    yield* sleep(self, wordsOf(table, self.id).parent, table.waitLock); // our own parent word serves as the channel`,
        to: `    yield store(mine.channel, mine.parent, 'relaxed');
    yield store(mine.state, State.sleeping, 'relaxed');
    yield* giveUp(self);
    yield store(mine.channel, 0, 'relaxed');`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'scan-without-lock',
    variant: 'xv6',
    bug: 'SLEEP-WAKEUP-05',
    title: 'Parent misses the child exit',
    story:
      'The parent looks through its children without the lock that exit holds, and finds its child alive. The child dies and wakes its parent, which does not sleep yet. Then the parent goes to sleep beside a dead child.',
    origin: 'xv6-riscv, in several forms until 38084bc (wait_lock)',
    edits: [
      ...waitWithoutLock,
      {
        file,
        from: `    yield* sleep(self, wordsOf(table, self.id).parent, table.waitLock); // our own parent word serves as the channel`,
        to: `    yield* acquire(table.waitLock);
    yield* sleep(self, wordsOf(table, self.id).parent, table.waitLock); // our own parent word serves as the channel
    yield* release(table.waitLock);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'told-before-dead',
    variant: 'xv6',
    bug: undefined,
    title: 'exit lets wait_lock go before it is a zombie',
    story:
      'The dying child wakes its parent and releases the lock before it has marked itself a zombie. The parent wakes up, looks at its child, finds it alive, and sleeps again. Now the child becomes a zombie and tells nobody.',
    origin: 'classic: notify first, change the state afterwards',
    edits: [
      {
        file,
        from: `  yield* acquire(mine.lock);
  yield store(mine.state, State.zombie, 'relaxed');
  yield* release(table.waitLock);
  yield* giveUp(self);`,
        to: `  yield* release(table.waitLock);
  yield* acquire(mine.lock);
  yield store(mine.state, State.zombie, 'relaxed');
  yield* giveUp(self);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'orphans-forgotten',
    variant: 'xv6',
    bug: undefined,
    title: 'exit does not give its children to init',
    story:
      'A process dies while its child lives. Nobody takes the child over, so when the child dies in its turn nobody can wait for it: init is told that it has no child.',
    origin: 'classic: zombies for ever',
    edits: [
      {
        file,
        from: `  for (const thread of table.threads) {
    if ((yield load(thread.parent, 'plain')) !== self.id + 1) continue;
    yield store(thread.parent, 1, 'plain');
    yield* wakeup(self, wordsOf(table, 0).parent); // init may wait already
  }
`,
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'init-not-told',
    variant: 'xv6',
    bug: undefined,
    title: 'exit gives a dead child to init and does not wake it',
    story:
      'Init waits for a child to die. Somebody further down dies and leaves init a child that is dead already. Nobody wakes init: the dead child woke its old parent when it died, and the parent wakes its own.',
    origin: 'xv6-riscv of 2019 took care of it in three different ways, since init could not be locked there',
    edits: [{ file, from: `    yield* wakeup(self, wordsOf(table, 0).parent); // init may wait already\n`, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'wait-ignores-kill',
    variant: 'xv6',
    bug: undefined,
    title: 'wait does not look whether it was killed',
    story:
      'The parent of a living child is killed while it waits. It may not sleep any more, and it does not leave either: it goes round its loop for ever.',
    origin: 'classic: a sleep loop without its test of killed',
    edits: [
      {
        file,
        from: `    if (children === 0 || (yield* isKilled(self))) {`,
        to: `    if (children === 0) {`,
      },
    ],
    killedBy: 'progress',
  },
]);
