/**
 * The repaired memory model of C11. Source: Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing sequential consistency in
 * C/C++11", PLDI 2017, section 3 and definition 1; in cat by Colin, herdtools7, rc11.cat. Its words: sb is program
 * order, mo coherence order, rb from-reads.
 */

import type { EventGraph, Execution, MemoryEvent } from '#spec/machine/memory/execution.ts';
import { atomicity, type MemoryModel, poLocation } from '#spec/machine/memory/model.ts';
import {
  between,
  bothSets,
  difference,
  type EventSet,
  eventSet,
  identityOn,
  intersection,
  inverse,
  isAcyclic,
  isEmpty,
  isIrreflexive,
  product,
  type Relation,
  reflexive,
  sequence,
  transitive,
  union,
} from '#spec/machine/memory/relation.ts';

/** Where versions of the model differ. */
export interface Rc11Rules {
  /**
   * What a release sequence holds besides read-modify-writes: in C11 the later stores of the same thread (`sb`), in
   * C++20 nothing (`none`).
   */
  readonly releaseSequence: 'sb' | 'none';
  /**
   * The steps around a synchronisation that make it count among seq_cst accesses: to other locations (`sb \ loc`), or
   * any (`sb`).
   */
  readonly aroundSynchronisation: 'sb \\ loc' | 'sb';
}

/** As published in 2017. */
export const pldi2017: Rc11Rules = { releaseSequence: 'sb', aroundSynchronisation: 'sb \\ loc' };

/**
 * As GenMC 0.11 has it: the release sequence of C++20, and any sb around a synchronisation, that within an update too.
 * Source: Margalit, Lahav, "Verifying observational robustness against a C11-style memory model", POPL 2021.
 */
export const rc20: Rc11Rules = { releaseSequence: 'none', aroundSynchronisation: 'sb' };

/** What does not depend on who reads from whom. */
export interface Rc11Local {
  /** cat: [REL]; ([F]; sb)?; [W]; (sb & loc)?; [W & A]: from what releases to the writes that show it. */
  readonly releases: Relation;
  /** cat: [R & A]; (sb; [F])?; [ACQ]: from reads to what acquires by them. */
  readonly acquires: Relation;
  /** cat: sb \ loc, or sb. */
  readonly around: Relation;
  /** cat: [SC] and [F & SC]. */
  readonly seqCst: Relation;
  readonly seqCstFences: Relation;
  /** cat: cnf & ext \ A * A: accesses of two threads to one location, one of them a write, and one of them plain. */
  readonly conflicts: Relation;
}

type Rank = 'plain' | 'relaxed' | 'acquire' | 'release' | 'acq_rel' | 'seq_cst';

const rankOf = (event: MemoryEvent): Rank | null => {
  if (event.tag !== 'fence') return event.order === 'acquirePC' ? null : event.order;
  return event.fence.startsWith('c.') ? (event.fence.slice('c.'.length) as Rank) : null;
};

const localOf = (graph: EventGraph, rules: Rc11Rules): Rc11Local => {
  const { size, events, po, reads, writes, accesses, sameLocation, external } = graph;
  const of = (...ranks: readonly Rank[]): EventSet =>
    eventSet(size, (event) => ranks.some((rank) => rankOf(events[event] as MemoryEvent) === rank));
  const fences = eventSet(size, (event) => events[event]?.tag === 'fence');
  const atomic = of('relaxed', 'acquire', 'release', 'acq_rel', 'seq_cst');
  const releasing = of('release', 'acq_rel', 'seq_cst');
  const acquiring = of('acquire', 'acq_rel', 'seq_cst');
  const later = between(writes, poLocation(graph), bothSets(writes, atomic));
  const shown = identityOn(size, bothSets(writes, atomic));
  const seqCst = of('seq_cst');
  const plain = of('plain');
  return {
    releases: sequence(
      union(identityOn(size, bothSets(releasing, writes)), between(bothSets(releasing, fences), po, writes)),
      rules.releaseSequence === 'sb' ? union(shown, later) : shown,
    ),
    acquires: union(
      identityOn(size, bothSets(reads, acquiring)),
      between(bothSets(reads, atomic), po, bothSets(fences, acquiring)),
    ),
    around: rules.aroundSynchronisation === 'sb' ? po : difference(po, sameLocation),
    seqCst: identityOn(size, seqCst),
    seqCstFences: identityOn(size, bothSets(seqCst, fences)),
    conflicts: intersection(
      intersection(sameLocation, external),
      intersection(
        union(product(size, writes, accesses), product(size, accesses, writes)),
        union(product(size, plain, accesses), product(size, accesses, plain)),
      ),
    ),
  };
};

/** cat: sw = [REL]; ([F]; sb)?; rs; rf; [R & A]; (sb; [F])?; [ACQ], where rs ends in (rf; rmw)*; hb = (sb | sw)+ */
const happensBefore = ({ graph: { po, rmw }, rf }: Execution, { releases, acquires }: Rc11Local): Relation => {
  const releaseSequence = sequence(releases, reflexive(transitive(sequence(rf, rmw))));
  return transitive(union(po, sequence(releaseSequence, rf, acquires)));
};

/** cat: eco = (rf | mo | rb)+, which is what is written here, since mo is transitive. */
const extendedCoherence = ({ rf, co, fr }: Execution): Relation => {
  const changes = union(co, fr);
  return union(rf, changes, sequence(changes, rf));
};

/** The order that seq_cst accesses and fences must not contradict. */
const partialSeqCst = (execution: Execution, local: Rc11Local): Relation => {
  const { graph, co, fr } = execution;
  const { seqCst, seqCstFences, around } = local;
  const hb = happensBefore(execution, local);
  const scb = union(graph.po, sequence(around, hb, around), intersection(hb, graph.sameLocation), co, fr);
  const from = union(seqCst, sequence(seqCstFences, hb));
  const to = union(seqCst, sequence(hb, seqCstFences));
  const throughEco = sequence(hb, extendedCoherence(execution), hb);
  return union(sequence(from, scb, to), sequence(seqCstFences, union(hb, throughEco), seqCstFences));
};

/** RC11 by these rules. */
export const rc11With = (name: string, rules: Rc11Rules): MemoryModel<Rc11Local> => ({
  name,
  local: (graph) => localOf(graph, rules),
  axioms: [
    {
      name: 'coherence',
      source: 'rc11.cat: irreflexive hb; eco? as coherence1',
      holds: (execution, local) => {
        const hb = happensBefore(execution, local);
        return isIrreflexive(hb) && isEmpty(intersection(hb, inverse(extendedCoherence(execution))));
      },
    },
    atomicity,
    {
      name: 'seq-cst',
      source: 'rc11.cat: acyclic psc as SC',
      holds: (execution, local) => isEmpty(local.seqCst) || isAcyclic(partialSeqCst(execution, local)),
    },
    {
      name: 'no-thin-air',
      source: 'rc11.cat: acyclic (sb | rf) as no-thin-air',
      holds: ({ graph: { po }, rf }) => isAcyclic(union(po, rf)),
    },
  ],
  isUndefined: (execution, local) => !isEmpty(races(execution, local)),
});

export const rc11 = rc11With('rc11', pldi2017);

/**
 * The pairs of accesses that race: they conflict, and neither happens before the other. A program that has a consistent
 * execution with such a pair has no meaning in C. Source: PLDI 2017, definition 2; rc11.cat: undefined_unless empty dr.
 */
export const races = (execution: Execution, local: Rc11Local): Relation => {
  const hb = happensBefore(execution, local);
  return difference(local.conflicts, union(hb, inverse(hb)));
};
