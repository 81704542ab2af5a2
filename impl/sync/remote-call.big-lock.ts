/**
 * Calls to other cores, one at a time: who holds the lock writes the arguments down once for all, says who is asked, and
 * waits until as many as it has asked have counted themselves out.
 *
 * Whoever waits for the lock serves the one that has it, or neither would go on: so it waits for a word that every request
 * and every release of the lock changes. Source: seL4 src/smp/ipi.c, and the lock in include/smp/lock.h, which does so.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  awaitOther,
  awaitWord,
  compareAndSwap,
  coreNumber,
  fetchAdd,
  load,
  maskInterrupts,
  type Routine,
  sendInterrupt,
  store,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import type { RemoteParameters } from '#impl/sync/remote-call.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CoreMask } from '#spec/abi/sync/remote-call.ts';

export interface Cores {
  readonly lock: Address;
  /** Grows with every request and every release of the lock. */
  readonly events: Address;
  readonly counter: Address;
  readonly amount: Address;
  readonly sum: Address;
  /** How many of those asked have not done it. */
  readonly left: Address;
  /** By core: 1 while it is asked. */
  readonly asked: readonly Address[];
  /** By core: its own counters. */
  readonly counters: readonly Address[];
}

/** Lays the words of all cores out. */
export const boot = (memory: Allocator, { counters }: RemoteParameters, cores: number): Cores => {
  const each = Array.from({ length: cores }, (_, core) => core);
  return {
    lock: memory.word('lock'),
    events: memory.word('events'),
    counter: memory.word('counter'),
    amount: memory.word('amount'),
    sum: memory.word('sum'),
    left: memory.word('left'),
    asked: each.map((core) => memory.word(`core${core}.asked`)),
    counters: each.map((core) => memory.words(`core${core}.counter`, counters)),
  };
};

/** Takes the lock. Serves whoever has it meanwhile. Interrupts are off. */
function* lockAll(cores: Cores, me: number): Routine {
  for (;;) {
    const events = yield load(cores.events, 'acquire', 'remote-call.big-lock.look'); // pairs with ask and unlock
    if ((yield compareAndSwap(cores.lock, 0, me + 1, 'acquire', 'remote-call.big-lock.take')) === 0) return; // pairs with unlock
    if (!(yield* serve(cores, me))) yield awaitOther(cores.events, events, 'relaxed', 'remote-call.big-lock.wait');
  }
}

/** Gives the lock up. */
function* unlock(cores: Cores): Routine {
  yield store(cores.lock, 0, 'release', 'remote-call.big-lock.unlock'); // pairs with lockAll
  yield fetchAdd(cores.events, 1, 'release', 'remote-call.big-lock.unlocked'); // pairs with look: the lock is free
}

/** Adds what the arguments say on this core, and adds what was there to the sum. */
function* addHere(cores: Cores, me: number): Routine {
  const address = (cores.counters[me] as Address) + (yield load(cores.counter, 'plain'));
  const before = yield load(address, 'plain');
  yield store(address, (before + (yield load(cores.amount, 'plain'))) | 0, 'plain');
  yield fetchAdd(cores.sum, before, 'relaxed');
}

/** Does what is asked of this core, if anything is, and says so. Interrupts are off. */
function* serve(cores: Cores, me: number): Routine<boolean> {
  const asked = cores.asked[me] as Address;
  if ((yield load(asked, 'acquire', 'remote-call.big-lock.asked')) === 0) return false; // pairs with ask: shows the arguments
  yield store(asked, 0, 'relaxed');
  yield* addHere(cores, me);
  yield fetchAdd(cores.left, -1, 'release', 'remote-call.big-lock.done'); // pairs with the wait for the last
  return true;
}

/** Has every core of the mask that there is add `amount` to a counter of its own. Gives the sum of what those held. */
export function* add(_self: Thread, cores: Cores, mask: CoreMask, counter: number, amount: number): Routine<Word> {
  yield maskInterrupts();
  const me = yield coreNumber();
  yield* lockAll(cores, me);
  yield store(cores.counter, counter, 'plain');
  yield store(cores.amount, amount, 'plain');
  yield store(cores.sum, 0, 'relaxed');
  const others = cores.asked.flatMap((_, core) => (core !== me && ((mask >> core) & 1) === 1 ? [core] : []));
  yield store(cores.left, others.length, 'relaxed');
  for (const core of others) {
    yield store(cores.asked[core] as Address, 1, 'release', 'remote-call.big-lock.ask'); // pairs with serve
    yield fetchAdd(cores.events, 1, 'release', 'remote-call.big-lock.asking'); // pairs with look: somebody is asked
    yield sendInterrupt(core, 'remote-call.big-lock.interrupt');
  }
  if (((mask >> me) & 1) === 1) yield* addHere(cores, me);
  yield awaitWord(cores.left, 0, 'acquire', 'remote-call.big-lock.last'); // pairs with serve: all have done it
  const sum = yield load(cores.sum, 'relaxed');
  yield* unlock(cores);
  yield unmaskInterrupts();
  return sum;
}

/** Another core has interrupted this one: does what it asks, unless that was done already. */
export function* interrupted(cores: Cores): Routine {
  yield* serve(cores, yield coreNumber());
}
