import type { Claim } from '#model/claim.ts';
import type { Implementation } from '#model/counterexample.ts';
import type { Outline } from '#model/engine/plan.ts';

/** By what a counterexample is known, and its file: what was refuted, of which code. */
export const counterexampleId = ({ suite, variant, implementation, weakening }: Outline, claim: Claim): string =>
  fileName([
    suite.subject.id,
    variant,
    claim.id,
    ...nameOf(implementation),
    ...(weakening ? [weakening.site, weakening.to] : []),
  ]);

const nameOf = (implementation: Implementation): string[] => {
  if (implementation.tag === 'mutant') return [implementation.id];
  return implementation.tag === 'file' ? [implementation.path.replace(/^.*\//, '')] : [];
};

const fileName = (parts: readonly string[]): string =>
  parts
    .join('-')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
