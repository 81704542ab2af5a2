import { type ExecutionGraph, factsPerEvent, fence, write } from '#model/engine/graph/events.ts';
import { happensBefore, lastStrongFence } from '#model/engine/graph/release-facts.ts';
import { rank } from '#model/engine/graph/trie.ts';

const nowhere = 0x7fffffff;

/**
 * The order psc of seq_cst accesses and fences, which may have no cycle. By the names of the spec, it is
 * `from; scb; to` with `from = [SC] | [F & SC]; hb`, `to = [SC] | hb; [F & SC]` and `scb = sb | sb; hb; sb | hb & loc | mo
 * | rb`, and `[F & SC]; (hb | hb; eco; hb); [F & SC]`.
 *
 * Nothing happens after a new event e, so every new edge of psc begins with e itself or with a fence that happens before
 * e, goes through an edge mo or rb of e, or ends in e. From there this follows psc, and looks whether it comes back. What
 * is reached is the end of each thread from some index on, in three senses, because sb is in scb and in hb.
 */
export class PartialSeqCst {
  readonly #graph: ExecutionGraph;
  /** Whether any event was ever seq_cst. */
  isNeeded = false;
  #hasFences = false;
  /** From these on, seq_cst events are reached. */
  readonly #reached: Int32Array;
  /** From these on, events happen after a fence that is reached: `from`. */
  readonly #sources: Int32Array;
  /** From these on, events are such that a fence is reached if it happens after them: `to`. */
  readonly #targets: Int32Array;
  /** How far these have been followed. */
  readonly #reachedDone: Int32Array;
  readonly #sourcesDone: Int32Array;
  readonly #targetsDone: Int32Array;
  /** Below these, seq_cst events may not be reached. -1: none. */
  readonly #forbidden: Int32Array;

  constructor(graph: ExecutionGraph) {
    this.#graph = graph;
    const one = (): Int32Array => new Int32Array(graph.threads);
    this.#reached = one();
    this.#sources = one();
    this.#targets = one();
    this.#reachedDone = one();
    this.#sourcesDone = one();
    this.#targetsDone = one();
    this.#forbidden = one();
  }

  /** Whether psc has no cycle through this event, the last of its thread. */
  allows(event: number): boolean {
    if (!this.isNeeded) return true;
    const graph = this.#graph;
    if (((graph.kind[event] as number) & fence) !== 0) return true;
    const location = graph.location[event] as number;
    if (graph.positionSeen(event) === (graph.moLengths[location] as number) - 1) return true;
    const isAfterFence = this.#forbidFencesBefore(event);
    if (graph.order[event] === rank.seq_cst) {
      this.#forbidden[graph.thread[event] as number] = graph.index[event] as number;
    } else if (!isAfterFence) return true;
    this.#hasFences = this.#anyFence();
    for (const ends of [this.#reached, this.#sources, this.#targets]) ends.fill(nowhere);
    for (const ends of [this.#reachedDone, this.#sourcesDone, this.#targetsDone]) ends.fill(nowhere);
    this.#follow(event, isAfterFence);
    do {
      if (this.#isForbidden()) return false;
    } while (this.#followThreads());
    return true;
  }

  /** Notes the last fence of each thread that happens before an event. Gives whether there is one. */
  #forbidFencesBefore(event: number): boolean {
    const { threads, thread, index, facts, rows, sequence, stride } = this.#graph;
    const row = (facts[event * factsPerEvent + happensBefore] as number) * threads;
    let isAny = false;
    for (let t = 0; t < threads; t++) {
      const count = (t === thread[event] ? index[event] : rows[row + t]) as number;
      const last = count === 0 ? -1 : (sequence[t * stride + count - 1] as number);
      const before = last < 0 ? -1 : (facts[last * factsPerEvent + lastStrongFence] as number);
      this.#forbidden[t] = before < 0 ? -1 : (index[before] as number);
      isAny ||= before >= 0;
    }
    return isAny;
  }

  #anyFence(): boolean {
    const graph = this.#graph;
    for (let t = 0; t < graph.threads; t++) {
      const last = graph.last(t);
      if (last >= 0 && (graph.facts[last * factsPerEvent + lastStrongFence] as number) >= 0) return true;
    }
    return false;
  }

  /** `forbidden` is the index of a seq_cst event: it is reached if what is reached begins there or before. */
  #isForbidden(): boolean {
    for (let t = 0; t < this.#graph.threads; t++) {
      if ((this.#reached[t] as number) <= (this.#forbidden[t] as number)) return true;
    }
    return false;
  }

  /** Follows what is newly reached. Gives whether there was anything. */
  #followThreads(): boolean {
    const { threads, sequence, stride, order } = this.#graph;
    let isAny = false;
    for (let t = 0; t < threads; t++) {
      const start = t * stride;
      let end = this.#begin(t, this.#reached, this.#reachedDone);
      isAny ||= end > (this.#reached[t] as number);
      for (let i = this.#reached[t] as number; i < end; i++) {
        const event = sequence[start + i] as number;
        if (order[event] === rank.seq_cst) this.#followReached(t, i, event);
      }
      if (!this.#hasFences) continue;
      end = this.#begin(t, this.#sources, this.#sourcesDone);
      isAny ||= end > (this.#sources[t] as number);
      for (let i = this.#sources[t] as number; i < end; i++) this.#followSource(t, i, sequence[start + i] as number);
      end = this.#begin(t, this.#targets, this.#targetsDone);
      isAny ||= end > (this.#targets[t] as number);
      if (end > (this.#targets[t] as number)) this.#followTarget(t, this.#targets[t] as number);
    }
    return isAny;
  }

  /** Where what is new in a thread ends: it begins at `ends`. From now on it is done. */
  #begin(thread: number, ends: Int32Array, done: Int32Array): number {
    const end = Math.min(done[thread] as number, this.#graph.lengths[thread] as number);
    done[thread] = Math.min(end, ends[thread] as number);
    return end;
  }

  #followReached(thread: number, at: number, event: number): void {
    const isFence = this.#isFence(event);
    this.#follow(event, isFence);
    if (!isFence) return;
    for (let t = 0; t < this.#graph.threads; t++) lower(this.#sources, t, this.#firstAfter(t, thread, at));
  }

  #followSource(thread: number, at: number, event: number): void {
    this.#follow(event, true);
    if (this.#isFence(event)) lower(this.#reached, thread, at);
  }

  #followTarget(thread: number, at: number): void {
    const { threads, lengths, sequence, stride } = this.#graph;
    for (let t = 0; t < threads; t++) {
      let i = t === thread ? at : this.#firstAfter(t, thread, at);
      while (i < (lengths[t] as number) && !this.#isFence(sequence[t * stride + i] as number)) i++;
      lower(this.#reached, t, i);
    }
  }

  /** Goes on from an event by scb, and from one that is or comes after a fence also by eco. */
  #follow(event: number, isFromFence: boolean): void {
    const graph = this.#graph;
    const thread = graph.thread[event] as number;
    const at = graph.index[event] as number;
    const isFollowed = at + 1 < (graph.lengths[thread] as number);
    lower(this.#reached, thread, at + 1);
    lower(this.#targets, thread, at + 1);
    for (let t = 0; isFollowed && t < graph.threads; t++) {
      if (t === thread) continue;
      const first = this.#firstAfter(t, thread, at + 1);
      lower(this.#reached, t, first + 1);
      lower(this.#targets, t, first + 1);
    }
    const kind = graph.kind[event] as number;
    if ((kind & fence) !== 0) return;
    this.#followHere(event);
    const location = graph.location[event] as number;
    const mo = graph.mo[location] as Int32Array;
    for (let p = graph.positionSeen(event) + 1; p < (graph.moLengths[location] as number); p++) {
      this.#reachAccess(mo[p] as number);
      if (isFromFence) this.#targetReaders(mo[p] as number);
    }
    if (isFromFence && (kind & write) !== 0) this.#targetReaders(event);
  }

  /** By hb & loc. */
  #followHere(event: number): void {
    const graph = this.#graph;
    const thread = graph.thread[event] as number;
    for (let t = 0; t < graph.threads; t++) {
      if (t === thread) continue;
      const first = this.#firstAfter(t, thread, graph.index[event] as number);
      for (let i = first; i < (graph.lengths[t] as number); i++) {
        const other = graph.sequence[t * graph.stride + i] as number;
        if (graph.location[other] === graph.location[event]) this.#reachAccess(other);
      }
    }
  }

  #reachAccess(event: number): void {
    const { thread, index, order } = this.#graph;
    const t = thread[event] as number;
    lower(this.#targets, t, index[event] as number);
    if (order[event] === rank.seq_cst) lower(this.#reached, t, index[event] as number);
  }

  #targetReaders(event: number): void {
    const { newestReader, olderReader, thread, index } = this.#graph;
    for (let r = newestReader[event] as number; r >= 0; r = olderReader[r] as number) {
      lower(this.#targets, thread[r] as number, index[r] as number);
    }
  }

  #isFence(event: number): boolean {
    return this.#graph.facts[event * factsPerEvent + lastStrongFence] === event;
  }

  /** The index of the first event of a thread that happens after an event, given by its thread and index. */
  #firstAfter(thread: number, other: number, at: number): number {
    if (thread === other) return at + 1;
    const { threads, lengths, sequence, stride, facts, rows } = this.#graph;
    let low = 0;
    let high = lengths[thread] as number;
    if (high === 0) return nowhere;
    while (low < high) {
      const middle = (low + high) >> 1;
      const event = sequence[thread * stride + middle] as number;
      const row = (facts[event * factsPerEvent + happensBefore] as number) * threads;
      if ((rows[row + other] as number) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const lower = (ends: Int32Array, thread: number, index: number): void => {
  if (index < (ends[thread] as number)) ends[thread] = index;
};
