import { setImmediate } from 'node:timers/promises';
import { covering, type Met } from '#model/engine/coverage/cover.ts';
import { type Known, knownTransitions } from '#model/engine/coverage/known.ts';
import { type Transition, transitionsOf } from '#model/engine/coverage/report.ts';
import type { Plan } from '#model/engine/plan.ts';
import type { Interrupt } from '#reports/cli/interrupt.ts';

/** What the executions of one implementation meet of what there is. Plain data, so that a thread can send it. */
export interface Covered extends Pick<Met, 'executions' | 'unexplained' | 'pairs'> {
  readonly transitions: readonly Transition[];
  /** How it was found out which transitions there are. */
  readonly space: Pick<Known, 'systems' | 'states' | 'isComplete'>;
}

/** How long the engine may keep the process to itself: signals and the terminal are served in between. */
const breathMilliseconds = 40;

/** Makes the executions of a check of this plan, and says what they meet. Undefined: somebody stopped it. */
export const cover = async (
  plan: Plan,
  interrupt: Interrupt,
  onProgress: (done: number, at: string | undefined) => void,
): Promise<Covered | undefined> => {
  const known = knownTransitions(plan.suite, plan.variant);
  const executions = covering(plan);
  let breath = performance.now();
  let next = executions.next();
  for (; !next.done; next = executions.next()) {
    if (performance.now() - breath < breathMilliseconds) continue;
    onProgress(next.value, undefined);
    await setImmediate();
    if (interrupt.isRequested) return undefined;
    breath = performance.now();
  }
  const { transitions, ...met } = next.value;
  const { systems, states, isComplete } = known;
  return { ...met, transitions: transitionsOf(known, transitions), space: { systems, states, isComplete } };
};
