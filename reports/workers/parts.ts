import type { KeptCheck } from '#model/engine/every/kept.ts';
import { type Crew, type Job, runJobs } from '#reports/workers/run.ts';
import type { Task } from '#reports/workers/task.ts';

/**
 * Explores the scenarios of exhaustive checks in parts, where there are too few checks to keep all workers busy. Gives
 * the jobs that are left: with what is known by then, so that little but the conclusions is. What they come to is the
 * same, since scenarios know nothing of each other.
 */
export const exploreInParts = async (jobs: readonly Job[], crew: Crew): Promise<readonly Job[]> => {
  const isWorthwhile = jobs.length < crew.workers && jobs.every(({ task }) => task.explore === 'exhaustive');
  if (!isWorthwhile) return jobs;
  // An odd number, and more than there are workers: a scenario has several ways, of which one is the largest.
  const of = 2 * crew.workers + 1;
  const parts = jobs.flatMap(({ task, label, size }) =>
    Array.from(
      { length: of },
      (_, index): Job => ({ task: { ...task, part: { index, of } }, label, size: size && size / of }),
    ),
  );
  const kept = await runJobs(parts, crew, ({ result }) => result.kept);
  return jobs.map((job, i) => ({ ...job, task: joined(job.task, kept.slice(i * of, (i + 1) * of)) }));
};

/** A task with all that is known of it. A part with which nobody has begun knows nothing. */
const joined = (task: Task, parts: readonly (KeptCheck | null | undefined)[]): Task => {
  const known = parts.find((part) => part);
  if (!known) return task;
  const scenarios = known.scenarios.map((scenario, i) => parts[i % parts.length]?.scenarios[i] ?? scenario);
  const states = [...new Set(parts.flatMap((part) => part?.states ?? []))].sort();
  return { ...task, kept: { ...known, scenarios, states } };
};
