import type { Footprint } from '#impl/machine/memory/armv8/footprint.ts';
import { type Load, type Loaded, performLoad, readTimes } from '#impl/machine/memory/armv8/load.ts';
import type { Messages } from '#impl/machine/memory/armv8/messages.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';

/** What a thread runs against. */
export interface Setting {
  readonly thread: number;
  readonly messages: Messages;
  readonly footprint: Footprint;
}

/** Loads from each time that there is; `then` goes on with each, false: it cannot. Uses the state up. */
export const loadingEach = (
  state: ThreadState,
  load: Load,
  { thread, messages, footprint }: Setting,
  then: (next: ThreadState, loaded: Loaded) => boolean,
): ThreadState[] => {
  const times = readTimes(state, messages, load, footprint.othersStore(thread, load.location));
  return times.flatMap((time, i) => {
    const next = i === times.length - 1 ? state : state.copy();
    return then(next, performLoad(next, messages, load, time)) ? [next] : [];
  });
};
