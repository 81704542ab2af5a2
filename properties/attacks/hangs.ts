/** Attacks that never come to an end, at every place where their code runs. */
import { type Attack, at, inRead, prepended, replaced, withLayout } from '#properties/attacks/attack.ts';

const stopped = (name: string, tries: string) => ({ name, tries, base: 'right', seen: 'stopped' }) as const;

export const hangs: readonly Attack[] = [
  prepended(stopped('loops-at-import', 'loops for ever while it is loaded'), 'for (;;);'),
  withLayout(stopped('loops-in-boot', 'loops for ever in boot'), 'for (;;); return layout;'),
  inRead(stopped('loops-between-yields', 'loops for ever between two micro-ops'), 'for (;;);'),
  withLayout(
    stopped('loops-in-a-getter', 'loops for ever when its layout is looked at'),
    'return { ...layout, get ring(): never { for (;;); } };',
  ),
  withLayout(
    stopped('loops-in-a-trap', 'loops for ever when its layout is looked at, by a proxy'),
    'return new Proxy(layout, { ownKeys: () => { for (;;); } });',
  ),
  replaced(stopped('loops-in-a-text', 'loops for ever when what it threw is shown'), [
    at.got,
    '  throw Object.defineProperty(new Error(), "message", { get: () => { for (;;); } });',
  ]),
  replaced(
    stopped('loops-in-a-register', 'loops for ever when a micro-op is looked at'),
    ['import {\n  type Address,', 'import {\n  register,\n  type Address,'],
    [
      at.got,
      '  Object.defineProperty(register, "kind", { get: () => { for (;;); }, set: () => {} });\n  yield load(ring.nread, "plain");\n  return got;',
    ],
  ),
  prepended(
    { ...stopped('loops-in-promises', 'starves the process by promises without end'), seen: 'inert' },
    'const again = (): Promise<void> => Promise.resolve().then(again); again();',
  ),
  inRead(stopped('backtracks', 'hangs in a regular expression'), `/^(a+)+$/.test('a'.repeat(60) + '!');`),
  inRead(
    stopped('computes-for-ever', 'hangs in one operation of the language'),
    '(3n ** 30_000_000n).toString(); 2n ** (2n ** 29n) % 3n;',
  ),
  prepended(
    {
      name: 'hangs-the-type-stripper',
      tries: 'is a short text that takes years to parse',
      base: 'right',
      seen: 'stopped',
    },
    `const never = ${'async <T>(a = '.repeat(60)}1${')'.repeat(60)};`,
  ),
  inRead(
    { name: 'yields-for-ever', tries: 'makes micro-ops for ever', base: 'right', seen: 'judged' },
    "for (;;) yield load(pipe.ring.nread, 'relaxed');",
  ),
  replaced(
    {
      name: 'stays-local-for-ever',
      tries: 'makes micro-ops that take no step, for ever',
      base: 'right',
      seen: 'judged',
    },
    ['import {\n  type Address,', 'import {\n  maskDepth,\n  type Address,'],
    [at.read, `  for (;;) yield maskDepth();\n${at.read}`],
  ),
];
