/** The words of the page of what was covered, in English. `coverage-words.zh.ts` says the same in Chinese. */
import { coverageChinese } from '#reports/html/client/coverage/coverage-words.zh.ts';
import type { Words } from '#reports/html/client/words.ts';

const inEnglish = (n: number): string => n.toLocaleString('en');

const coverageEnglish = {
  title: 'What was covered',
  madeBy: (budget: string, seed: number): string => `budget ${budget}, seed ${seed}`,
  tiles: {
    transitions: 'transitions of the spec seen',
    pairs: 'pairs of sites in both orders',
    orders: 'orders shown to be needed',
    lines: 'lines of code run',
    branches: 'branches run',
  },
  summary: (transitions: string, pairs: string, orders: string | null): string =>
    `transitions ${transitions}, pairs ${pairs}${orders === null ? '' : `, orders ${orders}`}`,
  executions: (n: number): string => `${inEnglish(n)} executions`,
  unexplained: (n: number): string => `the spec does not explain ${inEnglish(n)} of them: those take no transition`,
  transitions: (seen: number, known: number): string =>
    `Transitions of the spec: ${inEnglish(seen)} of ${inEnglish(known)} seen`,
  transitionsMeaning: (states: number, systems: number, isComplete: boolean): string =>
    `A transition is one outcome of a call, or of what is left of one. Which there are is known from ${isComplete ? 'all ' : ''}${inEnglish(states)} states of ${inEnglish(systems)} systems${isComplete ? '' : ', of which there are more,'} and from random calls. The numbers say how often each was seen.`,
  call: 'call',
  outcomes: 'outcomes',
  neverSeen: 'never seen',
  statesOpen: (n: number): string =>
    n === 0 ? 'only calls with other arguments have it' : `possible in ${inEnglish(n)} states of the spec`,
  pairs: (both: number, own: number): string =>
    `Pairs of sites on the same word: ${inEnglish(both)} of ${inEnglish(own)} met in both orders`,
  pairsMeaning:
    'Two places in the code that touch the same word from two threads, one of them writing it, with no write between. Only executions under sc count. Where only one order was met, the other is impossible, since a lock or a hand-over forbids it, or it was not explored.',
  order: 'first → second',
  bothOrders: 'both orders',
  oneOrder: 'only in this order',
  times: 'times',
  kernelPairs: (both: number, all: number): string =>
    `The kernel beneath: ${inEnglish(both)} of ${inEnglish(all)} pairs met in both orders`,
  noPairs: 'No two threads touched the same word of it.',
  noOrders: 'It orders nothing itself.',
  notJudged: 'The orders were not judged',
  code: (covered: number, total: number): string => `Code: ${inEnglish(covered)} of ${inEnglish(total)} lines run`,
  codeMeaning:
    'Counted by V8 and c8. An implementation is loaded once for each thread: what any of them ran counts as run.',
  file: 'file',
  lines: 'lines',
  branches: 'branches',
  neverRun: 'lines never run',
};

export type CoverageWords = typeof coverageEnglish;

/** In the language of the page's other words. */
export const coverageWordsOf = ({ language }: Words): CoverageWords =>
  language === 'zh' ? coverageChinese : coverageEnglish;
