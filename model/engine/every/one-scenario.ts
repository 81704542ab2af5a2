import type { Claim } from '#model/claim.ts';
import { EveryExecution, notBegun, type Standing } from '#model/engine/cores/every.ts';
import type { Failing, KeptScenario } from '#model/engine/every/kept.ts';
import type { Rig } from '#model/engine/explore/execution.ts';
import type { Exhausted } from '#model/engine/explore/exploration.ts';
import type { Way } from '#model/engine/explore/ways.ts';
import { Judgement } from '#model/engine/refine/judge.ts';
import { contradicted, type Judged, rejectFloating } from '#model/engine/refine/judged.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';

/** What one scenario says of a claim. */
interface Open extends Judged {
  failing: Failing | null;
}

/** Judges every execution of one scenario. What other scenarios say of the same claims does not matter here. */
export class OneScenario {
  readonly way: Way;
  readonly claims: readonly Open[];
  executions = 0;
  steps = 0;
  /** Executions that were cut off at the step limit. */
  cutOff = 0;
  readonly #rig: Rig;
  readonly #graph: SpecGraph;
  /** Where it stands, as of the last pause; and what goes on from there, if it is under way. */
  #standing: Standing;
  #every: EveryExecution | undefined;

  /** `fine`: for each claim, states known to satisfy it, whoever found that out. */
  constructor(
    rig: Rig,
    graph: SpecGraph,
    way: Way,
    claims: readonly Claim[],
    fine: readonly Set<number>[],
    kept: KeptScenario | undefined,
  ) {
    this.way = way;
    this.#rig = rig;
    this.#graph = graph;
    this.#standing = kept?.standing ?? notBegun;
    this.executions = kept?.executions ?? 0;
    this.steps = kept?.steps ?? 0;
    this.cutOff = kept?.cutOff ?? 0;
    this.claims = claims.map((claim, i) => ({
      claim,
      fine: fine[i] as Set<number>,
      ...(kept?.claims[i] ?? { executions: 0, found: false, failing: null }),
    }));
  }

  get kept(): KeptScenario {
    return {
      name: this.way.name,
      standing: this.#every?.standing ?? this.#standing,
      executions: this.executions,
      steps: this.steps,
      cutOff: this.cutOff,
      claims: this.claims.map(({ executions, found, failing }) => ({ executions, found, failing })),
    };
  }

  /** How many graphs were looked at. */
  get graphs(): number {
    return (this.#every ?? this.#standing).graphs;
  }

  /** Forgets all but where it stands: it takes room for one execution then, and a moment to go on. */
  pause(): void {
    if (this.#every) this.#standing = this.#every.standing;
    this.#every = undefined;
  }

  /** How it ended: that is, if it did; if not, somebody stopped it. */
  exhausted(graphsMax: number, preemptions: number): Exhausted {
    const { tally, isDone } = this.#every ?? this.#standing;
    const open = this.graphs >= graphsMax ? 'executions' : 'stopped';
    const end = !isDone ? open : tally.cutOff > 0 ? 'steps' : 'all';
    return { scenario: this.way.name, preemptions, end, ...tally };
  }

  /** Goes on to the next graph, and judges its execution, if it has one. Gives whether there is one. */
  next(): boolean {
    if (this.#standing.isDone) return false;
    this.#every ??= new EveryExecution(this.#rig, this.way.program, this.way.limits, this.#standing);
    const execution = this.#every.next();
    if (!execution) return execution === null;
    this.executions++;
    this.steps += execution.steps;
    if (execution.end === 'limit') this.cutOff++;
    rejectFloating(execution);
    const judgement = new Judgement(this.#graph, this.#rig.variant, execution);
    const open = this.claims.filter(({ failing }) => !failing);
    for (const one of contradicted(open, judgement)) {
      one.failing = { at: this.executions, schedule: execution.schedule };
    }
    return true;
  }
}
