import { Kind } from '#impl/machine/ops.ts';
import type { FenceOrder, Order } from '#impl/machine/order.ts';
import type { Weakening } from '#impl/machine/weakening.ts';

type To = Weakening['to'];

const ofLoads: Partial<Record<Order, readonly To[]>> = { seq_cst: ['acquire'], acquire: ['relaxed'] };
const ofStores: Partial<Record<Order, readonly To[]>> = { seq_cst: ['release'], release: ['relaxed'] };
const ofUpdates: Partial<Record<Order, readonly To[]>> = {
  seq_cst: ['acq_rel'],
  acq_rel: ['acquire', 'release'],
  acquire: ['relaxed'],
  release: ['relaxed'],
};
const ofFences: Record<FenceOrder, readonly To[]> = {
  seq_cst: ['acq_rel'],
  acq_rel: ['acquire', 'release'],
  acquire: ['none'],
  release: ['none'],
};

/**
 * The orders just weaker than `order` at a micro-op of this kind; none: it is as weak as it can be. An order is needed if
 * each of them is too weak.
 */
export const nextWeaker = (kind: number, order: Order): readonly To[] => {
  switch (kind) {
    case Kind.load:
    case Kind.awaitWord:
      return ofLoads[order] ?? [];
    case Kind.store:
      return ofStores[order] ?? [];
    case Kind.compareAndSwap:
    case Kind.fetchAdd:
    case Kind.swap:
      return ofUpdates[order] ?? [];
    case Kind.fence:
      return ofFences[order as FenceOrder];
    default:
      return [];
  }
};
