/**
 * Views: after which messages something comes. A timestamp is an index into memory: 0 for the initial values, 1 for the
 * first message. Source: Pulte, Pichon-Pharabod, Kang, Lee, Hur, "Promising-ARM/RISC-V", PLDI 2019, section 4.
 *
 * There a view is one timestamp. AArch64 now has dependencies that order stores but not loads (pick dependencies:
 * through the condition of CSEL, the comparison of CAS), so here it is three, packed into one small integer:
 * - `all`: every access that comes later is after it.
 * - `picks`, never less: a value with this view depends on it, if only through a choice. A store made of the value is
 *   after it, and every access that follows a branch on the value and an ISB.
 * - `writes`, never less: every store that comes later is after it. Source: aarch64hwreqs.cat, pick-lob.
 */
export type View = number;

export type Timestamp = number;

const bits = 10;
const all = (1 << bits) - 1;
const picks = all << bits;
const writes = picks << bits;

/** The time of a message that is not in memory yet. Every other timestamp is less. */
export const later: Timestamp = all;

/** After nothing but the initial values. */
export const initially: View = 0;

/** After the message at `time`. */
export const at = (time: Timestamp): View => time | (time << bits) | (time << (2 * bits));

export const forAll = (view: View): Timestamp => view & all;

export const forWrites = (view: View): Timestamp => view >> (2 * bits);

/** After what either is after. */
export const join = (left: View, right: View): View =>
  left === right || right === initially
    ? left
    : Math.max(left & all, right & all) |
      Math.max(left & picks, right & picks) |
      Math.max(left & writes, right & writes);

/** What is left of the view of a value if it goes through a choice. */
export const picked = (view: View): View => view & (picks | writes);

/** The view of an access that is not made of what this one is made of, but ordered after it. */
export const ordered = (view: View): View => (view & (all | writes)) | (forAll(view) << bits);

/** What follows an ISB after a branch on a value with this view. */
export const synchronized = (view: View): View => (view & (picks | writes)) | ((view & picks) >> bits);

/** Whether a value with this view is made of one that is not in memory yet, so that nobody knows it. */
export const isUnknown = (view: View): boolean => (view & picks) === picks;
