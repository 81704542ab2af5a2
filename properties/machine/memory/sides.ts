import type { Memory } from '#impl/machine/memory/memory.ts';
import { type MemoryName, memories } from '#model/engine/explore/memories.ts';
import { enumerate } from '#model/engine/litmus/enumerate.ts';
import { runOperationally, type Turns } from '#model/engine/litmus/operational.ts';
import { isTrueOf, type LitmusTest, typed } from '#model/engine/litmus/test.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import type { AccessOrder, Instruction, LitmusProgram } from '#spec/machine/memory/program.ts';
import { rc11With, rc20 } from '#spec/machine/memory/rc11.ts';
import { sc } from '#spec/machine/memory/sc.ts';
import { tso } from '#spec/machine/memory/tso.ts';

/** Makes a memory of so many words for so many cores. */
export type MemoryOf = (sizeWords: number, cores: number) => Memory;

/** What each of the machine's memories is compared with. `rc11` has the release sequence of C++20. */
export const axioms: Readonly<Record<MemoryName, MemoryModel>> = { sc, tso, rc11: rc11With('rc20', rc20) };

/** What one side says of a program: its final states, sorted; null: it has a data race, and so no meaning. */
export type Said = readonly string[] | null;

/** What the axioms say, model by model. */
export const axiomatically = (program: LitmusProgram, names: readonly MemoryName[]): readonly Said[] =>
  enumerate(
    program,
    names.map((name) => axioms[name]),
  ).allowed.map(({ states, isUndefined }) => (isUndefined ? null : states.map(({ state }) => state.join()).sort()));

/** What one of the machine's memories says. */
export const operationally = (program: LitmusProgram, memoryOf: MemoryOf, turns: Turns): Said => {
  const { states, isRacy } = runOperationally(program, memoryOf, turns);
  return isRacy ? null : states.map((state) => state.join()).sort();
};

/** Where the two sides differ on a program: a line for each memory. */
export const differences = (program: LitmusProgram, names: readonly MemoryName[], turns: Turns): readonly string[] => {
  const told = axiomatically(program, names);
  return names.flatMap((name, i) => {
    const said = operationally(program, memories[name], name === 'rc11' ? turns : 'all');
    const shown = (states: Said | undefined): string => states?.join(' | ') ?? 'race';
    const [ours, theirs] = [shown(said), shown(told[i])];
    return ours === theirs ? [] : [`${name}: ${program.name}: the machine says ${ours}, the axioms ${theirs}`];
  });
};

/** The same program of C, in which what was relaxed is plain data. */
export const withPlainData = (program: LitmusProgram): LitmusProgram => {
  const plain = (order: AccessOrder): AccessOrder => (order === 'relaxed' ? 'plain' : order);
  const changed = (instruction: Instruction): Instruction =>
    instruction.tag === 'load' || instruction.tag === 'store'
      ? { ...instruction, order: plain(instruction.order) }
      : instruction;
  return {
    ...program,
    name: `${program.name}, relaxed as plain`,
    threads: program.threads.map((thread) => ({ ...thread, instructions: thread.instructions.map(changed) })),
  };
};

/** How a test comes out on a memory: whether what is asked is so in all, some or none of the final states, or a race. */
export const verdictOn = (test: LitmusTest, memoryOf: MemoryOf): 'Always' | 'Sometimes' | 'Never' | 'race' => {
  const { states, isRacy } = runOperationally(test.program, memoryOf);
  if (isRacy) return 'race';
  const holds = states.map((state) => isTrueOf(test.proposition, typed(test, state)));
  if (!holds.includes(true)) return 'Never';
  return holds.includes(false) ? 'Sometimes' : 'Always';
};
