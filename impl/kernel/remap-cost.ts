/**
 * What it takes to hand a page over, in steps of all cores together: by remapping it, or by copying it. Steps in which a
 * core waits are left out. The figures are those of `remap.ts`, with two spaces; a test counts them.
 */

/** Of a remapping, when no other core has to be told. */
export const stepsOfRemap = 24;

/** Of each core that has to be told: three of who tells it, and its own. */
export const stepsOfTelling = 16;

/** Of a copy, but for the words. */
export const stepsOfCopy = 16;

/** Of each word that is copied. */
export const stepsOfWord = 2;

/** Whether it takes less to copy a page of so many words than to remap it, with so many other cores to tell. */
export const isCopyCheaper = (words: number, others: number): boolean =>
  stepsOfCopy + words * stepsOfWord < stepsOfRemap + others * stepsOfTelling;
