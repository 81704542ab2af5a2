import { Classes, type Tally } from '#model/engine/cores/classes.ts';
import type { Execution, Limits, Rig } from '#model/engine/explore/execution.ts';
import type { Program } from '#model/subject.ts';

/** How it ended. */
export interface Explored extends Tally {
  /** What it stopped at: so many executions, graphs that are none included; or in some so many steps of a core. Null: these are all. */
  readonly bound: 'executions' | 'steps' | null;
}

/**
 * Every execution of a program, one of each class, as long as no more than `graphsMax` graphs are looked at.
 * @throws SuiteError S603 if the code does not do the same whenever it reads the same
 */
export function* everyExecution(
  rig: Rig,
  program: Program,
  limits: Limits,
  graphsMax: number,
): Generator<Execution, Explored> {
  let classes = new Classes(rig, program, limits, true);
  for (let graphs = 0; graphs < graphsMax; graphs++) {
    const execution = classes.next();
    if (execution) yield execution;
    if (execution !== undefined) continue;
    if (classes.areWaits()) return { ...classes.tally, bound: classes.tally.cutOff > 0 ? 'steps' : null };
    classes = new Classes(rig, program, limits, false);
  }
  return { ...classes.tally, bound: 'executions' };
}

/** Whether a program has at most `graphsMax` graphs, none of which is cut off: then all can be had. */
export const hasAtMost = (rig: Rig, program: Program, limits: Limits, graphsMax: number): boolean => {
  const classes = new Classes(rig, program, limits, true);
  for (let graphs = 0; graphs <= graphsMax; graphs++) {
    if (!classes.pass()) return classes.areWaits();
    if (classes.isCutOff) return false;
  }
  return false;
};
