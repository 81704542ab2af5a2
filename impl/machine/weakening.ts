import type { FenceOrder, Order } from '#impl/machine/order.ts';

/**
 * One place in the code made weaker than it says: what is done at `site` with order `from` is done with order `to`, or,
 * a fence, not at all (`none`). How it is found out whether an order is needed.
 */
export interface Weakening {
  readonly site: string;
  readonly from: Order | FenceOrder;
  readonly to: Order | FenceOrder | 'none';
}
