import { initially, type Timestamp, type View } from '#impl/machine/memory/armv8/view.ts';
import type { LitmusThread, LocationId, RegisterId, Value } from '#spec/machine/memory/program.ts';

/** The thread's last store to a location, for its own loads: what it stored, and after what. Paper: fwdb. */
export interface Forwarded {
  readonly time: Timestamp;
  readonly value: Value;
  /** What a load that reads it comes after. */
  readonly view: View;
  /** The same for a load that acquires: also after the read, if the store was of a read-modify-write. */
  readonly acquiredView: View;
  /** What depends on the register of such a load comes after this too: what the stored value was made of. */
  readonly dependency: View;
}

/** The last load exclusive, if no store exclusive has followed. Paper: xclb. */
export interface Exclusive {
  readonly location: LocationId;
  /** When the message that it read was written; null: it is not in memory yet. */
  readonly time: Timestamp | null;
  readonly view: View;
}

/** A store that memory has no message of, though it could be the next one. */
export interface Promisable {
  readonly location: LocationId;
  readonly value: Value;
  readonly before: Promisable | null;
}

/**
 * What a thread knows in the middle of a run. Source: paper, section 4, thread states; its names in brackets. Views
 * with `Old` gather what accesses there were; views with `New` are what accesses to come are after.
 */
export class ThreadState {
  nextInstruction = 0;
  /** Where the backward branches that count went, in order. */
  backwardBranches: readonly number[] = [];
  readonly values: Value[];
  /** What each register's value depends on. */
  readonly views: View[];
  /** Whether a register holds what it would in every run: nothing read went into it, nor whether a store succeeded. */
  readonly isCertain: boolean[];
  /** Per location: what an access there comes after, because of those before it (coh). */
  readonly coherence: View[];
  /** Per location (fwdb). */
  readonly forwarded: (Forwarded | null)[];
  exclusive: Exclusive | null = null;
  /** After the loads so far (vrOld); and after those of them that DMB LD minds. Source: Load, `returns`. */
  readsOld: View = initially;
  returningReadsOld: View = initially;
  /** After the stores so far (vwOld). */
  writesOld: View = initially;
  /** What loads to come are after (vrNew). */
  readsNew: View = initially;
  /** What stores to come are after (vwNew). */
  writesNew: View = initially;
  /** After what the branches and the addresses so far depend on (vCAP). */
  control: View = initially;
  /** After the STLRs so far (vRel). */
  releases: View = initially;
  /** Per location: how many of the thread's own messages it has stored; and of all locations. */
  readonly fulfilled: number[];
  fulfilledCount = 0;
  /** Whether all that was read and stored is in memory. If not, the run only tells what could be promised. */
  isComplete = true;
  /** The last of the stores that could be the next message. */
  promisable: Promisable | null = null;

  private constructor(
    values: readonly Value[],
    views: readonly View[],
    isCertain: readonly boolean[],
    coherence: readonly View[],
    forwarded: readonly (Forwarded | null)[],
    fulfilled: readonly number[],
  ) {
    this.values = values.slice();
    this.views = views.slice();
    this.isCertain = isCertain.slice();
    this.coherence = coherence.slice();
    this.forwarded = forwarded.slice();
    this.fulfilled = fulfilled.slice();
  }

  static atStart({ initial }: LitmusThread, locations: number): ThreadState {
    const each = <T>(value: T): T[] => new Array<T>(locations).fill(value);
    return new ThreadState(
      initial,
      initial.map(() => initially),
      initial.map(() => true),
      each(initially),
      each(null),
      each(0),
    );
  }

  /** A state of its own, with the same contents. */
  copy(): ThreadState {
    const copy = new ThreadState(
      this.values,
      this.views,
      this.isCertain,
      this.coherence,
      this.forwarded,
      this.fulfilled,
    );
    copy.nextInstruction = this.nextInstruction;
    copy.backwardBranches = this.backwardBranches;
    copy.exclusive = this.exclusive;
    copy.readsOld = this.readsOld;
    copy.returningReadsOld = this.returningReadsOld;
    copy.writesOld = this.writesOld;
    copy.readsNew = this.readsNew;
    copy.writesNew = this.writesNew;
    copy.control = this.control;
    copy.releases = this.releases;
    copy.fulfilledCount = this.fulfilledCount;
    copy.isComplete = this.isComplete;
    copy.promisable = this.promisable;
    return copy;
  }

  setRegister(register: RegisterId, value: Value, view: View, isCertain = false): void {
    this.values[register] = value;
    this.views[register] = view;
    this.isCertain[register] = isCertain;
  }
}
