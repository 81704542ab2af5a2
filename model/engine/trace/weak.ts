import { Kind } from '#impl/machine/ops.ts';
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
  if (access.way === 0 || access.address === null) return null;
  if (access.kind === Kind.store) return { tag: 'overtaken' };
  const writtenStep = lastWriteBefore(access.address, access.valueAfter, access.step, recorded);
  return { tag: 'stale read', latest: access.valueAfter, writtenStep };
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
 * Of each word, what was written there and who may still read it. Messages that have a writer are its last writes of the
 * word, in order; the one that has none is the last of all the others.
 */
export const messagesOf = (
  access: Access,
  recorded: Recorded,
  words: readonly number[],
): readonly (readonly StoryMessage[])[] =>
  access.messages.map((messages, i) => {
    const writes = writesOf(words[i] as number, access.step, recorded);
    const newestFirst = messages.toReversed().map(({ word, writer, readers }): StoryMessage => {
      const index = writes.findLastIndex(
        ({ core, written }) => written === word && (writer === null || core === writer),
      );
      const [write] = index < 0 ? [] : writes.splice(index, 1);
      return { word, step: write?.step ?? null, readers };
    });
    return newestFirst.toReversed();
  });

/** The writes of a word up to step `step`, in the order in which they reached memory; last, those that have not. */
const writesOf = (address: number, step: number, { accesses, drains }: Recorded): Access[] => {
  const drainOf = new Map(drains.map((drain) => [drain.storeStep, drain.step]));
  const reached = (write: Access): number => {
    if (!write.isBuffered) return write.step;
    const drained = drainOf.get(write.step) ?? step + 1;
    return drained > step ? Number.POSITIVE_INFINITY : drained;
  };
  return accesses
    .filter((access) => access.step <= step && access.address === address && access.isWrite)
    .map((write) => ({ write, reached: reached(write) }))
    .sort((a, b) => {
      if (a.reached !== b.reached) return a.reached - b.reached;
      // A core that writes past its buffer has emptied it first; what another lets out after that step comes later.
      return a.write.core === b.write.core
        ? a.write.step - b.write.step
        : Number(a.write.isBuffered) - Number(b.write.isBuffered);
    })
    .map(({ write }) => write);
};

/** From the write that a stale read did not see to that read; and between the two accesses of a data race. */
export const missingEdges = (recorded: Recorded): MissingEdge[] => {
  const { accesses, execution } = recorded;
  const nameOf = (address: number): string => execution.booted.names[address] ?? `address ${address}`;
  const stale = accesses.flatMap((access): MissingEdge[] => {
    const weak = weaknessOf(access, recorded);
    if (weak?.tag !== 'stale read' || weak.writtenStep === null) return [];
    return [{ from: weak.writtenStep, to: access.step, word: nameOf(access.address as number) }];
  });
  return [...stale, ...raceOf(recorded, nameOf)];
};

const raceOf = ({ accesses, execution }: Recorded, nameOf: (address: number) => string): MissingEdge[] => {
  const { fault, steps } = execution;
  if (fault?.tag !== 'data race') return [];
  const { address, first } = fault;
  const before = accesses.findLast(
    (access) =>
      access.address === address &&
      access.core === first.core &&
      access.isWrite === first.isWrite &&
      access.order === first.order,
  );
  return before ? [{ from: before.step, to: steps, word: nameOf(address) }] : [];
};
