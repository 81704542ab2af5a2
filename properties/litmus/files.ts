import { readFileSync } from 'node:fs';

/** The text of one of our own tests: `aarch64/MP`. */
export const litmusFile = (name: string): string =>
  readFileSync(new URL(`${encodeURIComponent(name).replaceAll('%2F', '/')}.litmus`, import.meta.url), 'utf8');
