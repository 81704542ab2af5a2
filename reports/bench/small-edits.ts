import type { Edit } from '#model/engine/load/hooks.ts';

/** A small edit of a file, where it is, and what it does, for people. */
export interface SmallEdit extends Edit {
  readonly line: number;
  readonly change: string;
}

const weaker: Readonly<Record<string, readonly string[]>> = {
  seq_cst: ['acq_rel', 'acquire', 'release', 'relaxed'],
  acq_rel: ['acquire', 'release'],
  acquire: ['relaxed'],
  release: ['relaxed'],
};

/** What a piece of a line may become. */
const swaps: readonly (readonly [RegExp, (found: string) => readonly string[]])[] = [
  [/'(seq_cst|acq_rel|acquire|release)'/g, (found) => (weaker[found.slice(1, -1)] ?? []).map((order) => `'${order}'`)],
  [/ === /g, () => [' !== ']],
  [/ !== /g, () => [' === ']],
  [/ < /g, () => [' <= ']],
  [/ <= /g, () => [' < ']],
  [/ > /g, () => [' >= ']],
  [/ >= /g, () => [' > ']],
  [/ && /g, () => [' || ']],
  [/ \|\| /g, () => [' && ']],
  [/ \+ 1\b/g, () => ['']],
  [/ - 1\b/g, () => ['']],
  [/\b0\b/g, () => ['1']],
  [/\b1\b/g, () => ['0', '2']],
  [/\btrue\b/g, () => ['false']],
  [/\bfalse\b/g, () => ['true']],
  [/\bcontinue;/g, () => ['break;']],
  [/\bbreak;/g, () => ['continue;']],
];

const isCode = (line: string): boolean =>
  !/^\s*(\/\/|\/?\*|import |export \{|\}|\)|type |readonly |[\w$]+,$)/.test(line) && line.trim() !== '';

/** A statement that may simply be left out. */
const isStatement = (line: string): boolean =>
  /^\s+(yield|if \(.*\) (yield|return|continue|break)|\w[\w.]* [+-]?= ).*;$/.test(line);

/** Every small edit of a text, in order. An edit is of so many lines around that they are there once. */
export const editsOf = (file: string, text: string): SmallEdit[] => {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    if (!isCode(line)) return [];
    const code = line.replace(/\s*\/\/ .*$/, '');
    const changed = swaps.flatMap(([pattern, become]) =>
      [...code.matchAll(pattern)].flatMap(({ 0: found, index }) =>
        become(found).map((to) => code.slice(0, index) + to + code.slice(index + found.length)),
      ),
    );
    if (isStatement(code)) changed.push('');
    return changed.flatMap((to) => {
      const edit = unique(file, text, lines, at, to);
      return edit ? [{ ...edit, line: at + 1, change: `${line.trim()} => ${to.trim() || '(nothing)'}` }] : [];
    });
  });
};

/** A line's edit, with as many lines before it as make it the only place; undefined: it is not even then. */
const unique = (file: string, text: string, lines: readonly string[], at: number, to: string): Edit | undefined => {
  for (let from = at; from >= 0 && from > at - 12; from--) {
    const before = lines.slice(from, at);
    const found = [...before, lines[at]].join('\n');
    if (text.split(`\n${found}\n`).length === 2) {
      return { file, from: `\n${found}\n`, to: `\n${[...before, to].join('\n')}\n` };
    }
  }
  return undefined;
};
