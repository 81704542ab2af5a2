import type { History, MessageId } from '#impl/machine/memory/history.ts';
import type { Address } from '#impl/machine/ops.ts';

/** So many events are remembered before all of them are forgotten. */
const eventsMax = 128;

/** A read-modify-write is two. */
const eventsPerAccess = 2;

/** The candidate's own message, which does not exist yet. */
const candidate = -1;

/** Whether a search has been at an event: not yet, it is on the way to where the search is, or for good. */
const unvisited = 0;
const open = 1;
const closed = 2;

/**
 * Keeps seq_cst accesses and fences in one order. Clocks cannot say it exactly: a seq_cst access that others know is
 * not therefore before them. So from the first seq_cst event on the events are written down, and whoever would read or
 * write behind what others wrote asks here first. Source: Lahav, Vafeiadis, Kang, Hur, Dreyer 2017, "Repairing
 * sequential consistency in C/C++11", the axiom `acyclic psc`:
 *
 *     scb = sb | sb; hb; sb | hb & loc | mo | rb
 *     psc = ([Esc] | [Fsc]; hb?); scb; ([Esc] | hb?; [Fsc])  |  [Fsc]; (hb | hb; eco; hb); [Fsc]
 *
 * A read-modify-write is two events. An event of core `c` happens before another if its epoch is within the other's
 * clock at `c`. When too many are remembered, all cores come to know the newest message of each word: no future event is
 * then before a past one, and nothing need be remembered. That loses executions, and adds none.
 */
export class SequentialOrder {
  /** Whether events are written down. */
  isOn = false;
  #count = 0;
  readonly #cores: number;
  readonly #clocks: Int32Array;
  readonly #history: History;
  // Per event. A fence has no address, and what joins another's clock is kept as if it were one.
  readonly #core = new Int32Array(eventsMax);
  readonly #address = new Int32Array(eventsMax);
  readonly #isSeqCst = new Uint8Array(eventsMax);
  /** The message read or written; 0: the one that a word without messages had. */
  readonly #message = new Int32Array(eventsMax);
  readonly #isWrite = new Uint8Array(eventsMax);
  readonly #clock: Int32Array;
  /** Where the candidate would write. */
  #candidatePlace = 0;
  readonly #state = new Uint8Array(eventsMax);

  constructor(cores: number, clocks: Int32Array, history: History) {
    this.#cores = cores;
    this.#clocks = clocks;
    this.#history = history;
    this.#clock = new Int32Array(eventsMax * cores);
  }

  reset(): void {
    this.isOn = false;
    this.#count = 0;
  }

  /** Before each access and fence, while it is on, and before each seq_cst one: there is room to write it down. */
  expect(isSeqCst: boolean): void {
    if (this.#count > eventsMax - eventsPerAccess) this.#forget();
    if (isSeqCst) this.isOn = true;
  }

  /** Writes down what `core` has done, if it is on. `address` -1: a fence. */
  record(core: number, address: Address, message: MessageId, isWrite: boolean, isSeqCst: boolean): void {
    if (this.isOn) this.#push(core, address, message, isWrite, isSeqCst);
  }

  /** Whether `core` may read `message`, which is not the newest, taking over its view if `isAcquire`. */
  allowsRead(core: number, address: Address, message: MessageId, isAcquire: boolean, isSeqCst: boolean): boolean {
    if (!this.isOn) return true;
    this.#pushRead(core, address, message, isAcquire, isSeqCst);
    return this.#takeBack(1);
  }

  /** Whether `core` may write right after the message `older`, which is not the newest. */
  allowsWrite(core: number, address: Address, older: MessageId, isSeqCst: boolean): boolean {
    if (!this.isOn) return true;
    this.#candidatePlace = this.#history.placeAfter(address, older);
    this.#push(core, address, candidate, true, isSeqCst);
    return this.#takeBack(1);
  }

  /** Whether `core` may read `message`, which is not the newest, and write right after it, in one step. */
  allowsUpdate(core: number, address: Address, message: MessageId, isAcquire: boolean, isSeqCst: boolean): boolean {
    if (!this.isOn) return true;
    this.#candidatePlace = this.#history.placeAfter(address, message);
    this.#pushRead(core, address, message, isAcquire, isSeqCst);
    this.#push(core, address, candidate, true, isSeqCst);
    const at = (this.#count - 1) * this.#cores;
    this.#clock.copyWithin(at, at - this.#cores, at);
    (this.#clock[at + core] as number)++;
    return this.#takeBack(2);
  }

  /**
   * Adds the events to `state`, with epochs from `start` on: core by core, so that it does not matter who went first.
   */
  tell(state: number[], start: number): void {
    state.push(this.isOn ? 1 : 0, this.#count);
    for (let core = 0; core < this.#cores; core++) {
      for (let event = 0; event < this.#count; event++) {
        if (this.#core[event] !== core) continue;
        state.push(core, this.#address[event] as number, this.#history.rank(this.#message[event] as number));
        state.push(this.#isWrite[event] as number, this.#isSeqCst[event] as number);
        for (let other = 0; other < this.#cores; other++) state.push(this.#knows(event, other) - start);
      }
    }
  }

  #push(core: number, address: Address, message: MessageId, isWrite: boolean, isSeqCst: boolean): void {
    const event = this.#count++;
    this.#core[event] = core;
    this.#address[event] = address;
    this.#message[event] = message;
    this.#isWrite[event] = isWrite ? 1 : 0;
    this.#isSeqCst[event] = isSeqCst ? 1 : 0;
    const row = core * this.#cores;
    for (let i = 0; i < this.#cores; i++) this.#clock[event * this.#cores + i] = this.#clocks[row + i] as number;
  }

  #pushRead(core: number, address: Address, message: MessageId, isAcquire: boolean, isSeqCst: boolean): void {
    const clock = this.#count * this.#cores;
    this.#push(core, address, message, false, isSeqCst);
    if (!isAcquire || this.#history.hasView[message] === 0) return;
    const view = message * this.#cores;
    for (let i = 0; i < this.#cores; i++) {
      const known = this.#history.view[view + i] as number;
      if (known > (this.#clock[clock + i] as number)) this.#clock[clock + i] = known;
    }
  }

  /** Takes the last events, the candidates, back. Whether psc is acyclic with them. */
  #takeBack(candidates: number): boolean {
    const isAcyclic = this.#isAcyclic(candidates);
    this.#count -= candidates;
    return isAcyclic;
  }

  /** What psc relates anew starts at a candidate or at a fence before it, and so does every cycle. */
  #isAcyclic(candidates: number): boolean {
    const last = this.#count - 1;
    this.#state.fill(unvisited, 0, this.#count);
    for (let event = 0; event <= last; event++) {
      const isSource = event > last - candidates || (this.#isFence(event) && this.#isBefore(event, last));
      if (isSource && this.#isSeqCst[event] === 1 && this.#reachesItself(event)) return false;
    }
    return true;
  }

  /** Depth-first search for a cycle among what comes after `from`. */
  #reachesItself(from: number): boolean {
    if (this.#state[from] !== unvisited) return this.#state[from] === open;
    this.#state[from] = open;
    for (let to = 0; to < this.#count; to++) {
      if (this.#isSeqCst[to] === 1 && to !== from && this.#precedes(from, to) && this.#reachesItself(to)) return true;
    }
    this.#state[from] = closed;
    return false;
  }

  #isFence(event: number): boolean {
    return this.#address[event] === -1;
  }

  #epoch(event: number): number {
    return this.#clock[event * this.#cores + (this.#core[event] as number)] as number;
  }

  /** What `event` knows of core `core`. */
  #knows(event: number, core: number): number {
    return this.#clock[event * this.#cores + core] as number;
  }

  /** hb? */
  #isBefore(from: number, to: number): boolean {
    return this.#epoch(from) <= this.#knows(to, this.#core[from] as number);
  }

  /** The last event of the same core before this one; -1: none. */
  #previous(event: number): number {
    let at = event - 1;
    while (at >= 0 && this.#core[at] !== this.#core[event]) at--;
    return at;
  }

  #place(event: number): number {
    const message = this.#message[event] as number;
    return message === candidate ? this.#candidatePlace : (this.#history.place[message] as number);
  }

  /** mo | rb, between two accesses. */
  #isOverwritten(from: number, to: number): boolean {
    const isSameWord = this.#address[from] === this.#address[to];
    return isSameWord && this.#isWrite[to] === 1 && this.#place(to) > this.#place(from);
  }

  /** [a]; (mo | rb); hb? to a fence. `orSeen`: [a]; eco; hb. */
  #isOverwrittenBefore(access: number, fence: number, orSeen: boolean): boolean {
    const history = this.#history;
    const place = this.#place(access);
    const isInclusive = orSeen && this.#isWrite[access] === 1;
    let message = history.newest[this.#address[access] as number] as number;
    for (; message !== 0; message = history.older[message] as number) {
      const isLater = (history.place[message] as number) > place;
      if (!isLater && !(isInclusive && message === this.#message[access])) return false;
      for (let core = 0; core < this.#cores; core++) {
        if (!orSeen && core !== history.writer[message]) continue;
        if ((history.seen[message * this.#cores + core] as number) <= this.#knows(fence, core)) return true;
      }
    }
    return false;
  }

  /**
   * psc, between two seq_cst events, but for what closes no cycle that is not closed without it: whatever follows an
   * event that happens after a fence follows the fence, and what is followed by an event that happens before one is
   * followed by the fence. So next to fences hb is not looked at.
   */
  #precedes(from: number, to: number): boolean {
    if (this.#isFence(from)) return this.#isFence(to) ? this.#fenceToFence(from, to) : this.#fenceToAccess(from, to);
    return this.#isFence(to) ? this.#isOverwrittenBefore(from, to, false) : this.#accessToAccess(from, to);
  }

  #fenceToFence(from: number, to: number): boolean {
    for (let access = 0; access < this.#count; access++) {
      if (this.#isFence(access) || !this.#isBefore(from, access)) continue;
      if (this.#isOverwrittenBefore(access, to, true)) return true;
    }
    return false;
  }

  #fenceToAccess(from: number, to: number): boolean {
    for (let access = 0; access < this.#count; access++) {
      if (!this.#isFence(access) && this.#isBefore(from, access) && this.#isOverwritten(access, to)) return true;
    }
    return false;
  }

  #accessToAccess(from: number, to: number): boolean {
    const core = this.#core[from] as number;
    if (core === this.#core[to]) return from < to; // sb
    const previous = this.#previous(to);
    if (previous >= 0 && this.#epoch(from) < this.#knows(previous, core)) return true; // sb; hb; sb
    const isSameWordBefore = this.#address[from] === this.#address[to] && this.#isBefore(from, to); // hb & loc
    return isSameWordBefore || this.#isOverwritten(from, to);
  }

  /** All cores come to know the newest message of each word. */
  #forget(): void {
    const { newest } = this.#history;
    for (let address = 0; address < newest.length; address++) {
      if (newest[address] !== 0) this.#history.cut(address, newest[address] as number);
    }
    this.reset();
  }
}
