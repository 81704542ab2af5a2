import type { Weakening } from '#impl/machine/weakening.ts';
import type { Claim, Suite } from '#model/claim.ts';
import type { Counterexample, Implementation } from '#model/counterexample.ts';
import type { Part } from '#model/engine/every/every-scenario.ts';
import type { KeptCheck } from '#model/engine/every/kept.ts';
import type { Exploration } from '#model/engine/explore/exploration.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import type { World } from '#model/engine/load/world.ts';
import type { Site } from '#model/engine/ordering/sites.ts';
import type { Verdict } from '#model/verdict.ts';

/** One implementation of one variant of a subject, and what to find out about it. */
export interface Plan extends Exploration {
  readonly suite: Suite;
  readonly variant: string;
  readonly world: World;
  readonly implementation: Implementation;
  /** Of the suite's claims, those to judge. */
  readonly claims: readonly Claim[];
  /** Stops as soon as one claim is refuted. */
  readonly untilRefuted: boolean;
  /** Whether a story is made as small as can be, or told as it was found, which takes a third of the time. */
  readonly stories: 'smallest' | 'as found';
  /** Stories of like mistakes, to be tried first. */
  readonly hints: readonly Pick<Counterexample, 'program' | 'schedule' | 'limits'>[];
  /** If all executions are explored: of each scenario at most so many; null: as many as the budget says. */
  readonly executionsMax: number | null;
  /** If all executions are explored: what is known already. */
  readonly kept: KeptCheck | null;
  /** If all executions are explored: only those of these scenarios, for `kept`, and nothing is concluded. */
  readonly part: Part | null;
}

/** A plan whose implementation is not loaded here. */
export type Outline = Omit<Plan, 'world'>;

/** A plan for code as it stands, to be explored in every way. */
export const usualPlan = {
  explore: 'all',
  memories: memoryNames,
  weakening: null,
  untilRefuted: false,
  stories: 'smallest',
  hints: [],
  executionsMax: null,
  kept: null,
  part: null,
} as const satisfies Partial<Plan>;

/** What was found out about one claim. */
export interface ClaimResult {
  readonly subject: string;
  readonly variant: string;
  readonly claim: Claim;
  readonly verdict: Verdict;
  readonly counterexample: Counterexample | undefined;
  /** Of a claim about orders: what was found out about each. */
  readonly orders: OrderReport | undefined;
}

/** What was found out about the orders of an implementation. */
export interface OrderReport {
  /** What breaks though nothing is made weaker: then a weakening says nothing, and no site is reported. */
  readonly broken: Counterexample | undefined;
  readonly sites: readonly SiteReport[];
}

/** A site made one step weaker, and what came of it. */
export interface Weakened {
  readonly to: Weakening['to'];
  /** What breaks; undefined: nothing that was found, and then the order is not shown to be needed. */
  readonly counterexample: Counterexample | undefined;
  readonly executions: number;
}

/** A site, and what came of making it weaker. */
export interface SiteReport {
  readonly site: Site;
  readonly weakened: readonly Weakened[];
}

/** Every story that a result has: what contradicts the claim, and what breaks where an order is made weaker. */
export const storiesOf = ({ counterexample, orders }: ClaimResult): readonly Counterexample[] =>
  [
    counterexample,
    ...(orders?.sites ?? []).flatMap(({ weakened }) => weakened.map((one) => one.counterexample)),
  ].filter((story) => story !== undefined);
