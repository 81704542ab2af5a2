/**
 * RISC-V's weak memory ordering, as herdtools7 7.58 has it: riscv.cat, riscv-defs.cat. Source: The RISC-V Instruction Set
 * Manual, volume I, chapter "RVWMO".
 */

import type { EventGraph, Execution, MemoryEvent } from '#spec/machine/memory/execution.ts';
import { atomicity, coherence, type MemoryModel } from '#spec/machine/memory/model.ts';
import {
  between,
  bothSets,
  difference,
  domain,
  type EventSet,
  eitherSet,
  emptyRelation,
  eventSet,
  intersection,
  inverse,
  isAcyclic,
  type Relation,
  range,
  reflexive,
  sequence,
  union,
} from '#spec/machine/memory/relation.ts';

/** What the rules below are made of, by the names of the cat file. */
interface Words extends EventGraph {
  /** AQ: .aq and .aq.rl. */
  readonly acquire: EventSet;
  /** RL: .rl and .aq.rl. */
  readonly release: EventSet;
  /** RCsc: either, of an atomic, LR or SC. */
  readonly annotatedAtomic: EventSet;
  /** AMO | SC: the writes of atomics, and of SC. */
  readonly atomicWrites: EventSet;
  /** fencerel, between what each fence orders. */
  readonly fenced: Relation;
}

const wordsOf = (graph: EventGraph): Words => {
  const { size, events, reads, writes, accesses, po, rmw } = graph;
  const withOrder = (...orders: readonly string[]): EventSet =>
    eventSet(size, (e) => {
      const event = events[e] as MemoryEvent;
      return event.tag !== 'fence' && orders.includes(event.order);
    });
  const isExclusive = (e: number): boolean => {
    const event = events[e] as MemoryEvent;
    return event.tag !== 'fence' && event.isExclusive;
  };
  const sets: Readonly<Record<string, EventSet>> = { r: reads, w: writes, rw: accesses };
  const around = (fence: string, from: EventSet, to: EventSet): Relation => {
    const chosen = eventSet(size, (e) => {
      const event = events[e] as MemoryEvent;
      return event.tag === 'fence' && event.fence === fence;
    });
    return sequence(between(from, po, chosen), between(chosen, po, to));
  };
  const plainFences = Object.entries(sets).flatMap(([before, from]) =>
    Object.entries(sets).map(([after, to]) => around(`fence.${before}.${after}`, from, to)),
  );
  const exclusive = eventSet(size, isExclusive);
  return {
    ...graph,
    acquire: withOrder('acquire', 'acq_rel'),
    release: withOrder('release', 'acq_rel'),
    annotatedAtomic: bothSets(
      withOrder('acquire', 'release', 'acq_rel'),
      eitherSet(exclusive, eitherSet(domain(rmw), range(rmw))),
    ),
    atomicWrites: bothSets(range(rmw), writes),
    fenced: union(around('fence.tso', writes, writes), around('fence.tso', reads, accesses), ...plainFences),
  };
};

/**
 * A rule of preserved program order that asks nothing about who reads from whom. The cat file has three more, of which a
 * coherent execution has no need, since the model asks for all of co, fr and rfe. `r1 = [M]; po-loc; [W]` and `r8 = rmw`
 * are within co | fr; `r2`, reads of different writes to one location, is fr; rfe.
 */
export interface Rule {
  readonly name: string;
  readonly source: string;
  of(words: Words): Relation;
}

export const rules: readonly Rule[] = [
  { name: 'fence', source: 'r4 = fence', of: ({ fenced }) => fenced },
  {
    name: 'acquire',
    source: 'r5 = [AQ]; po; [M]',
    of: ({ acquire, po, accesses }) => between(acquire, po, accesses),
  },
  {
    name: 'release',
    source: 'r6 = [M]; po; [RL]',
    of: ({ accesses, po, release }) => between(accesses, po, release),
  },
  {
    name: 'annotated atomics',
    source: 'r7 = [RCsc]; po; [RCsc]',
    of: ({ annotatedAtomic, po }) => between(annotatedAtomic, po, annotatedAtomic),
  },
  {
    name: 'address',
    source: 'r9 = [M]; addr; [M]',
    of: ({ address }) => address,
  },
  { name: 'data', source: 'r10 = [M]; data; [W]', of: ({ data, writes, accesses }) => between(accesses, data, writes) },
  {
    name: 'control',
    source: 'r11 = [M]; ctrl; [W]',
    of: ({ accesses, control, writes }) => between(accesses, control, writes),
  },
  {
    name: 'address before a write',
    source: 'r13 = [M]; addr; [M]; po; [W]',
    of: ({ accesses, address, po, writes }) => between(accesses, sequence(address, po), writes),
  },
];

/** A rule that does ask it. */
export interface ReadingRule {
  readonly name: string;
  readonly source: string;
  of(words: Words, execution: Execution): Relation;
}

export const readingRules: readonly ReadingRule[] = [
  {
    name: 'read of an atomic',
    source: 'r3 = [AMO | SC]; rfi; [R]',
    of: ({ atomicWrites, internal, reads }, { rf }) => between(atomicWrites, intersection(rf, internal), reads),
  },
  {
    name: 'dependency read back',
    source: 'r12 = [M]; (addr | data); [W]; rfi; [R]',
    of: ({ accesses, address, data, writes, internal, reads }, { rf }) =>
      sequence(between(accesses, union(address, data), writes), between(writes, intersection(rf, internal), reads)),
  },
];

interface Local {
  readonly words: Words;
  readonly ppo: Relation;
  /** The read and the write of an AMO are one event to the model: what is before or after one is so of the other. */
  readonly isOne: Relation;
}

/** RVWMO with only some rules of preserved program order, so that each can be seen to be needed. */
export const riscvWith = (kept: readonly Rule[], keptReading: readonly ReadingRule[]): MemoryModel<Local> => ({
  name: 'riscv',
  local: (graph) => {
    const words = wordsOf(graph);
    const none: Relation = emptyRelation(graph.size);
    const ppo = union(none, ...kept.map((rule) => rule.of(words)));
    return { words, ppo, isOne: reflexive(union(graph.amo, inverse(graph.amo))) };
  },
  axioms: [
    coherence,
    {
      name: 'model',
      source: 'riscv.cat: acyclic co | rfe | fr | ppo as Model',
      holds: (execution, { words, ppo, isOne }) => {
        const { graph, rf, co, fr } = execution;
        const reading = keptReading.map((rule) => rule.of(words, execution));
        const order = union(co, intersection(rf, graph.external), fr, ppo, ...reading);
        return isAcyclic(difference(sequence(isOne, order, isOne), isOne));
      },
    },
    atomicity,
  ],
});

export const riscv = riscvWith(rules, readingRules);
