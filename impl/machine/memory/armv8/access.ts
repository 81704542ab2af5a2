import { evaluate } from '#impl/machine/memory/armv8/expression.ts';
import { performExclusiveStore, performLoads, performPlainStore } from '#impl/machine/memory/armv8/load-and-store.ts';
import type { Setting } from '#impl/machine/memory/armv8/loading.ts';
import { performCompareAndSwaps, performUpdates } from '#impl/machine/memory/armv8/read-modify-write.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import type { Instruction, LocationId, Value } from '#spec/machine/memory/program.ts';

/** The instructions that access memory. */
export type AccessInstruction = Extract<Instruction, { tag: 'load' | 'store' | 'update' | 'compareAndSwap' }>;

/** Where an address points; null: at no location. Source: LocationId. */
const locationAt = (address: Value, locations: number): LocationId | null => {
  const location = Number(address >> 16n) - 1;
  return (address & 0xffffn) === 0n && location >= 0 && location < locations ? location : null;
};

/** Does an instruction that accesses memory, in each way that it may go; in none if it accesses no location. */
export const performAccess = (
  state: ThreadState,
  instruction: AccessInstruction,
  setting: Setting,
): readonly ThreadState[] => {
  const { thread, messages, footprint } = setting;
  const location = locationAt(evaluate(instruction.address, state.values), messages.locations);
  if (location !== null) footprint.note(thread, location, instruction.tag !== 'load');
  if (instruction.tag === 'store' && instruction.status !== null) {
    return performExclusiveStore(state, location, instruction.status, instruction, setting);
  }
  if (location === null) return [];
  switch (instruction.tag) {
    case 'load':
      return performLoads(state, location, instruction, setting);
    case 'store':
      return performPlainStore(state, location, instruction, setting);
    case 'update':
      return performUpdates(state, location, instruction, setting);
    case 'compareAndSwap':
      return performCompareAndSwaps(state, location, instruction, setting);
  }
};
