import type { Departure } from '#model/engine/explore/schedule.ts';
import type { Access, Recorded } from '#model/engine/trace/record.ts';
import type { Culprits } from '#model/engine/trace/story.ts';

const conflict = (a: Access, b: Access): boolean =>
  a.address !== null && a.address === b.address && a.context !== b.context && (a.isWrite || b.isWrite);

const show = (access: Access, name: string): string =>
  `T${access.context} ${access.isWrite ? 'wrote' : 'read'} ${name}`;

/**
 * The pair of accesses that the decisive departure put in this order: what the thread that lost its core did last on a
 * word, and what another did to the same word before it came back. If there is none such, what it did first on coming
 * back. Undefined: no departure is decisive, or it changed the order of no two accesses to a word.
 */
export const findCulprits = (
  recorded: Recorded,
  departure: Departure | undefined,
  names: readonly string[],
): Culprits | undefined => {
  const { accesses, execution } = recorded;
  const threads = execution.program.threads.length;
  const last = departure && accesses[departure.step - 1];
  if (!last || last.context >= threads) return undefined;
  const preempted = last.context;
  const back = accesses.findIndex((access, i) => i >= departure.step && access.context === preempted);
  const gap = accesses
    .slice(departure.step, back < 0 ? undefined : back)
    .filter((access) => access.context !== preempted && access.context < threads);
  const before = accesses.slice(0, departure.step).filter((access) => access.context === preempted);
  const after = back < 0 ? [] : accesses.slice(back).filter((access) => access.context === preempted);
  const reads = before.filter((access) => !access.isWrite);
  const pair = pairIn(reads.toReversed(), gap) ?? pairIn(before.toReversed(), gap) ?? pairIn(after, gap);
  if (!pair) return undefined;
  const [first, second] = pair[0].step < pair[1].step ? pair : [pair[1], pair[0]];
  const word = names[first.address as number] as string;
  return {
    before: first.step,
    after: second.step,
    word,
    text: `${show(first, word)} (step ${first.step}) before ${show(second, word)} (step ${second.step})`,
  };
};

/** The first of `own` that conflicts with something in `others`, and the first thing there it conflicts with. */
const pairIn = (own: readonly Access[], others: readonly Access[]): [Access, Access] | undefined => {
  for (const mine of own) {
    const theirs = others.find((other) => conflict(mine, other));
    if (theirs) return [mine, theirs];
  }
  return undefined;
};
