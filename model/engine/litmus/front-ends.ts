import { aarch64 } from '#model/engine/litmus/aarch64.ts';
import { c } from '#model/engine/litmus/c.ts';
import { riscv } from '#model/engine/litmus/riscv.ts';
import type { FrontEnd } from '#model/engine/litmus/source.ts';
import { x86, x86_64 } from '#model/engine/litmus/x86.ts';
import type { Architecture } from '#spec/machine/memory/program.ts';

/** What translates the threads of each architecture. */
export const frontEnds: Readonly<Record<Architecture, FrontEnd>> = {
  AArch64: aarch64,
  X86: x86,
  X86_64: x86_64,
  C: c,
  RISCV: riscv,
};
