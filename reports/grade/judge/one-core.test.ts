import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allowedCores, keepOnOneCore } from '#reports/grade/judge/one-core.ts';

const hasTaskset = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;

describe('a judge and its submission', () => {
  it('are told which cores there are as the system writes it', () => {
    expect(allowedCores(() => 'Name:\tnode\nCpus_allowed_list:\t0-2,5,7-8\nMems_allowed:\t1\n')).toEqual([
      0, 1, 2, 5, 7, 8,
    ]);
    expect(allowedCores(() => 'Name:\tnode\n')).toEqual([]);
    expect(
      allowedCores(() => {
        throw new Error('there is no such file');
      }),
    ).toEqual([]);
  });

  it.runIf(hasTaskset)('are kept on one core, and others on another one, as long as there is one', () => {
    const sleepers = allowedCores()
      .slice(0, 2)
      .map(() => spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60_000)']));
    const letGo = sleepers.map(({ pid = 0 }) => keepOnOneCore(pid));
    const cores = sleepers.map(({ pid }) => allowedCores(() => readFileSync(`/proc/${pid}/status`, 'utf8')));
    for (const free of letGo) free();
    for (const sleeper of sleepers) sleeper.kill('SIGKILL');
    for (const one of cores) expect(one).toHaveLength(1);
    expect(new Set(cores.flat()).size).toBe(sleepers.length);
  });
});
