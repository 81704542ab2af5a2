import type { Edit } from '#model/engine/load/hooks.ts';

/**
 * A known-bad implementation: the reference with a few pieces of its text replaced. `impl` knows nothing of it. An edit
 * whose text no longer occurs exactly once stops the museum, so a mutant cannot go stale unnoticed.
 */
export interface Mutant {
  /** Its subject's path and a name: `sync/spinlock/test-then-set`. */
  readonly id: string;
  readonly subject: string;
  readonly variant: string;
  /** One line: what is wrong. */
  readonly title: string;
  /** How it goes wrong, in a few sentences. */
  readonly story: string;
  /** Who had this bug, and when. */
  readonly origin: string;
  /** The entry of `bugs.json` that it retells, if any. */
  readonly bug: string | undefined;
  readonly edits: readonly Edit[];
  /** The id of the claim that must kill it. */
  readonly killedBy: string;
}

/** A mutant's own exhibit: its subject and a list of mutants of it. */
export const exhibit = (
  subject: string,
  mutants: readonly (Omit<Mutant, 'subject' | 'id'> & { readonly name: string })[],
): readonly Mutant[] => mutants.map(({ name, ...rest }) => ({ ...rest, subject, id: `${subject}/${name}` }));
