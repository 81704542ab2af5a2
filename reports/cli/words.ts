import type { Budget } from '#model/engine/explore/budget.ts';
import type { Explore } from '#model/engine/explore/exploration.ts';
import { SuiteError } from '#model/suite-error.ts';

/** What the user typed, read. Every mistake is a SuiteError that says what is known. */

/** A whole number that is not negative. */
export const wholeNumber =
  (option: string, least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && /^\d+$/.test(text)) return value;
    throw new SuiteError('S102', `${option} is '${text}'`, `give a whole number, ${least} or more`);
  };

/** One of a few words. */
export const oneOf =
  <Word extends string>(option: string, words: readonly Word[]) =>
  (text: string): Word => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new SuiteError('S103', `${option} is '${text}'`, `give one of ${words.join(', ')}`);
  };

export const budgetNames: readonly Budget['name'][] = ['class', 'quick', 'grade', 'night'];
export const exploreNames: readonly Explore[] = ['all', 'drawn', 'exhaustive', 'random', 'pct'];

/** A command's help ends with an example. */
export const example = (text: string): string => `\nExample:\n  $ npx rendezvous ${text}`;
