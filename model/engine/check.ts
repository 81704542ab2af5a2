import { type Claim, showClaim } from '#model/claim.ts';
import { type Counterexample, counterexampleVersion, type Implementation, type Pair } from '#model/counterexample.ts';
import {
  type Execution,
  execute,
  type Limits,
  type Rig,
  rigFor,
  usualLimits,
} from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Departure } from '#model/engine/explore/schedule.ts';
import { type Exhausted, executionsOf, samples } from '#model/engine/explore/stream.ts';
import { judgeOrders, orderingVerdict } from '#model/engine/ordering/ordering.ts';
import type { ClaimResult, OrderReport, Outline, Plan } from '#model/engine/plan.ts';
import { finds, Judgement, judge } from '#model/engine/refine/judge.ts';
import { checkSequences } from '#model/engine/refine/sequential.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { Minimality } from '#model/engine/shrink/minimal.ts';
import { shrinkSequence } from '#model/engine/shrink/sequence.ts';
import { shrink } from '#model/engine/shrink/shrink.ts';
import { likelyPair } from '#model/engine/trace/culprits.ts';
import { findDecidingPair } from '#model/engine/trace/exchange.ts';
import { record } from '#model/engine/trace/record.ts';
import { SuiteError } from '#model/suite-error.ts';
import type { Verdict, Violation } from '#model/verdict.ts';

/** What was found out about one implementation. */
export interface CheckResult {
  readonly plan: Outline;
  readonly claims: readonly ClaimResult[];
  readonly executions: number;
  readonly steps: number;
  readonly exhausted: readonly Exhausted[];
  readonly coverage: { readonly states: number; readonly specSteps: number };
}

/** How far a check is: executions done of about how many. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Which order is being judged, if one is: how much that takes is not known before. */
  readonly at?: string;
}

/** Everything that is known of one claim while a check is under way. */
interface Open {
  readonly claim: Claim;
  /** States known to satisfy it. */
  readonly fine: Set<number>;
  verdict: Verdict | undefined;
  counterexample: Counterexample | undefined;
  orders: OrderReport | undefined;
  /** A `sometimes` claim has been found. */
  found: boolean;
  executions: number;
}

const sequencesPerSlice = 20;

/** About how many executions a plan takes. */
export const sizeOf = (plan: Outline): number =>
  plan.budget.sequences + executionsOf(plan, plan.suite.subject.scenarios(plan.variant).length);

/**
 * Checks an implementation. `run` yields now and then, so that whoever drives it can show progress, or stop: `results`
 * gives what is known by then. It returns when every claim is refuted or the budget is spent.
 */
export class Check {
  readonly plan: Plan;
  readonly #rig: Rig;
  readonly #graph: SpecGraph;
  readonly #open: Open[];
  #executions = 0;
  #steps = 0;
  #cutOff = 0;
  #exhausted: readonly Exhausted[] = [];
  #finished = false;

  constructor(plan: Plan) {
    this.plan = plan;
    this.#rig = rigFor(plan.suite.subject, plan.variant, plan.world);
    this.#graph = new SpecGraph(plan.suite.subject);
    this.#open = plan.claims.map((claim) => ({
      claim,
      fine: new Set<number>(),
      verdict: undefined,
      counterexample: undefined,
      orders: undefined,
      found: false,
      executions: 0,
    }));
  }

  *run(): Generator<Progress, CheckResult> {
    const total = sizeOf(this.plan);
    yield { done: 0, total };
    yield* this.#sequences(total);
    this.#tryHints();
    const stream = samples(this.#rig, this.plan);
    while (this.#isExploring()) {
      const next = stream.next();
      if (next.done) {
        this.#exhausted = next.value;
        break;
      }
      this.#judgeAll(next.value.execution, next.value.limits);
      if (this.#executions % 64 === 0) yield { done: this.#executions, total };
    }
    yield* this.#orders(total);
    this.#finished = true;
    return this.results();
  }

  #tryHints(): void {
    const { hints, weakening } = this.plan;
    for (const hint of hints) {
      if (!this.#isExploring()) return;
      const limits = { ...hint.limits, weakening };
      this.#judgeAll(execute(this.#rig, hint.program, replayStrategy(hint.schedule), limits), limits);
    }
  }

  /** Whether executions are still looked for: a claim that is judged on them is open. */
  #isExploring(): boolean {
    if (this.plan.untilRefuted && this.#open.some((open) => open.verdict?.tag === 'refuted')) return false;
    return this.#open.some(({ claim, verdict }) => isOnExecutions(claim) && !verdict);
  }

  /** Claims about orders come last: they are about what all the others say. */
  *#orders(total: number): Generator<Progress, void> {
    for (const open of this.#open) {
      if (open.claim.tag !== 'ordering') continue;
      const judging = judgeOrders(this.plan, open.claim.responsible, (plan) => new Check(plan));
      let next = judging.next();
      for (; !next.done; next = judging.next()) {
        const { at, executions, report } = next.value;
        open.orders = report;
        open.executions = executions;
        yield { done: this.#executions + executions, total, at };
      }
      open.orders = next.value;
      open.verdict = orderingVerdict(next.value, open.executions);
    }
  }

  /** What is known by now. Claims that were still being judged when the check was stopped are given up. */
  results(): CheckResult {
    return {
      plan: this.plan,
      claims: this.#open.map((open) => ({
        subject: this.plan.suite.subject.id,
        variant: this.plan.variant,
        claim: open.claim,
        verdict: open.verdict ?? this.#conclude(open),
        counterexample: open.counterexample,
        orders: open.orders,
      })),
      executions: this.#executions,
      steps: this.#steps,
      exhausted: this.#exhausted,
      coverage: { states: this.#graph.states.size, specSteps: this.#graph.computed },
    };
  }

  #conclude(open: Open): Verdict {
    const { executions } = open;
    if (open.claim.tag === 'sometimes') {
      if (open.found) return { tag: 'holds', executions };
      return {
        tag: 'gave-up',
        executions,
        why: this.#finished ? 'no execution came to such a state' : 'stopped early',
      };
    }
    if (!this.#finished) return { tag: 'gave-up', executions, why: 'stopped early' };
    if (open.claim.tag === 'progress' && this.#cutOff > 0) {
      return { tag: 'gave-up', executions, why: `${this.#cutOff} executions were cut off at the step limit` };
    }
    if (executions === 0) return { tag: 'gave-up', executions, why: 'nothing was executed' };
    return { tag: 'holds', executions };
  }

  *#sequences(total: number): Generator<Progress, void> {
    const open = this.#open.find((one) => one.claim.tag === 'refines');
    if (!open) return;
    for (let done = 0; done < this.plan.budget.sequences && !open.verdict; done += sequencesPerSlice) {
      const { runs, failure } = checkSequences(this.#rig, this.#graph, this.plan.seed + done, sequencesPerSlice);
      this.#executions += runs;
      open.executions += runs;
      if (failure) {
        rejectFloating(failure.execution);
        const { execution, violation, minimal } = shrinkSequence(this.#rig, this.#graph, failure);
        this.#refute(open, execution, usualLimits, violation, minimal);
      }
      yield { done: this.#executions, total };
    }
  }

  #judgeAll(execution: Execution, limits: Limits): void {
    this.#executions++;
    this.#steps += execution.steps;
    if (execution.end === 'limit') this.#cutOff++;
    rejectFloating(execution);
    const judgement = new Judgement(this.#graph, this.plan.variant, execution);
    for (const open of this.#open) {
      if (open.verdict || !isOnExecutions(open.claim)) continue;
      if (isAboutStates(open.claim) && judgement.answers.tag === 'unexplained') continue; // no states to look at
      open.executions++;
      open.found ||= finds(open.claim, judgement);
      const violation = judge(open.claim, judgement, open.fine);
      if (violation) this.#shrinkAndRefute(open, execution, limits);
      if (violation && this.plan.untilRefuted) return;
    }
  }

  #judgeOne(claim: Claim, execution: Execution): Violation | undefined {
    return judge(claim, new Judgement(this.#graph, this.plan.variant, execution), new Set());
  }

  #shrinkAndRefute(open: Open, execution: Execution, limits: Limits): void {
    const fails = (candidate: Execution): boolean => this.#judgeOne(open.claim, candidate) !== undefined;
    const smallest = shrink(this.#rig, execution, limits, fails);
    const violation = this.#judgeOne(open.claim, smallest.execution) as Violation;
    this.#refute(open, smallest.execution, smallest.limits, violation, smallest.minimal);
  }

  /**
   * The last departure without which this would not have happened. What the memory did comes first: where it takes a weak
   * one, that is what there is to understand.
   */
  #decisive(claim: Claim, { program, schedule }: Execution, limits: Limits): number | null {
    const isOfMemory = (index: number): boolean => schedule[index]?.way !== undefined;
    const last = [...schedule.keys()].reverse();
    for (const i of [...last.filter(isOfMemory), ...last.filter((index) => !isOfMemory(index))]) {
      const without = execute(this.#rig, program, replayStrategy(schedule.toSpliced(i, 1)), limits);
      if (!this.#judgeOne(claim, without)) return i;
    }
    return null;
  }

  /**
   * The two accesses whose order decides. What the memory did at a decisive departure decides by that; else whatever was
   * likely is tried first.
   */
  #pair(claim: Claim, execution: Execution, limits: Limits, decisive: Departure | undefined): Pair | null {
    const { program, schedule } = execution;
    const likely = likelyPair(record(this.#rig, program, schedule, limits), decisive);
    if (likely && (decisive?.way !== undefined || execution.fault?.tag === 'data race')) return likely;
    const fails = (candidate: Execution): boolean => this.#judgeOne(claim, candidate) !== undefined;
    return findDecidingPair(this.#rig, execution, limits, likely, fails) ?? null;
  }

  #refute(open: Open, execution: Execution, limits: Limits, violation: Violation, minimal?: Minimality): void {
    const { plan } = this;
    const { subject } = plan.suite;
    const { schedule } = execution;
    const isSequence = open.claim.tag === 'refines';
    const decisive = isSequence ? null : this.#decisive(open.claim, execution, limits);
    const pair = isSequence ? null : this.#pair(open.claim, execution, limits, schedule[decisive ?? -1]);
    open.verdict = { tag: 'refuted', executions: open.executions, violation };
    open.counterexample = {
      version: counterexampleVersion,
      id: fileName([subject.id, plan.variant, open.claim.id, ...nameOf(plan.implementation), ...weakeningName(plan)]),
      subject: subject.id,
      variant: plan.variant,
      claim: open.claim.id,
      sentence: showClaim(open.claim),
      implementation: plan.implementation,
      fingerprint: plan.world.fingerprint,
      seed: plan.seed,
      program: execution.program,
      schedule,
      decisive,
      pair,
      limits,
      violation,
      story: {
        threads: execution.program.threads.filter((calls) => calls.length > 0).length,
        calls: execution.program.threads.flat().length,
        switches: execution.switches,
        ...(minimal && { minimal }),
      },
    };
  }
}

/** Whether a claim is judged on the executions of the exploration. */
const isOnExecutions = ({ tag }: Claim): boolean => tag !== 'refines' && tag !== 'ordering';

/** Claims about the spec's states say nothing of an execution that the spec does not explain, and must not count it. */
const isAboutStates = ({ tag }: Claim): boolean => tag === 'always' || tag === 'never' || tag === 'sometimes';

/** A micro-op that was never yielded is the author's slip, not a finding about the protocol. */
const rejectFloating = (execution: Execution): void => {
  if (execution.fault?.tag !== 'floating micro-op') return;
  throw new SuiteError(
    'S205',
    'the implementation makes a micro-op and does not yield it',
    'write `yield` before every load, store and the like, and `yield*` before every routine',
  );
};

const nameOf = (implementation: Implementation): string[] => {
  if (implementation.tag === 'mutant') return [implementation.id];
  return implementation.tag === 'file' ? [implementation.path.replace(/^.*\//, '')] : [];
};

const weakeningName = ({ weakening }: Plan): string[] => (weakening ? [weakening.site, weakening.to] : []);

const fileName = (parts: readonly string[]): string =>
  parts
    .join('-')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
