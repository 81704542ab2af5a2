import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { InternalError, SuiteError } from '#model/suite-error.ts';
import { exitCode } from '#reports/cli/exit-code.ts';
import type { CoveredPart, FileCoverage } from '#reports/html/client/coverage/data.ts';

/** What a command printed, and which code ran for it. */
export interface Measured {
  readonly out: string;
  readonly code: readonly FileCoverage[];
}

/** What V8 writes down of a process. */
interface ProcessCoverage {
  readonly result: readonly { readonly url: string }[];
}

/** What istanbul's JSON says of a file, by the numbers of its statements, branches and functions. */
interface IstanbulFile {
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  readonly s: Readonly<Record<string, number>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
  readonly f: Readonly<Record<string, number>>;
}

const command = fileURLToPath(new URL('../cli/rendezvous.mjs', import.meta.url));

/**
 * Runs this command in a process of its own in which V8 counts what runs, and says how much did of these files, named by
 * their whole paths. An implementation is loaded once for each thread: what any of them ran has run.
 */
export const measure = async (args: readonly string[], files: ReadonlySet<string>): Promise<Measured> => {
  const Report = await reporter();
  const folder = mkdtempSync(join(tmpdir(), 'rendezvous-coverage-'));
  try {
    const out = await runIn(folder, args);
    for (const name of readdirSync(folder)) keepOnly(files, join(folder, name));
    const reportsDirectory = join(folder, 'report');
    await new Report({
      reporter: ['json'],
      tempDirectory: folder,
      reportsDirectory,
      exclude: [],
      excludeNodeModules: false,
      allowExternal: true,
      resolve: '',
      src: [],
    }).run();
    const found: Record<string, IstanbulFile> = JSON.parse(
      readFileSync(join(reportsDirectory, 'coverage-final.json'), 'utf8'),
    );
    const paths = Object.keys(found).sort();
    return { out, code: paths.map((path) => fileCoverage(path, found[path] as IstanbulFile)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** It is for developing: whoever has installed only what it takes to check has it not. */
const reporter = async (): Promise<typeof import('c8').Report> => {
  try {
    return (await import('c8')).Report;
  } catch {
    throw new SuiteError('S110', '--code needs c8, which is not installed', 'run `npm ci`, without --omit=dev');
  }
};

/** Compiled code that was kept from another time would lack what V8 needs to count. */
const runIn = async (folder: string, args: readonly string[]): Promise<string> => {
  const env = { ...process.env, NODE_V8_COVERAGE: folder, NODE_DISABLE_COMPILE_CACHE: '1' };
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ignore = (): void => {}; // Ctrl-C reaches the child, which stops and reports
  process.on('SIGINT', ignore);
  try {
    const ended = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
    const [out, code] = await Promise.all([text(child.stdout), ended]);
    if (code === exitCode.holds || code === exitCode.gaveUp) return out;
    throw new InternalError(`the process in which code is counted ended with ${code}`);
  } finally {
    process.off('SIGINT', ignore);
  }
};

/** Leaves only what V8 says of these files. Their instances differ in what follows a question mark. */
const keepOnly = (files: ReadonlySet<string>, path: string): void => {
  const { result }: ProcessCoverage = JSON.parse(readFileSync(path, 'utf8'));
  const kept = result.filter(({ url }) => url.startsWith('file:') && files.has(fileURLToPath(url)));
  writeFileSync(path, JSON.stringify({ result: kept }));
};

const fileCoverage = (path: string, { statementMap, s, b, f }: IstanbulFile): FileCoverage => {
  const lines = Object.entries(statementMap).map(([id, { start }]) => ({ line: start.line, runs: s[id] ?? 0 }));
  const missed = lines.flatMap(({ line, runs }) => (runs === 0 ? [line] : []));
  return {
    file: relative('', path),
    lines: { covered: lines.length - missed.length, total: lines.length },
    branches: partOf(Object.values(b).flat()),
    functions: partOf(Object.values(f)),
    uncovered: rangesOf(missed),
  };
};

const partOf = (runs: readonly number[]): CoveredPart => ({
  covered: runs.filter((count) => count > 0).length,
  total: runs.length,
});

/** Lines that follow one another as one range. */
const rangesOf = (lines: readonly number[]): string[] => {
  const ranges: [from: number, to: number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last && last[1] === line - 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
};
