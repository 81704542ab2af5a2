import type { UserBuffer } from '#impl/machine/context.ts';
import type { Costs } from '#impl/machine/cost.ts';
import type { Fault } from '#impl/machine/fault.ts';
import { Machine, type Observer, type Traced } from '#impl/machine/machine.ts';
import type { Memory } from '#impl/machine/memory/memory.ts';
import { type Address, Kind, lastAccessKind, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Weakening } from '#impl/machine/weakening.ts';
import { type Booted, bootProgram } from '#model/engine/explore/boot.ts';
import { type MemoryName, memories } from '#model/engine/explore/memories.ts';
import { type Code, callsOf, dispatcherOf, interruptedOf, timerInterruptOf } from '#model/engine/explore/routines.ts';
import { bufferedStepsMax, type Departure, defaultCore, type Schedule } from '#model/engine/explore/schedule.ts';
import { type Choice, drainOf, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';
import type { World } from '#model/engine/load/world.ts';
import type { Program, Subject } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';

/** A call begins or is answered. `step` counts visible micro-ops. */
export type HistoryEvent =
  | { readonly tag: 'invoke'; readonly thread: ThreadId; readonly index: number; readonly step: number }
  | {
      readonly tag: 'answer';
      readonly thread: ThreadId;
      readonly index: number;
      readonly step: number;
      readonly answer: unknown;
    };

/**
 * How an execution ended. *quiescent*: no core can ever step again. *livelock*: the cores go on, in turn and fairly,
 * without an answer. *limit*: it was cut off while still answering.
 */
export type End = 'quiescent' | 'fault' | 'livelock' | 'limit';

/**
 * Who was left behind when everything had stopped: a thread whose call was not answered, asleep or spinning on a word
 * that stays as it is; or whatever else spins so, a dispatcher or a thread in no call.
 */
export interface Blocked {
  readonly context: number;
  readonly spinsOn: Address | null;
  /** It is a thread, and this is the call that it is in; null: it is in none. */
  readonly call: number | null;
}

/** One run of a program on the machine. */
export interface Execution {
  readonly program: Program;
  readonly schedule: Schedule;
  readonly history: readonly HistoryEvent[];
  readonly end: End;
  readonly fault: Fault | null;
  readonly costs: Costs;
  readonly traced: readonly Traced[];
  readonly steps: number;
  /** How often another core stepped than the one before, or a timer struck. */
  readonly switches: number;
  readonly blocked: readonly Blocked[];
  readonly booted: Booted;
  /** The words at the end. */
  readonly latest: (address: Address) => Word;
}

/** What an execution may do. */
export interface Limits {
  /** The memory model. */
  readonly memory: MemoryName;
  /** A place in the code that is made weaker than it says; null: none. */
  readonly weakening: Weakening | null;
  /** Timer interrupts that the strategy may raise. 0: there is no timer at all. */
  readonly timers: number;
  /** Visible steps under the strategy; after them the cores take turns. */
  readonly steps: number;
}

export const usualLimits: Limits = { memory: 'sc', weakening: null, timers: 0, steps: 3000 };

/** While the cores take turns, a timer goes off every so many steps, if there are timers: whoever polls gives way. */
const fairTimerSteps = 50;

/** A subject's implementation, ready to run programs: caches each program's boot. */
export interface Rig extends Code {
  /** By what a boot depends on, and by program, which is quicker to find. */
  readonly boots: Map<string, Booted>;
  readonly bootOf: WeakMap<Program, Booted>;
}

export const rigFor = (subject: Subject, variant: string, world: World): Rig => ({
  subject,
  variant,
  world,
  boots: new Map(),
  bootOf: new WeakMap(),
});

/** A program's memory before it runs. */
export const bootOf = (rig: Rig, program: Program): Booted => {
  const again = rig.bootOf.get(program);
  if (again) return again;
  const shape = program.threads.map((calls) => (calls.length > 0 ? 'x' : '-')).join('');
  const key = `${program.cores} ${shape} ${JSON.stringify(program.parameters)}`;
  const booted = rig.boots.get(key) ?? bootProgram(rig.subject, rig.world, program);
  rig.boots.set(key, booted);
  rig.bootOf.set(program, booted);
  return booted;
};

/** Told before each visible step: the choice as it stood, and what was chosen. */
export type ChoiceObserver = (choice: Choice, action: number, machine: Machine) => void;

/** Told when an access can go in more than one way: in how many, in which it goes, at which step and on which core. */
export type WayObserver = (ways: number, way: number, step: number, core: number) => void;

/** What an onlooker wants to be told. All are null in the hot loop. */
export interface Onlooker {
  readonly observer: Observer | null;
  readonly choices: ChoiceObserver | null;
  readonly ways: WayObserver | null;
}

const nobody: Onlooker = { observer: null, choices: null, ways: null };

/** Runs `program` under `strategy`. The same arguments give the same execution, always. */
export const execute = (
  rig: Rig,
  program: Program,
  strategy: Strategy,
  limits: Limits,
  onlooker: Onlooker = nobody,
): Execution => new Run(rig, program, strategy, limits, onlooker).toItsEnd();

/** An execution while it is under way. */
class Run {
  readonly #rig: Rig;
  readonly #program: Program;
  readonly #strategy: Strategy;
  readonly #limits: Limits;
  readonly #onlooker: Onlooker;
  readonly #booted: Booted;
  readonly #memory: Memory;
  readonly #machine: Machine;
  readonly #choice: Choice;
  readonly #history: HistoryEvent[] = [];
  readonly #departures: Departure[] = [];
  /** Stores that left their buffers by themselves since the last step. */
  readonly #drained: Departure[] = [];
  #lastEventStep = 0;
  #lastFairTimer = 0;
  #switches = 0;
  /** The core that makes an access just now; null: none does. */
  #accessing: number | null = null;
  /** Since when stores have waited in store buffers; infinite: none do. */
  #bufferedSince = Number.POSITIVE_INFINITY;

  constructor(rig: Rig, program: Program, strategy: Strategy, limits: Limits, onlooker: Onlooker) {
    this.#rig = rig;
    this.#program = program;
    this.#strategy = strategy;
    this.#limits = limits;
    this.#onlooker = onlooker;
    this.#booted = bootOf(rig, program);
    const { running, image, usable, contextWord, registersWord } = this.#booted;
    this.#memory = memoryOf(this.#booted, limits.memory);
    this.#choice = {
      step: 0,
      current: 0,
      stepsInARow: 0,
      enabled: 0,
      buffered: 0,
      default: 0,
      cores: running.length,
      answered: 0,
      timersLeft: limits.timers,
      next: (core) => this.#machine.next(this.#machine.cores[core] as Machine['cores'][number]),
    };
    this.#machine = new Machine({
      cores: running.length,
      threads: program.threads.length,
      memory: this.#memory,
      oracle: (ways) => this.#way(ways),
      image,
      usable,
      contextWord,
      registersWord,
      running,
      weakening: limits.weakening,
      hasTimers: limits.timers > 0,
      start: (context) => this.#start(context),
      timerInterrupt: (context) => timerInterruptOf(rig, program, this.#booted, context),
      interrupted: interruptedOf(rig, this.#booted),
    });
    this.#machine.observer = onlooker.observer;
  }

  toItsEnd(): Execution {
    this.#machine.boot();
    let end = this.#end();
    for (; end === undefined; end = this.#end()) this.#act(this.#choose());
    const words = this.#memory.snapshot();
    return {
      program: this.#program,
      schedule: this.#departures,
      history: this.#history,
      end,
      fault: this.#machine.fault,
      costs: this.#machine.costs,
      traced: this.#machine.traced,
      steps: this.#choice.step,
      switches: this.#switches,
      blocked: end === 'quiescent' ? blockedContexts(this.#machine, this.#program, this.#history) : [],
      booted: this.#booted,
      latest: (address) => words[address] as Word,
    };
  }

  /** Whether it is over, and how. If not, `enabled` says who can step. */
  #end(): End | undefined {
    const machine = this.#machine;
    const choice = this.#choice;
    if (machine.fault) return 'fault';
    let enabled = 0;
    for (let core = 0; core < choice.cores; core++) {
      if (machine.isEnabled(machine.cores[core] as Machine['cores'][number])) enabled |= 1 << core;
    }
    choice.enabled = enabled;
    this.#lookAtBuffers();
    if (enabled === 0 && choice.buffered === 0) return 'quiescent';
    if (choice.step < 2 * this.#limits.steps) return undefined;
    return this.#lastEventStep > this.#limits.steps ? 'limit' : 'livelock';
  }

  /** Which cores have stores waiting, and since when some have. */
  #lookAtBuffers(): void {
    const choice = this.#choice;
    let buffered = 0;
    for (let core = 0; core < choice.cores; core++) if (this.#memory.buffered(core) > 0) buffered |= 1 << core;
    choice.buffered = buffered;
    if (buffered === 0) this.#bufferedSince = Number.POSITIVE_INFINITY;
    else if (this.#bufferedSince > choice.step) this.#bufferedSince = choice.step;
  }

  /** What happens next. */
  #choose(): number {
    const choice = this.#choice;
    const isFair = choice.step >= this.#limits.steps; // from here on the cores take turns
    const mustDrain = choice.enabled === 0 || choice.step - this.#bufferedSince > bufferedStepsMax;
    if (choice.buffered !== 0 && (isFair || mustDrain)) {
      choice.default = drainOf(31 - Math.clz32(choice.buffered), choice.cores);
    } else {
      const stepsInARow = isFair ? Number.POSITIVE_INFINITY : choice.stepsInARow;
      choice.default = defaultCore(choice.current, choice.enabled, stepsInARow, choice.cores);
    }
    const action = isFair ? this.#fairAction() : this.#strategy.choose(choice);
    if (this.#onlooker.choices) this.#onlooker.choices(choice, action, this.#machine);
    if (!isFair) this.#record(action);
    return action;
  }

  /** What happens by itself is left out, unless something else happens at the same step after it: then order matters. */
  #record(action: number): void {
    const choice = this.#choice;
    if (action !== choice.default) this.#departures.push(...this.#drained.splice(0), departureOf(choice, action));
    else if (action >= drainOf(0, choice.cores)) this.#drained.push(departureOf(choice, action));
    else this.#drained.length = 0;
  }

  #fairAction(): number {
    const { step, cores, default: core } = this.#choice;
    if (core >= cores || this.#limits.timers === 0 || step < this.#lastFairTimer + fairTimerSteps) return core;
    this.#lastFairTimer = step;
    return timerOf(core, cores);
  }

  #act(action: number): void {
    const choice = this.#choice;
    if (action >= drainOf(0, choice.cores)) {
      this.#memory.drain(action - drainOf(0, choice.cores));
      return;
    }
    if (action >= timerOf(0, choice.cores)) {
      choice.timersLeft--;
      this.#switches++;
      this.#machine.raiseTimer(this.#machine.cores[action - timerOf(0, choice.cores)] as Machine['cores'][number]);
      return;
    }
    if (action !== choice.current && choice.step > 0) this.#switches++;
    choice.stepsInARow = action === choice.current ? choice.stepsInARow + 1 : 1;
    choice.current = action;
    choice.step++;
    const core = this.#machine.cores[action] as Machine['cores'][number];
    this.#accessing = this.#machine.next(core).kind <= lastAccessKind ? action : null;
    this.#machine.step(core);
    this.#accessing = null;
    if (this.#lastEventStep === choice.step) choice.stepsInARow = 0;
  }

  /** In which way an access goes. What the machine itself reads and writes goes the ordinary way. */
  #way(ways: number): number {
    const core = this.#accessing;
    const step = this.#choice.step - 1;
    if (core === null || step >= this.#limits.steps) return 0;
    const way = this.#strategy.way(ways, step, core);
    if (this.#onlooker.ways) this.#onlooker.ways(ways, way, step, core);
    if (way > 0) this.#departures.push({ step, core, way });
    return way;
  }

  #log(event: HistoryEvent): void {
    this.#history.push(event);
    this.#lastEventStep = event.step;
    if (event.tag === 'answer') this.#choice.answered++;
  }

  #start(context: number): Routine<unknown> {
    const threads = this.#program.threads.length;
    return context < threads ? this.#runThread(context) : dispatcherOf(this.#rig, this.#booted, context, threads);
  }

  /** A thread: makes its calls, which are told of. A call begins as late as it can: with its first step. */
  #runThread(id: ThreadId): Routine<unknown> {
    return callsOf(this.#rig, this.#program, this.#booted, id, this.#machine.buffers[id] as UserBuffer, {
      called: (index) => {
        this.#memory.consult(this.#choice.current);
        this.#log({ tag: 'invoke', thread: id, index, step: this.#choice.step });
      },
      answered: (index, answer) => {
        this.#memory.publish(this.#choice.current);
        this.#log({ tag: 'answer', thread: id, index, step: this.#choice.step, answer });
      },
    });
  }
}

/** What was chosen, as a departure from the default. */
const departureOf = ({ step, cores }: Choice, action: number): Departure => {
  if (action >= drainOf(0, cores)) return { step, core: action - drainOf(0, cores), drain: true };
  if (action >= timerOf(0, cores)) return { step, core: action - timerOf(0, cores), timer: true };
  return { step, core: action };
};

/** A boot's memory of this model: made when it is first wanted, used by every execution. */
const memoryOf = (booted: Booted, name: MemoryName): Memory => {
  const made = booted.memories.get(name);
  if (made) return made;
  const memory = memories[name](booted.image.length, booted.running.length);
  booted.memories.set(name, memory);
  return memory;
};

const blockedContexts = (machine: Machine, program: Program, history: readonly HistoryEvent[]): Blocked[] =>
  machine.contexts.flatMap(({ id }): Blocked[] => {
    const core = machine.cores.find((candidate) => candidate.context.id === id);
    const frame = core && machine.next(core);
    const spinsOn = frame?.kind === Kind.awaitWord ? frame.address : null;
    const last = id < program.threads.length ? history.findLast((event) => event.thread === id) : undefined;
    if (last?.tag === 'invoke') return [{ context: id, spinsOn, call: last.index }];
    return spinsOn === null ? [] : [{ context: id, spinsOn, call: null }];
  });
