import type { Order } from '#impl/machine/order.ts';

/** The orders of an algorithm as its authors would have them today, or all seq_cst. */
export interface Orders {
  readonly relaxed: Order;
  readonly acquire: Order;
  readonly release: Order;
}

export const weakest: Orders = { relaxed: 'relaxed', acquire: 'acquire', release: 'release' };
export const strongest: Orders = { relaxed: 'seq_cst', acquire: 'seq_cst', release: 'seq_cst' };
