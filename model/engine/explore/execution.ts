import type { UserBuffer } from '#impl/machine/context.ts';
import type { Costs } from '#impl/machine/cost.ts';
import type { Fault } from '#impl/machine/fault.ts';
import { Machine, type Observer } from '#impl/machine/machine.ts';
import { type Address, Kind, pause, type Routine, type Word } from '#impl/machine/ops.ts';
import { type Booted, bootProgram } from '#model/engine/explore/boot.ts';
import { type Departure, defaultCore, type Schedule } from '#model/engine/explore/schedule.ts';
import type { Choice, Strategy } from '#model/engine/explore/strategy.ts';
import type { World } from '#model/engine/load/world.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
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

/** A thread whose call was not answered when everything had stopped: asleep, or spinning on a word that stays as it is. */
export interface Blocked {
  readonly thread: ThreadId;
  readonly spinsOn: Address | null;
}

/** One run of a program on the machine. */
export interface Execution {
  readonly program: Program;
  readonly schedule: Schedule;
  readonly history: readonly HistoryEvent[];
  readonly end: End;
  readonly fault: Fault | null;
  readonly costs: Costs;
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
  /** Timer interrupts that may strike. */
  readonly timers: number;
  /** Visible steps under the strategy; after them the cores take turns. */
  readonly steps: number;
}

export const usualLimits: Limits = { timers: 0, steps: 3000 };

/** A subject's implementation, ready to run programs: caches each program's boot. */
export interface Rig {
  readonly subject: Subject;
  readonly variant: string;
  readonly world: World;
  readonly boots: Map<string, Booted>;
}

export const rigFor = (subject: Subject, variant: string, world: World): Rig => ({
  subject,
  variant,
  world,
  boots: new Map(),
});

const bootOf = (rig: Rig, program: Program): Booted => {
  const shape = program.threads.map((calls) => (calls.length > 0 ? 'x' : '-')).join('');
  const key = `${program.cores} ${shape} ${JSON.stringify(program.parameters)}`;
  const known = rig.boots.get(key);
  if (known) return known;
  const booted = bootProgram(rig.subject, rig.world, program);
  rig.boots.set(key, booted);
  return booted;
};

/** A thread: makes its calls one after the other, then retires. A call begins as late as it can: with its first step. */
function* runThread(
  rig: Rig,
  booted: Booted,
  id: ThreadId,
  calls: readonly AnyCall[],
  user: UserBuffer,
  log: (event: HistoryEvent) => void,
  stepNow: () => number,
): Routine {
  const instance = rig.world.instances[id] as World['instances'][number];
  const self = { id, table: booted.table };
  if (!booted.running.includes(id)) yield* instance.dispatcher.begin(self);
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index] as AnyCall;
    yield pause();
    log({ tag: 'invoke', thread: id, index, step: stepNow() });
    Object.assign(user, rig.subject.userBuffer(call));
    const result = yield* rig.subject.perform(instance.module, instance.services, self, booted.layouts[id], call);
    const answer = rig.subject.answer(rig.variant, call, result, user);
    log({ tag: 'answer', thread: id, index, step: stepNow(), answer });
  }
  yield* instance.dispatcher.retire(self);
}

const blockedThreads = (machine: Machine, history: readonly HistoryEvent[]): Blocked[] => {
  const open = new Set<ThreadId>();
  for (const event of history) {
    if (event.tag === 'invoke') open.add(event.thread);
    else open.delete(event.thread);
  }
  return [...open].map((thread) => {
    const core = machine.cores.find((candidate) => candidate.context.id === thread);
    const frame = core?.context.frames.at(-1);
    return { thread, spinsOn: frame?.kind === Kind.awaitWord ? frame.address : null };
  });
};

/** Told before each visible step: the choice as it stood, and what was chosen. */
export type ChoiceObserver = (choice: Choice, action: number, machine: Machine) => void;

/** What an onlooker wants to be told. Both are null in the hot loop. */
export interface Onlooker {
  readonly observer: Observer | null;
  readonly choices: ChoiceObserver | null;
}

const nobody: Onlooker = { observer: null, choices: null };

/** Runs `program` under `strategy`. The same arguments give the same execution, always. */
export const execute = (
  rig: Rig,
  program: Program,
  strategy: Strategy,
  limits: Limits,
  onlooker: Onlooker = nobody,
): Execution => {
  const booted = bootOf(rig, program);
  const history: HistoryEvent[] = [];
  const departures: Departure[] = [];
  const threads = program.threads.length;
  const cores = booted.running.length;
  let lastEventStep = 0;
  let switches = 0;
  const log = (event: HistoryEvent): void => {
    history.push(event);
    lastEventStep = event.step;
    if (event.tag === 'answer') choice.answered++;
  };
  const choice: Choice = {
    step: 0,
    current: 0,
    stepsInARow: 0,
    enabled: 0,
    default: 0,
    cores,
    answered: 0,
    timersLeft: limits.timers,
  };
  const stepNow = (): number => choice.step;
  const machine: Machine = new Machine({
    cores,
    threads,
    memory: booted.memory,
    image: booted.image,
    usable: booted.usable,
    contextWord: booted.contextWord,
    running: booted.running,
    start: (context) => {
      if (context >= threads) {
        const own = rig.world.instances[context] as World['instances'][number];
        return own.dispatcher.dispatch(booted.table, context - threads);
      }
      const calls = program.threads[context] as readonly AnyCall[];
      return runThread(rig, booted, context, calls, machine.buffers[context] as UserBuffer, log, stepNow);
    },
    timerInterrupt: (context) =>
      context >= threads
        ? booted.nothing()
        : (rig.world.instances[context] as World['instances'][number]).dispatcher.timerInterrupt({
            id: context,
            table: booted.table,
          }),
  });
  machine.observer = onlooker.observer;
  machine.boot();
  let end: End | undefined;
  while (end === undefined) {
    if (machine.fault) {
      end = 'fault';
      break;
    }
    let enabled = 0;
    for (let core = 0; core < cores; core++) {
      if (machine.isEnabled(machine.cores[core] as Machine['cores'][number])) enabled |= 1 << core;
    }
    if (enabled === 0) {
      end = 'quiescent';
      break;
    }
    if (choice.step >= 2 * limits.steps) {
      end = lastEventStep > limits.steps ? 'limit' : 'livelock';
      break;
    }
    const isFair = choice.step >= limits.steps; // from here on the cores take turns
    choice.enabled = enabled;
    choice.default = defaultCore(
      choice.current,
      enabled,
      isFair ? Number.POSITIVE_INFINITY : choice.stepsInARow,
      cores,
    );
    const action = isFair ? choice.default : strategy.choose(choice);
    if (onlooker.choices) onlooker.choices(choice, action, machine);
    if (action >= cores) {
      departures.push({ step: choice.step, core: action - cores, timer: true });
      choice.timersLeft--;
      switches++;
      machine.raiseTimer(machine.cores[action - cores] as Machine['cores'][number]);
      continue;
    }
    if (action !== choice.default) departures.push({ step: choice.step, core: action });
    if (action !== choice.current && choice.step > 0) switches++;
    choice.stepsInARow = action === choice.current ? choice.stepsInARow + 1 : 1;
    choice.current = action;
    choice.step++;
    machine.step(machine.cores[action] as Machine['cores'][number]);
    if (lastEventStep === choice.step) choice.stepsInARow = 0;
  }
  const words = new Int32Array(booted.image.length);
  for (let address = 0; address < words.length; address++) words[address] = machine.memory.latest(address);
  return {
    program,
    schedule: departures,
    history,
    end,
    fault: machine.fault,
    costs: machine.costs,
    steps: choice.step,
    switches,
    blocked: blockedThreads(machine, history),
    booted,
    latest: (address) => words[address] as Word,
  };
};
