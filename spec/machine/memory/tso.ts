/**
 * The total store order of x86: each processor has a first-in first-out buffer of stores, which its own loads look into.
 * Sources: Owens, Sarkar, Sewell, "A better x86 memory model: x86-TSO", TPHOLs 2009; herdtools7, x86tso.cat.
 */

import type { EventGraph } from '#spec/machine/memory/execution.ts';
import { atomicity, coherence, type MemoryModel } from '#spec/machine/memory/model.ts';
import {
  between,
  type EventSet,
  eventSet,
  intersection,
  isAcyclic,
  product,
  type Relation,
  sequence,
  union,
} from '#spec/machine/memory/relation.ts';

/** Program order that everybody sees: all but a store before a load, which only a full fence or a LOCK keeps. */
const preserved = ({ size, events, po, reads, writes, accesses }: EventGraph): Relation => {
  const mfences: EventSet = eventSet(size, (event) => {
    const it = events[event];
    return it?.tag === 'fence' && it.fence === 'mfence';
  });
  const locked: EventSet = eventSet(size, (event) => {
    const it = events[event];
    return it !== undefined && it.tag !== 'fence' && it.isLocked;
  });
  const fenced = sequence(between(accesses, po, mfences), between(mfences, po, accesses));
  const implied = intersection(
    between(writes, po, reads),
    union(product(size, locked, reads), product(size, writes, locked)),
  );
  return union(between(writes, po, writes), between(reads, po, accesses), fenced, implied);
};

export const tso: MemoryModel<Relation> = {
  name: 'tso',
  local: preserved,
  axioms: [
    coherence,
    atomicity,
    {
      name: 'tso',
      source: 'x86tso.cat: acyclic mfence | implied | po_ghb | rfe | fr | co as tso',
      holds: ({ graph: { external }, rf, co, fr }, ppo) => isAcyclic(union(ppo, intersection(rf, external), fr, co)),
    },
  ],
};
