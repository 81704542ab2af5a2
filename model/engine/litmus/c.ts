import { lowerFunction } from '#model/engine/litmus/c-lower.ts';
import { parseFunction } from '#model/engine/litmus/c-parse.ts';
import { commentEnd, type FrontEnd, LitmusError } from '#model/engine/litmus/source.ts';
import type { LitmusThread } from '#spec/machine/memory/program.ts';

const between = /\s+|\/\/[^\n]*|\/\*.*?\*\/|regions:[^\n]*/sy;
const functionHead = /(void\s+)?P\d+\s*\(/y;

/** Where the next function, or what follows the last, begins: after blanks, comments, and a line that OpenCL needs. */
const next = (text: string, offset: number): number => {
  for (let at = offset; ; ) {
    between.lastIndex = at;
    if (between.test(text)) at = between.lastIndex;
    else if (text.startsWith('(*', at)) at = commentEnd(text, at);
    else return at;
  }
};

/** The C of herd: `P0 (atomic_int *x) { ... }`, one function a thread. */
export const c: FrontEnd = {
  threads: (text, offset, setup) => {
    const threads: LitmusThread[] = [];
    for (let at = next(text, offset); ; ) {
      functionHead.lastIndex = at;
      if (!functionHead.test(text)) {
        if (threads.length > 0) return { threads, end: at };
        throw new LitmusError('syntax', at, 'there are no threads', 'expected P0 (...) { ... }');
      }
      const { read, end } = parseFunction(text, at);
      if (read.thread !== threads.length) {
        throw new LitmusError('syntax', read.offset, `P${read.thread}`, `expected P${threads.length}`);
      }
      threads.push(lowerFunction(read, setup));
      at = next(text, end);
    }
  },
  registerNamed: (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : null),
};
