/**
 * How long it takes to find every state of the xv6 pipe, step by step (`properties/space/xv6-pipe.ts`), with all that is
 * claimed of it. Given the same machine in Promela, SPIN’s compiled checker is measured beside it, round by round.
 *
 *     node reports/bench/spec-space.ts [pipe_flat.pml]
 *
 * Processor time is that of the whole process, from its start to its end, as the shell gives it. SPIN compiles without
 * the optimisations that leave states out (-o1 -o2 -o3: dead variables, merged statements), and checks its invariants.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizes } from '#properties/space/xv6-pipe.ts';
import { plainTable } from '#reports/text/summary.ts';

type SizeName = keyof typeof sizes;

const rounds = 5;

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

/** Runs a command; what it printed, and the processor time that it and the kernel took for it. */
const timed = (command: string, folder: string): { readonly printed: string; readonly cpuSeconds: number } => {
  const script = `TIMEFORMAT='%U %S'; { time ${command} 2>&1; } 2>&1`;
  const lines = execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
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

/** SPIN’s checker for a size, compiled in a folder of its own. */
const spin = (model: string, size: SizeName, flags: readonly string[], name: string, folders: string[]): Contender => {
  const folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  folders.push(folder);
  const { writers, bits, kills } = sizes[size];
  copyFileSync(model, join(folder, 'model.pml'));
  const defined = [`-DW=${writers}`, `-DK=${bits}`, `-DKILLS=${kills}`];
  execFileSync('spin', [...defined, '-o1', '-o2', '-o3', '-a', 'model.pml'], { cwd: folder, stdio: 'ignore' });
  execFileSync('gcc', ['-O3', '-DSAFETY', '-DNOREDUCE', ...flags, '-o', 'pan', 'pan.c'], {
    cwd: folder,
    stdio: 'ignore',
  });
  return {
    name,
    run: () => {
      const { printed, cpuSeconds } = timed('./pan -m100000 -w22', folder);
      return { states: Number(/(\d+) states, stored/.exec(printed)?.[1]), cpuSeconds, exploringSeconds: cpuSeconds };
    },
  };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const compare = (model: string | undefined): void => {
  const folders: string[] = [];
  for (const size of Object.keys(sizes) as SizeName[]) {
    const contenders = [
      ours(size, 'all'),
      ...(model === undefined
        ? []
        : [
            spin(model, size, [], 'SPIN, depth-first', folders),
            spin(model, size, ['-DBFS'], 'SPIN, breadth-first', folders),
          ]),
      ours(size, 'alike'),
    ];
    const ran = contenders.map((): Ran[] => []);
    for (let round = 0; round < rounds; round++) for (const [i, { run }] of contenders.entries()) ran[i]?.push(run());
    const rows = contenders.map(({ name }, i) => {
      const seconds = (ran[i] as Ran[]).map(({ cpuSeconds }) => cpuSeconds);
      const exploring = (ran[i] as Ran[]).map(({ exploringSeconds }) => exploringSeconds);
      return [
        name,
        `${(ran[i] as Ran[])[0]?.states.toLocaleString('en')} states`,
        `${median(exploring).toFixed(2)} s`,
        `${median(seconds).toFixed(2)} s`,
        `(${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)})`,
      ];
    });
    process.stdout.write(
      `\n${size}: processor seconds, median of ${rounds} rounds: exploring, in all, lowest and highest\n${plainTable(rows)}\n`,
    );
  }
  for (const folder of folders) rmSync(folder, { recursive: true });
};

compare(process.argv[2]);
