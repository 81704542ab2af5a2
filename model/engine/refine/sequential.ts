import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { type Execution, execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { serialStrategy } from '#model/engine/explore/serial.ts';
import { contextsMax } from '#model/engine/load/world.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall, Program } from '#model/subject.ts';
import type { Violation } from '#model/verdict.ts';
import type { ThreadId } from '#spec/abi.ts';

/** A call and the thread that makes it. */
export interface Turn {
  readonly thread: ThreadId;
  readonly call: AnyCall;
}

/** Where the spec may be after the calls so far: more than one state if it may go several ways. */
interface Model {
  states: number[];
}

/** The implementation: the calls so far. It is run anew for each: a machine cannot be paused between two. */
interface Real {
  readonly turns: Turn[];
  readonly parameters: unknown;
  /** What became of them. */
  last: Execution | undefined;
}

/** Is shown each sequence of calls that went well, once it is over. */
export type Look = (execution: Execution) => void;

/** A call that went wrong. */
class Mismatch extends Error {
  readonly violation: Violation;
  readonly execution: Execution;
  constructor(violation: Violation, execution: Execution) {
    super(violation.observed);
    this.violation = violation;
    this.execution = execution;
  }
}

/** Every way in which `call` can be over, made alone; undefined if it may have to wait. */
const waysToFinish = (
  graph: SpecGraph,
  state: number,
  thread: ThreadId,
  call: number,
): { state: number; answer: number }[] | undefined => {
  const edges = graph.edges(state, thread, call);
  if (edges.length === 0) return undefined;
  const ways: { state: number; answer: number }[] = [];
  for (const edge of edges) {
    const rest = edge.rest < 0 ? [edge] : waysToFinish(graph, edge.state, thread, edge.rest);
    if (!rest) return undefined;
    ways.push(...rest);
  }
  return ways;
};

/** The calls as a program: each thread's in order, every thread on a core of its own. */
const programOf = (rig: Rig, parameters: unknown, turns: readonly Turn[], threads: number): Program => ({
  variant: rig.variant,
  parameters,
  cores: threads,
  threads: Array.from({ length: threads }, (_, thread) =>
    turns.filter((turn) => turn.thread === thread).map((turn) => turn.call),
  ),
});

/** Makes the calls one after the other. */
export const runSerially = (rig: Rig, parameters: unknown, turns: readonly Turn[], threads: number): Execution => {
  const program = programOf(rig, parameters, turns, threads);
  const active = program.threads.flatMap((calls, thread) => (calls.length > 0 ? [thread] : []));
  return execute(rig, program, serialStrategy(turns.map((turn) => active.indexOf(turn.thread))), usualLimits);
};

/** The one command class of every subject: a call, made by one thread while the others rest. */
class CallCommand implements fc.Command<Model, Real> {
  readonly turn: Turn;
  readonly rig: Rig;
  readonly graph: SpecGraph;
  readonly threads: number;
  constructor(turn: Turn, rig: Rig, graph: SpecGraph, threads: number) {
    this.turn = turn;
    this.rig = rig;
    this.graph = graph;
    this.threads = threads;
  }

  #ways(model: Readonly<Model>): { state: number; answer: number }[] | undefined {
    const call = this.graph.calls.number(this.turn.call);
    const ways = model.states.map((state) => waysToFinish(this.graph, state, this.turn.thread, call));
    return ways.includes(undefined) ? undefined : ways.flatMap((way) => way ?? []);
  }

  check(model: Readonly<Model>): boolean {
    return this.#ways(model) !== undefined;
  }

  run(model: Model, real: Real): void {
    const ways = this.#ways(model) ?? [];
    real.turns.push(this.turn);
    const execution = runSerially(this.rig, real.parameters, real.turns, this.threads);
    real.last = execution;
    const answers = execution.history.filter((event) => event.tag === 'answer');
    const last = answers[real.turns.length - 1];
    const { subject } = this.rig;
    const show = (answer: number): string => subject.showAnswer(this.graph.answers.value(answer));
    const expected = `answers ${[...new Set(ways.map((way) => show(way.answer)))].join(' or ')}`;
    const event = execution.history.length - (last ? 1 : 0);
    if (last?.tag !== 'answer') {
      const observed = execution.fault ? `faulted (${execution.fault.tag})` : 'does not return';
      throw new Mismatch({ kind: execution.fault ? 'fault' : 'wrong answer', event, expected, observed }, execution);
    }
    const matching = ways.filter((way) => isDeepStrictEqual(this.graph.answers.value(way.answer), last.answer));
    const observed = `answered ${subject.showAnswer(last.answer)}`;
    if (matching.length === 0) throw new Mismatch({ kind: 'wrong answer', event, expected, observed }, execution);
    model.states = this.#agreeing(matching, execution, event);
  }

  /** The states that the implementation's own words agree with, where we know what they mean. */
  #agreeing(matching: readonly { state: number }[], execution: Execution, event: number): number[] {
    const { subject } = this.rig;
    const states = [...new Set(matching.map((way) => way.state))];
    const seen = states.map((state) => {
      const value = this.graph.states.value(state);
      const abstract = subject.abstract?.(execution.booted.layouts[0], execution.latest, value);
      return { state, value, abstract, agrees: abstract === undefined || isDeepStrictEqual(abstract, value) };
    });
    const agreeing = seen.filter((one) => one.agrees);
    const first = seen[0];
    if (agreeing.length > 0 || !first) return agreeing.map((one) => one.state);
    throw new Mismatch(
      {
        kind: 'wrong state',
        event,
        expected: `is in the state ${subject.showState(first.value)}`,
        observed: `has words that mean ${subject.showState(first.abstract)}`,
      },
      execution,
    );
  }

  toString(): string {
    return `T${this.turn.thread} ${this.rig.subject.showCall(this.turn.call)}`;
  }
}

/** What goes wrong, and the execution in which it does. */
export interface Wrong {
  readonly violation: Violation;
  readonly execution: Execution;
}

/** Makes calls one after the other, and gives what goes wrong. Calls that may have to wait are left out. */
export const checkTurns = (
  rig: Rig,
  graph: SpecGraph,
  parameters: unknown,
  turns: readonly Turn[],
  threads: number,
  look?: Look,
): Wrong | undefined => {
  const model: Model = {
    states: [graph.states.number(rig.subject.initial(rig.variant, parameters, threads, threads))],
  };
  const real: Real = { turns: [], parameters, last: undefined };
  for (const turn of turns) {
    const command = new CallCommand(turn, rig, graph, threads);
    try {
      if (command.check(model)) command.run(model, real);
    } catch (error) {
      if (error instanceof Mismatch) return error;
      throw error;
    }
  }
  if (real.last) look?.(real.last);
  return undefined;
};

/** The calls of an execution, in the order in which they began. */
export const turnsOf = ({ program, history }: Execution): Turn[] =>
  history.flatMap((event) =>
    event.tag === 'invoke'
      ? [{ thread: event.thread, call: program.threads[event.thread]?.[event.index] as AnyCall }]
      : [],
  );

/** Makes the calls of an execution again, in the order they began, and gives what goes wrong. */
export const recheckSequence = (rig: Rig, graph: SpecGraph, execution: Execution): Violation | undefined => {
  const { parameters, threads } = execution.program;
  return checkTurns(rig, graph, parameters, turnsOf(execution), threads.length)?.violation;
};

/** What a sequential check found: nothing, or a sequence of calls that goes wrong. */
export interface SequentialResult {
  readonly runs: number;
  readonly failure: Wrong | undefined;
}

/** The calls of each scenario, one after the other, thread by thread, against the spec. */
export const checkScenarios = (rig: Rig, graph: SpecGraph, look?: Look): SequentialResult => {
  let runs = 0;
  if (rig.subject.scheduler) return { runs, failure: undefined }; // threads move: whose turn it is, no core says
  if (rig.subject.interrupted) return { runs, failure: undefined }; // one call may need the core of a thread that has another to make
  const scenarios = rig.subject.scenarios(rig.variant);
  // On so many cores the code is known to work: a lock for two may have no room for a third.
  const coresMax = Math.max(0, ...scenarios.map(({ program }) => program.cores));
  for (const { program } of scenarios) {
    const threads = program.threads.length;
    if (threads > coresMax || 2 * threads > contextsMax) continue; // each needs a core, and each core a dispatcher
    runs++;
    const turns = program.threads.flatMap((calls, thread) => calls.map((call) => ({ thread, call })));
    const failure = checkTurns(rig, graph, program.parameters, turns, threads, look);
    if (failure) return { runs, failure };
  }
  return { runs, failure: undefined };
};

/** Runs `runs` random sequences of calls, one call at a time, against the spec. fast-check draws them. */
export const checkSequences = (
  rig: Rig,
  graph: SpecGraph,
  seed: number,
  runs: number,
  look?: Look,
): SequentialResult => {
  const { parameters, threads, calls } = rig.subject.sequences(rig.variant);
  let failure: SequentialResult['failure'];
  const commands = fc.commands([calls.map((turn) => new CallCommand(turn, rig, graph, threads))], {
    maxCommands: 12,
    size: 'max',
  });
  const details = fc.check(
    fc.property(parameters, commands, (chosen, sequence) => {
      const initial = graph.states.number(rig.subject.initial(rig.variant, chosen, threads, threads));
      const real: Real = { turns: [], parameters: chosen, last: undefined };
      try {
        fc.modelRun(() => ({ model: { states: [initial] }, real }), sequence);
        if (real.last) look?.(real.last);
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error;
        failure = error;
        throw error;
      }
    }),
    { seed, numRuns: runs, endOnFailure: true }, // they are shrunk by `shrinkSequence`
  );
  if (details.failed && !failure) throw details.errorInstance;
  return { runs: details.numRuns, failure };
};
