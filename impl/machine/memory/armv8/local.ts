import { performFence } from '#impl/machine/memory/armv8/barrier.ts';
import { evaluate, viewOf } from '#impl/machine/memory/armv8/expression.ts';
import type { ThreadState } from '#impl/machine/memory/armv8/thread-state.ts';
import { join, onlyForWrites } from '#impl/machine/memory/armv8/view.ts';
import type { Instruction } from '#spec/machine/memory/program.ts';

type Of<Tag extends Instruction['tag']> = Extract<Instruction, { tag: Tag }>;

/** The instructions that do not access memory. */
export type LocalInstruction = Of<'assign' | 'select' | 'fence' | 'branch'>;

/** CSEL. The value depends on the one taken; on the condition too, but that orders only stores (a pick dependency). */
const performSelect = (state: ThreadState, { register, condition, chosen, otherwise }: Of<'select'>): void => {
  const taken = evaluate(condition, state.values) !== 0n ? chosen : otherwise;
  const picked = onlyForWrites(viewOf(condition, state.views));
  state.setRegister(register, evaluate(taken, state.values), join(viewOf(taken, state.views), picked));
};

/** Paper, rule BRANCH. */
const performBranch = (state: ThreadState, { condition, target }: Of<'branch'>): void => {
  if (condition !== null) state.control = join(state.control, viewOf(condition, state.views));
  if (condition !== null && evaluate(condition, state.values) === 0n) return;
  if (target < state.nextInstruction) state.backwardBranches++;
  state.nextInstruction = target;
};

/** Does an instruction of the thread alone. `nextInstruction` is the one after it already. */
export const performLocal = (state: ThreadState, instruction: LocalInstruction): void => {
  switch (instruction.tag) {
    case 'assign': {
      const { register, value } = instruction;
      state.setRegister(register, evaluate(value, state.values), viewOf(value, state.views));
      break;
    }
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
