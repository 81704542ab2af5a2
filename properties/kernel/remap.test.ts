import { describe, expect, it } from 'vitest';
import { stepsOfCopy, stepsOfRemap, stepsOfTelling, stepsOfWord } from '#impl/kernel/remap-cost.ts';
import { type Execution, execute, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { serialStrategy } from '#model/engine/explore/serial.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import {
  assumed,
  breakEvenPages,
  type Counts,
  countsOfCopy,
  countsOfRemap,
  criticalRatePerSecond,
  cyclesOf,
  cyclesTaken,
} from '#model/kernel/remap.break-even.ts';
import { remap } from '#model/kernel/remap.ts';
import type { Program, Subject } from '#model/subject.ts';
import type { RemapCall } from '#spec/abi/kernel/remap.ts';

/** What handing a page over takes, counted on the machine, and what follows from it. */

const subject = remap as unknown as Subject;
const variant = 'shootdown';
const module = 'kernel/remap.ts';
const world = await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports);
const rig = rigFor(subject, variant, world);

const reads: RemapCall = { tag: 'read', page: 0, offset: 0 };
const rests: RemapCall = { tag: 'rest' };
const remaps = (count: number): RemapCall => ({ tag: 'remap', page: 0, count, to: 1, at: 0 });
const copies: RemapCall = { tag: 'copy', page: 0, to: 1, at: 0 };

/** Everybody runs space 0; then the first one makes the call, while the others are about to rest. */
const run = (call: RemapCall, cores: number, pageWords = 1, onSite = (_site: string): void => {}): Execution => {
  const mapped = [0, 1].map((frame) => ({ frame, writable: true }));
  const program: Program = {
    variant,
    cores,
    threads: Array.from({ length: cores }, (_, thread) => [reads, thread === 0 ? call : rests]),
    parameters: { pageWords, frames: 3, spaces: [mapped, [null, null]], homes: [0, 0, 0, 0] },
  };
  return execute(rig, program, serialStrategy([...program.threads.keys(), 0]), usualLimits, {
    observer: (_core, _context, { site }) => onSite(site ?? ''),
    choices: null,
    ways: null,
  });
};

/** The steps of a call of thread 0, where nobody else steps. */
const stepsOf = ({ history }: Execution): number => {
  const at = (tag: 'invoke' | 'answer') =>
    history.find((event) => event.tag === tag && event.thread === 0 && event.index === 1)?.step ?? Number.NaN;
  return at('answer') - at('invoke');
};

const sitesOfEntries = ['remap.clear', 'remap.install'];

/** What one message takes. */
const countsOf = (call: RemapCall, cores: number, pageWords?: number): Counts => {
  let entriesWritten = 0;
  const { traced } = run(call, cores, pageWords, (site) => {
    if (sitesOfEntries.includes(site)) entriesWritten++;
  });
  const times = (name: string) => traced.filter((one) => one.name === name).length;
  return {
    entriesWritten,
    wordsCopied: times('word copied'),
    coresTold: times('core told'),
    translationsForgotten: times('TLB entry invalidated'),
  };
};

describe('what is counted of a remapping', () => {
  it.each([1, 2, 3, 4])('is what the model says, on %i cores, for one page and for two', (cores) => {
    for (const pages of [1, 2]) {
      expect(countsOf(remaps(pages), cores)).toEqual(countsOfRemap(pages, cores - 1));
    }
  });

  it('is one interrupt for each other core, however many pages are moved', () => {
    expect(run(remaps(1), 4).costs.interProcessorInterrupts).toBe(3);
    expect(run(remaps(2), 4).costs.interProcessorInterrupts).toBe(3);
  });

  it('takes the steps by which the kernel decides, of the sender and of each core that is told', () => {
    expect(stepsOf(run(remaps(1), 1))).toBe(stepsOfRemap);
    const ofOther = (call: RemapCall) => run(call, 2).costs.microOps[1] ?? 0;
    const toTell = 3;
    expect(ofOther(remaps(1)) - ofOther(copies)).toBe(stepsOfTelling - toTell);
  });
});

describe('what is counted of a copy', () => {
  it.each([1, 2, 16])('of %i words is what the model says, on any number of cores', (words) => {
    for (const cores of [1, 4]) {
      const execution = run(copies, cores, words);
      expect(countsOf(copies, cores, words)).toEqual(countsOfCopy(1, words));
      expect(execution.costs.interProcessorInterrupts).toBe(0);
      expect(stepsOf(execution)).toBe(stepsOfCopy + words * stepsOfWord);
    }
  });
});

describe('the break-even size', () => {
  it.each(['all cores', 'sender'] as const)('is where the costs of %s cross: copying is cheaper below it', (whose) => {
    for (const cores of [1, 2, 4, 6]) {
      const pages = breakEvenPages(cores, whose) ?? Number.NaN;
      const difference = (size: number) =>
        cyclesOf(countsOfCopy(size, assumed.pageWords), whose) - cyclesOf(countsOfRemap(size, cores - 1), whose);
      expect(difference(pages)).toBeGreaterThan(0);
      expect(pages === 1 || difference(pages - 1) <= 0).toBe(true);
    }
  });

  it('grows with the number of cores; of the time of all together there is none in the end', () => {
    for (const whose of ['all cores', 'sender'] as const) {
      const sizes = [1, 2, 4, 6].map((cores) => breakEvenPages(cores, whose) ?? Number.NaN);
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
      expect(new Set(sizes).size).toBeGreaterThan(2);
    }
    expect(breakEvenPages(64, 'all cores')).toBeNull();
    expect(breakEvenPages(64, 'sender')).toBeGreaterThan(breakEvenPages(6, 'sender') ?? 0);
  });
});

describe('the critical rate', () => {
  it('is where remapping takes the share of each other core that it may', () => {
    const [pages, cores] = [16, 4];
    const rate = criticalRatePerSecond(pages, cores);
    expect((rate * cyclesTaken(pages)) / assumed.cyclesPerSecond).toBeCloseTo(assumed.interferenceMax, 9);
  });

  it('is none without another core, and zero for a message that is better copied', () => {
    expect(criticalRatePerSecond(16, 1)).toBe(Number.POSITIVE_INFINITY);
    const pages = breakEvenPages(4, 'sender') ?? Number.NaN;
    expect(criticalRatePerSecond(pages - 1, 4)).toBe(0);
    expect(criticalRatePerSecond(pages, 4)).toBeGreaterThan(0);
  });

  it('comes of what is taken of other cores: they lose steps to a remapping, and none to a copy', () => {
    const ofOthers = (call: RemapCall) => run(call, 3).costs.microOps.slice(1, 3);
    const copied = ofOthers(copies);
    expect(ofOthers(remaps(1)).every((steps, other) => steps > (copied[other] ?? 0))).toBe(true);
    expect(ofOthers(rests)).toEqual(copied);
  });
});
