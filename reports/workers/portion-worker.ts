import { workerData } from 'node:worker_threads';
import { worker, workerEmit } from 'workerpool';
import { toExplore, type WrittenProgram } from '#model/engine/graph/written.ts';
import { InternalError } from '#model/suite-error.ts';
import { type InterruptFlag, interruptBy } from '#reports/cli/interrupt.ts';
import { explorePortion, type Found, type Portion } from '#reports/workers/portion.ts';
import { hungry, isSignalled, type Signals, stopped } from '#reports/workers/signals.ts';

/** What a worker says while it explores: that about so many executions more were found. */
export interface PortionProgress {
  readonly executions: number;
}

/** Who divides what he has sooner spends more on dividing than on exploring. */
const undividedMilliseconds = 50;
/** How often a worker speaks. */
const silenceMilliseconds = 100;

const { interrupt, signals } = workerData as { readonly interrupt: InterruptFlag; readonly signals: Signals };
const stopping = interruptBy(interrupt);

const explore = (written: WrittenProgram, portion: Portion): Promise<Found> => {
  const asked = toExplore(written);
  if ('unsupported' in asked) throw new InternalError(`${asked.id} cannot be explored`);
  const begun = performance.now();
  let [spoken, executions] = [begun, 0];
  const isDivisible = portion.executionsMax === Number.POSITIVE_INFINITY;
  const isToDivide = (): boolean =>
    isDivisible && isSignalled(signals, hungry) && performance.now() - begun > undividedMilliseconds;
  const isToStop = (): boolean => stopping.isRequested || isSignalled(signals, stopped) || isToDivide();
  return explorePortion(asked, portion, isToStop, (more) => {
    executions += more;
    if (performance.now() - spoken < silenceMilliseconds) return;
    const progress: PortionProgress = { executions };
    workerEmit(progress);
    [spoken, executions] = [performance.now(), 0];
  });
};

worker({ explore });
