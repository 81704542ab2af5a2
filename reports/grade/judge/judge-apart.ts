import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Failure, GradedTest } from '#reports/grade/graded.ts';
import type { Job, JudgeSpent, Said } from '#reports/grade/judge/judge.ts';
import { keepOnOneCore } from '#reports/grade/judge/one-core.ts';
import { endGroup } from '#reports/grade/sandbox/end-group.ts';

/** What a judge has said by its end. */
export interface Judgement {
  readonly decided: readonly GradedTest[];
  readonly failure: Failure | null;
  readonly spent: JudgeSpent;
}

/** A judge keeps what it knows of a submission and of the spec; a submission that makes this grow beyond bounds ends it. */
const judgeMegabytes = 3072;

const script = fileURLToPath(new URL('./judge-process.ts', import.meta.url));

/** Judges a submission in a process of its own, so that nothing it does can harm the next one, and for so long at most. */
export const judgeApart = (job: Job, limitSeconds: number): Promise<Judgement> =>
  new Promise((resolve) => {
    const from = performance.now();
    const decided: GradedTest[] = [];
    let end: Extract<Said, { spent: unknown }> | undefined;
    const started: number[] = [];
    let complaint = '';
    let isOutOfTime = false;
    const child = fork(script, {
      // Somebody of the same user could otherwise have it open its debugger.
      execArgv: ['--disable-sigusr1', `--max-old-space-size=${judgeMegabytes}`, '--no-warnings'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    const letGo = keepOnOneCore(child.pid as number); // before it hears of the submission, and starts that
    const timer = setTimeout(() => {
      isOutOfTime = true;
      child.kill('SIGKILL');
    }, limitSeconds * 1000);
    child.stderr?.on('data', (text: Buffer) => {
      complaint = `${complaint}${text}`.slice(-2000);
    });
    child.on('message', (said: Said) => {
      if ('started' in said) started.push(said.started);
      else if ('decided' in said) decided.push(said.decided);
      else end = said;
    });
    // A judge that is ended cannot end the submission's processes any more.
    const endAll = (): void => {
      child.kill('SIGKILL');
      for (const leader of started) endGroup(leader);
    };
    process.once('exit', endAll);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      letGo();
      process.off('exit', endAll);
      if (!end) endAll();
      const spent = end?.spent ?? { seconds: (performance.now() - from) / 1000, sandboxSeconds: 0, memoryMegabytes: 0 };
      if (end) resolve({ decided, failure: end.ended, spent });
      else if (isOutOfTime) resolve({ decided, failure: outOfTime(limitSeconds), spent });
      else if (signal === 'SIGABRT') resolve({ decided, failure: tooMuch, spent });
      else resolve({ decided, failure: ourFault(`its judge ended with ${signal ?? code}: ${complaint}`), spent });
    });
    child.send(job);
  });

const outOfTime = (limitSeconds: number): Failure => ({
  reason: 'out of time',
  why: `it was not judged to its end within ${limitSeconds} seconds`,
});

/** Nothing that a submission does may stop a batch, whatever it has found in us. */
export const ourFault = (what: string): Failure => ({
  reason: 'our fault',
  why: `the grader itself has failed, and this is to be reported: ${what}`,
});

const tooMuch: Failure = {
  reason: 'out of memory',
  why: 'there is no end to what it may do: to remember it took more memory than there is',
};
