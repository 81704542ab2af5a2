import { describe, expect, it } from 'vitest';
import type { Fault } from '#impl/machine/fault.ts';
import {
  type Address,
  allocate,
  awaitWord,
  free,
  load,
  maskDepth,
  panic,
  pause,
  type Routine,
  store,
  switchTo,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { hasAtMost } from '#model/engine/cores/every.ts';
import { type Execution, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { type MemoryName, memoryNames } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Program } from '#model/subject.ts';
import { SuiteError } from '#model/suite-error.ts';
import { drawnExecutions, exploreAll } from '#properties/cores/explored.ts';
import { programOf, subjectOf } from '#properties/engine/tiny.ts';
import { twoLocks } from '#properties/engine/tiny-subjects.ts';
import { mutants, suites } from '#properties/index.ts';

interface Part {
  readonly tag: 'sets' | 'stumbles';
}

const sets: Part = { tag: 'sets' };
const stumbles: Part = { tag: 'stumbles' };

interface Layout {
  readonly flag: Address;
  readonly page: Address;
}

type Stumble = (layout: Layout) => Routine<unknown>;

/** One call sets a flag and does `first`; the other does `stumble`, if it sees the flag. */
const stumbling = async (stumble: Stumble, first: Stumble = function* () {}): Promise<Rig> => {
  const perform = function* (layout: Layout, { tag }: Part): Routine<Word> {
    if (tag === 'sets') {
      yield* first(layout);
      yield store(layout.flag, 1, 'release');
    } else if ((yield load(layout.flag, 'acquire')) === 1) yield* stumble(layout);
    return 0;
  };
  const subject = {
    ...subjectOf({ initial: null, outcomes: () => [] }),
    boot: (_module: unknown, memory: Parameters<ReturnType<typeof subjectOf>['boot']>[1]): Layout => {
      const flag = memory.word('flag');
      return { flag, page: memory.page(true, (page) => ({ word: page.word('word') })).address };
    },
    perform: (_module: unknown, _services: unknown, _self: unknown, layout: unknown, call: unknown) =>
      perform(layout as Layout, call as Part),
  };
  return rigFor(subject, 'only', await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []));
};

const freeing: Stumble = function* ({ page }) {
  yield free(page, 1);
};

/** What a call may stumble into, and what the other has done before it set the flag. */
const troubles: Readonly<Partial<Record<Fault['tag'], readonly [Stumble, Stumble?]>>> = {
  'bad address': [
    function* () {
      yield store(9999, 1, 'relaxed');
    },
  ],
  'use after free': [
    function* ({ page }) {
      yield load(page, 'relaxed');
    },
    freeing,
  ],
  'double free': [freeing, freeing],
  'not free': [
    function* ({ page }) {
      yield allocate(page, 1);
    },
  ],
  'not a word': [
    function* ({ page }) {
      yield store(page, 0.5, 'relaxed');
    },
  ],
  'unmasked too often': [
    function* () {
      yield unmaskInterrupts();
    },
  ],
  'endless local steps': [
    function* () {
      for (;;) yield maskDepth();
    },
  ],
  'floating micro-op': [
    function* ({ flag }) {
      load(flag, 'relaxed');
      yield load(flag, 'relaxed');
    },
  ],
  panic: [
    function* () {
      yield panic('the flag is set');
    },
  ],
  exception: [
    function* () {
      throw new Error('the flag is set');
    },
  ],
};

const endsOf = (executions: readonly Execution[]): string[] =>
  [...new Set(executions.map(({ end, fault }) => fault?.tag ?? end))].toSorted();

describe.each(memoryNames)('what goes wrong on some schedules only is found under %s', (memory: MemoryName) => {
  const limits = { ...usualLimits, memory };

  it.each(Object.entries(troubles))('%s', async (tag, [stumble, first]) => {
    const rig = await stumbling(stumble, first);
    const { executions, explored } = exploreAll(rig, programOf([[sets], [stumbles]]), limits);
    expect(explored.bound).toBeNull();
    expect(endsOf(executions)).toEqual([tag, 'quiescent'].toSorted());
  });

  it('a context that is taken up while it runs', async () => {
    const rig = await stumbling(function* () {
      yield switchTo(0);
    });
    const { executions, explored } = exploreAll(rig, programOf([[sets], [stumbles]]), limits);
    expect(explored.bound).toBeNull();
    expect(endsOf(executions)).toContain('running context resumed');
  });

  it('a deadlock of two locks, and none where they are taken in one order', async () => {
    const rig = rigFor(
      subjectOf(twoLocks),
      'only',
      await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []),
    );
    const stuck = (second: 0 | 1): number[] => {
      const calls = [[{ tag: 'both' as const, first: 0 as const }], [{ tag: 'both' as const, first: second }]];
      const { executions } = exploreAll(rig, programOf(calls), limits);
      expect(endsOf(executions)).toEqual(['quiescent']);
      return [
        ...new Set(executions.map(({ blocked }) => blocked.filter(({ call }) => call !== null).length)),
      ].toSorted();
    };
    expect(stuck(1)).toEqual([0, 2]);
    expect(stuck(0)).toEqual([0]);
  });

  it('a thread that waits for what nobody writes is left behind', async () => {
    const rig = await stumbling(function* ({ flag }) {
      yield awaitWord(flag, 7, 'relaxed');
    });
    const { executions } = exploreAll(rig, programOf([[sets], [stumbles]]), limits);
    expect(new Set(executions.map(({ blocked }) => blocked.length))).toEqual(new Set([0, 1]));
    expect(endsOf(executions)).toEqual(['quiescent']);
  });
});

describe('a data race', () => {
  const race = stumbling(
    function* ({ page }) {
      yield load(page, 'plain');
    },
    function* ({ flag, page }) {
      yield store(flag, 1, 'relaxed'); // too soon
      yield store(page, 1, 'plain');
    },
  );

  it('is found under rc11, and does not count under sc and tso', async () => {
    for (const [memory, ends] of [
      ['sc', ['quiescent']],
      ['tso', ['quiescent']],
      ['rc11', ['data race', 'quiescent']],
    ] as const) {
      const { executions } = exploreAll(await race, programOf([[sets], [stumbles]]), { ...usualLimits, memory });
      expect(endsOf(executions)).toEqual(ends);
    }
  });
});

describe('what cannot be explored to its end', () => {
  it('is a loop that never ends and does not wait: it is cut off', async () => {
    const rig = await stumbling(function* () {
      for (;;) yield pause();
    });
    const { executions, explored } = exploreAll(rig, programOf([[sets], [stumbles]]), usualLimits);
    expect(explored).toMatchObject({ bound: 'steps', impossible: 0, unfair: 0 });
    expect(explored.cutOff).toBeGreaterThan(0);
    expect(endsOf(executions)).toEqual(['quiescent']);
    expect(hasAtMost(rig, programOf([[sets], [stumbles]]), usualLimits, 1000)).toBe(false);
  });

  it('is code that does something else each time: S603', async () => {
    let calls = 0;
    const rig = await stumbling(function* ({ page }) {
      yield store(page, calls++, 'relaxed');
    });
    const explore = () => exploreAll(rig, programOf([[sets], [stumbles]]), usualLimits);
    expect(explore).toThrow(SuiteError);
    expect(explore).toThrow(expect.objectContaining({ code: 'S603' }));
  });
});

describe('a lost wakeup', () => {
  const suite = suites.find(({ subject }) => subject.id === 'sync/sleep-wakeup') as (typeof suites)[number];
  const [variant] = suite.subject.variants;

  /** How many of the scenario's threads are still in a call at the end, in whichever execution. */
  const leftBehind = async (edits: (typeof mutants)[number]['edits'], program: Program): Promise<Set<number>> => {
    const { subject } = suite;
    const world = await loadWorld({ tag: 'ours', module: variant?.module as string, edits }, subject.exports);
    const { executions } = exploreAll(rigFor(subject, variant?.name as string, world), program, usualLimits, 2_000);
    return new Set(executions.map(({ blocked }) => blocked.filter(({ call }) => call !== null).length));
  };

  it('is found', async () => {
    const lost = mutants.find(({ id }) => id === 'sync/sleep-wakeup/no-condition-lock');
    const scenario = suite.subject
      .scenarios(variant?.name as string)
      .find(({ name }) => name === 'one waits, one signals') as { program: Program };
    expect(await leftBehind([], scenario.program)).toEqual(new Set([0]));
    expect(await leftBehind(lost?.edits ?? [], scenario.program)).toEqual(new Set([0, 1]));
  });
});

describe('a weakened place', () => {
  it.each([
    { site: 'spinlock.acquire', from: 'acquire', to: 'relaxed' },
    { site: 'spinlock.release', from: 'release', to: 'relaxed' },
  ] as const)('that is needed is refuted under rc11: $site', async (weakening) => {
    const suite = suites.find(({ subject }) => subject.id === 'sync/spinlock') as (typeof suites)[number];
    const [variant] = suite.subject.variants as readonly [{ name: string; module: string }];
    const world = await loadWorld({ tag: 'ours', module: variant.module, edits: [] }, suite.subject.exports);
    const rig = rigFor(suite.subject, variant.name, world);
    const { program } = suite.subject.scenarios(variant.name).find(({ name }) => name === 'two add to one counter') as {
      program: Program;
    };
    const sound = exploreAll(rig, program, { ...usualLimits, memory: 'rc11' });
    expect(endsOf(sound.executions)).toEqual(['quiescent']);
    const limits = { ...usualLimits, memory: 'rc11' as const, weakening };
    const weak = exploreAll(rig, program, limits);
    expect(endsOf(weak.executions)).toContain('data race');
    expect(endsOf([...drawnExecutions(rig, program, limits, 200)])).toContain('data race');
  });
});
