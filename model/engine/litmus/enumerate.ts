import { type Accesses, accessesOf, coherentWays, type Way } from '#model/engine/litmus/coherent.ts';
import { graphOf } from '#model/engine/litmus/graph.ts';
import { choicesOf, type Path, type Position, pathsOf, type Reading } from '#model/engine/litmus/paths.ts';
import { possibleRuns } from '#model/engine/litmus/possible.ts';
import { LitmusError } from '#model/engine/litmus/source.ts';
import { showValue } from '#model/engine/litmus/test.ts';
import type { Run } from '#model/engine/litmus/thread-runs.ts';
import type { EventGraph } from '#spec/machine/memory/execution.ts';
import { type Axiom, atomicity, coherence, type MemoryModel } from '#spec/machine/memory/model.ts';
import type { FinalState, LitmusProgram, Value } from '#spec/machine/memory/program.ts';
import { emptyRelation, type MutableRelation, relate } from '#spec/machine/memory/relation.ts';

/** What a model allows a program to do. */
export interface Allowed {
  readonly model: string;
  /** The final states, each with the number of consistent executions that end in it; the same object for all models. */
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

/** What is looked at before an enumeration gives up: a minute's worth. */
const candidatesMax = 5_000_000;

/** A final state, and of each model how many consistent executions end in it. */
interface Tally {
  readonly state: FinalState;
  readonly executions: number[];
}

/** One path a thread, with all that is computed once for their executions. */
interface Prepared {
  readonly graph: EventGraph;
  readonly paths: readonly Path[];
  /** Of each event. */
  readonly positions: readonly Position[];
  readonly accesses: readonly Accesses[];
  /** Of each model. */
  readonly locals: readonly unknown[];
  /** Of each of `accesses`, the way chosen. */
  readonly chosen: Way[];
  readonly rf: MutableRelation;
  readonly co: MutableRelation;
  readonly fr: MutableRelation;
}

/**
 * Enumerates the executions of a program that models allow: every combination of paths through its threads, every
 * coherent way for its locations, kept if the axioms hold and values fit.
 * @throws LitmusError if there are too many, or one of them accesses an address that is no location's
 */
export const enumerate = (program: LitmusProgram, models: readonly MemoryModel[]): Enumeration => {
  const { runs, isCut } = possibleRuns(program);
  // In C an access that is none to an object has no meaning; in herd there is no execution with one.
  const isKept = ({ strayAddress }: Run): boolean => program.architecture !== 'C' || strayAddress === null;
  const paths = runs.map((of) => pathsOf(of.filter(isKept)));
  const search = new Search(program, models);
  search.combine(paths, []);
  return { allowed: search.allowed(), isCut };
};

class Search {
  private readonly program: LitmusProgram;
  private readonly models: readonly MemoryModel[];
  /** Of each model, the axioms that candidates do not satisfy by the way they are made. */
  private readonly axioms: readonly (readonly Axiom[])[];
  private readonly isAtomic: boolean;
  private readonly tallies = new Map<string, Tally>();
  private readonly undefinedBy = new Set<MemoryModel>();
  private candidates = 0;

  constructor(program: LitmusProgram, models: readonly MemoryModel[]) {
    this.program = program;
    this.models = models;
    this.isAtomic = models.every((model) => model.axioms.includes(atomicity));
    const isGiven = (axiom: Axiom): boolean => axiom === coherence || (this.isAtomic && axiom === atomicity);
    this.axioms = models.map((model) => model.axioms.filter((axiom) => !isGiven(axiom)));
  }

  allowed(): Allowed[] {
    return this.models.map((model, i) => {
      const states = [...this.tallies.values()].flatMap(({ state, executions }) => {
        const count = executions[i] as number;
        return count === 0 ? [] : [{ state, executions: count }];
      });
      const executions = states.reduce((sum, state) => sum + state.executions, 0);
      return { model: model.name, states, executions, isUndefined: this.undefinedBy.has(model) };
    });
  }

  /** Chooses a path for each thread that has none yet. */
  combine(paths: readonly (readonly Path[])[], chosen: readonly Path[]): void {
    const next = paths[chosen.length];
    if (next === undefined) this.relate(chosen);
    else for (const path of next) this.combine(paths, [...chosen, path]);
  }

  /** Finds the ways for each location on these paths. */
  private relate(paths: readonly Path[]): void {
    this.countCandidate();
    const graph = graphOf(paths.map(({ shape }) => shape));
    const positions = paths.flatMap(({ shape }, thread) => shape.events.map((_, event) => ({ thread, event })));
    const valuesOf = (index: number): ReadonlySet<Value> => {
      const { thread, event } = positions[index] as Position;
      return paths[thread]?.values[event] as ReadonlySet<Value>;
    };
    const accesses = accessesOf(graph);
    const ways: Way[][] = [];
    for (const ofLocation of accesses) {
      const initial = new Set([this.program.initial[ofLocation.location] as Value]);
      const mayRead = (read: number, write: number): boolean =>
        overlap(valuesOf(read), write < 0 ? initial : valuesOf(write));
      const some = coherentWays(graph, ofLocation, mayRead, this.isAtomic);
      if (some.length === 0) return;
      ways.push(some);
    }
    const { size } = graph;
    const [rf, co, fr] = [emptyRelation(size), emptyRelation(size), emptyRelation(size)];
    const locals = this.models.map((model) => model.local(graph));
    this.choose({ graph, paths, positions, accesses, locals, chosen: [], rf, co, fr }, ways, 0);
  }

  /** Chooses a way for each location from `at` on. */
  private choose(prepared: Prepared, ways: readonly Way[][], at: number): void {
    const some = ways[at];
    if (some === undefined) {
      this.judge(prepared);
      return;
    }
    for (const way of some) {
      prepared.chosen[at] = way;
      apply(prepared, prepared.accesses[at] as Accesses, way);
      this.choose(prepared, ways, at + 1);
    }
  }

  private judge(prepared: Prepared): void {
    this.countCandidate();
    let ends: readonly Tally[] | null = null;
    for (const [i, model] of this.models.entries()) {
      const axioms = this.axioms[i] as readonly Axiom[];
      if (!axioms.every((axiom) => axiom.holds(prepared, prepared.locals[i]))) continue;
      ends ??= choicesOf(prepared.paths, this.readingsOf(prepared)).map((runs) => this.endOf(prepared, runs));
      for (const end of ends) {
        if (!this.undefinedBy.has(model) && model.isUndefined?.(prepared, prepared.locals[i])) {
          this.undefinedBy.add(model);
        }
        end.executions[i] = (end.executions[i] as number) + 1;
      }
    }
  }

  private countCandidate(): void {
    if (++this.candidates <= candidatesMax) return;
    const problem = `there are more than ${candidatesMax} candidate executions`;
    throw new LitmusError('bound', 0, problem, 'smaller tests can be run');
  }

  private readingsOf({ accesses, chosen, positions }: Prepared): Reading[] {
    return accesses.flatMap(({ reads, location }, at) =>
      reads.map((index, i) => {
        const source = chosen[at]?.sources[i] as number;
        const from = source < 0 ? (this.program.initial[location] as Value) : (positions[source] as Position);
        return { read: positions[index] as Position, from };
      }),
    );
  }

  private mustNotStray(runs: readonly Run[]): void {
    for (const [thread, { strayAddress }] of runs.entries()) {
      if (strayAddress === null) continue;
      const problem = `thread ${thread} may access ${showValue(this.program, strayAddress)}, where no location is`;
      throw new LitmusError('unsupported', 0, problem, 'every access is to a named location, whole');
    }
  }

  /** The tally of the state in which a candidate ends, with these runs. */
  private endOf({ accesses, chosen, positions }: Prepared, runs: readonly Run[]): Tally {
    this.mustNotStray(runs);
    const state = this.program.observed.map((observed): Value => {
      if (observed.tag === 'register') return runs[observed.thread]?.registers[observed.register] as Value;
      const at = accesses.findIndex(({ location }) => location === observed.location);
      const last = chosen[at]?.order.at(-1);
      if (last === undefined) return this.program.initial[observed.location] as Value;
      const { thread, event } = positions[last] as Position;
      return runs[thread]?.values[event] as Value;
    });
    const key = state.join();
    let tally = this.tallies.get(key);
    if (!tally) {
      tally = { state, executions: this.models.map(() => 0) };
      this.tallies.set(key, tally);
    }
    return tally;
  }
}

const overlap = (left: ReadonlySet<Value>, right: ReadonlySet<Value>): boolean => {
  for (const value of left) if (right.has(value)) return true;
  return false;
};

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
