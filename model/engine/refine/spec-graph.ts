import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { ThreadId } from '#spec/abi.ts';

/** One thing a pending call may do in a state, with states, calls and answers by number. */
export interface Edge {
  /** The state after. */
  readonly state: number;
  /** The rest of the call, or -1: it is over. */
  readonly rest: number;
  /** Its answer when it is over, or -1. */
  readonly answer: number;
}

/** Gives each distinct plain value a number, and the value for a number. */
export class Numbering<T> {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  number(value: T): number {
    const text = JSON.stringify(value);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.length;
    this.#numbers.set(text, number);
    this.#texts.push(text);
    return number;
  }

  /** A fresh copy of the value: the caller may change it. */
  value(number: number): T {
    return JSON.parse(this.#texts[number] as string) as T;
  }

  get size(): number {
    return this.#texts.length;
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
export type Theory = Pick<Subject, 'initial' | 'outcomes'>;

/**
 * The spec of one subject as a graph that grows as it is walked: each step is computed once. A step decodes its state
 * into an object of its own and runs the outcome's recipe on that, so no draft is ever made. A property checks that
 * this gives what `produce` gives.
 */
export class SpecGraph<Of extends Theory = Subject> {
  readonly subject: Of;
  readonly states = new Numbering<unknown>();
  readonly calls = new Numbering<AnyCall>();
  readonly answers = new Numbering<unknown>();
  /** Per state: its edges by call and thread. */
  readonly #edges: (Map<number, readonly Edge[]> | undefined)[] = [];
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
  program(variant: string, program: Program): NumberedProgram {
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
    const outcomes = this.subject.outcomes(this.states.value(state), thread, this.calls.value(call));
    return outcomes.map((outcome) => {
      const scratch = this.states.value(state);
      outcome.then(scratch);
      return {
        state: this.states.number(scratch),
        rest: outcome.tag === 'continues' ? this.calls.number(outcome.rest) : -1,
        answer: outcome.tag === 'returns' ? this.answers.number(outcome.answer) : -1,
      };
    });
  }
}
