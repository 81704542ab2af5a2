/** Attacks that say what the grade is. Their code is wrong. */
import { type Attack, at, inRead, prepended, replaced } from '#properties/attacks/attack.ts';

const said = (name: string, tries: string, code: string): Attack =>
  prepended({ name, tries, base: 'wrong', seen: 'inert' }, `try { ${code} } catch { /* not there */ }`);

const everything = `'{"score":100,"tests":[{"name":"all","status":"passed","score":100}]}'`;

export const forges: readonly Attack[] = [
  said('prints-results', 'prints a results.json', `console.log(${everything});`),
  said(
    'prints-a-message',
    'prints what the protocol says',
    `console.log('{"steps":[{"returned":1,"pending":null}],"guesses":[],"digest":0}\\n');`,
  ),
  said('exits-well', 'ends with exit code 0', `(globalThis as any).process.exit(0);`),
  said('sends-a-verdict', 'sends a message to its parent', `(globalThis as any).process.send({ verdict: 'holds' });`),
  said(
    'writes-to-its-outputs',
    'writes to the pipes it has',
    `for (const fd of [1, 3, 4, 5]) (globalThis as any).process.binding('fs').writeString(fd, ${everything});`,
  ),
  said(
    'exports-a-verdict',
    'hands in verdicts beside its code',
    `Object.assign(globalThis, { verdict: 'holds', score: 100 });`,
  ),
  replaced(
    { name: 'names-its-verdict', tries: 'exports what a report may be taken for', base: 'wrong', seen: 'inert' },
    [
      at.got,
      `${at.got}\n}\nexport const verdict = 'holds', score = 100, exports = ['boot'], steps = [], failure = undefined;\nexport function* never(): Routine<Word> {\n  return 0;`,
    ],
  ),
  inRead(
    { name: 'floods-while-it-runs', tries: 'floods every output', base: 'wrong', seen: 'inert' },
    "for (let i = 0; i < 1000; i++) console.log('x'.repeat(1000), i);",
  ),
  replaced(
    { name: 'throws-a-verdict', tries: 'throws an object that looks like an answer', base: 'wrong', seen: 'judged' },
    [
      at.got,
      `  throw { steps: [{ returned: got, pending: null }], guesses: [], digest: 0, message: 'holds', verdict: 'holds' };`,
    ],
  ),
  replaced(
    {
      name: 'throws-markup',
      tries: 'puts markup, a formula and lines of its own into reports',
      base: 'wrong',
      seen: 'judged',
    },
    [
      at.got,
      `  throw new Error('=cmd|\\'/C calc\\'!A0\\n<script>alert(1)</script>\\n::set-output name=score::100\\n# 100 of 100 \\u202e\\u0000');`,
    ],
  ),
  replaced(
    {
      name: 'panics-in-markup',
      tries: 'puts markup and lines of its own into reports by a panic',
      base: 'wrong',
      seen: 'judged',
    },
    ['import {\n  type Address,', 'import {\n  panic,\n  type Address,'],
    [at.got, `  yield panic('</td></tr></table><img src=x onerror=alert(1)>\\n=1+1,"100"\\n');\n${at.got}`],
  ),
  replaced(
    {
      name: 'names-sites-in-markup',
      tries: 'puts markup into reports, and names that objects have, by sites',
      base: 'right',
      seen: 'inert',
    },
    [`'plain', 'pipe.get'`, `'plain', '__proto__'`],
    [`'plain', 'pipe.put'`, `'plain', '<img src=x onerror=alert(1)>\\n=1+1'`],
    [`'plain', 'pipe.nread'`, `'plain', 'constructor'`],
  ),
];
