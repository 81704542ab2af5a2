import type { StoryStep } from '#model/engine/trace/story.ts';
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
 * What a mistake looks like, with nothing in it that another author, another order of lines or another search would make
 * another: no names of words and places, no steps, threads or numbers. It is made of the claim, the kind of contradiction,
 * the kinds of calls, what was observed as to its form, the two accesses whose order decides, and what they did last who
 * wait for ever: each by whether it read or wrote, and in which kind of call.
 */
export const signatureOf = (found: Found): string => {
  const { claim, violation, program } = found.counterexample;
  const calls = new Set(program.threads.flat().map(({ tag }) => tag));
  const isRace = violation.observed.startsWith('raced');
  const observed = isRace ? 'raced' : isTelling(violation.kind) ? formOf(violation.observed) : '';
  const pair = pairOf(found);
  return [
    claim,
    violation.kind,
    [...calls].sort().join(', '),
    observed,
    (isRace ? pair.toSorted() : pair).join(' before '),
    isWait(violation.kind) ? lastOfWaiting(found) : '',
  ].join(' · ');
};

/** Of these what was observed is but the state or the counts that the search happened upon, or nothing. */
const isTelling = (kind: ViolationKind): boolean => !['wrong state', 'too expensive', 'wrong history'].includes(kind);

const isWait = (kind: ViolationKind): boolean => ['lost wakeup', 'deadlock', 'livelock'].includes(kind);

/** A sentence without numbers, names of words, which thread it was, and the order of its parts. */
const formOf = (sentence: string): string => {
  const form = sentence
    .replaceAll(/\b(accessed|allocated|freed|spins for ever on) [^\s,]+/g, '$1 a word')
    .replaceAll(/\bT\d+\b/g, 'T')
    .replaceAll(/\d+/g, '#')
    .replaceAll(/#(?:[ ,]+#)+/g, '#');
  return [...new Set(form.split(/: (?=T )|; /))].sort().join('; ');
};

/** The two accesses whose order decides. None: no two do. */
const pairOf = (found: Found): string[] => {
  const { culprits, steps } = found.story;
  if (!culprits) return [];
  return [culprits.before, culprits.after].flatMap((number) =>
    steps.filter(({ step }) => step === number).map((step) => accessOf(step, found)),
  );
};

/** What each thread that waits for ever did last to a word that it shares. */
const lastOfWaiting = (found: Found): string => {
  const { steps, threads } = found.story;
  const waiting = threads.filter(({ calls }) => calls.some(({ answer }) => answer === undefined));
  const lasts = waiting.flatMap(({ id }) => {
    const last = steps.findLast(({ thread, word }) => thread === id && word !== null);
    return last ? [accessOf(last, found)] : [];
  });
  return [...new Set(lasts)].sort().join('; ');
};

/** `write in read`: a thread that reads from a pipe writes a word. */
const accessOf = ({ step, thread, access }: StoryStep, { counterexample, story }: Found): string => {
  if (thread === null) return `${access} in a dispatcher`;
  const begun = story.steps.filter((one) => one.step <= step && one.thread === thread && one.call !== undefined).length;
  return `${access} in ${counterexample.program.threads[thread]?.[begun - 1]?.tag ?? 'no call'}`;
};

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
