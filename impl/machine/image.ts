import type { Address } from '#impl/machine/ops.ts';

/**
 * The words at boot: `image`, in which each context's word says which core runs it. `running` names the context that runs
 * on each core.
 */
export const imageAtBoot = (
  image: Int32Array,
  contextWord: readonly Address[],
  running: readonly number[],
): Int32Array => {
  const words = image.slice();
  for (const [core, context] of running.entries()) words[contextWord[context] as number] = core + 1;
  return words;
};
