import { Packing } from '#model/engine/space/packing.ts';
import { Recording } from '#model/engine/space/recording.ts';
import { withRoomFor } from '#model/engine/space/room.ts';
import { Schema } from '#model/engine/space/schema.ts';
import { callsAt, type Point, pointAfter, type System } from '#model/engine/space/system.ts';
import { Tries } from '#model/engine/space/tries.ts';
import type { AnyCall } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Outcome } from '#spec/outcome.ts';

/** What comes of one atomic part of a call: it returns, goes on as the rest of itself, or begins to wait. */
export type Result =
  | { readonly tag: 'returns'; readonly answer: unknown }
  | { readonly tag: 'continues'; readonly rest: AnyCall }
  | { readonly tag: 'waits' };

/** One thing that a thread may do: which call, what comes of it, and how the packed state changes. */
export interface Move {
  readonly call: AnyCall;
  readonly result: Result;
  /** The codes that it writes, by slot. */
  readonly writes: ReadonlyMap<number, number>;
}

/** All that a thread may do in a state. */
export interface Moves {
  readonly thread: ThreadId;
  readonly all: readonly Move[];
  /** The call that it is in and that may do nothing now. */
  readonly waitsIn: AnyCall | undefined;
}

/** What a thread may do in so many states. */
export interface Visited {
  readonly moves: Moves;
  readonly visits: number;
}

/**
 * The spec of a system as learnt so far. A step is run once for each way it can go, recorded, and from then on applied
 * to packed states with a few masks: the readable spec costs nothing where it matters.
 */
export class Steps {
  readonly system: System;
  readonly schema: Schema;
  packing: Packing;
  /** By thread. The first thing that is read is where the thread is. */
  #tries: Tries<Moves>;
  /** All moves that were learnt; those of a way lie together, in the order of the ways. */
  moves: Move[] = [];
  /** By way: the number of its first move. The last entry is how many moves there are. */
  firstMove: Int32Array<ArrayBuffer> = new Int32Array(256);
  /** Move by move and word by word of a packed state: the bits that stay, and those that are set then. */
  masks: Int32Array<ArrayBuffer> = new Int32Array(1024);
  /** By way: how many states it was looked up for. */
  visits: Int32Array<ArrayBuffer> = new Int32Array(256);
  /** What was learnt and dropped again, since states turned out to have more places. */
  readonly #dropped: Visited[] = [];

  constructor(system: System) {
    this.system = system;
    this.schema = new Schema(
      system.threads.map((_, thread) => `T${thread}`),
      system.initial,
    );
    this.#tries = new Tries(system.threads.length);
    this.initialCodes();
    this.packing = new Packing(this.schema);
  }

  /** The codes of the state at boot. */
  initialCodes(): number[] {
    const codes = this.schema.encode(this.system.initial);
    for (const [thread, behaviour] of this.system.threads.entries()) {
      codes[thread] = this.#codeOf(thread, pointAfter(behaviour, 0));
    }
    return codes;
  }

  /** The way in which `thread` is to go in the packed state at `at`, by number; -1 if that is not known yet. */
  find(words: Int32Array, at: number, thread: ThreadId): number {
    return this.#tries.find(words, at, thread);
  }

  /** What a thread may do that goes this way. */
  movesOf(way: number): Moves {
    return this.#tries.result(way);
  }

  /** Makes a move from the packed state at `at`: puts the state after it into `into`. */
  take(move: number, words: Int32Array, at: number, into: Int32Array): void {
    let mask = move * into.length * 2;
    for (let word = 0; word < into.length; word++, mask += 2) {
      into[word] = ((words[at + word] as number) & (this.masks[mask] as number)) | (this.masks[mask + 1] as number);
    }
  }

  /** Runs the spec for `thread` in the state with these codes, and remembers what came of it. */
  learn(codes: readonly number[], thread: ThreadId): Moves {
    const places = this.schema.slots.length;
    const recording = new Recording(this.schema, codes);
    const point = this.pointOf(codes, thread);
    const state = recording.state();
    const all: Move[] = [];
    let waitsIn: AnyCall | undefined;
    for (const call of callsAt(this.system.threads[thread] as never, point)) {
      const outcomes = this.system.outcomes(state, thread, call);
      for (const outcome of outcomes) all.push(this.#moveOf(recording, thread, point, call, outcome));
      if (outcomes.length > 0) continue;
      if (point.pending) waitsIn = call;
      else all.push(this.#beginToWait(thread, point, call));
    }
    const moves = { thread, all, waitsIn };
    if (this.schema.slots.length === places) {
      const reads = [thread, ...recording.reads];
      this.#list(this.#tries.learn(thread, reads, codes, moves, this.packing), all);
    }
    return moves;
  }

  /** Whether states still fit into how they are packed; if not, `repack` is needed before anything is looked up. */
  get fits(): boolean {
    return this.packing.holds(this.schema);
  }

  /** Packs with room for all that was seen. Where states have more places than before, all is learnt anew. */
  repack(): void {
    const hasNewPlaces = this.schema.slots.length > this.packing.bits.length;
    this.packing = new Packing(this.schema);
    if (hasNewPlaces) {
      this.#dropped.push(...this.#visited());
      this.#tries = new Tries(this.system.threads.length);
      this.moves = [];
      this.visits.fill(0);
    }
    this.#tries.repack(this.packing);
    this.masks = withRoomFor(this.moves.length * this.packing.words * 2, this.masks);
    for (const move of this.moves.keys()) this.#setMasks(move);
  }

  /** All that was ever learnt, with how often it was used. */
  learnt(): readonly Visited[] {
    return [...this.#dropped, ...this.#visited()];
  }

  /** Where a thread is in the state with these codes. */
  pointOf(codes: ArrayLike<number>, thread: ThreadId): Point {
    const means = this.schema.slots[thread]?.values[codes[thread] as number];
    return (means as { value: Point }).value;
  }

  #visited(): Visited[] {
    return this.#tries.results().map((moves, way) => ({ moves, visits: this.visits[way] as number }));
  }

  /** Puts the moves of a new way behind those of all others. */
  #list(way: number, all: readonly Move[]): void {
    this.visits = withRoomFor(way + 1, this.visits);
    this.firstMove = withRoomFor(way + 2, this.firstMove);
    const first = this.moves.length;
    this.moves.push(...all);
    this.firstMove[way + 1] = this.moves.length;
    this.masks = withRoomFor(this.moves.length * this.packing.words * 2, this.masks);
    for (let move = first; move < this.moves.length; move++) this.#setMasks(move);
  }

  #codeOf(thread: ThreadId, point: Point): number {
    return this.schema.code(thread, JSON.stringify(point), { tag: 'leaf', value: point });
  }

  #moveOf(
    recording: Recording,
    thread: ThreadId,
    point: Point,
    call: AnyCall,
    outcome: Outcome<unknown, AnyCall, unknown>,
  ): Move {
    const writes = recording.run(outcome.then as (copy: never) => void);
    const isOver = outcome.tag === 'returns';
    const rest = isOver ? null : (recording.plain(outcome.rest) as AnyCall);
    const next = rest
      ? { made: point.made, pending: rest }
      : pointAfter(this.system.threads[thread] as never, point.made + 1);
    writes.set(thread, this.#codeOf(thread, next));
    const result: Result = rest
      ? { tag: 'continues', rest }
      : { tag: 'returns', answer: recording.plain((outcome as { answer: unknown }).answer) };
    return { call, result, writes };
  }

  /** A thread that was in no call is in this one from now on. */
  #beginToWait(thread: ThreadId, { made }: Point, call: AnyCall): Move {
    const writes = new Map([[thread, this.#codeOf(thread, { made, pending: call })]]);
    return { call, result: { tag: 'waits' }, writes };
  }

  /** Says in bits what a move does, as states are packed now. */
  #setMasks(move: number): void {
    const { packing, masks } = this;
    const at = move * packing.words * 2;
    for (let word = 0; word < packing.words; word++) {
      masks[at + word * 2] = -1;
      masks[at + word * 2 + 1] = 0;
    }
    for (const [slot, code] of (this.moves[move] as Move).writes) {
      const keep = at + (packing.word[slot] as number) * 2;
      const shift = packing.shift[slot] as number;
      masks[keep] = (masks[keep] as number) & ~(packing.mask(slot) << shift);
      masks[keep + 1] = (masks[keep + 1] as number) | (code << shift);
    }
  }
}
