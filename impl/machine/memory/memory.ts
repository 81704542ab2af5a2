import type { Address, Word } from '#impl/machine/ops.ts';
import type { FenceOrder, Order } from '#impl/machine/order.ts';

/**
 * Chooses among the ways in which an access may go: is told how many there are (at least 2) and gives the number of one.
 * Way 0 is the ordinary one, in which the access goes as under sequential consistency.
 */
export type Oracle = (ways: number) => number;

/** Every access goes the ordinary way. */
export const ordinary: Oracle = () => 0;

/** An access that takes part in a data race: who made it, what it was, and where its code is named. */
export interface RacingAccess {
  readonly core: number;
  readonly isWrite: boolean;
  readonly order: Order;
  readonly site: string | undefined;
}

/** Two accesses to one word, at least one a write and one plain, that nothing orders. `first` was made before. */
export interface Race {
  readonly address: Address;
  readonly first: RacingAccess;
  readonly second: RacingAccess;
}

/**
 * One of the words that were written at an address, as reports show it. `readers` are the cores that may still read it;
 * `writer` is the core whose store it is, null: it was there at boot, or the model does not remember. A store in a store buffer is one that only its own
 * core may read.
 */
export interface Message {
  readonly word: Word;
  readonly writer: number | null;
  readonly readers: readonly number[];
}

/**
 * A memory model: what the accesses of each core give. The machine reaches simulated memory through this door only, so
 * a weaker model is another value of this type. Addresses are in range: the machine has checked them. `site` names the
 * access in races, and does nothing else.
 */
export interface Memory {
  /** Starts over: word `i` holds `image[i]`, and `oracle` is asked where an access may go in more than one way. */
  reset(image: Int32Array, oracle: Oracle): void;
  load(core: number, address: Address, order: Order, site?: string): Word;
  store(core: number, address: Address, word: Word, order: Order, site?: string): void;
  /** Each read-modify-write gives the word that was there. */
  compareAndSwap(core: number, address: Address, expected: Word, word: Word, order: Order, site?: string): Word;
  fetchAdd(core: number, address: Address, addend: Word, order: Order, site?: string): Word;
  swap(core: number, address: Address, word: Word, order: Order, site?: string): Word;
  fence(core: number, order: FenceOrder): void;
  /** A load that gives what `settled` gives: the end of a wait. */
  loadSettled(core: number, address: Address, order: Order, site?: string): Word;
  /** What `core` reads at `address` in the end, if nobody writes there any more: what a core that spins waits for. */
  settled(core: number, address: Address): Word;
  /** `sender` interrupts `receiver`: what was written before the one is seen after the other (`receive`). */
  send(sender: number, receiver: number): void;
  receive(receiver: number): void;
  /**
   * The edge of the simulated world: what `core` has done so far is known outside from now on (a call is answered), and
   * it knows all that is known outside (a call is made). Real time orders calls, as people who talk to each other see it.
   */
  publish(core: number): void;
  consult(core: number): void;
  /** How many stores of `core` wait in its store buffer; and the oldest of them reaches memory. */
  buffered(core: number): number;
  drain(core: number): void;
  /** The last word written at `address` in the order all cores agree on, without what store buffers hold. */
  latest(address: Address): Word;
  /** `latest` of every address, as it is now. */
  snapshot(): Int32Array;
  /** The first race since the last reset, if there was one. Only a model that forbids races ever has one. */
  race(): Race | null;
  /** The words of an address, oldest first, with those who may still read each. For reports: may be slow. */
  messages(address: Address): readonly Message[];
  /** All that its future depends on: two memories that give the same numbers go on alike. May be slow. */
  state(): number[];
}
