import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SuiteError } from '#model/suite-error.ts';
import type { Source } from '#reports/cli/explore-input.ts';
import { prepareFile, readText } from '#reports/cli/files.ts';
import { readSummed, sumOf, writeSummed } from '#reports/cli/kept-file.ts';
import { version } from '#reports/cli/version.ts';
import { Account } from '#reports/workers/account.ts';
import type { Undertaking } from '#reports/workers/agenda.ts';
import schema from '../../docs/schema/kept.schema.json' with { type: 'json' };

/**
 * What was explored, as a file: of each program under each model what was found, and the way to where the exploration
 * stood. It grows with the length of an execution and the number of outcomes, not with the number of executions.
 */
interface Kept {
  /** The version of this shape. */
  readonly kept: 1;
  readonly rendezvous: string;
  /** Of the code that decides in which order executions are found: a trail means nothing to any other. */
  readonly explorer: string;
  readonly outcomes: boolean;
  readonly sources: readonly Source[];
  readonly runs: readonly KeptRun[];
}

interface KeptRun {
  readonly id: string;
  readonly model: string;
  readonly executions: number;
  readonly blocked: number;
  readonly outcomes: readonly string[] | null;
  readonly rests: Account['rests'];
}

/** The code that decides in which order executions are found, all of it. */
const explorerSum = (): string => {
  const ofFile = (folder: URL, file: string): string => readFileSync(new URL(file, folder), 'utf8');
  const graph = new URL('../../model/engine/graph/', import.meta.url);
  const machine = new URL('../../impl/machine/', import.meta.url);
  const files = readdirSync(graph).filter((name) => name.endsWith('.ts'));
  const texts = [...files.sort().map((name) => ofFile(graph, name)), ofFile(machine, 'ops.ts')];
  return sumOf(texts.join('\n'));
};

/** Makes sure that something can be kept there, before any work is done. SuiteError: it cannot, or something else is there. */
export const prepareKept = (path: string): void => {
  if (existsSync(path) && !/^(\{"kept":|$)/.test(readText(path))) {
    throw new SuiteError('S607', `${path} is there, and is no kept exploration`, 'name another file with --keep');
  }
  prepareFile(path);
};

/** Writes down what is known of programs. A file that is there is replaced all at once. */
export const writeKept = (path: string, sources: readonly Source[], undertakings: readonly Undertaking[]): void => {
  const runs = undertakings.flatMap(({ asked, accounts }) =>
    accounts.map(
      ({ executions, blocked, outcomes, rests }, i): KeptRun => ({
        id: asked.id,
        model: asked.runs[i]?.model as string,
        executions,
        blocked,
        outcomes: outcomes && [...outcomes].sort(),
        rests,
      }),
    ),
  );
  const outcomes = runs.some((run) => run.outcomes !== null);
  const kept: Kept = { kept: 1, rendezvous: version, explorer: explorerSum(), outcomes, sources, runs };
  writeSummed(path, kept);
};

/** Reads what was kept. SuiteError: it is something else, or was changed, or belongs to another version. */
export const readKept = (path: string): Kept => {
  const kept = readSummed<Kept>(path, 'kept exploration', schema);
  if (kept.explorer !== explorerSum()) throw foreign(`${path} was written by another version of the explorer`);
  return kept;
};

/** What was known of each program under each model, in order, if its sources still are what they were. */
export const accountsOf = (path: string, { outcomes, runs, sources }: Kept, found: readonly Source[]): Account[] => {
  const other = sources.find(({ sha256 }, i) => sha256 !== found[i]?.sha256);
  if (other) throw foreign(`${other.path} is not what it was when ${path} was written`);
  return runs.map(({ executions, blocked, rests, ...run }) => {
    const account = new Account(outcomes);
    account.add({ executions, blocked, outcomes: run.outcomes, rest: null });
    account.rests = rests;
    return account;
  });
};

const foreign = (what: string): SuiteError =>
  new SuiteError('S605', what, 'restore what it was written for, or start anew, without --resume');
