import { Check, type CheckResult } from '#model/engine/check.ts';
import type { Plan } from '#model/engine/plan.ts';
import type { Interrupt } from '#reports/cli/interrupt.ts';

/** How long the engine may keep the process to itself: signals and the terminal are served in between. */
const breathMilliseconds = 40;

/** Runs a check to its end, or until the interrupt. `onProgress` is told the executions done, and which order is judged. */
export const drive = async (
  plan: Plan,
  interrupt: Interrupt,
  onProgress: (done: number, at: string | undefined) => void,
): Promise<CheckResult> => {
  const check = new Check(plan);
  let breath = performance.now();
  for (const progress of check.run()) {
    if (performance.now() - breath < breathMilliseconds) continue;
    onProgress(progress.done, progress.at);
    await new Promise((resolve) => setImmediate(resolve));
    if (interrupt.isRequested) break;
    breath = performance.now();
  }
  return check.results(interrupt.why);
};
