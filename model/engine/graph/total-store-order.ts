import type { Consistency } from '#model/engine/graph/consistency.ts';
import { type ExecutionGraph, factsPerEvent, fence, locked, read, write } from '#model/engine/graph/events.ts';
import { rank } from '#model/engine/graph/trie.ts';

/**
 * The facts about an event, each a number of events of its thread. `waitsFor`: the writes among these are seen by all
 * before it reads. `full`: those up to the last full fence. `strong`: those up to the last write that seq_cst reads wait
 * for. Up to, the event included.
 */
const waitsFor = 0;
const full = 1;
const strong = 2;

/**
 * What a seq_cst store is. `xchg`: a full fence, as compilers make it, and as the machine has it. `mov`: only seq_cst
 * loads wait for it, as GenMC 0.11 has it.
 */
export type SeqCstStore = 'xchg' | 'mov';

/**
 * Total store order: program order but from a write to a later read, reads-from between threads, mo and fr have no
 * cycle; and each location by itself is coherent. A seq_cst fence and a read-modify-write, whether it writes or not, are
 * full fences. As under sequential consistency, the question is which writes the next event comes after.
 */
export class TotalStoreOrder implements Consistency {
  readonly #graph: ExecutionGraph;
  /** Of each thread: below which index its reads, and its writes, are known to come before; and how many were looked at. */
  readonly #reads: Int32Array;
  readonly #writes: Int32Array;
  readonly #seenReads: Int32Array;
  readonly #seenWrites: Int32Array;

  readonly #seqCstStore: SeqCstStore;

  constructor(graph: ExecutionGraph, seqCstStore: SeqCstStore) {
    this.#graph = graph;
    this.#seqCstStore = seqCstStore;
    this.#reads = new Int32Array(graph.threads);
    this.#writes = new Int32Array(graph.threads);
    this.#seenReads = new Int32Array(graph.threads);
    this.#seenWrites = new Int32Array(graph.threads);
  }

  describe(event: number): void {
    const { kind, index, order, before, facts } = this.#graph;
    const at = event * factsPerEvent;
    const bits = kind[event] as number;
    const isWrite = (bits & write) !== 0;
    const isStrong = order[event] === rank.seq_cst;
    const isFull = (bits & (fence | locked)) !== 0 || (isWrite && isStrong && this.#seqCstStore === 'xchg');
    const end = (index[event] as number) + 1;
    const last = before[event] as number;
    facts[at + waitsFor] = (bits & locked) !== 0 ? end - 1 : this.#waitsAfter(last, isStrong);
    facts[at + full] = isFull ? end : this.#fact(last, full);
    facts[at + strong] = isWrite && isStrong ? end : this.#fact(last, strong);
  }

  allows(): boolean {
    return true;
  }

  earliest(thread: number, location: number, kind: number, order: number): number {
    const graph = this.#graph;
    const { threads, lastHere, index } = graph;
    const newest = (graph.moLengths[location] as number) - 1;
    const own = lastHere[location * threads + thread] as number;
    let earliest = own < 0 ? 0 : graph.positionSeen(own);
    if (earliest === newest) return earliest;
    const length = graph.lengths[thread] as number;
    const waits = kind === read ? this.#waitsAfter(graph.last(thread), order === rank.seq_cst) : length;
    this.#follow(thread, length, waits);
    for (let other = 0; other < threads; other++) {
      let here = lastHere[location * threads + other] as number;
      while (here >= 0 && !this.#isKnown(here, index[here] as number, other)) here = graph.beforeHere[here] as number;
      if (here >= 0) earliest = Math.max(earliest, graph.positionSeen(here));
    }
    return earliest;
  }

  /** How many events of its thread a read waits for that comes after this event; -1: it is the first. */
  #waitsAfter(event: number, isStrong: boolean): number {
    const fences = this.#fact(event, full);
    return isStrong && this.#seqCstStore === 'mov' ? Math.max(fences, this.#fact(event, strong)) : fences;
  }

  #fact(event: number, fact: number): number {
    return event < 0 ? 0 : (this.#graph.facts[event * factsPerEvent + fact] as number);
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
    const before = facts[event * factsPerEvent + waitsFor] as number;
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
