/** Small programs with capabilities, each about one thing that can go wrong. */
import {
  at,
  type Call,
  copies,
  creates,
  deletes,
  holds,
  mints,
  moves,
  type Parameters,
  reads,
  revokes,
  writes,
} from '#model/kernel/capability.programs.ts';
import type { Program } from '#model/subject.ts';
import type { CapabilityCall, Rights } from '#spec/abi.ts';
import { allRights, Right } from '#spec/kernel/capability.ts';

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
    of('alone: minted twice, with one badge', [[holds(0)]], [[mints(at(0)), mints(at(1)), reads(2)]]),
    of(
      'alone: badges and words of many bits',
      [[holds(0)]],
      [
        [
          copies(at(0), { badge: 16 }),
          reads(1),
          copies(at(0), { badge: 70_000 }),
          writes(-1, 2),
          reads(2),
          writes(300, 0),
          reads(0),
        ],
      ],
    ),
    of(
      'alone: one slot is used many times',
      [[]],
      [
        [
          ...Array.from({ length: 17 }, (_, i) => [creates, deletes(0, i + 1)]).flat(),
          creates,
          ...[1, 2, 3, 17, 18].map((generation) => reads(0, generation)),
        ],
      ],
      { slots: 2, objects: 1 },
    ),
    of(
      'alone: what fails leaves nothing behind',
      [[holds(0), holds(0)]],
      [[copies(at(0)), deletes(0), deletes(1), creates, reads(0, 2)]],
      { slots: 2, objects: 1 },
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
      'alone: the first slot is below another',
      [[holds(0)]],
      [[moves(at(0)), copies(at(1)), revokes(1), reads(0, 2)]],
    ),
    of(
      'alone: an object is made in a slot that had followers',
      [[holds(0)]],
      [[copies(at(0)), deletes(0), creates, revokes(0, 2), reads(1)]],
    ),
    of('alone: over an endpoint in the first slot', mayGrant, [
      [deletes(0), moves(at(1)), copies(at(0, 2), { over: at(0, 2) })],
      [],
    ]),
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
    of('a slot is filled again with a badge while it is used', connected, [
      [revokes(0), copies(at(0), { over, badge: 5 })],
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
    of(
      'two revoke, and who has answered looks for another of its own',
      [[holds(0), holds(0), holds(0)], [holds(0)]],
      [[revokes(1), reads(2)], [revokes(0)]],
    ),
    of(
      'an object is made where others were, and its maker is who made the last',
      [[holds(0)], [holds(0)]],
      [
        [deletes(0), creates, deletes(0, 2)],
        [deletes(0), creates, copies(at(0, 2), { over: at(0, 2) }), reads(1)],
      ],
      { objects: 1 },
    ),
    of('two revoke, and one makes an object', [[holds(0)], [holds(0)]], [[revokes(0), creates], [deletes(0)]], {
      objects: 1,
    }),
    of(
      'two revoke, and the second makes an object and uses it',
      [[holds(0)], [holds(0)]],
      [[revokes(0)], [revokes(0), creates, reads(0, 2)]],
      { objects: 1 },
    ),
    of(
      'moved and deleted as it is revoked',
      [[holds(0)], [holds(0)], [holds(0)]],
      [[revokes(0)], [moves(at(0)), deletes(1)], []],
    ),
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
      'three: one empties a slot that another uses, and the third fills it',
      [[holds(0)], [holds(1), holds(0)], [holds(2), holds(1)]],
      [[revokes(0)], [reads(1)], [copies(at(0), { over })]],
      { slots: 2, objects: 3 },
    ),
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
