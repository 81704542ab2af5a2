import { describe, expect, it } from 'vitest';
import { execute, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { serialStrategy } from '#model/engine/explore/serial.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { observe } from '#model/engine/refine/judge.ts';
import { l4 } from '#model/ipc/l4.ts';
import type { Subject } from '#model/subject.ts';
import { nextHop, route } from '#spec/ipc/l4.clans.ts';

/** What only figures say: what the fast path saves, what a border costs, and what names leak. */

const subject = l4 as Subject;

const rig = async (variant: string) => {
  const module = subject.variants.find(({ name }) => name === variant)?.module ?? '';
  return rigFor(subject, variant, await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports));
};

/** Runs a scenario, core after core: each until it can go no further. */
const run = async (variant: string, name: string) => {
  const scenario = subject.scenarios(variant).find((one) => one.name === name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  const program = { ...scenario.program, variant };
  return observe(execute(await rig(variant), program, serialStrategy([0, 1, 0, 1, 0, 1]), usualLimits));
};

describe('a call to a server that waits, on one core', () => {
  const name = 'a third thread wants the core';

  it('switches less often on the fast path than by the dispatcher', async () => {
    const [fast, plain] = [await run('endpoints', name), await run('big-lock', name)];
    const direct = fast.traced.filter((event) => event.name === 'direct switch').length;
    expect(direct).toBeGreaterThanOrEqual(2);
    expect(fast.costs.contextSwitches).toBeLessThan(plain.costs.contextSwitches);
  });
});

describe('clans and chiefs', () => {
  const twoClans = [null, null, 0, 1];

  it('take one message for each border', () => {
    expect(route(twoClans, 0, 1)).toEqual([1]);
    expect(route(twoClans, 2, 1)).toEqual([0, 1]);
    expect(route(twoClans, 2, 3)).toEqual([0, 1, 3]);
    expect(nextHop(twoClans, 0, 2)).toBe(2);
  });

  it('make three messages of one that crosses two borders', async () => {
    const { calls } = await run('clans', 'across two borders');
    const received = calls.flatMap(({ answer }) =>
      (answer as { tag: string } | undefined)?.tag === 'received' ? [answer] : [],
    );
    expect(received.length).toBe(3);
  });

  it('tell whoever asks which threads there are, as global names do', async () => {
    const { calls } = await run('clans', 'threads that are there, and that are not');
    const errnos = calls.slice(1).map(({ answer }) => (answer as { errno?: string } | undefined)?.errno);
    expect(errnos).toEqual(['ENOPARTNER', 'ETIMEOUT', 'ENOPARTNER']); // dead, alive, never there
  });
});
