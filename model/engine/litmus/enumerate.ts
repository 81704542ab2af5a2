import { type Accesses, accessesOf, coherentWays, type Way } from '#model/engine/litmus/coherent.ts';
import { graphOf } from '#model/engine/litmus/graph.ts';
import { possibleRuns } from '#model/engine/litmus/possible.ts';
import { LitmusError } from '#model/engine/litmus/source.ts';
import { type Supply, supplies } from '#model/engine/litmus/supply.ts';
import { showValue } from '#model/engine/litmus/test.ts';
import type { Run } from '#model/engine/litmus/thread-runs.ts';
import type { EventGraph, Execution } from '#spec/machine/memory/execution.ts';
import { type Axiom, atomicity, coherence, type MemoryModel } from '#spec/machine/memory/model.ts';
import type { FinalState, LitmusProgram, Value } from '#spec/machine/memory/program.ts';
import { emptyRelation, type MutableRelation, relate } from '#spec/machine/memory/relation.ts';

/** What a model allows a program to do. */
export interface Allowed {
  readonly model: string;
  /** The final states, each with the number of consistent executions that end in it. */
  readonly states: readonly { readonly state: FinalState; readonly executions: number }[];
  /** Consistent executions: runs of the threads, with rf and co. */
  readonly executions: number;
  /** Whether one of them robs the program of any meaning: in C, a data race. */
  readonly isUndefined: boolean;
}

export interface Enumeration {
  /** Of each model, in the order given. */
  readonly allowed: readonly Allowed[];
  /** Whether executions were left out that go round a loop once too often. */
  readonly isCut: boolean;
}

/** Told of each consistent execution: it is only lent. */
export type Visit = (execution: Execution, model: MemoryModel) => void;

/** What is looked at before an enumeration gives up: some minutes' worth. */
const candidatesMax = 20_000_000;
const combinationsMax = 200_000_000;

const tooMany = (what: string): never => {
  throw new LitmusError('bound', 0, `there are more than ${what}`, 'smaller tests can be run');
};

/** A graph, with all that is computed once for its executions. */
interface Prepared {
  readonly graph: EventGraph;
  readonly accesses: readonly Accesses[];
  /** Of each model. */
  readonly locals: readonly unknown[];
  /** Of each of `accesses`, the value that its location holds at the end. */
  readonly finals: Value[];
  readonly rf: MutableRelation;
  readonly co: MutableRelation;
  readonly fr: MutableRelation;
}

/**
 * Enumerates the executions of a program that models allow: every combination of runs of its threads, every coherent
 * way for its locations, kept if the axioms hold.
 * @throws LitmusError if there are too many, or one of them accesses an address that is no location's
 */
export const enumerate = (program: LitmusProgram, models: readonly MemoryModel[], visit?: Visit): Enumeration => {
  const { runs, isCut } = possibleRuns(program);
  const search = new Search(program, models, runs, visit);
  search.combine(0, 0, 0);
  return { allowed: search.allowed(), isCut };
};

class Search {
  private readonly program: LitmusProgram;
  private readonly models: readonly MemoryModel[];
  private readonly runs: readonly (readonly Supply[])[];
  /** What each thread and those after it may write. */
  private readonly gives: number[] = [0];
  private readonly visit: Visit | undefined;
  /** Of each model, the axioms that candidates do not satisfy by the way they are made. */
  private readonly axioms: readonly (readonly Axiom[])[];
  private readonly isAtomic: boolean;
  /** By the numbers of the shapes, each of which has its own weight in the key. */
  private readonly prepared = new Map<number, Prepared>();
  private readonly weights: readonly number[];
  private readonly tallies: readonly Map<string, { readonly state: FinalState; executions: number }>[];
  private readonly undefinedBy = new Set<MemoryModel>();
  private readonly chosen: Run[] = [];
  private candidates = 0;
  private combinations = 0;

  constructor(
    program: LitmusProgram,
    models: readonly MemoryModel[],
    runs: readonly (readonly Run[])[],
    visit: Visit | undefined,
  ) {
    this.program = program;
    this.models = models;
    // In C an access that is none to an object has no meaning; in herd there is no execution with one.
    const isC = program.architecture === 'C';
    const whole = isC ? runs.map((of) => of.filter(({ strayAddress }) => strayAddress === null)) : runs;
    this.runs = supplies(program, whole);
    for (const of of this.runs.toReversed()) {
      this.gives.unshift(of.reduce((union, { gives }) => union | gives, this.gives[0] as number));
    }
    this.visit = visit;
    this.isAtomic = models.every((model) => model.axioms.includes(atomicity));
    const isGiven = (axiom: Axiom): boolean => axiom === coherence || (this.isAtomic && axiom === atomicity);
    this.axioms = models.map((model) => model.axioms.filter((axiom) => !isGiven(axiom)));
    this.tallies = models.map(() => new Map());
    let weight = 1;
    this.weights = runs.map((of) => {
      const own = weight;
      weight *= 1 + Math.max(0, ...of.map(({ shape }) => shape.id));
      return own;
    });
  }

  allowed(): Allowed[] {
    return this.models.map((model, i) => {
      const states = [...(this.tallies[i] as (typeof this.tallies)[number]).values()];
      const executions = states.reduce((sum, state) => sum + state.executions, 0);
      return { model: model.name, states, executions, isUndefined: this.undefinedBy.has(model) };
    });
  }

  /** Chooses a run for each thread from `thread` on; `needs` and `gives` are those of the runs chosen before. */
  combine(thread: number, needs: number, gives: number): void {
    const runs = this.runs[thread];
    if (runs === undefined) {
      this.relate();
      return;
    }
    const later = this.gives[thread + 1] as number;
    for (const supply of runs) {
      if (++this.combinations > combinationsMax) tooMany(`${combinationsMax} combinations of runs`);
      const needed = needs | supply.needs;
      const given = gives | supply.gives;
      if ((needed & ~(given | later)) !== 0) continue;
      this.chosen.push(supply.run);
      this.combine(thread + 1, needed, given);
      this.chosen.pop();
    }
  }

  /** Chooses rf and co for the runs chosen. */
  private relate(): void {
    const prepared = this.prepare();
    const values = this.chosen.flatMap((run) => run.values);
    const ways: Way[][] = [];
    for (const accesses of prepared.accesses) {
      const some = coherentWays(prepared.graph, accesses, values, this.initial(accesses), this.isAtomic);
      if (some.length === 0) return;
      ways.push(some);
    }
    this.choose(prepared, values, ways, 0);
  }

  private prepare(): Prepared {
    let key = 0;
    for (const [thread, { shape }] of this.chosen.entries()) key += shape.id * (this.weights[thread] as number);
    const known = this.prepared.get(key);
    if (known) return known;
    const graph = graphOf(this.chosen.map((run) => run.shape));
    const { size } = graph;
    const prepared = {
      graph,
      accesses: accessesOf(graph),
      locals: this.models.map((model) => model.local(graph)),
      finals: [],
      rf: emptyRelation(size),
      co: emptyRelation(size),
      fr: emptyRelation(size),
    };
    this.prepared.set(key, prepared);
    return prepared;
  }

  private choose(prepared: Prepared, values: readonly Value[], ways: readonly Way[][], at: number): void {
    const some = ways[at];
    if (some === undefined) {
      this.judge(prepared);
      return;
    }
    for (const way of some) {
      const accesses = prepared.accesses[at] as Accesses;
      apply(prepared, accesses, way);
      const last = way.order.at(-1);
      prepared.finals[at] = last === undefined ? this.initial(accesses) : (values[last] as Value);
      this.choose(prepared, values, ways, at + 1);
    }
  }

  private judge(prepared: Prepared): void {
    if (++this.candidates > candidatesMax) tooMany(`${candidatesMax} candidate executions`);
    for (const [i, model] of this.models.entries()) {
      const axioms = this.axioms[i] as readonly Axiom[];
      if (!axioms.every((axiom) => axiom.holds(prepared, prepared.locals[i]))) continue;
      this.mustNotStray();
      this.visit?.(prepared, model);
      if (!this.undefinedBy.has(model) && model.isUndefined?.(prepared, prepared.locals[i])) {
        this.undefinedBy.add(model);
      }
      this.count(i, prepared);
    }
  }

  private mustNotStray(): void {
    for (const [thread, { strayAddress }] of this.chosen.entries()) {
      if (strayAddress === null) continue;
      const problem = `thread ${thread} may access ${showValue(this.program, strayAddress)}, where no location is`;
      throw new LitmusError('unsupported', 0, problem, 'every access is to a named location, whole');
    }
  }

  private count(model: number, prepared: Prepared): void {
    const state = this.program.observed.map((observed): Value => {
      if (observed.tag === 'register') return this.chosen[observed.thread]?.registers[observed.register] as Value;
      const at = prepared.accesses.findIndex((accesses) => accesses.location === observed.location);
      return (at < 0 ? this.program.initial[observed.location] : prepared.finals[at]) as Value;
    });
    const tally = this.tallies[model] as (typeof this.tallies)[number];
    const key = state.join();
    const known = tally.get(key);
    if (known) known.executions++;
    else tally.set(key, { state, executions: 1 });
  }

  private initial({ location }: Accesses): Value {
    return this.program.initial[location] as Value;
  }
}

/** Writes a way of one location into the relations: only rows of its own accesses change. */
const apply = ({ rf, co, fr }: Prepared, { reads, writes }: Accesses, { order, sources }: Way): void => {
  for (const write of writes) {
    clear(rf, write);
    clear(co, write);
  }
  for (const read of reads) clear(fr, read);
  for (let i = 0; i < order.length; i++) {
    for (let j = i + 1; j < order.length; j++) relate(co, order[i] as number, order[j] as number);
  }
  for (let i = 0; i < reads.length; i++) {
    const read = reads[i] as number;
    const source = sources[i] as number;
    if (source >= 0) relate(rf, source, read);
    for (let j = source < 0 ? 0 : order.indexOf(source) + 1; j < order.length; j++)
      relate(fr, read, order[j] as number);
  }
};

const clear = ({ words, rows }: MutableRelation, event: number): void => {
  for (let word = 0; word < words; word++) rows[event * words + word] = 0;
};
