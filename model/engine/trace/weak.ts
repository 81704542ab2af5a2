import { type Address, Kind, lastAccessKind } from '#impl/machine/ops.ts';
import type { Pair } from '#model/counterexample.ts';
import type { Access, Recorded } from '#model/engine/trace/record.ts';
import type { Drained, MissingEdge, StoryMessage, Weakness } from '#model/engine/trace/story.ts';

/** What a story tells of a weak memory. */

/** The last write of `word` at an address before step `step`; null: there was none. */
const lastWriteBefore = (address: number, word: number, step: number, { accesses }: Recorded): number | null =>
  accesses.findLast(
    (access) => access.step < step && access.address === address && access.isWrite && access.written === word,
  )?.step ?? null;

/** What the memory did at an access that no sequentially consistent one does. */
export const weaknessOf = (access: Access, recorded: Recorded): Weakness | null => {
  if (access.isBuffered) return { tag: 'buffered' };
  if (access.address === null) return null;
  if (access.way === 0) return unseenStore(access, recorded);
  const latest = access.valueAfter;
  const writtenStep = lastWriteBefore(access.address, latest, access.step, recorded);
  return { tag: access.kind === Kind.store ? 'overtaken' : 'stale read', latest, writtenStep };
};

/** The last store of another value that a read comes after and does not see: it waits in another core's store buffer. */
const unseenStore = (access: Access, { accesses }: Recorded): Weakness | null => {
  if (access.kind === Kind.store || access.kind > lastAccessKind) return null;
  const waiting = accesses.filter(
    (store) =>
      store.isBuffered &&
      store.step < access.step &&
      store.address === access.address &&
      (store.drainedAt ?? access.step) >= access.step,
  );
  const store = waiting.at(-1);
  if (!store || store.written === access.result || waiting.some(({ core }) => core === access.core)) return null;
  return { tag: 'unseen store', value: store.written, storeStep: store.step };
};

/** The stores that reached memory after a step and before the next one. */
export const drainedAfter = (step: number, { drains, accesses, execution }: Recorded): readonly Drained[] =>
  drains
    .filter((drain) => drain.step === step)
    .map(({ core, storeStep }) => {
      const store = accesses[storeStep - 1] as Access;
      const word = execution.booted.names[store.address as number] as string;
      return { core, storeStep, word, value: store.written };
    });

/**
 * Of each word, what was written there and who may still read it, as it was after an access. Messages that have a writer
 * are its last writes of the word, in order; the one that has none is the last of all the others.
 */
export const messageTeller = ({ accesses }: Recorded, words: readonly number[]) => {
  const writesOf = words.map((word) => accesses.filter(({ address, isWrite }) => address === word && isWrite));
  return (access: Access): readonly (readonly StoryMessage[])[] =>
    access.messages.map((messages, i) => {
      const writes = inOrderOfMemory(writesOf[i] as Access[], access.step);
      const newestFirst = messages.toReversed().map(({ word, writer, readers }): StoryMessage => {
        const index = writes.findLastIndex(
          ({ core, written }) => written === word && (writer === null || core === writer),
        );
        const [write] = index < 0 ? [] : writes.splice(index, 1);
        return { word, step: write?.step ?? null, readers };
      });
      return newestFirst.toReversed();
    });
};

/** A word's writes up to step `step`, in the order in which they reached memory; last, those that have not. */
const inOrderOfMemory = (writes: readonly Access[], step: number): Access[] => {
  const reached = ({ isBuffered, drainedAt, step: made }: Access): number => {
    if (!isBuffered) return made;
    return drainedAt === null || drainedAt > step ? Number.POSITIVE_INFINITY : drainedAt;
  };
  return writes
    .filter((write) => write.step <= step)
    .sort((a, b) => {
      const [first, second] = [reached(a), reached(b)];
      if (first !== second) return first - second;
      // A core that writes past its buffer has emptied it first; what another lets out after that step comes later.
      return a.core === b.core ? a.step - b.step : Number(a.isBuffered) - Number(b.isBuffered);
    });
};

/**
 * From the write that a stale read did not see to that read, or that a store went before to that store; from a store in
 * a store buffer to the first read of each core that did not see it; and between the two accesses of a data race.
 */
export const missingEdges = (recorded: Recorded): MissingEdge[] => {
  const { accesses, execution } = recorded;
  const nameOf = (address: number): string => execution.booted.names[address] ?? `address ${address}`;
  const stale = accesses.flatMap((access): MissingEdge[] => {
    const weak = weaknessOf(access, recorded);
    if (weak?.tag !== 'stale read' && weak?.tag !== 'overtaken') return [];
    if (weak.writtenStep === null) return [];
    return [{ from: weak.writtenStep, to: access.step, word: nameOf(access.address as number) }];
  });
  const race = raceOf(recorded);
  const raced = race ? [{ from: race.before, to: race.after, word: nameOf(race.address) }] : [];
  return [...stale, ...unseenStores(recorded, nameOf), ...raced];
};

const unseenStores = (recorded: Recorded, nameOf: (address: number) => string): MissingEdge[] => {
  const missed = new Set<string>();
  return recorded.accesses.flatMap((access): MissingEdge[] => {
    const weak = weaknessOf(access, recorded);
    if (weak?.tag !== 'unseen store' || missed.has(`${access.core} ${weak.storeStep}`)) return [];
    missed.add(`${access.core} ${weak.storeStep}`);
    return [{ from: weak.storeStep, to: access.step, word: nameOf(access.address as number) }];
  });
};

/** The two accesses of the data race that an execution ended with, if it did. */
export const raceOf = ({ accesses, execution }: Recorded): (Pair & { readonly address: Address }) | undefined => {
  const { fault, steps } = execution;
  if (fault?.tag !== 'data race') return undefined;
  const { address, first } = fault;
  const before = accesses.findLast(
    (access) =>
      access.address === address &&
      access.core === first.core &&
      access.isWrite === first.isWrite &&
      access.order === first.order,
  );
  return before && { before: before.step, after: steps, address };
};
