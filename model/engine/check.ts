import { type Claim, showClaim } from '#model/claim.ts';
import { type Counterexample, counterexampleVersion, type Pair } from '#model/counterexample.ts';
import { counterexampleId } from '#model/engine/counterexample-id.ts';
import { Transitions } from '#model/engine/coverage/transitions.ts';
import { boundsText } from '#model/engine/every/bounds.ts';
import { EveryScenario, type Part } from '#model/engine/every/every-scenario.ts';
import type { KeptCheck, KeptSequences } from '#model/engine/every/kept.ts';
import { statesWith } from '#model/engine/every/states.ts';
import {
  type Execution,
  execute,
  type Limits,
  type Rig,
  rigFor,
  usualLimits,
} from '#model/engine/explore/execution.ts';
import type { Exhausted } from '#model/engine/explore/exploration.ts';
import { activeOf, callsOf } from '#model/engine/explore/programs.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Departure } from '#model/engine/explore/schedule.ts';
import { executionsOf, samples } from '#model/engine/explore/stream.ts';
import { judgeOrders, orderingVerdict } from '#model/engine/ordering/ordering.ts';
import type { ClaimResult, OrderReport, Outline, Plan } from '#model/engine/plan.ts';
import { Judgement, judge } from '#model/engine/refine/judge.ts';
import { contradicted, isOnExecutions, type Judged, rejectFloating } from '#model/engine/refine/judged.ts';
import { checkScenarios, checkSequences, type SequentialResult } from '#model/engine/refine/sequential.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { Minimality } from '#model/engine/shrink/minimal.ts';
import { shrinkSequence } from '#model/engine/shrink/sequence.ts';
import { shrink } from '#model/engine/shrink/shrink.ts';
import type { SpecCoverage } from '#model/engine/space/coverage.ts';
import { likelyPair } from '#model/engine/trace/culprits.ts';
import { findDecidingPair } from '#model/engine/trace/exchange.ts';
import { record } from '#model/engine/trace/record.ts';
import { SuiteError } from '#model/suite-error.ts';
import type { Verdict, Violation } from '#model/verdict.ts';

/** What a check has met of the spec. */
export interface Coverage {
  readonly states: number;
  /** How often each transition was taken; null: the check is exhaustive, and may go on from one that was kept. */
  readonly transitions: SpecCoverage | null;
}

/** What was found out about one implementation. */
export interface CheckResult {
  readonly plan: Outline;
  readonly claims: readonly ClaimResult[];
  readonly executions: number;
  readonly steps: number;
  readonly exhausted: readonly Exhausted[];
  readonly coverage: Coverage;
  /** Of an exhaustive check: what it takes to go on from here. */
  readonly kept: KeptCheck | null;
}

/** How far a check is: executions done of about how many. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Which order is being judged, if one is: how much that takes is not known before. */
  readonly at?: string;
}

/** Everything that is known of one claim while a check is under way. */
interface Open extends Judged {
  verdict: Verdict | undefined;
  counterexample: Counterexample | undefined;
  orders: OrderReport | undefined;
}

const sequencesPerSlice = 20;

/** About how many executions a plan takes; of an exhaustive one, at most: it may be infinity. */
export const sizeOf = (plan: Outline): number => {
  const scenarios = plan.suite.subject.scenarios(plan.variant).length;
  const { budget, explore, memories } = plan;
  return explore === 'exhaustive'
    ? budget.sequences + scenarios * (memories.length + 1) * executionsMaxOf(plan)
    : budget.sequences + executionsOf(plan, scenarios);
};

const executionsMaxOf = ({ executionsMax, budget }: Outline): number => executionsMax ?? budget.scenarioExecutions;

/**
 * Checks an implementation. `run` yields now and then, so that whoever drives it can show progress, or stop: `results`
 * gives what is known by then. It returns when every claim is refuted or the budget is spent.
 */
export class Check {
  readonly plan: Plan;
  readonly #rig: Rig;
  readonly #graph: SpecGraph;
  readonly #open: Open[];
  readonly #transitions = new Transitions();
  /** Of an exhaustive check: all that is known of its scenarios. */
  readonly #every: EveryScenario | undefined;
  #sequences: KeptSequences;
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
    const { explore, claims, kept, world } = plan;
    if (kept && kept.fingerprint !== world.fingerprint) throw otherCode(plan);
    this.#sequences = kept?.sequences ?? { done: 0, executions: 0 };
    if (explore === 'exhaustive') {
      const known = kept?.scenarios ?? [];
      this.#every = new EveryScenario(this.#rig, this.#graph, plan, claims, executionsMaxOf(plan), known);
    }
  }

  *run(): Generator<Progress, CheckResult> {
    const total = sizeOf(this.plan);
    yield { done: 0, total };
    const { part } = this.plan;
    if (this.#every && part) {
      yield* this.#explore(this.#every, total, part);
      return this.results();
    }
    yield* this.#inSequence(total);
    if (this.#every) {
      yield* this.#explore(this.#every, total);
      for (const _ of this.#refuteAll(this.#every)) yield { done: this.#executions + this.#every.executions, total };
    } else yield* this.#sample(total);
    yield* this.#orders(total);
    this.#finished = true;
    return this.results();
  }

  *#sample(total: number): Generator<Progress, void> {
    const { explore } = this.plan;
    if (explore === 'exhaustive') return;
    this.#tryHints();
    const stream = samples(this.#rig, { ...this.plan, explore });
    while (this.#isExploring()) {
      const next = stream.next();
      if (next.done) {
        this.#exhausted = next.value;
        break;
      }
      this.#judgeAll(next.value.execution, next.value.limits);
      if (this.#executions % 64 === 0) yield { done: this.#executions, total };
    }
  }

  *#explore(every: EveryScenario, total: number, part?: Part): Generator<Progress, void> {
    if (!this.#isExploring()) return;
    let graphs = 0;
    for (const _ of every.run(part)) {
      if (++graphs % 64 === 0) yield { done: this.#executions + every.executions, total };
    }
  }

  /** Refutes each claim that some scenario contradicts. What is known by then is final. */
  *#refuteAll(every: EveryScenario): Generator<void, void> {
    for (const [i, open] of this.#open.entries()) {
      if (open.verdict || !isOnExecutions(open.claim)) continue;
      Object.assign(open, every.judged(i));
      const contradiction = every.contradiction(i);
      if (!contradiction) continue;
      const { way, schedule } = contradiction;
      const execution = execute(this.#rig, way.program, replayStrategy(schedule), way.limits);
      this.#shrinkAndRefute(open, execution, way.limits);
      yield;
    }
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

  get #isAsFound(): boolean {
    return this.plan.stories === 'as found';
  }

  /** Claims about orders come last: they are about what all the others say. */
  *#orders(total: number): Generator<Progress, void> {
    for (const open of this.#open) {
      if (open.claim.tag !== 'ordering') continue;
      // What breaks without an order is looked for in every way: that is another question than whether all holds with it.
      const isInPart = this.#every || this.plan.explore === 'drawn';
      const plan: Plan = isInPart ? { ...this.plan, explore: 'all', kept: null } : this.plan;
      const judging = judgeOrders(plan, open.claim.responsible, (tried) => new Check(tried));
      let next = judging.next();
      for (; !next.done; next = judging.next()) {
        const { at, executions, report } = next.value;
        open.orders = report;
        open.executions = executions;
        yield { done: this.#executions + (this.#every?.executions ?? 0) + executions, total, at };
      }
      open.orders = next.value;
      open.verdict = orderingVerdict(next.value, open.executions);
    }
  }

  /** What is known by now. Claims that were still being judged when the check was stopped are given up: that is `why`. */
  results(why = 'stopped early'): CheckResult {
    const { fingerprint } = this.plan.world;
    const every = this.#every;
    if (every && !this.plan.part) for (const _ of this.#refuteAll(every));
    const states = every ? statesWith(this.#graph, this.plan.kept?.states ?? []) : [];
    return {
      plan: this.plan,
      claims: this.#open.map((open) => ({
        subject: this.plan.suite.subject.id,
        variant: this.plan.variant,
        claim: open.claim,
        verdict: open.verdict ?? this.#conclude(open, why),
        counterexample: open.counterexample,
        orders: open.orders,
      })),
      executions: this.#executions + (every?.executions ?? 0),
      steps: this.#steps + (every?.steps ?? 0),
      exhausted: every?.exhausted ?? this.#exhausted,
      coverage: every
        ? { states: states.length, transitions: null }
        : { states: this.#graph.states.size, transitions: this.#transitions.counts },
      kept: every ? { fingerprint, sequences: this.#sequences, scenarios: every.kept, states } : null,
    };
  }

  #conclude(open: Open, why: string): Verdict {
    const { claim, executions } = open;
    const gaveUp = (reason: string): Verdict => ({ tag: 'gave-up', executions, why: reason });
    const bounds = this.#boundsOf(claim, why);
    if (claim.tag === 'sometimes') {
      if (open.found) return { tag: 'holds', executions };
      return gaveUp(bounds ?? 'no execution came to such a state');
    }
    if (bounds !== undefined) return gaveUp(bounds);
    const cutOff = this.#cutOff + (this.#every?.cutOff ?? 0);
    if (claim.tag === 'progress' && cutOff > 0) return gaveUp(`${cutOff} executions were cut off at the step limit`);
    return executions === 0 ? gaveUp('nothing was executed') : { tag: 'holds', executions };
  }

  /** What kept a claim from being judged on all that it was to be judged on; undefined: nothing did. */
  #boundsOf(claim: Claim, why: string): string | undefined {
    const { plan } = this;
    if (this.#every && isOnExecutions(claim)) return boundsText(this.#every.exhausted, executionsMaxOf(plan), why);
    if (this.#every && claim.tag === 'refines' && this.#sequences.done >= plan.budget.sequences) return undefined;
    return this.#finished ? undefined : why;
  }

  *#inSequence(total: number): Generator<Progress, void> {
    const open = this.#open.find((one) => one.claim.tag === 'refines');
    if (!open) return;
    const { budget } = this.plan;
    this.#executions = this.#sequences.executions;
    open.executions = this.#sequences.executions;
    let { done } = this.#sequences;
    for (; done < budget.sequences && !open.verdict; done += sequencesPerSlice) {
      const { runs, failure } = this.#slice(done);
      this.#executions += runs;
      open.executions += runs;
      // One that fails is tried again by whoever goes on from here.
      if (!failure) this.#sequences = { done: done + sequencesPerSlice, executions: this.#executions };
      if (failure) {
        rejectFloating(failure.execution);
        const { execution, violation, minimal } = this.#isAsFound
          ? { ...failure, minimal: undefined }
          : shrinkSequence(this.#rig, this.#graph, failure);
        this.#refute(open, execution, usualLimits, violation, minimal);
      }
      yield { done: this.#executions, total };
    }
  }

  /** Some random sequences; before the first of them, those of the scenarios. */
  #slice(done: number): SequentialResult {
    const look = (execution: Execution): void => this.#transitions.note(this.#judgementOf(execution));
    const named = done === 0 ? checkScenarios(this.#rig, this.#graph, look) : undefined;
    if (named?.failure) return named;
    const drawn = checkSequences(this.#rig, this.#graph, this.plan.seed + done, sequencesPerSlice, look);
    return { runs: (named?.runs ?? 0) + drawn.runs, failure: drawn.failure };
  }

  #judgeAll(execution: Execution, limits: Limits): void {
    this.#executions++;
    this.#steps += execution.steps;
    if (execution.end === 'limit') this.#cutOff++;
    rejectFloating(execution);
    const judgement = this.#judgementOf(execution);
    this.#transitions.note(judgement);
    const open = this.#open.filter(({ verdict }) => !verdict);
    for (const one of contradicted(open, judgement)) {
      this.#shrinkAndRefute(one, execution, limits);
      if (this.plan.untilRefuted) return;
    }
  }

  #judgeOne(claim: Claim, execution: Execution): Violation | undefined {
    return judge(claim, this.#judgementOf(execution), new Set());
  }

  #judgementOf(execution: Execution): Judgement {
    return new Judgement(this.#graph, this.plan.variant, execution);
  }

  #shrinkAndRefute(open: Open, execution: Execution, limits: Limits): void {
    if (this.#isAsFound) {
      this.#refute(open, execution, limits, this.#judgeOne(open.claim, execution) as Violation);
      return;
    }
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
    const isSimple = open.claim.tag === 'refines' || this.#isAsFound;
    const decisive = isSimple ? null : this.#decisive(open.claim, execution, limits);
    const pair = isSimple ? null : this.#pair(open.claim, execution, limits, schedule[decisive ?? -1]);
    open.verdict = { tag: 'refuted', executions: open.executions, violation };
    open.counterexample = {
      version: counterexampleVersion,
      id: counterexampleId(plan, open.claim),
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
        threads: activeOf(execution.program),
        calls: callsOf(execution.program),
        switches: execution.switches,
        ...(minimal && { minimal }),
      },
    };
  }
}

const otherCode = ({ suite, variant }: Plan): SuiteError =>
  new SuiteError(
    'S605',
    `the code of ${suite.subject.id} (${variant}) is not what it was when it was kept`,
    'restore what it was, or start anew, without --resume',
  );
