import {
  type ChoiceObserver,
  type Execution,
  execute,
  type Limits,
  type Rig,
  type WayObserver,
} from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { type Departure, type Schedule, stepsInARowMax } from '#model/engine/explore/schedule.ts';
import { type Choice, isIn } from '#model/engine/explore/strategy.ts';
import type { Program } from '#model/subject.ts';

/** An alternative that an execution did not take. */
export interface Alternative {
  readonly departure: Departure;
  /**
   * 1 if it takes the core away from a context that could go on, raises a timer, or makes the memory go another way than
   * the ordinary one; 0 if somebody had to be chosen.
   */
  readonly cost: 0 | 1;
  /** The core from which another one takes the next step though it could go on, and no store waits; null: none. */
  readonly preempted: number | null;
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
 * off once at a step, and only on the core that would step next (on any other it would strike no sooner). Source:
 * Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007.
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
      const onlooker = { observer: null, ...alternativesTo(schedule, limits, bound, alternatives) };
      yield execute(rig, program, replayStrategy(schedule), limits, onlooker);
      for (const { departure, cost } of alternatives) {
        const queued = levels[level + cost];
        if (queued && queued.length <= bound.executions) queued.push([...schedule, departure]); // no more will be run
      }
    }
    levels[level] = [];
  }
  return true;
}

/** An onlooker who collects what else could have been chosen after the last departure of a schedule, within a bound. */
export const alternativesTo = (
  schedule: Schedule,
  limits: Limits,
  bound: Bound,
  alternatives: Alternative[],
): { readonly choices: ChoiceObserver; readonly ways: WayObserver } => {
  const last = schedule.at(-1);
  const isBeforeItsStep = last?.timer === true || last?.drain === true;
  const mayGoAnotherWay = schedule.filter(isOfMemory).length < (bound.ofMemory ?? bound.preemptions);
  return {
    choices(choice, action) {
      const { step, current, enabled, cores, buffered } = choice;
      if (step >= limits.steps || action >= cores) return;
      if (last && (step < last.step || (step === last.step && !isBeforeItsStep))) return;
      for (let core = 0; mayGoAnotherWay && core < cores; core++) {
        if (isIn(buffered, core))
          alternatives.push({ departure: { step, core, drain: true }, cost: 1, preempted: null });
      }
      const canGoOn = isIn(enabled, current) && choice.stepsInARow < stepsInARowMax;
      const cost = isPreemption(choice) ? 1 : 0;
      const preempted = cost === 1 && buffered === 0 ? current : null;
      for (let core = 0; core < cores; core++) {
        if (core !== action && isIn(enabled, core) && (core !== current || canGoOn)) {
          alternatives.push({ departure: { step, core }, cost, preempted });
        }
      }
      if (choice.timersLeft > 0 && last?.step !== step) {
        alternatives.push({ departure: { step, core: action, timer: true }, cost: 1, preempted: null });
      }
    },
    ways(ways, way, step, core) {
      if (way > 0 || !mayGoAnotherWay) return;
      if (last && (step < last.step || (step === last.step && last.way !== undefined))) return;
      for (let other = 1; other < ways; other++) {
        alternatives.push({ departure: { step, core, way: other }, cost: 1, preempted: null });
      }
    },
  };
};
