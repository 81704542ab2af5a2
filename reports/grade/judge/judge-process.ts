/** The process in which one submission is judged: it is sent the job, and says what it finds. */
import { type Job, judge, type Said } from '#reports/grade/judge/judge.ts';

// Ctrl-C reaches every process of the terminal; who is judged when it comes is judged to the end.
process.on('SIGINT', () => undefined);

process.once('message', async (job: Job) => {
  await judge(job, (said: Said) => {
    process.send?.(said);
  });
  process.disconnect();
});
