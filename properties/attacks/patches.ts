/** Attacks that change what everybody uses. Their code is wrong, and would be right if the checker could be made to say so. */
import { type Attack, prepended } from '#properties/attacks/attack.ts';

const patch = (name: string, tries: string, code: string): Attack =>
  prepended({ name, tries, base: 'wrong', seen: 'inert' }, `try { ${code} } catch { /* not possible */ }`);

export const patches: readonly Attack[] = [
  patch(
    'patches-arrays',
    'makes lists of findings empty',
    'Array.prototype.push = () => 0; Array.prototype.filter = () => [] as never;',
  ),
  patch(
    'patches-array-iteration',
    'makes loops over findings end',
    '(Array.prototype as any)[Symbol.iterator] = function* () {};',
  ),
  patch(
    'patches-then',
    'is asked for whatever is awaited',
    '(Object.prototype as any).then = (done: (value: unknown) => void) => done({ exports: [] });',
  ),
  patch(
    'patches-generators',
    'forges what every routine does',
    '(Object.getPrototypeOf(function* () {}) as any).prototype.next = () => ({ done: true, value: 0 });',
  ),
  patch(
    'patches-maps',
    'forges what is remembered',
    'Map.prototype.get = () => undefined; Map.prototype.has = () => true;',
  ),
  patch(
    'patches-json',
    'forges every message',
    `JSON.stringify = () => '{"steps":[{"returned":0,"pending":null}],"guesses":[],"digest":0}';`,
  ),
  patch(
    'patches-json-of-all',
    'forges every message',
    `(Object.prototype as any).toJSON = () => ({ returned: 0, pending: null });`,
  ),
  patch(
    'patches-promises',
    'runs in between',
    'Promise.prototype.then = (() => ({})) as never; (Promise as any).resolve = () => 0;',
  ),
  patch(
    'patches-functions',
    'sees what is called with what',
    'Function.prototype.call = Function.prototype.apply = (() => 0) as never;',
  ),
  patch(
    'patches-numbers',
    'passes every check of a number',
    'Number.isInteger = Number.isFinite = (() => true) as never; Math.max = () => 0;',
  ),
  patch(
    'patches-strings',
    'forges texts',
    "String.prototype.slice = () => 'holds'; (String.prototype as any).toString = () => 'holds';",
  ),
  patch(
    'patches-objects',
    'keeps things from being frozen',
    'Object.freeze = ((o: unknown) => o) as never; Object.entries = (() => []) as never;',
  ),
  patch(
    'patches-errors',
    'forges what is caught',
    "Error.prototype.name = 'ok'; (Error as any)[Symbol.hasInstance] = () => false;",
  ),
  patch(
    'patches-species',
    'is asked to make arrays',
    '(Array as any)[Symbol.species] = class { constructor() { for (;;); } }; Object.defineProperty(Array, Symbol.species, { value: 0 });',
  ),
  patch(
    'pollutes-by-proto',
    'gives every object a verdict',
    `({} as any).__proto__.verdict = 'holds'; ({} as any).__proto__.score = 100;`,
  ),
  patch(
    'pollutes-by-constructor',
    'gives every object a verdict',
    `({} as any).constructor.prototype.verdict = 'holds';`,
  ),
  patch(
    'pollutes-by-json',
    'gives every object a verdict',
    `Object.assign({}, JSON.parse('{"__proto__":{"verdict":"holds"}}')); `,
  ),
  patch(
    'pollutes-by-define',
    'gives every object a verdict',
    `Object.defineProperty(Object.prototype, 'verdict', { get: () => 'holds' }); Reflect.setPrototypeOf(Object.prototype, { score: 100 });`,
  ),
  patch(
    'replaces-globals',
    'forges what the host calls by name',
    `Object.assign(globalThis, { JSON: { stringify: () => '{}' }, Object: null, Array: null, Map: null });`,
  ),
  patch(
    'replaces-the-console',
    'hides or forges output',
    "(globalThis as any).console = new Proxy({}, { get: () => () => { throw new Error('x'); } });",
  ),
];
