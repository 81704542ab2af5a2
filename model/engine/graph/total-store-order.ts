import type { Consistency } from '#model/engine/graph/consistency.ts';
import { type ExecutionGraph, factsPerEvent, fence, locked, read, write } from '#model/engine/graph/events.ts';
import { rank } from '#model/engine/graph/trie.ts';

/**
 * The only fact about an event: how many events of its thread are before the last full fence that is before it. A write
 * among these is seen by all before a read after the fence reads.
 */
const fenced = 0;

/**
 * Total store order: program order but from a write to a later read, reads-from between threads, mo and fr have no
 * cycle; and each location by itself is coherent. A seq_cst fence, a read-modify-write and a seq_cst store are full
 * fences, as the machine has it. As under sequential consistency, the question is which writes the next event comes after.
 */
export class TotalStoreOrder implements Consistency {
  readonly #graph: ExecutionGraph;
  /** Of each thread: below which index its reads, and its writes, are known to come before; and how many were looked at. */
  readonly #reads: Int32Array;
  readonly #writes: Int32Array;
  readonly #seenReads: Int32Array;
  readonly #seenWrites: Int32Array;

  constructor(graph: ExecutionGraph) {
    this.#graph = graph;
    this.#reads = new Int32Array(graph.threads);
    this.#writes = new Int32Array(graph.threads);
    this.#seenReads = new Int32Array(graph.threads);
    this.#seenWrites = new Int32Array(graph.threads);
  }

  describe(event: number): void {
    const graph = this.#graph;
    const kind = graph.kind[event] as number;
    graph.facts[event * factsPerEvent + fenced] =
      (kind & locked) !== 0 ? (graph.index[event] as number) : this.#fencedAfter(graph.before[event] as number);
  }

  allows(): boolean {
    return true;
  }

  earliest(thread: number, location: number, kind: number): number {
    const graph = this.#graph;
    const { threads, lastHere, index } = graph;
    const newest = (graph.moLengths[location] as number) - 1;
    const own = lastHere[location * threads + thread] as number;
    let earliest = own < 0 ? 0 : graph.positionSeen(own);
    if (earliest === newest) return earliest;
    const length = graph.lengths[thread] as number;
    const isOrdered = kind !== read;
    this.#follow(thread, length, isOrdered ? length : this.#fencedAfter(graph.last(thread)));
    for (let other = 0; other < threads; other++) {
      let here = lastHere[location * threads + other] as number;
      while (here >= 0 && !this.#isKnown(here, index[here] as number, other)) here = graph.beforeHere[here] as number;
      if (here >= 0) earliest = Math.max(earliest, graph.positionSeen(here));
    }
    return earliest;
  }

  /** How many events of its thread are before the last full fence, for what comes after this event; -1: the first. */
  #fencedAfter(event: number): number {
    if (event < 0) return 0;
    const graph = this.#graph;
    const kind = graph.kind[event] as number;
    const isFull = (kind & (fence | locked)) !== 0 || ((kind & write) !== 0 && graph.order[event] === rank.seq_cst);
    return isFull ? (graph.index[event] as number) + 1 : (graph.facts[event * factsPerEvent + fenced] as number);
  }

  /** Whether what this access sees in mo comes before: a write that does, or one that another thread's read saw. */
  #isKnown(access: number, index: number, thread: number): boolean {
    const graph = this.#graph;
    if (((graph.kind[access] as number) & write) !== 0) return index < (this.#writes[thread] as number);
    return index < (this.#reads[thread] as number) && graph.thread[graph.source[access] as number] !== thread;
  }

  /** Finds all that comes before the end of a thread, of which so many reads and writes count. */
  #follow(thread: number, readsEnd: number, writesEnd: number): void {
    const { threads, sequence, stride } = this.#graph;
    const [reads, writes, seenReads, seenWrites] = [this.#reads, this.#writes, this.#seenReads, this.#seenWrites];
    reads.fill(0);
    writes.fill(0);
    seenReads.fill(0);
    seenWrites.fill(0);
    reads[thread] = readsEnd;
    writes[thread] = writesEnd;
    for (let isMore = true; isMore; ) {
      isMore = false;
      for (let t = 0; t < threads; t++) {
        while ((seenReads[t] as number) < (reads[t] as number)) {
          isMore = true;
          this.#followRead(t, sequence[t * stride + (seenReads[t] as number)] as number);
          seenReads[t] = (seenReads[t] as number) + 1;
        }
        while ((seenWrites[t] as number) < (writes[t] as number)) {
          isMore = true;
          this.#followWrite(t, sequence[t * stride + (seenWrites[t] as number)] as number);
          seenWrites[t] = (seenWrites[t] as number) + 1;
        }
      }
    }
  }

  #followRead(thread: number, event: number): void {
    const { kind, source, facts } = this.#graph;
    if (((kind[event] as number) & read) === 0) return;
    const before = facts[event * factsPerEvent + fenced] as number;
    if (before > (this.#writes[thread] as number)) this.#writes[thread] = before;
    const from = source[event] as number;
    if (this.#graph.thread[from] !== thread) this.#include(from);
  }

  #followWrite(thread: number, event: number): void {
    const { kind, index, location, mo, position, newestReader, olderReader } = this.#graph;
    if (((kind[event] as number) & write) === 0) return;
    if ((index[event] as number) > (this.#reads[thread] as number)) this.#reads[thread] = index[event] as number;
    const before = (mo[location[event] as number] as Int32Array)[(position[event] as number) - 1] as number;
    this.#include(before);
    for (let r = newestReader[before] as number; r >= 0; r = olderReader[r] as number) this.#include(r);
  }

  #include(event: number): void {
    const { thread, index, kind } = this.#graph;
    const t = thread[event] as number;
    if (t < 0) return;
    const known = ((kind[event] as number) & read) !== 0 ? this.#reads : this.#writes;
    if ((index[event] as number) >= (known[t] as number)) known[t] = (index[event] as number) + 1;
  }
}
