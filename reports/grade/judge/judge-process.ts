/** The process in which one submission is judged: it is sent the job, and says what it finds. */
import { type Job, judge, type Said } from '#reports/grade/judge/judge.ts';

// Ctrl-C reaches every process of the terminal; who is judged when it comes is judged to the end.
process.on('SIGINT', () => undefined);

process.once('message', async (job: Job) => {
  const sent: Promise<unknown>[] = [];
  await judge(job, (said: Said) => {
    sent.push(new Promise((resolve) => process.send?.(said, resolve)));
  });
  await Promise.all(sent); // whoever disconnects before loses what is still under way: a story can be larger than a pipe
  process.disconnect();
});
