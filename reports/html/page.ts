import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { htmlEscape } from 'escape-goat';
import type { PageData } from '#reports/html/client/data.ts';
import { type PackedPage, pack } from '#reports/html/client/packed.ts';

/** The files that run in the browser, each after those it needs when it is read. */
export const clientFiles = [
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
  'orders',
  'figure',
  'overview',
  'story-view',
  'main',
] as const;

const styleFiles = [
  'page.css',
  'overview.css',
  'orders.css',
  'figure.css',
  'story.css',
  'picture.css',
  'weak.css',
  'narrow.css',
];

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/**
 * The page as one HTML file. It needs no network and works from a disk: style, code and data are inside. What the data
 * says is only ever shown as text; and the page's policy lets no other code run than its own, and nothing be fetched.
 */
export const renderPage = (data: PageData): string => {
  const code = clientCode();
  const hash = createHash('sha256').update(code).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${htmlEscape(policy)}">
<title>${htmlEscape(data.title)}</title>
<style>
${styleFiles.map(read).join('')}</style>
</head>
<body>
<div id="page"></div>
<noscript>This page is drawn by a script, and scripts are switched off. 本页由脚本绘制，而脚本已被禁用。</noscript>
<script type="application/json" id="data">${embedded({ ...data, stories: data.stories.map(pack) })}</script>
<script type="module">${code}</script>
</body>
</html>
`;
};

/** JSON that can stand in a script element: without `<`, no `</script>` and no `<!--` can occur. */
const embedded = (data: PackedPage): string => JSON.stringify(data).replaceAll('<', '\\u003c');

/**
 * The client's modules as one: types, imports and the word `export` are taken out, the rest is joined. Their top-level
 * names must differ, and a browser would refuse the page if they did not; the test sees it first.
 */
export const clientCode = (): string =>
  clientFiles
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
