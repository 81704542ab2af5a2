/**
 * What a memory model says about a graph that grows. The graph is consistent already; the next event is at the end of
 * its thread, and nothing is after it but what follows a place in mo. So each question is about that event only.
 */
export interface Consistency {
  /** Computes the facts of an event: a fence, or an access whose source, if it reads, is known. It may be redone. */
  describe(event: number): void;
  /**
   * The first place in mo that the next read of a thread may read from, or that its next write may come after. Later
   * places may be chosen too, as far as this goes.
   */
  earliest(thread: number, location: number, kind: number, order: number): number;
  /** Whether the graph is consistent with this event, which is in the graph now, at a place that `earliest` allows. */
  allows(event: number): boolean;
}
