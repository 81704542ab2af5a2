import type { Consistency } from '#model/engine/graph/consistency.ts';
import { type ExecutionGraph, read } from '#model/engine/graph/events.ts';

/**
 * Sequential consistency: po, rf, mo and fr have no cycle. A cycle through a new event that comes before the write w in
 * mo comes back from w to the event's thread; so the question is which writes the thread's last event comes after.
 */
export class SequentialConsistency implements Consistency {
  readonly #graph: ExecutionGraph;
  /** Of each thread, how many of its events are known to come before, and how many of these have been looked at. */
  readonly #known: Int32Array;
  readonly #seen: Int32Array;

  constructor(graph: ExecutionGraph) {
    this.#graph = graph;
    this.#known = new Int32Array(graph.threads);
    this.#seen = new Int32Array(graph.threads);
  }

  describe(): void {}

  allows(): boolean {
    return true;
  }

  earliest(thread: number, location: number): number {
    const graph = this.#graph;
    const { threads, lastHere } = graph;
    const newest = (graph.moLengths[location] as number) - 1;
    const own = lastHere[location * threads + thread] as number;
    let earliest = own < 0 ? 0 : graph.positionSeen(own);
    if (earliest === newest) return earliest;
    this.#follow(thread);
    const known = this.#known;
    for (let other = 0; other < threads; other++) {
      const count = known[other] as number;
      if (count === 0) continue;
      let here = lastHere[location * threads + other] as number;
      while (here >= 0 && (graph.index[here] as number) >= count) here = graph.beforeHere[here] as number;
      if (here >= 0) earliest = Math.max(earliest, graph.positionSeen(here));
    }
    return earliest;
  }

  /** Finds all that comes before the end of a thread. */
  #follow(thread: number): void {
    const { threads, lengths, sequence, stride, kind, source, position, location, mo, newestReader, olderReader } =
      this.#graph;
    const known = this.#known;
    const seen = this.#seen;
    known.fill(0);
    seen.fill(0);
    known[thread] = lengths[thread] as number;
    for (let isMore = true; isMore; ) {
      isMore = false;
      for (let t = 0; t < threads; t++) {
        const end = known[t] as number;
        let at = seen[t] as number;
        if (at === end) continue;
        isMore = true;
        seen[t] = end;
        for (; at < end; at++) {
          const event = sequence[t * stride + at] as number;
          if (((kind[event] as number) & read) !== 0) {
            this.#include(source[event] as number);
            continue;
          }
          const before = (mo[location[event] as number] as Int32Array)[(position[event] as number) - 1] as number;
          this.#include(before);
          for (let r = newestReader[before] as number; r >= 0; r = olderReader[r] as number) this.#include(r);
        }
      }
    }
  }

  #include(event: number): void {
    const { thread, index } = this.#graph;
    const t = thread[event] as number;
    if (t >= 0 && (index[event] as number) >= (this.#known[t] as number)) {
      this.#known[t] = (index[event] as number) + 1;
    }
  }
}
