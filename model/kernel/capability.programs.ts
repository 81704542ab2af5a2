/** The words that programs with capabilities are written in, and how they are drawn. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import type { CapabilityParameters, Holding } from '#impl/kernel/slots.ts';
import type { Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { CapabilityCall, CapabilityHandle, Rights } from '#spec/abi.ts';
import { allRights, type Capabilities, type PendingCall, Right } from '#spec/kernel/capability.ts';

export type Parameters = CapabilityParameters;
export type Call = PendingCall;

/** The rule of revocation of a variant. Each rule has two implementations. */
export const ruleOf = (variant: string): Capabilities['variant'] => (variant.startsWith('chcore') ? 'chcore' : 'sel4');

export const slotsMax = 4;
export const objectsMax = 3;

/** What a slot holds: the n-th capability in it. At boot that is the first. */
export const at = (slot: number, generation = 1): CapabilityHandle => ({ slot, generation });

export const creates: CapabilityCall = { tag: 'create' };
export const reads = (slot: number, generation?: number): CapabilityCall => ({
  tag: 'read',
  handle: at(slot, generation),
});
export const writes = (word: number, slot: number, generation?: number): CapabilityCall => ({
  tag: 'write',
  handle: at(slot, generation),
  word,
});
export const copies = (
  handle: CapabilityHandle,
  asked: Partial<CapabilityCall & { tag: 'copy' }> = {},
): CapabilityCall => ({
  tag: 'copy',
  handle,
  over: null,
  mask: 0,
  rights: 0,
  badge: 0,
  ...asked,
});
/** A copy with a badge. */
export const mints = (handle: CapabilityHandle): CapabilityCall => copies(handle, { badge: 5 });
export const moves = (handle: CapabilityHandle, over: CapabilityHandle | null = null): CapabilityCall => ({
  tag: 'move',
  handle,
  over,
});
export const deletes = (slot: number, generation?: number): CapabilityCall => ({
  tag: 'delete',
  handle: at(slot, generation),
});
export const revokes = (slot: number, generation?: number): CapabilityCall => ({
  tag: 'revoke',
  handle: at(slot, generation),
});

export const holds = (object: number, rights: Rights = allRights, badge = 0): Holding => ({ object, rights, badge });

/**
 * Everybody has a capability to an object of the first one: that one revokes it and makes another, the others copy
 * theirs, use the copy, and delete what they had. Each call once: slots count what they have held, without an end.
 */
export const exploration = (threads: number): Exploration<Capabilities, Call, Parameters> => ({
  parameters: { slots: 3, objects: 2, holdings: Array.from({ length: threads }, () => [holds(0)]) },
  threads: Array.from({ length: threads }, (_, thread) => ({
    tag: 'in order',
    calls: thread === 0 ? [revokes(0), creates, reads(0)] : [copies(at(0)), writes(thread, 1), deletes(0)],
  })),
  mayWait: () => false,
});

const drawnHandle = (slots: number): fc.Arbitrary<CapabilityHandle> =>
  fc.record({
    slot: fc.nat({ max: slots - 1 }),
    generation: fc.oneof(
      { weight: 6, arbitrary: fc.constant(1) },
      { weight: 3, arbitrary: fc.constant(2) },
      { weight: 1, arbitrary: fc.nat({ max: 3 }) },
    ),
  });

const drawnRights = fc.oneof(fc.constantFrom(0, allRights, ...Object.values(Right)), fc.nat({ max: allRights }));

const drawnOver = fc.option(drawnHandle(2), { nil: null });

export const drawnCall: fc.Arbitrary<CapabilityCall> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(creates) },
  { weight: 3, arbitrary: drawnHandle(3).map((handle) => ({ tag: 'read' as const, handle })) },
  {
    weight: 3,
    arbitrary: fc.record({ tag: fc.constant('write' as const), handle: drawnHandle(3), word: fc.nat({ max: 9 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      tag: fc.constant('copy' as const),
      handle: drawnHandle(3),
      over: drawnOver,
      mask: drawnRights,
      rights: drawnRights,
      badge: fc.constantFrom(0, 0, 5, 6),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ tag: fc.constant('move' as const), handle: drawnHandle(3), over: drawnOver }),
  },
  { weight: 2, arbitrary: drawnHandle(3).map((handle) => ({ tag: 'delete' as const, handle })) },
  { weight: 2, arbitrary: drawnHandle(3).map((handle) => ({ tag: 'revoke' as const, handle })) },
);

const drawnHolding = fc.record({
  object: fc.nat({ max: 1 }),
  rights: fc.oneof({ weight: 2, arbitrary: fc.constant(allRights) }, { weight: 1, arbitrary: drawnRights }),
  badge: fc.constantFrom(0, 0, 0, 7),
});

/** What is held at boot, in the order of slots: of each object the capability that came with it is first. */
export const bySlot = (
  holdings: Parameters['holdings'],
): { readonly process: number; readonly slot: number; readonly holding: Holding }[] =>
  Array.from({ length: slotsMax }, (_, slot) =>
    holdings.flatMap((mine, process) => mine.slice(slot, slot + 1).map((holding) => ({ process, slot, holding }))),
  ).flat();

/** Every capability to an object with no more rights than its first, and with the badge of that if it has one. */
const withoutGains = (holdings: Parameters['holdings']): Parameters['holdings'] => {
  const ordered = bySlot(holdings);
  const first = (object: number) => ordered.find(({ holding }) => holding.object === object)?.holding;
  return holdings.map((mine) =>
    mine.map(({ object, rights, badge }) => ({
      object,
      rights: rights & (first(object)?.rights ?? 0),
      badge: first(object)?.badge || badge,
    })),
  );
};

export const drawnParameters = (processes: number): fc.Arbitrary<Parameters> =>
  fc.record({
    slots: fc.integer({ min: 2, max: slotsMax }),
    objects: fc.integer({ min: 2, max: objectsMax }),
    holdings: fc
      .array(fc.array(drawnHolding, { maxLength: 2 }), { minLength: processes, maxLength: processes })
      .map(withoutGains),
  });

/** What is wrong with the holdings of a program, if anything. */
export const wrongHoldings = ({ parameters, threads }: Program<Call, Parameters>): string | undefined => {
  const { holdings, slots, objects } = parameters;
  if (holdings.length !== threads.length) return `${threads.length} threads and ${holdings.length} tables`;
  if (holdings.some((mine) => mine.length > slots)) return `a table holds more than ${slots} capabilities`;
  if (holdings.flat().some(({ object }) => object >= objects)) return `there are ${objects} objects`;
  if (!isDeepStrictEqual(holdings, withoutGains(holdings))) {
    return 'a capability has more than the first one to its object';
  }
  return undefined;
};

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc.record({
    variant: fc.constant(variant),
    cores: fc.integer({ min: 1, max: 4 }),
    parameters: drawnParameters(size.threads),
    threads: fc.array(fc.array(drawnCall, { maxLength: size.calls }), {
      minLength: size.threads,
      maxLength: size.threads,
    }),
  });

/** The call with a smaller argument, if it has one. */
export const simplerCall = (call: Call): Call[] => {
  if (call.tag === 'copy') {
    return [
      ...(call.over === null ? [] : [{ ...call, over: null }]),
      ...(call.mask === 0 ? [] : [{ ...call, mask: 0, rights: 0 }]),
      ...(call.badge === 0 ? [] : [{ ...call, badge: 0 }]),
    ];
  }
  return call.tag === 'move' && call.over !== null ? [{ ...call, over: null }] : [];
};

/** Simpler parameters: fewer slots and objects, fewer holdings, and at boot more rights and no badge. */
export function* simplerParameters(parameters: Parameters): Iterable<Parameters> {
  const { slots, objects, holdings } = parameters;
  if (slots > Math.max(2, ...holdings.map((mine) => mine.length))) yield { ...parameters, slots: slots - 1 };
  if (objects > 1 + Math.max(0, ...holdings.flat().map((one) => one.object))) {
    yield { ...parameters, objects: objects - 1 };
  }
  for (const [process, mine] of holdings.entries()) {
    const others = (next: readonly Holding[]): Parameters => ({
      ...parameters,
      holdings: withoutGains(holdings.with(process, next)),
    });
    if (mine.length > 0) yield others(mine.slice(0, -1));
    for (const [slot, one] of mine.entries()) {
      const plain = others(mine.with(slot, holds(one.object)));
      if (!isDeepStrictEqual(plain, parameters)) yield plain;
    }
  }
}
