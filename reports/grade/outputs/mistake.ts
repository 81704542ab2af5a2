import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import type { ViolationKind } from '#model/verdict.ts';
import type { Found, Graded, GradedTest } from '#reports/grade/graded.ts';

/** Lost points of different submissions that look like one mistake, and whose they are. */
export interface Mistake {
  readonly signature: string;
  /** One of them, to show: the one with the shortest story. */
  readonly example: GradedTest;
  /** Places in the list of grades. */
  readonly submissions: readonly number[];
}

/**
 * What a mistake looks like, with nothing in it that a harmless change of the code, or another search, would change: not
 * which steps there were, which thread did what, or what numbers were written. It is made of the claim, the kind of
 * contradiction, the kinds of calls, what was observed as to its form, the two accesses whose order decides, and where
 * they stopped who wait for ever.
 */
export const signatureOf = ({ counterexample, story }: Found): string => {
  const { claim, violation, program } = counterexample;
  const calls = new Set(program.threads.flat().map(({ tag }) => tag));
  const isRace = violation.observed.startsWith('raced');
  const observed = isRace ? 'raced' : isTelling(violation.kind) ? formOf(violation.observed) : '';
  const pair = pairOf(story);
  return [
    claim,
    violation.kind,
    [...calls].sort().join(', '),
    observed,
    (isRace ? pair.toSorted() : pair).join(' before '),
    isWait(violation.kind) ? lastOfWaiting(story) : '',
  ].join(' · ');
};

/** Of these what was observed is but the state or the counts that the search happened upon, or nothing. */
const isTelling = (kind: ViolationKind): boolean => !['wrong state', 'too expensive', 'wrong history'].includes(kind);

const isWait = (kind: ViolationKind): boolean => ['lost wakeup', 'deadlock', 'livelock'].includes(kind);

/** A sentence without numbers, which thread it was, and the order of its parts. */
const formOf = (sentence: string): string => {
  const form = sentence
    .replaceAll(/\bT\d+\b/g, 'T')
    .replaceAll(/\d+/g, '#')
    .replaceAll(/#(?:[ ,]+#)+/g, '#');
  return [...new Set(form.split(/: (?=T )|; /))].sort().join('; ');
};

/** The two accesses whose order decides: what each did, where in the code, to which word. None: no two do. */
const pairOf = ({ culprits, steps }: Story): string[] => {
  if (!culprits) return [];
  const word = formOf(culprits.word);
  return [culprits.before, culprits.after].map((number) => {
    const step = steps.find((candidate) => candidate.step === number);
    return `${step?.access ?? 'touches'} ${word}${at(step)}`;
  });
};

/** What each thread that waits for ever did last to a word that it shares. */
const lastOfWaiting = ({ steps, threads, words }: Story): string => {
  const waiting = threads.filter(({ calls }) => calls.some(({ answer }) => answer === undefined));
  const lasts = waiting.flatMap(({ id }) => {
    const last = steps.findLast(({ thread, word }) => thread === id && word !== null);
    return last ? [`${last.access} ${formOf(words[last.word as number] as string)}${at(last)}`] : [];
  });
  return [...new Set(lasts)].sort().join('; ');
};

const at = (step: StoryStep | undefined): string => (step?.site === undefined ? '' : ` at ${step.site}`);

/** The lost points of a class, those that look alike together, the most frequent first. */
export const mistakesOf = (grades: readonly Graded[]): Mistake[] => {
  const lost = grades.flatMap(({ tests }, submission) =>
    tests.flatMap((test) => (test.found ? [{ test, submission, signature: signatureOf(test.found) }] : [])),
  );
  return [...Map.groupBy(lost, ({ signature }) => signature)]
    .map(([signature, alike]): Mistake => {
      const stepsOf = ({ test }: (typeof alike)[number]): number => test.found?.story.steps.length ?? 0;
      const [example] = alike.toSorted((a, b) => stepsOf(a) - stepsOf(b)) as [(typeof alike)[number]];
      return { signature, example: example.test, submissions: [...new Set(alike.map(({ submission }) => submission))] };
    })
    .toSorted((a, b) => b.submissions.length - a.submissions.length);
};
