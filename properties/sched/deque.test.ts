import { describe, expect, it } from 'vitest';
import { everyExecution } from '#model/engine/cores/every.ts';
import { type Execution, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { deque } from '#model/sched/deque.ts';
import type { Program, Subject } from '#model/subject.ts';
import type { DequeCall } from '#spec/abi/sched/deque.ts';
import { after } from '#spec/outcome.ts';
import { type Deque, initial, outcomes } from '#spec/sched/deque.ts';

/** What may come of a few calls: by the spec, in any order of them; and by both implementations, in every execution. */

const subject = deque as unknown as Subject;

const scenario = (name: string): Program => {
  const found = subject.scenarios('').find((one) => one.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found.program;
};

const scenarios = [
  'the last task: owner against thief',
  'one of two tasks each',
  'an owner that takes two',
  'pushed after the last was taken',
  'the array grows and the owner takes',
  'indices wrap',
];

/** The answers of each thread, in every order of the calls. */
const allowed = (program: Program): Set<string> => {
  const found = new Set<string>();
  const go = (state: Deque, made: readonly number[], answers: readonly (readonly unknown[])[]): void => {
    let isOver = true;
    for (const [thread, calls] of program.threads.entries()) {
      const call = calls[made[thread] as number] as DequeCall | undefined;
      if (!call) continue;
      isOver = false;
      for (const outcome of outcomes(state, call)) {
        if (outcome.tag === 'continues') throw new Error('every call is one step');
        const told = answers.with(thread, [...(answers[thread] as readonly unknown[]), outcome.answer]);
        go(after(state, outcome), made.with(thread, (made[thread] as number) + 1), told);
      }
    }
    if (isOver) found.add(JSON.stringify(answers));
  };
  const { arrayTasks, arrays } = program.parameters as { arrayTasks: number; arrays: number };
  go(
    initial(arrayTasks << (arrays - 1)),
    program.threads.map(() => 0),
    program.threads.map(() => []),
  );
  return found;
};

const answersOf = ({ program, history }: Execution): string =>
  JSON.stringify(
    program.threads.map((_, thread) =>
      history.flatMap((event) => (event.tag === 'answer' && event.thread === thread ? [event.answer] : [])),
    ),
  );

const rigOf = async (variant: string): Promise<Rig> => {
  const module = subject.variants.find(({ name }) => name === variant)?.module as string;
  return rigFor(subject, variant, await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports));
};

/** The answers of each thread in every execution. */
const seen = (rig: Rig, program: Program, memory: MemoryName): Set<string> => {
  const found = new Set<string>();
  const every = everyExecution(rig, program, { ...usualLimits, memory }, 100_000);
  let next = every.next();
  for (; !next.done; next = every.next()) found.add(answersOf(next.value));
  expect(next.value.bound).toBeNull();
  return found;
};

describe.each(['chase-lev', 'big-lock'])('the deque (%s)', (variant) => {
  it.each(scenarios)('answers all that the spec allows, and nothing else, under sc and rc11: %s', async (name) => {
    const program = { ...scenario(name), variant };
    const rig = await rigOf(variant);
    const expected = allowed(program);
    expect(expected.size).toBeGreaterThan(1);
    expect(seen(rig, program, 'sc')).toEqual(expected);
    expect(seen(rig, program, 'rc11')).toEqual(expected);
  });
});
