/** What threads that explore together tell each other, a word each: 1 if it is so. */
export type Signals = Int32Array<SharedArrayBuffer>;

/** One of them has failed: what the others find is of no use. */
export const failed = 0;
/** Somebody has nothing to do: who is busy may leave him some of what he has. */
export const hungry = 1;

export const noSignals = (): Signals => new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));

export const isSignalled = (signals: Signals, signal: number): boolean => Atomics.load(signals, signal) === 1;

export const signal = (signals: Signals, which: number, isSo: boolean): void => {
  Atomics.store(signals, which, isSo ? 1 : 0);
};
