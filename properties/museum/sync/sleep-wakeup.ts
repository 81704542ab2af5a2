import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sync/sleep-wakeup.ts';

/** Sleep, wakeup and kill. Those of exit and wait, and of the dispatcher beneath, have files of their own. */
export default exhibit('sync/sleep-wakeup', [
  {
    name: 'state-without-process-lock',
    variant: 'xv6',
    bug: 'SLEEP-WAKEUP-01',
    title: 'State tested without the process lock: lost wakeup',
    story:
      'The sleeper holds its own lock and lets the condition lock go, but has not yet written SLEEPING. The waker makes the condition true and looks at the state without taking that lock, so it need not wait for the sleeper to be done. It sees RUNNING and passes by. Then the sleeper goes to sleep, and nobody will ever wake it.',
    origin: 'xv6-riscv before 26f3061 (2019-07-02)',
    edits: [
      {
        file,
        from: `    yield* acquire(thread.lock);
    if (
      (yield load(thread.state, 'relaxed')) === State.sleeping &&
      (yield load(thread.channel, 'relaxed')) === channel
    ) {
      yield* wake(self.table, id);
    }
    yield* release(thread.lock);`,
        to: `    if ((yield load(thread.state, 'relaxed')) !== State.sleeping) continue;
    yield* acquire(thread.lock);
    if (
      (yield load(thread.state, 'relaxed')) === State.sleeping &&
      (yield load(thread.channel, 'relaxed')) === channel
    ) {
      yield* wake(self.table, id);
    }
    yield* release(thread.lock);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'no-condition-lock',
    variant: 'xv6',
    bug: 'SLEEP-WAKEUP-02',
    title: 'sleep without the condition lock',
    story:
      'The sleeper lets the condition lock go before it takes its own. In between, the waker makes the condition true, finds nobody asleep, and is done. Then the sleeper goes to sleep, and nobody will ever wake it.',
    origin: 'xv6 book, "Sleep and wakeup", the lost wake-up',
    edits: [
      {
        file,
        from: `  yield* acquire(mine.lock); // from here on no waker can pass us by,
  yield* release(lock); // so the condition's lock may go`,
        to: `  yield* release(lock);
  yield* acquire(mine.lock);`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'sleeps-with-the-lock',
    variant: 'xv6',
    bug: 'SLEEP-WAKEUP-03',
    title: 'Condition lock released after becoming SLEEPING',
    story:
      'The sleeper marks itself asleep and gives its core up before it releases the condition lock. The waker needs that lock to make the condition true, and spins on it. The sleeper would release it when woken, so both wait for ever. xv6 panics in sched() rather than let this happen; that test is gone here too.',
    origin: 'classic wrong order; xv6 guards against it with the panic "sched locks"',
    edits: [
      {
        file,
        from: `  yield* release(lock); // so the condition's lock may go
`,
        to: '',
      },
      {
        file,
        from: `  yield* release(mine.lock);
  yield* acquire(lock);
}`,
        to: `  yield* release(mine.lock);
  yield* release(lock);
  yield* acquire(lock);
}`,
      },
      {
        file: 'impl/sync/dispatcher.ts',
        from: `  if ((yield maskDepth()) !== 1) yield panic('sched: a thread that sleeps holds exactly one lock, its own');
`,
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'kill-before-sleep',
    variant: 'xv6',
    bug: undefined,
    title: 'A kill between the test of killed and the sleep is slept over',
    story:
      'The caller finds that it is not killed and calls sleep. Now the kill comes: it sets the flag and sees a thread that does not sleep, so there is nobody to wake. Then the thread goes to sleep without looking again. It stays there until its condition comes true, which may be never.',
    origin: 'xv6-riscv f5b93ef, still there; the xv6 book leaves it as an exercise',
    edits: [
      {
        file,
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
    name: 'kill-does-not-wake',
    variant: 'xv6',
    bug: undefined,
    title: 'kill sets the flag and does not wake the sleeper',
    story:
      'The victim sleeps. The kill writes its flag and leaves it asleep, though only a thread that runs can look at its flag. So it sleeps on until somebody else wakes it.',
    origin: 'classic: a signal that is marked pending and not delivered',
    edits: [{ file, from: `  if (state === State.sleeping) yield* wake(self.table, target);\n`, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'kill-wakes-the-dead',
    variant: 'xv6',
    bug: undefined,
    title: 'kill makes its victim runnable without asking whether it sleeps',
    story:
      'The victim has nothing more to run and has given its core up for ever. The kill makes it runnable all the same, and the dispatcher takes it up where no code is left.',
    origin: 'classic: a state machine with an unchecked transition',
    edits: [
      {
        file,
        from: `  if (state === State.sleeping) yield* wake(self.table, target);`,
        to: `  yield* wake(self.table, target);`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'wakes-one',
    variant: 'xv6',
    bug: undefined,
    title: 'wakeup wakes one sleeper where all may go on',
    story:
      'Two threads sleep on one channel until a condition holds, and the condition stays true once it is. The waker makes it true and wakes the first of them only. The other sleeps on beside a condition that holds.',
    origin: 'classic: signal used where broadcast is needed',
    edits: [
      {
        file,
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
    name: 'polls',
    variant: 'xv6',
    bug: undefined,
    title: 'sleep keeps its core and polls',
    story:
      'Instead of giving its core up, the waiting thread releases the condition lock, takes it again and looks, over and over. All answers are right, but the longer it waits the more steps it takes.',
    origin: 'the busy waiting that sleep and wakeup were made to end',
    edits: [
      {
        file,
        from: `  yield* acquire(mine.lock); // from here on no waker can pass us by,
  yield* release(lock); // so the condition's lock may go
  if ((yield load(mine.killed, 'relaxed')) === 0) {
    // a kill that came after the caller's test must not be slept over
    yield store(mine.channel, channel, 'relaxed');
    yield store(mine.state, State.sleeping, 'relaxed', 'sleep.sleeping');
    yield* giveUp(self);
    yield store(mine.channel, 0, 'relaxed');
  } else {
    yield* makeRunnable(self.table, self.id); // it goes on asking, perhaps for what needs this core: let others run
    yield* giveUp(self);
  }
  yield* release(mine.lock);
  yield* acquire(lock);`,
        to: `  yield store(mine.channel, channel, 'relaxed');
  yield* release(lock);
  yield* acquire(lock);
  yield store(mine.channel, 0, 'relaxed');`,
      },
    ],
    killedBy: 'no-busy-waiting',
  },
]);
