/**
 * Views: after which messages something comes. A timestamp is an index into memory: 0 for the initial values, 1 for the
 * first message. Source: Pulte, Pichon-Pharabod, Kang, Lee, Hur, "Promising-ARM/RISC-V", PLDI 2019, section 4.
 *
 * There a view is one timestamp. The current model of AArch64 has dependencies that order writes but not reads (pick
 * dependencies: through the condition of CSEL, the comparison of CAS), so here it is two: `forAll` orders every access
 * that comes after, `forWrites`, never less, orders the writes. Both are packed into one small integer.
 */
export type View = number;

export type Timestamp = number;

const bits = 12;

/** The time of a message that is not in memory yet. Every other timestamp is less. */
export const later: Timestamp = (1 << bits) - 1;

/** After nothing but the initial values. */
export const initially: View = 0;

/** After the message at `time`. */
export const at = (time: Timestamp): View => (time << bits) | time;

export const forAll = (view: View): Timestamp => view & later;

export const forWrites = (view: View): Timestamp => view >> bits;

/** After what either is after. */
export const join = (left: View, right: View): View => {
  if (left === right) return left;
  return (Math.max(left >> bits, right >> bits) << bits) | Math.max(left & later, right & later);
};

/** What is left of a view behind a pick dependency: it orders writes only. */
export const onlyForWrites = (view: View): View => view & (later << bits);

/** What an ISB makes of a view: what ordered writes only orders every access. */
export const alsoForReads = (view: View): View => at(forWrites(view));

/** Whether a value with this dependency is made of one that is not in memory yet, so that nobody knows it. */
export const isUnknown = (view: View): boolean => forWrites(view) === later;
