import { atStart, Classes, type Stand, type Tally } from '#model/engine/cores/classes.ts';
import type { Execution, Limits, Rig } from '#model/engine/explore/execution.ts';
import type { Program } from '#model/subject.ts';

/** How it ended. */
export interface Explored extends Tally {
  /**
   * What it stopped at: so many executions, graphs that are none included; or in some so many steps of a core. Null:
   * these are all.
   */
  readonly bound: 'executions' | 'steps' | null;
}

/** Where an exploration of every execution stands: plain data. */
export interface Standing extends Stand {
  /** How many graphs were looked at, executions or not. */
  readonly graphs: number;
  /** Whether retries are taken for waits (see `Classes`); and whether that has been right so far. */
  readonly takesRetriesForWaits: boolean;
  readonly areWaits: boolean;
  /** There is no further graph. */
  readonly isDone: boolean;
}

/** Nobody has begun. */
export const notBegun: Standing = {
  ...atStart,
  graphs: 0,
  takesRetriesForWaits: true,
  areWaits: true,
  isDone: false,
};

/** Every execution of a program, one of each class; another for the same program can go on from where one stands. */
export class EveryExecution {
  readonly #rig: Rig;
  readonly #program: Program;
  readonly #limits: Limits;
  #classes: Classes;
  #graphs: number;
  #takesRetriesForWaits: boolean;
  #wereWaits: boolean;
  #isDone: boolean;

  /** @throws SuiteError S605 if this program has no such place as `from` */
  constructor(rig: Rig, program: Program, limits: Limits, from = notBegun) {
    this.#rig = rig;
    this.#program = program;
    this.#limits = limits;
    this.#graphs = from.graphs;
    this.#takesRetriesForWaits = from.takesRetriesForWaits;
    this.#wereWaits = from.areWaits;
    this.#isDone = from.isDone;
    this.#classes = new Classes(rig, program, limits, this.#takesRetriesForWaits, from);
  }

  /** How many graphs were looked at. */
  get graphs(): number {
    return this.#graphs;
  }

  get tally(): Tally {
    return this.#classes.tally;
  }

  /** Whether there is no further graph, and somebody has asked. */
  get isDone(): boolean {
    return this.#isDone;
  }

  get standing(): Standing {
    return {
      ...this.#classes.stand,
      graphs: this.#graphs,
      takesRetriesForWaits: this.#takesRetriesForWaits,
      areWaits: this.#wereWaits && this.#classes.areWaits(),
      isDone: this.#isDone,
    };
  }

  /**
   * Goes on to the next graph. Gives its execution; null if it has none; undefined if there is no further graph.
   * @throws SuiteError S603 if the code does not do the same whenever it reads the same
   */
  next(): Execution | null | undefined {
    if (this.#isDone) return undefined;
    const execution = this.#classes.next();
    if (execution !== undefined) {
      this.#graphs++;
      return execution;
    }
    if (this.#wereWaits && this.#classes.areWaits()) {
      this.#isDone = true;
      return undefined;
    }
    this.#takesRetriesForWaits = false;
    this.#wereWaits = true;
    this.#classes = new Classes(this.#rig, this.#program, this.#limits, false);
    return this.next();
  }
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
  const every = new EveryExecution(rig, program, limits);
  while (every.graphs < graphsMax) {
    const execution = every.next();
    if (execution) yield execution;
    if (execution === undefined) return { ...every.tally, bound: every.tally.cutOff > 0 ? 'steps' : null };
  }
  return { ...every.tally, bound: 'executions' };
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
