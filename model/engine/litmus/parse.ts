import { frontEnds } from '#model/engine/litmus/front-ends.ts';
import { observe } from '#model/engine/litmus/observation.ts';
import { ending } from '#model/engine/litmus/question.ts';
import { InitialState } from '#model/engine/litmus/setup.ts';
import { commentEnd, LitmusError } from '#model/engine/litmus/source.ts';
import type { LitmusTest } from '#model/engine/litmus/test.ts';
import { Tokens } from '#model/engine/litmus/tokens.ts';
import type { Architecture } from '#spec/machine/memory/program.ts';

/** herd's default: a loop is unrolled twice. */
const backwardBranchesMax = 2;

/** The enumeration multiplies what the threads may do: more of them than this and nobody would wait for the end. */
const threadsMax = 16;

/**
 * Reads a litmus test: `ARCHITECTURE name`, a title and `key=value` lines, the initial state, the threads, what is to
 * be shown, the question.
 * @throws LitmusError
 */
export const parseLitmus = (text: string): LitmusTest => {
  const { architecture, name, end } = header(text);
  const frontEnd = frontEnds[architecture as Architecture];
  if (!frontEnd) {
    const known = `known are ${Object.keys(frontEnds).join(', ')}`;
    throw new LitmusError('unsupported', 0, `the architecture '${architecture}'`, known);
  }
  const setupTokens = new Tokens(text, initialStateAt(text, end));
  const setup = new InitialState(setupTokens);
  setupTokens.takeIf(';');
  const body = frontEnd.threads(text, setupTokens.end, setup);
  if (body.threads.length > threadsMax) {
    const problem = `${body.threads.length} threads`;
    throw new LitmusError('bound', setupTokens.end, problem, `tests of at most ${threadsMax} are run`);
  }
  const asked = ending(new Tokens(text, body.end));
  const { threads, observed, shown, resolve } = observe(asked, body.threads, setup, frontEnd);
  return {
    program: {
      name,
      architecture: architecture as Architecture,
      threads,
      locations: setup.locations,
      initial: setup.initial(),
      observed,
      backwardBranchesMax,
    },
    shown,
    filter: asked.filter && resolve(asked.filter),
    quantifier: asked.quantifier,
    proposition: resolve(asked.proposition),
  };
};

/** The first line. */
const header = (text: string): { architecture: string; name: string; end: number } => {
  const found = /^\s*(\w+)[ \t]+(\S.*)/.exec(text);
  if (!found) throw new LitmusError('syntax', 0, 'no litmus test begins so', 'expected an architecture and a name');
  const [line, architecture, name] = found as unknown as [string, string, string];
  return { architecture, name: name.replace(/\s*""\s*$/, '').trim(), end: line.length };
};

/** Where the initial state begins: after lines that say nothing about the program. */
const initialStateAt = (text: string, offset: number): number => {
  const line = /\s*(?:(\{)|("[^"]*")|(\(\*)|([\w.-]+[ \t]*=.*))/y;
  for (let at = offset; ; ) {
    line.lastIndex = at;
    const found = line.exec(text);
    if (!found) {
      const start = at + (/\S/.exec(text.slice(at)) ?? { index: 0 }).index;
      throw new LitmusError(
        'syntax',
        start,
        'no initial state',
        "expected '{', a title in quotes or a line `key=value`",
      );
    }
    if (found[1]) return line.lastIndex - 1;
    at = found[3] ? commentEnd(text, line.lastIndex - 2) : line.lastIndex;
  }
};
