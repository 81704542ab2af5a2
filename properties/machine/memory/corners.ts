import { programOf } from '#properties/machine/memory/programs.ts';

/** Programs of C that single rules of RC11 decide, in which nothing else does. */
export const corners = [
  'W.relaxed x; c.release; W.relaxed y; W.relaxed y | R.acquire y; R.relaxed x', // a release fence is for all that follows
  'W.relaxed x; c.acquire; W.relaxed y | R.acquire y; R.relaxed x', // an acquire fence does not release
  'W.relaxed x; W.release y | R.relaxed y; c.release; R.relaxed x', // a release fence does not acquire
  'W.relaxed x; c.seq_cst; R.relaxed y | W.seq_cst y; R.seq_cst x', // seq_cst fences and accesses, in one order
  'W.seq_cst x | R.relaxed x; c.seq_cst; R.relaxed y | W.seq_cst y; R.seq_cst x', // a store that was seen before a fence
  'W.seq_cst x | R.acquire x; c.seq_cst; R.relaxed y | W.seq_cst y; R.seq_cst x', // the same, acquired
  'W.seq_cst x | swap.seq_cst x | R.acquire x; R.seq_cst y | W.seq_cst y; R.seq_cst x', // an update is two events
  'W.relaxed x; c.seq_cst; R.seq_cst y | W.seq_cst y; c.seq_cst; R.relaxed x', // a fence, then an access
  'W.relaxed x; c.seq_cst; W.release y | R.seq_cst y; R.seq_cst y | W.seq_cst x', // a fence, then a word it showed
].map(programOf);
