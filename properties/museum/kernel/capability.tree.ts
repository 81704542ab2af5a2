import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/capability.ts';
const variant = 'sel4';

const heir = `  if ((yield load(slot.firstBadged, 'plain')) !== 0) yield store(follower.firstBadged, 1, 'plain');
`;
const firstOfItsBadge = `      if ((yield load(candidate.badge, 'plain')) !== badge || (yield load(candidate.firstBadged, 'plain')) !== 0) {
        return last;
      }
`;

/** The tree of seL4: who is below whom. */
export default exhibit('kernel/capability', [
  {
    name: 'orphans-adopted',
    variant,
    bug: undefined,
    title: 'What is below a deleted capability falls to its neighbour',
    story:
      'Two were given one badge. The second is deleted, and nobody notes that what was copied from it has lost its first. In the list it now stands behind the other one, with the same badge: it passes for a copy of that one, and goes when that one is revoked.',
    origin: 'seL4, emptySlot: mdbFirstBadged is handed on to the next node',
    edits: [{ file, from: heir, to: '' }],
    killedBy: 'linearizes',
  },
  {
    name: 'one-badge-one-family',
    variant,
    bug: undefined,
    title: 'Two that were given one badge are taken for one',
    story:
      'What is below a capability with a badge is looked for by the badge alone. Another was given the same badge, independently: who revokes the first takes the other one too.',
    origin: 'seL4, isMDBParentOf: without the test of mdbFirstBadged',
    edits: [
      {
        file,
        from: firstOfItsBadge,
        to: `      if ((yield load(candidate.badge, 'plain')) !== badge) return last;
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'copy-is-an-original',
    variant,
    bug: undefined,
    title: 'Whoever copies may revoke the copy',
    story:
      'Every copy is entered as an original, so that what is copied from it is below it. A user who was lent a capability lends it on, and takes it back when it likes; in seL4 only its lender may.',
    origin: 'seL4 manual, 3.1.4: only what is badged anew is an original',
    edits: [
      {
        file,
        from: '  yield* linkAfter(tables, from, to, badge === 0 ? 0 : 1);\n',
        to: '  yield* linkAfter(tables, from, to, 1);\n',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'badged-is-a-copy',
    variant,
    bug: undefined,
    title: 'What was given a badge is a copy like any other',
    story:
      'A server mints a capability with a badge for each client, to be able to take away what the client gave on. It revokes it, is told that all is done, and the client’s friends go on.',
    origin: 'seL4, cteInsert: newCapIsRevocable is false for all',
    edits: [
      {
        file,
        from: '  yield* linkAfter(tables, from, to, badge === 0 ? 0 : 1);\n',
        to: '  yield* linkAfter(tables, from, to, 0);\n',
      },
    ],
    killedBy: 'revoked',
  },
  {
    name: 'moved-as-a-copy',
    variant,
    bug: undefined,
    title: 'A capability that was moved has nothing below it any more',
    story:
      'The new slot is put into the list where the old one was, but it is not said that it holds an original. Whoever moved it and revokes it then is told that all is done, and takes nothing.',
    origin: 'classic: a field that is not copied',
    edits: [
      {
        file,
        from: "  yield store(slot.original, yield load(old.original, 'plain'), 'plain');\n",
        to: "  yield store(slot.original, 0, 'plain');\n",
      },
    ],
    killedBy: 'revoked',
  },
  {
    name: 'moved-into-a-family',
    variant,
    bug: undefined,
    title: 'A capability that was moved falls to its neighbour',
    story:
      'Two were given one badge, and one of them is moved. Its new slot does not say that it is the first with that badge: it passes for a copy of the other, and goes when that one is revoked.',
    origin: 'classic: a field that is not copied',
    edits: [
      {
        file,
        from: "  yield store(slot.firstBadged, yield load(old.firstBadged, 'plain'), 'plain');\n",
        to: "  yield store(slot.firstBadged, 0, 'plain');\n",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'children-only',
    variant,
    bug: undefined,
    title: 'Revoke takes the children and not their children',
    story:
      'The revoker passes over what stands in the list behind another with the same badge. That is a copy of a copy: it rises by one level and goes on working.',
    origin: 'classic: a walk that is not deep',
    edits: [
      {
        file,
        from: `      yield* removeAt(tables, last);
`,
        to: `      const { badge, firstBadged } = slotAt(tables, last);
      const isDeep = (yield load(badge, 'plain')) !== (yield load(slotAt(tables, above).badge, 'plain'));
      if (!isDeep || (yield load(firstBadged, 'plain')) !== 0) yield* removeAt(tables, last);
`,
      },
    ],
    killedBy: 'revoked',
  },
  {
    name: 'revokes-itself',
    variant,
    bug: undefined,
    title: 'Revoke takes the capability itself too',
    story:
      'The owner revokes what it gave to others, and loses its own capability with theirs. If it was the last one, the object goes as well.',
    origin: 'seL4 manual, Revoke: the capability itself stays',
    edits: [
      {
        file,
        from: `      last = before;
    }
`,
        to: `      last = before;
    }
    yield* removeAt(tables, above);
`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'follower-not-told',
    variant,
    bug: undefined,
    title: 'What is put into the list does not become its follower’s neighbour',
    story:
      'A copy is entered behind its source, and the next one in the list still takes the source for its neighbour. All goes well until that one is deleted: the list then leads past the copy, and a revocation passes it over.',
    origin: 'classic: one of four links of a doubly linked list',
    edits: [
      {
        file,
        from: `  yield store(source.next, number + 1, 'plain');
  if (next !== 0) yield store(slotAt(tables, next - 1).previous, number + 1, 'plain');
`,
        to: `  yield store(source.next, number + 1, 'plain');
`,
      },
    ],
    killedBy: 'refines',
  },
]);
