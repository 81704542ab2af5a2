import type { OutsideRun } from '#model/engine/outside/run.ts';

/** What a claim says of a run; or what was wrong with it, in words: it threw, or gave neither true nor false. */
export type Said = boolean | { readonly mistake: string };

/** A submission whose claims can be asked. What it exports is its own words, and not to be believed before it is read. */
export interface Session {
  readonly exported: unknown;
  /** What each of its claims says of a run, in their order. */
  holds(run: OutsideRun): readonly Said[];
  close(): void;
}

/** Begins a session with the submission as it is when it has just been loaded. */
export type Open = () => Promise<Session>;
