/**
 * Calls to other cores. Each pair of cores has a mailbox for one request, and each core a word with two bits for every
 * other core: it asks, and it has done what was asked. Whoever asks sets a bit of the other's word and interrupts it.
 *
 * Whoever waits has its interrupts off, and may be asked meanwhile by the one that it waits for: so it waits for any change
 * of its own word, which both requests and answers change, and serves requests itself.
 *
 * Source: Linux kernel/smp.c (a queue for each core, and `csd_lock_wait`); seL4 src/smp/ipi.c.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  awaitOther,
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
import type { Thread } from '#impl/sync/threads.ts';
import type { CoreMask } from '#spec/abi/sync/remote-call.ts';

export interface RemoteParameters {
  /** How many counters each core has. */
  readonly counters: number;
}

/** One request at a time from one core to another: its arguments, and what comes back. */
interface Mailbox {
  readonly counter: Address;
  readonly amount: Address;
  readonly result: Address;
}

interface CoreWords {
  /** Bit c: core c has a request for this core. Bit 8 + c: core c has done what this core asked. */
  readonly news: Address;
  /** The requests to this core, by who asks. */
  readonly from: readonly Mailbox[];
  /** This core's own: no other touches them. */
  readonly counters: Address;
}

export type Cores = readonly CoreWords[];

const doneShift = 8;

/** Lays the words of all cores out. */
export const boot = (memory: Allocator, { counters }: RemoteParameters, cores: number): Cores =>
  Array.from({ length: cores }, (_, core) => ({
    news: memory.word(`core${core}.news`),
    from: Array.from({ length: cores }, (_none, asker) => {
      const word = (name: string) => memory.word(`core${core}.from${asker}.${name}`);
      return { counter: word('counter'), amount: word('amount'), result: word('result') };
    }),
    counters: memory.words(`core${core}.counter`, counters),
  }));

const wordsOf = (cores: Cores, core: number): CoreWords => cores[core] as CoreWords;

const mailboxOf = (cores: Cores, to: number, from: number): Mailbox => wordsOf(cores, to).from[from] as Mailbox;

/** Adds to a counter of this core. Gives what it held. Interrupts are off. */
function* addHere(cores: Cores, me: number, counter: Word, amount: Word): Routine<Word> {
  const address = wordsOf(cores, me).counters + counter;
  const before = yield load(address, 'plain', 'remote-call.read');
  yield store(address, (before + amount) | 0, 'plain', 'remote-call.write');
  return before;
}

/** Has every core of the mask that there is add `amount` to a counter of its own. Gives the sum of what those held. */
export function* add(_self: Thread, cores: Cores, mask: CoreMask, counter: number, amount: number): Routine<Word> {
  yield maskInterrupts(); // so that we stay on this core
  const me = yield coreNumber();
  const others = cores.flatMap((_, core) => (core !== me && ((mask >> core) & 1) === 1 ? [core] : []));
  for (const core of others) yield* ask(cores, me, core, counter, amount);
  let sum = ((mask >> me) & 1) === 1 ? yield* addHere(cores, me, counter, amount) : 0;
  yield* awaitDone(cores, me, others);
  for (const core of others) sum += yield load(mailboxOf(cores, core, me).result, 'plain');
  yield unmaskInterrupts();
  return sum;
}

/** Leaves a request with another core, and interrupts it. */
function* ask(cores: Cores, me: number, core: number, counter: number, amount: number): Routine {
  const mailbox = mailboxOf(cores, core, me);
  yield store(mailbox.counter, counter, 'plain');
  yield store(mailbox.amount, amount, 'plain');
  yield fetchAdd(wordsOf(cores, core).news, 1 << me, 'release', 'remote-call.ask'); // pairs with look: shows the arguments
  yield sendInterrupt(core, 'remote-call.interrupt');
}

/** Waits until these cores have done what was asked of them, and takes that. Serves requests meanwhile. */
function* awaitDone(cores: Cores, me: number, others: readonly number[]): Routine {
  const { news } = wordsOf(cores, me);
  const expected = others.reduce((bits, core) => bits | (1 << (doneShift + core)), 0);
  for (;;) {
    const bits = yield load(news, 'acquire', 'remote-call.look'); // pairs with ask and tell
    if ((bits & expected) === expected) break;
    if (!(yield* serve(cores, me, bits))) yield awaitOther(news, bits, 'relaxed', 'remote-call.wait');
  }
  yield fetchAdd(news, -expected, 'relaxed');
}

/** Does what is asked in these bits. Gives whether anything was. Interrupts are off. */
function* serve(cores: Cores, me: number, bits: Word): Routine<boolean> {
  let isAny = false;
  for (let asker = 0; asker < cores.length; asker++) {
    if (((bits >> asker) & 1) === 0) continue;
    isAny = true;
    const mailbox = mailboxOf(cores, me, asker);
    yield fetchAdd(wordsOf(cores, me).news, -(1 << asker), 'relaxed'); // before we tell: then there may be another request
    const [counter, amount] = [yield load(mailbox.counter, 'plain'), yield load(mailbox.amount, 'plain')];
    yield store(mailbox.result, yield* addHere(cores, me, counter, amount), 'plain');
    yield fetchAdd(wordsOf(cores, asker).news, 1 << (doneShift + me), 'release', 'remote-call.tell'); // pairs with look: shows the result
  }
  return isAny;
}

/** Another core has interrupted this one: does what it asks, unless that was done already. */
export function* interrupted(cores: Cores): Routine {
  const me = yield coreNumber();
  yield* serve(cores, me, yield load(wordsOf(cores, me).news, 'acquire', 'remote-call.enter')); // pairs with ask
}
