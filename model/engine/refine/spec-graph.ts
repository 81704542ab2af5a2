import { none } from '#model/engine/refine/numbered.ts';
import { isSame, Numbering } from '#model/engine/refine/numbering.ts';
import { States } from '#model/engine/refine/states.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { ThreadId } from '#spec/abi.ts';
import { nothing, type Outcome, type Recipe } from '#spec/outcome.ts';

type AnyOutcome = Outcome<unknown, AnyCall, unknown>;

const nowhere: readonly Edge[] = [];

/** Not computed yet. */
const unknown = -2;

/** One thing a pending call may do in a state. What comes of it is computed when it is asked for, and once. */
export class Edge {
  /** Whether the call is over with it. */
  readonly isLast: boolean;
  /** False: the state stays as it is, whatever it is. */
  readonly changes: boolean;
  readonly #graph: SpecGraph<Theory>;
  /** The answer, or the rest of the call. */
  readonly #told: unknown;
  /** The state before; once it was asked for, the state after. */
  #state: number;
  /** What it does to the state, until that is done. */
  #then: Recipe<unknown>;
  #result = unknown;
  #asked = unknown;
  #isPossible = false;

  constructor(graph: SpecGraph<Theory>, before: number, outcome: AnyOutcome) {
    this.#graph = graph;
    this.#state = before;
    this.#then = outcome.then;
    this.#told = outcome.tag === 'returns' ? outcome.answer : outcome.rest;
    this.isLast = outcome.tag === 'returns';
    this.changes = outcome.then !== nothing;
  }

  /** The state after, by number. */
  get state(): number {
    if (this.#then !== nothing) {
      const { states } = this.#graph;
      const scratch = states.value(this.#state);
      this.#then(scratch);
      this.#state = states.number(scratch, this.#state);
      this.#then = nothing;
    }
    return this.#state;
  }

  /** The rest of the call by number; none: it is over. */
  get rest(): number {
    return this.isLast ? none : this.#resultNumber();
  }

  /** Its answer by number, when it is over; none: it is not. */
  get answer(): number {
    return this.isLast ? this.#resultNumber() : none;
  }

  /** Whether the call may end with this answer, if it goes this way: as far as the spec can tell without trying. */
  leadsTo(answer: number): boolean {
    return this.isLast ? this.#gives(answer) : this.#mayEnd(answer);
  }

  /** To compare once is cheaper than to number; most edges are asked about one answer only. */
  #gives(answer: number): boolean {
    if (this.#result !== unknown) return this.#result === answer;
    if (this.#asked !== unknown) return answer !== this.#asked && this.#resultNumber() === answer;
    this.#asked = answer;
    if (!isSame(this.#told, this.#graph.answers.shared(answer))) return false;
    this.#result = answer;
    return true;
  }

  #mayEnd(answer: number): boolean {
    const { mayEnd } = this.#graph.subject;
    if (!mayEnd) return true;
    if (answer === this.#asked) return this.#isPossible;
    this.#asked = answer;
    this.#isPossible = mayEnd(this.#told as AnyCall, this.#graph.answers.shared(answer));
    return this.#isPossible;
  }

  #resultNumber(): number {
    if (this.#result === unknown) {
      const { calls, answers } = this.#graph;
      this.#result = this.isLast ? answers.numberOf(this.#told) : calls.numberOf(this.#told as AnyCall);
    }
    return this.#result;
  }
}

/** A program by number: its state at boot, and each thread's calls. */
interface NumberedProgram {
  readonly initial: number;
  readonly calls: readonly (readonly number[])[];
}

/**
 * When it is remembered of more states what may be done in them, a new program begins with all of that forgotten: most of
 * it is of programs that do not come again, and takes more memory than the states do. Never in the midst of a search,
 * which would compute the same again and again.
 */
const usuallyRememberedMax = 100_000;

/** Threads that a key has room for. A machine has far fewer; a history from elsewhere may have hundreds. */
const threadsMax = 1024;

/** What a graph is made from. */
export interface Theory extends Pick<Subject, 'outcomes' | 'mayEnd' | 'probablyEnds' | 'areCallersAlike'> {
  /** The outcomes of a call, whoever makes it, for each state: asked once for each call. Absent: `outcomes` is asked. */
  rule?(call: AnyCall): (state: unknown) => readonly AnyOutcome[];
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
  readonly states = new States();
  readonly calls = new Numbering<AnyCall>();
  readonly answers = new Numbering<unknown>(false);
  /** Per state: its edges by call and thread. */
  readonly #edges = new Map<number, Map<number, readonly Edge[]>>();
  /** Per call, where the spec has them. */
  readonly #rules: ((state: unknown) => readonly AnyOutcome[])[] = [];
  /** One program is run under many schedules. */
  readonly #programs = new WeakMap<Program, NumberedProgram>();
  readonly #rememberedMax: number;
  readonly #areCallersAlike: boolean;
  /** How many steps were asked for, and how many had to be computed. */
  asked = 0;
  computed = 0;

  constructor(subject: Of, rememberedMax = usuallyRememberedMax) {
    this.subject = subject;
    this.#rememberedMax = rememberedMax;
    this.#areCallersAlike = subject.areCallersAlike === true;
  }

  /** A program's state at boot and its calls. */
  program(this: SpecGraph, variant: string, program: Program): NumberedProgram {
    const known = this.#programs.get(program);
    if (known) return known;
    if (this.#edges.size > this.#rememberedMax) this.#edges.clear();
    const { threads, parameters, cores } = program;
    const numbered = {
      initial: this.states.number(this.subject.initial(variant, parameters, threads.length, cores)),
      calls: threads.map((calls) => calls.map((call) => this.calls.number(call))),
    };
    this.#programs.set(program, numbered);
    return numbered;
  }

  /** All that `call` of `thread` may do in `state`. */
  edges(state: number, thread: ThreadId, call: number): readonly Edge[] {
    this.asked++;
    if (thread >= threadsMax) throw new InternalError(`thread ${thread} has no room in a key`);
    const key = this.#areCallersAlike ? call : call * threadsMax + thread;
    let ofState = this.#edges.get(state);
    if (!ofState) {
      ofState = new Map();
      this.#edges.set(state, ofState);
    }
    let edges = ofState.get(key);
    if (!edges) {
      edges = this.#compute(state, thread, call);
      ofState.set(key, edges);
    }
    return edges;
  }

  /** Whether what is left of a call may still end with this answer, as far as the spec can tell without trying. */
  mayEnd(rest: number, answer: number): boolean {
    const { mayEnd } = this.subject;
    return !mayEnd || mayEnd(this.calls.shared(rest), this.answers.shared(answer));
  }

  /** Whether what is left of a call is likely to end with this answer from this state on. */
  probablyEnds(state: number, rest: number, answer: number): boolean {
    const { probablyEnds } = this.subject;
    return (
      !probablyEnds || probablyEnds(this.states.shared(state), this.calls.shared(rest), this.answers.shared(answer))
    );
  }

  #compute(state: number, thread: ThreadId, call: number): readonly Edge[] {
    this.computed++;
    const rule = this.#ruleOf(call);
    const now = this.states.shared(state);
    const outcomes = rule ? rule(now) : this.subject.outcomes(now, thread, this.calls.shared(call));
    if (outcomes.length === 0) return nowhere;
    return outcomes.map((outcome) => new Edge(this, state, outcome));
  }

  #ruleOf(call: number): ((state: unknown) => readonly AnyOutcome[]) | undefined {
    if (!this.subject.rule) return undefined;
    this.#rules[call] ??= this.subject.rule(this.calls.shared(call));
    return this.#rules[call];
  }
}
