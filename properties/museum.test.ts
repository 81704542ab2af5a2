import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutants, suites } from '#properties/index.ts';

const text = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('the museum', () => {
  it('has no two mutants of one id', () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  });

  it('has no two mutants that retell one entry of the bug list', () => {
    const bugs = mutants.flatMap(({ bug }) => bug ?? []);
    expect(new Set(bugs).size).toBe(bugs.length);
  });

  it('is listed in docs/bugs.md, all of it and nothing else', () => {
    const rows = text('docs/bugs.md').matchAll(/^\| ([A-Z0-9-]+) +\|.*\| `([a-z0-9/-]+)` +\|$/gm);
    const listed = [...rows].map(([, bug, id]) => `${id} ${bug === '-' ? '' : bug}`);
    expect(listed.sort()).toEqual(mutants.map(({ id, bug }) => `${id} ${bug ?? ''}`).sort());
  });

  it('tells how each mutant goes wrong, in whole sentences', () => {
    for (const { id, story, title, origin } of mutants) {
      expect(story, id).toMatch(/^[A-Z].*\.$/);
      expect(title, id).not.toBe('');
      expect(origin, id).not.toBe('');
    }
  });

  it('is tried, and the references checked, tree by tree', () => {
    for (const tree of new Set(suites.map(({ subject }) => subject.id.replace(/\/.*/, '')))) {
      expect(existsSync(new URL(`${tree}/museum.test.ts`, import.meta.url)), tree).toBe(true);
      expect(existsSync(new URL(`${tree}/references.test.ts`, import.meta.url)), tree).toBe(true);
    }
  });
});
