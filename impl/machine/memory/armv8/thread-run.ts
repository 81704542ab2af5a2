import { type AccessInstruction, performAccess } from '#impl/machine/memory/armv8/access.ts';
import type { Budget } from '#impl/machine/memory/armv8/budget.ts';
import { viewOf } from '#impl/machine/memory/armv8/expression.ts';
import type { Setting } from '#impl/machine/memory/armv8/loading.ts';
import { performLocal } from '#impl/machine/memory/armv8/local.ts';
import { type Promisable, ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import { forWrites, isUnknown, join, later } from '#impl/machine/memory/armv8/view.ts';
import type { Instruction, LitmusThread, RegisterId, Value } from '#spec/machine/memory/program.ts';

/** What a thread alone can do with a memory. */
export interface Runs {
  /** What the registers asked for hold at the end of a run that stores just what memory has of it; no two alike. */
  readonly finals: readonly (readonly Value[])[];
  /** What it could store next, no two alike: the messages that would let it go on. */
  readonly promises: readonly Promisable[];
  /** Whether it can store all that memory has of it, in this memory or a longer one. */
  readonly isPossible: boolean;
}

/** Whether the last backward branch was one too many to its target. */
const hasGoneRound = ({ backwardBranches }: ThreadState, max: number): boolean => {
  if (backwardBranches.length <= max) return false;
  const last = backwardBranches.at(-1);
  return backwardBranches.filter((target) => target === last).length > max;
};

/**
 * Does local instructions until the next access. Gives it; null: the run is over, be it that nothing more it stores can
 * be told from this memory; undefined: it goes round more often than it may.
 */
const nextAccess = (
  state: ThreadState,
  instructions: readonly Instruction[],
  backwardBranchesMax: number,
  budget: Budget,
): AccessInstruction | null | undefined => {
  while (forWrites(join(state.writesNew, state.control)) !== later) {
    const instruction = instructions[state.nextInstruction];
    if (!instruction) return null;
    budget.spend();
    state.nextInstruction++;
    switch (instruction.tag) {
      case 'load':
      case 'store':
      case 'update':
      case 'compareAndSwap':
        return isUnknown(viewOf(instruction.address, state.views)) ? null : instruction;
      default:
        performLocal(state, instruction);
        if (hasGoneRound(state, backwardBranchesMax)) return undefined;
    }
  }
  return null;
};

/**
 * Runs a thread alone, in every way there is, against a memory that does not change. Paper, section 7: once all writes
 * are promised, nothing that threads do is seen by others.
 */
export const runThread = (
  thread: LitmusThread,
  setting: Setting,
  observed: readonly RegisterId[],
  backwardBranchesMax: number,
  budget: Budget,
): Runs => {
  const finals = new Map<string, readonly Value[]>();
  const promises = new Map<string, Promisable>();
  let isPossible = false;
  const finish = (state: ThreadState): void => {
    if (state.fulfilledCount !== setting.messages.ownCount) return;
    isPossible = true;
    if (state.isComplete) {
      const final = observed.map((register) => state.values[register] as Value);
      finals.set(final.join(), final);
    }
    for (let promise = state.promisable; promise !== null; promise = promise.before) {
      promises.set(`${promise.location} ${promise.value}`, promise);
    }
  };
  const pending = [ThreadState.atStart(thread, setting.messages.locations)];
  for (let state = pending.pop(); state; state = pending.pop()) {
    const instruction = nextAccess(state, thread.instructions, backwardBranchesMax, budget);
    if (instruction === null) finish(state);
    else if (instruction) pending.push(...performAccess(state, instruction, setting));
  }
  return { finals: [...finals.values()], promises: [...promises.values()], isPossible };
};
