import { exhibit } from '#properties/museum/mutant.ts';

const tables = 'impl/kernel/plain-tables.ts';

/** What goes wrong even where one lock is around everything. */
export default exhibit('kernel/capability', [
  {
    name: 'one-lock-orphans-forgotten',
    variant: 'sel4-big-lock',
    bug: undefined,
    title: 'What was below a deleted capability is below nothing',
    story:
      'A capability in the midst of the tree is deleted, and what was below it has nothing above it any more. Who revokes the one at the top is told that all is gone, and that is left.',
    origin: 'classic: children that are not given to their grandparent',
    edits: [
      {
        file: tables,
        from: "    if ((yield load(above, 'plain')) === number + 1) yield store(above, heir, 'plain');\n",
        to: "    if ((yield load(above, 'plain')) === number + 1) yield store(above, 0, 'plain');\n",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'one-lock-generation-kept',
    variant: 'sel4-big-lock',
    bug: undefined,
    title: 'Under one lock, a slot that is filled again keeps its generation',
    story:
      'No lock helps who names a slot and not what is in it: its capability is deleted, another comes, and the old handle leads to that one.',
    origin: 'classic ABA',
    edits: [
      {
        file: tables,
        from: "  const generation = (yield load(slot.generation, 'plain')) + 1;\n",
        to: "  const generation = Math.max(1, yield load(slot.generation, 'plain'));\n",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'one-lock-own-capability-left',
    variant: 'chcore-big-lock',
    bug: undefined,
    title: 'Who revokes all capabilities to an object keeps its own',
    story:
      'The rule of a flat list is that all of it goes, the revoker’s too. Here that one is passed over, and the object lives on with an owner that was told it was gone.',
    origin: 'ChCore, cap_free_all: all copies, in all groups',
    edits: [
      {
        file: 'impl/kernel/capability.chcore.big-lock.ts',
        from: '    const next = yield* firstWith(tables, (held) => held.object === object);\n',
        to: '    const next = yield* firstWith(tables, (held, at) => held.object === object && at !== number);\n',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'one-lock-more-rights',
    variant: 'chcore-big-lock',
    bug: undefined,
    title: 'More rights than there are are given',
    story:
      'A copy is asked for with a right that its source has not, and has it. Whoever may read only gives itself what it likes.',
    origin: 'ChCore, cap_copy: the test of the rights under the mask',
    edits: [
      {
        file: 'impl/kernel/capability.chcore.big-lock.ts',
        from: '  if ((rights & mask & ~source.rights) !== 0) return Failure.invalid;\n',
        to: '',
      },
    ],
    killedBy: 'refines',
  },
]);
