import { SuiteError } from '#model/suite-error.ts';
import type { LitmusThread, LocationId, Value } from '#spec/machine/memory/program.ts';

/**
 * What a litmus test cannot be run for. `syntax`: it is no litmus test. `unsupported`: it is one, with something in it
 * that is not in the subset. `bound`: it is one, and too large.
 */
export type Trouble = 'syntax' | 'unsupported' | 'bound';

const codes: Readonly<Record<Trouble, string>> = { syntax: 'S501', unsupported: 'S502', bound: 'S503' };

/** A finding about a litmus test, at an offset into its text; whoever knows the text adds line and column. */
export class LitmusError extends SuiteError {
  readonly trouble: Trouble;
  readonly offset: number;
  /** `problem`: for syntax, what was found; for the rest, what is too much. `remedy`: what was expected, or is known. */
  constructor(trouble: Trouble, offset: number, problem: string, remedy: string) {
    super(codes[trouble], problem, remedy);
    this.name = 'LitmusError';
    this.trouble = trouble;
    this.offset = offset;
  }
}

/** Line and column of an offset, both from 1. */
export const placeOf = (text: string, offset: number): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
};

/** A piece of the source, and where it begins in it. */
export interface Fragment {
  readonly text: string;
  readonly offset: number;
}

/** What `{ ... }` says of a register: `int64_t 0:X1 = 2`. */
export interface InitialRegister {
  readonly thread: number;
  /** As the source writes it. */
  readonly name: string;
  /** Zero if it is only declared. */
  readonly value: Value;
  readonly offset: number;
}

/** What a front end knows of the rest of the test. */
export interface Setup {
  /** What the registers hold at the start, in the order of the source. */
  readonly registers: readonly InitialRegister[];
  /** The location of a name; one not met before is a new one, that holds 0. */
  location(name: string): LocationId;
  /** The threads say that a location, or a register of a thread, has 64 bits. What the initial state says goes first. */
  widenLocation(name: string): void;
  widenRegister(thread: number, name: string): void;
}

/** The address of a location, as a value. Source: LocationId. */
export const addressOf = (location: LocationId): Value => BigInt(location + 1) << 16n;

/** The threads of a test, and the offset at which they end: there the locations and the question begin. */
export interface Body {
  readonly threads: readonly LitmusThread[];
  readonly end: number;
}

/** What translates the threads of one architecture. */
export interface FrontEnd {
  /**
   * Reads the threads from `offset` on. `text` is the whole file, comments and all.
   * @throws LitmusError
   */
  threads(text: string, offset: number, setup: Setup): Body;
  /** The one name of a register that a question may name in several ways (`W0` is `X0`); null: it is no register. */
  registerNamed(name: string): string | null;
}

/**
 * Where a comment that begins at `offset` ends: `(* ... *)`, and they nest.
 * @throws LitmusError if it does not
 */
export const commentEnd = (text: string, offset: number): number => {
  const mark = /\(\*|\*\)/g;
  mark.lastIndex = offset;
  let depth = 0;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    depth += found[0] === '(*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  throw new LitmusError('syntax', offset, 'a comment that does not end', 'expected `*)`');
};

/** The text with its comments made blank from `offset` on: every offset stays what it was. */
const withoutComments = (text: string, offset: number): string => {
  let blanked = text;
  for (let at = text.indexOf('(*', offset); at >= 0; at = blanked.indexOf('(*', at)) {
    const end = commentEnd(text, at);
    blanked = blanked.slice(0, at) + blanked.slice(at, end).replace(/[^\n]/g, ' ') + blanked.slice(end);
  }
  return blanked;
};

/** A line that no thread has, which ends the threads: `exists ...`. */
const afterThreads = /^[ \t]*(?:locations|filter|observed|forall|exists|final|~\s*exists|not\s+exists)\b/gm;

/**
 * The columns of an assembler test, one a thread: its instructions, in order, labels still before them.
 * @throws LitmusError if the first line is not `P0 | P1 ... ;`, or another has more cells than that.
 */
export const columns = (text: string, offset: number): { columns: readonly Fragment[][]; end: number } => {
  const blanked = withoutComments(text, offset);
  afterThreads.lastIndex = offset;
  const end = afterThreads.exec(blanked)?.index ?? text.length;
  const rows: Fragment[][] = [];
  let at = offset;
  for (const row of blanked.slice(offset, end).split(';')) {
    const cells: Fragment[] = [];
    let cellAt = at;
    for (const cell of row.split('|')) {
      cells.push({ text: cell.trim(), offset: cellAt + cell.length - cell.trimStart().length });
      cellAt += cell.length + 1;
    }
    rows.push(cells);
    at += row.length + 1;
  }
  const rest = rows.pop();
  if (rest?.some(({ text: cell }) => cell !== '')) {
    throw new LitmusError('syntax', rest[0]?.offset ?? end, 'a line of code that does not end', 'end it with `;`');
  }
  const header = rows.shift() ?? [];
  for (const [thread, cell] of header.entries()) {
    if (!new RegExp(`^P${thread}\\b`).test(cell.text)) {
      throw new LitmusError('syntax', cell.offset, `'${cell.text}' heads column ${thread}`, `expected P${thread}`);
    }
  }
  const wide = rows.find((row) => row.length > header.length);
  if (wide) {
    const extra = wide[header.length] as Fragment;
    throw new LitmusError('syntax', extra.offset, 'a line has more cells than there are threads', 'remove a `|`');
  }
  if (header.length === 0) {
    throw new LitmusError('syntax', offset, 'there are no threads', 'expected `P0 | P1 ;` and their instructions');
  }
  return {
    columns: header.map((_, thread) => rows.flatMap((row) => row[thread] ?? []).filter((cell) => cell.text !== '')),
    end,
  };
};
