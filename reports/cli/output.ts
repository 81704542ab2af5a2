import { styleText } from 'node:util';

/** Where a command writes: results on stdout, everything else on stderr. A test gives its own. */
export interface Output {
  /** Results for people, or the one JSON document. */
  out(text: string): void;
  /** Progress, warnings and errors. */
  note(text: string): void;
  /** Whether progress may be drawn over itself. */
  readonly isTerminal: boolean;
  /** Whether results may be coloured. */
  readonly isColoured: boolean;
}

export type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim' | 'cyan';

/** Text in a style, where colours are wanted. */
export const styled = (output: Output, style: Style, text: string): string =>
  output.isColoured ? styleText(style, text, { validateStream: false }) : text;

/** Whoever reads our output may stop reading (`| head`): then there is nobody left to tell. */
const stopWhenUnread = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
};

/** The process's own streams. */
export const processOutput = (): Output => {
  process.stdout.on('error', stopWhenUnread);
  process.stderr.on('error', stopWhenUnread);
  return streams;
};

const streams: Output = {
  out: (text) => {
    process.stdout.write(`${text}\n`);
  },
  note: (text) => {
    process.stderr.write(`${text}\n`);
  },
  isTerminal: process.stderr.isTTY === true,
  isColoured: process.stdout.isTTY === true && !process.env['NO_COLOR'],
};
