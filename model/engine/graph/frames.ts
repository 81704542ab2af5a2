/** What a frame of the explorer's stack tries one after the other. */
export const Tries = {
  /** The writes that a new read may read. */
  sources: 0,
  /** The places in mo of a new write; then the reads that may be revisited for it. */
  places: 1,
  /** The places in mo of a write that has revisited a read. */
  revisits: 2,
  /** Nothing: a fence. */
  nothing: 3,
} as const;

/** The numbers of a frame. What it tries; its event; the place in mo that is tried now. */
export const tries = 0;
export const eventOf = 1;
export const positionOf = 2;
/** The first place that may be tried. Once all have been: the oldest read that may be revisited. */
export const firstOf = 3;
/** Up to where the graph has been looked through for those. Of a revisit: the read. */
export const scanOf = 4;
/** The first thread that may have something to do once something is tried. */
export const fromOf = 5;
export const frameSize = 6;

/** No place in mo is tried yet, or nothing has been looked through. */
export const none = -1;
