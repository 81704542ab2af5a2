import { InternalError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { suites } from '#properties/index.ts';

/** Lines of a registry: what it imports, and what then stands in its list. */
interface Entry {
  readonly imports: string;
  readonly expression: string;
}

/** A subject with its claims. */
const withClaims = (id: string): Entry => ({
  imports: `import suiteOfIt from '#properties/${id}.property.ts';`,
  expression: 'suiteOfIt',
});

/** A subject without: where students are to write the claims. */
const withoutClaims = async (id: string): Promise<Entry> => {
  const subject = suites.find((suite) => suite.subject.id === id)?.subject;
  const module = (await import(`#model/${id}.ts`)) as Readonly<Record<string, unknown>>;
  const name = Object.keys(module).find((key) => module[key] === subject);
  if (name === undefined) throw new InternalError(`model/${id}.ts does not export its subject`);
  return {
    imports: `import { suite } from '#model/claim.ts';\nimport { ${name} } from '#model/${id}.ts';`,
    expression: `suite(${name}, [])`,
  };
};

const suitesText = ({
  imports,
  expression,
}: Entry): string => `/** The registry of a handout: the subject that the canary is about, and the assignment's. */
import type { Suite } from '#model/claim.ts';
import { canary } from '#properties/canary.ts';
import type { Mutant } from '#properties/museum/mutant.ts';
${imports}

export const suites: readonly Suite[] = [canary.suite, ${expression}];

/** None: a mutant is an edit of a reference implementation. */
export const mutants: readonly Mutant[] = [];
`;

const assignmentsText = (name: string): string => `/** The assignments of a handout: this one. */
import type { Assignment } from '#properties/assignments/assignment.ts';
import assignment from '#properties/assignments/${name}/assignment.ts';

export const assignments: readonly Assignment[] = [assignment];
`;

/**
 * What everybody may know of it: nothing of what is hidden, or shown once grades are published. Where mutants are asked for
 * nothing of the rubric: their names tell what is wrong with them, and they are not here.
 */
const assignmentText = (assignment: Assignment): string => {
  const rubric = assignment.rubric.filter(({ visibility, asks }) => visibility === 'visible' && asks.tag === 'claim');
  return `import type { Assignment } from '#properties/assignments/assignment.ts';

/** As your teacher has it, but for what is not shown before the deadline. */
const assignment: Assignment = ${JSON.stringify({ ...assignment, rubric }, null, 2)};

export default assignment;
`;
};

/** The registries of a handout, which stand where those of the whole tool stand. */
export const registryOf = async (assignment: Assignment): Promise<ReadonlyMap<string, string>> => {
  const { kind, name, subject } = assignment;
  return new Map([
    ['properties/index.ts', suitesText(kind === 'properties' ? await withoutClaims(subject) : withClaims(subject))],
    ['properties/assignments/index.ts', assignmentsText(name)],
    [`properties/assignments/${name}/assignment.ts`, assignmentText(assignment)],
  ]);
};
