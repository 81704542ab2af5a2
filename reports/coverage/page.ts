import type { CoverageDocument } from '#reports/html/client/coverage/data.ts';
import { renderDocument, storyFiles, storyStyles } from '#reports/html/page.ts';

/** The files that run in the browser on this page, each after those it needs when it is read. */
export const coverageFiles = [
  ...storyFiles,
  'orders',
  'coverage/coverage-words.zh',
  'coverage/coverage-words',
  'coverage/transitions',
  'coverage/pairs',
  'coverage/code',
  'coverage/coverage-main',
] as const;

/** What was covered, as one HTML file. */
export const coveragePage = (found: CoverageDocument): string =>
  renderDocument({
    title: 'Rendezvous: coverage',
    files: coverageFiles,
    styles: [...storyStyles, 'orders.css', 'coverage.css'],
    data: found,
  });
