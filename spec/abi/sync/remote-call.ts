/** A set of cores: bit c is set if core c is in it. */
export type CoreMask = number;

/**
 * What can be asked of other cores. Each core has counters that it alone touches. `add`: every core of the mask that
 * there is adds `amount` to one of its counters.
 */
export interface RemoteCall {
  readonly tag: 'add';
  readonly cores: CoreMask;
  readonly counter: number;
  readonly amount: number;
}

/** What is answered: the sum of what that counter held before, over the cores that were asked. */
export type RemoteAnswer = number;
