import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckResult } from '#model/engine/check.ts';
import type { KeptCheck } from '#model/engine/every/kept.ts';
import { SuiteError } from '#model/suite-error.ts';
import { prepareFile, readText } from '#reports/cli/files.ts';
import type { Interrupt } from '#reports/cli/interrupt.ts';
import { readSummed, sumOf, writeSummed } from '#reports/cli/kept-file.ts';
import type { Output } from '#reports/cli/output.ts';
import { version } from '#reports/cli/version.ts';
import type { Task } from '#reports/workers/task.ts';
import schema from '../../docs/schema/kept-check.schema.json' with { type: 'json' };

/** An exhaustive check that was cut, as a file. It grows with what there is to check, not with the executions made. */
interface Kept {
  /** The version of this shape. */
  readonly keptCheck: 1;
  readonly rendezvous: string;
  /** Of all code that decides what is found out, and of the claims; the implementations have sums of their own. */
  readonly engine: string;
  readonly checks: readonly {
    readonly task: Task;
    /** Null: nobody has begun with it. */
    readonly known: KeptCheck | null;
  }[];
}

const engineSum = (): string => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const filesOf = (folder: string, ending: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => join(root, folder, name));
  const files = [
    ...['spec', 'model', 'impl/machine'].flatMap((folder) => filesOf(folder, '.ts')),
    ...filesOf('properties', '.property.ts'),
  ];
  return sumOf(files.map((file) => readFileSync(file, 'utf8')).join('\n'));
};

/** Where a check of these tasks is kept if nobody says: the same place for the same tasks. */
const usualFile = (tasks: readonly Task[], folder: string): string => {
  const sum = sumOf(JSON.stringify(tasks.map(bare)));
  return join(folder, `check-${sum.slice(0, 12)}.json`);
};

/** Makes sure that something can be kept there, before any work is done. SuiteError: it cannot, or something else is there. */
export const prepareKept = (path: string): void => {
  if (existsSync(path) && !/^(\{"keptCheck":|$)/.test(readText(path))) {
    throw new SuiteError('S607', `${path} is there, and is no kept check`, 'name another file with --keep');
  }
  prepareFile(path);
};

/** How long to check, and where to keep what was explored. */
export interface KeepOptions {
  readonly folder: string;
  /** If all executions are explored: at most so many of each scenario. */
  readonly executions: number | undefined;
  /** Stops after so many seconds of the clock on the wall. */
  readonly seconds: number | undefined;
  /** Where what was explored is kept; undefined: where it was resumed from, or in the usual place if there is need. */
  readonly keep: string | undefined;
  /** Goes on with what is kept in this file: what is checked, and how, stands there. */
  readonly resume: string | undefined;
}

/** Where what was explored is kept, and the line that goes on with it. */
export interface Resumption {
  readonly kept: string;
  readonly resume: string;
}

/** Keeps an exhaustive check where the user wants that, or where there is more to explore; then says how to go on. */
export const keepIfNeeded = (
  tasks: readonly Task[],
  results: readonly CheckResult[],
  interrupt: Interrupt,
  { keep, resume, executions, seconds, folder }: KeepOptions,
  output: Output,
): Resumption | undefined => {
  if (tasks[0]?.explore !== 'exhaustive') return undefined;
  const wanted = keep ?? resume;
  const isBoundHit = results.some(({ exhausted }) => exhausted.some(({ end }) => end === 'executions'));
  const isCut = isBoundHit || interrupt.isRequested;
  if (wanted === undefined && !isCut) return undefined;
  const kept = wanted ?? usualFile(tasks, folder);
  try {
    if (wanted === undefined) prepareKept(kept);
    writeKept(kept, tasks, results);
  } catch (error) {
    if (wanted !== undefined || !(error instanceof SuiteError)) throw error;
    output.note(`what was explored is not kept: ${error.message}`);
    return undefined;
  }
  if (!isCut) return undefined;
  const bounds = [
    ...(executions === undefined || isBoundHit ? [] : [`--executions ${executions}`]),
    ...(seconds === undefined ? [] : [`--seconds ${seconds}`]),
  ];
  return { kept, resume: ['npx rendezvous check --resume', kept, ...bounds].join(' ') };
};

/** Writes down what is known of each task. A file that is there is replaced all at once. */
const writeKept = (path: string, tasks: readonly Task[], results: readonly CheckResult[]): void => {
  const checks = tasks.map((task, i) => ({ task: bare(task), known: results[i]?.kept ?? null }));
  const kept: Kept = { keptCheck: 1, rendezvous: version, engine: engineSum(), checks };
  writeSummed(path, kept);
};

/** Reads what was kept, as tasks that go on from there. SuiteError: it is something else, or belongs to other code. */
export const readKept = (path: string): Task[] => {
  const kept = readSummed<Kept>(path, 'kept check', schema);
  if (kept.engine !== engineSum()) {
    throw new SuiteError(
      'S605',
      `${path} was written by another version of the engine, of the specs, or of the claims`,
      'restore what it was written for, or start anew, without --resume',
    );
  }
  return kept.checks.map(({ task, known }) => (known ? { ...task, kept: known } : task));
};

/** A task without what is known of it, and without its bound: that may be another when it is gone on with. */
const bare = ({ kept, executionsMax, ...task }: Task): Task => task;
