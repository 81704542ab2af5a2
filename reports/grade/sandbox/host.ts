/**
 * The submission's process: evaluates a submission in a hardened compartment and says what its routines would do. It
 * knows nothing of specs, claims or programs, and decides nothing. See docs/adr/0033.
 */
import { readSync, writeSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { ModuleSource } from '@endo/module-source';
import 'ses';
import { HandedInClaims } from '#reports/grade/sandbox/host-claims.ts';
import { Guesses, type Runner } from '#reports/grade/sandbox/host-guesses.ts';
import { addressOf, allocatorOf, freeze, plainOf, textOf, thrownText } from '#reports/grade/sandbox/host-values.ts';
import {
  type Answer,
  digestAfter,
  digestAtBegin,
  type Request,
  type SentOp,
  type SentStep,
  saysText,
  stepsAhead,
  type Value,
} from '#reports/grade/sandbox/protocol.ts';

/** As `impl/machine/ops.ts` has it. */
interface Register {
  kind: unknown;
  address: unknown;
  operand: unknown;
  expected: unknown;
  order: unknown;
  site: unknown;
  text: unknown;
  pending: unknown;
}

interface RoutineLike {
  next(word: number): { readonly done?: unknown; readonly value?: unknown };
}

interface Running {
  readonly routine: RoutineLike;
  digest: number;
  /** The micro-op it is at; null: it is at none any more. */
  at: SentOp | null;
  readonly runner: Runner;
}

lockdown({ errorTaming: 'safe', stackFiltering: 'concise', consoleTaming: 'unsafe', reporting: 'none' });

/**
 * What a submission has of the language's own. Not: what needs memory outside the heap's limit (arrays of bytes, and who
 * makes them), tells time, waits, or makes code of strings; nor a compartment, in which all of it would be again.
 */
const allowed: ReadonlySet<string> = new Set([
  ...['globalThis', 'undefined', 'NaN', 'Infinity', 'console'],
  ...['Object', 'Boolean', 'Number', 'BigInt', 'String', 'Symbol', 'Math', 'JSON', 'Reflect', 'RegExp'],
  ...['Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Iterator', 'Promise', 'Proxy'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['isFinite', 'isNaN', 'parseFloat', 'parseInt'],
]);

const kept = new Map<number, unknown>();
const running = new Map<number, Running>();
const guesses = new Guesses();
let exported: Record<string, unknown> = {};
let register: Register | undefined;
let claims: HandedInClaims | undefined;

const silent = Object.freeze((): void => undefined);
const quietConsole = Object.freeze({ log: silent, info: silent, warn: silent, error: silent, debug: silent });

/** What is no syntax error is the end of a stack, here or in WebAssembly: in whose words depends on the machine. */
const withoutTypes = (text: string, file: string): string => {
  try {
    return stripTypeScriptTypes(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw new Error('it cannot be parsed: it is nested too deeply');
    const line = error.stack?.match(/^:(\d+)/)?.[1]; // Node says there where it is, and shows it
    throw line === undefined ? error : new SyntaxError(`${file}:${line}: ${error.message}`);
  }
};

/** What only the compartment's parser finds is told as what Node's finds: `file` and line first. */
const moduleSourceOf = (text: string, file: string, address: string): object => {
  try {
    return new ModuleSource(withoutTypes(text, file), address);
  } catch (error) {
    const said = /^Error transforming source in ".*?": (.*?)\.? \((\d+):\d+\)/s.exec((error as Error).message);
    throw said ? new SyntaxError(`${file}:${said[2]}: ${said[1]}`) : error;
  }
};

const load = async (modules: Readonly<Record<string, string>>, entry: string): Promise<Answer> => {
  const known = new Map(Object.entries(modules));
  const own = entry.slice(0, entry.indexOf('/') + 1); // the folder of what was handed in
  const hasLibrary = [...known.keys()].some((path) => !path.startsWith(own));
  const canBe = hasLibrary ? 'only its own files and those of the library' : 'only files that were handed in with it';
  const compartment = new Compartment({
    __options__: true,
    globals: { console: quietConsole },
    resolveHook: (specifier: string, from: string) => {
      if (/^#(impl|spec)\//.test(specifier)) return specifier.slice(1);
      if (!specifier.startsWith('.')) return `(${specifier})`;
      return new URL(specifier, `file:///${from}`).pathname.slice(1);
    },
    importHook: async (path: string) => {
      const text = known.get(path);
      if (text === undefined) throw new Error(`'${path.replace(/^\((.*)\)$/, '$1')}' cannot be imported: ${canBe}`);
      if (!path.startsWith(own)) return moduleSourceOf(text, path, `file:///${path}`);
      const file = path.slice(own.length);
      return moduleSourceOf(text, file, addressOf(file));
    },
  });
  for (const name of Object.getOwnPropertyNames(compartment.globalThis)) {
    if (!allowed.has(name)) delete compartment.globalThis[name];
  }
  const { namespace } = await compartment.import(entry);
  exported = namespace;
  const ops = known.has('impl/machine/ops.ts') ? await compartment.import('impl/machine/ops.ts') : undefined;
  register = ops?.namespace['register'] as Register | undefined;
  return { exports: Object.keys(namespace).filter((name) => typeof namespace[name] === 'function') };
};

/** What a value that was sent stands for. */
const received = (value: Value): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(received));
  if ('$' in value) return kept.get(value['$'] as number);
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, received(part)])));
};

const boot = (id: number, base: number, parts: readonly Value[]): Answer => {
  const { allocator, allocations, close } = allocatorOf(base);
  const layout = (exported['boot'] as (...parts: unknown[]) => unknown)(allocator, ...parts.map(received));
  close();
  freeze(layout);
  kept.set(id, layout);
  return { allocations, layout: plainOf(layout) };
};

const wholeOf = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

const opOf = (from: Register): SentOp => [
  wholeOf(from.kind),
  wholeOf(from.address),
  wholeOf(from.operand),
  wholeOf(from.expected),
  textOf(from.order),
  from.site === undefined ? null : textOf(from.site),
  saysText.has(from.kind) ? textOf(from.text) : '', // of the others it is what was said last
];

/** Gives a routine a word, and says how it stands then. */
const stepOf = (routine: RoutineLike, word: number): SentStep => {
  const from = register as Register;
  try {
    const { done, value } = routine.next(word);
    const isPending = from.pending === true;
    from.pending = false;
    if (done) return { returned: plainOf(value), pending: isPending ? wholeOf(from.kind) : null };
    return isPending ? { op: opOf(from) } : { odd: true };
  } catch (error) {
    from.pending = false;
    const { kind, message } = (error ?? {}) as { kind?: unknown; message?: unknown };
    if (error instanceof Error && typeof kind === 'number') return { floating: kind };
    return { threw: textOf(error instanceof Error ? message : error) };
  }
};

const advance = (state: Running, word: number): SentStep => {
  const step = stepOf(state.routine, word);
  state.digest = digestAfter(state.digest, word, step);
  state.at = 'op' in step ? step.op : null;
  return step;
};

/**
 * Gives a routine its word, and goes on as far as the next one can be guessed. A wrong guess costs time and nothing else,
 * since the checker looks only at what follows the words that it knows.
 */
const stepsFrom = (state: Running, word: number, node: number): Answer => {
  const { digest, runner } = state;
  if (state.at) guesses.gave(state.at, word, runner);
  const steps = [advance(state, word)];
  const guessed: number[] = [];
  while (state.at && steps.length < stepsAhead) {
    const guess = guesses.guess(state.at, runner);
    if (guess === undefined) break;
    guesses.gives(state.at, guess, runner);
    guessed.push(guess);
    steps.push(advance(state, guess));
  }
  if (state.at) running.set(node, state);
  return { steps, guesses: guessed, digest };
};

type Asked<Ask extends Request['ask']> = Request & { readonly ask: Ask };

const begin = ({ name, arguments: parts, words, node }: Asked<'begin'>): Answer => {
  const make = exported[name] as (...parts: unknown[]) => RoutineLike;
  const runner = guesses.runner(`${name} ${JSON.stringify(parts)}`);
  const state: Running = { routine: make(...parts.map(received)), digest: digestAtBegin, at: null, runner };
  const last = words.at(-1) ?? 0;
  for (const word of words.slice(0, -1)) {
    if (state.at) guesses.gives(state.at, word, runner);
    advance(state, word);
  }
  if (state.at) guesses.mistook(state.at);
  return stepsFrom(state, last, node);
};

const goOn = ({ from, word, node }: Asked<'go on'>): Answer => {
  const state = running.get(from) as Running;
  running.delete(from);
  return stepsFrom(state, word, node);
};

const answerTo = async (request: Request): Promise<Answer> => {
  switch (request.ask) {
    case 'load':
      return load(request.modules, request.entry);
    case 'keep':
      kept.set(request.id, received(request.value));
      return { kept: true };
    case 'boot':
      return boot(request.id, request.base, request.arguments);
    case 'begin':
    case 'go on':
      for (const node of request.forget) running.delete(node);
      guesses.told(request.news);
      return request.ask === 'begin' ? begin(request) : goOn(request);
    case 'claims':
      claims = new HandedInClaims(exported);
      return { exported: claims.exported };
    case 'holds':
      return { said: (claims as HandedInClaims).ask(received(request.run)) };
  }
};

/** The compartment says which module failed, and within that why: the student wants the second. */
const wrapped = /^Failed to load module .*? underlying failures: (.*?)\)?$/s;

const failure = (error: unknown): Answer => {
  try {
    const [, why] = (error instanceof Error && wrapped.exec(error.message)) || [];
    return { failed: why === undefined ? thrownText(error) : textOf(why) };
  } catch {
    return { failed: 'something was thrown that cannot be shown' };
  }
};

/** Reads a line; null: the checker is gone. */
const linesOf = (): (() => string | null) => {
  const buffer = Buffer.alloc(65_536);
  let pending = Buffer.alloc(0);
  return () => {
    const parts = [];
    for (let end = pending.indexOf(10); ; end = pending.indexOf(10)) {
      if (end >= 0) {
        parts.push(pending.subarray(0, end));
        pending = pending.subarray(end + 1);
        return Buffer.concat(parts).toString('utf8');
      }
      parts.push(pending);
      const count = readSync(0, buffer);
      if (count === 0) return null;
      pending = Buffer.from(buffer.subarray(0, count));
    }
  };
};

const nap = new Int32Array(new SharedArrayBuffer(4));

const say = (answer: Answer): void => {
  let bytes = Buffer.from(`${JSON.stringify(answer)}\n`);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(nap, 0, 0, 1); // the pipe is full, and Node has made it one that does not wait
    }
  }
};

const nextLine = linesOf();
for (let line = nextLine(); line !== null; line = nextLine()) {
  const request = JSON.parse(line) as Request;
  let answer: Answer;
  try {
    answer = await answerTo(request); // made by this file: nothing that a submission makes is ever awaited
  } catch (error) {
    answer = failure(error);
  }
  say(answer);
}
