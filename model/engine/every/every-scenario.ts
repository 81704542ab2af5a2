import type { Claim } from '#model/claim.ts';
import type { Failing, KeptScenario } from '#model/engine/every/kept.ts';
import { OneScenario } from '#model/engine/every/one-scenario.ts';
import type { Rig } from '#model/engine/explore/execution.ts';
import type { Exhausted, Exploration } from '#model/engine/explore/exploration.ts';
import { type Way, waysOf } from '#model/engine/explore/ways.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';

/** An execution that contradicts a claim, of that scenario. */
export interface Contradiction extends Failing {
  readonly way: Way;
}

/** Every so manieth scenario, from that one on. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

const all: Part = { index: 0, of: 1 };

/** How many graphs of one scenario come before the next one's turn; at each further turn twice as many, up to the most. */
const firstTurn = 25;
const turnMax = 6400;

/** In which of its turns a scenario comes to its `at`th execution, if nobody stops and no graph is none. */
const turnOf = ({ at }: Failing): number => Math.ceil(Math.log2(at / firstTurn + 1));

/** Who has had such a turn remembers much, and pauses. */
const longTurn = 400;

/**
 * Judges every execution of every scenario. Scenarios know nothing of each other, and what they say together does not
 * depend on which was explored when: so an exploration can be stopped anywhere, and gone on with.
 */
export class EveryScenario {
  readonly #scenarios: readonly OneScenario[];
  readonly #executionsMax: number;
  readonly #preemptions: number;

  /** `executionsMax`: of each scenario; graphs that are none are counted. `kept`: in the same order, what is known. */
  constructor(
    rig: Rig,
    graph: SpecGraph,
    exploration: Exploration,
    claims: readonly Claim[],
    executionsMax: number,
    kept: readonly KeptScenario[],
  ) {
    this.#executionsMax = executionsMax;
    this.#preemptions = exploration.budget.preemptions;
    const fine = claims.map(() => new Set<number>());
    this.#scenarios = waysOf(rig, exploration).map((way, i) => new OneScenario(rig, graph, way, claims, fine, kept[i]));
  }

  get kept(): readonly KeptScenario[] {
    return this.#scenarios.map((scenario) => scenario.kept);
  }

  get executions(): number {
    return sumOf(this.#scenarios, ({ executions }) => executions);
  }

  get steps(): number {
    return sumOf(this.#scenarios, ({ steps }) => steps);
  }

  /** How many executions were cut off at the step limit. */
  get cutOff(): number {
    return sumOf(this.#scenarios, ({ cutOff }) => cutOff);
  }

  get exhausted(): readonly Exhausted[] {
    return this.#scenarios.map((scenario) => scenario.exhausted(this.#executionsMax, this.#preemptions));
  }

  /** What all scenarios say of the claim of that number. */
  judged(claim: number): { readonly executions: number; readonly found: boolean } {
    const said = this.#scenarios.map(({ claims }) => claims[claim]);
    return { executions: sumOf(said, (one) => one?.executions ?? 0), found: said.some((one) => one?.found) };
  }

  /** Of all executions that contradict that claim, one that is found early if nobody stops. */
  contradiction(claim: number): Contradiction | undefined {
    const contradictions = this.#scenarios.flatMap(({ way, claims }) => {
      const failing = claims[claim]?.failing;
      return failing ? [{ way, ...failing }] : [];
    });
    return contradictions.sort((a, b) => turnOf(a) - turnOf(b))[0];
  }

  /** Goes on until all are at their ends, or have had as many graphs as they may. Yields after every graph. */
  *run(part: Part = all): Generator<void, void> {
    let open = this.#scenarios.filter((_, i) => i % part.of === part.index);
    for (let turn = firstTurn; open.length > 0; turn = Math.min(2 * turn, turnMax)) {
      const left: OneScenario[] = [];
      for (const scenario of open) {
        let isOpen = true;
        for (let i = 0; i < turn && isOpen; i++) {
          isOpen = scenario.graphs < this.#executionsMax && scenario.next();
          yield;
        }
        if (isOpen) left.push(scenario);
        if (!isOpen || turn >= longTurn) scenario.pause();
      }
      open = left;
    }
  }
}

const sumOf = <One>(summed: readonly One[], count: (one: One) => number): number =>
  summed.reduce((sum, one) => sum + count(one), 0);
