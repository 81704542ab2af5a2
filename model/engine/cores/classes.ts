import { imageAtBoot } from '#impl/machine/image.ts';
import type { Word } from '#impl/machine/ops.ts';
import { Contexts } from '#model/engine/cores/contexts.ts';
import { type CoreStep, cutOff } from '#model/engine/cores/core-step.ts';
import { Cores, type Setting } from '#model/engine/cores/cores.ts';
import { Following } from '#model/engine/cores/follow.ts';
import { ordered } from '#model/engine/cores/order.ts';
import { layoutBeside } from '#model/engine/cores/words.ts';
import type { Booted } from '#model/engine/explore/boot.ts';
import { bootOf, type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { callsOf, dispatcherOf, interruptedOf, timerInterruptOf } from '#model/engine/explore/routines.ts';
import { ExecutionGraph } from '#model/engine/graph/events.ts';
import { Explorer } from '#model/engine/graph/explorer.ts';
import { models } from '#model/engine/graph/models.ts';
import { follow, type Trail, trailOf } from '#model/engine/graph/trail.ts';
import type { Program } from '#model/subject.ts';

/** How many graphs of which kind were looked at. */
export interface Tally {
  /** Those that the machine has done. No two are the same. */
  readonly executions: number;
  /**
   * Those that the machine cannot do: it does in one step what is several events of the graph, and remembers only so
   * many messages.
   */
  readonly impossible: number;
  /** Those in which somebody waits for a word that is there. In another one he sees it. */
  readonly unfair: number;
  /** Those in which a core takes more steps than it may: not all of what it can do is known. */
  readonly cutOff: number;
}

/** Where an exploration stands. It is as long as one execution, however many were found. */
export interface Stand {
  readonly tally: Tally;
  /** Null: it has not begun. */
  readonly trail: Trail | null;
}

export const atStart: Stand = { tally: { executions: 0, impossible: 0, unfair: 0, cutOff: 0 }, trail: null };

/** A core takes at most so many steps: a loop that nothing ends should be a wait. */
const coreStepsMax = 1000;

/**
 * Every execution of a program on the machine, one of each class: two are of one class if every read reads the same
 * write, the writes to each word come in the same order, interrupts strike at the same places, and calls and answers are
 * seen in the same order from outside. Explores execution graphs of the cores (docs/adr/0017), and has the machine do
 * each.
 */
export class Classes {
  #executions = 0;
  #impossible = 0;
  #unfair = 0;
  #cutOff = 0;
  readonly #rig: Rig;
  readonly #program: Program;
  readonly #limits: Limits;
  readonly #setting: Setting;
  readonly #graph: ExecutionGraph;
  readonly #cores: Cores;
  readonly #explorer: Explorer<CoreStep>;
  /** The words that only the machine itself reads and writes. */
  readonly #inner: ReadonlySet<number>;
  readonly #stepOf = (event: number): CoreStep => this.#explorer.stepOf(event);

  /** `takesRetriesForWaits`: whether a lock that is tried again and again is one wait (see `areWaits`). */
  constructor(rig: Rig, program: Program, limits: Limits, takesRetriesForWaits: boolean, from: Stand = atStart) {
    this.#rig = rig;
    this.#program = program;
    this.#limits = limits;
    const booted = bootOf(rig, program);
    const setting = settingOf(booted, program, limits);
    const beside = layoutBeside(setting.words, setting.threads, setting.cores, limits.timers);
    this.#setting = setting;
    this.#inner = new Set([...booted.contextWord, ...booted.registersWord]);
    this.#cores = new Cores(setting, beside, contextsOf(rig, program, booted, limits), takesRetriesForWaits);
    this.#graph = new ExecutionGraph(this.#cores.roots.length, wordsAtBoot(booted, beside.count));
    this.#explorer = new Explorer(this.#graph, models[limits.memory].of(this.#graph, 'xchg'), this.#cores);
    this.#executions = from.tally.executions;
    this.#impossible = from.tally.impossible;
    this.#unfair = from.tally.unfair;
    this.#cutOff = from.tally.cutOff;
    if (from.trail) follow(this.#explorer, { trail: from.trail, floor: 0 });
  }

  /** Where it stands: another for the same program goes on from there. */
  get stand(): Stand {
    return { tally: this.tally, trail: this.#explorer.isStarted ? trailOf(this.#explorer) : null };
  }

  get tally(): Tally {
    return {
      executions: this.#executions,
      impossible: this.#impossible,
      unfair: this.#unfair,
      cutOff: this.#cutOff,
    };
  }

  /** Whether what was taken for a wait is one, as far as that was looked at. If not, what was found is not all. */
  areWaits(): boolean {
    return this.#cores.areWaits();
  }

  /** Goes on to the next graph. Gives its execution; null if it has none; undefined if there is no further graph. */
  next(): Execution | null | undefined {
    const explorer = this.#explorer;
    if (!explorer.next()) return undefined;
    if (this.isCutOff) this.#cutOff++;
    else if (!explorer.isDeadlocked) this.#unfair++;
    else {
      const execution = this.#execute();
      if (execution) this.#executions++;
      else this.#impossible++;
      return execution;
    }
    return null;
  }

  /** Goes on to the next graph, and the machine does not do it. Gives whether there is one. */
  pass(): boolean {
    return this.#explorer.next();
  }

  /** Whether a core takes too many steps in this graph. */
  get isCutOff(): boolean {
    return this.#explorer.endings().includes(cutOff);
  }

  /** Has the machine do what the graph says. */
  #execute(): Execution | null {
    return this.#executeIn(false) ?? (this.#limits.memory === 'tso' ? this.#executeIn(true) : null);
  }

  /** The same, in one order (see `ordered`). */
  #executeIn(isInnerSeenAtOnce: boolean): Execution | null {
    const { cores, words } = this.#setting;
    const { memory } = this.#limits;
    const heedsInterrupts = this.#rig.subject.interrupted !== undefined;
    const endings = this.#explorer.endings();
    const order = ordered(
      this.#graph,
      this.#stepOf,
      cores,
      memory,
      (location) => location >= words || this.#inner.has(location),
      isInnerSeenAtOnce,
      (core) => endings[core]?.tag === 'panicked',
    );
    if (!order) return null;
    const following = new Following(this.#graph, this.#stepOf, order, cores, memory === 'tso', heedsInterrupts);
    const onlooker = { observer: following.observer, choices: null, ways: null };
    const execution = execute(this.#rig, this.#program, following, this.#limits, onlooker);
    if (following.hasDiverged) return null;
    return following.isAtEnd || execution.end === 'fault' ? execution : null;
  }
}

const settingOf = (booted: Booted, program: Program, { memory, timers, steps }: Limits): Setting => ({
  threads: program.threads.length,
  cores: booted.running.length,
  active: booted.active,
  running: booted.running,
  words: booted.image.length,
  contextWord: booted.contextWord,
  registersWord: booted.registersWord,
  timers,
  stepsMax: Math.min(steps, coreStepsMax),
  isMemory: (address) => (booted.usable[address] ?? 0) !== 0,
  heedsFence: models[memory].heedsFence,
});

const contextsOf = (rig: Rig, program: Program, booted: Booted, { weakening }: Limits): Contexts =>
  new Contexts(
    {
      start: (context, mark) => {
        const user = { bytes: [], mappedBytes: 0 };
        const threads = program.threads.length;
        if (context >= threads) return { routine: dispatcherOf(rig, booted, context, threads), user };
        const edge = {
          called: () => mark({ tag: 'call' }),
          answered: (_: number, answer: unknown) => mark({ tag: 'answer', answer }),
        };
        return { routine: callsOf(rig, program, booted, context, user, edge), user };
      },
      timerInterrupt: (context) => timerInterruptOf(rig, program, booted, context),
      interrupted: interruptedOf(rig, booted),
    },
    weakening,
  );

/** The words at boot, with who runs where, and those beside them. */
const wordsAtBoot = ({ image, contextWord, running }: Booted, count: number): Word[] => [
  ...imageAtBoot(image, contextWord, running),
  ...new Array<Word>(count - image.length).fill(0),
];
