/** What the pages of a submission and of a class both show. */
import { type Child, make } from '#reports/html/client/dom.ts';
import type { PageFailure } from '#reports/html/client/grade/data.ts';
import { gradeWordsOf, spoken } from '#reports/html/client/grade/grade-words.ts';
import type { Words } from '#reports/html/client/words.ts';

/** How good a score is, at a glance. */
export const toneOf = (score: number, maximum: number): 'holds' | 'gave-up' | 'refuted' =>
  score >= maximum ? 'holds' : score > 0 ? 'gave-up' : 'refuted';

/** The box at the top: a sign, the title, and lines below it. */
export const gradeHero = (tone: ReturnType<typeof toneOf>, title: string, ...lines: readonly Child[]): HTMLElement =>
  make(
    'section',
    { class: `hero ${tone}` },
    make('span', { class: 'sign', 'aria-hidden': 'true' }, tone === 'holds' ? '✓' : tone === 'refuted' ? '✕' : '≈'),
    make('div', {}, make('h2', {}, title), ...lines),
  );

/** What the spec would have, and what the implementation did. */
export const contradiction = (expected: string, observed: string, words: Words): HTMLElement =>
  make(
    'dl',
    { class: 'contradiction' },
    make('div', { class: 'spec' }, make('dt', {}, words.theSpec), make('dd', {}, expected)),
    make('div', { class: 'observed' }, make('dt', {}, words.theImplementation), make('dd', {}, observed)),
  );

/** Why a submission could not be judged. */
export const failureElement = ({ reason, why }: PageFailure, words: Words): HTMLElement =>
  make(
    'section',
    { class: 'canary refuted' },
    make('h3', {}, `${gradeWordsOf(words).nothingJudged}${words.colon}${spoken(reason, words)}`),
    make('pre', { class: 'said', tabindex: 0 }, why),
  );
