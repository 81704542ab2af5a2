import { performFence } from '#impl/machine/memory/armv8/barrier.ts';
import { evaluate, isCertain, viewOf } from '#impl/machine/memory/armv8/expression.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import { join, picked } from '#impl/machine/memory/armv8/view.ts';
import type { Instruction } from '#spec/machine/memory/program.ts';

type Of<Tag extends Instruction['tag']> = Extract<Instruction, { tag: Tag }>;

/** The instructions that do not access memory. */
export type LocalInstruction = Of<'assign' | 'select' | 'fence' | 'branch'>;

const performAssign = (state: ThreadState, { register, value }: Of<'assign'>): void => {
  const isKnown = isCertain(value, state.isCertain);
  state.setRegister(register, evaluate(value, state.values), viewOf(value, state.views), isKnown);
};

/** CSEL. The value depends on the one taken; on the condition too, but that orders only stores (a pick dependency). */
const performSelect = (state: ThreadState, { register, condition, chosen, otherwise }: Of<'select'>): void => {
  const taken = evaluate(condition, state.values) !== 0n ? chosen : otherwise;
  const view = join(viewOf(taken, state.views), picked(viewOf(condition, state.views)));
  const isKnown = isCertain(condition, state.isCertain) && isCertain(taken, state.isCertain);
  state.setRegister(register, evaluate(taken, state.values), view, isKnown);
};

/** Paper, rule BRANCH. A loop that has one number of rounds does not count. Source: LitmusProgram, backwardBranchesMax. */
const performBranch = (state: ThreadState, { condition, target }: Of<'branch'>): void => {
  if (condition !== null) {
    state.control = join(state.control, viewOf(condition, state.views));
    if (evaluate(condition, state.values) === 0n) return;
  }
  const isBackward = target < state.nextInstruction;
  const counts = condition === null || !isCertain(condition, state.isCertain);
  if (isBackward && counts) state.backwardBranches = [...state.backwardBranches, target];
  state.nextInstruction = target;
};

/** Does an instruction of the thread alone. `nextInstruction` is the one after it already. */
export const performLocal = (state: ThreadState, instruction: LocalInstruction): void => {
  switch (instruction.tag) {
    case 'assign':
      performAssign(state, instruction);
      break;
    case 'select':
      performSelect(state, instruction);
      break;
    case 'fence':
      performFence(state, instruction.fence);
      break;
    case 'branch':
      performBranch(state, instruction);
      break;
  }
};
