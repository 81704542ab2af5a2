import { setImmediate } from 'node:timers/promises';
import { SuiteError } from '#model/suite-error.ts';
import type { InterruptListener } from '#reports/cli/interrupt.ts';
import type { HistoryInput } from '#reports/cli/linearize-input.ts';
import { type Judged, Linearizer } from '#reports/cli/linearize-run.ts';
import { failureOf, threadsOf } from '#reports/workers/threads.ts';

/** How histories are judged, and by whom. */
export interface Judging {
  /** The spec of all; undefined: each says its own. */
  readonly spec: string | undefined;
  /** How many steps of the spec may be tried for one history. */
  readonly stepsMax: number;
  /** How many threads; with 1 all is done in this one. */
  readonly workers: number;
  readonly interrupt: InterruptListener;
}

/** What a thread is given: some histories, one after the other. */
export interface Batch extends Pick<Judging, 'spec' | 'stepsMax'> {
  readonly inputs: readonly HistoryInput[];
}

/** What became of them: of the first of them, if somebody pressed Ctrl-C or one cannot be read. */
export interface JudgedBatch {
  readonly judged: readonly Judged[];
  /** Why the next one cannot be read. */
  readonly mistake?: Pick<SuiteError, 'code' | 'message' | 'remedy'>;
}

/**
 * Other threads are started once this one has done so much by itself, in events read: about a second's work, which is
 * what it takes to start them.
 */
const workAlone = 1_000_000;
/** A step of a spec that is tried takes as long as so many events. */
const workOfStep = 10;
/** A thread is given about so many events at once; what a history of them takes, nobody knows. */
const eventsOfBatch = 2_000;
/** Signals and the terminal are served in between. */
const historiesBetweenBreaths = 50;

/**
 * Judges histories. `take` is given what became of each, in their order, whoever judged it; of those that were not judged,
 * since somebody pressed Ctrl-C, nothing. No history knows of another, so it is the same for any number of workers.
 * @throws SuiteError at the first history that cannot be read; those before it have been given
 */
export const judgeAll = async (
  inputs: readonly HistoryInput[],
  judging: Judging,
  take: (input: HistoryInput, judged: Judged) => void,
): Promise<void> => {
  const { workers } = judging;
  const begun = await judgeAlone(inputs, judging, workers === 1 ? Number.POSITIVE_INFINITY : workAlone, take);
  if (begun < inputs.length && !judging.interrupt.isRequested) {
    await judgeInThreads(inputs.slice(begun), judging, take);
  }
};

/** Judges in this thread, until it has done so much. Gives how many. */
const judgeAlone = async (
  inputs: readonly HistoryInput[],
  { spec, stepsMax, interrupt }: Judging,
  workMax: number,
  take: (input: HistoryInput, judged: Judged) => void,
): Promise<number> => {
  const linearizer = new Linearizer(spec, stepsMax);
  let work = 0;
  for (const [i, input] of inputs.entries()) {
    if (i % historiesBetweenBreaths === 0) await setImmediate();
    if (interrupt.isRequested || work >= workMax) return i;
    const judged = linearizer.run(input);
    take(input, judged);
    work += input.history.length + workOfStep * judged.steps;
  }
  return inputs.length;
};

const judgeInThreads = async (
  inputs: readonly HistoryInput[],
  { spec, stepsMax, workers, interrupt }: Judging,
  take: (input: HistoryInput, judged: Judged) => void,
): Promise<void> => {
  const threads = threadsOf(workers, { module: './history-worker.ts', interrupt: interrupt.flag });
  const judge = async (batch: Batch): Promise<JudgedBatch | Error> => {
    try {
      return await threads.exec('judge', [batch]);
    } catch (error) {
      return failureOf((batch.inputs[0] as HistoryInput).name, error as Error);
    }
  };
  try {
    // All are handed out at once; what became of them is taken in their order.
    const batches = batchesOf(inputs).map((of) => ({ of, judging: judge({ inputs: of, spec, stepsMax }) }));
    for (const { of, judging } of batches) {
      const batch = await judging;
      if (batch instanceof Error) throw batch;
      for (const [i, judged] of batch.judged.entries()) take(of[i] as HistoryInput, judged);
      if (batch.mistake) throw new SuiteError(batch.mistake.code, batch.mistake.message, batch.mistake.remedy);
    }
  } finally {
    await threads.terminate(true);
  }
};

/** In their order, about as many events in each. */
const batchesOf = (inputs: readonly HistoryInput[]): HistoryInput[][] => {
  const batches: HistoryInput[][] = [];
  let room = 0;
  for (const input of inputs) {
    if (room <= 0) {
      batches.push([]);
      room = eventsOfBatch;
    }
    batches.at(-1)?.push(input);
    room -= input.history.length;
  }
  return batches;
};
