import type { Consistency } from '#model/engine/graph/consistency.ts';
import { type ExecutionGraph, factsPerEvent, fence, read, update } from '#model/engine/graph/events.ts';
import { PartialSeqCst } from '#model/engine/graph/partial-seq-cst.ts';
import { happensBefore, lastStrongFence, pending, released, shown } from '#model/engine/graph/release-facts.ts';
import { rank } from '#model/engine/graph/trie.ts';

/**
 * RC11, with the release sequences of C++20. Source: Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing sequential
 * consistency in C/C++11", PLDI 2017; `rc20` in `spec/machine/memory/rc11.ts`. po | rf has no cycle by the way graphs
 * grow, so that happens-before is known for good once an event is added.
 */
export class ReleaseConsistency implements Consistency {
  readonly #graph: ExecutionGraph;
  readonly #seqCst: PartialSeqCst;

  constructor(graph: ExecutionGraph) {
    this.#graph = graph;
    this.#seqCst = new PartialSeqCst(graph);
  }

  describe(event: number): void {
    const graph = this.#graph;
    const { facts } = graph;
    const at = event * factsPerEvent;
    const before = graph.before[event] as number;
    const from = before * factsPerEvent;
    facts[at + happensBefore] = before < 0 ? 0 : (facts[from + happensBefore] as number);
    facts[at + lastStrongFence] = before < 0 ? -1 : (facts[from + lastStrongFence] as number);
    facts[at + pending] = before < 0 ? 0 : (facts[from + pending] as number);
    facts[at + released] = before < 0 ? 0 : (facts[from + released] as number);
    facts[at + shown] = 0;
    const kind = graph.kind[event] as number;
    const order = graph.order[event] as number;
    if (order === rank.seq_cst) this.#seqCst.isNeeded = true;
    if ((kind & read) !== 0) this.#describeRead(event, at, order);
    else if ((kind & fence) !== 0) {
      if (isAcquiring(order)) this.#acquire(at, facts[at + pending] as number);
      if (isReleasing(order)) facts[at + released] = event;
      if (order === rank.seq_cst) facts[at + lastStrongFence] = event;
    } else {
      if (isReleasing(order)) facts[at + shown] = event;
      else if (order !== rank.plain) facts[at + shown] = facts[at + released] as number;
      if ((kind & update) !== 0) {
        const source = graph.source[graph.before[event] as number] as number;
        facts[at + shown] = this.#both(facts[at + shown] as number, facts[source * factsPerEvent + shown] as number);
      }
    }
  }

  allows(event: number): boolean {
    return this.#seqCst.allows(event);
  }

  earliest(thread: number, location: number): number {
    const graph = this.#graph;
    const { threads, lastHere } = graph;
    const own = lastHere[location * threads + thread] as number;
    let earliest = own < 0 ? 0 : graph.positionSeen(own);
    const last = graph.last(thread);
    const row = last < 0 ? 0 : (graph.facts[last * factsPerEvent + happensBefore] as number);
    if (row === 0) return earliest;
    for (let other = 0; other < threads; other++) {
      const known = graph.rows[row * threads + other] as number;
      if (known === 0 || other === thread) continue;
      let here = lastHere[location * threads + other] as number;
      while (here >= 0 && (graph.index[here] as number) >= known) here = graph.beforeHere[here] as number;
      if (here >= 0) earliest = Math.max(earliest, graph.positionSeen(here));
    }
    return earliest;
  }

  #describeRead(event: number, at: number, order: number): void {
    const { facts, source, thread, before, prefix } = this.#graph;
    const seen = source[event] as number;
    const moment = facts[seen * factsPerEvent + shown] as number;
    if (moment === 0 || order === rank.plain) return;
    if (moment > 0 && thread[moment] === thread[event]) return;
    if (!isAcquiring(order)) facts[at + pending] = this.#both(facts[at + pending] as number, moment);
    else if (moment === seen && this.#hasAcquiredAll(seen) && this.#hasAcquiredAll(before[event] as number))
      facts[at + happensBefore] = prefix[event] as number;
    else this.#acquire(at, moment);
  }

  /** Whether all that is before an event in (po | rf)+ happens before it, and the same row says both. */
  #hasAcquiredAll(event: number): boolean {
    const { facts, prefix } = this.#graph;
    return event < 0 || facts[event * factsPerEvent + happensBefore] === prefix[event];
  }

  /** Lets a moment happen before the event. */
  #acquire(at: number, moment: number): void {
    if (moment === 0) return;
    const { facts } = this.#graph;
    facts[at + happensBefore] = this.#joined(facts[at + happensBefore] as number, moment);
  }

  /** A row that says what two moments, one a row, say together. */
  #joined(row: number, moment: number): number {
    const graph = this.#graph;
    if (moment < 0) return graph.joinedRow(row, -moment);
    const thread = graph.thread[moment] as number;
    const known = (graph.index[moment] as number) + 1;
    if ((graph.rows[row * graph.threads + thread] as number) >= known) return row;
    const joined = graph.joinedRow(row, graph.facts[moment * factsPerEvent + happensBefore] as number);
    graph.rows[joined * graph.threads + thread] = known;
    return joined;
  }

  #both(left: number, right: number): number {
    if (left === 0 || left === right) return right;
    if (right === 0) return left;
    return -this.#joined(left < 0 ? -left : this.#joined(0, left), right);
  }
}

const isAcquiring = (order: number): boolean =>
  order === rank.acquire || order === rank.acq_rel || order === rank.seq_cst;

const isReleasing = (order: number): boolean => order >= rank.release;
