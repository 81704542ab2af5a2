/** Sequential consistency (Lamport 1979). */

import { atomicity, type MemoryModel } from '#spec/machine/memory/model.ts';
import { isAcyclic, union } from '#spec/machine/memory/relation.ts';

export const sc: MemoryModel = {
  name: 'sc',
  local: () => null,
  axioms: [
    {
      name: 'sc',
      source: 'sc.cat: acyclic po | fr | rf | co as sc',
      holds: ({ graph: { po }, rf, co, fr }) => isAcyclic(union(po, rf, co, fr)),
    },
    atomicity,
  ],
};
