/** Attacks that make code of strings, and look for the true global object with it. */
import { type Attack, prepended } from '#properties/attacks/attack.ts';

/** `code` is an expression; it has escaped if it gives something that has Node's `process`. */
const escaping = (name: string, tries: string, code: string): Attack =>
  prepended(
    { name, tries, base: 'right', seen: 'inert' },
    `const reached = (() => { try { return ${code}; } catch { return undefined; } })();
if ((reached as { process?: unknown } | undefined)?.process !== undefined) throw new Error('${name} worked');`,
  );

export const evaluates: readonly Attack[] = [
  escaping(
    'constructor-constructor',
    'reaches Function by a value',
    "({} as any).constructor.constructor('return this')()",
  ),
  escaping(
    'generator-constructor',
    'reaches it by a generator',
    "(function* () {}.constructor as any)('yield this')().next().value",
  ),
  escaping('async-constructor', 'reaches it by an async function', "(async () => {}).constructor('return this')()"),
  escaping(
    'arrow-constructor',
    'reaches it by a method of the checker',
    "(Object.freeze as any).constructor('return this')()",
  ),
  escaping('indirect-eval', 'evaluates in the global scope', "(0, globalThis['eval'])('this')"),
  escaping('sloppy-this', 'runs a function whose this is global', '(function () { return this; } as any)()'),
  escaping('caller', 'walks up the stack', '(function f() { return (f as any).caller; })()'),
  escaping('arguments-caller', 'walks up the stack', '(function () { return (arguments as any).callee.caller; })()'),
  escaping('proxied-global', 'reads globals through a proxy', 'new Proxy(globalThis, {}) as any'),
  escaping(
    'prototype-of-the-global',
    'looks behind the global object',
    'Object.getPrototypeOf(Object.getPrototypeOf(globalThis)) as any',
  ),
  escaping(
    'unscopables',
    'changes how names are looked up',
    '((globalThis as any)[Symbol.unscopables] = { process: true }, globalThis as any)',
  ),
  escaping(
    'another-compartment',
    'makes a compartment of its own',
    'new (globalThis as any).Compartment({ __options__: true }).globalThis',
  ),
  escaping(
    'prepared-stack',
    'gets the frames of the checker',
    '((Error as any).prepareStackTrace = (_: unknown, frames: any) => frames[0].getThis(), new Error().stack as any)',
  ),
  prepended(
    { name: 'direct-eval', tries: 'evaluates where names of the host could be seen', base: 'right', seen: 'refused' },
    "eval('1');",
  ),
];
