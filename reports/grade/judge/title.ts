import { showClaim } from '#model/claim.ts';
import { InternalError } from '#model/suite-error.ts';
import type { Assignment, Item } from '#properties/assignments/assignment.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import type { Titles } from '#reports/grade/graded.ts';
import { onMemories, onMemoriesZh } from '#reports/grade/judge/memory-words.ts';

/** What a line of a rubric asks, in words. Of a mutant, what is hidden stays hidden. */
export const titlesOfItem = (assignment: Assignment, { id, asks }: Item): Titles => {
  switch (asks.tag) {
    case 'claim': {
      const claim = suiteOf(assignment).claims.find((candidate) => candidate.id === asks.claim);
      if (!claim) throw new InternalError(`${assignment.name}: ${id} asks for a claim that there is not`);
      return {
        title: `${showClaim(claim)}${onMemories(asks.memories)}`,
        titleZh: `${asks.claimZh}${onMemoriesZh(asks.memories)}`,
      };
    }
    case 'kills':
      return { title: `a wrong implementation is refuted: ${id}`, titleZh: `反驳一个错误的实现：${id}` };
    case 'accepts':
      return { title: `the right implementation is accepted: ${id}`, titleZh: `接受正确的实现：${id}` };
  }
};
