import { describe, expect, it } from 'vitest';
import {
  type Address,
  activate,
  activeSpace,
  awaitOther,
  awaitWord,
  coreNumber,
  load,
  maskInterrupts,
  type Routine,
  sendInterrupt,
  store,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { type Limits, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Program } from '#model/subject.ts';
import { drawnExecutions, exploreAll, outcomeOf, outcomesOf } from '#properties/cores/explored.ts';
import { programOf, subjectOf } from '#properties/engine/tiny.ts';

interface Part {
  readonly tag: 'kicks' | 'pokes' | 'asks' | 'works' | 'looks' | 'waits';
}

const kicks: Part = { tag: 'kicks' };
const pokes: Part = { tag: 'pokes' };
const asks: Part = { tag: 'asks' };
const works: Part = { tag: 'works' };
const looks: Part = { tag: 'looks' };
const waits: Part = { tag: 'waits' };

/** Where the words are: what is asked of the other core, what its handler answers, and what `works` writes. */
const asked = 0;
const answered = 1;
const worked = 2;

/** Interrupts the other of two cores, having left it a word. */
function* poke(words: Address): Routine {
  const core = yield coreNumber();
  yield store(words + asked, core + 1, 'relaxed');
  yield sendInterrupt(1 - core);
}

function* perform(words: Address, { tag }: Part): Routine<Word> {
  switch (tag) {
    case 'kicks':
      yield* poke(words);
      return 0;
    case 'pokes':
      yield* poke(words);
      return yield load(words + answered, 'acquire');
    case 'asks':
      yield maskInterrupts();
      yield* poke(words);
      yield awaitOther(words + answered, 0, 'acquire');
      yield unmaskInterrupts();
      return yield load(words + worked, 'relaxed');
    case 'works': {
      yield activate(5);
      yield store(words + worked, 1, 'relaxed');
      yield maskInterrupts();
      yield store(words + worked, 2, 'relaxed');
      yield unmaskInterrupts();
      const space = yield activeSpace();
      return space * 100 + (yield load(words + answered, 'relaxed'));
    }
    case 'looks':
      return yield load(words + answered, 'relaxed');
    case 'waits':
      yield awaitWord(words + answered, 1, 'relaxed');
      return 0;
  }
}

/** What a core does that is interrupted: answers with what it has worked, and leaves another address space behind. */
function* answer(words: Address): Routine {
  const space = yield activeSpace();
  yield tracepoint('space', space);
  const seen = yield load(words + asked, 'relaxed');
  yield store(words + answered, 10 * seen + (yield load(words + worked, 'relaxed')), 'release');
  if (space >= 0) yield activate(space + 1);
}

const rigWithHandler = async (): Promise<Rig> => {
  const subject = {
    ...subjectOf({ initial: null, outcomes: () => [] }),
    perform: (_module: unknown, _services: unknown, _self: unknown, layout: unknown, call: unknown) =>
      perform(layout as Address, call as Part),
    interrupted: (_module: unknown, layout: unknown) => answer(layout as Address),
  };
  return rigFor(subject, 'only', await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []));
};

const programs: readonly (readonly (readonly Part[])[])[] = [
  [[pokes], [works]],
  [[asks], [works]],
  [[pokes, pokes], [works]],
  [[pokes], [pokes]],
  [[pokes], [works], [works]],
];

/** Whatever is drawn has an outcome that was found by the exploration of all. */
const expectAllFound = (rig: Rig, program: Program, limits: Limits): void => {
  const { executions, explored } = exploreAll(rig, program, limits, 500_000);
  expect(explored).toMatchObject({ bound: null, cutOff: 0 });
  const found = outcomesOf(executions);
  let handled = 0;
  for (const drawn of drawnExecutions(rig, program, limits, 600)) {
    expect(found, JSON.stringify(drawn.schedule)).toContain(outcomeOf(drawn));
    handled += drawn.traced.length;
  }
  expect(handled).toBeGreaterThan(100);
};

describe.each(memoryNames)('a core that is interrupted by another, under %s', (memory) => {
  it.each(programs.map((threads) => [threads.map((calls) => calls.map(({ tag }) => tag)).join(' | '), threads]))(
    'strikes in every place where the machine has it strike: %s',
    async (_name, threads) => {
      const rig = await rigWithHandler();
      const program = programOf(threads, 2);
      expectAllFound(rig, program, { ...usualLimits, memory });
    },
  );
});

describe('a timer', () => {
  it('and another core strike one core, in either order', async () => {
    expectAllFound(await rigWithHandler(), programOf([[kicks], [looks]], 2), { ...usualLimits, timers: 1 });
  });
});

describe('a core that waits for a word with interrupts on', () => {
  it('is struck at once, and the exploration says that it does not know all', async () => {
    const rig = await rigWithHandler();
    const program = programOf([[pokes], [waits]], 2);
    const drawn = [...drawnExecutions(rig, program, usualLimits, 50)];
    expect(drawn.some(({ traced }) => traced.length > 0)).toBe(true);
    expect(exploreAll(rig, program, usualLimits).explored.cutOff).toBeGreaterThan(0);
  });
});
