/**
 * A thread beside the checker, which waits for the submission and can do nothing itself meanwhile: it ends a process that
 * is silent for too long.
 */
import { workerData } from 'node:worker_threads';

/** Words that both threads see: the question that is open (0: none) and how long it may take, and what has become of it. */
export const Shared = { question: 0, limitMilliseconds: 1, hasEnded: 2, isDone: 3 } as const;

export interface Watched {
  readonly shared: Int32Array;
  /** The leader of its process group. */
  readonly processId: number;
}

const lookMilliseconds = 100;

const watch = ({ shared, processId }: Watched): void => {
  let seen = 0;
  let waitedMilliseconds = 0;
  while (Atomics.wait(shared, Shared.isDone, 0, lookMilliseconds) === 'timed-out') {
    const question = Atomics.load(shared, Shared.question);
    waitedMilliseconds = question !== 0 && question === seen ? waitedMilliseconds + lookMilliseconds : 0;
    seen = question;
    if (waitedMilliseconds <= Atomics.load(shared, Shared.limitMilliseconds)) continue;
    Atomics.store(shared, Shared.hasEnded, 1);
    try {
      process.kill(-processId, 'SIGKILL');
    } catch {
      // it has just ended by itself
    }
    return;
  }
};

if (workerData) watch(workerData as Watched);
