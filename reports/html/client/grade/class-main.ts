/** Starts the page of a class. */
import {
  classHero,
  itemsElement,
  mistakesElement,
  submissionsElement,
} from '#reports/html/client/grade/class-overview.ts';
import type { ClassPage } from '#reports/html/client/grade/data.ts';
import { spoken } from '#reports/html/client/grade/grade-words.ts';
import { histogramElement } from '#reports/html/client/grade/histogram.ts';
import { embeddedData, startPage } from '#reports/html/client/shell.ts';

const whole = embeddedData<ClassPage>();

startPage({
  title: (words) => spoken(whole.assignment, words),
  stories: whole.stories,
  isOneStory: false,
  overview: (words, link) => [
    classHero(whole, words),
    ...(whole.histogram ? [histogramElement(whole.histogram, words)] : []),
    itemsElement(whole.items, words),
    mistakesElement(whole, words, link),
    submissionsElement(whole, words),
  ],
  exhibitOf: () => undefined,
});
