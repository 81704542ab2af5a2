import { showClaim } from '#model/claim.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment, Item } from '#properties/assignments/assignment.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import { onMemories } from '#reports/grade/judge/memory-words.ts';

/** What a line of a rubric asks, in words. Of a mutant, what is hidden stays hidden. */
export const titleOfItem = (assignment: Assignment, { id, asks }: Item): string => {
  switch (asks.tag) {
    case 'claim': {
      const claim = suiteOf(assignment).claims.find((candidate) => candidate.id === asks.claim);
      if (!claim) throw new InternalError(`${assignment.name}: ${id} asks for a claim that there is not`);
      return `${showClaim(claim)}${onMemories(asks.memories)}`;
    }
    case 'kills':
      return `a wrong implementation is refuted: ${id}`;
    case 'accepts':
      return `the right implementation is accepted: ${id}`;
  }
};
