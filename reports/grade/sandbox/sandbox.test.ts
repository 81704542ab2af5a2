import { afterEach, describe, expect, it } from 'vitest';
import type { MicroOp } from '#impl/machine/ops.ts';
import { Kind, register } from '#impl/machine/ops.ts';
import { readText } from '#reports/cli/files.ts';
import { givesNothing, kinds, saysText } from '#reports/grade/sandbox/protocol.ts';
import { remoteModule } from '#reports/grade/sandbox/remote-module.ts';
import { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

const ops = 'impl/machine/ops.ts';
const imports = `import { copyIn, load, maskInterrupts, panic, store } from '#impl/machine/ops.ts';\n`;

let process: SubmissionProcess | undefined;

type Code = Readonly<Record<string, string>>;

/** A submission with this text, and other files beside it, in a process of its own. */
const moduleOf = (text: string, stepSeconds = 1, others: Code = {}): Readonly<Record<string, unknown>> => {
  process = new SubmissionProcess({ stepSeconds, memoryMegabytes: 64 });
  const modules = { 'submission/it.ts': imports + text, ...others, [ops]: readText(ops) };
  return remoteModule(process, modules, 'submission/it.ts');
};

type Remote = (...given: unknown[]) => Generator<MicroOp, unknown, number>;

const routine = (module: Readonly<Record<string, unknown>>, name: string): Remote => module[name] as Remote;

/** The micro-ops of a routine that is given these words, and what it returns. */
const run = (made: ReturnType<Remote>, words: readonly number[]): readonly unknown[] => {
  const seen: unknown[] = [];
  for (const word of [0, ...words]) {
    const { done, value } = made.next(word);
    if (done) return [...seen, value];
    seen.push(register.kind, register.address);
    register.pending = false;
  }
  return seen;
};

const thrownBy = (act: () => unknown): SubmissionFailure => {
  try {
    act();
  } catch (error) {
    if (error instanceof SubmissionFailure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

afterEach(() => {
  process?.end();
  process = undefined;
});

describe('a submission in its own process', () => {
  it('does what it is told to, and is asked but once for what it does', () => {
    const read = routine(
      moduleOf(
        'export function* read(at: number) { const word = yield load(at, "plain"); yield store(at, word + 1, "plain"); return word; }',
      ),
      'read',
    );
    expect(run(read(5), [7, 0])).toEqual([0, 5, 1, 5, 7]);
    const before = process?.questions;
    expect(run(read(5), [7, 0])).toEqual([0, 5, 1, 5, 7]);
    expect(process?.questions).toBe(before);
    expect(run(read(5), [8, 0])).toEqual([0, 5, 1, 5, 8]);
    expect(run(read(6), [8, 0])).toEqual([0, 6, 1, 6, 8]);
  });

  it('does the same whichever way a guess of its next word goes', () => {
    const text = `export function* sum(count: number) { let all = 0; for (let i = 0; i < count; i++) { const word = yield load(i, 'plain'); if (word > 1) { panic('large'); return -1; } all += word; yield store(9, all, 'plain'); } return all; }`;
    const sum = routine(moduleOf(text), 'sum');
    const straight = (words: readonly number[]): readonly unknown[] =>
      words.flatMap((_, i) => [0, i, 1, 9]).concat(words.reduce((all, word) => all + word, 0));
    for (let drawn = 0; drawn < 64; drawn++) {
      const words = [drawn & 1, (drawn >> 1) & 1, (drawn >> 2) & 1, (drawn >> 3) & 1];
      expect(
        run(
          sum(4),
          words.flatMap((word) => [word, 0]),
        ),
      ).toEqual(straight(words));
    }
  });

  it('has a layout that is its own, and memory as it asked for it', () => {
    const module = moduleOf(
      'export const boot = (memory: any, { slots }: any) => ({ head: memory.word("head"), ring: memory.words("ring", slots, 3), own: new Map([[1, 2]]) });\nexport function* peek(layout: any) { return (yield load(layout.head, "plain")) + layout.own.get(1); }',
    );
    const asked: unknown[] = [];
    const words = (name: string, count: number, initial: number): number => {
      asked.push([name, count, initial]);
      return 10;
    };
    const layout = (module['boot'] as (...given: unknown[]) => unknown)({ words }, { slots: 4 });
    expect(layout).toEqual({ head: 10, ring: 11, own: {} });
    expect(asked.slice(1)).toEqual([
      ['head', 1, 0],
      ['ring', 4, 3],
    ]);
    expect(run(routine(module, 'peek')(layout), [5])).toEqual([0, 10, 7]);
  });

  it('fails as hung when it comes to no micro-op', () => {
    const spin = routine(moduleOf('export function* spin() { for (;;); }'), 'spin');
    expect(thrownBy(() => spin().next(0)).reason).toBe('hung');
    expect(thrownBy(() => spin().next(0)).message).toMatch(/nothing is yielded/);
    expect(process?.failure?.reason).toBe('hung');
  });

  it('fails as dead when it takes more memory than it may', () => {
    const grow = routine(
      moduleOf('export function* grow() { const all = []; for (;;) all.push(new Array(1000).fill(0)); }', 60),
      'grow',
    );
    expect(thrownBy(() => grow().next(0)).reason).toBe('died');
  });

  it('fails if it does not do the same when it is given the same words', () => {
    const flip = routine(
      moduleOf(
        'const seen: number[] = [];\nexport function* flip() { seen.push(1); yield load(seen.length, "plain"); const word = yield load(1, "plain"); return word; }',
      ),
      'flip',
    );
    const twoWays = () => [1, 2].map((word) => run(flip(), [0, word]));
    expect(thrownBy(twoWays).reason).toBe('not a function of memory');
  });

  it('cannot be loaded if it asks for what it may not have', () => {
    for (const wanted of ['node:fs', '#model/claim.ts', '../../package.json', '/etc/passwd', 'ses']) {
      expect(thrownBy(() => moduleOf(`import * as all from '${wanted}';\nexport const it = all;`)).reason).toBe(
        'does not load',
      );
      process?.end();
    }
  });

  it('is told in which file and line it cannot be parsed, whichever of its parsers finds that', () => {
    for (const wrong of ['const of = ;', 'enum Kind { one }', 'export const it = 2;']) {
      const failure = thrownBy(() => moduleOf(`export const it = 1;\n${wrong}`));
      expect(failure.reason).toBe('does not load');
      expect(failure.message, wrong).toMatch(/^it\.ts:3: /);
      process?.end();
    }
    const neighbour = { 'submission/more/neighbour.ts': '\nexport const of = ;' };
    const failure = thrownBy(() => moduleOf("import './more/neighbour.ts';", 1, neighbour));
    expect(failure.message).toMatch(/^more\/neighbour\.ts:2: /);
  });

  it('throws what it throws, and says of a micro-op that was not yielded that it was not', () => {
    const module = moduleOf(
      'export function* throws() { throw new Error("lost"); }\nexport function* floats() { load(1, "plain"); yield load(2, "plain"); }\nexport function* odd(): any { yield 5; }',
    );
    expect(() => routine(module, 'throws')().next(0)).toThrow('lost');
    expect(() => routine(module, 'floats')().next(0)).toThrow('a micro-op was made but not yielded');
    expect(routine(module, 'odd')().next(0)).toEqual({ done: false, value: undefined });
    expect(register.pending).toBe(false);
  });
});

describe('the kinds that the host knows by their numbers', () => {
  it('are those of the machine', () => {
    const { store, fence, switchTo, idle, sendInterrupt, allocate, free, pause } = Kind;
    const { unmaskInterrupts, activate, panic, tracepoint } = Kind;
    const silent = [store, fence, switchTo, idle, sendInterrupt, allocate, free, pause];
    expect([...givesNothing]).toEqual([...silent, unmaskInterrupts, activate, tracepoint]);
    expect([...saysText]).toEqual([panic, tracepoint]);
    expect(Kind).toMatchObject(kinds);
  });
});
