import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Edit } from '#model/engine/load/hooks.ts';
import { scanRoutines } from '#model/engine/load/scan.ts';
import { loadWorld, type World } from '#model/engine/load/world.ts';

const problems = (...lines: string[]): string[] =>
  scanRoutines(lines.join('\n')).map(({ line, problem }) => `${line}: ${problem}`);

const floating = 'a micro-op is made but not yielded';
const notRun = 'a routine is called but not run';
const outlives = 'a variable outlives the call: threads share nothing but simulated memory';

describe('the scan of routines', () => {
  it('finds a store that is made and not yielded', () => {
    expect(problems('function* f() {', "  store(word, 1, 'relaxed');", '}')).toEqual([`2: ${floating}`]);
  });

  it('finds each kind of micro-op', () => {
    const kinds = [
      ...readFileSync(new URL('../../impl/machine/ops.ts', import.meta.url), 'utf8').matchAll(
        /^export const (\w+) = \([^)]*\): MicroOp/gm,
      ),
    ].map((match) => match[1] as string);
    expect(kinds.length).toBe(24);
    for (const kind of kinds) expect(problems(`  ${kind}(a);`), kind).toEqual([`1: ${floating}`]);
  });

  it('finds a routine of the same file that is called and not run', () => {
    const call = (line: string): string[] => problems('function* helper() {}', 'function* f() {', line, '}');
    for (const line of ['  helper();', '  yield helper();', '  const x = helper();', '  return helper();']) {
      expect(call(line), line).toEqual([`3: ${notRun}`]);
    }
  });

  it('finds a routine of the kernel that is called and not run', () => {
    expect(problems("import { acquire, release } from '#impl/sync/spinlock.ts';", '  acquire(lock);')).toEqual([
      `2: ${notRun}`,
    ]);
    expect(problems("import {\n  wakeOne,\n} from '#impl/sync/wait-queue.ts';", '  wakeOne(table, queue);')).toEqual([
      `4: ${notRun}`,
    ]);
  });

  it('says nothing of what stands behind an arrow or a yield of the line before, where a formatter breaks lines', () => {
    const inF = (...lines: string[]): string[] => problems('function* helper() {}', 'function* f() {', ...lines, '}');
    expect(inF('  yield* locked(() =>', '    helper(a, b),', '  );')).toEqual([]);
    expect(inF('  return yield*', '', '    helper(a); // run')).toEqual([]);
    expect(inF("  const look = (at) => // 'plain'", "    load(at, 'plain');", '  yield look(a);')).toEqual([]);
    expect(inF('  yield* locked(() =>', '    other(helper(a)),', '  );')).toEqual([`4: ${notRun}`]);
    expect(inF('  yield* locked(() => {', '    helper(a);', '  });')).toEqual([`4: ${notRun}`]);
  });

  it('takes no longer for a text that was made to take long', () => {
    const characters = 200_000; // by looking again from each quote: minutes
    const of = (piece: string): string => piece.repeat(characters / piece.length);
    const routines = Array.from({ length: 8000 }, (_, i) => `function* routine${i}() {}`).join('\n');
    const from = performance.now();
    const texts = [of("'\\"), of('import {\n'), of("'/sync/"), `import {} from '${of('/sync/')}`, of('f('), routines];
    for (const text of texts) scanRoutines(text);
    expect(performance.now() - from).toBeLessThan(20_000);
    expect(problems('function* f() {}', `  ${of("'\\")}`, '  f();')).toEqual([`3: ${notRun}`]);
  });

  it('finds a variable of the module', () => {
    expect(problems('let count = 0;')).toEqual([`1: ${outlives}`]);
    expect(problems('export var count = 0;')).toEqual([`1: ${outlives}`]);
  });

  it('says nothing about code as it is meant', () => {
    expect(
      problems(
        "import { acquire } from '#impl/sync/spinlock.ts';",
        "import { type ThreadTable, wordsOf } from '#impl/sync/threads.ts';",
        '// store(word, 1) in a comment, and acquire(lock)',
        '/** acquire(lock) */',
        'function* helper() {}',
        'export function* f() {',
        '  let count = 0;',
        '  yield* acquire(lock);',
        "  yield store(word, 1, 'relaxed');",
        "  const value = yield load(word, 'relaxed');",
        "  if ((yield load(word, 'relaxed')) === 0) return yield* helper();",
        '  while (!(yield* helper())) count++;',
        '  wordsOf(table, id);',
        '}',
      ),
    ).toEqual([]);
  });

  it('says nothing about the implementations', () => {
    const root = new URL('../../impl/', import.meta.url);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && !path.startsWith('machine'),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const path of files) expect(scanRoutines(readFileSync(new URL(path, root), 'utf8')), path).toEqual([]);
  });
});

const ours = (edits: readonly Edit[]): Promise<World> =>
  loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits }, ['sleep', 'wakeup']);

const file = 'impl/sync/sleep-wakeup.ts';
const edit: Edit = { file, from: 'State.zombie ? -1', to: 'State.zombie ? -2' };
const wakeupLine = 'if (id === self.id) continue;';

describe('a world', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const theirs = (name: string, ...lines: string[]): Promise<World> => {
    const path = join(folder, name);
    writeFileSync(path, lines.join('\n'));
    return loadWorld({ tag: 'theirs', url: pathToFileURL(path).href }, ['count']);
  };

  it('gives each instance variables of its own, those of its neighbours’ modules too', async () => {
    writeFileSync(join(folder, 'neighbour.ts'), 'export const box = { count: 0 };');
    const world = await theirs(
      'counts.ts',
      "import { box } from './neighbour.ts';",
      "import { State } from '#impl/sync/threads.ts';",
      'const own = { count: 0 };',
      'export const count = () => [++box.count, ++own.count, State.running];',
    );
    const modules = world.instances.map(({ module }) => module as { count(): number[] });
    expect(modules.map((module) => module.count())).toEqual(modules.map(() => [1, 1, 1]));
    expect(modules[0]?.count()).toEqual([2, 2, 1]);
    expect(modules[1]?.count()).toEqual([2, 2, 1]);
    expect(modules.length).toBe(8);
  });

  it('has its own kernel beneath each instance, and one machine beneath all', async () => {
    const world = await ours([]);
    const kernels = world.instances.map(({ dispatcher }) => dispatcher);
    expect(new Set(kernels).size).toBe(kernels.length);
    expect([...world.sources.keys()].filter((path) => path.startsWith('impl/machine/'))).toEqual([]);
    expect(world.sources.has('impl/sync/spinlock.ts')).toBe(true);
  });

  it('runs the edited text, and leaves other worlds alone', async () => {
    const edited = await ours([{ file, from: wakeupLine, to: `${wakeupLine} // edited` }]);
    expect(edited.sources.get(file)).toContain('continue; // edited');
    expect((await ours([])).sources.get(file)).not.toContain('// edited');
  });

  it('has a fingerprint that an edit changes, and nothing else does', async () => {
    const [one, two] = [await ours([]), await ours([])];
    expect(two.fingerprint).toBe(one.fingerprint);
    const edited = await ours([{ file, from: wakeupLine, to: `${wakeupLine} // edited` }]);
    expect(edited.fingerprint).not.toBe(one.fingerprint);
    const beneath = await ours([
      { file: 'impl/sync/spinlock.ts', from: 'Panics if this core holds it already.', to: 'It panics.' },
    ]);
    expect(new Set([one, edited, beneath].map((world) => world.fingerprint)).size).toBe(3);
  });

  it('is not opened with an edit that does not fit, fits twice, or is of a file that is never loaded', async () => {
    await expect(ours([edit])).rejects.toThrow('does not fit exactly once');
    await expect(ours([{ file, from: 'yield* acquire(', to: '' }])).rejects.toThrow('does not fit exactly once');
    await expect(ours([{ file: 'impl/sync/nowhere.ts', from: 'a', to: 'b' }])).rejects.toThrow('never loaded');
  });

  it('is not opened for a file that is missing, broken, incomplete or careless', async () => {
    const missing = { tag: 'theirs', url: pathToFileURL(join(folder, 'none.ts')).href } as const;
    await expect(loadWorld(missing, [])).rejects.toMatchObject({ code: 'S201' });
    await expect(theirs('broken.ts', 'export const count = (')).rejects.toMatchObject({ code: 'S201' });
    await expect(theirs('throws.ts', "throw new Error('at once');")).rejects.toMatchObject({ code: 'S201' });
    await expect(theirs('lacks.ts', 'export const sum = () => 0;')).rejects.toMatchObject({ code: 'S202' });
    await expect(theirs('value.ts', 'export const count = 0;')).rejects.toMatchObject({ code: 'S202' });
    const careless = theirs('shares.ts', 'let shared = 0;', 'export const count = () => shared++;');
    await expect(careless).rejects.toMatchObject({ code: 'S203', message: expect.stringContaining('shares.ts:1') });
  });
});
