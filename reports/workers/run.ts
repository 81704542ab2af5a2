import type { InterruptListener } from '#reports/cli/interrupt.ts';
import type { ProgressDisplay } from '#reports/cli/progress.ts';
import { plural } from '#reports/text/story.ts';
import { Tally } from '#reports/workers/tally.ts';
import { type Answer, answerOf, type Findings, perform, type Task } from '#reports/workers/task.ts';
import type { WorkerProgress } from '#reports/workers/task-worker.ts';
import { failureOf, threadsOf } from '#reports/workers/threads.ts';

/** A task, and how it is spoken of while it runs. */
export interface Job {
  readonly task: Task;
  readonly label: string;
  /** About how many executions it takes; null: nobody knows. */
  readonly size: number | null;
}

/** Who does the jobs, who may stop them, and who is told how far they are. */
export interface Crew {
  /** How many threads; with 1 the jobs are done in this one. */
  readonly workers: number;
  readonly interrupt: InterruptListener;
  readonly display: ProgressDisplay;
}

type Report = (index: number, done: number, at: string | undefined) => void;
type Finish = (index: number, findings: Findings | undefined) => void;

/**
 * Does the jobs, and gives what `take` makes of each answer, in the order of the jobs, whoever did them and whenever; of a
 * job that never began, since somebody pressed Ctrl-C, undefined. `take` is called as soon as a job is done.
 *
 * What is found out does not depend on the number of workers: each job has its seed and its own random choices, and no
 * job knows of another.
 */
export const runJobs = async <Result>(
  jobs: readonly Job[],
  { workers, interrupt, display }: Crew,
  take: (answer: Answer) => Result,
): Promise<readonly (Result | undefined)[]> => {
  const results: (Result | undefined)[] = jobs.map(() => undefined);
  const tally = new Tally(jobs.map(({ size }) => size));
  const report: Report = (index, done, at) => {
    tally.report(index, done);
    const { label } = jobs[index] as Job;
    display.update(tally.done, tally.total, at === undefined ? label : `${label}: ${at}`);
  };
  const finish: Finish = (index, findings) => {
    tally.end(index, findings?.executions ?? 0);
    const { task } = jobs[index] as Job;
    if (findings) results[index] = take(answerOf(task, findings));
  };
  const threads = Math.min(workers, jobs.length);
  if (threads > 1) await inThreads(threads, jobs, interrupt, report, finish);
  else await inThisThread(jobs, interrupt, report, finish);
  return results;
};

const inThisThread = async (
  jobs: readonly Job[],
  interrupt: InterruptListener,
  report: Report,
  finish: Finish,
): Promise<void> => {
  for (const [index, { task }] of jobs.entries()) {
    finish(index, await perform(task, interrupt, (done, at) => report(index, done, at)));
  }
};

const inThreads = async (
  workers: number,
  jobs: readonly Job[],
  interrupt: InterruptListener,
  report: Report,
  finish: Finish,
): Promise<void> => {
  const threads = threadsOf(workers, { module: './task-worker.ts', interrupt: interrupt.flag });
  try {
    await Promise.all(
      largestFirst(jobs).map(async (index) => {
        const job = jobs[index] as Job;
        let executions = 0;
        const on = ({ done, at }: WorkerProgress): void => {
          executions = done;
          report(index, done, at);
        };
        let findings: Findings | undefined;
        try {
          findings = await threads.exec('perform', [job.task], { on });
        } catch (error) {
          throw failureOf(`${job.label} (last heard of after ${plural(executions, 'execution')})`, error as Error);
        }
        finish(index, findings);
      }),
    );
  } finally {
    await threads.terminate(true);
  }
};

/** Indices of the jobs: the largest begins first, so that nobody is left alone with it at the end. */
const largestFirst = (jobs: readonly Job[]): readonly number[] =>
  [...jobs.keys()].sort((a, b) => (jobs[b]?.size ?? 0) - (jobs[a]?.size ?? 0));
