import { atWidth, evaluate, updated, viewOf } from '#impl/machine/memory/armv8/expression.ts';
import type { Loaded } from '#impl/machine/memory/armv8/load.ts';
import { loadingEach, type Setting } from '#impl/machine/memory/armv8/loading.ts';
import { performStore } from '#impl/machine/memory/armv8/store.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import { initially, isUnknown, join, onlyForWrites, type View } from '#impl/machine/memory/armv8/view.ts';
import type { AccessOrder, Instruction, LocationId } from '#spec/machine/memory/program.ts';

type Of<Tag extends Instruction['tag']> = Extract<Instruction, { tag: Tag }>;

/** Later accesses come after the store of an instruction that both acquires and releases, not just after its load. */
const isFullBarrier = (readOrder: AccessOrder, writeOrder: AccessOrder): boolean =>
  readOrder === 'acquire' && writeOrder === 'release';

/** SWP, LDADD, STADD and the like. Unlike SWP, the others store what they make of what they loaded. */
export const performUpdates = (
  state: ThreadState,
  location: LocationId,
  { address, register, update, operand, readOrder, writeOrder, width }: Of<'update'>,
  setting: Setting,
): readonly ThreadState[] => {
  const addressView = viewOf(address, state.views);
  const data = viewOf(operand, state.views);
  const operandValue = atWidth(evaluate(operand, state.values), width);
  const load = { location, address: addressView, order: readOrder, returns: register !== null };
  return loadingEach(state, load, setting, (next, loaded) => {
    const old = atWidth(loaded.value, width);
    if (register !== null) next.setRegister(register, old, loaded.dependency);
    return performStore(next, setting.messages, {
      location,
      value: updated(update, old, operandValue, width),
      address: addressView,
      data,
      dependency: update === 'swap' ? initially : loaded.dependency,
      order: writeOrder,
      pairedLoad: loaded,
      ordersLater: isFullBarrier(readOrder, writeOrder),
    });
  });
};

/**
 * CAS. One that fails is a load. Whether it stores depends on the comparison, which orders only stores (a pick
 * dependency). The value that it leaves in its register is both the one there was and the one expected, so a processor
 * may have it from either: it depends on one of the two.
 */
export const performCompareAndSwaps = (
  state: ThreadState,
  location: LocationId,
  instruction: Of<'compareAndSwap'>,
  setting: Setting,
): readonly ThreadState[] => {
  const { address, register, expected, desired, readOrder, writeOrder, failureOrder, width } = instruction;
  const addressView = viewOf(address, state.views);
  const expectedView = viewOf(expected, state.views);
  const expectedValue = atWidth(evaluate(expected, state.values), width);
  const desiredView = viewOf(desired, state.views);
  const desiredValue = atWidth(evaluate(desired, state.values), width);
  const load = { location, address: addressView, order: readOrder, returns: register !== null };
  const mayBe = (isEqual: boolean, { value, dependency }: Loaded): boolean =>
    isUnknown(join(dependency, expectedView)) || (atWidth(value, width) === expectedValue) === isEqual;
  const keep = (next: ThreadState, { value }: Loaded, view: View): void => {
    if (register !== null) next.setRegister(register, atWidth(value, width), view);
  };
  const store = (next: ThreadState, loaded: Loaded): boolean =>
    performStore(next, setting.messages, {
      location,
      value: desiredValue,
      address: addressView,
      data: join(desiredView, onlyForWrites(expectedView)),
      dependency: onlyForWrites(loaded.dependency),
      order: writeOrder,
      pairedLoad: loaded,
      ordersLater: isFullBarrier(readOrder, writeOrder),
    });
  const failing = loadingEach(state.copy(), { ...load, order: failureOrder }, setting, (next, loaded) => {
    keep(next, loaded, loaded.dependency);
    return mayBe(false, loaded);
  });
  const keepingLoaded = loadingEach(state.copy(), load, setting, (next, loaded) => {
    keep(next, loaded, loaded.dependency);
    return mayBe(true, loaded) && store(next, loaded);
  });
  const keepingExpected = loadingEach(state, load, setting, (next, loaded) => {
    keep(next, loaded, join(expectedView, onlyForWrites(loaded.dependency)));
    return mayBe(true, loaded) && store(next, loaded);
  });
  return [...failing, ...keepingLoaded, ...keepingExpected];
};
