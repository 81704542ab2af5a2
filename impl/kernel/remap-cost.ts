/**
 * What it costs to hand a page over, counted in steps of all cores together: by remapping it or by copying it. A step is
 * a visible micro-op. The figures are counted on the machine; a test counts them again.
 */

/** Of a remapping, with no other core to tell. */
export const stepsOfRemap = 20;

/** Of a remapping, for each other core that runs the sender's space: it is told, interrupted, forgets and answers. */
export const stepsOfTelling = 20;

/** Of a copy, without the words. */
export const stepsOfCopy = 10;

/** Of each word that is copied. */
export const stepsOfWord = 2;

/** Whether it costs less to copy a page of so many words than to remap it, with so many other cores to tell. */
export const isCopyCheaper = (words: number, others: number): boolean =>
  stepsOfCopy + words * stepsOfWord < stepsOfRemap + others * stepsOfTelling;
