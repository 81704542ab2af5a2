import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { Counterexample, Implementation } from '#model/counterexample.ts';
import type { Rig } from '#model/engine/explore/execution.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld, type World } from '#model/engine/load/world.ts';
import { InternalError, SuiteError } from '#model/suite-error.ts';
import { mutants, suites } from '#properties/index.ts';
import { readText, writeText } from '#reports/cli/files.ts';
import { referenceModule } from '#reports/cli/reference.ts';
import { fileUrl } from '#reports/cli/select.ts';
import schema from '../../docs/schema/counterexample.schema.json' with { type: 'json' };

/** Saves a counterexample; gives its path. */
export const saveCounterexample = (folder: string, counterexample: Counterexample): string => {
  const path = join(folder, `${counterexample.id}.json`);
  writeText(path, `${JSON.stringify(counterexample, null, 1)}\n`);
  return path;
};

/** The line to paste. */
export const replayLine = (path: string): string => `npx rendezvous replay ${path}`;

/** Reads a counterexample. SuiteError: not there, not JSON, or not of the right shape, and where it is not. */
export const readCounterexample = (path: string): Counterexample => {
  const text = readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SuiteError(
      'S402',
      `${path} is not complete JSON (${text.length} characters)`,
      'it was cut off or changed: record it again with `rendezvous check`',
    );
  }
  const validate = new Ajv({ allErrors: false, allowUnionTypes: true }).compile(schema);
  if (!validate(value)) {
    const error = validate.errors?.[0];
    const place = error?.instancePath ? ` at ${error.instancePath.slice(1).replaceAll('/', '.')}` : '';
    throw new SuiteError(
      'S403',
      `${path} is no counterexample${place}: ${error?.message ?? 'wrong shape'}`,
      'it was changed by hand, or written by another version: record it again with `rendezvous check`',
    );
  }
  return value as unknown as Counterexample;
};

/** Loads an implementation of a subject's variant. SuiteError: there is none, or it cannot be loaded. */
export const loadImplementation = async (
  subjectId: string,
  variantName: string,
  implementation: Implementation,
): Promise<World> => {
  const subject = suites.find((suite) => suite.subject.id === subjectId)?.subject;
  if (!subject?.variants.some(({ name }) => name === variantName)) {
    throw new SuiteError(
      'S404',
      `it is about ${subjectId} (${variantName}), which does not exist here`,
      'replay it with the version of rendezvous that recorded it',
    );
  }
  switch (implementation.tag) {
    case 'reference':
      return loadWorld({ tag: 'ours', module: referenceModule(subject, variantName), edits: [] }, subject.exports);
    case 'file':
      return loadWorld({ tag: 'theirs', url: fileUrl(implementation.path) }, subject.exports);
    case 'mutant': {
      const mutant = mutants.find((candidate) => candidate.id === implementation.id);
      if (!mutant) {
        throw new SuiteError(
          'S404',
          `it is about the mutant ${implementation.id}, which is not in this museum`,
          'see `rendezvous list` for those that are',
        );
      }
      const module = referenceModule(subject, variantName);
      return loadWorld({ tag: 'ours', module, edits: mutant.edits }, subject.exports);
    }
  }
};

/** Everything needed to run a counterexample again. */
export const rigOf = async (counterexample: Counterexample): Promise<Rig> => {
  const world = await loadImplementation(counterexample.subject, counterexample.variant, counterexample.implementation);
  const suite = suites.find((candidate) => candidate.subject.id === counterexample.subject);
  if (!suite) throw new InternalError(`no suite for ${counterexample.subject}`);
  return rigFor(suite.subject, counterexample.variant, world);
};
