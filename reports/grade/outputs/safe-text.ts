/** Text that others wrote, made safe to stand in ours: a submission may be called anything, and its messages say anything. */

/**
 * Characters that nobody sees and that change what is around them, or are none: controls, marks of direction, separators,
 * halves of characters.
 */
const unseen = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** The text with what cannot be seen written as its code. Tabs and ends of lines stay. */
export const visible = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll(unseen, (character) => `‹U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}›`);

/** Data with each text in it made visible. */
export const visibleIn = <Data>(data: Data): Data => {
  if (typeof data === 'string') return visible(data) as Data;
  if (Array.isArray(data)) return data.map(visibleIn) as Data;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, visibleIn(value)])) as Data;
};

/** The same on one line. */
export const visibleLine = (text: string): string => visible(text).replaceAll(/\s+/g, ' ').trim();

/** One line of Markdown that reads as this text, and is no markup. */
export const markdownLine = (text: string): string =>
  visibleLine(text)
    .replaceAll(/[\\`*_{}[\]<>#|~&!]/g, '\\$&')
    .replace(/^(\d*)(?=[-+=.)])/, '$1\\')
    .replaceAll('://', ':\\//');

/** Text as Markdown, its `code` as code. Lines and paragraphs stay. */
export const markdownText = (text: string): string =>
  text
    .split('\n')
    .map((line) =>
      line
        .split(/(`[^`]+`)/)
        .map((piece, i) => (i % 2 === 1 ? visible(piece) : edged(piece)))
        .join(''),
    )
    .join('\n');

/** A piece of a line keeps the spaces at its ends. */
const edged = (piece: string): string => {
  const [, before, inside, after] = /^(\s*)(.*?)(\s*)$/s.exec(piece) as unknown as [string, string, string, string];
  return `${before}${markdownLine(inside)}${after}`;
};

/** Text as code within a line. */
export const markdownCode = (text: string): string => {
  const ticks = '`'.repeat(longestTicks(text) + 1);
  const edge = /^`|`$/.test(text) ? ' ' : '';
  return `${ticks}${edge}${visibleLine(text)}${edge}${ticks}`;
};

/** Text as it is, in a block that it cannot end. */
export const markdownBlock = (text: string): string => {
  const fence = '`'.repeat(Math.max(3, longestTicks(text) + 1));
  return `${fence}text\n${visible(text)}\n${fence}`;
};

const longestTicks = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
