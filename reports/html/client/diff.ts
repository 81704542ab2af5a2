/** What an edit changes, line by line. */

/** A line that was kept, removed or added. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The lines of both texts: a longest common subsequence is kept. Edits are a few lines long, so the table is small. */
export const diffLines = (from: string, to: string): readonly DiffLine[] => {
  const a = from.split('\n');
  const b = to.split('\n');
  // common[i][j]: how many lines a[i..] and b[j..] have in common
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      (common[i] as number[])[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i] as string });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: a[i++] as string });
    } else {
      lines.push({ sign: '+', text: b[j++] as string });
    }
  }
  return lines;
};
