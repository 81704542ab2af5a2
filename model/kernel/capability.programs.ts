/** The words that programs with capabilities are written in, and how they are drawn. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import type { CapabilityParameters, Holding } from '#impl/kernel/slots.ts';
import type { Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { CapabilityCall, CapabilityHandle, Rights } from '#spec/abi.ts';
import { allRights, type Capabilities, type PendingCall, Right } from '#spec/kernel/capability.ts';

export type Parameters = CapabilityParameters;
export type Call = PendingCall;

export const slotsMax = 4;
export const objectsMax = 3;

/** What a slot holds: the n-th capability in it. At boot that is the first. */
const at = (slot: number, generation = 1): CapabilityHandle => ({ slot, generation });

const creates: CapabilityCall = { tag: 'create' };
const reads = (slot: number, generation?: number): CapabilityCall => ({ tag: 'read', handle: at(slot, generation) });
const writes = (word: number, slot: number, generation?: number): CapabilityCall => ({
  tag: 'write',
  handle: at(slot, generation),
  word,
});
const copies = (handle: CapabilityHandle, asked: Partial<CapabilityCall & { tag: 'copy' }> = {}): CapabilityCall => ({
  tag: 'copy',
  handle,
  over: null,
  mask: 0,
  rights: 0,
  badge: 0,
  ...asked,
});
/** A copy with a badge. */
const mints = (handle: CapabilityHandle): CapabilityCall => copies(handle, { badge: 5 });
const moves = (handle: CapabilityHandle, over: CapabilityHandle | null = null): CapabilityCall => ({
  tag: 'move',
  handle,
  over,
});
const deletes = (slot: number, generation?: number): CapabilityCall => ({
  tag: 'delete',
  handle: at(slot, generation),
});
const revokes = (slot: number, generation?: number): CapabilityCall => ({
  tag: 'revoke',
  handle: at(slot, generation),
});

const holds = (object: number, rights: Rights = allRights, badge = 0): Holding => ({ object, rights, badge });

/** Everything but this. */
const without = (rights: Rights): Rights => allRights & ~rights;

/** Process 0 made an object, and process 1 has a copy. */
const shared = [[holds(0)], [holds(0, without(Right.revoke))]];

/** Each has an object of its own, and may grant over the other's: its second slot. */
const connected = [
  [holds(0), holds(1)],
  [holds(1), holds(0)],
];

/** Process 0 has an object of which nobody else has a capability, and an endpoint of process 1. */
const mayGrant = [[holds(0), holds(1)], [holds(1)]];

const over = at(1);

const program = (
  variant: string,
  holdings: Parameters['holdings'],
  threads: readonly (readonly CapabilityCall[])[],
  rest: Partial<Parameters> = {},
): Program<Call, Parameters> => ({
  variant,
  cores: Math.max(2, threads.length),
  threads,
  parameters: { slots: 3, objects: 2, holdings, ...rest },
});

/** Small programs, each about one thing that can go wrong. */
export const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = (
    name: string,
    holdings: Parameters['holdings'],
    threads: readonly (readonly CapabilityCall[])[],
    rest?: Partial<Parameters>,
  ) => ({ name, program: program(variant, holdings, threads, rest) });
  const readOnly = { mask: without(Right.read), rights: 0 };
  return [
    of(
      'alone: fewer rights, and never more',
      [[holds(0, without(Right.write))]],
      [
        [
          copies(at(0), { mask: Right.write, rights: Right.write }),
          writes(1, 1),
          copies(at(0), readOnly),
          writes(1, 1),
          writes(1, 2),
          reads(2),
          copies(at(1), { badge: 5 }),
          copies(at(2)),
        ],
      ],
    ),
    of(
      'alone: minted once',
      [[holds(0)]],
      [[copies(at(0), { badge: 5 }), reads(1), copies(at(1), { badge: 6 }), copies(at(1)), reads(2)]],
    ),
    of(
      'alone: moved, deleted, used again',
      [[holds(0)]],
      [
        [
          writes(7, 0),
          moves(at(0)),
          reads(0),
          reads(1),
          copies(at(1)),
          reads(0, 2),
          deletes(1),
          reads(1),
          reads(0, 2),
          deletes(0, 2),
          reads(0, 2),
          creates,
          reads(0, 2),
          reads(0, 3),
          reads(0, 4),
        ],
      ],
    ),
    of(
      'alone: as many objects as there can be',
      [[]],
      [[creates, creates, creates, deletes(0), creates, reads(0, 2), revokes(0, 2), revokes(1), creates]],
      { objects: 2 },
    ),
    of('alone: the table is full', [[holds(0)]], [[copies(at(0)), copies(at(0)), moves(at(0)), creates]], { slots: 2 }),
    of(
      'alone: revoked from the middle',
      [[holds(0)]],
      [[mints(at(0)), copies(at(1)), copies(at(0)), revokes(1), reads(2), reads(3), reads(0), revokes(0), reads(3)]],
      { slots: 4 },
    ),
    of(
      'alone: a copy of a copy is beside it, and goes with it',
      [[holds(0)]],
      [[copies(at(0)), copies(at(1)), mints(at(2)), revokes(1), reads(2), reads(3), revokes(0), reads(2), reads(3)]],
      { slots: 4 },
    ),
    of(
      'alone: below one with a badge is everything that was copied from it',
      [[holds(0)]],
      [[mints(at(0)), copies(at(1)), copies(at(2)), revokes(1), reads(1), reads(2), reads(3)]],
      { slots: 4 },
    ),
    of(
      'alone: revoked with what is below those below it',
      [[holds(0)]],
      [[mints(at(0)), copies(at(1)), revokes(0), reads(2), reads(1)]],
    ),
    of(
      'alone: two that were given one badge',
      [[holds(0)]],
      [[mints(at(0)), mints(at(0)), copies(at(2)), revokes(2), reads(1), reads(2), reads(3), revokes(0), reads(1)]],
      { slots: 4 },
    ),
    of(
      'alone: what is below one that is deleted is not below its neighbour',
      [[holds(0)]],
      [[mints(at(0)), mints(at(0)), copies(at(1)), deletes(1), revokes(2), reads(3), revokes(0), reads(3)]],
      { slots: 4 },
    ),
    of(
      'alone: moved with what is below it',
      [[holds(0)]],
      [[mints(at(0)), copies(at(1)), moves(at(1)), reads(2), revokes(3), reads(2), reads(3), reads(0)]],
      { slots: 4 },
    ),
    of(
      'alone: moved beside one with its badge',
      [[holds(0)]],
      [[mints(at(0)), mints(at(0)), moves(at(1)), revokes(2), reads(3), copies(at(3)), revokes(3), reads(1, 2)]],
      { slots: 4 },
    ),
    of(
      'alone: without the right',
      [[holds(0, 0), holds(1, Right.copy), holds(2, Right.grant)]],
      [[reads(0), writes(1, 0), copies(at(0)), revokes(0), copies(at(1), { over: at(0) }), moves(at(2), at(2))]],
      { objects: 3 },
    ),
    of(
      'alone: handles that nobody was given',
      [[holds(0)]],
      [[reads(1), writes(1, 0, 2), copies(at(2)), moves(at(3)), deletes(0, 0), revokes(1, 3), copies(at(0), { over })]],
    ),
    of(
      'alone: two objects',
      [[holds(0), holds(1)]],
      [[writes(7, 0), copies(at(1)), reads(2), writes(8, 2), reads(0), reads(1)]],
    ),
    of('a use meets a revocation', shared, [[revokes(0)], [reads(0)]]),
    of('a write meets a revocation', shared, [[revokes(0), reads(0)], [writes(1, 0)]]),
    of('a use meets a revocation and the end of its object', shared, [[revokes(0), deletes(0)], [reads(0)]]),
    of('a slot is emptied and filled again while it is used', connected, [
      [revokes(0), copies(at(0), { over })],
      [reads(1)],
    ]),
    of('two uses meet a revocation', shared, [[revokes(0)], [writes(1, 0), reads(0)]]),
    of('a use meets a revocation, and the object is made anew', shared, [[revokes(0), creates], [writes(1, 0)]], {
      objects: 1,
    }),
    of('a copy meets a revocation', shared, [[revokes(0)], [copies(at(0)), reads(1)]]),
    of('a move meets a revocation', shared, [[revokes(0)], [moves(at(0)), reads(1)]]),
    of('a deletion meets a revocation', shared, [[revokes(0)], [deletes(0)]]),
    of('two delete the last two', shared, [[deletes(0), creates], [deletes(0)]], { objects: 1 }),
    of('the last is deleted while it is used', [[holds(0)], [holds(0)]], [[deletes(0)], [reads(0), deletes(0)]]),
    of('two revoke', [[holds(0)], [holds(0)]], [[revokes(0)], [revokes(0)]]),
    of('two revoke, and one makes an object', [[holds(0)], [holds(0)]], [[revokes(0), creates], [deletes(0)]], {
      objects: 1,
    }),
    of('granted and used', mayGrant, [[copies(at(0), { over })], [reads(1), writes(1, 1)]]),
    of('granted with a badge', mayGrant, [
      [writes(3, 0), copies(at(0), { over, badge: 9 })],
      [reads(1), reads(1)],
    ]),
    of('moved and used', mayGrant, [[moves(at(0), over), reads(0)], [writes(1, 1)]]),
    of('granted and taken back', mayGrant, [[copies(at(0), { over }), revokes(0)], [reads(1)]]),
    of('granted, and granted on', connected, [[copies(at(0), { over })], [copies(at(2), { over: at(1) }), reads(2)]]),
    of('each grants to the other', connected, [[copies(at(0), { over })], [copies(at(0), { over })]]),
    of('each moves to the other', connected, [[moves(at(0), over)], [moves(at(0), over)]]),
    of('a grant meets a revocation of its endpoint', connected, [[revokes(0), reads(0, 2)], [copies(at(0), { over })]]),
    of('an object is made where one is being revoked', shared, [[revokes(0)], [deletes(0), creates, reads(0, 2)]], {
      objects: 1,
    }),
    of(
      'a copy of a copy meets a revocation',
      [[holds(0)], [holds(0)], [holds(0)]],
      [[revokes(0)], [copies(at(0)), reads(1)], []],
    ),
    of('granted into the last slot', mayGrant, [[copies(at(0), { over })], [copies(at(0)), reads(1)]], { slots: 2 }),
    of('both make the last object', [[], []], [[creates], [creates]], { objects: 1 }),
    of(
      'a slot is used again',
      shared,
      [
        [copies(at(0)), deletes(0)],
        [deletes(0), creates, reads(0)],
      ],
      { objects: 2 },
    ),
    of('three: one revokes, two use', [[holds(0)], [holds(0)], [holds(0)]], [[revokes(0)], [reads(0)], [writes(1, 0)]]),
    of(
      'three: a capability goes on while the first is revoked',
      [[holds(0), holds(1)], [holds(1), holds(0), holds(2)], [holds(2)]],
      [[revokes(0)], [copies(at(1), { over: at(2) })], [reads(1)]],
      { objects: 3 },
    ),
    {
      name: 'a use meets a revocation on its own core',
      program: { ...program(variant, shared, [[revokes(0)], [reads(0)]]), cores: 1 },
    },
    of('uses that meet nobody', shared, [[reads(0)], [writes(1, 0), reads(0)]]),
  ];
};

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
