import type { Claim } from '#model/claim.ts';
import type { ClaimResult } from '#model/engine/plan.ts';
import type { Story } from '#model/engine/trace/story.ts';
import type { Subject } from '#model/subject.ts';
import type { Item } from '#properties/assignments/assignment.ts';
import { clauseOf } from '#reports/grade/clause.ts';
import type { GradedTest, Titles } from '#reports/grade/graded.ts';

/** A line of the rubric that asks for a claim of ours, with that claim. */
export interface ClaimItem extends Titles {
  readonly item: Item;
  readonly asks: Extract<Item['asks'], { tag: 'claim' }>;
  readonly claim: Claim;
}

/** What was found out about a claim with one seed; if it was refuted, with the story. */
export interface Judged {
  readonly seed: number;
  readonly result: ClaimResult;
  readonly story: Story | null;
}

const earned = ({ item }: ClaimItem): Pick<GradedTest, 'score' | 'why' | 'hint' | 'hintZh'> => ({
  score: item.points,
  why: null,
  hint: null,
  hintZh: null,
});

const lost = ({ item }: ClaimItem, why: string): Pick<GradedTest, 'score' | 'why' | 'hint' | 'hintZh'> => ({
  score: 0,
  why,
  hint: item.hint,
  hintZh: item.hintZh,
});

const common = ({ item, title, titleZh }: ClaimItem): Titles & Pick<GradedTest, 'id' | 'maximum' | 'visibility'> => {
  const { id, points, visibility } = item;
  return { id, title, titleZh, maximum: points, visibility };
};

/** Nothing was decided: it earns nothing, and this is why. */
export const undecided = (asked: ClaimItem, why: string): GradedTest => ({
  ...common(asked),
  score: 0,
  why,
  hint: null,
  hintZh: null,
  verdict: 'gave-up',
  executions: 0,
  found: null,
});

/** The points of a line, of what each seed found out: all of them if the claim holds with each, else none. */
export const testOf = (asked: ClaimItem, subject: Subject, judged: readonly Judged[]): GradedTest => {
  const executions = judged.reduce((sum, { result }) => sum + result.verdict.executions, 0);
  for (const { seed, result, story } of judged) {
    const { verdict, counterexample } = result;
    if (verdict.tag !== 'refuted') continue;
    const { kind, expected, observed } = verdict.violation;
    const found =
      counterexample && story
        ? {
            seed,
            counterexample: { ...counterexample, id: asked.item.id },
            story,
            clause: clauseOf(subject, counterexample, story),
          }
        : null;
    const why = `${kind}: the spec ${expected}; this ${observed}`;
    return { ...common(asked), ...lost(asked, why), verdict: 'refuted', executions, found };
  }
  const open = judged.find(({ result }) => result.verdict.tag === 'gave-up');
  if (open?.result.verdict.tag === 'gave-up') {
    const why = `not decided, and so not earned: ${open.result.verdict.why}`;
    return { ...common(asked), ...lost(asked, why), verdict: 'gave-up', executions, found: null };
  }
  return { ...common(asked), ...earned(asked), verdict: 'holds', executions, found: null };
};
