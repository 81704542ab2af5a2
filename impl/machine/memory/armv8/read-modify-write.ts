import { atWidth, evaluate, updated, viewOf } from '#impl/machine/memory/armv8/expression.ts';
import { loadingEach, type Setting } from '#impl/machine/memory/armv8/loading.ts';
import { performStore } from '#impl/machine/memory/armv8/store.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import { initially, isUnknown, join, picked } from '#impl/machine/memory/armv8/view.ts';
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
 * The ways of CAS. One that fails is a load, or it writes back what was there. What one that succeeds leaves in its
 * register is both what was there and what was expected: it may have it from either, and depends on that one.
 */
const ways = [
  { succeeds: false, stores: false, takesExpected: false },
  { succeeds: false, stores: true, takesExpected: false },
  { succeeds: true, stores: true, takesExpected: false },
  { succeeds: true, stores: true, takesExpected: true },
] as const;

/** CAS. Whether it succeeds depends on the comparison; that orders only stores (a pick dependency). */
export const performCompareAndSwaps = (
  state: ThreadState,
  location: LocationId,
  instruction: Of<'compareAndSwap'>,
  setting: Setting,
): readonly ThreadState[] => {
  const { register, desired, expected, readOrder, writeOrder, failureOrder, width } = instruction;
  const address = viewOf(instruction.address, state.views);
  const expectedView = viewOf(expected, state.views);
  const desiredView = viewOf(desired, state.views);
  const expectedValue = atWidth(evaluate(expected, state.values), width);
  const desiredValue = atWidth(evaluate(desired, state.values), width);
  return ways.flatMap(({ succeeds, stores, takesExpected }) => {
    const order = succeeds ? readOrder : failureOrder;
    const load = { location, address, order, returns: register !== null };
    return loadingEach(state.copy(), load, setting, (next, loaded) => {
      const old = atWidth(loaded.value, width);
      const isKnown = !isUnknown(join(loaded.dependency, expectedView));
      if (isKnown && succeeds !== (old === expectedValue)) return false;
      const kept = takesExpected ? join(expectedView, picked(loaded.dependency)) : loaded.dependency;
      if (register !== null) next.setRegister(register, old, kept);
      if (!stores) return true;
      return performStore(next, setting.messages, {
        location,
        value: succeeds ? desiredValue : old,
        address,
        data: join(succeeds ? desiredView : initially, picked(expectedView)),
        dependency: succeeds ? picked(loaded.dependency) : loaded.dependency,
        order: writeOrder,
        pairedLoad: loaded,
        ordersLater: isFullBarrier(order, writeOrder),
      });
    });
  });
};
