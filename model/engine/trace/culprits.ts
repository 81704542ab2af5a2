import type { Departure } from '#model/engine/explore/schedule.ts';
import type { Access, Recorded } from '#model/engine/trace/record.ts';
import type { Culprits } from '#model/engine/trace/story.ts';
import { weaknessOf } from '#model/engine/trace/weak.ts';

const conflict = (a: Access, b: Access): boolean =>
  a.address !== null && a.address === b.address && a.context !== b.context && (a.isWrite || b.isWrite);

const nameOf = ({ context }: Access, { execution }: Recorded): string => {
  const threads = execution.program.threads.length;
  return context < threads ? `T${context}` : `the dispatcher of core ${context - threads}`;
};

const show = (access: Access, recorded: Recorded, name: string): string =>
  `${nameOf(access, recorded)} ${access.isWrite ? 'wrote' : 'read'} ${name}`;

/**
 * The pair of accesses that the decisive departure is about; undefined: no departure is decisive, or there is no pair.
 */
export const findCulprits = (
  recorded: Recorded,
  departure: Departure | undefined,
  names: readonly string[],
): Culprits | undefined => {
  if (departure?.way !== undefined) return unseenBy(recorded, departure.step, names);
  return departure && dividedBy(recorded, departure, names);
};

/** A stale read and the write that it did not see; a store and the later one that it went before; a store that waited and what somebody did to its word meanwhile. */
const unseenBy = (recorded: Recorded, index: number, names: readonly string[]): Culprits | undefined => {
  const { accesses } = recorded;
  const access = accesses[index];
  const weak = access && weaknessOf(access, recorded);
  if (!weak || access.address === null) return undefined;
  const word = names[access.address] as string;
  const told = (before: number, after: number, text: string): Culprits => ({ before, after, word, text });
  if (weak.tag === 'stale read' && weak.writtenStep !== null) {
    const write = accesses[weak.writtenStep - 1] as Access;
    const text = `${nameOf(access, recorded)} read an old ${word} (step ${access.step}) after ${nameOf(write, recorded)} wrote it (step ${write.step})`;
    return told(write.step, access.step, text);
  }
  if (weak.tag === 'overtaken' && weak.writtenStep !== null) {
    const write = accesses[weak.writtenStep - 1] as Access;
    const text = `${show(access, recorded, word)} (step ${access.step}), which went before what ${nameOf(write, recorded)} had written there (step ${write.step})`;
    return told(write.step, access.step, text);
  }
  if (weak.tag !== 'buffered') return undefined;
  const other = accesses.slice(index, access.drainedAt ?? undefined).find((candidate) => conflict(access, candidate));
  if (!other) return undefined;
  const text = `${show(access, recorded, word)} (step ${access.step}), which waited in its store buffer until after ${show(other, recorded, word)} (step ${other.step})`;
  return told(access.step, other.step, text);
};

/**
 * The pair of accesses that a preemption put in this order: what the thread that lost its core did last on a
 * word, and what another did to the same word before it came back. If there is none such, what it did first on coming
 * back. Undefined: it changed the order of no two accesses to a word.
 */
const dividedBy = (recorded: Recorded, departure: Departure, names: readonly string[]): Culprits | undefined => {
  const { accesses, execution } = recorded;
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
  const [first, second] = pair[0].step < pair[1].step ? pair : [pair[1], pair[0]];
  const word = names[first.address as number] as string;
  return {
    before: first.step,
    after: second.step,
    word,
    text: `${show(first, recorded, word)} (step ${first.step}) before ${show(second, recorded, word)} (step ${second.step})`,
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
