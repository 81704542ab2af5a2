import { type ExecutionGraph, factsPerEvent, fence, longer, read, update, write } from '#model/engine/graph/events.ts';

/** What is written down about a revisit besides the events: seven numbers, and the facts about the read. */
const noted = 7;

/**
 * What a new write takes back so that an older read can read it: all that was inserted after the read and is not in the
 * write's prefix. One revisit comes upon another, and they are undone in reverse.
 */
export class TakingBack {
  readonly #graph: ExecutionGraph;
  /** Of each revisit: the events from its read on, `~event` if it is taken, then what is noted. */
  #kept: Int32Array = new Int32Array(1024);
  #end = 0;

  constructor(graph: ExecutionGraph) {
    this.#graph = graph;
  }

  /** The other update that has read what this update's read has read; -1 if there is none. Only one of them can stay. */
  rivalOf(reading: number): number {
    const { kind, source, newestReader, olderReader } = this.#graph;
    for (let r = newestReader[source[reading] as number] as number; r >= 0; r = olderReader[r] as number) {
      if (r !== reading && ((kind[r] as number) & update) !== 0) return r;
    }
    return -1;
  }

  /** The oldest read that a new write could be read by: of its location, not in its prefix. */
  oldestRead(event: number): number {
    const { threads, thread, location, prefix, rows, index, lastHere, beforeHere } = this.#graph;
    const row = (prefix[event] as number) * threads;
    let oldest = 0x7fffffff;
    for (let t = 0; t < threads; t++) {
      if (t === thread[event]) continue;
      const known = rows[row + t] as number;
      let here = lastHere[(location[event] as number) * threads + t] as number;
      for (; here >= 0 && (index[here] as number) >= known; here = beforeHere[here] as number) {
        if (here < oldest && this.#graph.isRead(here)) oldest = here;
      }
    }
    return oldest;
  }

  /**
   * Whether an event would be as it is, had it been added when nothing was there but what came before it and what is in
   * the prefix of a write: reading the last write; or being the last write, with no read that is older than it. If not,
   * then another branch does what taking it back would do.
   */
  isMaximal(event: number, revisiting: number): boolean {
    const graph = this.#graph;
    const kind = graph.kind[event] as number;
    if ((kind & fence) !== 0) return true;
    let seen = event;
    if ((kind & read) !== 0) {
      seen = graph.source[event] as number;
      if (seen > event && !graph.isInPrefix(seen, revisiting)) return false;
    } else {
      for (let r = graph.newestReader[event] as number; r >= 0; r = graph.olderReader[r] as number) {
        if (r < event) return false;
      }
    }
    const location = graph.location[event] as number;
    const mo = graph.mo[location] as Int32Array;
    for (let p = (graph.moLengths[location] as number) - 1; p > (graph.position[seen] as number); p--) {
      const later = mo[p] as number;
      if (later < event || graph.isInPrefix(later, revisiting)) return false;
    }
    return true;
  }

  /**
   * Takes the read out that is inserted as number `start`, and all after it that is not in the write's prefix. The read
   * stays among those inserted. `taken` is told of each, the last first.
   */
  take(start: number, revisiting: number, taken: (event: number) => void): void {
    const graph = this.#graph;
    const { size, inserted } = graph;
    const reading = inserted[start] as number;
    const count = size - start;
    while (this.#end + count + noted + factsPerEvent > this.#kept.length) this.#kept = longer(this.#kept);
    const kept = this.#kept;
    let end = this.#end;
    for (let i = start; i < size; i++) {
      const event = inserted[i] as number;
      kept[end++] = graph.isInPrefix(event, revisiting) ? event : ~event;
    }
    kept[end++] = graph.source[reading] as number;
    kept[end++] = graph.kind[reading] as number;
    kept[end++] = graph.value[reading] as number;
    kept[end++] = graph.prefix[reading] as number;
    for (let i = 0; i < factsPerEvent; i++) kept[end++] = graph.facts[reading * factsPerEvent + i] as number;
    kept[end++] = graph.rowsEnd;
    kept[end++] = start;
    kept[end++] = size;

    const first = this.#end;
    for (let i = size - 1; i >= start; i--) {
      const event = ~(kept[first + i - start] as number);
      if (event < 0) continue;
      const kind = graph.kind[event] as number;
      if ((kind & read) !== 0) graph.readNoMore(event);
      else if ((kind & write) !== 0) graph.displace(event);
      graph.leave(event);
      taken(event);
    }
    graph.size = start + 1;
    for (let i = first + 1; i < first + size - start; i++) {
      if ((kept[i] as number) >= 0) graph.inserted[graph.size++] = kept[i] as number;
    }
    this.#end = end;
  }

  /** Puts back what the last revisit took. */
  putBack(): void {
    const graph = this.#graph;
    const kept = this.#kept;
    let end = this.#end;
    const size = kept[--end] as number;
    const start = kept[--end] as number;
    graph.rowsEnd = kept[--end] as number;
    const first = end - factsPerEvent - 4 - (size - start);
    const reading = ~(kept[first] as number);
    for (let i = factsPerEvent - 1; i >= 0; i--) graph.facts[reading * factsPerEvent + i] = kept[--end] as number;
    graph.prefix[reading] = kept[--end] as number;
    graph.value[reading] = kept[--end] as number;
    graph.kind[reading] = kept[--end] as number;
    graph.source[reading] = kept[--end] as number;
    this.#end = first;

    graph.size = size;
    for (let i = start; i < size; i++) {
      const told = kept[first + i - start] as number;
      const event = told < 0 ? ~told : told;
      graph.inserted[i] = event;
      if (told >= 0) continue;
      graph.enter(event);
      const kind = graph.kind[event] as number;
      if ((kind & read) !== 0) graph.readFrom(event, graph.source[event] as number);
      else if ((kind & write) !== 0) graph.place(event, graph.position[event] as number);
    }
  }
}
