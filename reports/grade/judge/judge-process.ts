/** The process in which one submission is judged: it is sent the job, and says what it finds. */
import { type Job, judge, type Said } from '#reports/grade/judge/judge.ts';

process.once('message', async (job: Job) => {
  await judge(job, (said: Said) => {
    process.send?.(said);
  });
  process.disconnect();
});
