import type { Message, Messages } from '#impl/machine/memory/armv8/messages.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import { at, forAll, join, later, ordered, type Timestamp, type View } from '#impl/machine/memory/armv8/view.ts';
import type { AccessOrder, LocationId, Value } from '#spec/machine/memory/program.ts';

/** A load, or the load of a read-modify-write. */
export interface Load {
  readonly location: LocationId;
  /** What the address depends on. */
  readonly address: View;
  readonly order: AccessOrder;
  /** False: the load of a read-modify-write that keeps nothing of what it loaded. cat: NoRet. */
  readonly returns: boolean;
}

/** Where a load reads: at a time; `later`: the thread's own last store, which is not in memory yet; null: another's. */
export type ReadTime = Timestamp | null;

/** What a load gave. */
export interface Loaded {
  readonly time: ReadTime;
  /** Means nothing if nobody knows it: if `dependency` says so (isUnknown). */
  readonly value: Value;
  /** What the load comes after. */
  readonly view: View;
  /** What a register that holds the value depends on: at least `view`. */
  readonly dependency: View;
}

/** Paper, rule READ: the pre-view. LDAR, not LDAPR, comes after each STLR before it. */
const preView = (state: ThreadState, { address, order }: Load): View => {
  const view = join(address, state.readsNew);
  return order === 'acquire' ? join(view, state.releases) : view;
};

/**
 * Where a load may read. Paper, rule READ: no message of the location lies between the one it reads and what the load
 * comes after. It is not one that the thread has promised and not stored yet: it could not be stored any more.
 * `mayGrow`: others may yet store at the location.
 */
export const readTimes = (state: ThreadState, messages: Messages, load: Load, mayGrow: boolean): ReadTime[] => {
  const { location } = load;
  const times: ReadTime[] = mayGrow ? [null] : [];
  if (state.forwarded[location]?.time === later) return [later, ...times];
  const floor = forAll(join(preView(state, load), state.coherence[location] as View));
  if (floor === later) return [null];
  for (let time = messages.list.length; time > 0; time--) {
    const message = messages.list[time - 1] as Message;
    if (message.location !== location) continue;
    const isOnlyPromised = message.ownNumber !== null && message.ownNumber >= (state.fulfilled[location] as number);
    if (!isOnlyPromised) times.push(time);
    else if (time <= floor) return [];
    if (time <= floor) return times;
  }
  times.push(0);
  return times;
};

/** What a load at `time` gives, and what it comes after: its post-view, before the thread's views are touched. */
const readAt = (state: ThreadState, messages: Messages, load: Load, time: ReadTime, isAcquire: boolean): Loaded => {
  const before = preView(state, load);
  if (time === null) return { time, value: 0n, view: at(later), dependency: at(later) };
  const forwarded = state.forwarded[load.location];
  if (forwarded?.time === time) {
    const view = join(before, isAcquire ? forwarded.acquiredView : forwarded.view);
    return { time, value: forwarded.value, view, dependency: join(view, forwarded.dependency) };
  }
  const view = join(before, at(time));
  return { time, value: messages.valueAt(load.location, time), view, dependency: view };
};

/** Loads. Paper, rule READ. What follows LDAR or LDAPR comes after it. */
export const performLoad = (state: ThreadState, messages: Messages, load: Load, time: ReadTime): Loaded => {
  const { location, order } = load;
  const isAcquire = order === 'acquire' || order === 'acquirePC';
  const loaded = readAt(state, messages, load, time, isAcquire);
  const { view } = loaded;
  state.coherence[location] = join(state.coherence[location] as View, view);
  state.readsOld = join(state.readsOld, view);
  if (load.returns) state.returningReadsOld = join(state.returningReadsOld, view);
  if (isAcquire) {
    state.readsNew = join(state.readsNew, ordered(view));
    state.writesNew = join(state.writesNew, ordered(view));
  }
  state.control = join(state.control, load.address);
  if (time === null) state.isComplete = false;
  return loaded;
};
