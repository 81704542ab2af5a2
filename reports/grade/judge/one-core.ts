import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The cores that this process may run on; none where nobody can tell (macOS, Windows). */
export const allowedCores = (status: () => string = () => readFileSync('/proc/self/status', 'utf8')): number[] => {
  try {
    const [, list = ''] = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(status()) ?? [];
    return list.split(',').flatMap((range) => {
      const [from = Number.NaN, to = from] = range.split('-').map(Number);
      return range === '' ? [] : Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
  } catch {
    return [];
  }
};

/** Cores by how many they are kept for. Another batch on the same machine begins elsewhere. */
let uses: Map<number, number> | undefined;

const usesOf = (): Map<number, number> => {
  const cores = allowedCores();
  const first = cores.length === 0 ? 0 : process.pid % cores.length;
  return new Map([...cores.slice(first), ...cores.slice(0, first)].map((core) => [core, 0]));
};

/**
 * Keeps a process, and all that it starts from now on, on one core, if there is `taskset`; gives what lets the core go.
 *
 * A judge and a submission's process take turns and never run at once. On two cores each turn wakes a core that has gone to
 * sleep, which takes ten times as long as the turn, and more on a virtual machine.
 */
export const keepOnOneCore = (processId: number): (() => void) => {
  uses ??= usesOf();
  const known = uses;
  const [least] = [...known].sort(([, one], [, other]) => one - other);
  if (!least) return () => {};
  const [core] = least;
  const count = (by: number): void => void known.set(core, (known.get(core) ?? 0) + by);
  count(1);
  spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', `${core}`, `${processId}`], { stdio: 'ignore' });
  return () => count(-1);
};
