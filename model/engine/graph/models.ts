import type { FenceOrder } from '#impl/machine/order.ts';
import type { Consistency } from '#model/engine/graph/consistency.ts';
import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import type { GraphMemory } from '#model/engine/graph/program.ts';
import { ReleaseConsistency } from '#model/engine/graph/release.ts';
import { SequentialConsistency } from '#model/engine/graph/sequential.ts';
import { type SeqCstStore, TotalStoreOrder } from '#model/engine/graph/total-store-order.ts';

/** A memory model: what it says of a graph that grows, and which fences mean anything to it. */
interface Model {
  of(graph: ExecutionGraph, seqCstStore: SeqCstStore): Consistency;
  heedsFence(order: FenceOrder): boolean;
}

export const models: Readonly<Record<GraphMemory, Model>> = {
  sc: { of: (graph) => new SequentialConsistency(graph), heedsFence: () => false },
  tso: {
    of: (graph, seqCstStore) => new TotalStoreOrder(graph, seqCstStore),
    heedsFence: (order) => order === 'seq_cst',
  },
  rc11: { of: (graph) => new ReleaseConsistency(graph), heedsFence: () => true },
};
