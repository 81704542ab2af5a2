/** Starts the page of a check: its verdict, what was checked, the museum, and their stories. */
import { museumElement } from '#reports/html/client/exhibit.ts';
import { canaryElement, checksElement, heroElement } from '#reports/html/client/overview.ts';
import type { PackedPage } from '#reports/html/client/packed.ts';
import { embeddedData, startPage } from '#reports/html/client/shell.ts';

const page = embeddedData<PackedPage>();
const data = { ...page, stories: [] };

startPage({
  title: () => page.title,
  stories: page.stories,
  isOneStory: page.checks.length === 0 && page.museum.length === 0 && page.stories.length === 1,
  overview: (words, link) => [
    heroElement(data, words),
    ...(data.canary ? [canaryElement(data.canary, words, link)] : []),
    ...(data.checks.length > 0 ? [checksElement(data.checks, words, link)] : []),
    ...(data.museum.length > 0 ? [museumElement(data.museum, words, link)] : []),
  ],
  exhibitOf: (story) => page.museum.find((exhibit) => exhibit.story === story),
});
