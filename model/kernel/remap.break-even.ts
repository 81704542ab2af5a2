/**
 * Remapping against copying: from which size on a message is better remapped, and up to which rate.
 *
 * What a message takes is counted on the machine, and a test counts it again: entries of page tables, words copied, cores
 * told, translations forgotten. What each of those costs on a processor is assumed, and named here: other figures give
 * other curves of the same shape. There is no rate at which a choice would flip by what messages cost alone, since both
 * costs grow with the rate alike; there is one once it counts that a remapping interrupts the other cores.
 */

/** What a message takes, counted. */
export interface Counts {
  readonly entriesWritten: number;
  readonly wordsCopied: number;
  readonly coresTold: number;
  /** By all cores together. */
  readonly translationsForgotten: number;
}

/** Of a message of so many pages that is remapped: each leaves a table and enters another, and one shootdown is for all. */
export const countsOfRemap = (pages: number, otherCores: number): Counts => ({
  entriesWritten: 2 * pages,
  wordsCopied: 0,
  coresTold: otherCores,
  translationsForgotten: pages * (otherCores + 1),
});

/** Of a message of so many pages that is copied. Its pages are new in the receiver's table: nobody knows them. */
export const countsOfCopy = (pages: number, wordsPerPage: number): Counts => ({
  entriesWritten: pages,
  wordsCopied: pages * wordsPerPage,
  coresTold: 0,
  translationsForgotten: 0,
});

/** What things cost, in cycles: assumptions, of the order that is usual for a processor of several cores at 3 GHz. */
export const assumed = {
  /** A page, in words of 4 bytes. */
  pageWords: 1024,
  entryWritten: 50,
  /** With what the copy drives out of the caches. */
  wordCopied: 1,
  /** To send one interrupt, and later to see its answer. */
  coreTold: 300,
  /** The interrupted core: into its kernel and out again. */
  interrupted: 1200,
  translationForgotten: 150,
  cyclesPerSecond: 3e9,
  /** The share of each other core's time that remapping may take. */
  interferenceMax: 0.01,
} as const;

/** Whose time counts: that of all cores together, or that of the sender, who waits for the others to do it side by side. */
export type Whose = 'all cores' | 'sender';

/** What a message costs, in cycles. */
export const cyclesOf = (counts: Counts, whose: Whose): number => {
  const { entriesWritten, wordsCopied, coresTold, translationsForgotten } = counts;
  const own = entriesWritten * assumed.entryWritten + wordsCopied * assumed.wordCopied + coresTold * assumed.coreTold;
  if (whose === 'all cores') {
    return own + coresTold * assumed.interrupted + translationsForgotten * assumed.translationForgotten;
  }
  const each = translationsForgotten / (coresTold + 1); // first the others, then this one, while they do the same
  return own + each * assumed.translationForgotten + (coresTold === 0 ? 0 : cyclesTaken(each));
};

/** What a remapped message of so many pages takes of each other core, in cycles. */
export const cyclesTaken = (pages: number): number => assumed.interrupted + pages * assumed.translationForgotten;

const isRemapCheaper = (pages: number, cores: number, whose: Whose): boolean =>
  cyclesOf(countsOfRemap(pages, cores - 1), whose) < cyclesOf(countsOfCopy(pages, assumed.pageWords), whose);

/** The smallest message, in pages, that costs less remapped than copied, where so many cores run the sender; null: none. */
export const breakEvenPages = (cores: number, whose: Whose): number | null => {
  const remapped = (pages: number) => cyclesOf(countsOfRemap(pages, cores - 1), whose);
  if (remapped(2) - remapped(1) >= cyclesOf(countsOfCopy(1, assumed.pageWords), whose)) return null; // each page makes it worse
  for (let pages = 1; ; pages++) if (isRemapCheaper(pages, cores, whose)) return pages;
};

/**
 * Up to how many messages of so many pages a second it is better to remap, where so many cores run the sender: more would
 * take too much of the other cores. 0: copying costs the sender less at any rate. Infinity: there is no other core.
 */
export const criticalRatePerSecond = (pages: number, cores: number): number => {
  if (!isRemapCheaper(pages, cores, 'sender')) return 0;
  return cores === 1
    ? Number.POSITIVE_INFINITY
    : (assumed.interferenceMax * assumed.cyclesPerSecond) / cyclesTaken(pages);
};
