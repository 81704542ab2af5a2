import { isDeepStrictEqual } from 'node:util';
import type { Claim } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import { reproduce } from '#model/engine/reproduce.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { SuiteError } from '#model/suite-error.ts';
import { canary } from '#properties/canary.ts';
import { suites } from '#properties/index.ts';
import { readCounterexample, replayLine, rigOf } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { type ExportName, exporters } from '#reports/cli/export.ts';
import { writeText } from '#reports/cli/files.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { storyPage } from '#reports/cli/page.ts';
import { storyLines, violationLines } from '#reports/text/story.ts';

export interface ReplayOptions {
  readonly json: boolean;
  readonly html: string | undefined;
  readonly export: ExportName | undefined;
  /** The file that the export goes to; stdout if none is named. */
  readonly output: string | undefined;
  readonly all: boolean;
}

const claimOf = (counterexample: Counterexample): Claim => {
  const suite = suites.find((candidate) => candidate.subject.id === counterexample.subject);
  const claim = [...(suite?.claims ?? []), canary.claim].find((candidate) => candidate.id === counterexample.claim);
  if (claim) return claim;
  throw new SuiteError(
    'S404',
    `it refutes the claim ${counterexample.claim}, which does not exist here`,
    'replay it with the version of rendezvous that recorded it',
  );
};

/** Replays a counterexample step by step. Says so when it was recorded on other code, or no longer happens. */
export const replay = async (path: string, options: ReplayOptions, output: Output): Promise<ExitCode> => {
  if (options.output !== undefined && options.export === undefined) {
    throw new SuiteError('S106', '--output needs --export', 'say which format is to be written there');
  }
  const counterexample = readCounterexample(path);
  const rig = await rigOf(counterexample);
  const problem = rig.subject.validate(counterexample.program);
  if (problem) {
    throw new SuiteError(
      'S403',
      `${path}: ${problem}`,
      'it was changed by hand, or written by another version: record it again with `rendezvous check`',
    );
  }
  const isSameCode = rig.world.fingerprint === counterexample.fingerprint;
  const violation = reproduce(rig, claimOf(counterexample), counterexample);
  const isSame = isDeepStrictEqual(violation, counterexample.violation);
  if (isSameCode && !isSame) {
    throw new SuiteError(
      'S405',
      `${path} does not happen as recorded, though the code is the same`,
      'it was changed by hand: record it again with `rendezvous check`',
    );
  }
  const story = tell(rig, violation ? { ...counterexample, violation } : counterexample);
  if (options.html !== undefined) {
    writeText(options.html, storyPage(story, counterexample, replayLine(path)));
    output.note(`the picture is in ${options.html}`);
  }
  const status = !violation ? 'gone' : isSame ? 'same' : 'different';
  if (options.json) {
    output.out(JSON.stringify({ path, status, sameCode: isSameCode, violation: violation ?? null, story }));
    return violation ? exitCode.refuted : exitCode.holds;
  }
  if (!isSameCode) {
    output.note(
      styled(
        output,
        'yellow',
        `recorded on other code (${counterexample.fingerprint}, this is ${rig.world.fingerprint}):`,
      ) +
        ` ${status === 'same' ? 'it still happens just so' : status === 'different' ? 'it happens differently' : 'it does not happen any more'}`,
    );
  }
  if (options.export !== undefined) {
    if (!violation) {
      throw new SuiteError(
        'S406',
        `${path} does not happen any more: there is nothing to export`,
        'export it with the code that it was recorded on, or replay it without --export',
      );
    }
    const text = exporters[options.export](story);
    if (options.output === undefined) {
      output.out(text.trimEnd());
      return exitCode.refuted;
    }
    writeText(options.output, text);
    output.note(`the ${options.export} export is in ${options.output}`);
  }
  output.out(storyLines(story, output, options.all).join('\n'));
  if (!violation)
    output.out(
      `${styled(output, 'green', '✓')} it does not happen any more; it was: ${violationLines(counterexample.violation, output).slice(1).join('\n')}`,
    );
  return violation ? exitCode.refuted : exitCode.holds;
};
