import { everyExecution } from '#model/engine/cores/every.ts';
import { type Execution, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { after } from '#spec/outcome.ts';

/** What may come of a small program: the answers of each thread in its order, all of them as one text. */

/** The program of a scenario. */
export const programOf = (subject: Subject, variant: string, name: string): Program => {
  const scenario = subject.scenarios(variant).find((one) => one.name === name);
  if (!scenario) throw new Error(`${subject.id} has no scenario '${name}'`);
  return scenario.program;
};

/** By the spec, in any order of the calls and their parts, where all are answered. */
export const answersAllowed = (subject: Subject, program: Program): Set<string> => {
  const { variant, parameters, threads, cores } = program;
  const found = new Set<string>();
  const seen = new Set<string>();
  const go = (
    state: unknown,
    left: readonly (readonly AnyCall[])[],
    answers: readonly (readonly unknown[])[],
  ): void => {
    const key = JSON.stringify([state, left, answers]);
    if (seen.has(key)) return;
    seen.add(key);
    if (left.every((calls) => calls.length === 0)) found.add(JSON.stringify(answers));
    for (const [thread, [call, ...later]] of left.entries()) {
      if (call === undefined) continue;
      for (const outcome of subject.outcomes(state, thread, call)) {
        const next = after(state, outcome);
        if (outcome.tag === 'continues') go(next, left.with(thread, [outcome.rest, ...later]), answers);
        else go(next, left.with(thread, later), answers.with(thread, [...(answers[thread] ?? []), outcome.answer]));
      }
    }
  };
  const state = subject.initial(variant, parameters, threads.length, cores);
  go(
    state,
    threads,
    threads.map(() => []),
  );
  return found;
};

/** The reference implementation of a variant, with this variant's code. */
export const rigOf = async (subject: Subject, variant: string): Promise<Rig> => {
  const module = subject.variants.find(({ name }) => name === variant)?.module;
  if (module === undefined) throw new Error(`${subject.id} has no variant ${variant}`);
  return rigFor(subject, variant, await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports));
};

const answersOf = ({ program, history }: Execution): string =>
  JSON.stringify(
    program.threads.map((_, thread) =>
      history.flatMap((event) => (event.tag === 'answer' && event.thread === thread ? [event.answer] : [])),
    ),
  );

/** By an implementation, in every execution. Undefined: there are more than 100,000. */
export const answersSeen = (rig: Rig, program: Program, memory: MemoryName): Set<string> | undefined => {
  const found = new Set<string>();
  const every = everyExecution(rig, program, { ...usualLimits, memory }, 100_000);
  let next = every.next();
  for (; !next.done; next = every.next()) found.add(answersOf(next.value));
  return next.value.bound === null ? found : undefined;
};
