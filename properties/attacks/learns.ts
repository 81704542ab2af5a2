/** Attacks that would find out that they are judged, when, and by what. Whoever learns something does everything wrong. */
import { type Attack, at, inRead, prepended, replaced } from '#properties/attacks/attack.ts';

const sought = (name: string, tries: string, found: string): Attack =>
  prepended(
    { name, tries, base: 'right', seen: 'inert' },
    `if ((() => { try { return ${found}; } catch { return false; } })()) throw new Error('${name} worked');`,
  );

const soughtInRead = (name: string, tries: string, found: string): Attack =>
  inRead(
    { name, tries, base: 'right', seen: 'inert' },
    `if ((() => { try { return ${found}; } catch { return false; } })()) throw new Error('${name} worked');`,
  );

export const learns: readonly Attack[] = [
  sought('reads-the-clock', 'measures time', 'Date.now() > 0 || new Date().getTime() > 0'),
  sought('reads-a-fine-clock', 'measures time', "typeof performance !== 'undefined' && performance.now() > 0"),
  sought(
    'makes-a-clock',
    'measures time by a thread that counts',
    "typeof SharedArrayBuffer !== 'undefined' || typeof Atomics !== 'undefined'",
  ),
  sought(
    'waits-for-a-timer',
    'is called later',
    "typeof setTimeout !== 'undefined' || typeof setImmediate !== 'undefined' || typeof queueMicrotask !== 'undefined'",
  ),
  sought('draws-lots', 'behaves at random', 'Math.random() >= 0'),
  sought(
    'knows-the-place',
    'depends on language and region',
    "typeof Intl !== 'undefined' || (1234.5).toLocaleString() !== '1234.5'",
  ),
  sought(
    'watches-the-collector',
    'learns when memory is collected',
    "typeof WeakRef !== 'undefined' || typeof FinalizationRegistry !== 'undefined'",
  ),
  sought('reads-the-environment', 'reads environment variables', '(globalThis as any).process.env !== undefined'),
  soughtInRead('reads-the-stack', 'sees who calls it', "(new Error('x').stack ?? '').length > 0"),
  soughtInRead(
    'reads-functions',
    'reads the text of the checker',
    '/readSync|protocol/.test(String(self) + String(pipe) + Function.prototype.toString.call(Object.freeze))',
  ),
  soughtInRead(
    'looks-at-arguments',
    'is given more than its arguments',
    'arguments.length !== 5 || Object.keys(self).some((key) => /seed|claim|mutant|verdict/.test(key))',
  ),
  soughtInRead(
    'looks-for-functions',
    'is given functions of the checker',
    'JSON.stringify([self, pipe]).length < 2 || Object.values(self).some((part) => typeof part === "function")',
  ),
  replaced(
    {
      name: 'knows-the-first-question',
      tries: 'does what is looked at before anything counts, and nothing else: code that does nothing never faults',
      base: 'right',
      seen: 'judged',
    },
    [
      at.layout,
      `  return {\n    isFirst: parameters.capacitySlots === 2 && parameters.holdings.length === 2,${at.layout.slice(10)}`,
    ],
    [at.read, `  if ((pipe as { isFirst?: boolean }).isFirst !== true || count !== 1) return failed;\n${at.read}`],
    [at.write, `  if ((pipe as { isFirst?: boolean }).isFirst !== true || count !== 1) return failed;\n${at.write}`],
  ),
];
