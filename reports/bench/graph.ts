import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explore } from '#model/engine/graph/explore.ts';
import type { GraphMemory, GraphProgram } from '#model/engine/graph/program.ts';
import {
  big0,
  big1,
  casw,
  coA,
  fibBench,
  increments,
  indexer,
  lastZero,
  readers,
} from '#properties/graph/named-straight.ts';
import { delaySlowestCompiler } from '#reports/cli/slowest-compiler.ts';
import { plainTable } from '#reports/text/summary.ts';

/**
 * Execution graphs per second of CPU time, all of the process's threads counted. `node reports/bench/graph.ts`: warm,
 * the median of some runs in one process; cold, the first run of a process, without its start, the median of some
 * processes that begin as `rendezvous explore` does: from compiled modules, the slowest compiler later; and the most
 * memory that such a process took.
 */

interface Test {
  readonly name: string;
  readonly memory: GraphMemory;
  readonly program: GraphProgram;
  readonly executions: number;
  /** What GenMC 0.11 did on another machine, in thousands a second; null: not measured. */
  readonly genmc: number | null;
}

const tests: readonly Test[] = [
  { name: 'fib_bench', memory: 'rc11', program: fibBench, executions: 525_630, genmc: 158 },
  { name: 'big0', memory: 'rc11', program: big0, executions: 82_472, genmc: 285 },
  { name: 'casw 5', memory: 'rc11', program: casw(5), executions: 32_880, genmc: 111 },
  { name: 'CoA 5', memory: 'rc11', program: coA(5), executions: 57_600, genmc: 182 },
  { name: 'ainc 7', memory: 'rc11', program: increments('ainc', 1)(7), executions: 5_040, genmc: 46 },
  { name: 'readers 13', memory: 'rc11', program: readers(13), executions: 8_192, genmc: 38 },
  { name: 'lastzero 10', memory: 'rc11', program: lastZero(10), executions: 3_328, genmc: 14 },
  { name: 'indexer 15', memory: 'rc11', program: indexer(15), executions: 4_096, genmc: 2.6 },
  { name: 'big1', memory: 'rc11', program: big1, executions: 2_950_753, genmc: null },
  { name: 'big1', memory: 'sc', program: big1, executions: 1_820_474, genmc: null },
];

const rounds = 11;
const processes = 5;
const secondsPerTest = 10;

/** CPU seconds of one exploration. */
const secondsOf = ({ name, memory, program, executions }: Test): number => {
  const before = process.cpuUsage();
  const found = explore(program, memory).executions;
  const { user, system } = process.cpuUsage(before);
  if (found !== executions) throw new Error(`${name} under ${memory}: ${found} executions, expected ${executions}`);
  return (user + system) / 1e6;
};

/** The median; fewer rounds if they are long. */
const warmSeconds = (test: Test): number => {
  const seconds = [secondsOf(test)];
  while (seconds.length <= rounds && seconds.reduce((sum, of) => sum + of) < secondsPerTest) {
    seconds.push(secondsOf(test));
  }
  const warm = seconds.length > 1 ? seconds.slice(1) : seconds;
  return warm.toSorted((a, b) => a - b)[Math.floor(warm.length / 2)] as number;
};

interface Cold {
  readonly seconds: number;
  readonly megabytes: number;
}

const coldly = (test: Test): Cold => {
  delaySlowestCompiler();
  return { seconds: secondsOf(test), megabytes: process.resourceUsage().maxRSS / 1000 };
};

/** In processes of their own; what the first compiles, the others find. */
const coldOf = (number: number): Cold => {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };
  const script = fileURLToPath(import.meta.url);
  const once = (): Cold =>
    JSON.parse(execFileSync(process.execPath, [script, String(number)], { encoding: 'utf8', env }));
  once();
  return Array.from({ length: processes }, once).toSorted((a, b) => a.seconds - b.seconds)[processes >> 1] as Cold;
};

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

const [, , only] = process.argv;
if (only !== undefined) {
  process.stdout.write(JSON.stringify(coldly(tests[Number(only)] as Test)));
} else {
  const measured = tests.map((test, number) => {
    const cold = coldOf(number);
    const thousands = (seconds: number): number => test.executions / seconds / 1000;
    return { ...test, warm: thousands(warmSeconds(test)), cold: thousands(cold.seconds), megabytes: cold.megabytes };
  });
  const times = (speed: number, genmc: number | null): string =>
    genmc === null ? '' : `${(speed / genmc).toFixed(1)} times`;
  const rows = measured.map(({ name, memory, executions, warm, cold, genmc, megabytes }) => [
    name,
    memory,
    executions.toLocaleString('en'),
    `${warm.toFixed(0)} k/s`,
    times(warm, genmc),
    `${cold.toFixed(0)} k/s`,
    times(cold, genmc),
    `${megabytes.toFixed(0)} MB`,
  ]);
  const head = ['test', 'memory', 'executions', 'warm', 'GenMC’s', 'cold', 'GenMC’s', 'at most'];
  process.stdout.write(`${plainTable([head, ...rows])}\n`);
  const known = measured.flatMap(({ warm, cold, genmc }) =>
    genmc === null ? [] : [[warm / genmc, cold / genmc] as const],
  );
  const [warm, cold] = [known.map(([of]) => of), known.map(([, of]) => of)];
  process.stdout.write(
    `geometric mean: warm ${geometricMean(warm).toFixed(1)} times, cold ${geometricMean(cold).toFixed(1)} times\n`,
  );
}
