import { afterAll, describe, expect, it } from 'vitest';
import { execute, type Rig, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { Judgement } from '#model/engine/refine/judge.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { Program } from '#model/subject.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import pipe from '#properties/assignments/pipe/assignment.ts';
import { type Attack, type Base, baseFrom, entry, type Seen } from '#properties/attacks/attack.ts';
import { attacks } from '#properties/attacks/corpus.ts';
import { exhausts } from '#properties/attacks/exhausts.ts';
import { readText } from '#reports/cli/files.ts';
import { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';
import { submittedWorld } from '#reports/grade/sandbox/world.ts';

/**
 * Each attack of the corpus in the sandbox, on a few executions. Whether it gains a point is decided by what it does: the
 * same micro-ops as its base, and it is judged as that one; wrong ones; or none any more. All of the rubric: at night.
 */

const reference = readText('impl/ipc/pipe.ts');
const library = new Map(pipe.library.map((path) => [path, readText(path)]));
const { subject } = suiteOf(pipe);
const graph = new SpecGraph(subject);

/** What happens in some executions of every scenario: who answers what when, and how it ends. */
interface Behaviour {
  readonly told: readonly string[];
  readonly isRight: boolean;
}

const isNight = process.env['RENDEZVOUS_NIGHT'] !== undefined;

/** The same calls with other bytes: what was remembered of the ones is wrong for the others. */
const otherwise = ({ threads, ...program }: Program): Program => ({
  ...program,
  threads: threads.map((calls) =>
    calls.map((call) =>
      'bytes' in call && Array.isArray(call.bytes) ? { ...call, bytes: call.bytes.map((byte) => byte ^ 1) } : call,
    ),
  ),
});

const scenarios = subject.scenarios(pipe.variant).map(({ program }) => program);
const programs = [...scenarios.filter((_, i) => isNight || i % 2 === 0), ...scenarios.slice(0, 2).map(otherwise)];

const behaviourOf = (rig: Rig): Behaviour => {
  const strategies = [() => replayStrategy([]), () => randomStrategy(randomFrom(1), 20)];
  const executions = programs.flatMap((program) =>
    strategies.map((strategy) => execute(rig, program, strategy(), usualLimits)),
  );
  const judged = executions.map((execution) => new Judgement(graph, pipe.variant, execution));
  return {
    told: executions.map(({ history, end, fault, steps }) => JSON.stringify({ history, end, fault, steps })),
    isRight: judged.every(({ answers, observation }) => answers.tag === 'explained' && observation.end === 'quiescent'),
  };
};

let shared: SubmissionProcess | undefined;
afterAll(() => shared?.end());

/** A process that serves one attack after another, as none of ours does: each is alone with its own in a batch. */
const sharedProcess = (): SubmissionProcess => {
  if (shared?.failure) shared.end();
  if (!shared || shared.failure) shared = new SubmissionProcess({ stepSeconds: 30, memoryMegabytes: 128 });
  return shared;
};

const behaviourIn = (process: SubmissionProcess, files: ReadonlyMap<string, string>): Behaviour =>
  behaviourOf(rigFor(subject, pipe.variant, submittedWorld(process, { files, entry, library }, subject.exports)));

const failures: Readonly<Partial<Record<string, Seen>>> = {
  'does not load': 'refused',
  'not a function of memory': 'judged',
  hung: 'stopped',
  died: 'stopped',
};

/** What is seen of an attack, which is `inert` if it behaves as its base does in every execution. */
const seenOf = (process: SubmissionProcess, { files, base }: Attack): Seen | string => {
  let behaviour: Behaviour | undefined;
  let failure = process.failure;
  try {
    behaviour = behaviourIn(process, files(baseFrom(reference, base)));
    failure = process.failure;
  } catch (error) {
    if (!(error instanceof SubmissionFailure)) throw error;
    failure = error;
  }
  if (failure) return failures[failure.reason] ?? failure.reason;
  if (JSON.stringify(behaviour?.told) === JSON.stringify(bases[base].told)) return 'inert';
  return behaviour?.isRight ? 'right in another way' : 'judged';
};

/** What is seen in a process that is ended then. It has the time that honest code needs on a busy machine. */
const seenAlone = (attack: Attack): Seen | string => {
  const own = new SubmissionProcess({ stepSeconds: 2, loadSeconds: 4, memoryMegabytes: 96 });
  try {
    return seenOf(own, attack);
  } finally {
    own.end();
  }
};

const named = (some: readonly Attack[]) => some.map((attack) => [attack.name, attack] as const);

const asItIs = (base: Base): Behaviour => behaviourIn(sharedProcess(), new Map([[entry, baseFrom(reference, base)]]));

const bases: Readonly<Record<Base, Behaviour>> = { right: asItIs('right'), wrong: asItIs('wrong') };

describe('the corpus of attacks', () => {
  it('is built on code that is right, and on code that is seen to be wrong', () => {
    expect(bases.right.isRight).toBe(true);
    expect(bases.wrong.isRight).toBe(false);
    expect(bases.right.told).not.toEqual(bases.wrong.told);
  });

  it('is large, and each has its name', () => {
    expect(attacks.length).toBeGreaterThan(100);
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
  });

  const ending = attacks.filter(({ seen }) => seen === 'stopped');
  const others = attacks.filter(({ seen }) => seen !== 'stopped');

  const apart = others.filter((attack) => exhausts.includes(attack) && attack.seen === 'refused'); // they break the parser
  const together = others.filter((attack) => !apart.includes(attack));

  it.each(named(together))('%s', (_, attack) => {
    expect(seenOf(sharedProcess(), attack), attack.tries).toBe(attack.seen);
  });

  it('leaves nothing behind, even in the process in which all of these have run', () => {
    expect(asItIs('right').told).toEqual(bases.right.told);
    expect(asItIs('wrong').told).toEqual(bases.wrong.told);
  });

  const everyApart = isNight ? 1 : 3; // each costs the start of a process, or the seconds that it is given
  const some = (among: readonly Attack[]) => named(among.filter((_, i) => i % everyApart === 0));

  it.each(some(apart))('%s, in a process of its own', (_, attack) => {
    expect(seenAlone(attack), attack.tries).toBe(attack.seen);
  });

  it.each(some(ending))('%s, and is ended', (_, attack) => {
    expect(seenAlone(attack), attack.tries).toBe('stopped');
  });
});
