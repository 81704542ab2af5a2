import { aarch64 } from '#model/engine/litmus/aarch64.ts';
import type { FrontEnd } from '#model/engine/litmus/source.ts';
import type { Architecture } from '#spec/machine/memory/program.ts';

/** What translates the threads of each architecture. */
export const frontEnds: Readonly<Partial<Record<Architecture, FrontEnd>>> = {
  AArch64: aarch64,
};
