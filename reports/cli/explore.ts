import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Run } from '#model/engine/graph/written.ts';
import { SuiteError } from '#model/suite-error.ts';
import type { ExitCode } from '#reports/cli/exit-code.ts';
import { Forecast, guessOf, isGuessed } from '#reports/cli/explore-forecast.ts';
import { type ExploreInput, readPrograms, type Source } from '#reports/cli/explore-input.ts';
import { accountsOf, prepareKept, readKept, writeKept } from '#reports/cli/explore-kept.ts';
import {
  asJson,
  type Count,
  differencesOf,
  type Explored,
  exitOf,
  type GaveUp,
  type Resumption,
  tell,
} from '#reports/cli/explore-report.ts';
import { outFolder } from '#reports/cli/files.ts';
import { listenForInterrupt } from '#reports/cli/interrupt.ts';
import type { Output } from '#reports/cli/output.ts';
import { progressDisplay } from '#reports/cli/progress.ts';
import { delaySlowestCompiler } from '#reports/cli/slowest-compiler.ts';
import { plural } from '#reports/text/story.ts';
import { Account } from '#reports/workers/account.ts';
import type { Undertaking } from '#reports/workers/agenda.ts';
import { exploreAll } from '#reports/workers/explore-all.ts';

export interface ExploreOptions {
  /** Stops after so many executions of a program under a model, with those that a resumed file has. */
  readonly executions: number | undefined;
  /** Stops after so many seconds of the clock on the wall. */
  readonly seconds: number | undefined;
  readonly outcomes: boolean;
  /** Where what was explored is kept; undefined: where it was resumed from, or in the usual folder if there is need. */
  readonly keep: string | undefined;
  /** Goes on with what is kept in this file. */
  readonly resume: string | undefined;
  readonly workers: number;
  readonly json: boolean;
}

/** So many executions take less than half a second in one thread, and starting another takes about as long. */
const executionsAlone = 1_000_000;

/** What there is to explore, and what is known of it. */
interface Plan {
  readonly inputs: readonly ExploreInput[];
  readonly sources: readonly Source[];
  /** Of those inputs that can be explored. */
  readonly undertakings: ReadonlyMap<ExploreInput, Undertaking>;
}

/** Who waits no longer than this need not know how long. */
const silenceMilliseconds = 1000;

/** Counts the executions of programs under each memory model, each once. */
export const explore = async (paths: readonly string[], options: ExploreOptions, output: Output): Promise<ExitCode> => {
  delaySlowestCompiler();
  const { executions, workers } = options;
  const plan = options.resume === undefined ? planAnew(paths, options.outcomes) : planKept(options.resume, options);
  const undertakings = [...plan.undertakings.values()];
  const keep = options.keep ?? options.resume;
  const executionsMax = executions ?? Number.POSITIVE_INFINITY;
  const interrupt = listenForInterrupt(output, options.seconds);
  const display = progressDisplay(output, null);
  const forecast = new Forecast(undertakings);
  const before = foundIn(undertakings);
  const begun = performance.now();
  let found = 0;
  const onProgress = (more: number, id: string): void => {
    found += more;
    const milliseconds = performance.now() - begun;
    const total = output.isTerminal && milliseconds > silenceMilliseconds ? forecast.next() : null;
    const left = total === null ? '' : leftText(total - before - found, found / milliseconds);
    display.update(found, null, `${id}${left}`);
  };
  try {
    if (keep !== undefined) prepareKept(keep); // who sees the file may press Ctrl-C
    await exploreAll(undertakings, { workers, executionsMax, executionsAlone, interrupt, onProgress });
  } finally {
    display.stop();
    interrupt.release();
  }
  const boundOf = ({ found: ofAccount }: Account): string =>
    ofAccount >= executionsMax ? plural(executionsMax, 'execution') : interrupt.why;
  const cut = undertakings.flatMap(({ accounts }) => accounts.filter((account) => !account.isComplete));
  const bounds = [...new Set(cut.map(boundOf))];
  const explored = exploredOf(plan, isGuessed(cut), boundOf);
  const resumption = keepIfNeeded(plan, keep, options, output);
  if (options.json) output.out(JSON.stringify(asJson(explored, bounds, resumption)));
  else {
    tell(explored, plan.inputs.length, bounds, output);
    if (resumption) output.out(`resume  ${resumption.resume}`);
  }
  return exitOf(explored, plan.inputs.length);
};

const foundIn = (undertakings: readonly Undertaking[]): number =>
  undertakings.flatMap(({ accounts }) => accounts).reduce((sum, account) => sum + account.found, 0);

/** Of a guess that was too low, nothing is said. */
const leftText = (executions: number, perMillisecond: number): string =>
  executions <= 0
    ? ''
    : `, about ${Number(executions.toPrecision(2)).toLocaleString('en')} left, ${Math.ceil(executions / perMillisecond / 1000)} s`;

const planAnew = (paths: readonly string[], outcomes: boolean): Plan => {
  const { inputs, sources } = readPrograms(paths);
  return planOf(inputs, sources, () => new Account(outcomes));
};

/** What was left of the programs of a file that was kept. */
const planKept = (path: string, { outcomes }: ExploreOptions): Plan => {
  const kept = readKept(path);
  if (outcomes && !kept.outcomes) {
    throw new SuiteError('S606', `${path} has no outcomes`, 'leave --outcomes out, or start anew with it');
  }
  const { inputs, sources } = readPrograms(kept.sources.map((source) => source.path));
  const accounts = accountsOf(path, kept, sources);
  return planOf(inputs, sources, () => accounts.shift() as Account);
};

const planOf = (inputs: readonly ExploreInput[], sources: readonly Source[], account: () => Account): Plan => {
  const undertakings = new Map<ExploreInput, Undertaking>();
  for (const input of inputs) {
    const { written, asked } = input;
    if ('unsupported' in asked) continue;
    undertakings.set(input, { written, asked, accounts: asked.runs.map(account) });
  }
  return { inputs, sources, undertakings };
};

/** What became of each program with which somebody has begun. */
const exploredOf = (
  { inputs, undertakings }: Plan,
  isLeftGuessed: boolean,
  boundOf: (account: Account) => string,
): Explored[] =>
  inputs.flatMap((input): Explored[] => {
    const { source, asked } = input;
    const { id } = asked;
    if ('unsupported' in asked) return [{ tag: 'unsupported', source, id, what: asked.unsupported }];
    const { accounts } = undertakings.get(input) as Undertaking;
    if (accounts.length > 0 && accounts.every(({ rests }) => rests === null)) return [];
    const counts = accounts.map((account, i): Count => {
      const { executions, blocked, outcomes, isComplete } = account;
      const run = asked.runs[i] as Run;
      const gaveUp: GaveUp | null = isComplete
        ? null
        : { bound: boundOf(account), about: isLeftGuessed ? guessOf(run, account) : null };
      return { model: run.model, executions, blocked, outcomes: outcomes && [...outcomes].sort(), gaveUp };
    });
    return [{ tag: 'explored', source, id, counts, differences: differencesOf(counts, asked.expected ?? {}) }];
  });

/** Keeps what was explored where the user wants that, or where there is more to explore; then says how to go on. */
const keepIfNeeded = (
  { sources, undertakings }: Plan,
  wanted: string | undefined,
  { seconds, executions }: ExploreOptions,
  output: Output,
): Resumption | undefined => {
  const all = [...undertakings.values()];
  const accounts = all.flatMap((undertaking) => undertaking.accounts);
  const isCut = accounts.some((account) => !account.isComplete);
  if (wanted === undefined && !isCut) return undefined;
  const kept = wanted ?? usualFile(sources);
  try {
    writeKept(kept, sources, all);
  } catch (error) {
    if (wanted !== undefined || !(error instanceof SuiteError)) throw error;
    output.note(`what was explored is not kept: ${error.message}`);
    return undefined;
  }
  if (!isCut) return undefined;
  const isBoundHit = accounts.some(({ found }) => found >= (executions ?? Number.POSITIVE_INFINITY));
  const bounds = [
    ...(executions === undefined || isBoundHit ? [] : [`--executions ${executions}`]),
    ...(seconds === undefined ? [] : [`--seconds ${seconds}`]),
  ];
  return { kept, resume: ['npx rendezvous explore --resume', kept, ...bounds].join(' ') };
};

/** The same for the same programs, so that what is kept of them is there once. */
const usualFile = (sources: readonly Source[]): string => {
  const sum = createHash('sha256').update(JSON.stringify(sources)).digest('hex');
  return join(outFolder, `explore-${sum.slice(0, 12)}.json`);
};
