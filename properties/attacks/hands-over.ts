/** Attacks that hand the checker what is not what it seems: exports, layouts, routines, micro-ops, words. */
import { type Attack, at, entry, inRead, replaced, withLayout } from '#properties/attacks/attack.ts';

const judged = (name: string, tries: string) => ({ name, tries, base: 'right', seen: 'judged' }) as const;
const inert = (name: string, tries: string) => ({ name, tries, base: 'right', seen: 'inert' }) as const;

/** `read` is not a routine, but what `code` says. */
const readIs = (named: Pick<Attack, 'name' | 'tries' | 'base' | 'seen'>, code: string): Attack =>
  replaced(
    named,
    ['export function* read(', 'function* trueRead('],
    ['/** Sleeps until there are bytes', `${code}\n/** Sleeps until there are bytes`],
  );

/** `read` makes this micro-op before it begins. */
const makes = (named: Pick<Attack, 'name' | 'tries' | 'base' | 'seen'>, code: string, imported = 'register'): Attack =>
  replaced(
    named,
    ['import {\n  type Address,', `import {\n  ${imported},\n  type Address,`],
    [at.read, `  ${code}\n${at.read}`],
  );

const iterator = `[Symbol.iterator]() { return this; }, return: (value: unknown) => ({ done: true, value }), throw: (e: unknown) => { throw e; }`;

export const handsOver: readonly Attack[] = [
  withLayout(
    judged('lays-out-getters', 'gives a layout whose fields say something else each time'),
    'let times = 0; return { ...layout, get capacity() { return times++ === 0 ? layout.capacity : 2 ** 31; } };',
  ),
  withLayout(inert('lays-out-a-proxy', 'gives a layout that is a proxy'), 'return new Proxy({ ...layout }, {});'),
  withLayout(
    inert('lays-out-to-json', 'gives a layout that writes itself down as another'),
    'return { ...layout, toJSON: () => ({ ring: null, descriptors: 7 }), toString: () => { throw 1; } };',
  ),
  withLayout(judged('lays-out-nothing', 'gives no layout'), 'return undefined;'),
  withLayout(
    judged('lays-out-a-resemblance', 'gives a layout that has our names and other things'),
    'return { ring: null, descriptors: 5, capacity: 2 ** 40, inUse: "x", $: 1 };',
  ),
  withLayout(judged('lays-out-a-promise', 'gives a layout that is awaited'), 'return Promise.resolve(layout);'),
  withLayout(
    { name: 'boots-differently', tries: 'lays memory out in another way each time', base: 'right', seen: 'inert' },
    "if (Object.isFrozen(parameters) === false) memory.word('more'); return layout;",
  ),
  readIs(
    judged('exports-an-async-function', 'exports a function whose result is awaited'),
    'export async function read(): Promise<number> { return 1; }',
  ),
  readIs(
    judged('exports-a-class', 'exports a class'),
    'export class read { static next = () => ({ done: true, value: 1 }); }',
  ),
  readIs({ ...judged('exports-a-number', 'exports no function'), seen: 'refused' }, 'export const read = 42;'),
  readIs(
    judged('exports-a-proxy', 'exports a proxy of a routine'),
    'export const read = new Proxy(trueRead, { apply: () => ({ next: () => ({ done: true, value: 1 }) }) });',
  ),
  readIs({ ...judged('exports-nothing', 'lacks a routine'), seen: 'refused' }, ''),
  readIs(
    { ...judged('exports-too-late', 'exports what is not there yet'), seen: 'refused' },
    'export { later as read }; (() => later)(); const later = trueRead;',
  ),
  readIs(judged('returns-a-number', 'exports a function that gives no routine'), 'export const read = () => 1;'),
  readIs(judged('returns-nothing', 'exports a function that gives nothing'), 'export const read = () => undefined;'),
  readIs(
    inert('forges-a-generator', 'gives an object with a next of its own'),
    `export const read = (...given: Parameters<typeof trueRead>) => { const make = trueRead; const inner = make(...given); return { next: (word: number) => inner.next(word), ${iterator} }; };`,
  ),
  readIs(
    judged('forges-its-end', 'gives a generator that is done and not done'),
    `export const read = () => ({ next: () => ({ get done() { return (this as any).times = !(this as any).times; }, value: 1 }), ${iterator} });`,
  ),
  readIs(
    judged('forges-results', 'gives results that are no objects'),
    `export const read = () => ({ next: () => null, ${iterator} });`,
  ),
  readIs(
    judged('throws-at-next', 'throws what is no error'),
    `export const read = () => ({ next: () => { throw { get message() { throw 1; }, get kind() { throw 2; } }; }, ${iterator} });`,
  ),
  readIs(
    judged('loses-a-micro-op-that-is-none', 'throws as if a micro-op of an unknown kind had been lost'),
    `export const read = () => ({ next: () => { throw Object.assign(new Error('x'), { kind: 99_999 }); }, ${iterator} });`,
  ),
  makes(
    judged('yields-a-forged-register', 'yields an object that looks like a micro-op'),
    "yield { kind: 1, address: 0, operand: 1, expected: 0, order: 'plain', pending: true } as any;",
  ),
  makes(
    judged('forgets-a-yield', 'makes a micro-op and does not yield it'),
    "const lost = load(pipe.ring.nread, 'plain'); lost;",
  ),
  makes(
    judged('patches-pending', 'hides that a micro-op was lost'),
    "const lost = load(pipe.ring.nread, 'plain'); lost; register.pending = false; register.kind = 1; yield register as any;",
  ),
  makes(
    judged('yields-no-kind', 'yields a micro-op of a kind that there is not'),
    "const op = load(pipe.ring.nread, 'plain'); register.kind = 1e9; yield op;",
  ),
  makes(
    judged('yields-texts', 'yields a micro-op whose numbers are texts'),
    "const op = load(pipe.ring.nread, 'plain'); Object.assign(register, { address: '__proto__', operand: {}, order: 'holds' }); yield op;",
  ),
  makes(
    judged('freezes-the-register', 'makes micro-ops impossible to take'),
    "const op = load(pipe.ring.nread, 'plain'); Object.freeze(register); yield op;",
  ),
  makes(
    judged('loads-everywhere', 'reads words that are not its own'),
    "for (const address of [-1, 2 ** 32, 1e300, 0.5, NaN]) yield load(address, 'plain');",
  ),
  makes(judged('allocates-everything', 'makes the machine allocate for ever'), 'yield allocate(0, 2 ** 31);'),
  makes(
    judged('allocates-no-number', 'allocates what is no number of words'),
    'yield allocate(pipe.ring.address, Infinity);',
  ),
  makes(
    judged('switches-to-nobody', 'switches to a context that there is not'),
    'yield switchTo(2 ** 31);',
    'switchTo',
  ),
  makes(
    judged('interrupts-nobody', 'interrupts a core that there is not, and goes its own way'),
    'yield sendInterrupt(2 ** 31); return 1;',
    'sendInterrupt',
  ),
  makes(
    judged('copies-no-bytes', 'hands the user what are no bytes'),
    'yield copyOut(0, NaN); yield copyOut(0.5, 1e300); return 1;',
  ),
  makes(judged('stores-no-words', 'stores what are no words'), "yield store(pipe.ring.nread, 0.5, 'plain');"),
  makes(
    judged('orders-nothing', 'names an order that there is not'),
    "yield load(pipe.ring.nread, '__proto__' as any);",
  ),
  replaced(judged('returns-too-much', 'says that it has read a million bytes'), [at.got, '  return 1_000_000;']),
  replaced(judged('returns-infinity', 'says that it has read all there is'), [at.got, '  return Infinity;']),
  replaced(judged('returns-an-object', 'gives an object that is worth what is wanted'), [
    at.got,
    '  return { valueOf: () => got, toString: () => "1", $: 1 } as any;',
  ]),
  replaced(judged('returns-a-symbol', 'gives what cannot be shown'), [at.got, '  return Symbol("1") as any;']),
  replaced(judged('returns-a-great-text', 'gives ten million characters'), [
    at.got,
    "  return 'x'.repeat(1e7) as any;",
  ]),
  replaced(inert('exports-then', 'is called by whoever awaits its module'), [
    at.got,
    `${at.got}\n}\nexport function then(done: (value: unknown) => void): void {\n  done({ exports: ['all'] });`,
  ]),
  inRead(
    inert('keeps-what-it-is-given', 'changes what it is given'),
    'try { (self as any).id = 7; (pipe as any).capacity = 9; (pipe.ring as any).data = 0; } catch { /* frozen */ }',
  ),
  {
    ...inert('has-strange-names', 'has files that are named like what objects have'),
    files: (base) =>
      new Map([
        [entry, base],
        ['__proto__.ts', 'export {};'],
        ['constructor.ts', 'export {};'],
        ['impl/machine/ops.ts', 'export const register = 0;'],
      ]),
  },
];
