import type { Claim } from '#model/claim.ts';
import { Arena, batchMax } from '#model/engine/space/arena.ts';
import { Predicate } from '#model/engine/space/predicate.ts';
import { type Moves, Steps } from '#model/engine/space/steps.ts';
import { Symmetry } from '#model/engine/space/symmetry.ts';
import type { System } from '#model/engine/space/system.ts';
import type { SymmetryOf } from '#model/subject.ts';

/** A claim about states. */
export type StateClaim = Extract<Claim, { tag: 'always' | 'never' | 'sometimes' }>;

export interface SpaceOptions {
  readonly claims: readonly StateClaim[];
  /** How many states are kept at most. */
  readonly statesMax: number;
  /** Which threads are alike; states that differ only in which of them is which are then one. */
  readonly symmetry?: SymmetryOf | undefined;
}

/** What was found of a system: its states, by number, in the order of their distance from the first. */
export interface Space {
  readonly steps: Steps;
  readonly arena: Arena;
  readonly symmetry: Symmetry | undefined;
  readonly transitions: number;
  /** How many steps lead to the farthest state. */
  readonly depth: number;
  /** Whether every state was found; else `statesMax` did not suffice. */
  readonly isComplete: boolean;
  /** The first state in which a claim is decided: found, for `sometimes`; broken, for the others. */
  readonly decided: ReadonlyMap<StateClaim, number>;
}

/**
 * Finds every state that a system can reach, nearest first. A state is the spec’s state and where each thread is: so the
 * same state of the spec counts as often as there are pending calls that differ.
 */
export const explore = (system: System, options: SpaceOptions): Space => new Exploration(system, options).run();

const allClaims = -1;
/** The bit of a claim; the last one is for all from there on. */
const claimBit = (claim: number): number => 1 << Math.min(claim, 31);

class Exploration {
  readonly #steps: Steps;
  readonly #arena: Arena;
  readonly #symmetry: Symmetry | undefined;
  readonly #statesMax: number;
  readonly #decided = new Map<StateClaim, number>();
  /** By claim; none where it is decided. */
  readonly #predicates: (Predicate | undefined)[];
  readonly #claims: readonly StateClaim[];
  /** Packed states that were reached and not yet inserted, and the states that they were reached from. */
  #batch: Int32Array;
  readonly #parents = new Int32Array(batchMax);
  /** The claims about each that the step there may have changed, as bits. */
  readonly #touched = new Int32Array(batchMax);
  #batched = 0;
  #transitions = 0;
  /** Grows whenever a claim may have looked at something that it had not looked at before. */
  #readsOfClaims = 1;

  constructor(system: System, { claims, statesMax, symmetry }: SpaceOptions) {
    this.#steps = new Steps(system);
    this.#symmetry = symmetry && new Symmetry(this.#steps, symmetry);
    this.#claims = claims;
    this.#predicates = claims.map((claim) => new Predicate(claim.holds as never));
    this.#statesMax = statesMax;
    this.#arena = new Arena(this.#steps.packing);
    this.#batch = new Int32Array(this.#steps.packing.words * batchMax);
  }

  run(): Space {
    const arena = this.#arena;
    this.#refit();
    this.#steps.packing.pack(this.#steps.initialCodes(), this.#batch, 0);
    this.#add(-1, allClaims);
    this.#flush();
    const moves: Moves[] = [];
    let depth = 0;
    let levelEnd = 1;
    let state = 0;
    while (state < arena.count && arena.count <= this.#statesMax) {
      while (!this.#resolve(state, moves));
      for (const ofThread of moves) this.#apply(state, ofThread);
      state++;
      if (state < levelEnd) continue;
      this.#flush();
      if (arena.count > levelEnd) depth++;
      levelEnd = arena.count;
    }
    this.#flush();
    return {
      steps: this.#steps,
      arena,
      symmetry: this.#symmetry,
      transitions: this.#transitions,
      depth,
      isComplete: state === arena.count,
      decided: this.#decided,
    };
  }

  /** Finds out what each thread may do in a state. False: states are packed in another way now, so look again. */
  #resolve(state: number, into: Moves[]): boolean {
    const steps = this.#steps;
    for (let thread = 0; thread < steps.system.threads.length; thread++) {
      const known = steps.find(this.#arena.words, state * steps.packing.words, thread);
      into[thread] = known ?? steps.learn(this.#arena.codes(state), thread);
      if (!known && this.#refit()) return false;
    }
    return true;
  }

  /** Takes every move of a thread in a state. */
  #apply(state: number, moves: Moves): void {
    const { words } = this.#arena;
    const width = this.#steps.packing.words;
    const { masks } = moves;
    moves.visits++;
    if (moves.touchesVersion !== this.#readsOfClaims) this.#touch(moves);
    let move = 0;
    for (let i = 0; i < masks.length; ) {
      const at = state * width;
      const to = this.#batched * width;
      for (let word = 0; word < width; word++, i += 2) {
        this.#batch[to + word] = ((words[at + word] as number) & (masks[i] as number)) | (masks[i + 1] as number);
      }
      this.#transitions++;
      this.#add(state, moves.touches[move++] as number);
    }
  }

  /** The state behind those in the batch is one of them now. */
  #add(parent: number, touched: number): void {
    if (this.#symmetry) this.#symmetry.canonize(this.#batch, this.#batched);
    this.#touched[this.#batched] = touched;
    this.#parents[this.#batched++] = parent;
    if (this.#batched === batchMax) this.#flush();
  }

  /** Inserts what was reached, and looks at what is new. */
  #flush(): void {
    const arena = this.#arena;
    const before = arena.count;
    arena.insertAll(this.#batch, this.#batched, this.#parents);
    this.#batched = 0;
    for (let state = before; state < arena.count; state++) {
      const touched = this.#touched[arena.insertedFrom[state - before] as number] as number;
      if (touched !== 0) this.#look(state, touched);
    }
  }

  /** Asks of a new state what is undecided yet and may have changed. */
  #look(state: number, touched: number): void {
    const { packing, schema } = this.#steps;
    for (let i = 0; i < this.#predicates.length; i++) {
      const predicate = this.#predicates[i];
      if (!predicate || (touched & claimBit(i)) === 0) continue;
      let holds = predicate.find(this.#arena.words, state * packing.words);
      if (holds === undefined) {
        const reads = predicate.reads.size;
        holds = predicate.learn(schema, this.#arena.codes(state), packing);
        if (predicate.reads.size > reads) this.#readsOfClaims++;
      }
      const claim = this.#claims[i] as StateClaim;
      if (holds === (claim.tag === 'always')) continue;
      this.#decided.set(claim, state);
      this.#predicates[i] = undefined;
    }
  }

  /**
   * Which claims each of these moves may change: those that have read something that it writes. A claim that has held
   * in a state need not be asked about again after a step that writes nothing of what it looked at.
   */
  #touch(moves: Moves): void {
    moves.touchesVersion = this.#readsOfClaims;
    for (const [i, { writes }] of moves.all.entries()) {
      let touched = 0;
      for (const [claim, predicate] of this.#predicates.entries()) {
        if (predicate && [...writes.keys()].some((slot) => predicate.reads.has(slot))) touched |= claimBit(claim);
      }
      moves.touches[i] = touched;
    }
  }

  /** Makes room for whatever was seen for the first time. Whether that was needed. */
  #refit(): boolean {
    this.#symmetry?.learn();
    if (this.#steps.fits) return false;
    this.#flush();
    this.#steps.repack();
    const { packing } = this.#steps;
    this.#symmetry?.repack();
    this.#arena.repack(packing, this.#symmetry);
    for (const predicate of this.#predicates) predicate?.repack(packing);
    this.#batch = new Int32Array(packing.words * batchMax);
    return true;
  }
}
