/**
 * A candidate execution of a litmus program: what happened, and who saw whom. A model's axioms say which candidates the
 * machine allows. Source: Alglave, Maranget, Tautschnig, "Herding cats", TOPLAS 2014, section 4.
 */

import type { AccessOrder, Fence, LocationId } from '#spec/machine/memory/program.ts';
import type { EventSet, Relation } from '#spec/machine/memory/relation.ts';

/**
 * One read, write or fence. Initial values are no events: a read that reads from no event reads the initial value,
 * which is before every write in coherence order.
 */
export type MemoryEvent =
  | {
      readonly tag: 'read';
      readonly thread: number;
      readonly location: LocationId;
      readonly order: AccessOrder;
      /** The value is not kept (`ST<op>`, or an LDADD to the zero register). cat: NoRet. */
      readonly isDiscarded: boolean;
      /** Of LDXR or LR. cat: X. */
      readonly isExclusive: boolean;
      /** x86: of a locked instruction. */
      readonly isLocked: boolean;
    }
  | {
      readonly tag: 'write';
      readonly thread: number;
      readonly location: LocationId;
      readonly order: AccessOrder;
      /** Of STXR or SC. */
      readonly isExclusive: boolean;
      /** x86: of a locked instruction. */
      readonly isLocked: boolean;
    }
  | { readonly tag: 'fence'; readonly thread: number; readonly fence: Fence };

/**
 * The events of an execution, and all of it that does not depend on who read from whom. Events are numbered thread by
 * thread, each thread's in program order. Many executions share one.
 */
export interface EventGraph {
  readonly size: number;
  readonly events: readonly MemoryEvent[];
  /** cat: R, W, F; M is R | W. */
  readonly reads: EventSet;
  readonly writes: EventSet;
  readonly accesses: EventSet;
  /** Program order, transitive. The read of a read-modify-write is before its write. */
  readonly po: Relation;
  /** Same location: between accesses, reflexive. cat: loc. */
  readonly sameLocation: Relation;
  /** Of one thread, of two threads: between all events. cat: int, ext. */
  readonly internal: Relation;
  readonly external: Relation;
  /** The value read goes through registers into the address of the access. cat: addr. */
  readonly address: Relation;
  /** ... into the value written. cat: data. */
  readonly data: Relation;
  /** ... into the condition of a branch before the event. cat: ctrl. */
  readonly control: Relation;
  /**
   * The same where the value may also pass through a choice between two values (the condition of CSEL, the comparison
   * of CAS): weaker dependencies, each including the one above. cat: pick-addr-dep, pick-data-dep, pick-ctrl-dep.
   */
  readonly pickAddress: Relation;
  readonly pickData: Relation;
  readonly pickControl: Relation;
  /** The read of a read-modify-write to its write, where both are of one instruction. cat: amo. */
  readonly amo: Relation;
  /** All of these: also a load exclusive to the store exclusive that is paired with it and succeeded. cat: rmw. */
  readonly rmw: Relation;
}

/** A candidate: the graph with its witnesses. */
export interface Execution {
  readonly graph: EventGraph;
  /** Reads-from: each read has at most one write; one that has none read the initial value. */
  readonly rf: Relation;
  /** Coherence: a total order of the writes to each location. */
  readonly co: Relation;
  /** From-reads: a read is before each write that is after the one it read. */
  readonly fr: Relation;
}
