import type { Address, Word } from '#impl/machine/ops.ts';

/** The number of a message in a history. 0: none. */
export type MessageId = number;

/** So many messages of a word are kept. Who has not looked for longer can no longer read the older ones. */
const messagesMax = 16;

/** The epoch of what has not happened. */
const never = 0x7fffffff;

const copy = <Numbers extends { set(from: Numbers): void }>(from: Numbers, to: Numbers): Numbers => {
  to.set(from);
  return to;
};

/**
 * The messages of each word that some core may still read, in modification order. A word that has no message was written
 * before everything that is still to come: its value is all there is to know.
 *
 * A core's clock has one epoch per core: it knows what each core did up to then. A core knows a message if, at an epoch
 * within its clock, some core wrote or read it; it then reads no older one. So a clock per core is all that coherence
 * takes, however many words there are. Source: Loom's atomics; FastTrack (Flanagan, Freund 2009) for the epochs.
 */
export class History {
  /** Per word: the last message in modification order, and how many messages there are. */
  readonly newest: Int32Array;
  readonly count: Int32Array;
  /** Per message: its word, the core that wrote it (-1: at boot, or before all that is known), its neighbours. */
  word = new Int32Array(64);
  writer = new Int32Array(64);
  older = new Int32Array(64);
  newer = new Int32Array(64);
  /** Per message: a number that grows along modification order. That of what a word without messages had is 0. */
  place = new Float64Array(64);
  /** Per message: 1 if a read-modify-write that read the next older one wrote it. Nothing comes between the two. */
  isUpdate = new Uint8Array(64);
  /** Per message: 1 if it has a view, and the clock that an acquiring reader takes over. */
  hasView = new Uint8Array(64);
  view: Int32Array;
  /** Per message and core: the epoch at which the core first wrote or read it. */
  seen: Int32Array;
  readonly #cores: number;
  readonly #clocks: Int32Array;
  #free: MessageId = 0;
  #used = 0;

  /** `clocks`: the row of `cores` epochs of each core; only read here. */
  constructor(sizeWords: number, cores: number, clocks: Int32Array) {
    this.#cores = cores;
    this.#clocks = clocks;
    this.newest = new Int32Array(sizeWords);
    this.count = new Int32Array(sizeWords);
    this.view = new Int32Array(64 * cores);
    this.seen = new Int32Array(64 * cores);
  }

  reset(): void {
    this.newest.fill(0);
    this.count.fill(0);
    this.#free = 0;
    this.#used = 0;
  }

  /** Whether `core` may read no older message than this one. */
  isKnown(message: MessageId, core: number): boolean {
    const { seen } = this;
    const clocks = this.#clocks;
    let at = message * this.#cores;
    const row = core * this.#cores;
    for (let i = row; i < row + this.#cores; i++) {
      if ((seen[at++] as number) <= (clocks[i] as number)) return true;
    }
    return false;
  }

  /** Makes the value that a word without messages has into its only message. */
  begin(address: Address, word: Word): MessageId {
    const message = this.#take(word, -1);
    this.older[message] = 0;
    this.newer[message] = 0;
    this.place[message] = 0;
    this.newest[address] = message;
    this.count[address] = 1;
    return message;
  }

  /** A message of `core`, written at `epoch`, that comes right after the message `older`. It has no view yet. */
  insert(address: Address, older: MessageId, word: Word, core: number, epoch: number): MessageId {
    const message = this.#take(word, core);
    this.place[message] = this.placeAfter(address, older);
    const newer = this.newer[older] as number;
    this.older[message] = older;
    this.newer[message] = newer;
    this.newer[older] = message;
    if (newer === 0) this.newest[address] = message;
    else this.older[newer] = message;
    this.seen[message * this.#cores + core] = epoch;
    (this.count[address] as number)++;
    return message;
  }

  /** The place of a message that comes right after `older`. */
  placeAfter(address: Address, older: MessageId): number {
    const place = this.place[older] as number;
    const newer = this.newer[older] as number;
    if (newer === 0) return place + 1;
    const middle = (place + (this.place[newer] as number)) / 2;
    if (middle > place && middle < (this.place[newer] as number)) return middle;
    this.#renumber(address); // so many went in between that the numbers have run out
    return this.placeAfter(address, older);
  }

  /** Makes `message` the oldest of its word. */
  cut(address: Address, message: MessageId): void {
    let old = this.older[message] as number;
    this.older[message] = 0;
    while (old !== 0) {
      const next = this.older[old] as number;
      this.older[old] = this.#free;
      this.#free = old;
      (this.count[address] as number)--;
      old = next;
    }
  }

  /** Takes all messages of a word away. */
  end(address: Address): void {
    const message = this.newest[address] as number;
    this.cut(address, message);
    this.older[message] = this.#free;
    this.#free = message;
    this.newest[address] = 0;
    this.count[address] = 0;
  }

  /** Drops what no core may read any more, if all of them know the newest message. */
  settle(address: Address): void {
    const newest = this.newest[address] as number;
    for (let core = 0; core < this.#cores; core++) if (!this.isKnown(newest, core)) return;
    this.cut(address, newest);
  }

  /**
   * Keeps the messages of a word few. Those that no core may read any more go; if too many are left, the older ones go
   * too: that loses executions, and adds none.
   */
  prune(address: Address): void {
    if ((this.count[address] as number) <= messagesMax) return;
    let message = this.newest[address] as number;
    let behind = (1 << this.#cores) - 1; // a bit per core that may read older ones
    for (let kept = 1; kept < messagesMax / 2; kept++) {
      for (let core = 0; core < this.#cores; core++) if (this.isKnown(message, core)) behind &= ~(1 << core);
      if (behind === 0) break;
      message = this.older[message] as number;
    }
    this.cut(address, message);
  }

  /** Gives a message a view, or widens the one it has: the row of a clock. */
  show(message: MessageId, clock: Int32Array, row: number): void {
    const view = message * this.#cores;
    if (this.hasView[message] === 0) {
      this.hasView[message] = 1;
      for (let i = 0; i < this.#cores; i++) this.view[view + i] = clock[row + i] as number;
      return;
    }
    for (let i = 0; i < this.#cores; i++) {
      const epoch = clock[row + i] as number;
      if (epoch > (this.view[view + i] as number)) this.view[view + i] = epoch;
    }
  }

  /** Adds the messages of a word, newest first, with epochs from `start` on, to `state`. */
  tell(state: number[], address: Address, start: number): void {
    const add = (epoch: number): void => {
      state.push(epoch > start ? epoch - start : 0);
    };
    state.push(this.count[address] as number);
    for (let at = this.newest[address] as number; at !== 0; at = this.older[at] as number) {
      state.push(this.word[at] as number, this.writer[at] as number, this.isUpdate[at] as number);
      state.push(this.hasView[at] as number);
      const row = at * this.#cores;
      for (let i = row; i < row + this.#cores; i++) {
        add(this.seen[i] as number);
        if (this.hasView[at] !== 0) add(this.view[i] as number);
      }
    }
  }

  /** How many messages of its word are older. */
  rank(message: MessageId): number {
    let rank = 0;
    for (let at = this.older[message] as number; at !== 0; at = this.older[at] as number) rank++;
    return rank;
  }

  #renumber(address: Address): void {
    let place = this.count[address] as number;
    for (let at = this.newest[address] as number; at !== 0; at = this.older[at] as number) this.place[at] = --place;
  }

  #take(word: Word, writer: number): MessageId {
    let message = this.#free;
    if (message !== 0) this.#free = this.older[message] as number;
    else {
      message = ++this.#used;
      if (message === this.word.length) this.#grow();
    }
    this.word[message] = word;
    this.writer[message] = writer;
    this.isUpdate[message] = 0;
    this.hasView[message] = 0;
    const at = message * this.#cores;
    for (let i = at; i < at + this.#cores; i++) this.seen[i] = never;
    return message;
  }

  #grow(): void {
    const size = 2 * this.word.length;
    this.word = copy(this.word, new Int32Array(size));
    this.writer = copy(this.writer, new Int32Array(size));
    this.older = copy(this.older, new Int32Array(size));
    this.newer = copy(this.newer, new Int32Array(size));
    this.place = copy(this.place, new Float64Array(size));
    this.isUpdate = copy(this.isUpdate, new Uint8Array(size));
    this.hasView = copy(this.hasView, new Uint8Array(size));
    this.view = copy(this.view, new Int32Array(size * this.#cores));
    this.seen = copy(this.seen, new Int32Array(size * this.#cores));
  }
}
