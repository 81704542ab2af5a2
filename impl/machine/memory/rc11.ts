import { History, type MessageId } from '#impl/machine/memory/history.ts';
import { type Memory, type Message, type Oracle, ordinary, type Race } from '#impl/machine/memory/memory.ts';
import { Races } from '#impl/machine/memory/races.ts';
import { SequentialOrder } from '#impl/machine/memory/sequential-order.ts';
import type { Address, Word } from '#impl/machine/ops.ts';
import type { FenceOrder, Order } from '#impl/machine/order.ts';

/** Epochs start anew beyond this. */
const epochMax = 2 ** 30;

const isAcquiring = (order: Order): boolean => order === 'acquire' || order === 'acq_rel' || order === 'seq_cst';
const isReleasing = (order: Order): boolean => order === 'release' || order === 'acq_rel' || order === 'seq_cst';

/** The order of a compare-and-swap that fails: that of its reading. */
const failing = (order: Order): Order =>
  order === 'acq_rel' ? 'acquire' : order === 'release' || order === 'plain' ? 'relaxed' : order;

/** What a read-modify-write does. */
const Update = { compareAndSwap: 0, fetchAdd: 1, swap: 2 } as const;
type Update = (typeof Update)[keyof typeof Update];

/**
 * The memory of C and C++: RC11. Source: Lahav, Vafeiadis, Kang, Hur, Dreyer 2017, "Repairing sequential consistency in
 * C/C++11", with the release sequence of C++20: a release write, then the read-modify-writes that read one another from
 * it on. Reads follow what they read from, so executing each core in program order gives every execution.
 *
 * The oracle is asked where more than one way is left. Way 0 of a reading is the newest message, further ways are older
 * ones; way 0 of a write is after all messages, further ways are before newer ones. A compare-and-swap may succeed on a
 * message with the expected word that no other read-modify-write has read, and fail on any other word.
 *
 * A plain access is not atomic: if it races, `race` says so, and it goes on with the newest word. Read-modify-writes are
 * atomic, a plain one is relaxed. An interrupt sent is a release, and its receipt the acquire that sees it: a sender
 * orders its stores before it (on AArch64 `DSB ISHST` before the write of ICC_SGI1R_EL1).
 */
class Rc11 implements Memory {
  readonly #cores: number;
  /** The newest word of each address. */
  readonly #words: Int32Array;
  /** Per core, a row: what it knows of each core, up to which epoch. Its own epoch grows with each access. */
  readonly #clocks: Int32Array;
  /** Per core, a row: its clock at its last release fence; the views its relaxed loads saw, for its next acquire fence. */
  readonly #released: Int32Array;
  readonly #seenViews: Int32Array;
  /** Per core, a row: the clocks of those who interrupted it. */
  readonly #sent: Int32Array;
  /** What is known outside of the machine. */
  readonly #outside: Int32Array;
  readonly #hasReleased: Uint8Array;
  readonly #history: History;
  readonly #races: Races;
  readonly #order: SequentialOrder;
  /** The messages among which the oracle chooses. */
  readonly #ways: MessageId[] = [];
  #ask: Oracle = ordinary;
  /** The epoch of what was there at boot. */
  #start = 0;

  constructor(sizeWords: number, cores: number) {
    this.#cores = cores;
    this.#words = new Int32Array(sizeWords);
    this.#clocks = new Int32Array(cores * cores);
    this.#released = new Int32Array(cores * cores);
    this.#seenViews = new Int32Array(cores * cores);
    this.#sent = new Int32Array(cores * cores);
    this.#outside = new Int32Array(cores);
    this.#hasReleased = new Uint8Array(cores);
    this.#history = new History(sizeWords, cores, this.#clocks);
    this.#races = new Races(sizeWords, cores, this.#clocks);
    this.#order = new SequentialOrder(cores, this.#clocks, this.#history);
  }

  reset(image: Int32Array, oracle: Oracle): void {
    // Everybody knows all that was done before: no epoch noted in an earlier life can be unknown in this one.
    for (const epoch of this.#clocks) if (epoch > this.#start) this.#start = epoch;
    const isNewTime = this.#start > epochMax;
    if (isNewTime) this.#start = 0;
    this.#clocks.fill(this.#start);
    this.#released.fill(this.#start);
    this.#seenViews.fill(this.#start);
    this.#sent.fill(this.#start);
    this.#outside.fill(this.#start);
    this.#hasReleased.fill(0);
    this.#words.set(image);
    this.#history.reset();
    this.#races.reset(isNewTime);
    this.#order.reset();
    this.#ask = oracle;
  }

  load(core: number, address: Address, order: Order, site?: string): Word {
    const epoch = this.#begin(core, order);
    const newest = this.#history.newest[address] as number;
    const isChoice = newest !== 0 && order !== 'plain' && this.#history.older[newest] !== 0;
    const message = isChoice ? this.#chooseRead(core, address, order) : newest;
    this.#read(core, address, message, epoch, order);
    this.#races.read(core, address, epoch, order, site);
    return message === newest ? (this.#words[address] as number) : (this.#history.word[message] as number);
  }

  loadSettled(core: number, address: Address, order: Order, site?: string): Word {
    const epoch = this.#begin(core, order);
    this.#read(core, address, this.#history.newest[address] as number, epoch, order);
    this.#races.read(core, address, epoch, order, site);
    return this.#words[address] as number;
  }

  store(core: number, address: Address, word: Word, order: Order, site?: string): void {
    const epoch = this.#begin(core, order);
    this.#races.write(core, address, epoch, order, site);
    const history = this.#history;
    const newest = history.newest[address] as number;
    if (order !== 'plain') {
      const isChoice = newest !== 0 && history.older[newest] !== 0;
      const older = isChoice ? this.#choosePlace(core, address, order) : this.#newest(address);
      this.#write(core, address, older, word, epoch, order);
      if (!this.#order.isOn) history.prune(address);
    } else if (newest !== 0 && this.#order.isOn) {
      this.#write(core, address, newest, word, epoch, order);
    } else {
      // Whoever accesses the word from now on knows this write, or races: it needs no message.
      if (newest !== 0) history.end(address);
      this.#words[address] = word;
    }
  }

  compareAndSwap(core: number, address: Address, expected: Word, word: Word, order: Order, site?: string): Word {
    return this.#update(core, address, Update.compareAndSwap, expected, word, order, site);
  }

  fetchAdd(core: number, address: Address, addend: Word, order: Order, site?: string): Word {
    return this.#update(core, address, Update.fetchAdd, 0, addend, order, site);
  }

  swap(core: number, address: Address, word: Word, order: Order, site?: string): Word {
    return this.#update(core, address, Update.swap, 0, word, order, site);
  }

  fence(core: number, order: FenceOrder): void {
    this.#begin(core, order);
    const row = core * this.#cores;
    if (order !== 'release') this.#join(this.#clocks, row, this.#seenViews, row);
    if (order !== 'acquire') {
      this.#released.set(this.#clocks.subarray(row, row + this.#cores), row);
      this.#hasReleased[core] = 1;
    }
    this.#order.record(core, -1, 0, false, order === 'seq_cst');
  }

  settled(_core: number, address: Address): Word {
    return this.#words[address] as number;
  }

  send(sender: number, receiver: number): void {
    this.#join(this.#sent, receiver * this.#cores, this.#clocks, sender * this.#cores);
  }

  receive(receiver: number): void {
    this.#learn(receiver, this.#sent, receiver * this.#cores);
  }

  publish(core: number): void {
    this.#join(this.#outside, 0, this.#clocks, core * this.#cores);
  }

  consult(core: number): void {
    this.#learn(core, this.#outside, 0);
  }

  buffered(): number {
    return 0;
  }

  drain(): void {}

  latest(address: Address): Word {
    return this.#words[address] as number;
  }

  snapshot(): Int32Array {
    return this.#words.slice();
  }

  race(): Race | null {
    return this.#races.found;
  }

  messages(address: Address): readonly Message[] {
    const history = this.#history;
    let readers = Array.from({ length: this.#cores }, (_, core) => core);
    let message = history.newest[address] as number;
    if (message === 0) return [{ word: this.#words[address] as number, writer: null, readers }];
    const messages: Message[] = [];
    for (; message !== 0; message = history.older[message] as number) {
      const writer = history.writer[message] as number;
      messages.unshift({ word: history.word[message] as number, writer: writer < 0 ? null : writer, readers });
      readers = readers.filter((core) => !history.isKnown(message, core));
    }
    return messages;
  }

  state(): number[] {
    const start = this.#start;
    const state = [...this.#words, ...this.#hasReleased];
    for (const clocks of [this.#clocks, this.#released, this.#seenViews, this.#sent, this.#outside]) {
      for (const epoch of clocks) state.push(epoch - start);
    }
    for (let address = 0; address < this.#words.length; address++) this.#history.tell(state, address, start);
    this.#races.tell(state, start);
    this.#order.tell(state, start);
    return state;
  }

  /** The next access or fence of `core` begins: its epoch. */
  #begin(core: number, order: Order): number {
    if (this.#order.isOn || order === 'seq_cst') this.#order.expect(order === 'seq_cst');
    return this.#tick(core);
  }

  #tick(core: number): number {
    const at = core * this.#cores + core;
    const epoch = (this.#clocks[at] as number) + 1;
    this.#clocks[at] = epoch;
    return epoch;
  }

  /** Takes over what `core` is told by other means than memory. */
  #learn(core: number, clock: Int32Array, row: number): void {
    this.#begin(core, 'acquire');
    this.#join(this.#clocks, core * this.#cores, clock, row);
    this.#order.record(core, -1, 0, false, false);
  }

  /** Takes the row at `from` over into the row at `to`. */
  #join(into: Int32Array, to: number, other: Int32Array, from: number): void {
    for (let i = 0; i < this.#cores; i++) {
      const epoch = other[from + i] as number;
      if (epoch > (into[to + i] as number)) into[to + i] = epoch;
    }
  }

  /** The newest message of a word; its value becomes one if it has none. */
  #newest(address: Address): MessageId {
    const newest = this.#history.newest[address] as number;
    return newest !== 0 ? newest : this.#history.begin(address, this.#words[address] as number);
  }

  /** What reading `message` does to the core: what it knows afterwards. */
  #read(core: number, address: Address, message: MessageId, epoch: number, order: Order): void {
    if (message !== 0 && order !== 'plain') {
      const history = this.#history;
      const row = core * this.#cores;
      const from = message * this.#cores;
      const isNews = (history.count[address] as number) > 1 && !history.isKnown(message, core);
      if (isNews) history.seen[from + core] = epoch;
      if (history.hasView[message] !== 0) {
        this.#join(isAcquiring(order) ? this.#clocks : this.#seenViews, row, history.view, from);
      }
      if (isNews && !this.#order.isOn) history.settle(address);
    }
    if (this.#order.isOn && (message !== 0 || order !== 'plain')) {
      this.#order.record(core, address, message, false, order === 'seq_cst');
    }
  }

  /** Writes a message right after the message `older`. */
  #write(core: number, address: Address, older: MessageId, word: Word, epoch: number, order: Order): MessageId {
    const history = this.#history;
    const message = history.insert(address, older, word, core, epoch);
    if (history.newest[address] === message) this.#words[address] = word;
    if (isReleasing(order)) history.show(message, this.#clocks, core * this.#cores);
    else if (this.#hasReleased[core] !== 0 && order !== 'plain') {
      history.show(message, this.#released, core * this.#cores);
    }
    this.#order.record(core, address, message, true, order === 'seq_cst');
    return message;
  }

  #update(
    core: number,
    address: Address,
    update: Update,
    expected: Word,
    operand: Word,
    given: Order,
    site: string | undefined,
  ): Word {
    const order = given === 'plain' ? 'relaxed' : given;
    const epoch = this.#begin(core, order);
    const history = this.#history;
    const newest = this.#newest(address);
    const isChoice = history.older[newest] !== 0;
    const message = isChoice ? this.#chooseUpdate(core, address, update, expected, order) : newest;
    const old = history.word[message] as number;
    if (update === Update.compareAndSwap && old !== expected) {
      this.#read(core, address, message, epoch, failing(order));
      this.#races.read(core, address, epoch, failing(order), site);
      return old;
    }
    this.#read(core, address, message, epoch, order);
    const word = update === Update.fetchAdd ? (old + operand) | 0 : operand;
    const writeEpoch = this.#tick(core);
    this.#races.write(core, address, writeEpoch, order, site);
    const written = this.#write(core, address, message, word, writeEpoch, order);
    history.isUpdate[written] = 1;
    if (history.hasView[message] !== 0) history.show(written, history.view, message * this.#cores);
    if (!this.#order.isOn) history.prune(address);
    return old;
  }

  #chooseRead(core: number, address: Address, order: Order): MessageId {
    const history = this.#history;
    let message = history.newest[address] as number;
    let ways = 0;
    this.#ways[ways++] = message;
    while (history.older[message] !== 0 && !history.isKnown(message, core)) {
      message = history.older[message] as number;
      if (this.#order.allowsRead(core, address, message, isAcquiring(order), order === 'seq_cst')) {
        this.#ways[ways++] = message;
      }
    }
    return this.#chosen(ways);
  }

  /** The message to write after. */
  #choosePlace(core: number, address: Address, order: Order): MessageId {
    const history = this.#history;
    let message = history.newest[address] as number;
    let ways = 0;
    this.#ways[ways++] = message;
    while (history.older[message] !== 0 && !history.isKnown(message, core)) {
      const isSplit = history.isUpdate[message] !== 0;
      message = history.older[message] as number;
      if (!isSplit && this.#order.allowsWrite(core, address, message, order === 'seq_cst')) {
        this.#ways[ways++] = message;
      }
    }
    return this.#chosen(ways);
  }

  /** The message that a read-modify-write reads. */
  #chooseUpdate(core: number, address: Address, update: Update, expected: Word, order: Order): MessageId {
    const history = this.#history;
    let message = history.newest[address] as number;
    let ways = 0;
    this.#ways[ways++] = message;
    while (history.older[message] !== 0 && !history.isKnown(message, core)) {
      const isTaken = history.isUpdate[message] !== 0;
      message = history.older[message] as number;
      const isFailing = update === Update.compareAndSwap && history.word[message] !== expected;
      const mode = isFailing ? failing(order) : order;
      const isAllowed = isFailing
        ? this.#order.allowsRead(core, address, message, isAcquiring(mode), mode === 'seq_cst')
        : !isTaken && this.#order.allowsUpdate(core, address, message, isAcquiring(mode), mode === 'seq_cst');
      if (isAllowed) this.#ways[ways++] = message;
    }
    return this.#chosen(ways);
  }

  #chosen(ways: number): MessageId {
    return this.#ways[ways === 1 ? 0 : this.#ask(ways)] as number;
  }
}

export const repairedC11 = (sizeWords: number, cores: number): Memory => new Rc11(sizeWords, cores);
