import type { Found, GradedTest, Titles } from '#reports/grade/graded.ts';
import { english, type FeedbackWords } from '#reports/grade/outputs/feedback.words.ts';
import { chinese } from '#reports/grade/outputs/feedback.words.zh.ts';
import { markdownBlock, markdownCode, markdownLine, markdownText } from '#reports/grade/outputs/safe-text.ts';
import { storyLines } from '#reports/text/story.ts';

/** How a student is told. */
export interface Telling {
  readonly language: 'en' | 'zh';
  /** The command that replays what was found, in the student's own folder; null: there is none. */
  replayOf(test: GradedTest): string | null;
}

/** What was asked. */
export const titleIn = ({ title, titleZh }: Titles, { language }: Telling): string =>
  language === 'zh' ? titleZh : title;

export const wordsOf = ({ language }: Telling): FeedbackWords => (language === 'zh' ? chinese : english);

/** Longer stories are cut in the middle: how it starts, and more of how it ends. */
const linesAtStart = 40;
const linesAtEnd = 80;

const plainOutput = { out: () => {}, note: () => {}, isTerminal: false, isColoured: false };

/** A counterexample as lines of text, a column for each thread. */
export const storyText = ({ story }: Found, words: FeedbackWords): string => {
  const lines = storyLines(story, plainOutput, false);
  const left = lines.length - linesAtStart - linesAtEnd;
  if (left <= 1) return lines.join('\n');
  return [...lines.slice(0, linesAtStart), `      … ${words.lines(left)}`, ...lines.slice(-linesAtEnd)].join('\n');
};

/** What a student is told of a lost point, as Markdown: what went wrong, the rule, the counterexample, a hint. */
export const feedbackOn = (test: GradedTest, telling: Telling): string => {
  const words = wordsOf(telling);
  const { found, why } = test;
  const hint = telling.language === 'zh' ? test.hintZh : test.hint;
  const replay = telling.replayOf(test);
  return [
    words.lost(test.maximum - test.score, test.maximum),
    found && violationText(found, words),
    !found && why !== null && part(test.verdict === 'gave-up' ? words.notDecided : words.whatWentWrong, words, why),
    test.shown !== undefined && markdownBlock(test.shown),
    found && clauseText(found, words),
    found && counterexampleText(found, words),
    replay !== null && `**${words.replay}**${words.colon.trimEnd()}\n\n${markdownBlock(replay)}`,
    hint !== null && part(words.hint, words, hint),
  ]
    .filter((piece) => piece !== false && piece !== null)
    .join('\n\n');
};

const part = (title: string, words: FeedbackWords, text: string): string =>
  `**${title}**${words.colon}${markdownLine(text)}`;

const violationText = ({ counterexample }: Found, words: FeedbackWords): string => {
  const { kind, expected, observed } = counterexample.violation;
  const said = [`${words.theSpec}${markdownLine(expected)}`, `${words.theImplementation}${markdownLine(observed)}`];
  return `${part(words.whatWentWrong, words, words.kind[kind])}\n\n${said.map((line) => `- ${line}`).join('\n')}`;
};

const clauseText = ({ clause }: Found, words: FeedbackWords): string | null => {
  if (!clause) return null;
  const of = clause.call === null ? `${words.clauseOfAll}**` : `${words.clauseOf}** ${markdownCode(clause.call)}`;
  const said = markdownText(clause.text);
  const source = clause.source === null ? '' : `\n\n${words.source}${words.colon}${markdownText(clause.source)}`;
  const quoted = `${said}${source}`.replaceAll(/^/gm, '> ').replaceAll(/ +$/gm, '');
  return `**${of} (${markdownCode(clause.file)})${words.colon.trimEnd()}\n\n${quoted}`;
};

const counterexampleText = (found: Found, words: FeedbackWords): string => {
  const { story, seed } = found;
  const facts = [words.size(story.size), words.under(story.memory), words.seed(seed)].join(words.comma);
  return `**${words.counterexample}** (${facts})${words.colon.trimEnd()}\n\n${markdownBlock(storyText(found, words))}`;
};
