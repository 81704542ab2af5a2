import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import { join, ordered, synchronized, type View } from '#impl/machine/memory/armv8/view.ts';
import type { Fence } from '#spec/machine/memory/program.ts';

const orderAll = (state: ThreadState, view: View): void => {
  state.readsNew = join(state.readsNew, ordered(view));
  state.writesNew = join(state.writesNew, ordered(view));
};

/**
 * Orders what was before what is to come. Paper, rules FENCE and ISB. SY: everything before everything; LD: loads before
 * everything; DMB ST: stores before stores, DSB ST: before everything. ISB: what branches and addresses depend on,
 * before everything.
 */
export const performFence = (state: ThreadState, fence: Fence): void => {
  switch (fence) {
    case 'dmb.sy':
    case 'dsb.sy':
      orderAll(state, join(state.readsOld, state.writesOld));
      break;
    case 'dmb.ld':
    case 'dsb.ld':
      orderAll(state, state.returningReadsOld);
      break;
    case 'dmb.st':
      state.writesNew = join(state.writesNew, state.writesOld);
      break;
    case 'dsb.st':
      orderAll(state, state.writesOld);
      break;
    case 'isb':
      orderAll(state, synchronized(state.control));
      break;
    default:
      throw new TypeError(`${fence} is no fence of AArch64`);
  }
};
