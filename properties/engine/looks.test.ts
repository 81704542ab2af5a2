import { beforeAll, describe, expect, it } from 'vitest';
import { type Rig, rigFor } from '#model/engine/explore/execution.ts';
import { firstLooks } from '#model/engine/explore/looks.ts';
import { densePrograms, growingPrograms, largestFirst } from '#model/engine/explore/programs.ts';
import { randomFrom } from '#model/engine/explore/random.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Program } from '#model/subject.ts';
import { programOf, rigOf } from '#properties/engine/tiny.ts';
import { atomicCounter, increment } from '#properties/engine/tiny-subjects.ts';
import { suites } from '#properties/index.ts';

const callsOf = ({ threads }: Program): number => threads.flat().length;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The first `count` of them. */
const take = <T>(stream: Iterator<T, unknown>, count: number): T[] =>
  Array.from({ length: count }, () => stream.next()).flatMap(({ done, value }) => (done ? [] : [value as T]));

describe('random programs', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await rigOf(atomicCounter);
  });

  it('grow: from two threads with a call each to four threads with four', () => {
    const programs = [...growingPrograms(rig, randomFrom(3), 240)];
    expect(programs.length).toBeGreaterThan(200);
    expect(programs.length).toBeLessThanOrEqual(240); // those that do nothing are left out
    const largest = (of: readonly Program[]): number[] => [
      Math.max(...of.map(({ threads }) => threads.length)),
      Math.max(...of.flatMap(({ threads }) => threads.map((calls) => calls.length))),
    ];
    expect(largest(programs.slice(0, 10))).toEqual([2, 1]);
    expect(largest(programs.slice(-10))).toEqual([4, 4]);
  });

  it('are as many as they are said to be, and none if none are', () => {
    expect([...growingPrograms(rig, randomFrom(3), 5)].length).toBeLessThanOrEqual(5);
    expect([...growingPrograms(rig, randomFrom(3), 0)]).toEqual([]);
  });

  it('in which much happens have half as many calls again as others of their size', () => {
    const dense = take(densePrograms(rig, randomFrom(3)), 50);
    const others = [...growingPrograms(rig, randomFrom(3), 600)].slice(-50);
    expect(mean(dense.map(callsOf))).toBeGreaterThan(1.5 * mean(others.map(callsOf)));
  });

  it('end where no program does anything', async () => {
    const idle = await rigOf({ ...atomicCounter, calls: [increment()] });
    const empty = {
      ...idle,
      subject: { ...idle.subject, programs: idle.subject.programs.bind(null, '', { threads: 2, calls: 0 }) },
    };
    expect(take(densePrograms(empty, randomFrom(3)), 5)).toEqual([]);
  });
});

describe('scenarios', () => {
  it('come with the most threads first, then with the most calls, again and again', () => {
    const of = (...counts: number[]) => ({
      name: counts.join(),
      program: programOf(counts.map((count) => new Array<ReturnType<typeof increment>>(count).fill(increment()))),
    });
    const named = take(largestFirst([of(6), of(1, 1), of(1, 2), of(0, 1, 1), of(1, 1, 1)]), 7).map(({ name }) => name);
    expect(named).toEqual(['1,1,1', '1,2', '1,1', '0,1,1', '6', '1,1,1', '1,2']);
    expect(take(largestFirst([]), 3)).toEqual([]);
  });
});

describe('first looks', () => {
  const [suite] = suites;
  const subject = (suite as NonNullable<typeof suite>).subject;
  const variant = subject.variants[0] as (typeof subject.variants)[number];
  let rig: Rig;
  beforeAll(async () => {
    const world = await loadWorld({ tag: 'ours', module: variant.module, edits: [] }, subject.exports);
    rig = rigFor(subject, variant.name, world);
  });
  const usual = {
    looks: 200,
    seed: 4,
    memories: ['sc', 'tso', 'rc11'],
    weakening: null,
    timers: 2,
    mayDraw: true,
    mayShareCores: true,
  } as const;

  it('are of each scenario in its turn, with a random program between', () => {
    const sources = [...firstLooks(rig, usual)].map(({ source }) => source);
    const names = subject.scenarios(variant.name).map(({ name }) => name);
    expect(sources.length).toBe(200);
    expect(new Set(sources.filter((_, i) => i % 2 === 1))).toEqual(new Set(['random']));
    expect(new Set(sources.filter((_, i) => i % 2 === 0).slice(0, names.length))).toEqual(new Set(names));
  });

  it('are under every memory, with timers and without, on one core and on more', () => {
    const looks = [...firstLooks(rig, usual)];
    for (const memory of usual.memories) expect(looks.some(({ limits }) => limits.memory === memory)).toBe(true);
    const onOne = looks.filter(({ execution }) => execution.program.cores === 1);
    expect(onOne.length).toBeGreaterThan(10);
    const scenarios = onOne.filter(({ source }) => source !== 'random');
    expect(new Set(scenarios.map(({ limits }) => limits.timers))).toEqual(new Set([2]));
    const withTimers = looks.filter(({ limits }) => limits.timers > 0);
    expect(withTimers.length).toBeGreaterThan(60);
    expect(withTimers.length).toBeLessThan(140);
  });

  it('are the same for the same seed, and others for another', () => {
    const schedules = (seed: number) =>
      [...firstLooks(rig, { ...usual, looks: 40, seed })].map(({ execution }) => execution.schedule);
    expect(schedules(4)).toEqual(schedules(4));
    expect(schedules(5)).not.toEqual(schedules(4));
  });

  it('are of scenarios only where nothing may be drawn, and share no core where that is no use', () => {
    const looks = [...firstLooks(rig, { ...usual, mayDraw: false, mayShareCores: false })];
    expect(looks.length).toBe(200);
    expect(looks.some(({ source }) => source === 'random')).toBe(false);
    expect(looks.some(({ execution }) => execution.program.cores === 1)).toBe(false);
  });
});
