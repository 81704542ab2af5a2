import { armv8 } from '#spec/machine/memory/armv8.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import type { Architecture } from '#spec/machine/memory/program.ts';
import { rc11, rc11With, rc20 } from '#spec/machine/memory/rc11.ts';
import { riscv } from '#spec/machine/memory/riscv.ts';
import { sc } from '#spec/machine/memory/sc.ts';
import { tso } from '#spec/machine/memory/tso.ts';

/** The models of each architecture, its own first. */
export const memoriesOf: Readonly<Record<Architecture, readonly [MemoryModel, ...MemoryModel[]]>> = {
  AArch64: [armv8, sc],
  X86: [tso, sc],
  X86_64: [tso, sc],
  C: [rc11, sc, rc11With('rc20', rc20)],
  RISCV: [riscv, sc],
};

/** The names of all models. */
export const memoryNames: readonly string[] = [
  ...new Set(Object.values(memoriesOf).flatMap((models) => models.map(({ name }) => name))),
];
