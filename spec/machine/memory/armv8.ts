/**
 * ARMv8, as herdtools7 7.58 has it: aarch64.cat, aarch64hwreqs.cat, aarch64deps.cat, aarch64util.cat. Sources: Pulte et
 * al., POPL 2018; Alglave et al., "Armed Cats", TOPLAS 2021; Arm ARM, section B2.3.
 */

import type { EventGraph, MemoryEvent } from '#spec/machine/memory/execution.ts';
import { type Axiom, atomicity, coherence, type MemoryModel, poLocation } from '#spec/machine/memory/model.ts';
import type { Fence } from '#spec/machine/memory/program.ts';
import {
  between,
  difference,
  type EventSet,
  emptyRelation,
  eventSet,
  identityOn,
  intersection,
  isAcyclic,
  type Relation,
  range,
  reflexive,
  sequence,
  transitive,
  union,
  withoutSet,
} from '#spec/machine/memory/relation.ts';

/** What the clauses below are made of, by the names of the cat files. */
interface Words {
  readonly reads: EventSet;
  readonly writes: EventSet;
  readonly accesses: EventSet;
  readonly po: Relation;
  readonly poLocation: Relation;
  readonly amo: Relation;
  readonly rmw: Relation;
  /** A: LDAR, LDAXR, and the reads of atomics with A. */
  readonly acquire: EventSet;
  /** A | Q: and LDAPR. */
  readonly anyAcquire: EventSet;
  /** L: STLR, STLXR, and the writes of atomics with L. */
  readonly release: EventSet;
  /** R \ NoRet: all reads but those of ST<op>. */
  readonly kept: EventSet;
  /** lrs: from a write to the reads of its thread that are after it, with no write to the location in between. */
  readonly localReads: Relation;
  /** addr, and data: dependencies may also pass through memory, written and read back within the thread. */
  readonly address: Relation;
  readonly data: Relation;
  /** pick-basic-dep, pick-addr-dep, pick-ctrl-dep, pick-dep: those that may also pass through a choice. */
  readonly pickBasic: Relation;
  readonly pickAddress: Relation;
  readonly pickControl: Relation;
  readonly pick: Relation;
  /** `[...]; po`: what is after such a fence. */
  after(...fences: readonly Fence[]): Relation;
}

const wordsOf = (graph: EventGraph): Words => {
  const { size, events, reads, writes, accesses, po, amo, rmw } = graph;
  const discarded = eventSet(size, (e) => {
    const event = events[e] as MemoryEvent;
    return event.tag === 'read' && event.isDiscarded;
  });
  // A read that keeps nothing has no acquire semantics, whatever its instruction says. Source: AArch64Sem.ml, NoRet.
  const withOrder = (...orders: readonly string[]): EventSet =>
    withoutSet(
      eventSet(size, (e) => {
        const event = events[e] as MemoryEvent;
        return event.tag !== 'fence' && orders.includes(event.order);
      }),
      discarded,
    );
  const same = poLocation(graph);
  const localReads = between(writes, difference(same, sequence(between(writes, same, writes), same)), reads);
  const carried = reflexive(transitive(union(graph.address, graph.data, localReads)));
  const picked = transitive(union(graph.pickAddress, graph.pickData, localReads));
  const all = eventSet(size, () => true);
  const dependency = (through: Relation, last: Relation): Relation => between(reads, sequence(through, last), all);
  const pickBasic = between(reads, picked, accesses);
  const pickControl = dependency(reflexive(picked), graph.pickControl);
  return {
    reads,
    writes,
    accesses,
    po,
    poLocation: same,
    amo,
    rmw,
    acquire: withOrder('acquire'),
    anyAcquire: withOrder('acquire', 'acquirePC'),
    release: withOrder('release'),
    kept: withoutSet(reads, discarded),
    localReads,
    address: dependency(carried, graph.address),
    // The last step is through a register, not from an atomic's read to its own write: `[DATA]; iico_data+; [W]`.
    data: dependency(carried, difference(graph.data, amo)),
    pickBasic,
    pickAddress: dependency(reflexive(picked), graph.pickAddress),
    pickControl,
    pick: union(pickBasic, pickControl),
    after: (...fences) => {
      const chosen = eventSet(size, (e) => {
        const event = events[e] as MemoryEvent;
        return event.tag === 'fence' && fences.includes(event.fence);
      });
      return sequence(identityOn(size, chosen), po);
    },
  };
};

/** Part of lob, what each thread keeps in order. */
export interface Clause {
  readonly name: string;
  readonly source: string;
  /** `lob`: what the clauses before this one say. */
  of(words: Words, lob: Relation): Relation;
}

/**
 * Locally-ordered-before. The cat file has more lines, which others here include: `data`, `ctrl; [W]`, `addr; po; [W]`
 * and `ctrl; [ISB]; po; [R]` of `dob` are in `pob`, since whatever is a dependency is one that may pass through a choice;
 * `rmw` is in `lws`, since the read of an atomic is before its write in our program order.
 */
export const clauses: readonly Clause[] = [
  {
    name: 'write after access',
    source: 'lws = [M]; po-loc; [W], aob: rmw',
    of: ({ accesses, poLocation, writes }) => between(accesses, poLocation, writes),
  },
  { name: 'address', source: 'dob: addr', of: ({ address }) => address },
  {
    name: 'dependency read back',
    source: 'dob: (addr | data); lrs',
    of: ({ address, data, localReads }) => sequence(union(address, data), localReads),
  },
  {
    name: 'dependency to a write',
    source: 'pob: pick-dep; [W]',
    of: ({ reads, pick, writes }) => between(reads, pick, writes),
  },
  {
    name: 'control, ISB',
    source: 'pob: pick-ctrl-dep; [CSE]; po; [M]',
    of: ({ pickControl, after }) => sequence(pickControl, after('isb')),
  },
  {
    name: 'address, ISB',
    source: 'pob: pick-addr-dep; [Exp]; po; [CSE]; po; [M]',
    of: ({ pickAddress, po, after }) => sequence(pickAddress, po, after('isb')),
  },
  {
    name: 'address before a write',
    source: 'pob: pick-addr-dep; [Exp & M]; po; [W]',
    of: ({ accesses, pickAddress, po, writes }) => between(accesses, sequence(pickAddress, po), writes),
  },
  {
    name: 'atomic, acquire',
    source: 'aob: rmw; lrs; [A | Q]',
    of: ({ accesses, rmw, localReads, anyAcquire }) => between(accesses, sequence(rmw, localReads), anyAcquire),
  },
  {
    name: 'DMB SY',
    source: 'bob: po; [dmb.full]; po, DSB-ob: [M]; po; [dsb.full]; po',
    of: ({ po, after }) => sequence(po, after('dmb.sy', 'dsb.sy')),
  },
  {
    name: 'DMB LD',
    source: 'bob: [R \\ NoRet]; po; [dmb.ld]; po, DSB-ob: the same of dsb.ld',
    of: ({ kept, po, after, accesses }) => between(kept, sequence(po, after('dmb.ld', 'dsb.ld')), accesses),
  },
  {
    name: 'DMB ST',
    source: 'bob: [W]; po; [dmb.st]; po; [W]',
    of: ({ writes, po, after }) => between(writes, sequence(po, after('dmb.st')), writes),
  },
  {
    name: 'DSB ST',
    source: 'DSB-ob: [W & Exp]; po; [dsb.st]; po',
    of: ({ writes, po, after, accesses }) => between(writes, sequence(po, after('dsb.st')), accesses),
  },
  {
    name: 'atomic, acquire and release',
    source: 'bob: [range([A]; amo; [L])]; po',
    of: ({ acquire, amo, release, po, accesses }) => between(range(between(acquire, amo, release)), po, accesses),
  },
  {
    name: 'release before acquire',
    source: 'bob: [L]; po; [A]',
    of: ({ release, po, acquire }) => between(release, po, acquire),
  },
  {
    name: 'acquire',
    source: 'bob: [A | Q]; po',
    of: ({ anyAcquire, po, accesses }) => between(anyAcquire, po, accesses),
  },
  { name: 'release', source: 'bob: po; [L]', of: ({ accesses, po, release }) => between(accesses, po, release) },
  {
    name: 'order before a write',
    source: 'pick-lob = pick-basic-dep; lob; [W]',
    of: ({ pickBasic, accesses, writes }, lob) => between(accesses, sequence(pickBasic, transitive(lob)), writes),
  },
];

/** The order that each thread keeps: local-hw-reqs, to be closed transitively. */
export interface Local {
  readonly localOrder: Relation;
}

const external: Axiom<Local> = {
  name: 'external',
  source: 'aarch64.cat: irreflexive (obs | lob)+, with obs = rfe | fre | coe',
  holds: ({ graph, rf, co, fr }, { localOrder }) =>
    isAcyclic(union(intersection(union(rf, co, fr), graph.external), localOrder)),
};

/** ARMv8 with only some clauses of the local order, so that each can be seen to be needed. */
export const armv8With = (kept: readonly Clause[]): MemoryModel<Local> => ({
  name: 'armv8',
  local: (graph) => {
    const words = wordsOf(graph);
    const none: Relation = emptyRelation(graph.size);
    return { localOrder: kept.reduce((lob, clause) => union(lob, clause.of(words, lob)), none) };
  },
  axioms: [coherence, external, atomicity],
});

export const armv8 = armv8With(clauses);
