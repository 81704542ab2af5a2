import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { ThreadId } from '#spec/abi.ts';
import { nothing, type Recipe } from '#spec/outcome.ts';

/** One thing a pending call may do in a state, with states, calls and answers by number. */
export class Edge {
  /** The rest of the call, or -1: it is over. */
  readonly rest: number;
  /** Its answer when it is over, or -1. */
  readonly answer: number;
  readonly #states: Numbering<unknown>;
  /** The state before; once it was asked for, the state after. */
  #state: number;
  #then: Recipe<unknown>;

  constructor(states: Numbering<unknown>, before: number, then: Recipe<unknown>, rest: number, answer: number) {
    this.#states = states;
    this.#state = before;
    this.#then = then;
    this.rest = rest;
    this.answer = answer;
  }

  /** The state after. Most edges are asked for their answer only. */
  get state(): number {
    if (this.#then !== nothing) {
      const scratch = this.#states.value(this.#state);
      this.#then(scratch);
      this.#state = this.#states.numberOf(scratch);
      this.#then = nothing;
    }
    return this.#state;
  }
}

/** A copy of a plain value that shares nothing with it. */
const copyOf = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = copyOf(value[key]);
  return copy as T;
};

/** Freezes a plain value through and through. */
const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
};

/** Gives each distinct plain value a number, and the value for a number. */
export class Numbering<T> {
  /** By what they are in JSON; texts, which may be long, by themselves. */
  readonly #numbers = new Map<string, number>();
  readonly #ofTexts = new Map<string, number>();
  readonly #values: T[] = [];

  /** The number of a value that the caller may go on to change. */
  number(value: T): number {
    return this.#number(value, (key) => JSON.parse(key) as T);
  }

  /** The number of a value that is given away. */
  numberOf(value: T): number {
    return this.#number(value, () => value);
  }

  #number(value: T, own: (key: string) => T): number {
    const isText = typeof value === 'string';
    const numbers = isText ? this.#ofTexts : this.#numbers;
    const key = isText ? value : JSON.stringify(value);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#values.length;
    numbers.set(key, number);
    this.#values.push(frozen(isText ? value : own(key)));
    return number;
  }

  /** The value, for everybody: nobody can change it. */
  shared(number: number): T {
    return this.#values[number] as T;
  }

  /** A fresh copy of the value: the caller may change it. */
  value(number: number): T {
    return copyOf(this.shared(number));
  }

  get size(): number {
    return this.#values.length;
  }
}

/** A program by number: its state at boot, and each thread's calls. */
interface NumberedProgram {
  readonly initial: number;
  readonly calls: readonly (readonly number[])[];
}

/** Threads that a key has room for. A machine has far fewer; a history from elsewhere may have hundreds. */
const threadsMax = 1024;

/** What a graph is made from. */
export interface Theory extends Pick<Subject, 'outcomes' | 'mayEnd'> {
  /**
   * Whether `call`, which only reads, may yet give `answer`, if from this state on only `others` happen before. It may
   * say yes wrongly, but not no. Absent: nobody knows but by trying.
   */
  mayAnswer?(state: unknown, call: AnyCall, answer: unknown, others: Iterable<AnyCall>): boolean;
}

/**
 * The spec of one subject as a graph that grows as it is walked: each step is computed once. A step runs the
 * outcome's recipe on a copy of the state that is all its own, so no draft is ever made. A property checks that
 * this gives what `produce` gives.
 */
export class SpecGraph<Of extends Theory = Subject> {
  readonly subject: Of;
  readonly states = new Numbering<unknown>();
  readonly calls = new Numbering<AnyCall>();
  readonly answers = new Numbering<unknown>();
  /** Per state: its edges by call and thread. */
  readonly #edges: (Map<number, readonly Edge[]> | undefined)[] = [];
  /** Per rest of a call: whether it may end with an answer. */
  readonly #ends: (Map<number, boolean> | undefined)[] = [];
  /** One program is run under many schedules. */
  readonly #programs = new WeakMap<Program, NumberedProgram>();
  readonly #memoise: boolean;
  /** How many steps were asked for, and how many had to be computed. */
  asked = 0;
  computed = 0;

  constructor(subject: Of, memoise = true) {
    this.subject = subject;
    this.#memoise = memoise;
  }

  /** A program's state at boot and its calls. */
  program(this: SpecGraph, variant: string, program: Program): NumberedProgram {
    const known = this.#programs.get(program);
    if (known) return known;
    const { threads, parameters } = program;
    const numbered = {
      initial: this.states.number(this.subject.initial(variant, parameters, threads.length)),
      calls: threads.map((calls) => calls.map((call) => this.calls.number(call))),
    };
    this.#programs.set(program, numbered);
    return numbered;
  }

  /** Whether what is left of a call, both by number, may still end with this answer. */
  mayEnd(rest: number, answer: number): boolean {
    const { mayEnd } = this.subject;
    if (!mayEnd) return true;
    let ends = this.#ends[rest];
    if (!ends) {
      ends = new Map();
      this.#ends[rest] = ends;
    }
    let may = ends.get(answer);
    if (may === undefined) {
      may = mayEnd(this.calls.shared(rest), this.answers.shared(answer));
      ends.set(answer, may);
    }
    return may;
  }

  /** All that `call` of `thread` may do in `state`. */
  edges(state: number, thread: ThreadId, call: number): readonly Edge[] {
    this.asked++;
    if (thread >= threadsMax) throw new InternalError(`thread ${thread} has no room in a key`);
    const key = call * threadsMax + thread;
    const ofState = this.#edges[state] ?? new Map<number, readonly Edge[]>();
    const known = ofState.get(key);
    if (known) return known;
    const edges = this.#compute(state, thread, call);
    if (this.#memoise) this.#edges[state] = ofState.set(key, edges);
    return edges;
  }

  #compute(state: number, thread: ThreadId, call: number): readonly Edge[] {
    this.computed++;
    const outcomes = this.subject.outcomes(this.states.shared(state), thread, this.calls.shared(call));
    return outcomes.map((outcome) =>
      outcome.tag === 'continues'
        ? new Edge(this.states, state, outcome.then, this.calls.number(outcome.rest), -1)
        : new Edge(this.states, state, outcome.then, -1, this.answers.number(outcome.answer)),
    );
  }
}
