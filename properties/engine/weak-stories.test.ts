/** What a story tells of a weak memory, on litmus tests small enough to know by heart. */
import { describe, expect, it } from 'vitest';
import { load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import { type Counterexample, counterexampleVersion } from '#model/counterexample.ts';
import { type Execution, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { exhaust } from '#model/engine/explore/exhaustive.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import { tell } from '#model/engine/trace/tell.ts';
import type { Program } from '#model/subject.ts';
import { answersOf, programOf, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { returns } from '#spec/outcome.ts';

interface WriteRead {
  readonly tag: 'write then read';
  readonly writes: number;
  readonly reads: number;
}

/** Store buffering. Each thread reads its own word too before it answers, since an answer empties the store buffer. */
const storeBuffering: Tiny<null, WriteRead> = {
  initial: null,
  outcomes: () => returns(0),
  *perform({ writes, reads }, words): Routine<Word> {
    yield store(words + writes, 1, 'relaxed');
    const other = yield load(words + reads, 'relaxed');
    return 2 * other + (yield load(words + writes, 'relaxed'));
  },
};

type Message = { readonly tag: 'send' } | { readonly tag: 'receive' };

/** Message passing: data (word 1) is written, then a flag (word 0). Answers 2 flag + data: 2 is the message not seen. */
const messagePassing = (data: Order, send: Order, receive: Order): Tiny<null, Message> => ({
  initial: null,
  outcomes: () => returns(0),
  *perform({ tag }, words): Routine<Word> {
    if (tag === 'send') {
      yield store(words + 1, 1, data);
      yield store(words, 1, send);
      return 0;
    }
    const flag = yield load(words, receive);
    return flag === 0 ? 0 : 2 * flag + (yield load(words + 1, data));
  },
});

type Write = { readonly tag: 'write'; readonly value: number };

/** Two writes of one word, which is all that coherence orders. */
const twoWrites: Tiny<null, Write> = {
  initial: null,
  outcomes: () => returns(0),
  *perform({ value }, words): Routine<Word> {
    yield store(words, value, 'relaxed');
    return 0;
  },
};

const messages = programOf<Message>([[{ tag: 'send' }], [{ tag: 'receive' }]]);
const buffering = programOf<WriteRead>([
  [{ tag: 'write then read', writes: 0, reads: 1 }],
  [{ tag: 'write then read', writes: 1, reads: 0 }],
]);

const executionsOf = (rig: Rig, program: Program, memory: MemoryName): Execution[] => [
  ...exhaust(rig, program, { ...usualLimits, memory }, { preemptions: 3, executions: 500 }),
];

const storyOf = (rig: Rig, { program, schedule }: Execution, memory: MemoryName): Story => {
  const counterexample: Counterexample = {
    version: counterexampleVersion,
    id: 'a',
    subject: 'tiny',
    variant: 'only',
    claim: 'linearizes',
    sentence: 'a claim',
    implementation: { tag: 'reference' },
    fingerprint: '',
    seed: 0,
    program,
    schedule,
    decisive: null,
    limits: { ...usualLimits, memory },
    violation: { kind: 'wrong answer', event: 0, expected: '', observed: '' },
    story: { threads: 2, calls: 2, switches: 0 },
  };
  return tell(rig, counterexample);
};

/** The shortest story that gives these answers. */
const storyThatAnswers = (rig: Rig, program: Program, memory: MemoryName, answers: unknown): Story => {
  const found = executionsOf(rig, program, memory).find(
    (execution) => JSON.stringify(answersOf(execution)) === JSON.stringify(answers),
  );
  return storyOf(rig, found as Execution, memory);
};

const withText = ({ steps }: Story, text: string): StoryStep => {
  const found = steps.find((step) => step.text === text);
  if (!found) throw new Error(`no step ${text} in: ${steps.map((step) => step.text).join('; ')}`);
  return found;
};

describe('a story under tso', () => {
  it('tells of store buffering: which store waits, who does not see it, and when it reaches memory', async () => {
    const rig = await rigOf(storeBuffering);
    const story = storyThatAnswers(rig, buffering, 'tso', [[1], [1]]);
    const waits = story.steps.find(({ weak }) => weak?.tag === 'buffered') as StoryStep;
    const unseen = story.steps.find(({ weak }) => weak?.tag === 'unseen store') as StoryStep;
    const word = waits.word as number;

    expect(unseen).toMatchObject({ word, weak: { value: 1, storeStep: waits.step } });
    expect(unseen.thread).not.toBe(waits.thread);
    expect(story.missingEdges).toEqual([{ from: waits.step, to: unseen.step, word: story.words[word] }]);
    expect(unseen.messages[word]).toEqual([
      { word: 0, step: null, readers: [unseen.core] },
      { word: 1, step: waits.step, readers: [waits.core] },
    ]);
    const drains = story.steps.flatMap(({ step, drained }) => drained.map((one) => ({ step, ...one })));
    const [drain] = drains.filter(({ storeStep }) => storeStep === waits.step);
    expect(drain).toMatchObject({ core: waits.core, word: story.words[word], value: 1 });
    expect(drain?.step).toBeGreaterThanOrEqual(unseen.step);
    expect(story.steps.at(-1)?.messages[word]).toEqual([{ word: 1, step: waits.step, readers: [0, 1] }]);
  });

  it('tells of nothing weak where every store reaches memory at once', async () => {
    const rig = await rigOf(storeBuffering);
    const story = storyThatAnswers(rig, buffering, 'tso', [[1], [3]]);
    expect(story.steps.every(({ weak, drained }) => weak === null && drained.length === 0)).toBe(true);
    expect(story.missingEdges).toEqual([]);
  });
});

describe('a story under rc11', () => {
  it('tells of a message that is not seen: the stale read, the write that it should have seen, who may read what', async () => {
    const rig = await rigOf(messagePassing('relaxed', 'relaxed', 'relaxed'));
    const story = storyThatAnswers(rig, messages, 'rc11', [[0], [2]]);
    const write = withText(story, 'writes words[1] := 1');
    const read = withText(story, 'reads words[1]: 0');
    const word = write.word as number;

    expect(read.weak).toEqual({ tag: 'stale read', latest: 1, writtenStep: write.step });
    expect(story.missingEdges).toEqual([{ from: write.step, to: read.step, word: 'words[1]' }]);
    expect(read.messages[word]).toEqual([
      { word: 0, step: null, readers: [read.core] },
      { word: 1, step: write.step, readers: [0, 1] },
    ]);
  });

  it('has no such message where a release is acquired', async () => {
    const rig = await rigOf(messagePassing('relaxed', 'release', 'acquire'));
    const stories = executionsOf(rig, messages, 'rc11').map((execution) => storyOf(rig, execution, 'rc11'));
    const received = stories.filter(({ threads }) => threads[1]?.calls[0]?.answer === '3');
    expect(received).not.toEqual([]);
    expect(stories.some(({ threads }) => threads[1]?.calls[0]?.answer === '2')).toBe(false);
    for (const { steps } of received) {
      const readable = steps
        .at(-1)
        ?.messages.at(-1)
        ?.filter(({ readers }) => readers.length > 0);
      expect(readable).toEqual([{ word: 1, step: expect.any(Number), readers: [0, 1] }]);
    }
  });

  it('tells of a data race: the two accesses that nothing orders', async () => {
    const rig = await rigOf(messagePassing('plain', 'relaxed', 'relaxed'));
    const raced = executionsOf(rig, messages, 'rc11').find(({ fault }) => fault?.tag === 'data race') as Execution;
    const story = storyOf(rig, raced, 'rc11');
    expect(story.missingEdges.at(-1)).toEqual({
      from: withText(story, 'writes words[1] := 1').step,
      to: story.steps.length,
      word: 'words[1]',
    });
  });

  it('tells of a store that goes before what is there', async () => {
    const rig = await rigOf(twoWrites);
    const program = programOf<Write>([[{ tag: 'write', value: 1 }], [{ tag: 'write', value: 2 }]]);
    const stories = executionsOf(rig, program, 'rc11').map((execution) => storyOf(rig, execution, 'rc11'));
    const found = stories.flatMap((story) =>
      story.steps.flatMap(({ weak, word, step, messages: all }) =>
        weak?.tag === 'overtaken' && word !== null ? [{ story, weak, word, step, of: all[word] ?? [] }] : [],
      ),
    );
    expect(found.some(({ story, word }) => story.words[word] === 'words[0]')).toBe(true);
    for (const { story, weak, word, step, of } of found) {
      expect(story.missingEdges).toContainEqual({ from: weak.writtenStep, to: step, word: story.words[word] });
      expect(of.slice(-2).map((message) => message.step)).toEqual([step, weak.writtenStep]);
      expect(of.at(-1)?.word).toBe(weak.latest);
    }
  });
});

describe('the messages of every story', () => {
  /** What a read can have given: under tso what its core could read before it, under rc11 the oldest it may read after. */
  const givenBy = (story: Story, { step, core }: StoryStep, word: number): number | undefined => {
    const at = story.memory === 'tso' ? step - 1 : step;
    const here = story.steps[at - 1]?.messages[word];
    return here ? here.find(({ readers }) => readers.includes(core))?.word : story.wordsAtBoot[word];
  };

  it.each(['tso', 'rc11'] as const)(
    'under %s hold what each read gives, for its core to read, and know who wrote them',
    async (memory) => {
      const subjects = [
        { rig: await rigOf(storeBuffering), program: buffering },
        { rig: await rigOf(messagePassing('relaxed', 'relaxed', 'relaxed')), program: messages },
      ];
      const stories = subjects.flatMap(({ rig, program }) =>
        executionsOf(rig, program, memory).map((execution) => storyOf(rig, execution, memory)),
      );
      const steps = stories.flatMap((story) =>
        story.steps.flatMap((step) => (step.word === null ? [] : [{ story, step, word: step.word }])),
      );
      expect(steps.some(({ step }) => step.weak !== null)).toBe(true);
      for (const { story, step, word } of steps) {
        for (const message of step.messages[word] ?? []) {
          if (message.step === null) expect(message.word).toBe(story.wordsAtBoot[word]);
          else expect(story.steps[message.step - 1]?.text).toBe(`writes ${story.words[word]} := ${message.word}`);
        }
        const [, given] = /^reads .*: (-?\d+)$/.exec(step.text) ?? [];
        if (given !== undefined) expect(givenBy(story, step, word)).toBe(Number(given));
      }
    },
  );
});
