import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maximumOf } from '#properties/assignments/assignment.ts';
import { assignments } from '#properties/assignments/index.ts';
import { handoutOf, writeHandout } from '#reports/grade/handout/handout.ts';

/**
 * A handout as a student has it, but for `npm ci`, which needs a network: it lies below this repository's packages, where
 * Node finds them.
 */

const [assignment] = assignments;
if (!assignment) throw new Error('there is no assignment');
const { name, subject, variant, file } = assignment;

const root = fileURLToPath(new URL('../../../', import.meta.url));
mkdirSync(join(root, 'reports', 'out'), { recursive: true });
const folder = mkdtempSync(join(root, 'reports', 'out', 'handout-'));
const golden = join(root, 'properties', 'golden', 'handout-started.txt');
afterAll(() => rmSync(folder, { recursive: true }));

interface Told {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** Runs commands, one after the other, in one process of the handout's own tool. */
const inHandout = (commands: readonly (readonly string[])[]): readonly Told[] => {
  const script = `
    import { main } from './rendezvous/reports/cli/main.ts';
    const told = [];
    for (const command of ${JSON.stringify(commands)}) {
      const lines = { out: [], notes: [] };
      const output = {
        out: (text) => lines.out.push(text),
        note: (text) => lines.notes.push(text),
        isTerminal: false,
        isColoured: false,
      };
      const code = await main(['node', 'rendezvous', ...command], output);
      told.push({ code, out: lines.out.join('\\n'), notes: lines.notes.join('\\n') });
    }
    process.stdout.write(JSON.stringify(told));`;
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  };
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], options)) as Told[];
};

const its = ['--variant', variant, '--implementation', file];
const commands = {
  check: ['check', subject, ...its, '--runs', '30', '--workers', '1'],
  replay: [
    'replay',
    `reports/out/${subject.replaceAll('/', '-')}-${variant}-refines-${file.replaceAll('.', '-')}.json`,
  ],
  run: ['run', subject, ...its],
  show: ['show', subject, ...its],
  grade: ['grade', '.', '--assignment', name, '--json'],
  list: ['list', '--json'],
  doctor: ['doctor', '--json'],
  checkReference: ['check', subject, '--variant', variant],
  showSpec: ['show', subject, '--variant', variant],
  museum: ['museum'],
  handout: ['handout', name, 'another'],
} as const;

describe('a handout that has just been unpacked', () => {
  const told = new Map<string, Told>();
  const of = (command: keyof typeof commands): Told => told.get(command) as Told;

  beforeAll(async () => {
    writeHandout(folder, await handoutOf(assignment));
    const answers = inHandout(Object.values(commands));
    for (const [i, command] of Object.keys(commands).entries()) told.set(command, answers[i] as Told);
  }, 60_000);

  it('has a lock file that npm takes for this folder', () => {
    const shell = process.platform === 'win32';
    const options = { cwd: folder, encoding: 'utf8', shell, stdio: 'pipe' } as const;
    const told = execFileSync('npm', ['ci', '--dry-run', '--offline'], options);
    expect(told).toMatch(/^add rendezvous /m);
    expect(told).toMatch(/^add typescript /m);
  });

  it('has a starter that compiles', () => {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(execFileSync(process.execPath, [compiler, '--noEmit'], { cwd: folder, encoding: 'utf8' })).toBe('');
  });

  it('says of the starter what is wrong with it', async () => {
    const { code, out, notes } = of('check');
    expect(code).toBe(1);
    const uncounted = out.replaceAll(/[\d,]+(?= (execution|step|spec state|scenario|of \d+ scenario))/g, 'N');
    await expect(`${notes}\n${uncounted}\n`).toMatchFileSnapshot(golden);
  });

  it('replays what it has found, and tells and shows what is there', () => {
    expect(of('replay')).toMatchObject({ code: 1, notes: '' });
    expect(of('replay').out).toContain('in all');
    expect(of('run')).toMatchObject({ code: 0, notes: '' });
    expect(of('show')).toMatchObject({ code: 0, notes: '' });
    expect(of('show').out).toContain(`│ ${file}`);
    expect(of('showSpec')).toMatchObject({ code: 0, notes: expect.stringContaining('--implementation FILE') });
    expect(of('showSpec').out).toContain(`rendezvous/spec/`);
    expect(of('doctor').code).toBe(0);
    const { subjects } = JSON.parse(of('list').out);
    expect(subjects.map(({ id }: { id: string }) => id)).toContain(subject);
    expect(subjects.flatMap(({ mutants }: { mutants: unknown[] }) => mutants)).toEqual([]);
  });

  it('grades what is there as it will be graded, but for what is not shown yet', () => {
    const { code, out, notes } = of('grade');
    expect({ code, notes }).toEqual({ code: 1, notes: '' });
    const { score, maximum, failure } = JSON.parse(out).submissions[0];
    expect({ score, maximum, failure }).toEqual({
      score: 0,
      maximum: maximumOf({ ...assignment, rubric: assignment.rubric.filter((item) => item.visibility === 'visible') }),
      failure: null,
    });
  });

  it('says in a sentence what is not there', () => {
    expect(of('checkReference')).toMatchObject({ code: 64, out: '', notes: expect.stringMatching(/^S505 .*\n.*$/) });
    expect(of('museum')).toMatchObject({ code: 64, out: '', notes: expect.stringMatching(/^S506 .*\n.*$/) });
    expect(of('handout')).toMatchObject({ code: 64, out: '', notes: expect.stringMatching(/^S508 .*\n.*$/) });
  });
});
