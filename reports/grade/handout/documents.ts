import { posix } from 'node:path';
import { suites } from '#properties/index.ts';

/** Sections of the guide that say how to read what the tool says. Others lead through the reference implementations. */
const guideSections = ['How to read a story', 'Which orders are needed'];

/** What stands before the first heading, and then each heading with what is under it. */
const sectionsOf = (markdown: string): readonly string[] => markdown.split(/^(?=## )/m);

const headingOf = (section: string): string => /^## (.*)/.exec(section)?.[1] ?? '';

const withoutCode = (section: string): string => section.replaceAll(/(?:^[^\n]+:\n\n)?^```ts\n[\s\S]*?^```\n+/gm, '');

/** How to write an implementation: what holds for all, and for this subject, without the examples, which are answers. */
const interfaceOf = (markdown: string, subject: string): string => {
  const about = (section: string, id: string): boolean => headingOf(section).includes(`\`${id}\``);
  const subjects = suites.map((suite) => suite.subject.id);
  return sectionsOf(markdown)
    .filter((section) => about(section, subject) || !subjects.some((id) => about(section, id)))
    .map(withoutCode)
    .join('');
};

const guideOf = (markdown: string): string => {
  const sections = sectionsOf(markdown).filter((section) => guideSections.includes(headingOf(section)));
  return `# Guide\n\n${sections.join('')}`;
};

/** Tables of modules lose the rows of those that are not there. */
const withoutAbsentModules = (markdown: string, isThere: (path: string) => boolean): string =>
  markdown.replaceAll(/^\| `#([\w./-]+)` .*\n/gm, (row, path: string) => (isThere(path) ? row : ''));

/** Links to what is not there become plain text. */
const withoutDeadLinks = (markdown: string, path: string, isThere: (path: string) => boolean): string =>
  markdown.replaceAll(/\[([^\]]+)\]\(([^)#:]*)(?:#[^)]*)?\)/g, (link, text: string, target: string) =>
    target === '' || isThere(posix.join(posix.dirname(path), target)) ? link : text,
  );

/** The documents that go with the tool, by their paths from its root. `read` gives ours, `files` are the handout's. */
export const documentsFor = (
  subject: string,
  read: (path: string) => string,
  files: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const texts: readonly (readonly [string, string])[] = [
    ['docs/interface.md', interfaceOf(read('docs/interface.md'), subject)],
    ['docs/guide.md', guideOf(read('docs/guide.md'))],
    ['docs/errors.md', read('docs/errors.md')],
  ];
  const paths = new Set([...files.keys(), ...texts.map(([path]) => path)]);
  const isThere = (path: string): boolean => paths.has(path);
  return new Map(
    texts.map(([path, text]) => [path, withoutAbsentModules(withoutDeadLinks(text, path, isThere), isThere)]),
  );
};
