/**
 * Stories as the page carries them. A story repeats itself at each step: the spec's state, the words' values, the same
 * few texts. Packed, every text is there once and a step says only which words changed: about a tenth of the size.
 */

import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import type { PageData, PageStory } from '#reports/html/client/data.ts';

/** The page's data as it is embedded. */
export interface PackedPage extends Omit<PageData, 'stories'> {
  readonly stories: readonly PackedStory[];
}

/** A story whose steps are rows of numbers; texts are places in `texts`, and -1 means none. */
export interface PackedStory extends Omit<PageStory, 'story'> {
  readonly story: Omit<Story, 'steps'>;
  readonly texts: readonly string[];
  /** core, thread, text, site, call, answer, spec, flags, the word touched; then, for each word that changed, its index and value. */
  readonly rows: readonly (readonly number[])[];
  /** What the memory did and holds, by the index of the step from which on that is so. */
  readonly weak: readonly (readonly [number, Beside])[];
}

/** What few stories have at all. */
type Beside = Pick<StoryStep, 'weak' | 'space' | 'traced' | 'drained' | 'messages'>;

const nothingWeak: Beside = { weak: null, space: null, traced: [], drained: [], messages: [] };

const none = -1;
const isSwitchFlag = 1;
const isTimerFlag = 2;
const mattersFlag = 4;
const readFlag = 8;
const writeFlag = 16;
const accessFlags = { read: readFlag, write: writeFlag, update: readFlag | writeFlag };

const accessOf = (flags: number): StoryStep['access'] =>
  flags & readFlag ? (flags & writeFlag ? 'update' : 'read') : flags & writeFlag ? 'write' : null;

/** Makes a story small. */
export const pack = ({ id, story, replay }: PageStory): PackedStory => {
  const { steps, ...rest } = story;
  const texts = new Map<string, number>();
  const number = (text: string | null | undefined): number => {
    if (text === null || text === undefined) return none;
    const known = texts.get(text) ?? texts.size;
    texts.set(text, known);
    return known;
  };
  let before = story.wordsAtBoot;
  const rows = steps.map((step) => {
    const changes = step.words.flatMap((value, word) => (value === before[word] ? [] : [word, value]));
    before = step.words;
    const flags =
      (step.isSwitch ? isSwitchFlag : 0) |
      (step.isTimer ? isTimerFlag : 0) |
      (step.matters ? mattersFlag : 0) |
      (step.access ? accessFlags[step.access] : 0);
    const said = [step.text, step.site, step.call, step.answer, step.spec].map(number);
    return [step.core, step.thread ?? none, ...said, flags, step.word ?? none, ...changes];
  });
  return { id, replay, story: rest, texts: [...texts.keys()], rows, weak: packWeak(steps) };
};

/** A step's share of the memory, where it is not that of the step before without an event of its own. */
const packWeak = (steps: readonly StoryStep[]): PackedStory['weak'] => {
  let last = JSON.stringify(nothingWeak);
  return steps.flatMap(({ weak, space, traced, drained, messages }, i): [number, Beside][] => {
    const now = JSON.stringify({ weak, space, traced, drained, messages });
    if (now === last) return [];
    last = now;
    return [[i, { weak, space, traced, drained, messages }]];
  });
};

/** The story again, as it was. */
export const unpack = ({ id, replay, story, texts, rows, weak: weakSteps }: PackedStory): PageStory => {
  let words = story.wordsAtBoot;
  const weakAt = new Map(weakSteps);
  let weak = nothingWeak;
  const steps = rows.map((row, i): StoryStep => {
    const [core, thread, text, site, call, answer, spec, flags, word, ...changes] = row as [
      ...[number, number, number, number, number, number, number, number, number],
      ...number[],
    ];
    const changed = [...words];
    for (let k = 0; k < changes.length; k += 2) changed[changes[k] as number] = changes[k + 1] as number;
    words = changed;
    weak = weakAt.get(i) ?? weak;
    return {
      step: i + 1,
      core,
      thread: thread === none ? null : thread,
      text: texts[text] as string,
      site: texts[site],
      call: texts[call],
      answer: texts[answer],
      isSwitch: (flags & isSwitchFlag) !== 0,
      isTimer: (flags & isTimerFlag) !== 0,
      matters: (flags & mattersFlag) !== 0,
      spec: texts[spec] ?? null,
      words,
      word: word === none ? null : word,
      access: accessOf(flags),
      ...weak,
    };
  });
  // JSON drops what is undefined.
  return { id, replay, story: { ...story, culprits: story.culprits, steps } };
};
