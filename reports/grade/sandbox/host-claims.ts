/** Claims that were handed in, in the submission's own process: what they are called, and what they say of a run. */
import { plainOf, textOf } from '#reports/grade/sandbox/host-values.ts';
import type { Value } from '#reports/grade/sandbox/protocol.ts';

/** What a claim says: yes or no; or a text, what was wrong with it. */
export type SaidOf = boolean | string;

interface ClaimLike {
  readonly id?: unknown;
  readonly sentence?: unknown;
  readonly holds?: unknown;
}

/** The claims and workloads that a module exports. Its getters are read once, here. */
export class HandedInClaims {
  /** Plain data: of each claim, in place of `holds`, what that is. */
  readonly exported: Value;
  readonly #holds: readonly unknown[];

  constructor(module: Readonly<Record<string, unknown>>) {
    const { claims, workloads } = module;
    const listed: readonly unknown[] = Array.isArray(claims) ? [...claims] : [];
    const looked = listed.map((claim) => {
      const { id, sentence, holds } = (claim ?? {}) as ClaimLike;
      return { id, sentence, holds };
    });
    this.#holds = looked.map(({ holds }) => holds);
    const named = looked.map(({ id, sentence, holds }) => ({ id, sentence, holds: typeof holds }));
    this.exported = plainOf({ claims: Array.isArray(claims) ? named : null, workloads });
  }

  /** What each claim says of a run, which must be frozen: claims share it. */
  ask(run: unknown): readonly SaidOf[] {
    return this.#holds.map((holds) => {
      try {
        const said: unknown = (holds as (run: unknown) => unknown)(run);
        return typeof said === 'boolean' ? said : `it gave ${textOf(said)}, not true or false`;
      } catch (error) {
        return `it threw ${textOf(error instanceof Error ? `${error.name}: ${error.message}` : error)}`;
      }
    });
  }
}
