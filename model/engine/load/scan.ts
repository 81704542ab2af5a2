/** What no compiler and no linter finds in a routine, found in its text. */

export interface Finding {
  readonly line: number;
  readonly problem: string;
  readonly remedy: string;
}

const microOps =
  'load|store|compareAndSwap|fetchAdd|swap|awaitWord|awaitOther|fence|switchTo|idle|sendInterrupt|allocate|free|pause|copyIn|copyOut|maskInterrupts|unmaskInterrupts|maskDepth|coreNumber|panic|activate|activeSpace|tracepoint';

const unyielded = new RegExp(`^\\s*(await\\s+)?(${microOps})\\(`);

/** A call, but not of a method, and not one that `yield*` or an arrow runs. */
const called = /(?<![.\w*]|function\*\s|yield\*\s|=>\s|\byield\*\s\()\b(\w+)\(/g;

/** How a line ends whose last words run what the next one begins with: a formatter breaks long lines there. */
const runsWhatFollows = /(=>|\byield\*?|\byield\*? \()\s*$/;

/** A string; one that is not closed goes to the end of its line. */
const strings = /'(?:[^'\\]|\\.?)*(?:'|$)|"(?:[^"\\]|\\.?)*(?:"|$)|`(?:[^`\\]|\\.?)*(?:`|$)/g;

/**
 * Finds micro-ops that are made and not yielded, generator calls that are not run with `yield*`, and variables that
 * outlive a call. Reads text, not syntax: routines of `text` itself and of files it imports by name are known, code
 * built from strings is not. Takes time in proportion to the text, whatever is in it: who wrote it may mean no good.
 */
export const scanRoutines = (text: string): Finding[] => {
  const local = [...text.matchAll(/function\*\s+(\w+)/g)].map((match) => match[1] as string);
  const imported = [...text.matchAll(/import\s+\{([^{}]*)\}\s+from\s+'([^']*)'/g)].flatMap(([, names, from]) =>
    from?.includes('/sync/') === true
      ? (names as string)
          .split(',')
          .map((name) => name.trim())
          .filter((name) => /^[a-z]\w*$/.test(name) && !/^(layout|wordsOf)/.test(name))
      : [],
  );
  const routines = new Set([...local, ...imported]);
  let isRun = false; // by the line before
  return text.split('\n').flatMap((code, index) => {
    const bare = code
      .replace(strings, "''")
      .replace(/\/\/.*$/, '')
      .replace(/^\s*(\/?\*).*$/, '');
    const line = index + 1;
    const found: Finding[] = [];
    const isFirstRun = isRun;
    if (bare.trim() !== '') isRun = runsWhatFollows.test(bare.slice(-200));
    if (!isFirstRun && unyielded.test(bare)) {
      found.push({ line, problem: 'a micro-op is made but not yielded', remedy: 'write `yield` before it' });
    }
    const calls = [...bare.matchAll(called)].filter(({ index: at }) => !isFirstRun || bare.slice(0, at).trim() !== '');
    if (calls.some(([, name]) => routines.has(name as string))) {
      found.push({ line, problem: 'a routine is called but not run', remedy: 'write `yield*` before the call' });
    }
    if (/^(export\s+)?(let|var)\s/.test(bare)) {
      found.push({
        line,
        problem: 'a variable outlives the call: threads share nothing but simulated memory',
        remedy: 'keep it in a word that `boot` lays out',
      });
    }
    return found;
  });
};
