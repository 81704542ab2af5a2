import { SuiteError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { assignments } from '#properties/assignments/index.ts';

/** The assignment of that name. SuiteError: there is none. */
export const assignmentCalled = (name: string): Assignment => {
  const assignment = assignments.find((candidate) => candidate.name === name);
  if (assignment) return assignment;
  const known = assignments.map((candidate) => candidate.name).join(', ');
  throw new SuiteError('S509', `no assignment is called '${name}'`, `known assignments: ${known}`);
};
