/** Claims that were handed in, in the submission's own process: what they are called, and what they say of a run. */
import { plainOf, textOf, thrownText } from '#reports/grade/sandbox/host-values.ts';
import { textLengthMax, type Value } from '#reports/grade/sandbox/protocol.ts';

interface ClaimLike {
  readonly id?: unknown;
  readonly sentence?: unknown;
  readonly holds?: unknown;
}

/** The claims and workloads that a module exports. Its getters are read once, here. */
export class HandedInClaims {
  /** Plain data: of each claim, in place of `holds`, what that is. */
  readonly exported: Value;
  readonly #asking: readonly ((run: unknown) => unknown)[];

  constructor(module: Readonly<Record<string, unknown>>) {
    const { claims, workloads } = module;
    const looked = (Array.isArray(claims) ? [...claims] : []).map((claim: unknown) => {
      const { id, sentence, holds } = (claim ?? {}) as ClaimLike;
      return { id, sentence, holds, claim };
    });
    this.#asking = looked.map(
      ({ holds, claim }) =>
        (run) =>
          Reflect.apply(holds as () => unknown, claim, [run]),
    );
    const named = looked.map(({ id, sentence, holds }) => ({ id, sentence, holds: typeof holds }));
    this.exported = plainOf({ claims: Array.isArray(claims) ? named : null, workloads });
  }

  /** What each claim says of a run, which must be frozen, since they share it: yes, no, or what was wrong with it. */
  ask(run: unknown): readonly (boolean | string)[] {
    return this.#asking.map((ask) => {
      try {
        const said = ask(run);
        return typeof said === 'boolean' ? said : short(`it gave ${textOf(said)}, not true or false`);
      } catch (error) {
        return short(`it threw ${thrownText(error)}`);
      }
    });
  }
}

const short = (text: string): string => text.slice(0, textLengthMax);
