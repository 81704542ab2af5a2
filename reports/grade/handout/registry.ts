import type { Assignment } from '#properties/assignments/assignment.ts';
import { canary } from '#properties/canary.ts';

const suitesText = (
  subjects: readonly string[],
): string => `/** The registry of a handout: its subject, and the one that the canary is about. */
import type { Suite } from '#model/claim.ts';
${subjects.map((subject, i) => `import suite${i} from '#properties/${subject}.property.ts';\n`).join('')}\
import type { Mutant } from '#properties/museum/mutant.ts';

export const suites: readonly Suite[] = [${subjects.map((_, i) => `suite${i}`).join(', ')}];

/** None: a mutant is an edit of a reference implementation. */
export const mutants: readonly Mutant[] = [];
`;

const assignmentsText = (name: string): string => `/** The assignments of a handout: this one. */
import assignment from '#properties/assignments/${name}/assignment.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';

export const assignments: readonly Assignment[] = [assignment];
`;

/** What everybody may know of it: nothing of what is hidden, or shown once grades are published. */
const assignmentText = (assignment: Assignment): string => {
  const rubric = assignment.rubric.filter(({ visibility }) => visibility === 'visible');
  return `import type { Assignment } from '#properties/assignments/assignment.ts';

/** As your teacher has it, but for what is not shown before the deadline. */
const assignment: Assignment = ${JSON.stringify({ ...assignment, rubric }, null, 2)};

export default assignment;
`;
};

/** The registries of a handout, which stand where those of the whole tool stand. */
export const registryOf = (assignment: Assignment): ReadonlyMap<string, string> => {
  const subjects = [...new Set([canary.suite.subject.id, assignment.subject])];
  return new Map([
    ['properties/index.ts', suitesText(subjects)],
    ['properties/assignments/index.ts', assignmentsText(assignment.name)],
    [`properties/assignments/${assignment.name}/assignment.ts`, assignmentText(assignment)],
  ]);
};
