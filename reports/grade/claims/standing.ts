import type { Seen } from '#model/engine/outside/runs.ts';
import type { Asked } from '#reports/grade/claims/asked.ts';
import type { Suspect } from '#reports/grade/claims/suspect.ts';

/** A claim, by its place in the list, that does not accept a right implementation, and a run that shows it. */
export interface Objection {
  readonly claim: number;
  readonly seen: Seen;
  /** What was wrong with the claim; null: it said no. */
  readonly mistake: string | null;
}

const callsOf = ({ run }: Seen): number => run.program.threads.flat().length;

const isSmaller = (one: Seen, other: Seen): boolean =>
  callsOf(one) < callsOf(other) || (callsOf(one) === callsOf(other) && one.key.length < other.key.length);

/** What is known by now of so many claims, from all that was seen of these implementations. */
export class Standing {
  readonly #asked: Asked;
  readonly #claims: number;
  /** Claims that refute something right (null), or that made a mistake anywhere (which): what they refute does not count. */
  readonly #discredited = new Map<number, string | null>();

  constructor(asked: Asked, claims: number, suspects: readonly Suspect[]) {
    this.#asked = asked;
    this.#claims = claims;
    for (const suspect of suspects) {
      for (const { run } of suspect.seen.values()) {
        for (const [claim, said] of asked.of(run).entries()) {
          if (this.#discredited.has(claim) || said === true) continue;
          if (said !== false) this.#discredited.set(claim, said.mistake);
          else if (suspect.isRight) this.#discredited.set(claim, null);
        }
      }
    }
  }

  /** The first claim that counts and says no to something that was seen; undefined: there is none. */
  killerOf(suspect: Suspect): number | undefined {
    const refuting = this.#refuting(suspect);
    return [...Array(this.#claims).keys()].find((claim) => refuting.has(claim) && !this.#discredited.has(claim));
  }

  /** The first claim that would refute it, if it counted, and what mistake it made, if it did; undefined: none does. */
  discreditedKillerOf(suspect: Suspect): { readonly claim: number; readonly mistake: string | null } | undefined {
    const refuting = this.#refuting(suspect);
    const found = [...this.#discredited].sort(([one], [other]) => one - other).find(([claim]) => refuting.has(claim));
    return found && { claim: found[0], mistake: found[1] };
  }

  #refuting(suspect: Suspect): ReadonlySet<number> {
    const refuting = new Set<number>();
    for (const { run } of suspect.seen.values()) {
      for (const [claim, said] of this.#asked.of(run).entries()) if (said === false) refuting.add(claim);
    }
    return refuting;
  }

  /** What the claims have against something right: of each the smallest run, in the order of the claims. */
  objectionsTo(suspect: Suspect): readonly Objection[] {
    const smallest = new Map<number, Objection>();
    for (const seen of suspect.seen.values()) {
      for (const [claim, said] of this.#asked.of(seen.run).entries()) {
        const known = smallest.get(claim);
        if (said === true || (known && !isSmaller(seen, known.seen))) continue;
        smallest.set(claim, { claim, seen, mistake: said === false ? null : said.mistake });
      }
    }
    return [...smallest.values()].sort((one, other) => one.claim - other.claim);
  }
}
