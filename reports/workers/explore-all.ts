import { setImmediate } from 'node:timers/promises';
import type { InterruptListener } from '#reports/cli/interrupt.ts';
import { Agenda, type Item, type Undertaking } from '#reports/workers/agenda.ts';
import { explorePortion, type Found } from '#reports/workers/portion.ts';
import type { Errand, PortionProgress } from '#reports/workers/portion-worker.ts';
import { failed, hungry, isSignalled, noSignals, signal } from '#reports/workers/signals.ts';
import { failureOf, threadsOf } from '#reports/workers/threads.ts';

/** Who explores, and who may stop them. */
export interface Campaign {
  /** How many threads; with 1 all is done in this one. */
  readonly workers: number;
  /** So many executions of a program under a model, complete or blocked, with those that were found before. */
  readonly executionsMax: number;
  readonly interrupt: InterruptListener;
  /**
   * Other threads are started once this one has done so much by itself, in executions. Most explorations end before
   * that: they would wait longer for a thread than for the rest.
   */
  readonly executionsAlone: number;
  /** Is told that about so many executions more were found, and of which program. */
  onProgress(executions: number, id: string): void;
}

/** What it takes to begin with a program under a model, as if it were so many executions. */
const executionsToBegin = 200;

/** A worker is given so much that each comes back for more so often, and so many portions at most: most are small. */
const roundsPerWorker = 4;
const portionsMax = 64;

/**
 * Explores programs under each of their models, and writes down in their accounts what is found and what is left. Each
 * execution is found once, by whomever: the result is the same for any number of workers.
 */
export const exploreAll = async (undertakings: readonly Undertaking[], campaign: Campaign): Promise<void> => {
  const { workers, interrupt, executionsAlone } = campaign;
  const agenda = new Agenda(undertakings, campaign.executionsMax);
  await exploreAlone(agenda, workers === 1 ? Number.POSITIVE_INFINITY : executionsAlone, campaign);
  if (interrupt.isRequested || agenda.waiting(1) === 0) return;
  if (agenda.waiting(workers) < workers) agenda.divide();
  await exploreInThreads(agenda, campaign);
};

/** Explores in this thread, until so many executions were found. */
const exploreAlone = async (
  agenda: Agenda,
  executionsMax: number,
  { interrupt, onProgress }: Campaign,
): Promise<void> => {
  const isToStop = (): boolean => interrupt.isRequested;
  for (let left = executionsMax; left > 0 && !isToStop(); left -= executionsToBegin) {
    const item = agenda.next(left);
    if (!item) return;
    const { asked } = item.undertaking;
    const found = await explorePortion(asked, item.portion, isToStop, (more) => onProgress(more, asked.id));
    agenda.take(item, found, false);
    left -= found.executions + found.blocked;
    await setImmediate();
  }
};

/** Explores in threads. Where one has nothing to do, the others leave him some of what they have. */
const exploreInThreads = async (agenda: Agenda, { workers, interrupt, onProgress }: Campaign): Promise<void> => {
  const signals = noSignals();
  const threads = threadsOf(workers, { module: './portion-worker.ts', interrupt: interrupt.flag, signals });
  let failure: Error | undefined;
  const perform = async (items: readonly Item[]): Promise<void> => {
    const errands = items.map(({ undertaking: { written }, portion }): Errand => ({ written, portion }));
    const on = ({ executions, errand }: PortionProgress): void =>
      onProgress(executions, (items[errand] as Item).undertaking.asked.id);
    try {
      const found: readonly Found[] = await threads.exec('explore', [errands], { on });
      const isToDivide = isSignalled(signals, hungry) && !interrupt.isRequested;
      for (const [i, item] of items.entries()) agenda.take(item, found[i], isToDivide);
    } catch (error) {
      agenda.fail();
      signal(signals, failed, true);
      failure ??= failureOf(items.map(({ undertaking: { asked } }) => asked.id).join(', '), error as Error);
    }
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let busy = 0;
      const goOn = (): void => {
        for (; busy < workers && !interrupt.isRequested; busy++) {
          const items = agenda.some(workers * roundsPerWorker, portionsMax);
          if (items.length === 0) break;
          perform(items).then(() => {
            busy--;
            goOn();
          }, reject);
        }
        signal(signals, hungry, busy < workers);
        if (busy === 0) resolve();
      };
      goOn();
    });
  } finally {
    await threads.terminate(true);
  }
  if (failure) throw failure;
};
