/** Source text in two columns: the functions of one file beside those of the same name in another. */

interface Piece {
  /** The function that the piece declares; empty for what stands before the first. */
  readonly name: string;
  readonly lines: readonly string[];
}

const declaration = /^(?:export )?(?:const|function\*?|interface|type|class) (\w+)/;

/** Cuts a source into its top-level declarations, each with the comment above it. Imports are left out. */
const piecesOf = (source: string): Piece[] => {
  const blocks = source.trimEnd().split(/\n\n(?=\S)/);
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    if (lines.some((line) => /^import /.test(line))) return [];
    const name = lines.map((line) => line.match(declaration)?.[1]).find((found) => found !== undefined) ?? '';
    return [{ name, lines }];
  });
};

/** A line in pieces of at most `width` characters; what follows the first is indented with a sign. */
const wrap = (line: string, width: number): string[] => {
  if (line.length <= width) return [line];
  return [line.slice(0, width), ...wrap(`   ↪ ${line.slice(width)}`, width)];
};

/** The two sources side by side, `width` characters in all. What has no partner stands alone in its column. */
export const besides = (left: string, right: string, leftName: string, rightName: string, width: number): string[] => {
  const column = Math.floor((width - 3) / 2);
  const rights = piecesOf(right);
  const row = (a: string, b: string): string => `${a.padEnd(column)} │ ${b}`.trimEnd();
  const lines = [row(leftName, rightName), row('─'.repeat(column), '─'.repeat(column))];
  const rest = new Set(rights);
  const put = (a: Piece | undefined, b: Piece | undefined): void => {
    const lefts = a?.lines.flatMap((line) => wrap(line, column)) ?? [];
    const partners = b?.lines.flatMap((line) => wrap(line, column)) ?? [];
    const height = Math.max(lefts.length, partners.length);
    for (let i = 0; i < height; i++) lines.push(row(lefts[i] ?? '', partners[i] ?? ''));
    lines.push(row('', ''));
  };
  for (const piece of piecesOf(left)) {
    const partner = piece.name === '' ? undefined : rights.find((candidate) => candidate.name === piece.name);
    if (partner) rest.delete(partner);
    put(piece, partner);
  }
  for (const piece of rest) put(undefined, piece);
  return lines;
};
