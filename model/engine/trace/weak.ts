import { Kind } from '#impl/machine/ops.ts';
import type { Access, Recorded } from '#model/engine/trace/record.ts';
import type { MissingEdge, StoryMessage, StoryStep, Weakness } from '#model/engine/trace/story.ts';

/** What a story tells of a weak memory. */

/** The step of the last write of an address before step `step` that gave it its latest word; null: none did. */
const lastWriteBefore = (address: number, step: number, { accesses }: Recorded): number | null =>
  accesses.findLast((access) => access.step < step && access.address === address && access.isWrite)?.step ?? null;

/** What the memory did at an access that no sequentially consistent one does. */
export const weaknessOf = (access: Access, recorded: Recorded): Weakness | null => {
  if (access.isBuffered) return { tag: 'buffered' };
  if (access.way === 0 || access.address === null) return null;
  if (access.kind === Kind.store) return { tag: 'overtaken' };
  const writtenStep = lastWriteBefore(access.address, access.step, recorded);
  return { tag: 'stale read', latest: access.valueAfter, writtenStep };
};

/** The stores that reached memory after a step and before the next one. */
export const drainedAfter = (step: number, { drains, accesses, execution }: Recorded): StoryStep['drained'] =>
  drains
    .filter((drain) => drain.step === step)
    .map(({ core, storeStep }) => {
      const store = accesses[storeStep - 1] as Access;
      const name = execution.booted.names[store.address as number] as string;
      return { core, storeStep, text: `${name} := ${store.operand} of step ${storeStep} reaches memory` };
    });

/** Of each word, what was written there and who may still read it. A message is known by who wrote what, in order. */
export const messagesOf = (
  access: Access,
  { accesses }: Recorded,
  words: readonly number[],
): readonly (readonly StoryMessage[])[] =>
  access.messages.map((messages, i) => {
    const writes = accesses.filter((other) => other.step <= access.step && other.address === words[i] && other.isWrite);
    return messages.map(({ word, writer, readers }) => {
      const index = writes.findIndex((write) => write.core === writer && write.written === word);
      const [write] = index < 0 ? [] : writes.splice(index, 1);
      return { word, step: write?.step ?? null, readers };
    });
  });

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
