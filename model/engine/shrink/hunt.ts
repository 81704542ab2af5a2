import { type Execution, execute, type Limits, type Onlooker, type Rig } from '#model/engine/explore/execution.ts';
import type { Bound } from '#model/engine/explore/exhaustive.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';
import { exhaustSkipping } from '#model/engine/shrink/skipping.ts';
import type { Program } from '#model/subject.ts';

/** A failing execution and what it was allowed to do. */
export interface Failure {
  readonly execution: Execution;
  readonly limits: Limits;
}

/** What an execution costs beside its steps, in steps: it is begun and judged. */
const stepsPerExecution = 45;

/** Looks for failing executions of one implementation, for as many steps as it is given. */
export class Hunt {
  readonly rig: Rig;
  readonly #fails: (execution: Execution) => boolean;
  readonly #confirming: Limits;
  #stepsLeft: number;
  /** It is over for now when no more than so many are left. */
  #reserved = 0;

  /** What looks like a livelock counts if it still is one under the limits `confirming`. */
  constructor(rig: Rig, fails: (execution: Execution) => boolean, confirming: Limits, steps: number) {
    this.rig = rig;
    this.#fails = fails;
    this.#confirming = confirming;
    this.#stepsLeft = steps;
  }

  /** Of the steps that are left, no more than so many from now on. */
  allow(steps: number): void {
    this.#reserved = Math.max(this.#stepsLeft - steps, 0);
  }

  get stepsLeft(): number {
    return this.#stepsLeft;
  }

  get isOver(): boolean {
    return this.#stepsLeft <= this.#reserved;
  }

  /** The execution, if it fails. */
  run(program: Program, strategy: Strategy, limits: Limits, onlooker?: Onlooker): Failure | undefined {
    const execution = execute(this.rig, program, strategy, limits, onlooker);
    this.#stepsLeft -= execution.steps + stepsPerExecution;
    return this.isFailure(execution, limits) ? { execution, limits } : undefined;
  }

  /**
   * Every execution within the bound, but for those that come to the same as one a step earlier; true if all were made.
   * What fails is asked of each apart (`isFailure`).
   */
  *exhaust(program: Program, limits: Limits, bound: Bound): Generator<Execution, boolean> {
    const executions = exhaustSkipping(this.rig, program, limits, bound);
    for (let next = executions.next(); ; next = executions.next()) {
      if (next.done) return next.value;
      this.#stepsLeft -= next.value.steps + stepsPerExecution;
      yield next.value;
      if (this.isOver) return false;
    }
  }

  isFailure(execution: Execution, limits: Limits): boolean {
    if (!this.#fails(execution)) return false;
    if (execution.end !== 'livelock' || limits.steps >= this.#confirming.steps) return true;
    const long = { ...limits, steps: this.#confirming.steps };
    const again = execute(this.rig, execution.program, replayStrategy(execution.schedule), long);
    this.#stepsLeft -= again.steps;
    return this.#fails(again);
  }
}
