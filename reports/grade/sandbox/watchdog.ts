/**
 * A thread beside the checker, which waits for the submission and can do nothing itself meanwhile: it ends a process that
 * is silent for too long.
 */
import { workerData } from 'node:worker_threads';
import { endGroup } from '#reports/grade/sandbox/end-group.ts';

/** Words that both threads see: the question that is open (0: none) and how long it may take, and what has become of it. */
export const Shared = { question: 0, limitMilliseconds: 1, hasEnded: 2, isDone: 3 } as const;

export interface Watched {
  readonly shared: Int32Array;
  /** The leader of its process group. */
  readonly processId: number;
}

const lookMilliseconds = 100;

/** Ends the submission's processes and this one. */
const endAll = (leader: number): void => {
  endGroup(leader);
  process.kill(process.pid, 'SIGKILL');
};

const watch = ({ shared, processId }: Watched): void => {
  let seen = 0;
  let waitedMilliseconds = 0;
  const parentId = process.ppid;
  while (Atomics.wait(shared, Shared.isDone, 0, lookMilliseconds) === 'timed-out') {
    // Whoever wanted to know is gone: a judge in the midst of an exploration would not notice.
    if (process.ppid !== parentId) endAll(processId);
    const question = Atomics.load(shared, Shared.question);
    waitedMilliseconds = question !== 0 && question === seen ? waitedMilliseconds + lookMilliseconds : 0;
    seen = question;
    if (waitedMilliseconds <= Atomics.load(shared, Shared.limitMilliseconds)) continue;
    Atomics.store(shared, Shared.hasEnded, 1);
    endGroup(processId);
    return;
  }
};

if (workerData) watch(workerData as Watched);
