import { type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { type Departure, type Schedule, stepsInARowMax } from '#model/engine/explore/schedule.ts';
import { type Choice, isIn } from '#model/engine/explore/strategy.ts';
import type { Program } from '#model/subject.ts';

/** An alternative that an execution did not take. */
interface Alternative {
  readonly departure: Departure;
  /**
   * 1 if it takes the core away from a context that could go on, raises a timer, or makes the memory go another way than
   * the ordinary one; 0 if somebody had to be chosen.
   */
  readonly cost: 0 | 1;
}

/**
 * How far an exhaustive exploration goes: schedules with at most this many preemptions, stale reads, stores that wait and
 * stores that are let out together, and at most this many runs.
 */
export interface Bound {
  readonly preemptions: number;
  /** Of these at most so many are the memory's: stale reads, stores that wait or are let out. As many, if absent. */
  readonly ofMemory?: number;
  readonly executions: number;
}

/** Whether a departure is the memory's: it is neither another core's turn nor a timer. */
export const isOfMemory = ({ way, drain }: Departure): boolean => way !== undefined || drain === true;

/** Whether taking the next step from the core that stepped last is a preemption: it could go on. */
export const isPreemption = ({ enabled, current, stepsInARow, step }: Choice): boolean =>
  isIn(enabled, current) && stepsInARow < stepsInARowMax && step > 0;

/**
 * Runs `program` under every schedule with at most `bound.preemptions` preemptions, those with fewer first: so the first
 * failure found has the fewest. Gives each execution as it is made. Returns true if all were made, false if the number
 * of executions did not suffice. Sound within its bound: a schedule is a list of departures from the default, and every
 * extension of every list is tried, but for two: a core that had to give way does not go on at once, and a timer goes
 * off once at a step, and only on the core that would step next (on any other it would strike no sooner). Source: Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007.
 */
export function* exhaust(rig: Rig, program: Program, limits: Limits, bound: Bound): Generator<Execution, boolean> {
  const levels: Schedule[][] = Array.from({ length: bound.preemptions + 1 }, () => []);
  (levels[0] as Schedule[]).push([]);
  let executions = 0;
  for (let level = 0; level <= bound.preemptions; level++) {
    const queue = levels[level] as Schedule[];
    for (let i = 0; i < queue.length; i++) {
      if (executions++ >= bound.executions) return false;
      const schedule = queue[i] as Schedule;
      const alternatives: Alternative[] = [];
      const execution = runAndLook(rig, program, limits, schedule, alternatives);
      yield execution;
      const mayGoAnotherWay = schedule.filter(isOfMemory).length < (bound.ofMemory ?? bound.preemptions);
      for (const { departure, cost } of alternatives) {
        if (!mayGoAnotherWay && isOfMemory(departure)) continue;
        const queued = levels[level + cost];
        if (queued && queued.length <= bound.executions) queued.push([...schedule, departure]); // no more will be run
      }
    }
    levels[level] = [];
  }
  return true;
}

/** Runs a schedule and collects what else could have been chosen after its last departure. */
const runAndLook = (
  rig: Rig,
  program: Program,
  limits: Limits,
  schedule: Schedule,
  alternatives: Alternative[],
): Execution => {
  const last = schedule.at(-1);
  const isBeforeItsStep = last?.timer === true || last?.drain === true;
  const look = (choice: Choice, action: number): void => {
    if (choice.step >= limits.steps || action >= choice.cores) return;
    if (last && (choice.step < last.step || (choice.step === last.step && !isBeforeItsStep))) return;
    for (let core = 0; core < choice.cores; core++) {
      if (isIn(choice.buffered, core)) {
        alternatives.push({ departure: { step: choice.step, core, drain: true }, cost: 1 });
      }
    }
    const canGoOn = isIn(choice.enabled, choice.current) && choice.stepsInARow < stepsInARowMax;
    const cost = isPreemption(choice) ? 1 : 0;
    for (let core = 0; core < choice.cores; core++) {
      if (core !== action && isIn(choice.enabled, core) && (core !== choice.current || canGoOn)) {
        alternatives.push({ departure: { step: choice.step, core }, cost });
      }
    }
    if (choice.timersLeft > 0 && last?.step !== choice.step) {
      alternatives.push({ departure: { step: choice.step, core: action, timer: true }, cost: 1 });
    }
  };
  const lookAtWays = (ways: number, way: number, step: number, core: number): void => {
    if (way > 0 || (last && (step < last.step || (step === last.step && last.way !== undefined)))) return;
    for (let other = 1; other < ways; other++) {
      alternatives.push({ departure: { step, core, way: other }, cost: 1 });
    }
  };
  return execute(rig, program, replayStrategy(schedule), limits, { observer: null, choices: look, ways: lookAtWays });
};
