import type { Machine } from '#impl/machine/machine.ts';
import { Kind } from '#impl/machine/ops.ts';
import { bootOf, type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { type Alternative, alternativesTo, type Bound } from '#model/engine/explore/exhaustive.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { type Schedule, stepsInARowMax } from '#model/engine/explore/schedule.ts';
import { type Choice, isIn } from '#model/engine/explore/strategy.ts';
import { Footprint, type Step, stepOf } from '#model/engine/shrink/footprint.ts';
import type { Program } from '#model/subject.ts';

interface Looked {
  readonly execution: Execution;
  readonly alternatives: readonly Alternative[];
  readonly steps: readonly Step[];
}

/**
 * What `exhaust` does, but of the last preemptions it leaves out those that change nothing: where a core is preempted one
 * step later by the same other, and that step depends on nothing that all the others can do before the core goes on, then
 * whatever follows is what followed one step earlier. So it tells whether anything fails within the bound, and not how
 * often. Returns true if all was tried or left out so, false if the number of executions did not suffice.
 */
export function* exhaustSkipping(
  rig: Rig,
  program: Program,
  limits: Limits,
  bound: Bound,
): Generator<Execution, boolean> {
  const search = new Search(rig, program, limits, bound);
  const levels: Schedule[][] = Array.from({ length: Math.max(bound.preemptions, 1) }, () => []);
  const before: Schedule[] = [];
  (levels[0] as Schedule[]).push([]);
  for (const [level, queue] of levels.entries()) {
    for (let i = 0; i < queue.length; i++) {
      if (search.isOver) return false;
      const schedule = queue[i] as Schedule;
      const { execution, alternatives } = search.look(schedule, null);
      yield execution;
      for (const { departure, cost } of alternatives) {
        if (cost === 0 || level + 1 < bound.preemptions) levels[level + cost]?.push([...schedule, departure]);
      }
      if (level + 1 === bound.preemptions) before.push(schedule);
    }
    levels[level] = [];
  }
  for (const schedule of before) {
    if (!(yield* search.last(schedule))) return false;
  }
  return true;
}

class Search {
  readonly #rig: Rig;
  readonly #program: Program;
  readonly #limits: Limits;
  readonly #bound: Bound;
  #executions = 0;

  constructor(rig: Rig, program: Program, limits: Limits, bound: Bound) {
    this.#rig = rig;
    this.#program = program;
    this.#limits = limits;
    this.#bound = bound;
  }

  get isOver(): boolean {
    return this.#executions >= this.#bound.executions;
  }

  /** Everything that follows if one execution departs once more. */
  *last(schedule: Schedule): Generator<Execution, boolean> {
    const { alternatives, steps } = this.look(schedule, null); // again, since to keep it all would take too much memory
    /** By the core that goes instead: where the last one was preempted, and what was done then before it went on. */
    const before = new Map<number, { readonly step: number; readonly core: number; readonly done: Footprint }>();
    for (const { departure, cost, preempted } of alternatives) {
      if (cost === 0) continue;
      const { core, step } = departure;
      if (preempted === null) {
        if (!(yield* this.#following([...schedule, departure], undefined))) return false;
        continue;
      }
      const earlier = before.get(core);
      const isSame =
        earlier?.step === step - 1 &&
        earlier.core === preempted &&
        steps[step - 1]?.core === preempted &&
        earlier.done.isIndependentOf(steps[step - 1] as Step);
      if (isSame) {
        before.set(core, { ...earlier, step });
        continue;
      }
      const done = new Footprint(preempted, bootOf(this.#rig, this.#program));
      before.set(core, { step, core: preempted, done });
      if (!(yield* this.#following([...schedule, departure], { step, core: preempted, done }))) return false;
    }
    return true;
  }

  /** A schedule and all that continue it without departing further. */
  *#following(schedule: Schedule, standing: Standing | undefined): Generator<Execution, boolean> {
    const left = [schedule];
    for (let next = left.pop(); next; next = left.pop()) {
      if (this.isOver) return false;
      const { execution, alternatives } = this.look(next, standing ?? null);
      yield execution;
      for (const { departure, cost } of alternatives) if (cost === 0) left.push([...next, departure]);
    }
    return true;
  }

  /** Runs a schedule, and collects what else could have been chosen after its last departure. */
  look(schedule: Schedule, standing: Standing | null): Looked {
    this.#executions++;
    const alternatives: Alternative[] = [];
    const steps: Step[] = [];
    const collect = alternativesTo(schedule, this.#limits, this.#bound, alternatives);
    const threads = this.#program.threads.length;
    let answered = 0;
    let isStanding = standing !== null;
    const look = (choice: Choice, action: number, machine: Machine): void => {
      const latest = steps.at(-1);
      if (choice.answered !== answered && latest) latest.tells = true;
      answered = choice.answered;
      if (standing && isStanding && choice.step >= standing.step) {
        isStanding = lookAround(standing, choice, action, machine, latest);
      }
      collect.choices(choice, action, machine);
    };
    const execution = execute(this.#rig, this.#program, replayStrategy(schedule), this.#limits, {
      observer: (core, context, frame, result) => steps.push(stepOf(core, context, frame, result, threads)),
      choices: look,
      ways: collect.ways,
    });
    if (standing && isStanding) {
      const latest = steps.at(-1);
      if (latest && latest.core !== standing.core) standing.done.add({ ...latest, tells: true }); // it may have answered
    }
    // Where the cores take turns in the end, it matters when that begins.
    if (standing && execution.steps >= this.#limits.steps) standing.done.isAnything = true;
    return { execution, alternatives, steps };
  }
}

/** A core that was preempted before a step and stands still since, and what the others have done meanwhile. */
interface Standing {
  readonly step: number;
  readonly core: number;
  readonly done: Footprint;
}

/** Adds what was done since the last choice, and who waits for what. False: the core goes on. */
const lookAround = (
  { step, core, done }: Standing,
  choice: Choice,
  action: number,
  machine: Machine,
  latest: Step | undefined,
): boolean => {
  if (choice.step > step && latest) {
    if (latest.core === core) return false;
    done.add(latest);
  }
  if (choice.stepsInARow >= stepsInARowMax || choice.buffered !== 0 || action >= choice.cores) done.isAnything = true;
  for (let other = 0; other < choice.cores; other++) {
    if (other === core || isIn(choice.enabled, other)) continue;
    const { kind, address } = machine.next(machine.cores[other] as Machine['cores'][number]);
    if (kind === Kind.awaitWord) done.waits(address);
  }
  return true;
};
