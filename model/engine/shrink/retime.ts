import type { Machine } from '#impl/machine/machine.ts';
import { type Execution, execute, type Limits, type Onlooker, type Rig } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Departure } from '#model/engine/explore/schedule.ts';
import { type Choice, drainOf, isIn, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';
import type { Program } from '#model/subject.ts';

/** Where a context is: how many calls it has answered, and how many steps it has made since. */
interface Place {
  readonly context: number;
  readonly calls: number;
  readonly steps: number;
}

/**
 * A departure, told by where the context is that it happens to, and not by the number of the step: so it still happens
 * there when others are left out before it. `target` is the context that steps instead.
 */
export interface Anchored {
  readonly departure: Departure;
  readonly place: Place;
  readonly target: number;
}

/** Keeps track of where each context is while a program runs. */
class Whereabouts {
  readonly #atBoot: readonly number[];
  readonly #calls: number[];
  readonly #steps: number[];
  #machine: Machine | undefined;
  #answered = 0;

  constructor(program: Program) {
    const active = program.threads.flatMap((calls, thread) => (calls.length > 0 ? [thread] : []));
    const contexts = program.threads.length + program.cores;
    this.#atBoot = Array.from({ length: program.cores }, (_, core) => active[core] ?? program.threads.length + core);
    this.#calls = Array.from({ length: contexts }, () => 0);
    this.#steps = Array.from({ length: contexts }, () => 0);
  }

  /** The context that a core runs. Before the first step that is known from the program. */
  on(core: number): number {
    return this.#machine?.cores[core]?.context.id ?? (this.#atBoot[core] as number);
  }

  coreOf(context: number, cores: number): number | undefined {
    for (let core = 0; core < cores; core++) if (this.on(core) === context) return core;
    return undefined;
  }

  placeOn(core: number): Place {
    const context = this.on(core);
    return { context, calls: this.#calls[context] as number, steps: this.#steps[context] as number };
  }

  /** Before a choice: whoever stepped last may have been answered. */
  look({ answered, current }: Choice): void {
    if (answered === this.#answered) return;
    const context = this.on(current);
    (this.#calls[context] as number) += answered - this.#answered;
    this.#steps[context] = 0;
    this.#answered = answered;
  }

  /** A strategy is not told of the machine, an onlooker is. */
  watching(ways: Onlooker['ways'], choices: Onlooker['choices']): Onlooker {
    return {
      observer: (_core, context) => {
        (this.#steps[context] as number)++;
      },
      choices: (choice, action, machine) => {
        this.#machine = machine;
        this.look(choice);
        if (choices) choices(choice, action, machine);
      },
      ways,
    };
  }
}

/** The departures of an execution, each with its place. */
export const anchoredOf = (rig: Rig, { program, schedule }: Execution, limits: Limits): readonly Anchored[] => {
  const whereabouts = new Whereabouts(program);
  const anchored: Anchored[] = [];
  /** Stores that left their buffers by themselves: departures only if something else happens at the same step after it. */
  const drained: Pick<Anchored, 'place' | 'target'>[] = [];
  const whereIs = (core: number, target: number): Pick<Anchored, 'place' | 'target'> => ({
    place: whereabouts.placeOn(core),
    target: whereabouts.on(target),
  });
  const note = (where: Pick<Anchored, 'place' | 'target'>): void => {
    anchored.push({ departure: schedule[anchored.length] as Departure, ...where });
  };
  const onlooker = whereabouts.watching(
    (_ways, way, _step, core) => {
      if (way > 0) note(whereIs(core, core));
    },
    (choice, action) => {
      if (choice.step >= limits.steps) return;
      const core = action % choice.cores; // see `timerOf`, `drainOf`
      if (action === choice.default) {
        if (action >= drainOf(0, choice.cores)) drained.push(whereIs(choice.current, core));
        else drained.length = 0;
        return;
      }
      for (const where of drained.splice(0)) note(where);
      note(whereIs(choice.current, core));
    },
  );
  execute(rig, program, replayStrategy(schedule), limits, onlooker);
  return anchored;
};

/** The same departures for a program with other calls: those that happen in a call which it lacks are left out. */
export const carriedOver = (from: Program, to: Program, anchored: readonly Anchored[]): readonly Anchored[] =>
  anchored.flatMap((one) => {
    const { context, calls } = one.place;
    const [before, after] = [from.threads[context], to.threads[context]];
    if (!before || !after || before === after) return [one];
    const call = before[calls];
    const index = call === undefined || before.length === after.length ? calls : after.indexOf(call);
    if (index < 0 || after.length === 0) return [];
    return [{ ...one, place: { ...one.place, calls: call === undefined ? after.length : index } }];
  });

/** Runs a program with each departure at its place. One whose place never comes is left out. */
export const retimed = (
  program: Program,
  anchored: readonly Anchored[],
): { strategy: Strategy; onlooker: Onlooker } => {
  const whereabouts = new Whereabouts(program);
  let next = 0;
  const taken = (core: number, isOfMemory: boolean): Anchored | undefined => {
    const { context, calls, steps } = whereabouts.placeOn(core);
    for (let i = next; i < anchored.length; i++) {
      const { departure, place } = anchored[i] as Anchored;
      if ((departure.way !== undefined) !== isOfMemory) continue;
      if (place.context !== context || place.calls !== calls || place.steps !== steps) continue;
      next = i + 1;
      return anchored[i];
    }
    return undefined;
  };
  const strategy: Strategy = {
    choose(choice) {
      whereabouts.look(choice);
      const one = next < anchored.length ? taken(choice.current, false) : undefined;
      if (!one) return choice.default;
      const core = whereabouts.coreOf(one.target, choice.cores) ?? Math.min(one.departure.core, choice.cores - 1);
      if (one.departure.timer) return choice.timersLeft > 0 ? timerOf(core, choice.cores) : choice.default;
      if (one.departure.drain) return isIn(choice.buffered, core) ? drainOf(core, choice.cores) : choice.default;
      return isIn(choice.enabled, core) ? core : choice.default;
    },
    way(ways, _step, core) {
      const way = next < anchored.length ? taken(core, true)?.departure.way : undefined;
      return way !== undefined && way < ways ? way : 0;
    },
  };
  return { strategy, onlooker: whereabouts.watching(null, null) };
};
