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

/** Two sessions with one submission, which end when `use` has: each is its claims as they are when just loaded. */
export const inTwoSessions = async <T>(
  open: Open,
  use: (sessions: readonly [Session, Session]) => Promise<T>,
): Promise<T> => {
  const sessions: Session[] = [];
  try {
    sessions.push(await open());
    sessions.push(await open());
    return await use(sessions as [Session, Session]);
  } finally {
    for (const session of sessions) session.close();
  }
};
