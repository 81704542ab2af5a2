import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/dispatcher.ts';

/** The dispatcher beneath sleep and wakeup, which has a lost wakeup problem of its own: a core that goes idle too soon. */
export default exhibit('sync/sleep-wakeup', [
  {
    name: 'no-kick',
    variant: 'xv6',
    bug: undefined,
    title: 'A thread is made runnable and no idle core is told',
    story:
      'The sleeper was put away and its core is idle. The waker makes it runnable and sends no interrupt, so the idle core has no reason to look again. The waker keeps its own core, because it waits for what the sleeper is to do. Nothing moves any more.',
    origin: 'classic: a missing reschedule interrupt',
    edits: [
      {
        file,
        from: `  yield store(wordsOf(table, id).state, State.runnable, 'seq_cst', 'dispatcher.runnable'); // before the look at \`idle\`
  yield* kickIdleCore(table);`,
        to: `  yield store(wordsOf(table, id).state, State.runnable, 'seq_cst', 'dispatcher.runnable');`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'idle-flag-too-late',
    variant: 'xv6',
    bug: undefined,
    title: 'A core says that it is idle only after its search',
    story:
      'The dispatcher has looked at the sleeper and found it asleep, but has not yet said that its core is idle. The waker makes the sleeper runnable, sees no idle core, and sends nothing. Then the core goes idle beside a runnable thread.',
    origin: 'classic: the lost wakeup between a scheduler and its own idle loop',
    edits: [
      {
        file,
        from: `    yield store(mine.idle, 1, 'seq_cst', 'dispatcher.looking'); // before the search: pairs with makeRunnable, which looks the other way round
`,
        to: '',
      },
      {
        file,
        from: `    yield idle();
`,
        to: `    yield store(mine.idle, 1, 'seq_cst', 'dispatcher.looking');
    yield idle();
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'idle-unmasked',
    variant: 'xv6',
    bug: undefined,
    title: 'Interrupts are on between the search and the idle instruction',
    story:
      'The dispatcher finds the sleeper asleep. Now the interrupt that tells of it arrives and is taken at once, before the idle instruction instead of ending it. The core halts, and the interrupt that it waits for is behind it.',
    origin: 'classic: why sti and hlt must not be torn apart',
    edits: [
      {
        file,
        from: `    yield maskInterrupts(); // an interrupt between the search and \`idle\` must end \`idle\`, not come before it
`,
        to: '',
      },
      {
        file,
        from: `        yield unmaskInterrupts();
        yield switchTo(id);`,
        to: '        yield switchTo(id);',
      },
      {
        file,
        from: `    yield store(mine.idle, 0, 'relaxed');
    yield unmaskInterrupts();`,
        to: `    yield store(mine.idle, 0, 'relaxed');`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'kick-swallowed',
    variant: 'xv6',
    bug: undefined,
    title: 'A core keeps an interrupt that was meant for another thread',
    story:
      'Two cores are idle and two sleepers are made runnable. The first core begins to search again and counts as idle still, so the second interrupt goes to it as well. It takes up one thread and drops the interrupt. The other core sleeps on, and the other thread waits for a core.',
    origin: 'classic: a wakeup that is consumed and not passed on',
    edits: [
      {
        file,
        from: `        const wasKicked = (yield swap(mine.idle, 0, 'relaxed')) === 0;
        if (wasKicked) yield* kickIdleCore(table); // perhaps for another thread: this core is busy now
`,
        to: `        yield store(mine.idle, 0, 'relaxed');
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'taken-up-before-saved',
    variant: 'xv6',
    bug: 'SLEEP-WAKEUP-09',
    title: 'Wake of a task still switching out',
    story:
      'A sleeper lets its lock go before it has switched away, as Linux does, and who takes it up waits until its word says that it is on no core. But that wait is a relaxed load: it sees the word and need not see the registers that were saved before it. The thread goes on with registers of long ago.',
    origin: 'Linux before ecf7d01c229d (2015): try_to_wake_up() against schedule()',
    edits: [
      {
        file,
        from: `      yield* release(wordsOf(table, left - 1).lock);
`,
        to: `      yield unmaskInterrupts();
`,
      },
      {
        file,
        from: `  const isOnCore = (yield load(thread.context, 'relaxed')) !== 0; // whose lock we hold: if it has been put away, that was before
  if (isOnCore) yield store(thread.state, State.running, 'relaxed');
  else yield* makeRunnable(table, id);`,
        to: `  if ((yield load(thread.state, 'relaxed')) === State.sleeping) yield* makeRunnable(table, id);`,
      },
      {
        file,
        from: `        yield unmaskInterrupts();
        yield switchTo(id);`,
        to: `        yield unmaskInterrupts();
        yield awaitWord(thread.context, 0, 'relaxed');
        yield switchTo(id);`,
      },
      {
        file,
        from: `  const core = yield coreNumber();
  yield switchTo(`,
        to: `  const core = yield coreNumber();
  yield maskInterrupts();
  yield* release(wordsOf(self.table, self.id).lock);
  yield switchTo(`,
      },
      {
        file,
        from: `import {
  coreNumber,`,
        to: `import {
  awaitWord,
  coreNumber,`,
      },
    ],
    killedBy: 'faultless',
  },
]);
