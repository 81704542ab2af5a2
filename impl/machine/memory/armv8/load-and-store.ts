import { atWidth, evaluate, viewOf } from '#impl/machine/memory/armv8/expression.ts';
import { loadingEach, type Setting } from '#impl/machine/memory/armv8/loading.ts';
import { performStore } from '#impl/machine/memory/armv8/store.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import { initially } from '#impl/machine/memory/armv8/view.ts';
import type { Instruction, LocationId, RegisterId } from '#spec/machine/memory/program.ts';

type Of<Tag extends Instruction['tag']> = Extract<Instruction, { tag: Tag }>;

/** LDR, LDAR, LDAPR, LDXR, in each way that they may go. */
export const performLoads = (
  state: ThreadState,
  location: LocationId,
  { address, register, order, width, exclusive }: Of<'load'>,
  setting: Setting,
): readonly ThreadState[] => {
  const load = { location, address: viewOf(address, state.views), order, returns: true };
  return loadingEach(state, load, setting, (next, { time, value, view, dependency }) => {
    if (register !== null) next.setRegister(register, atWidth(value, width), dependency);
    if (exclusive) next.exclusive = { location, time, view };
    return true;
  });
};

const storeOf = (state: ThreadState, location: LocationId, { address, value, order, width }: Of<'store'>) => ({
  location,
  value: atWidth(evaluate(value, state.values), width),
  address: viewOf(address, state.views),
  data: viewOf(value, state.views),
  dependency: initially,
  order,
});

/** STR, STLR. */
export const performPlainStore = (
  state: ThreadState,
  location: LocationId,
  instruction: Of<'store'>,
  { messages }: Setting,
): readonly ThreadState[] => {
  const store = { ...storeOf(state, location, instruction), pairedLoad: null, ordersLater: false };
  return performStore(state, messages, store) ? [state] : [];
};

/**
 * STXR: may always fail, and has to if there is no load exclusive of the location for it; where its address points does
 * not matter then. Paper, rules FULFIL and EXCLUSIVE-FAILURE; that it stored or failed depends on nothing.
 */
export const performExclusiveStore = (
  state: ThreadState,
  location: LocationId | null,
  status: RegisterId,
  instruction: Of<'store'>,
  { messages }: Setting,
): readonly ThreadState[] => {
  const { exclusive } = state;
  state.exclusive = null;
  const failed = state.copy();
  failed.setRegister(status, 1n, initially);
  if (exclusive === null || exclusive.location !== location) return [failed];
  const store = { ...storeOf(state, location, instruction), pairedLoad: exclusive, ordersLater: false };
  if (!performStore(state, messages, store)) return [failed];
  state.setRegister(status, 0n, initially);
  return [failed, state];
};
