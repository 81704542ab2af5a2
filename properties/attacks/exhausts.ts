/** Attacks on memory, on the stack, on parsers and on whoever listens. */
import { type Attack, at, entry, inRead, prepended, replaced, withLayout } from '#properties/attacks/attack.ts';

const stopped = (name: string, tries: string) => ({ name, tries, base: 'right', seen: 'stopped' }) as const;

const refused = (name: string, tries: string, source: (base: string) => string): Attack => ({
  name,
  tries,
  base: 'right',
  seen: 'refused',
  files: (base) => new Map([[entry, source(base)]]),
});

const deep = 20_000;

export const exhausts: readonly Attack[] = [
  inRead(
    stopped('fills-the-heap', 'exhausts memory by arrays'),
    'const all: unknown[] = []; for (;;) all.push(new Array(10_000).fill(all.length));',
  ),
  inRead(
    stopped('fills-it-by-strings', 'exhausts memory by strings'),
    "const all: string[] = []; for (let i = 0; ; i++) all.push([...('x'.repeat(100_000) + i)].join(''));",
  ),
  inRead(
    stopped('fills-it-by-closures', 'exhausts memory by closures'),
    'const all: (() => unknown)[] = []; for (;;) { const kept = new Array(1000).fill(0); all.push(() => kept); }',
  ),
  prepended(
    stopped('fills-it-at-import', 'exhausts memory while it is loaded'),
    'const all = new Map(); for (let i = 0; ; i++) all.set(i, { i, kept: [i, i, i, i] });',
  ),
  inRead(
    {
      name: 'fills-it-outside-the-heap',
      tries: 'exhausts memory that the limit of the heap does not count',
      base: 'right',
      seen: 'inert',
    },
    `const bytes = (globalThis as any).TextEncoder ? new TextEncoder().encode('x').constructor : (globalThis as any).Uint8Array ?? (globalThis as any).Compartment;
  if (bytes !== undefined) throw new Error('fills-it-outside-the-heap worked');`,
  ),
  inRead(
    { name: 'overflows-the-stack', tries: 'makes the host run at the end of the stack', base: 'right', seen: 'inert' },
    'const down = (): number => { try { return down() + 1; } catch { return 0; } }; down();',
  ),
  replaced(
    {
      name: 'leaves-a-micro-op-half-made',
      tries: 'makes micro-ops where there is no stack left for them',
      base: 'right',
      seen: 'inert',
      isCostly: true,
    },
    ['import {\n  type Address,', 'import {\n  register,\n  type Address,'],
    [
      at.read,
      `  const made = (): void => { try { load(pipe.ring.nread, 'plain'); } catch { /* no stack */ } };
  const down = (): void => { try { down(); } catch { /* no stack */ } made(); };
  down();
  register.pending = false;
${at.read}`,
    ],
  ),
  refused(
    'nests-parentheses',
    'kills the parser',
    (base) => `const a = ${'('.repeat(deep)}1${')'.repeat(deep)};\n${base}`,
  ),
  refused(
    'nests-types',
    'kills the type stripper',
    (base) => `type A = ${'['.repeat(deep)}1${']'.repeat(deep)};\n${base}`,
  ),
  refused(
    'nests-templates',
    'kills the parser',
    (base) => `const a = \`${'${`'.repeat(deep)}${'`}'.repeat(deep)}\`;\n${base}`,
  ),
  refused('adds-for-ever', 'kills the parser by one long sum', (base) => `const a = 1${'+1'.repeat(50_000)};\n${base}`),
  refused('never-ends-a-comment', 'kills the parser by a comment', (base) => `${base}\n/*${'/*'.repeat(50_000)}`),
  {
    name: 'hides-in-comments',
    tries: 'hides what it imports from whoever reads text',
    base: 'right',
    seen: 'refused',
    files: (base) =>
      new Map([[entry, `import /* x */ { readFileSync } /* y */ from /* z */ 'node:fs'; readFileSync;\n${base}`]]),
  },
  {
    name: 'has-ten-thousand-routines',
    tries: 'makes whoever looks for forgotten yields look for very long',
    base: 'right',
    seen: 'inert',
    files: (base) => {
      const names = Array.from({ length: 5000 }, (_, i) => `function* routine${i}(): any {}`);
      return new Map([[entry, `${base}\n${names.join('\n')}\n${'//import {\n'.repeat(5000)}`]]);
    },
  },
  withLayout(
    {
      name: 'lays-out-a-million-fields',
      tries: 'hands over a layout that is too large to send',
      base: 'right',
      seen: 'inert',
      isCostly: true,
    },
    'return { ...layout, more: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => ["f" + i, i])) };',
  ),
  withLayout(
    { name: 'lays-out-in-circles', tries: 'hands over a layout that contains itself', base: 'right', seen: 'inert' },
    'const round: any = { ...layout }; round.self = round; round.ring2 = { of: round }; return round;',
  ),
  withLayout(
    {
      name: 'lays-out-very-deep',
      tries: 'hands over a layout that is too deep to look through',
      base: 'right',
      seen: 'inert',
    },
    'const top: any = { ...layout }; for (let i = 0, in_ = top; i < 2_000; i++) in_ = in_.deeper = {}; return top;',
  ),
  withLayout(
    { name: 'lays-out-all-memory', tries: 'asks for more words than there are', base: 'right', seen: 'refused' },
    "memory.words('all', 2 ** 31); return layout;",
  ),
  withLayout(
    { name: 'lays-out-for-ever', tries: 'asks for words again and again', base: 'right', seen: 'refused' },
    "for (;;) memory.words('more', 100); return layout;",
  ),
  replaced(
    { name: 'floods-with-tracepoints', tries: 'fills the checker with what it tells', base: 'right', seen: 'inert' },
    ['import {\n  type Address,', 'import {\n  tracepoint,\n  type Address,'],
    [at.read, `  for (let i = 0; i < 300; i++) yield tracepoint('x'.repeat(10_000), i);\n${at.read}`],
  ),
];
