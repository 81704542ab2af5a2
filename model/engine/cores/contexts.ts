import { isDeepStrictEqual } from 'node:util';
import type { Frame, UserBuffer } from '#impl/machine/context.ts';
import { Kind, type Routine, register, type Word } from '#impl/machine/ops.ts';
import { type Weakening, weaken } from '#impl/machine/weakening.ts';
import { SuiteError } from '#model/suite-error.ts';

/** A call is made, or answered, on the way to a micro-op. */
export type Mark = { readonly tag: 'call' } | { readonly tag: 'answer'; readonly answer: unknown };

/** How a context begins: its routine, which tells `mark` of its calls, and its memory. */
export interface Beginning {
  readonly routine: Routine<unknown>;
  readonly user: UserBuffer;
}

/** The contexts of a program. */
export interface Beginnings {
  start(context: number, mark: (mark: Mark) => void): Beginning;
  timerInterrupt(context: number): Routine<unknown>;
  /** What a core does when another interrupts it in this context; null: nothing. */
  readonly interrupted: ((context: number) => Routine<unknown>) | null;
}

/** What may come before a step is done, in the midst of a context. */
export type Strike = 'timer' | 'interrupt';

/** A context under way: what `ContextStep`s stand for. */
interface Run {
  readonly frames: Frame[];
  readonly user: UserBuffer;
  readonly marks: Mark[];
}

const localStepsMax = 10_000;

/** The kind of a step at which its context has faulted, in whatever way. The machine will tell. */
export const faulted = -1;

const noMarks: readonly Mark[] = [];

/**
 * What a context does next after it was given certain words: a node of the trie of its histories. A context passes from
 * core to core; what it does depends on nothing else. Micro-ops that are local to the core are steps like others.
 */
export class ContextStep {
  readonly context: number;
  readonly parent: ContextStep | null;
  /** What its parent's micro-op gave; or what struck before it was done. */
  readonly given: Word | Strike;
  /** The micro-op; `faulted` if there is none. */
  readonly kind: number;
  readonly address: number;
  readonly operand: Word;
  readonly expected: Word;
  readonly order: Frame['order'];
  /** Whether it handles an interrupt: then nothing interrupts it. */
  readonly handlesInterrupt: boolean;
  readonly marks: readonly Mark[];
  /** The word that stands for it in the saved registers; 0: it never was put away. */
  saved: Word = 0;
  run: Run | null;
  readonly struck: Record<Strike, ContextStep | null> = { timer: null, interrupt: null };
  words: Word[] = [];
  steps: ContextStep[] = [];

  constructor(context: number, parent: ContextStep | null, given: Word | Strike, run: Run, isFaulted: boolean) {
    const frame = run.frames.at(-1) as Frame;
    this.context = context;
    this.parent = parent;
    this.given = given;
    this.kind = isFaulted ? faulted : frame.kind;
    this.address = isFaulted ? 0 : frame.address;
    this.operand = isFaulted ? 0 : frame.operand;
    this.expected = isFaulted ? 0 : frame.expected;
    this.order = isFaulted ? 'plain' : frame.order;
    this.handlesInterrupt = run.frames.some(({ masks }) => masks);
    this.marks = run.marks.length === 0 ? noMarks : run.marks.splice(0);
    this.run = isFaulted ? null : run;
  }
}

/** The histories of all contexts of a program. */
export class Contexts {
  readonly #beginnings: Beginnings;
  readonly #weakening: Weakening | null;
  readonly #roots: (ContextStep | undefined)[] = [];
  /** Index: the word that stands for a step. */
  readonly #saved: (ContextStep | null)[] = [null];

  /** `weakening`: a place in the code that is made weaker than it says; null: none. */
  constructor(beginnings: Beginnings, weakening: Weakening | null) {
    this.#beginnings = beginnings;
    this.#weakening = weakening;
  }

  /** The first step of a context. */
  start(context: number): ContextStep {
    const known = this.#roots[context];
    if (known) return known;
    const run = this.#begin(context);
    const step = new ContextStep(context, null, 0, run, !this.#advance(run, 0));
    this.#roots[context] = step;
    return step;
  }

  /** The step after one that gave `word`. */
  after(step: ContextStep, word: Word): ContextStep {
    const { words } = step;
    for (let i = 0; i < words.length; i++) if (words[i] === word) return step.steps[i] as ContextStep;
    const run = this.#take(step);
    const next = new ContextStep(step.context, step, word, run, !this.#advance(run, word));
    words.push(word);
    step.steps.push(next);
    return next;
  }

  /**
   * The step after what strikes before `step` is done, which is when the handler has returned; or after it, if it unmasks
   * interrupts.
   */
  struck(step: ContextStep, by: Strike): ContextStep {
    const known = step.struck[by];
    if (known) return known;
    const run = this.#take(step);
    const next = new ContextStep(step.context, step, by, run, !this.#strike(step.context, by, run));
    step.struck[by] = next;
    return next;
  }

  /** Whether a core that is interrupted by another does anything. */
  get heedInterrupts(): boolean {
    return this.#beginnings.interrupted !== null;
  }

  /** Puts a context's registers away: the word that stands for what it does next. */
  save(step: ContextStep): Word {
    if (step.saved === 0) step.saved = this.#saved.push(step) - 1;
    return step.saved;
  }

  /** What a context does next whose registers are `word`. 0: it begins. */
  resumed(context: number, word: Word): ContextStep {
    const step = this.#saved[word];
    return step ? this.after(step, 0) : this.start(context);
  }

  /** Whether two contexts do the same next, and after all that the first is known to do; as far as `steps` steps. */
  areAlike(first: ContextStep, second: ContextStep, steps: number): boolean {
    const open: [ContextStep, ContextStep][] = [[first, second]];
    for (let i = 0; i < open.length; i++) {
      const [one, other] = open[i] as [ContextStep, ContextStep];
      if (!isSame(one, other)) return false;
      if (open.length >= steps) continue;
      for (const [next, word] of one.words.entries()) {
        open.push([one.steps[next] as ContextStep, this.after(other, word)]);
      }
    }
    return true;
  }

  /** Forgets all histories but those on the way to these steps. Those of saved registers stand for themselves. */
  prune(kept: Iterable<ContextStep>): void {
    this.#roots.fill(undefined);
    const ways = new Set<ContextStep>();
    for (const step of kept) for (let at: ContextStep | null = step; at; at = at.parent) ways.add(at);
    for (const step of ways) {
      step.words = [];
      step.steps = [];
      step.struck.timer = null;
      step.struck.interrupt = null;
    }
    for (const step of ways) {
      if (!step.parent) this.#roots[step.context] = step;
      else if (typeof step.given === 'string') step.parent.struck[step.given] = step;
      else {
        step.parent.words.push(step.given);
        step.parent.steps.push(step);
      }
    }
  }

  #begin(context: number): Run {
    const marks: Mark[] = [];
    const { routine, user } = this.#beginnings.start(context, (mark) => marks.push(mark));
    return { frames: [frameOf(routine, false)], user, marks };
  }

  #strike(context: number, by: Strike, run: Run): boolean {
    const frame = run.frames.at(-1) as Frame;
    if (frame.kind === Kind.unmaskInterrupts) frame.kind = Kind.pause; // it is done, and so does the machine
    const { interrupted } = this.#beginnings;
    const isInterrupt = by === 'interrupt' && interrupted !== null;
    const handler = isInterrupt ? interrupted(context) : this.#beginnings.timerInterrupt(context);
    run.frames.push(frameOf(handler, isInterrupt));
    return this.#advance(run, 0);
  }

  /** The run of a step, which nobody else will have: as it stood, or made anew. */
  #take(step: ContextStep): Run {
    const { run } = step;
    if (run) {
      step.run = null;
      return run;
    }
    const path: ContextStep[] = [];
    for (let at: ContextStep | null = step; at; at = at.parent) path.push(at);
    const again = this.#begin(step.context);
    for (const recorded of path.reverse()) {
      const { given } = recorded;
      const isFine = typeof given === 'string' ? this.#strike(step.context, given, again) : this.#advance(again, given);
      if (!isFine || !isRepeated(recorded, again)) throw nondeterministic(step.context);
    }
    return again;
  }

  /** Gives a context the result of its micro-op and runs it to the next. Gives false if it faults. */
  #advance(run: Run, given: Word): boolean {
    const frame = run.frames.at(-1) as Frame;
    let word = given;
    for (let steps = 0; steps < localStepsMax; steps++) {
      let done: boolean | undefined;
      try {
        done = frame.routine.next(word).done;
      } catch {
        register.pending = false;
        return false;
      }
      const isLeft = register.pending === done;
      register.pending = false;
      if (isLeft) return false;
      if (done) {
        run.frames.pop();
        return run.frames.length > 0;
      }
      frame.kind = register.kind;
      frame.address = register.address;
      frame.operand = register.operand;
      frame.expected = register.expected;
      frame.order = register.order;
      if (this.#weakening !== null && register.site === this.#weakening.site) weaken(frame, this.#weakening);
      if (frame.kind === Kind.panic) return false;
      if (frame.kind === Kind.tracepoint) word = 0;
      else if (frame.kind === Kind.copyIn || frame.kind === Kind.copyOut) word = copy(run.user, frame);
      else return true;
    }
    return false;
  }
}

const frameOf = (routine: Routine<unknown>, masks: boolean): Frame => ({
  routine,
  masks,
  kind: 0,
  address: 0,
  operand: 0,
  expected: 0,
  order: 'plain',
  site: undefined,
  text: '',
});

const copy = (user: UserBuffer, { kind, address, operand }: Frame): Word => {
  if (address < 0 || !(address < user.mappedBytes)) return -1;
  if (kind === Kind.copyIn) return user.bytes[address] ?? 0;
  user.bytes[address] = operand;
  return 0;
};

/** Whether two steps are the same micro-op, and the same happened on the way to them. */
export const isSame = (one: ContextStep, other: ContextStep): boolean =>
  one.kind === other.kind &&
  one.address === other.address &&
  one.operand === other.operand &&
  one.expected === other.expected &&
  one.order === other.order &&
  isDeepStrictEqual(one.marks, other.marks);

const isRepeated = (step: ContextStep, run: Run): boolean => {
  const frame = run.frames.at(-1) as Frame;
  return (
    step.kind === frame.kind &&
    step.address === frame.address &&
    step.operand === frame.operand &&
    step.expected === frame.expected &&
    step.order === frame.order &&
    isDeepStrictEqual(step.marks, run.marks.splice(0))
  );
};

/** The user's code is no function of what it reads. */
export const nondeterministic = (context: number): SuiteError =>
  new SuiteError(
    'S603',
    `context ${context} does something else than when it read the same before`,
    'let it depend on nothing but what it reads: no clock, no random number, no variable that outlives a call',
  );
