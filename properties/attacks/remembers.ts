/** Attacks that keep something where threads cannot: in variables. What is judged is what their micro-ops deserve. */
import { type Attack, at, prepended, replaced } from '#properties/attacks/attack.ts';

const judged = (name: string, tries: string) => ({ name, tries, base: 'right', seen: 'judged' }) as const;

/** The bytes go from `write` to `read` by `put` and `got`, and the ring is never touched. */
const beside = (name: string, tries: string, variable: string, put: string, got: string): Attack =>
  replaced(
    judged(name, tries),
    ['/** Makes a pipe and stores', `${variable}\n/** Makes a pipe and stores`],
    [`      yield store(ring.data + ((nwrite + stored) & (capacity - 1)), byte, 'plain', 'pipe.put');`, `      ${put}`],
    [
      `    const byte = yield load(ring.data + ((nread + got) & (capacity - 1)), 'plain', 'pipe.get');`,
      `    const byte = ${got};`,
    ],
  );

export const remembers: readonly Attack[] = [
  beside(
    'keeps-a-queue',
    'hands the bytes over in an array',
    'const queue: number[] = [];',
    'queue.push(byte);',
    'queue.shift() ?? 0',
  ),
  beside(
    'keeps-a-map',
    'hands the bytes over in a map',
    'const bytes = new Map<number, number>();',
    'bytes.set((nwrite + stored) | 0, byte);',
    'bytes.get((nread + got) | 0) ?? 0',
  ),
  beside(
    'keeps-it-globally',
    'hands the bytes over in the global object',
    '',
    '((globalThis as any).queue ??= []).push(byte);',
    '((globalThis as any).queue ??= []).shift() ?? 0',
  ),
  beside(
    'keeps-it-in-a-function',
    'hands the bytes over on a function',
    '',
    '((read as any).queue ??= []).push(byte);',
    '((read as any).queue ??= []).shift() ?? 0',
  ),
  replaced(
    judged('behaves-at-first', 'is right the first forty times only'),
    ['/** Makes a pipe and stores', 'const counted = { times: 0 };\n/** Makes a pipe and stores'],
    [at.got, '  return counted.times++ < 40 ? got : got + 1;'],
  ),
  replaced(
    judged('behaves-later', 'is wrong the first time only, so that nobody can see it again'),
    ['/** Makes a pipe and stores', 'const counted = { times: 0 };\n/** Makes a pipe and stores'],
    [at.got, '  return counted.times++ === 0 ? got + 1 : got;'],
  ),
  replaced(
    judged('changes-its-mind', 'makes other micro-ops each time that it is asked'),
    ['/** Makes a pipe and stores', 'const counted = { times: 0 };\n/** Makes a pipe and stores'],
    [at.read, `  if (counted.times++ % 2 === 1) yield store(pipe.ring.nwrite, counted.times, 'plain');\n${at.read}`],
  ),
  prepended(
    {
      name: 'keeps-what-is-pure',
      tries: 'keeps in a map what depends on nothing else, as an honest student may',
      base: 'right',
      seen: 'inert',
    },
    'const known = new Map<number, number>(); for (let i = 0; i < 10; i++) known.set(i, i * i);',
  ),
];
