import { closeSync, readSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { readAnswer } from '#reports/grade/sandbox/answers.ts';
import { endGroup } from '#reports/grade/sandbox/end-group.ts';
import { type Launched, type Layers, launch } from '#reports/grade/sandbox/launch.ts';
import { answerBytesMax, type Request } from '#reports/grade/sandbox/protocol.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';
import { Shared } from '#reports/grade/sandbox/watchdog.ts';

/** What a submission's process may use. */
export interface ProcessLimits {
  /** From a question to its answer. */
  readonly stepSeconds: number;
  /** To start and to load the code; absent: what is enough on a busy machine, since much of it is our own doing. */
  readonly loadSeconds?: number;
  readonly memoryMegabytes: number;
}

const usualLoadSeconds = 30;

type AnswerTo<Asked extends Request['ask']> = Exclude<ReturnType<typeof readAnswer<Asked>>, { failed: string }>;

/**
 * A submission's process, asked one question at a time by a checker that waits for the answer. Every way in which it can
 * fail is a SubmissionFailure; after one it is of no more use.
 */
export class SubmissionProcess {
  readonly #launched: Launched;
  readonly #watchdog: Worker;
  readonly #shared = new Int32Array(new SharedArrayBuffer(4 * Object.keys(Shared).length));
  readonly #limits: ProcessLimits;
  readonly #buffer = Buffer.alloc(65_536);
  #rest = Buffer.alloc(0);
  #questions = 0;
  #failure: SubmissionFailure | undefined;
  #waitedMilliseconds = 0;

  constructor(limits: ProcessLimits, layers?: Layers) {
    this.#limits = limits;
    this.#launched = launch(limits.memoryMegabytes, layers);
    const processId = this.#launched.process.pid;
    if (processId === undefined) throw new Error('the process of a submission could not be started');
    this.#watchdog = new Worker(new URL('./watchdog.ts', import.meta.url), {
      workerData: { shared: this.#shared, processId },
    });
    this.#watchdog.unref();
  }

  /** The leader of its process group. */
  get id(): number {
    return this.#launched.process.pid as number;
  }

  /** How long its answers were waited for. */
  get waitedSeconds(): number {
    return this.#waitedMilliseconds / 1000;
  }

  get questions(): number {
    return this.#questions;
  }

  /** Why it is of no more use, once it is not. The machine takes what is thrown at it for faults, so it must be asked for. */
  get failure(): SubmissionFailure | undefined {
    return this.#failure;
  }

  /** From now on it is of no use. */
  fail(failure: SubmissionFailure): SubmissionFailure {
    this.#failure ??= failure;
    return this.#failure;
  }

  /** Asks, and waits. `failed`: the submission's code threw that. */
  ask<Asked extends Request['ask']>(
    request: Request & { readonly ask: Asked },
    doing: string,
  ): AnswerTo<Asked> | { readonly failed: string } {
    if (this.#failure) throw this.#failure;
    const from = performance.now();
    const seconds = request.ask === 'load' ? (this.#limits.loadSeconds ?? usualLoadSeconds) : this.#limits.stepSeconds;
    Atomics.store(this.#shared, Shared.limitMilliseconds, seconds * 1000);
    Atomics.store(this.#shared, Shared.question, ++this.#questions);
    try {
      this.#write(Buffer.from(`${JSON.stringify(request)}\n`), doing);
      return readAnswer(this.#readLine(doing), request.ask) as AnswerTo<Asked> | { readonly failed: string };
    } catch (error) {
      throw error instanceof SubmissionFailure ? this.fail(error) : error;
    } finally {
      Atomics.store(this.#shared, Shared.question, 0);
      this.#waitedMilliseconds += performance.now() - from;
    }
  }

  /** Ends the process, whatever it does. */
  end(): void {
    if (Atomics.exchange(this.#shared, Shared.isDone, 1) === 1) return;
    Atomics.notify(this.#shared, Shared.isDone);
    const { process: child, toIt, fromIt } = this.#launched;
    closeSync(toIt);
    closeSync(fromIt);
    endGroup(child.pid as number);
    child.unref();
  }

  #write(bytes: Buffer, doing: string): void {
    let left = bytes;
    try {
      while (left.length > 0) left = left.subarray(writeSync(this.#launched.toIt, left));
    } catch {
      throw this.#ended(doing);
    }
  }

  #readLine(doing: string): string {
    const parts: Buffer[] = [];
    let length = 0;
    for (let part = this.#rest; ; ) {
      const end = part.indexOf(10);
      if (end >= 0) {
        this.#rest = part.subarray(end + 1);
        if (this.#rest.length > 0) {
          throw new SubmissionFailure('broke the protocol', 'its process said something that it was not asked for');
        }
        return Buffer.concat([...parts, part.subarray(0, end)]).toString('utf8');
      }
      parts.push(part);
      length += part.length;
      if (length > answerBytesMax) throw new SubmissionFailure('broke the protocol', `an answer has no end (${doing})`);
      const count = readSync(this.#launched.fromIt, this.#buffer);
      if (count === 0) throw this.#ended(doing);
      part = Buffer.from(this.#buffer.subarray(0, count));
    }
  }

  #ended(doing: string): SubmissionFailure {
    const { memoryMegabytes } = this.#limits;
    if (Atomics.load(this.#shared, Shared.hasEnded) === 1) {
      const seconds = Atomics.load(this.#shared, Shared.limitMilliseconds) / 1000;
      return new SubmissionFailure(
        'hung',
        `${doing} did not come to its next micro-op within ${seconds} seconds: look for a loop in which nothing is yielded`,
      );
    }
    return new SubmissionFailure(
      'died',
      `its process ended (${doing}): it may have used more than ${memoryMegabytes} megabytes of memory`,
    );
  }
}
