import type { ReadTime } from '#impl/machine/memory/armv8/load.ts';
import type { Messages } from '#impl/machine/memory/armv8/messages.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import {
  at,
  forWrites,
  initially,
  join,
  later,
  ordered,
  picked,
  type Timestamp,
  type View,
} from '#impl/machine/memory/armv8/view.ts';
import type { AccessOrder, LocationId, Value } from '#spec/machine/memory/program.ts';

/** The load that a store makes a read-modify-write with: of the same instruction, or the last load exclusive. */
export interface PairedLoad {
  readonly time: ReadTime;
  readonly view: View;
}

/** A store, or the store of a read-modify-write. */
export interface Store {
  readonly location: LocationId;
  readonly value: Value;
  /** What the address depends on, and the value. */
  readonly address: View;
  readonly data: View;
  readonly order: AccessOrder;
  readonly pairedLoad: PairedLoad | null;
  /** What the value depends on within the instruction: its own load, if it stores what it makes of that. */
  readonly dependency: View;
  /** Whether all accesses to come are after it. */
  readonly ordersLater: boolean;
}

/** Paper, rule FULFIL: the pre-view. STLR comes after all that is before it. */
const preView = (state: ThreadState, { address, data, order }: Store): View => {
  const view = join(join(address, data), join(state.writesNew, state.control));
  return order === 'release' ? join(view, join(state.readsOld, state.writesOld)) : view;
};

/**
 * When the store is made: the time of the thread's next own message at the location, `later` if there is none; null: it
 * cannot be made. Paper, rule FULFIL: the message says what is stored, and is after all that the store comes after; by
 * the coherence view that is the load of a read-modify-write too. Nobody else writes between the two halves of one
 * (predicate `atomic`).
 */
const storeTime = (state: ThreadState, messages: Messages, store: Store): Timestamp | null => {
  const { location, value, pairedLoad } = store;
  const own = messages.ownAt(location, state.fulfilled[location] as number);
  const readTime = pairedLoad?.time ?? null;
  if (readTime !== null && messages.isDisturbed(location, readTime, own ?? later)) return null;
  const floor = forWrites(join(preView(state, store), state.coherence[location] as View));
  if (own === null) {
    if (floor < later) state.promisable = { location, value, before: state.promisable };
    return later;
  }
  return floor < own && messages.valueAt(location, own) === value ? own : null;
};

/** Stores; false: it cannot be done. Paper, rule FULFIL. A store that memory has no message of is one to promise. */
export const performStore = (state: ThreadState, messages: Messages, store: Store): boolean => {
  const { location, address, data, pairedLoad, dependency } = store;
  const time = storeTime(state, messages, store);
  if (time === null) return false;
  if (time === later) {
    state.isComplete = false;
  } else {
    state.fulfilled[location] = (state.fulfilled[location] as number) + 1;
    state.fulfilledCount++;
  }
  const view = at(time);
  state.coherence[location] = join(state.coherence[location] as View, view);
  state.writesOld = join(state.writesOld, view);
  if (store.order === 'release') state.releases = join(state.releases, view);
  if (store.ordersLater) {
    state.readsNew = join(state.readsNew, view);
    state.writesNew = join(state.writesNew, view);
  }
  state.control = join(state.control, address);
  const forwardedView = join(join(address, data), picked(dependency));
  state.forwarded[location] = {
    time,
    value: store.value,
    view: forwardedView,
    acquiredView: join(forwardedView, ordered(pairedLoad?.view ?? initially)),
    dependency,
  };
  return true;
};
