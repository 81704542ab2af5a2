import { writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { showClaim } from '#model/claim.ts';
import type { SpecToExplore } from '#model/engine/space/spec.ts';
import { type JudgedClaim, type Survey, surveying, type Witness } from '#model/engine/space/survey.ts';
import { SuiteError } from '#model/suite-error.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { prepareFile } from '#reports/cli/files.ts';
import { type Interrupt, listenForInterrupt } from '#reports/cli/interrupt.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { selectSpecs } from '#reports/cli/select-specs.ts';
import { delaySlowestCompiler } from '#reports/cli/slowest-compiler.ts';
import { pathAsItf } from '#reports/export/itf-path.ts';
import { coverageText, pathText, resultText, sizeOf, surveyText, waitText } from '#reports/text/space.ts';
import { plural } from '#reports/text/story.ts';

export interface ExploreSpecOptions {
  readonly variant: string | undefined;
  readonly threads: number;
  readonly states: number;
  /** Stops after so many seconds of the clock on the wall. */
  readonly seconds: number | undefined;
  readonly symmetry: boolean;
  /** A claim about states, by its id or words of its sentence: the shortest way to where it is decided is shown. */
  readonly find: string | undefined;
  /** Where a path is written to, as an ITF trace. */
  readonly itf: string | undefined;
  readonly json: boolean;
}

interface Explored {
  readonly spec: SpecToExplore;
  readonly survey: Survey;
  readonly cpuSeconds: number;
  /** The bound that was hit; null: none was, these are all states. */
  readonly gaveUp: string | null;
}

/** A way to a state, and why it is shown. */
interface Shown {
  readonly title: string;
  readonly isViolation: boolean;
  readonly witness: Witness;
}

/** How long the engine may keep the process to itself: signals and the terminal are served in between. */
const breathMilliseconds = 40;

/** Explores a spec, of a subject or of a file: all its states, without any implementation. */
export const exploreSpec = async (name: string, options: ExploreSpecOptions, output: Output): Promise<ExitCode> => {
  delaySlowestCompiler();
  if (options.itf !== undefined) prepareFile(options.itf);
  const specs = await selectSpecs(name, options.variant, options.threads);
  const interrupt = listenForInterrupt(output, options.seconds);
  const explored: Explored[] = [];
  try {
    for (const spec of specs) explored.push(await exploredOf(spec, options, interrupt));
  } finally {
    interrupt.release();
  }
  const shown = explored.map((one) => pathsOf(one, options.find));
  if (options.find !== undefined && shown.every(({ found }) => found === undefined))
    throw unknownClaim(options.find, explored);
  const code = codeOf(explored);
  if (options.json) output.out(JSON.stringify(asJson(explored, shown, code)));
  else for (const [i, one] of explored.entries()) print(one, shown[i]?.paths ?? [], output);
  if (options.itf !== undefined) writeItf(options.itf, explored, shown, output);
  return code;
};

/** Explores one variant, until the interrupt. */
const exploredOf = async (
  spec: SpecToExplore,
  { states: statesMax, symmetry }: ExploreSpecOptions,
  interrupt: Interrupt,
): Promise<Explored> => {
  const before = process.cpuUsage();
  const steps = surveying(spec, { statesMax, symmetry });
  let breath = performance.now();
  for (;;) {
    const step = steps.next(interrupt.isRequested);
    if (step.done) {
      const { user, system } = process.cpuUsage(before);
      const spaces = step.value.systems.map(({ space }) => space);
      const gaveUp = spaces.some(({ isStopped }) => isStopped) ? interrupt.why : plural(statesMax, 'state');
      const isWhole = spaces.every(({ isComplete }) => isComplete);
      return { spec, survey: step.value, cpuSeconds: (user + system) / 1e6, gaveUp: isWhole ? null : gaveUp };
    }
    if (performance.now() - breath < breathMilliseconds) continue;
    await setImmediate();
    breath = performance.now();
  }
};

interface Paths {
  /** The claim that was asked for, if this spec has it. */
  readonly found: JudgedClaim | undefined;
  readonly paths: readonly Shown[];
}

/** What was asked for, then what is refuted. */
const pathsOf = ({ spec, survey }: Explored, find: string | undefined): Paths => {
  const found = find === undefined ? undefined : survey.claims.find(({ claim }) => isCalled(claim, find));
  const refuted = survey.claims.filter((judged) => judged.verdict === 'refuted' && judged !== found);
  const claims = [...(found ? [found] : []), ...refuted].flatMap(({ claim, verdict, witness }): Shown[] =>
    witness ? [{ title: showClaim(claim), isViolation: verdict === 'refuted', witness }] : [],
  );
  const { waits } = survey;
  const waiting: Shown[] =
    waits?.verdict === 'refuted'
      ? [{ title: waitText(spec, waits.thread, waits.call), isViolation: true, witness: waits.witness }]
      : [];
  return { found, paths: [...claims, ...waiting] };
};

const isCalled = ({ id, sentence }: JudgedClaim['claim'], name: string): boolean =>
  id === name || sentence.toLowerCase().includes(name.toLowerCase());

const unknownClaim = (name: string, explored: readonly Explored[]): SuiteError => {
  const known = explored.flatMap(({ survey }) => survey.claims.map(({ claim }) => claim.id));
  return new SuiteError(
    'S702',
    `no claim about states is called '${name}'`,
    known.length > 0 ? `known: ${[...new Set(known)].join(', ')}` : 'this subject has none: write one with sometimes',
  );
};

const verdictOf = ({ claims, waits }: Survey): 'holds' | 'refuted' | 'gave-up' => {
  const verdicts = [...claims.map(({ verdict }) => verdict), ...(waits ? [waits.verdict] : [])];
  return verdicts.includes('refuted') ? 'refuted' : verdicts.includes('gave-up') ? 'gave-up' : 'holds';
};

/** A space that was not explored to its end leaves its claims open, and gives 2 even if there are none. */
const codeOf = (explored: readonly Explored[]): ExitCode => {
  const verdicts = explored.map(({ survey }) => verdictOf(survey));
  if (verdicts.includes('refuted')) return exitCode.refuted;
  const isWhole = explored.every(({ survey }) => sizeOf(survey).complete);
  return isWhole && !verdicts.includes('gave-up') ? exitCode.holds : exitCode.gaveUp;
};

const asJson = (explored: readonly Explored[], shown: readonly Paths[], code: ExitCode): unknown => ({
  verdict: code === exitCode.refuted ? 'refuted' : code === exitCode.holds ? 'holds' : 'gave-up',
  specs: explored.map(({ spec, survey, cpuSeconds, gaveUp }, i) => {
    const { states, transitions, depth, complete } = sizeOf(survey);
    const pathJson = ({ system, path }: Witness): unknown => ({
      system,
      first: { state: spec.showState(path.first.state), value: path.first.state },
      steps: path.steps.map((step) => ({
        thread: step.thread,
        call: spec.showCall(step.call),
        outcome: resultText(spec, step),
        state: spec.showState(step.state),
        value: step.state,
      })),
    });
    const { waits } = survey;
    return {
      subject: spec.id,
      variant: spec.variant,
      verdict: complete || verdictOf(survey) === 'refuted' ? verdictOf(survey) : 'gave-up',
      states,
      transitions,
      depth,
      complete,
      ...(gaveUp === null ? {} : { gaveUp }),
      cpuSeconds,
      statesPerSecond: Math.round(states / cpuSeconds),
      transitionsPerSecond: Math.round(transitions / cpuSeconds),
      systems: survey.systems.map(({ name, space }) => ({
        name,
        states: space.arena.count,
        transitions: space.transitions,
        depth: space.depth,
        complete: space.isComplete,
      })),
      claims: survey.claims.map(({ claim, verdict, why, witness }) => ({
        id: claim.id,
        claim: showClaim(claim),
        verdict,
        ...(why === undefined ? {} : { why }),
        ...(witness && (verdict === 'refuted' || claim === shown[i]?.found?.claim) ? { path: pathJson(witness) } : {}),
        ...(witness ? { steps: witness.path.steps.length } : {}),
      })),
      waits:
        waits === undefined
          ? null
          : waits.verdict === 'refuted'
            ? {
                verdict: waits.verdict,
                thread: waits.thread,
                call: spec.showCall(waits.call),
                path: pathJson(waits.witness),
              }
            : waits,
      coverage: [...survey.coverage].flatMap(([call, outcomes]) =>
        [...outcomes].map(([outcome, seenIn]) => ({ call, outcome, states: seenIn })),
      ),
      neverSeen: survey.neverSeen ?? null,
    };
  }),
});

const print = ({ spec, survey, cpuSeconds, gaveUp }: Explored, paths: readonly Shown[], output: Output): void => {
  output.out(styled(output, 'bold', `${spec.id} (${spec.variant})`));
  if (gaveUp !== null) output.out(styled(output, 'yellow', `  gave up: ${gaveUp}`));
  output.out(surveyText(survey, cpuSeconds, output));
  output.out('');
  output.out(coverageText(survey, output));
  for (const { title, isViolation, witness } of paths) {
    output.out(`\n${styled(output, isViolation ? 'red' : 'green', isViolation ? '✗' : '✓')} ${title}`);
    output.out(pathText(spec, witness, output));
  }
  output.out('');
};

const writeItf = (file: string, explored: readonly Explored[], shown: readonly Paths[], output: Output): void => {
  const at = shown.findIndex(({ paths }) => paths.length > 0);
  const [path] = shown[at]?.paths ?? [];
  if (!path) {
    output.note(`nothing is written to ${file}: nothing is refuted; name a state with --find`);
    return;
  }
  const { spec } = explored[at] as Explored;
  writeFileSync(
    file,
    pathAsItf(path.witness.path, {
      source: `${spec.id} (${spec.variant}), the spec`,
      description: path.title,
      isViolation: path.isViolation,
    }),
  );
  output.note(`written: ${file}`);
};
