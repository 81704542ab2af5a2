import { describe, expect, it } from 'vitest';
import { type Rig, rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { global } from '#model/sched/global.ts';
import { waits, wakes, works, yields } from '#model/sched/scheduler.programs.ts';
import { stealing } from '#model/sched/stealing.ts';
import type { Program, Subject } from '#model/subject.ts';
import stealingMutants from '#properties/museum/sched/stealing.ts';
import { type Measured, measure } from '#properties/sched/measured.ts';
import type { SchedulerCall } from '#spec/abi/sched/scheduler.ts';

/** One queue for all cores against a deque for each: the figures behind what seed 004 says of them, counted. */

const draws = 60;

const program = (cores: number, threads: readonly (readonly SchedulerCall[])[]): Program => ({
  variant: '',
  cores,
  threads,
  parameters: { priorities: threads.map(() => 1), sliceTicks: 1 },
});

const rigOf = async (subject: unknown, mutant?: string): Promise<Rig> => {
  const of = subject as Subject;
  const { name, module } = of.variants[0] as Subject['variants'][number];
  const edits = mutant === undefined ? [] : stealingMutants.find(({ id }) => id === mutant)?.edits;
  if (!edits) throw new Error(`no mutant ${mutant}`);
  return rigFor(of, name, await loadWorld({ tag: 'ours', module, edits }, of.exports));
};

const each = (count: number, calls: readonly SchedulerCall[]) => Array.from({ length: count }, () => calls);

const total = ({ dispatches }: Measured): number => dispatches.reduce((sum, count) => sum + count, 0);

describe('one queue for all cores, and a deque for each', () => {
  it('C4-001: cores get into each other’s way at the one queue, the more the more there are; at deques never', async () => {
    const [one, many] = [await rigOf(global), await rigOf(stealing)];
    const tries = (rig: Rig): number[] =>
      [1, 2, 3, 4].map((cores) => {
        const measured = measure(rig, program(cores, each(4, [yields, yields, yields])), draws);
        return measured.queueTries / total(measured);
      });
    const atQueue = tries(one);
    expect(atQueue[0]).toBe(0);
    expect(new Set(atQueue).size).toBe(4);
    expect(atQueue).toEqual(atQueue.toSorted((a, b) => a - b));
    expect(tries(many)).toEqual([0, 0, 0, 0]);
  });

  it('C4-002: with one queue threads go from core to core more than four times as often', async () => {
    const share = async (subject: unknown): Promise<number> => {
      const measured = measure(await rigOf(subject), program(3, each(4, [yields, yields, yields])), draws);
      return measured.migrations / total(measured);
    };
    expect(await share(global)).toBeGreaterThan(4 * (await share(stealing)));
  });

  it('C4-003: a core that has work picks without touching a word that is another’s too; with one queue never', async () => {
    const busy = program(2, each(4, [yields, yields]));
    expect(measure(await rigOf(stealing), busy, draws).foreignAccesses).toBe(0);
    const measured = measure(await rigOf(global), busy, draws);
    expect(measured.foreignAccesses).toBeGreaterThan(total(measured));
  });

  it('C4-004: without stealing one core does everything and the other sleeps; with it both have work', async () => {
    const fromOneCore = program(2, [
      [wakes(1), wakes(2), works(9)],
      [waits, works(9)],
      [waits, works(9)],
    ]);
    const { dispatches: without } = measure(await rigOf(stealing, 'sched/stealing/no-balance'), fromOneCore, draws);
    const { dispatches: balanced } = measure(await rigOf(stealing), fromOneCore, draws);
    expect(without[0]).toBeGreaterThan(draws);
    expect(without[1]).toBe(0);
    expect(balanced[1]).toBeGreaterThan(draws / 2);
  });
});
