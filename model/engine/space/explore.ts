import type { StateClaim } from '#model/claim.ts';
import { Arena, batchMax } from '#model/engine/space/arena.ts';
import { Predicates, sharedBit } from '#model/engine/space/predicates.ts';
import { withRoomFor } from '#model/engine/space/room.ts';
import { type Move, Steps } from '#model/engine/space/steps.ts';
import { Symmetry } from '#model/engine/space/symmetry.ts';
import type { System } from '#model/engine/space/system.ts';
import type { SymmetryOf } from '#model/subject.ts';

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
  /** Whether every state was found; else it was stopped, or `statesMax` did not suffice. */
  readonly isComplete: boolean;
  /** Whether somebody said so. */
  readonly isStopped: boolean;
  /** The first state in which a claim is decided: found, for `sometimes`; broken, for the others. */
  readonly decided: ReadonlyMap<StateClaim, number>;
}

/**
 * Finds every state that a system can reach, nearest first. A state is the spec’s state and where each thread is: so the
 * same state of the spec counts as often as there are pending calls that differ.
 */
export const explore = (system: System, options: SpaceOptions): Space => toTheEnd(exploring(system, options));

/**
 * The same in steps that each take a moment. Each gives the number of states that it has found by then, and is told
 * whether to stop: the clock, and whoever is waiting, are the caller's to look at.
 */
export const exploring = (system: System, options: SpaceOptions): Generator<number, Space, boolean> =>
  new Exploration(system, options).run();

/** Takes all steps of something that takes them one by one. */
export const toTheEnd = <Result>(steps: Generator<unknown, Result, boolean>): Result => {
  for (;;) {
    const step = steps.next(false);
    if (step.done) return step.value;
  }
};

const allClaims = -1;

class Exploration {
  readonly #steps: Steps;
  readonly #arena: Arena;
  readonly #symmetry: Symmetry | undefined;
  readonly #statesMax: number;
  readonly #decided = new Map<StateClaim, number>();
  readonly #claims: readonly StateClaim[];
  /** By claim: what it is as long as it is undecided. */
  readonly #mustHold: readonly boolean[];
  /** The claims that are undecided, as bits; the shared one stays. */
  #undecided: number;
  /** States, each followed by a claim that is not known to be there as it must. */
  readonly #remarkable: number[] = [];
  readonly #predicates: Predicates;
  /** Packed states that were reached and not yet inserted, and the states that they were reached from. */
  #batch: Int32Array<ArrayBuffer> = new Int32Array();
  #parents: Int32Array<ArrayBuffer> = new Int32Array();
  /** The claims about each that the step there may have changed, as bits. */
  #touched: Int32Array<ArrayBuffer> = new Int32Array();
  #batched = 0;
  /** How many moves a thread has at most, as far as is known. */
  #movesMax = 1;
  /** By move: the claims that it may change, as bits; for so many moves, and what claims had looked at by then. */
  #touches: Int32Array<ArrayBuffer> = new Int32Array(256);
  #touchesCount = 0;
  #touchesVersion = 0;

  constructor(system: System, { claims, statesMax, symmetry }: SpaceOptions) {
    this.#steps = new Steps(system);
    this.#symmetry = symmetry && new Symmetry(this.#steps, symmetry);
    this.#claims = claims;
    this.#mustHold = claims.map(({ tag }) => tag === 'always');
    this.#undecided = claims.length > sharedBit ? -1 : (1 << claims.length) - 1;
    this.#predicates = new Predicates(claims.map(({ holds }) => holds as never));
    this.#statesMax = statesMax;
    this.#arena = new Arena(this.#steps.packing);
  }

  /** States take turns, in their order, and in each state its threads: so a turn is one thread in one state. */
  *run(): Generator<number, Space, boolean> {
    const arena = this.#arena;
    const steps = this.#steps;
    const threads = steps.system.threads.length;
    this.#refit();
    this.#makeRoom();
    steps.packing.pack(steps.initialCodes(), this.#batch, 0);
    this.#parents[0] = -1;
    this.#touched[0] = allClaims;
    this.#batched = 1;
    this.#flush();
    let transitions = 0;
    let depth = 0;
    let levelEnd = 1;
    let turn = 0;
    let isStopped = false;
    while (turn < arena.count * threads && arena.count <= this.#statesMax && !isStopped) {
      turn = this.#take(turn, levelEnd * threads);
      transitions += this.#batched;
      this.#flush();
      isStopped = yield arena.count;
      if (turn < levelEnd * threads) {
        this.#learn(Math.floor(turn / threads), turn % threads);
        continue;
      }
      if (arena.count > levelEnd) depth++;
      levelEnd = arena.count;
    }
    return {
      steps,
      arena,
      symmetry: this.#symmetry,
      transitions,
      depth,
      isComplete: turn === arena.count * threads,
      isStopped,
      decided: this.#decided,
    };
  }

  /**
   * Takes every move of one turn after the other, up to `end`: as long as the batch has room, and it is known what a
   * thread may do. Gives the first turn that was not taken.
   */
  #take(begin: number, end: number): number {
    this.#touch();
    const steps = this.#steps;
    const batch = this.#batch;
    const parents = this.#parents;
    const touched = this.#touched;
    const touches = this.#touches;
    const { words } = this.#arena;
    const { firstMove, masks, visits } = steps;
    const threads = steps.system.threads.length;
    const width = steps.packing.words;
    let state = Math.floor(begin / threads);
    let thread = begin % threads;
    let at = state * width;
    let batched = 0;
    let turn = begin;
    for (; turn < end && batched < batchMax; turn++) {
      const way = steps.find(words, at, thread);
      if (way < 0) break;
      visits[way] = (visits[way] as number) + 1;
      const last = firstMove[way + 1] as number;
      for (let move = firstMove[way] as number; move < last; move++) {
        let mask = move * width * 2;
        let to = batched * width;
        for (let from = at; from < at + width; from++) {
          batch[to++] = ((words[from] as number) & (masks[mask] as number)) | (masks[mask + 1] as number);
          mask += 2;
        }
        parents[batched] = state;
        touched[batched] = touches[move] as number;
        batched++;
      }
      if (++thread < threads) continue;
      thread = 0;
      state++;
      at += width;
    }
    this.#batched = batched;
    return turn;
  }

  /** Finds out what a thread may do in a state, unless that is known. What is new in it gets room in packed states. */
  #learn(state: number, thread: number): void {
    const { packing } = this.#steps;
    if (this.#steps.find(this.#arena.words, state * packing.words, thread) >= 0) return;
    const { all } = this.#steps.learn(this.#arena.codes(state), thread);
    this.#movesMax = Math.max(this.#movesMax, all.length);
    this.#refit();
    this.#makeRoom();
  }

  /** The batch may become too full by the moves of one turn. */
  #makeRoom(): void {
    const states = batchMax + this.#movesMax;
    this.#batch = withRoomFor(states * this.#steps.packing.words, this.#batch);
    this.#parents = withRoomFor(states, this.#parents);
    this.#touched = withRoomFor(states, this.#touched);
  }

  /** Inserts what was reached, and asks of what is new. */
  #flush(): void {
    const before = this.#arena.count;
    if (this.#symmetry) for (let i = 0; i < this.#batched; i++) this.#symmetry.canonize(this.#batch, i);
    this.#arena.insertAll(this.#batch, this.#batched, this.#parents);
    this.#look(before);
    if (this.#remarkable.length > 0) this.#judge();
  }

  /** Looks at the states from `first` on: which claims may have changed there, and are not known to be as they must. */
  #look(first: number): void {
    const { words, count, insertedFrom } = this.#arena;
    const predicates = this.#predicates;
    const width = this.#steps.packing.words;
    const allTouched = this.#touched;
    for (let state = first; state < count; state++) {
      const touched = allTouched[insertedFrom[state - first] as number] as number;
      for (let bits = touched & this.#undecided; bits !== 0; bits &= bits - 1) {
        const bit = 31 - Math.clz32(bits & -bits);
        const end = bit === sharedBit ? this.#claims.length : bit + 1;
        for (let claim = bit; claim < end; claim++) {
          const holds = predicates.find(words, state * width, claim);
          if (holds !== this.#mustHold[claim]) this.#remarkable.push(state, claim);
        }
      }
    }
  }

  /** Asks whatever claims are not known about, and decides those that are not as they must. */
  #judge(): void {
    const { packing, schema } = this.#steps;
    for (let i = 0; i < this.#remarkable.length; i += 2) {
      const state = this.#remarkable[i] as number;
      const number = this.#remarkable[i + 1] as number;
      const claim = this.#claims[number] as StateClaim;
      if (this.#decided.has(claim)) continue;
      const holds =
        this.#predicates.find(this.#arena.words, state * packing.words, number) ??
        this.#predicates.learn(number, schema, this.#arena.codes(state), packing);
      if (holds === this.#mustHold[number]) continue;
      this.#decided.set(claim, state);
      if (number < sharedBit) this.#undecided &= ~(1 << number);
    }
    this.#remarkable.length = 0;
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
    this.#steps.repack();
    const { packing } = this.#steps;
    this.#symmetry?.repack();
    this.#arena.repack(packing, this.#symmetry);
    this.#predicates.repack(packing);
  }
}
