import type { Frame } from '#impl/machine/context.ts';
import { Kind } from '#impl/machine/ops.ts';
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

/** Does at a place what the weakening says. A fence that is left out is a step that does nothing. */
export const weaken = (frame: Frame, { from, to }: Weakening): void => {
  if (frame.order !== from) return;
  if (to === 'none') frame.kind = Kind.pause;
  else frame.order = to as Order;
};
