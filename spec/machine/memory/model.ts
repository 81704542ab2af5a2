/** What a memory model is, and the axioms that all of them share. */

import type { EventGraph, Execution } from '#spec/machine/memory/execution.ts';
import { intersection, isAcyclic, isEmpty, sequence, union } from '#spec/machine/memory/relation.ts';

/** A condition on executions. `Local` is what its model computes once per graph. */
export interface Axiom<Local = unknown> {
  readonly name: string;
  /** The line that it formalises. */
  readonly source: string;
  /** The execution is only lent: its relations may change once the answer is given. */
  holds(execution: Execution, local: Local): boolean;
}

/**
 * A memory model: an execution is consistent if every axiom holds of it. Each model here implies `coherence`, whether
 * it is among its axioms or not; enumerators produce coherent candidates only.
 */
export interface MemoryModel<Local = unknown> {
  readonly name: string;
  /** The relations that do not depend on rf, co and fr: computed once for all executions of a graph. */
  local(graph: EventGraph): Local;
  readonly axioms: readonly Axiom<Local>[];
  /** Whether a consistent execution robs its program of any meaning. cat: undefined_unless. */
  isUndefined?(execution: Execution, local: Local): boolean;
}

/** Program order among accesses to one location. cat: po-loc. */
export const poLocation = ({ po, sameLocation }: EventGraph) => intersection(po, sameLocation);

/** Each location by itself is sequentially consistent. */
export const coherence: Axiom = {
  name: 'coherence',
  source: 'Herding cats, figure 5, "sc per location"; aarch64.cat: acyclic po-loc | ca | rf as internal',
  holds: ({ graph, rf, co, fr }) => isAcyclic(union(poLocation(graph), rf, co, fr)),
};

/** Nobody writes between the read and the write of a read-modify-write. */
export const atomicity: Axiom = {
  name: 'atomicity',
  source: 'aarch64.cat: empty rmw & (fre; coe) as atomic',
  holds: ({ graph: { rmw, external }, fr, co }) =>
    isEmpty(intersection(rmw, sequence(intersection(fr, external), intersection(co, external)))),
};
