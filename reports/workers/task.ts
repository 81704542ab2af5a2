import { ordering, type Suite } from '#model/claim.ts';
import type { Implementation } from '#model/counterexample.ts';
import type { CheckResult } from '#model/engine/check.ts';
import type { Part } from '#model/engine/every/every-scenario.ts';
import type { KeptCheck } from '#model/engine/every/kept.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import type { Exploration } from '#model/engine/explore/exploration.ts';
import { type ClaimResult, type Outline, storiesOf, usualPlan } from '#model/engine/plan.ts';
import type { Story } from '#model/engine/trace/story.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { InternalError } from '#model/suite-error.ts';
import { suites } from '#properties/index.ts';
import { loadImplementation } from '#reports/cli/counterexamples.ts';
import { drive } from '#reports/cli/drive.ts';
import type { Interrupt } from '#reports/cli/interrupt.ts';
import { type Covered, cover } from '#reports/coverage/cover.ts';

/** What to find out about one implementation: a plan by its names, since a plan itself has functions in it. */
export interface Task extends Omit<Exploration, 'weakening'> {
  readonly subject: string;
  readonly variant: string;
  readonly implementation: Implementation;
  /** Ids of the claims to judge. */
  readonly claims: readonly string[];
  /** If all executions are explored: how many at most of each scenario, and what is known already (see `Plan`). */
  readonly executionsMax?: number;
  readonly kept?: KeptCheck;
  readonly part?: Part;
  /** Whether to find out what its executions meet, too. */
  readonly covers?: true;
}

/** What was found out, in the same way by its names. */
export interface Findings extends Omit<CheckResult, 'plan' | 'claims'> {
  /** In the order of the task's claims. */
  readonly claims: readonly Omit<ClaimResult, 'claim'>[];
  /** Each counterexample told, by its id. */
  readonly stories: ReadonlyMap<string, Story>;
  /** What its executions meet. Absent: nobody asked, or somebody stopped the task. */
  readonly covered?: Covered;
}

/** What was found out, with its plan again. */
export interface Answer extends Pick<Findings, 'stories' | 'covered'> {
  readonly result: CheckResult;
}

/** The plan that a task stands for. */
export const outlineOf = (task: Task): Outline => {
  const { subject, claims, covers: _, ...rest } = task;
  const suite = suites.find((candidate) => candidate.subject.id === subject);
  if (!suite) throw new InternalError(`no suite for ${subject}`);
  return { ...usualPlan, ...rest, suite, claims: claims.map((id) => claimOf(suite, id)) };
};

/** The claim on orders can be asked about any subject. */
const claimOf = (suite: Suite, id: string): ClaimResult['claim'] => {
  const claim = [...suite.claims, ordering()].find((candidate) => candidate.id === id);
  if (!claim) throw new InternalError(`${suite.subject.id} makes no claim ${id}`);
  return claim;
};

/** Does a task. Gives undefined if it is stopped before it has begun. */
export const perform = async (
  task: Task,
  interrupt: Interrupt,
  onProgress: (done: number, at: string | undefined) => void,
): Promise<Findings | undefined> => {
  if (interrupt.isRequested && !task.kept) return undefined;
  const world = await loadImplementation(task.subject, task.variant, task.implementation);
  const outline = { ...outlineOf(task), world };
  const covered = task.covers && (await cover(outline, interrupt, onProgress));
  const { plan, claims, ...counts } = await drive(outline, interrupt, onProgress);
  const rig = rigFor(plan.suite.subject, plan.variant, world);
  const stories = new Map(claims.flatMap(storiesOf).map((story) => [story.id, tell(rig, story)]));
  const found = { ...counts, claims: claims.map(({ claim: _, ...rest }) => rest), stories };
  return covered && !interrupt.isRequested ? { ...found, covered } : found;
};

/** Puts the plan back that `perform` has left out. */
export const answerOf = (task: Task, { claims, stories, covered, ...counts }: Findings): Answer => {
  const plan = outlineOf(task);
  const withClaims = claims.map((found, i) => ({ ...found, claim: plan.claims[i] as ClaimResult['claim'] }));
  const answer = { result: { ...counts, plan, claims: withClaims }, stories };
  return covered ? { ...answer, covered } : answer;
};

/** What is known of a task that never began, and why it did not. */
export const unbegun = (task: Task, why: string): Answer => {
  const verdict = { tag: 'gave-up', executions: 0, why } as const;
  const { subject, variant } = task;
  const claims = task.claims.map(() => ({ subject, variant, verdict, counterexample: undefined, orders: undefined }));
  const coverage = { states: 0, transitions: null };
  const nothing = { executions: 0, steps: 0, exhausted: [], coverage, kept: null, stories: new Map() };
  return answerOf(task, { claims, ...nothing });
};
