import { describe, expect, it } from 'vitest';
import { claimsAbout } from '#model/claim.ts';
import { Check } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { execute, type HistoryEvent, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { serialStrategy } from '#model/engine/explore/serial.ts';
import type { Edit } from '#model/engine/load/hooks.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { explain } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { type Call, calls, imports, nowhere, stomps, terminates } from '#model/ipc/lrpc.programs.ts';
import { nested, simple } from '#model/ipc/lrpc.worlds.ts';
import type { Program, Subject } from '#model/subject.ts';
import type { Verdict } from '#model/verdict.ts';
import suite from '#properties/ipc/lrpc.property.ts';
import mutants from '#properties/museum/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';

/** What every execution of small programs comes to, and what a call costs. */

const programOf = (
  parameters: ReturnType<typeof simple>,
  variant: string,
  ...threads: readonly (readonly Call[])[]
): Program => ({ variant, parameters, threads, cores: threads.length });

/** Judges every execution of a program, under all memories on its cores, and on one core with timers. */
const everyExecution = async (program: Program, edits: readonly Edit[] = []): Promise<Verdict[]> => {
  const subject: Subject = { ...suite.subject, scenarios: () => [{ name: 'the program', program }] };
  const { variant } = program;
  const module = subject.variants.find(({ name }) => name === variant)?.module ?? '';
  const world = await loadWorld({ tag: 'ours', module, edits }, subject.exports);
  const claims = claimsAbout(suite, variant).filter(
    ({ tag }) => tag === 'linearizes' || tag === 'progress' || tag === 'faultless',
  );
  const check = new Check({
    ...usualPlan,
    suite: { subject, claims },
    variant,
    world,
    implementation: { tag: 'reference' },
    claims,
    budget: budgets.quick,
    seed: 1,
    explore: 'exhaustive',
    executionsMax: 50_000,
  });
  for (const _ of check.run());
  return check.results().claims.map(({ verdict }) => verdict);
};

describe('every execution', () => {
  it('of a call in a call, with two A-stacks, while the server ends, is as it must be', async () => {
    const verdicts = await everyExecution(programOf(nested([0, 0]), 'lock-free', [calls(0, 0, 1)], [terminates(1)]));
    expect(verdicts.map(({ tag }) => tag)).toEqual(['holds', 'holds', 'holds']);
    for (const { executions } of verdicts) expect(executions).toBeGreaterThan(1000);
  });

  const shared = mutants.find(({ id }) => id === 'ipc/lrpc/stack-is-shared')?.edits ?? [];

  it('of one thread is right though its server runs on a stack that both can write on', async () => {
    expect(shared.length).toBeGreaterThan(0);
    const verdicts = await everyExecution(programOf(simple(1, 1), 'lock-free', [calls(0, 0, 1)]), shared);
    expect(verdicts.map(({ tag }) => tag)).toEqual(['holds', 'holds', 'holds']);
  });

  it('of two threads is not: the other one changes where the server returns to', async () => {
    const program = programOf(simple(1), 'lock-free', [calls(0, 0, 1)], [stomps(2, 4, nowhere)]);
    const [linearizes] = await everyExecution(program, shared);
    expect(linearizes?.tag).toBe('refuted');
  });
});

describe('a call', () => {
  it('costs the same for each thread on its own core: eight read-modify-writes, two switches of space, none of threads', async () => {
    const world = await loadWorld({ tag: 'ours', module: 'ipc/lrpc.ts', edits: [] }, suite.subject.exports);
    const rig = rigFor(suite.subject, 'lock-free', world);
    const measured = [1, 2, 3, 4].map((threads) => {
      const program = programOf(
        simple(4, threads),
        'lock-free',
        ...Array.from({ length: threads }, () => [calls(0, 0, 1)]),
      );
      const { costs, end } = execute(
        rig,
        program,
        serialStrategy(Array.from({ length: threads }, (_, core) => core)),
        usualLimits,
      );
      expect(end).toBe('quiescent');
      const { readModifyWrites, spaceSwitches, copies, interProcessorInterrupts } = costs;
      const retires = 2 * threads;
      return [readModifyWrites - retires, spaceSwitches - threads, copies, interProcessorInterrupts].map(
        (n) => n / threads,
      );
    });
    expect(measured).toEqual([1, 2, 3, 4].map(() => [8, 2, 0, 0]));
  });
});

describe('an explanation', () => {
  /** Found by the budget `grade`, seed 4: thread 2 writes its 7 where thread 3 has put its 5; that one is answered last. */
  it('of what only a call can have done that is answered last is found at once', () => {
    const program = programOf(
      nested([0, 0, 1, 0]),
      'lock-free',
      [imports(0), calls(0, 0, 6), calls(0, 0, 0, 1)],
      [stomps(1, 1, nowhere), calls(0, 1, 0), calls(0, 0, 3, 3)],
      [calls(2, 2, 3), calls(0, 1, 7, 0), stomps(2, 2, nowhere), calls(0, 0, 4)],
      [calls(0, 0, 5)],
    );
    const ok = { tag: 'ok' };
    const failed = (errno: string): unknown => ({ tag: 'failed', errno });
    const result = (word: number): unknown => ({ tag: 'result', word });
    const told: readonly [ThreadId, unknown?][] = [
      [3],
      [0],
      [1],
      [1, ok],
      [1],
      [0, failed('EINVAL')],
      [0],
      [2],
      [2, failed('EBADF')],
      [2],
      [2, failed('EBADF')],
      [2],
      [2, ok],
      [2],
      [2, failed('EBADF')],
      [0, result(13)],
      [0],
      [0, result(13)],
      [1, result(2)],
      [1],
      [1, failed('ENXIO')],
      [3, result(7)],
    ];
    const begun = [0, 0, 0, 0];
    const history = told.map(([thread, answer], step): HistoryEvent => {
      const index = begun[thread] ?? 0;
      if (answer !== undefined) return { tag: 'answer', thread, index: index - 1, step, answer };
      begun[thread] = index + 1;
      return { tag: 'invoke', thread, index, step };
    });
    const graph = new SpecGraph<Subject>(suite.subject);
    expect(explain(graph, 'lock-free', { program, history }, 'answers and rest').tag).toBe('explained');
    expect(graph.states.size).toBeLessThan(40_000); // without what is likely: not found with 180,000
  });
});
