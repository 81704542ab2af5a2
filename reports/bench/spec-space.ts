/**
 * How long it takes to find every state of the xv6 pipe, step by step (`properties/space/xv6-pipe.ts`), with all that is
 * claimed of it. Given the same machine in Promela, SPIN’s compiled checker is measured beside it, round by round.
 *
 *     node reports/bench/spec-space.ts [pipe_flat.pml]
 *
 * Processor time is that of the whole process, from its start to its end, as the shell gives it. Types are stripped and
 * modules compiled once and kept, as the command does it (`module.enableCompileCache`); what SPIN takes to write its
 * checker, and the C compiler to compile it, is printed apart. SPIN works without the optimisations that leave states out
 * (-o1 -o2 -o3: dead variables, merged statements), checks its invariants, and gets tables of two sizes.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizes } from '#properties/space/xv6-pipe.ts';
import { plainTable } from '#reports/text/summary.ts';

type SizeName = keyof typeof sizes;

const rounds = 9;

interface Ran {
  readonly states: number;
  readonly cpuSeconds: number;
  /** Of it, what was not for starting Node and reading TypeScript: SPIN’s checker is compiled beforehand. */
  readonly exploringSeconds: number;
}

interface Contender {
  readonly name: string;
  run(): Ran;
}

/** Where Node keeps what it compiled; it is told so by the environment. */
const cache = mkdtempSync(join(tmpdir(), 'rendezvous-'));

/** Runs a command; what it printed, and the processor time that it and the kernel took for it. */
const timed = (command: string, folder: string): { readonly printed: string; readonly cpuSeconds: number } => {
  const script = `TIMEFORMAT='%U %S'; { time ${command} 2>&1; } 2>&1`;
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  const lines = execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8', env }).trim().split('\n');
  const times = lines.pop() as string;
  return { printed: lines.join('\n'), cpuSeconds: times.split(' ').reduce((sum, part) => sum + Number(part), 0) };
};

const ours = (size: SizeName, kind: 'all' | 'alike'): Contender => ({
  name: kind === 'all' ? 'this' : 'this, writers that are alike taken as one',
  run: () => {
    const { printed, cpuSeconds } = timed(
      `'${process.execPath}' '${fileURLToPath(new URL('spec-space-once.ts', import.meta.url))}' ${size} ${kind}`,
      '.',
    );
    const [states, exploring] = printed.trim().split(' ').map(Number) as [number, number];
    return { states, cpuSeconds, exploringSeconds: exploring };
  },
});

interface Flavour {
  readonly name: string;
  readonly compileFlags: string;
  /** The binary logarithm of how many entries SPIN’s table has. */
  readonly tableBits: number;
}

const flavours: readonly Flavour[] = [
  { name: 'SPIN, depth-first, table of 2^20', compileFlags: '', tableBits: 20 },
  { name: 'SPIN, depth-first, table of 2^22', compileFlags: '', tableBits: 22 },
  { name: 'SPIN, breadth-first, table of 2^22', compileFlags: '-DBFS', tableBits: 22 },
];

/** SPIN’s checker for a size, compiled in a folder of its own. */
const spin = (model: string, size: SizeName, { name, compileFlags, tableBits }: Flavour, folder: string): Contender => {
  const { writers, bits, kills } = sizes[size];
  copyFileSync(model, join(folder, 'model.pml'));
  const making = [
    `spin -DW=${writers} -DK=${bits} -DKILLS=${kills} -o1 -o2 -o3 -a model.pml`,
    `gcc -O3 -DSAFETY -DNOREDUCE ${compileFlags} -o pan pan.c`,
  ].map((command) => timed(command, folder).cpuSeconds.toFixed(2));
  process.stdout.write(`${size}: ${name}: made in ${making.join(' + ')} processor seconds (spin -a, gcc)\n`);
  return {
    name,
    run: () => {
      const { printed, cpuSeconds } = timed(`./pan -m100000 -w${tableBits}`, folder);
      return { states: Number(/(\d+) states, stored/.exec(printed)?.[1]), cpuSeconds, exploringSeconds: cpuSeconds };
    },
  };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const compare = (model: string | undefined): void => {
  const folders = [cache];
  const newFolder = (): string => folders[folders.push(mkdtempSync(join(tmpdir(), 'rendezvous-'))) - 1] as string;
  for (const size of Object.keys(sizes) as SizeName[]) {
    const contenders = [
      ours(size, 'all'),
      ...(model === undefined ? [] : flavours.map((flavour) => spin(model, size, flavour, newFolder()))),
      ours(size, 'alike'),
    ];
    const ran = contenders.map((): Ran[] => []);
    for (const { run } of contenders) run();
    for (let round = 0; round < rounds; round++) for (const [i, { run }] of contenders.entries()) ran[i]?.push(run());
    const rows = contenders.map(({ name }, i) => {
      const seconds = (ran[i] as Ran[]).map(({ cpuSeconds }) => cpuSeconds);
      const exploring = (ran[i] as Ran[]).map(({ exploringSeconds }) => exploringSeconds);
      return [
        name,
        `${(ran[i] as Ran[])[0]?.states.toLocaleString('en')} states`,
        `${median(exploring).toFixed(3)} s`,
        `${median(seconds).toFixed(3)} s`,
        `(${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)})`,
      ];
    });
    process.stdout.write(
      `${size}: processor seconds, median of ${rounds} rounds: exploring, in all, lowest and highest\n${plainTable(rows)}\n\n`,
    );
  }
  for (const folder of folders) rmSync(folder, { recursive: true });
};

compare(process.argv[2]);
