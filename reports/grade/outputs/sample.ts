import { showClaim } from '#model/claim.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Visibility } from '#properties/assignments/assignment.ts';
import { mutants, suites } from '#properties/index.ts';
import { clauseOf } from '#reports/grade/clause.ts';
import type { Graded, GradedTest } from '#reports/grade/graded.ts';
import { answerOf, perform, type Task } from '#reports/workers/task.ts';

/** Grades to show and to test by: what they found is found, in mutants of the museum. */

const seed = 1;

/** A lost point: what the claim that must kill a mutant says of it. InternalError: it says nothing. */
export const lostTo = async (mutantId: string, visibility: Visibility = 'visible'): Promise<GradedTest> => {
  const mutant = mutants.find(({ id }) => id === mutantId);
  const subject = suites.find((suite) => suite.subject.id === mutant?.subject)?.subject;
  if (!mutant || !subject) throw new InternalError(`no mutant ${mutantId}`);
  const task: Task = {
    subject: mutant.subject,
    variant: mutant.variant,
    implementation: { tag: 'mutant', id: mutantId },
    claims: [mutant.killedBy],
    budget: budgets.quick,
    seed,
    explore: 'all',
    memories: memoryNames,
  };
  const findings = await perform(task, { isRequested: false, why: '' }, () => {});
  const answer = findings && answerOf(task, findings);
  const result = answer?.result.claims[0];
  const counterexample = result?.counterexample;
  const story = counterexample && answer?.stories.get(counterexample.id);
  if (!result || !counterexample || !story) throw new InternalError(`${mutantId} is not refuted`);
  const { kind, expected, observed } = counterexample.violation;
  return {
    id: mutant.killedBy,
    title: showClaim(result.claim),
    titleZh: `${showClaim(result.claim)}（中文）`,
    score: 0,
    maximum: 10,
    visibility,
    verdict: 'refuted',
    why: `${kind}: the spec ${expected}; the implementation ${observed}`,
    hint: 'Look at what is true when a thread goes on after it has waited.',
    hintZh: '看一看：线程等待之后继续执行时，哪些条件仍然成立。',
    executions: result.verdict.executions,
    found: { seed, counterexample, story, clause: clauseOf(subject, counterexample, story) },
  };
};

/** A point that was earned. */
export const earned = (id: string, title: string, visibility: Visibility = 'visible'): GradedTest => ({
  id,
  title,
  titleZh: `${title}（中文）`,
  score: 5,
  maximum: 5,
  visibility,
  verdict: 'holds',
  why: null,
  hint: null,
  hintZh: null,
  executions: 12345,
  found: null,
});

/** A point that could not be judged. */
export const undecided = (id: string, title: string, why: string): GradedTest => ({
  ...earned(id, title),
  score: 0,
  verdict: 'gave-up',
  why,
  hint: 'Let every loop wait for something.',
  hintZh: '让每个循环都在等待某个条件。',
});

/** The grade of a submission with these tests. */
export const gradedOf = (name: string, tests: readonly GradedTest[], failure: Graded['failure'] = null): Graded => ({
  path: `submissions/${name}`,
  name,
  assignment: 'sample',
  rubricFingerprint: 'aaaaaaaaaaaa',
  toolFingerprint: 'bbbbbbbbbbbb',
  submissionFingerprint: 'cccccccccccc',
  score: tests.reduce((sum, { score }) => sum + score, 0),
  maximum: tests.reduce((sum, { maximum }) => sum + maximum, 0),
  tests,
  failure,
});
