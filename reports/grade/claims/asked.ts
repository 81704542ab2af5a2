import { createHash } from 'node:crypto';
import type { OutsideRun } from '#model/engine/outside/run.ts';
import { keyOf, type Seen } from '#model/engine/outside/runs.ts';
import type { Said, Session } from '#reports/grade/claims/session.ts';

/** Where a run stands when many are asked about: by nothing that tells of which implementation it is. */
const placeOf = (key: string): string => createHash('sha256').update(key).digest('hex');

const isSame = (one: Said | undefined, other: Said | undefined): boolean =>
  typeof one === 'boolean' ? one === other : typeof other === 'object';

const unsteady: Said = { mistake: 'it said two things about the same run: let it look at nothing but the run' };

/**
 * What the claims of a submission say of runs. Each run is asked about once in each of two sessions, and in each of them
 * after others; what is said is remembered. So a claim cannot tell of which implementation a run is, nor make its answer
 * depend on what it was asked before: where it does, that is a mistake.
 */
export class Asked {
  readonly #forwards: Session;
  readonly #backwards: Session;
  readonly #said = new Map<string, readonly Said[]>();

  constructor(forwards: Session, backwards: Session) {
    this.#forwards = forwards;
    this.#backwards = backwards;
  }

  /** Asks about all these runs, those of all implementations together. */
  askAll(all: Iterable<Seen>): void {
    const runs = new Map<string, OutsideRun>();
    for (const { key, run } of all) if (!this.#said.has(key)) runs.set(key, run);
    const places = new Map([...runs.keys()].map((key) => [key, placeOf(key)]));
    const inOrder = [...runs.keys()].sort((one, other) =>
      (places.get(one) ?? '') < (places.get(other) ?? '') ? -1 : 1,
    );
    for (const key of inOrder) this.#said.set(key, this.#forwards.holds(runs.get(key) as OutsideRun));
    for (const key of inOrder.toReversed()) {
      const again = this.#backwards.holds(runs.get(key) as OutsideRun);
      const said = this.#said.get(key) ?? [];
      this.#said.set(
        key,
        said.map((one, claim) => (isSame(one, again[claim]) ? one : unsteady)),
      );
    }
  }

  /** What the claims say of a run, in their order; it is asked about now if it never was. */
  of(run: OutsideRun): readonly Said[] {
    const key = keyOf(run);
    const known = this.#said.get(key) ?? this.#forwards.holds(run);
    this.#said.set(key, known);
    return known;
  }
}
