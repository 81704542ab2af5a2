import { showClaim } from '#model/claim.ts';
import { mutants, suites } from '#properties/index.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { plainTable } from '#reports/text/summary.ts';

/** Shows what there is: subjects, their claims and their mutants. */
export const list = (json: boolean, output: Output): ExitCode => {
  const subjects = suites.map(({ subject, claims }) => ({
    id: subject.id,
    summary: subject.summary,
    variants: subject.variants.map((variant) => variant.name),
    claims: claims.map((claim) => ({
      id: claim.id,
      sentence: showClaim(claim),
      checks: claim.checks,
      variants: claim.variants ?? subject.variants.map((variant) => variant.name),
    })),
    mutants: mutants
      .filter((mutant) => mutant.subject === subject.id)
      .map(({ id, title, variant, killedBy, bug }) => ({ id, title, variant, killedBy, bug: bug ?? null })),
  }));
  if (json) {
    output.out(JSON.stringify({ subjects }));
    return exitCode.holds;
  }
  for (const subject of subjects) {
    output.out(`${styled(output, 'bold', subject.id)}  ${subject.summary} Variants: ${subject.variants.join(', ')}.`);
    output.out(plainTable(subject.claims.map((claim) => [`claim ${claim.id}`, claim.sentence])));
    output.out(plainTable(subject.mutants.map((mutant) => [`mutant ${mutant.id}`, mutant.title])));
    output.out('');
  }
  output.out('`rendezvous show SUBJECT` shows the spec beside the implementation.');
  return exitCode.holds;
};
