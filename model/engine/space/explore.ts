import type { Claim } from '#model/claim.ts';
import { Arena, batchMax } from '#model/engine/space/arena.ts';
import { Predicates, sharedBit } from '#model/engine/space/predicates.ts';
import { withRoomFor } from '#model/engine/space/room.ts';
import { type Move, Steps } from '#model/engine/space/steps.ts';
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

class Exploration {
  readonly #steps: Steps;
  readonly #arena: Arena;
  readonly #symmetry: Symmetry | undefined;
  readonly #statesMax: number;
  readonly #decided = new Map<StateClaim, number>();
  readonly #claims: readonly StateClaim[];
  readonly #isDecided: Uint8Array;
  readonly #predicates: Predicates;
  /** Packed states that were reached and not yet inserted, and the states that they were reached from. */
  #batch: Int32Array;
  readonly #parents = new Int32Array(batchMax);
  /** The claims about each that the step there may have changed, as bits. */
  readonly #touched = new Int32Array(batchMax);
  #batched = 0;
  #transitions = 0;
  /** By move: the claims that it may change, as bits; for so many moves, and what claims had looked at by then. */
  #touches: Int32Array<ArrayBuffer> = new Int32Array(256);
  #touchesCount = 0;
  #touchesVersion = 0;

  constructor(system: System, { claims, statesMax, symmetry }: SpaceOptions) {
    this.#steps = new Steps(system);
    this.#symmetry = symmetry && new Symmetry(this.#steps, symmetry);
    this.#claims = claims;
    this.#isDecided = new Uint8Array(claims.length);
    this.#predicates = new Predicates(claims.map(({ holds }) => holds as never));
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
    let depth = 0;
    let levelEnd = 1;
    let state = 0;
    while (state < arena.count && arena.count <= this.#statesMax) {
      this.#expand(state, 0);
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

  /** Takes every move of the threads from `first` on in a state. */
  #expand(state: number, first: number): void {
    this.#touch();
    const steps = this.#steps;
    const batch = this.#batch;
    const touches = this.#touches;
    const { firstMove, masks, visits } = steps;
    const { words } = this.#arena;
    const width = steps.packing.words;
    const at = state * width;
    for (let thread = first; thread < steps.system.threads.length; thread++) {
      const way = steps.find(words, at, thread);
      if (way < 0) {
        this.#learn(state, thread);
        this.#expand(state, thread);
        return;
      }
      visits[way] = (visits[way] as number) + 1;
      const end = firstMove[way + 1] as number;
      for (let move = firstMove[way] as number; move < end; move++) {
        const to = this.#batched * width;
        let mask = move * width * 2;
        for (let word = 0; word < width; word++) {
          batch[to + word] = ((words[at + word] as number) & (masks[mask] as number)) | (masks[mask + 1] as number);
          mask += 2;
        }
        this.#transitions++;
        this.#add(state, touches[move] as number);
      }
    }
  }

  /** Finds out what a thread may do in a state. If something is new in it, all is packed with room for that. */
  #learn(state: number, thread: number): void {
    this.#steps.learn(this.#arena.codes(state), thread);
    this.#refit();
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
    for (let bits = touched; bits !== 0; bits &= bits - 1) {
      const first = 31 - Math.clz32(bits & -bits);
      const end = first === sharedBit ? this.#claims.length : first + 1;
      for (let claim = first; claim < end; claim++) if (this.#isDecided[claim] === 0) this.#ask(state, claim);
    }
  }

  #ask(state: number, number: number): void {
    const predicates = this.#predicates;
    const { packing, schema } = this.#steps;
    const claim = this.#claims[number] as StateClaim;
    const holds =
      predicates.find(this.#arena.words, state * packing.words, number) ??
      predicates.learn(number, schema, this.#arena.codes(state), packing);
    if (holds === (claim.tag === 'always')) return;
    this.#decided.set(claim, state);
    this.#isDecided[number] = 1;
  }

  /**
   * Which claims each move may change: those that have looked at something that it writes. A claim that has held in a
   * state need not be asked about again after a step that writes nothing of what it looked at.
   */
  #touch(): void {
    const { moves } = this.#steps;
    const { readers, version } = this.#predicates;
    if (this.#touchesVersion !== version) this.#touchesCount = 0;
    if (this.#touchesCount === moves.length) return;
    this.#touches = withRoomFor(moves.length, this.#touches);
    for (let move = this.#touchesCount; move < moves.length; move++) {
      let touched = 0;
      for (const slot of (moves[move] as Move).writes.keys()) touched |= readers[slot] ?? 0;
      this.#touches[move] = touched;
    }
    this.#touchesCount = moves.length;
    this.#touchesVersion = version;
  }

  /** Makes room for whatever was seen for the first time. */
  #refit(): void {
    this.#symmetry?.learn();
    if (this.#steps.fits) return;
    this.#flush();
    this.#steps.repack();
    const { packing } = this.#steps;
    this.#symmetry?.repack();
    this.#arena.repack(packing, this.#symmetry);
    this.#predicates.repack(packing);
    this.#batch = new Int32Array(packing.words * batchMax);
  }
}
