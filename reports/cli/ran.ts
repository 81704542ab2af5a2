import { main } from '#reports/cli/main.ts';

/** What a command line left behind: its exit code, and what it wrote to the two streams. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** Runs a command line in this process, as if not on a terminal. For tests. */
export const ran = async (...words: readonly string[]): Promise<Ran> => {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await main(['node', 'rendezvous', ...words], {
    out: (text) => out.push(text),
    note: (text) => notes.push(text),
    isTerminal: false,
    isColoured: false,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
};
