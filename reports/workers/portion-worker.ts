import { workerData } from 'node:worker_threads';
import { worker, workerEmit } from 'workerpool';
import { toExplore, type WrittenProgram } from '#model/engine/graph/written.ts';
import { InternalError } from '#model/suite-error.ts';
import { type InterruptFlag, interruptBy } from '#reports/cli/interrupt.ts';
import { explorePortion, type Found, type Portion } from '#reports/workers/portion.ts';
import { failed, hungry, isSignalled, type Signals } from '#reports/workers/signals.ts';

/** What a worker is given to explore. */
export interface Errand {
  readonly written: WrittenProgram;
  readonly portion: Portion;
}

/** What a worker says while it explores: that about so many executions more were found, in which of its errands. */
export interface PortionProgress {
  readonly executions: number;
  readonly errand: number;
}

/** Who divides what he has sooner spends more on dividing than on exploring. */
const undividedMilliseconds = 50;
/** How often a worker speaks. */
const silenceMilliseconds = 100;

const { interrupt: flag, signals } = workerData as { readonly interrupt: InterruptFlag; readonly signals: Signals };
const interrupt = interruptBy(flag);

/** Explores portions, one after the other. Gives what was found in those that it has begun with. */
const explore = async (errands: readonly Errand[]): Promise<readonly Found[]> => {
  const begun = performance.now();
  const isToLeave = (): boolean => isSignalled(signals, hungry) && performance.now() - begun > undividedMilliseconds;
  const isStopped = (): boolean => interrupt.isRequested || isSignalled(signals, failed);
  const found: Found[] = [];
  let [spoken, executions] = [begun, 0];
  for (const [i, { written, portion }] of errands.entries()) {
    if (isStopped() || isToLeave()) break;
    const asked = toExplore(written);
    if ('unsupported' in asked) throw new InternalError(`${asked.id} cannot be explored`);
    const isDivisible = portion.executionsMax === Number.POSITIVE_INFINITY;
    const isToStop = (): boolean => isStopped() || (isDivisible && isToLeave());
    const onProgress = (more: number): void => {
      executions += more;
      if (performance.now() - spoken < silenceMilliseconds) return;
      const progress: PortionProgress = { executions, errand: i };
      workerEmit(progress);
      [spoken, executions] = [performance.now(), 0];
    };
    found.push(await explorePortion(asked, portion, isToStop, onProgress));
  }
  return found;
};

worker({ explore });
