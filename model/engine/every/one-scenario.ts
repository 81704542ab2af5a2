import type { Claim } from '#model/claim.ts';
import { EveryExecution } from '#model/engine/cores/every.ts';
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
  readonly #every: EveryExecution;

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
    this.#every = new EveryExecution(rig, way.program, way.limits, kept?.standing);
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
      standing: this.#every.standing,
      executions: this.executions,
      steps: this.steps,
      cutOff: this.cutOff,
      claims: this.claims.map(({ executions, found, failing }) => ({ executions, found, failing })),
    };
  }

  /** How many graphs were looked at. */
  get graphs(): number {
    return this.#every.graphs;
  }

  /** How it ended: that is, if it did; if not, somebody stopped it. */
  exhausted(graphsMax: number, preemptions: number): Exhausted {
    const { tally, isDone } = this.#every;
    const open = this.graphs >= graphsMax ? 'executions' : 'stopped';
    const end = !isDone ? open : tally.cutOff > 0 ? 'steps' : 'all';
    return { scenario: this.way.name, preemptions, end, ...tally };
  }

  /** Goes on to the next graph, and judges its execution, if it has one. Gives whether there is one. */
  next(): boolean {
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
