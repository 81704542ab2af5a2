/**
 * Your capability tables. Fill in the routines below; what each has to do is said above it, and in README.md.
 *
 * A routine looks like this. It adds one to a counter, and gives what was there:
 *
 *   function* increment(counter: Address): Routine<Word> {
 *     const old = yield load(counter, 'plain'); // `yield` each micro-op: another core may step in here
 *     yield store(counter, old + 1, 'plain');
 *     return old;
 *   }
 *
 * It is called by `const old = yield* increment(counter)`. Threads share nothing but words: a variable at the top of this
 * file would be another one for each thread.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { panic, type Routine, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { CapabilityHandle, Rights } from '#spec/abi.ts';

/** What a capability may allow, as bits. A new object's has all of them: 31. */
export const Right = { read: 1, write: 2, copy: 4, grant: 8, revoke: 16 } as const;

/** Why a call failed. The handout says when. */
export const Failure = {
  EBADF: -9,
  ENOMEM: -12,
  EACCES: -13,
  EINVAL: -22,
  ENOSPC: -28,
  ESTALE: -116,
} as const;

/** A handle as the one word in which it is given. */
export const wordOf = ({ slot, generation }: CapabilityHandle): Word => (generation << 8) | slot;

/** What there is at boot. */
export interface CapabilityParameters {
  /** How many slots the table of each process has. */
  readonly slots: number;
  /** How many objects there may be at a time. */
  readonly objects: number;
  /**
   * `holdings[process][slot]`: what each process holds, from slot 0 on; the other slots are free, and have never held
   * anything. Whoever holds an object in the lowest slot, and is the first of those, made it.
   */
  readonly holdings: readonly (readonly {
    readonly object: number;
    readonly rights: Rights;
    readonly badge: number;
  }[])[];
}

/** Where your words are: addresses, and numbers that never change. It is frozen once `boot` has given it. */
export interface Tables {
  readonly slots: number;
  // More fields of yours: a lock, the words of each slot, the words of each object, ...
}

/**
 * Lays the words out, by `memory.word(name, initial)` and `memory.words(name, count, initial)`, which give addresses. It
 * is no routine, runs before everything else, and depends on its arguments only.
 */
export const boot = (_memory: Allocator, { slots }: CapabilityParameters): Tables => ({ slots });

/**
 * Makes an object, whose word is 0, and puts a capability to it, with every right and badge 0, into the first free slot of
 * the caller's table. Gives its handle, by `wordOf`; ENOSPC: no slot is free; ENOMEM: there are as many objects as can be.
 */
export function* create(_self: Thread, _tables: Tables): Routine<Word> {
  yield panic('create is not written yet');
  return 0;
}

/**
 * Tells the word of the object by `copyOut(0, word)`, and the capability's badge by `copyOut(1, badge)`. Needs the right to
 * read. Gives 0; EBADF, ESTALE, EACCES.
 */
export function* read(_self: Thread, _tables: Tables, _handle: CapabilityHandle): Routine<Word> {
  yield panic('read is not written yet');
  return 0;
}

/** Sets the word of the object. Needs the right to write. Gives 0; EBADF, ESTALE, EACCES. */
export function* write(_self: Thread, _tables: Tables, _handle: CapabilityHandle, _word: Word): Routine<Word> {
  yield panic('write is not written yet');
  return 0;
}

/**
 * Puts a copy into the first free slot: of the caller's table, or, if `over` is not null, of the process that made the
 * object to which `over` leads. `change` says how the copy differs: rights under `mask` become those of `rights`, and it
 * gets the badge, if that is not 0. Needs the right to copy of `handle`, and the right to grant of `over`. Gives the new
 * handle; EBADF, ESTALE, EACCES, EINVAL, ENOSPC.
 */
export function* copy(
  _self: Thread,
  _tables: Tables,
  _handle: CapabilityHandle,
  _over: CapabilityHandle | null,
  _change: { readonly mask: Rights; readonly rights: Rights; readonly badge: number },
): Routine<Word> {
  yield panic('copy is not written yet');
  return 0;
}

/**
 * Puts the capability itself into the first free slot, of the same table or, by `over`, of another's: its old slot is free
 * afterwards. Granted by `over` it needs the right to copy. Gives the new handle; EBADF, ESTALE, EACCES, ENOSPC.
 */
export function* move(
  _self: Thread,
  _tables: Tables,
  _handle: CapabilityHandle,
  _over: CapabilityHandle | null,
): Routine<Word> {
  yield panic('move is not written yet');
  return 0;
}

/** Deletes this capability, and no other. The object goes with its last one. Gives 0; EBADF, ESTALE. */
export function* remove(_self: Thread, _tables: Tables, _handle: CapabilityHandle): Routine<Word> {
  yield panic('remove is not written yet');
  return 0;
}

/**
 * Deletes every capability of the object, in all tables, this one too. Needs the right to revoke. Gives 0, when all are
 * gone; EBADF, ESTALE, EACCES.
 */
export function* revoke(_self: Thread, _tables: Tables, _handle: CapabilityHandle): Routine<Word> {
  yield panic('revoke is not written yet');
  return 0;
}
