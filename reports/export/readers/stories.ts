import * as fc from 'fast-check';
import type { Drained, Story, StoryStep, Weakness } from '#model/engine/trace/story.ts';

/** Stories that never happened, with texts that mean something to the formats they are exported to. */

const hostileTexts = [
  '</script><script>alert(1)</script>',
  '"; DROP TABLE steps; --\' \\" \\u0041 \\',
  '#35; #quot; &amp; %% %%{init: {}}%% $$x$$',
  'a\nb\r\nc\u2028d\u2029e\tf\0',
  'end',
  'T0 {"T0":1}',
  'step 1: T0 {"T0": 1}',
  't0->>memory: note over t0: x; style a:b#c;',
  'ﬂ°°35¶ß → 写 🧵',
  '{"#bigint": "1"} #meta tag __proto__',
];

const hostile = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary', minLength: 1 }));
const cores = 2;

/** What is drawn for a step. */
interface Draw {
  /** Thread 0 or 1, or the dispatcher of core 0 or 1. */
  readonly actor: number;
  readonly text: string;
  readonly said: string;
  readonly calls: boolean;
  readonly answers: boolean;
  readonly matters: boolean;
  readonly isTimer: boolean;
  readonly site: string | undefined;
  readonly spec: string | null;
  readonly word: number | null;
  readonly access: 'read' | 'write' | 'update';
  readonly isWeak: boolean;
  readonly drains: boolean;
  readonly values: readonly number[];
}

const draws: fc.Arbitrary<Draw[]> = fc.array(
  fc.record({
    actor: fc.nat(3),
    text: hostile,
    said: hostile,
    calls: fc.boolean(),
    answers: fc.boolean(),
    matters: fc.boolean(),
    isTimer: fc.boolean(),
    site: fc.option(hostile, { nil: undefined }),
    spec: fc.option(hostile, { nil: null }),
    word: fc.constantFrom(null, 0, 1),
    access: fc.constantFrom('read', 'write', 'update'),
    isWeak: fc.boolean(),
    drains: fc.boolean(),
    values: fc.tuple(fc.integer(), fc.integer()),
  }),
  { minLength: 2, maxLength: 25 },
);

const weaknesses: Readonly<Record<Draw['access'], Weakness>> = {
  read: { tag: 'stale read', latest: 1, writtenStep: 1 },
  write: { tag: 'buffered' },
  update: { tag: 'unseen store', value: 1, storeStep: 1 },
};

/** Steps in which a thread calls, then acts, then is answered; and stores that wait reach memory later or never. */
const stepsOf = (drawn: readonly Draw[], words: readonly string[]): StoryStep[] => {
  const inCall = new Set<number>();
  const waiting: Drained[] = [];
  return drawn.map((draw, i): StoryStep => {
    const { actor, text, said, site, spec, matters, isTimer, values } = draw;
    const thread = actor < cores ? actor : null;
    const isCall = thread !== null && draw.calls && !inCall.has(thread);
    if (isCall) inCall.add(thread);
    const isAnswer = thread !== null && draw.answers && inCall.delete(thread);
    const word = isCall ? null : draw.word;
    const weak = word === null || !draw.isWeak ? null : weaknesses[draw.access];
    const step = { step: i + 1, core: actor % cores };
    const drained = draw.drains ? waiting.splice(0, 1) : [];
    if (weak?.tag === 'buffered' && word !== null) {
      waiting.push({ core: step.core, storeStep: step.step, word: words[word] as string, value: 1 });
    }
    return {
      ...step,
      thread,
      text: isCall ? 'calls' : text,
      site,
      call: isCall ? said : undefined,
      answer: isAnswer ? said : undefined,
      isSwitch: isTimer,
      isTimer,
      matters: matters || isCall || isAnswer,
      spec,
      words: values,
      word,
      access: word === null ? null : draw.access,
      weak,
      space: matters ? 1 : null,
      traced: draw.drains ? [{ core: step.core, thread, text: said }] : [],
      drained,
      messages: [],
    };
  });
};

/** Stories of two threads on a core each, of which the first sleeps for a while. */
export const hostileStories: fc.Arbitrary<Story> = fc
  .record({ drawn: draws, texts: fc.array(hostile, { minLength: 9, maxLength: 9 }), sameWords: fc.boolean() })
  .map(({ drawn, texts, sameWords }): Story => {
    const [subject, variant, sentence, implementation, expected, observed, word, other, specAtBoot] =
      texts as string[] & {
        length: 9;
      };
    const words = [word, sameWords ? word : other] as string[];
    const steps = stepsOf(drawn, words);
    const end = steps.length;
    return {
      subject: subject as string,
      variant: variant as string,
      sentence: sentence as string,
      implementation: implementation as string,
      violation: { kind: 'wrong answer', event: 0, expected: expected as string, observed: observed as string },
      size: { threads: 2, calls: 1, switches: 0 },
      cores,
      memory: 'rc11',
      threads: [0, 1].map((id) => ({ id, name: `T${id}`, calls: [] })),
      steps,
      spans: [
        { thread: 0, how: 'running', core: 0, fromStep: 0, toStep: 1 },
        ...(end > 2 ? [{ thread: 0, how: 'blocked', core: null, fromStep: 1, toStep: 2 } as const] : []),
        { thread: 1, how: 'running', core: 1, fromStep: 0, toStep: end },
      ],
      divergence: end,
      culprits: { before: 1, after: end, word: words[0] as string, text: sentence as string },
      missingEdges: [{ from: 1, to: end, word: words[1] as string }],
      words,
      specAtBoot: specAtBoot as string,
      wordsAtBoot: [0, 0],
    };
  });
