import type { AnyCall, Program, Scenario, Subject } from '#model/subject.ts';
import type { Workload } from '#properties/assignments/assignment.ts';
import type { Session } from '#reports/grade/claims/session.ts';

/** A claim as it is known outside the submission's process: its name and its words, but not what it does. */
export interface NamedClaim {
  readonly id: string;
  readonly sentence: string;
}

/** What a submission of the kind `properties` hands in, looked through. */
export interface HandedIn {
  readonly claims: readonly NamedClaim[];
  readonly workloads: readonly Workload[];
}

/** How much may be handed in: enough for every bug of the museum several times over, and little enough to run. */
const claimsMax = 40;
const workloadsMax = 20;
const threadsMax = 4;
const callsMax = 6;
const workloadCharactersMax = 500;
const idMax = 60;
const sentenceMax = 300;

/** What is wrong with what a submission exports, in a sentence for its author. */
export class Unusable extends Error {}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= most;

const listOf = (value: unknown, name: string, most: number): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Unusable(`\`${name}\` is no list: export one under that name`);
  if (value.length > most) throw new Unusable(`\`${name}\` has ${value.length} entries; ${most} are allowed`);
  return value;
};

const rejectRepeated = (names: readonly string[], of: string): void => {
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) throw new Unusable(`two ${of} are called '${repeated}'`);
};

const claimOf = (value: unknown, i: number): NamedClaim => {
  if (!isRecord(value)) throw new Unusable(`claim ${i} is no object`);
  const { id, sentence, holds } = value;
  if (!isText(id, idMax)) throw new Unusable(`claim ${i} has no \`id\` of at most ${idMax} characters`);
  if (!isText(sentence, sentenceMax)) {
    throw new Unusable(`claim '${id}' has no \`sentence\` of at most ${sentenceMax} characters`);
  }
  if (holds !== 'function') throw new Unusable(`claim '${id}' has no function \`holds\``);
  return { id, sentence };
};

const isCall = (value: unknown): value is AnyCall => isRecord(value) && typeof value['tag'] === 'string';

const workloadOf = (value: unknown, i: number): Workload => {
  if (!isRecord(value)) throw new Unusable(`workload ${i} is no object`);
  const { name, parameters, threads } = value;
  if (!isText(name, sentenceMax)) throw new Unusable(`workload ${i} has no \`name\``);
  const problem = (what: string): Unusable => new Unusable(`workload '${name}': ${what}`);
  if (!Array.isArray(threads) || threads.length === 0 || threads.length > threadsMax) {
    throw problem(`\`threads\` is no list of 1 to ${threadsMax} threads`);
  }
  for (const [thread, calls] of threads.entries()) {
    if (!Array.isArray(calls) || calls.length > callsMax || !calls.every(isCall)) {
      throw problem(`thread ${thread} is no list of at most ${callsMax} calls`);
    }
  }
  if (!threads.some((calls) => calls.length > 0)) throw problem('no thread calls anything');
  const characters = JSON.stringify(value).length;
  if (characters > workloadCharactersMax) {
    throw problem(
      `written as JSON, with its name, it has ${characters} characters; ${workloadCharactersMax} are allowed: small programs find more`,
    );
  }
  return { name, parameters, threads };
};

/** What is in such a list of a call, and in one of the same call or another besides. */
const repeatedIn = ({ threads }: Workload, list: string): unknown => {
  const items = threads.flat().flatMap((call) => {
    const own = (call as unknown as Readonly<Record<string, unknown>>)[list];
    return Array.isArray(own) ? own : [];
  });
  return items.find((item, i) => items.indexOf(item) < i);
};

/**
 * Looks through what a submission's process says that it exports: of each claim `holds` is said to be a `function`, or
 * what else it is. What calls have in their lists of the name `distinct` is nowhere the same. Unusable: it is not what was
 * asked for.
 */
export const readHandedIn = (exported: unknown, subject: Subject, distinct?: string): HandedIn => {
  const { claims: rawClaims, workloads: rawWorkloads } = isRecord(exported) ? exported : {};
  const claims = listOf(rawClaims, 'claims', claimsMax).map(claimOf);
  const workloads = listOf(rawWorkloads, 'workloads', workloadsMax).map(workloadOf);
  rejectRepeated(
    claims.map(({ id }) => id),
    'claims',
  );
  rejectRepeated(
    workloads.map(({ name }) => name),
    'workloads',
  );
  for (const workload of workloads) {
    const problems = subject.variants.map((variant) => subject.validate(programOf(workload, variant.name)));
    if (problems.every((problem) => problem !== undefined)) {
      throw new Unusable(`workload '${workload.name}' can be run by no implementation: ${problems[0]}`);
    }
    const repeated = distinct === undefined ? undefined : repeatedIn(workload, distinct);
    if (repeated !== undefined) {
      throw new Unusable(
        `workload '${workload.name}' has ${JSON.stringify(repeated)} twice in \`${distinct}\`: let all of them differ, so that they can be told apart`,
      );
    }
  }
  return { claims, workloads };
};

/** The same of two sessions. Unusable: also, that they do not export the same. */
export const readFromBoth = (
  [{ exported }, other]: readonly [Session, Session],
  subject: Subject,
  distinct?: string,
): HandedIn => {
  if (JSON.stringify(exported) !== JSON.stringify(other.exported)) {
    throw new Unusable('it exports something else each time it is loaded');
  }
  return readHandedIn(exported, subject, distinct);
};

const programOf = ({ parameters, threads }: Workload, variant: string): Program => ({
  variant,
  parameters,
  cores: threads.length,
  threads,
});

/** The workloads that a variant can run. */
export const scenariosFor = (workloads: readonly Workload[], subject: Subject, variant: string): readonly Scenario[] =>
  workloads
    .map((workload) => ({ name: workload.name, program: programOf(workload, variant) }))
    .filter(({ program }) => subject.validate(program) === undefined);
