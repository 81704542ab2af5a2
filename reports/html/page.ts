import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { htmlEscape } from 'escape-goat';
import type { PageData } from '#reports/html/client/data.ts';
import { type PackedPage, pack } from '#reports/html/client/packed.ts';

/** The files of stories, and of what is around them, each after those it needs when it is read. */
export const storyFiles = [
  'dom',
  'route',
  'diff',
  'packed',
  'lanes',
  'repeats',
  'rows',
  'words.zh',
  'words',
  'weak',
  'told',
  'picture',
  'edges',
  'link',
  'chips',
  'values',
  'panel',
  'exhibit',
  'story-view',
  'shell',
] as const;

/** The files that run in the browser on the page of a check. */
export const clientFiles = [...storyFiles, 'orders', 'figure', 'overview', 'main'] as const;

/** How stories look, and what is around them. */
export const storyStyles = ['page.css', 'overview.css', 'story.css', 'picture.css', 'weak.css', 'narrow.css'] as const;

const styleFiles = [...storyStyles.slice(0, 2), 'orders.css', 'figure.css', ...storyStyles.slice(2)];

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** The page of a check as one HTML file. */
export const renderPage = (data: PageData): string =>
  renderDocument({
    title: data.title,
    files: clientFiles,
    styles: styleFiles,
    data: { ...data, stories: data.stories.map(pack) } satisfies PackedPage,
  });

/** What an HTML file is made of: client files and style files by their names, and what they show. */
export interface Document {
  readonly title: string;
  readonly files: readonly string[];
  readonly styles: readonly string[];
  readonly data: unknown;
}

/**
 * A page as one HTML file. It needs no network and works from a disk: style, code and data are inside. What the data
 * says is only ever shown as text; and the page's policy lets no other code run than its own, and nothing be fetched.
 */
export const renderDocument = ({ title, files, styles, data }: Document): string => {
  const code = clientCode(files);
  const hash = createHash('sha256').update(code).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${htmlEscape(policy)}">
<title>${htmlEscape(title)}</title>
<style>
${styles.map(read).join('')}</style>
</head>
<body>
<div id="page"></div>
<noscript>This page is drawn by a script, and scripts are switched off. 本页由脚本绘制，而脚本已被禁用。</noscript>
<script type="application/json" id="data">${embedded(data)}</script>
<script type="module">${code}</script>
</body>
</html>
`;
};

/** JSON that can stand in a script element: without `<`, no `</script>` and no `<!--` can occur. */
const embedded = (data: unknown): string => JSON.stringify(data).replaceAll('<', '\\u003c');

/**
 * The client's modules as one: types, imports and the word `export` are taken out, the rest is joined. Their top-level
 * names must differ, and a browser would refuse the page if they did not; the test sees it first.
 */
export const clientCode = (files: readonly string[]): string =>
  files
    .map((name) => {
      const code = quietly(() => stripTypeScriptTypes(read(`client/${name}.ts`)));
      return code
        .replaceAll(/^import\s[^;]*;$/gm, '')
        .replaceAll(/^export (?=const |function )/gm, '')
        .replaceAll(/[ \t]+$/gm, '')
        .replaceAll(/\n{2,}/g, '\n');
    })
    .join('\n');

/** Node says each time that `stripTypeScriptTypes` may change. Its version is pinned, and a reader can do nothing. */
const quietly = <T>(work: () => T): T => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
};
