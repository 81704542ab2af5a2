import type { Pair } from '#model/counterexample.ts';
import type { Departure } from '#model/engine/explore/schedule.ts';
import { conflict, isUpdate } from '#model/engine/trace/exchange.ts';
import type { Access, Recorded } from '#model/engine/trace/record.ts';
import type { Culprits } from '#model/engine/trace/story.ts';
import { raceOf, weaknessOf } from '#model/engine/trace/weak.ts';

/**
 * The pair of accesses that a departure is most likely about: those of a data race; what the memory did there, and the
 * access that this was about; or two that a preemption put in this order. Undefined: there is no such pair.
 */
export const likelyPair = (recorded: Recorded, departure: Departure | undefined): Pair | undefined => {
  const race = raceOf(recorded);
  if (race) return { before: race.before, after: race.after };
  if (departure?.way !== undefined) return unseenBy(recorded, departure.step);
  return departure && dividedBy(recorded, departure);
};

/** A stale read and the write that it did not see; a store and the later one that it went before; a store that waited and what somebody did to its word meanwhile. */
const unseenBy = (recorded: Recorded, index: number): Pair | undefined => {
  const { accesses } = recorded;
  const access = accesses[index];
  const weak = access && weaknessOf(access, recorded);
  if (!weak || access.address === null) return undefined;
  if (weak.tag === 'stale read' || weak.tag === 'overtaken') {
    return weak.writtenStep === null ? undefined : { before: weak.writtenStep, after: access.step };
  }
  const other = accesses.slice(index, access.drainedAt ?? undefined).find((candidate) => conflict(access, candidate));
  return other && { before: access.step, after: other.step };
};

/**
 * What the thread that lost its core did last on a word, and what another did to the same word before it came back. If
 * there is none such, what it did first on coming back.
 */
const dividedBy = ({ accesses, execution }: Recorded, departure: Departure): Pair | undefined => {
  const threads = execution.program.threads.length;
  const last = accesses[departure.step - 1];
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
  const [mine, theirs] = [pair[0].step, pair[1].step];
  return { before: Math.min(mine, theirs), after: Math.max(mine, theirs) };
};

/** The first of `own` that conflicts with something in `others`, and the first thing there it conflicts with. */
const pairIn = (own: readonly Access[], others: readonly Access[]): [Access, Access] | undefined => {
  for (const mine of own) {
    const theirs = others.find((other) => conflict(mine, other));
    if (theirs) return [mine, theirs];
  }
  return undefined;
};

/** The pair in words. Undefined: it is not one of this execution. */
export const tellCulprits = (recorded: Recorded, pair: Pair, names: readonly string[]): Culprits | undefined => {
  const [first, second] = [recorded.accesses[pair.before - 1], recorded.accesses[pair.after - 1]];
  if (!first || !second || first.address === null) return undefined;
  const word = names[first.address] as string;
  return { ...pair, word, text: textOf(recorded, first, second, word) };
};

const textOf = (recorded: Recorded, first: Access, second: Access, word: string): string => {
  const did = (access: Access): string =>
    `${nameOf(access, recorded)} ${!access.isWrite ? 'read' : isUpdate(access) ? 'changed' : 'wrote'} ${word} (step ${access.step})`;
  const race = raceOf(recorded);
  if (race?.before === first.step && race.after === second.step) {
    return `${did(first)} and ${did(second)}, which nothing orders`;
  }
  const weak = weaknessOf(second, recorded);
  if (weak?.tag === 'stale read' && weak.writtenStep === first.step) {
    return `${nameOf(second, recorded)} read an old ${word} (step ${second.step}) after ${nameOf(first, recorded)} wrote it (step ${first.step})`;
  }
  if (weak?.tag === 'overtaken' && weak.writtenStep === first.step) {
    return `${did(second)}, which went before what ${nameOf(first, recorded)} had written there (step ${first.step})`;
  }
  if (first.isBuffered && second.step <= (first.drainedAt ?? second.step)) {
    return `${did(first)}, which waited in its store buffer until after ${did(second)}`;
  }
  return `${did(first)} before ${did(second)}`;
};

const nameOf = ({ context }: Access, { execution }: Recorded): string => {
  const threads = execution.program.threads.length;
  return context < threads ? `T${context}` : `the dispatcher of core ${context - threads}`;
};
