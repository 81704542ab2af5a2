import { workerData } from 'node:worker_threads';
import { worker, workerEmit } from 'workerpool';
import { type InterruptFlag, interruptBy } from '#reports/cli/interrupt.ts';
import { type Findings, perform, type Task } from '#reports/workers/task.ts';

/** What a worker says while it is busy. */
export interface WorkerProgress {
  readonly done: number;
  readonly at: string | undefined;
}

const interrupt = interruptBy((workerData as { readonly interrupt: InterruptFlag }).interrupt);

const say = (progress: WorkerProgress): void => workerEmit(progress);

worker({
  perform: (task: Task): Promise<Findings | undefined> => perform(task, interrupt, (done, at) => say({ done, at })),
});
