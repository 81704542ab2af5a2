import { claimsAbout, isAboutStates, type Suite } from '#model/claim.ts';
import { knownOutcomes } from '#model/engine/space/known-outcomes.ts';
import type { SpecToExplore, SystemToExplore } from '#model/engine/space/spec.ts';
import { systemOfExploration, systemOfProgram } from '#model/engine/space/system.ts';

/** The spec of a subject: the threads of its exploration, about so many, and then its scenarios. */
export const specOfSubject = (suite: Suite, variant: string, threads: number): SpecToExplore => {
  const { subject } = suite;
  const exploration = subject.exploration?.(variant, threads);
  const free: SystemToExplore[] = exploration
    ? [
        {
          name: 'threads that call what they like',
          system: systemOfExploration(subject, variant, exploration),
          symmetry: exploration.symmetry,
          mayWait: exploration.mayWait,
        },
      ]
    : [];
  return {
    id: subject.id,
    variant,
    claims: claimsAbout(suite, variant).filter(isAboutStates),
    systems: [
      ...free,
      ...subject.scenarios(variant).map(({ name, program }) => ({ name, system: systemOfProgram(subject, program) })),
    ],
    known: knownOutcomes(subject, variant),
    showState: subject.showState,
    showCall: subject.showCall,
    showAnswer: subject.showAnswer,
  };
};
