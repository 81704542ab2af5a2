import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandFor, hasBubblewrap, type Layers } from '#reports/grade/sandbox/launch.ts';
import type { Answer, Request } from '#reports/grade/sandbox/protocol.ts';

/** Each layer around a submission with the others taken away: what it stops, and what it does not, so that the others must. */

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const fixture = here('./probe.fixture.mjs');

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layers-'));
  writeFileSync(join(folder, 'secret'), 'x');
  server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Command {
  readonly command: string;
  readonly arguments: readonly string[];
}

const bare: Command = { command: process.execPath, arguments: ['--no-warnings', fixture] };

const guarded = (layers: Layers): Command => commandFor(fixture, 64, layers);

const withoutPermissions = (command: Command): Command => ({
  ...command,
  arguments: command.arguments.filter((argument) => !/^--(permission|allow-|no-experimental-sqlite)/.test(argument)),
});

const withDatabase = (command: Command): Command => ({
  ...command,
  arguments: command.arguments.filter((argument) => argument !== '--no-experimental-sqlite'),
});

/** Without the limits that the shell sets: of the size of files, above all. */
const withoutLimits = ({ command, arguments: given }: Command): Command =>
  command === '/bin/sh' ? { command: given[3] as string, arguments: given.slice(4) } : { command, arguments: given };

/** What code that nothing else holds back could do. It is given a secret in its environment. */
const couldUnder = async ({ command, arguments: given }: Command): Promise<string[]> => {
  const within = mkdtempSync(join(folder, 'in-'));
  const port = String((server.address() as { port: number }).port);
  const asked = [within, join(folder, 'secret'), port, String(process.pid)];
  const env = { RENDEZVOUS_SECRET: 'x' };
  const { stdout } = await promisify(execFile)(command, [...given, ...asked], { env, cwd: '/' });
  return stdout.split(' ').filter((what) => what !== '');
};

const everything = ['read', 'write', 'link', 'database', 'process', 'thread', 'environment', 'signal', 'socket'];

describe('of what hostile code can do', () => {
  it('nothing is stopped where there is no layer', async () => {
    expect(await couldUnder(bare)).toEqual(everything);
  });

  it('the permission model stops files, processes and threads; neither signals nor sockets', async () => {
    const permissions = withoutLimits(guarded({ bubblewrap: false }));
    expect(await couldUnder(permissions)).toEqual(['environment', 'signal', 'socket']);
  });

  it('the permission model does not know the database that Node has: so there is none', async () => {
    expect(await couldUnder(withDatabase(withoutLimits(guarded({ bubblewrap: false }))))).toContain('database');
  });

  it('the limits of the shell stop files that have anything in them', async () => {
    const could = await couldUnder(withoutPermissions(guarded({ bubblewrap: false })));
    expect(could).toEqual(everything.filter((what) => what !== 'write' && what !== 'database'));
  });

  it.runIf(hasBubblewrap())('bubblewrap stops all but what stays within its walls', async () => {
    const walls = withoutPermissions(withoutLimits(guarded({ bubblewrap: true })));
    expect(await couldUnder(walls)).toEqual(['process', 'thread']);
  });

  it.runIf(hasBubblewrap())('all of them together leave nothing', async () => {
    expect(await couldUnder(guarded({ bubblewrap: true }))).toEqual([]);
  });
});

/** What code finds by name or by way of what it has; `could` is a list. */
const reaching = `
const could = [];
const attempt = (what, act) => { try { if (act() !== undefined) could.push(what); } catch { /* it could not */ } };
attempt('process', () => process.pid);
attempt('file system', () => process.getBuiltinModule('node:fs').readFileSync('/proc/self/stat'));
attempt('clock', () => Date.now());
attempt('dice', () => Math.random());
attempt('timer', () => setTimeout(() => {}, 0));
attempt('memory outside the heap', () => new ArrayBuffer(1));
attempt('such memory by another way', () => new TextEncoder().encode('x').buffer);
attempt('code of strings', () => (() => {}).constructor('return 1')());
attempt('code of strings in a generator', () => (function* () {}).constructor('return 1')());
attempt('eval', () => (0, globalThis.eval)('1'));
attempt('prototype', () => { Object.prototype.polluted = 1; delete Object.prototype.polluted; return 1; });
attempt('stack', () => new Error('x').stack || undefined);
`;

describe('the compartment', () => {
  const ask = (requests: readonly Request[]): Answer[] =>
    execFileSync(process.execPath, ['--no-warnings', here('./host.ts')], {
      input: requests.map((request) => `${JSON.stringify(request)}\n`).join(''),
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);

  it('alone keeps code from all that it reaches without it', () => {
    const free = execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      `${reaching}\nconsole.log(could.length);`,
    ]);
    expect(Number(free)).toBe(reaching.split('\nattempt').length - 1);
    const text = `${reaching}\nexport const boot = () => could;`;
    const load: Request = { ask: 'load', modules: { 'submission/it.ts': text }, entry: 'submission/it.ts' };
    const answers = ask([load, { ask: 'boot', id: 1, base: 0, arguments: [] }]);
    expect(answers).toEqual([{ exports: ['boot'] }, { allocations: [], layout: [] }]);
  });

  it('alone leads from no value to bytes outside the heap, nor to anything that is not frozen', () => {
    const text = `
const seen = new Set();
const found = [];
const walk = (value, path) => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
  seen.add(value);
  if (/Buffer|Int(8|16|32|64)|Uint(8|16|32|64|C)|Float\\d|Atomics|WeakRef|Registry|Compartment/.test(value.name ?? '')) found.push(path);
  if (path.includes('.') && !Object.isFrozen(value)) found.push(path + ' is not frozen');
  for (const key of Reflect.ownKeys(value)) {
    const { value: part, get, set } = Reflect.getOwnPropertyDescriptor(value, key);
    for (const one of [part, get, set]) walk(one, path + '.' + String(key));
  }
  walk(Reflect.getPrototypeOf(value), path + '.[[Prototype]]');
};
for (const name of Object.getOwnPropertyNames(globalThis)) if (name !== 'globalThis') walk(globalThis[name], name);
walk((function* () {}).constructor.prototype, 'generator');
walk(Object.getPrototypeOf(async () => {}), 'async');
walk(Object.getPrototypeOf(async function* () {}), 'async generator');
walk(Object.getPrototypeOf([][Symbol.iterator]()), 'iterator');
export const boot = () => [seen.size > 200, ...found];`;
    const load: Request = { ask: 'load', modules: { 'submission/it.ts': text }, entry: 'submission/it.ts' };
    const answers = ask([load, { ask: 'boot', id: 1, base: 0, arguments: [] }]);
    expect(answers[1]).toEqual({ allocations: [], layout: [true] });
  });
});
