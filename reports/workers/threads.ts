import { fileURLToPath } from 'node:url';
import { type Pool, pool } from 'workerpool';
import { InternalError, SuiteError } from '#model/suite-error.ts';

/** What a thread is given at its start: the module that says what it can do, and what it shares with the others. */
export interface ThreadData {
  readonly module: string;
  readonly [shared: string]: unknown;
}

const script = fileURLToPath(new URL('worker.mjs', import.meta.url));

/** So many threads, each of which loads a module of this folder. They are started when there is something to do. */
export const threadsOf = (workers: number, data: ThreadData): Pool =>
  pool(script, { workerType: 'thread', maxWorkers: workers, workerThreadOpts: { workerData: data } });

/** A mistake of the user's is the same in every thread; everything else, a thread's death too, is our own fault. */
export const failureOf = (where: string, error: Error): Error => {
  if (error.name !== 'SuiteError')
    return new InternalError(`a worker failed at ${where}: ${error.stack ?? error.message}`);
  const { code, message, remedy } = error as SuiteError;
  return new SuiteError(code, message, remedy);
};
