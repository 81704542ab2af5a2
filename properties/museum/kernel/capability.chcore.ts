import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/capability.chcore.ts';
const variant = 'chcore';

const combined = '(held & ~mask) | (rights & mask)';
const copyRight = "  const from = yield* lookUp(self, tables, handle, Right.copy, 'plain');\n";
const revokeRight = "  const number = yield* lookUp(self, tables, handle, Right.revoke, 'plain');\n";
const looked = `    yield* release(object.lock); // whoever copies has the table's lock and waits for this one
    if (first < 0) return 0;
    const process = Math.floor(first / tables.slotsEach);
    yield* acquire(lockOf(tables, process));
`;
const ended = `  if (isLast) yield* end(tables, object); // before the lock goes: who revokes it too may be told that it is gone
  yield* release(object.lock);
`;
const refilled = `  const moved = yield* fill(tables, to, object, rights, yield load(source.badge, 'plain'));
  yield* removeAt(tables, from); // after: the object never has none
  return moved;
`;
const again = `  const again = yield* receiverOf(self, tables, over);
  if (again < 0) yield* release(lockOf(tables, receiver));
  return again;
`;
const access = `    const { page } = yield* objectOf(tables, number);
    yield copyOut(0, yield load(page.word, 'relaxed')); // others have it in their tables, under their locks
    yield copyOut(1, yield load(slotAt(tables, number).badge, 'plain'));
  }
  yield* release(lockOf(tables, self.id));
`;

/** The flat lists of ChCore. */
export default exhibit('kernel/capability', [
  {
    name: 'mask-inverted',
    variant,
    bug: 'CAPABILITIES-02',
    title: 'Mask semantics inverted',
    story:
      'The rights outside the mask are replaced instead of those inside. Who asks for a copy without the right to write gets one that can do nothing but write.',
    origin: 'ChCore, cap_rights_change, the wrong way round',
    edits: [{ file, from: combined, to: '(held & mask) | (rights & ~mask & held)' }],
    killedBy: 'refines',
  },
  {
    name: 'copied-without-the-right',
    variant,
    bug: 'CAPABILITIES-03',
    title: 'Copy without COPY right',
    story: 'Nobody asks whether a capability may be copied. Who was lent one for its own use gives it to others.',
    origin: 'ChCore, test_capability: the bit is not tested',
    edits: [{ file, from: copyRight, to: copyRight.replace('Right.copy', 'Right.none') }],
    killedBy: 'authority-never-grows',
  },
  {
    name: 'list-before-table',
    variant,
    bug: 'CAPABILITIES-06',
    title: 'Lock order inversion copy vs revoke',
    story:
      'The revoker holds the list of copies and waits for the table of the first one. Whoever copies from that table holds it, and waits for the list.',
    origin: 'ChCore, the comment in __cap_free: table_guard, then copies_lock',
    edits: [
      {
        file,
        from: looked,
        to: `    if (first < 0) {
      yield* release(object.lock);
      return 0;
    }
    const process = Math.floor(first / tables.slotsEach);
    yield* acquire(lockOf(tables, process));
    yield* release(object.lock);
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'anybody-revokes',
    variant,
    bug: 'CAPABILITIES-08',
    title: 'Any copy holder can revoke everybody',
    story:
      'The copies are equals, and nobody asks for the right to revoke. Who was given a capability takes it away from everybody, from its maker first.',
    origin: 'ChCore: a flat list of copies, where the default rights of a copy keep REVOKE_ALL',
    edits: [{ file, from: revokeRight, to: revokeRight.replace('Right.revoke', 'Right.none') }],
    killedBy: 'authority-never-grows',
  },
  {
    name: 'used-after-the-table-is-unlocked',
    variant,
    bug: undefined,
    title: 'The table is unlocked before the object is used',
    story:
      'A use looks its capability up under the lock of its table, and lets that go before it reads the object. Nothing says that it has the object still: the last capability goes, and the object with it.',
    origin: 'ChCore, obj_get without the reference that it takes',
    edits: [
      {
        file,
        from: access,
        to: `    const { page } = yield* objectOf(tables, number);
    yield copyOut(1, yield load(slotAt(tables, number).badge, 'plain'));
    yield* release(lockOf(tables, self.id));
    yield copyOut(0, yield load(page.word, 'relaxed'));
    return 0;
  }
  yield* release(lockOf(tables, self.id));
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'tables-in-any-order',
    variant,
    bug: undefined,
    title: 'Two tables are locked in the order in which they come',
    story:
      'Who grants locks its own table and then the receiver’s, whichever they are. Two processes that grant to each other each hold their own and wait for the other’s.',
    origin: 'classic: two locks of one kind',
    edits: [{ file, from: '  if (receiver > self.id) {\n', to: '  if (receiver !== self.id) {\n' }],
    killedBy: 'progress',
  },
  {
    name: 'endpoint-not-looked-at-again',
    variant,
    bug: undefined,
    title: 'The endpoint is not looked at again when both tables are locked',
    story:
      'To take the locks in order, the granter lets its own table go for a moment. It remembers who the receiver is, and not to ask whether the endpoint is still there: it is revoked in between, and something arrives over it all the same.',
    origin: 'classic: a lock dropped and taken again, what it guarded taken for granted',
    edits: [{ file, from: again, to: '  return receiver;\n' }],
    killedBy: 'linearizes',
  },
  {
    name: 'gone-before-it-is-free',
    variant,
    bug: undefined,
    title: 'The list is unlocked before the object is free',
    story:
      'The last capability is off the list, and the list is unlocked; then the object goes back to the pool. Another revoker finds the list empty in between and is told that all is done. It makes an object where there is room for one, and there is none.',
    origin: 'ours: the first draft of this file',
    edits: [
      {
        file,
        from: ended,
        to: `  yield* release(object.lock);
  if (isLast) yield* end(tables, object);
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'later-object-revoked',
    variant,
    bug: undefined,
    title: 'A revocation goes on with the next object in the same place',
    story:
      'While the revoker is between two copies, the holder of the last one deletes it and makes an object. It comes to lie where the old one was. The revoker looks at the list, finds a capability, and takes it away.',
    origin: 'classic ABA, of objects',
    edits: [
      {
        file,
        from: `    const isOver = (yield load(object.lives, 'plain')) !== life;
`,
        to: `    const isOver = (yield load(object.lives, 'plain')) < life;
`,
      },
      { file, from: ' && (yield* lifeOf(object)) === life;', to: ' && (yield* lifeOf(object)) >= life;' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'moved-through-nothing',
    variant,
    bug: undefined,
    title: 'A move takes the capability away before it is put down',
    story:
      'The old slot is emptied first. If it was the only capability, the object is at its end in that moment and goes back to the pool; the new slot leads to memory that nobody has.',
    origin: 'classic: a reference dropped before the next is taken',
    edits: [
      {
        file,
        from: refilled,
        to: `  const badge = yield load(source.badge, 'plain');
  yield* removeAt(tables, from);
  return yield* fill(tables, to, object, rights, badge);
`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'never-back-in-the-pool',
    variant,
    bug: undefined,
    title: 'An object without capabilities is not given back',
    story:
      'The last capability is deleted and the memory freed, but the pool still counts the object as somebody’s. After as many as there can be, none can be made any more.',
    origin: 'classic: a leak',
    edits: [{ file, from: "  yield store(object.inUse, 0, 'plain');\n", to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'granted-without-the-right',
    variant,
    bug: undefined,
    title: 'Nobody asks for the right to grant',
    story:
      'Who may only read from an endpoint sends capabilities over it: they arrive in the table of its maker, and fill it.',
    origin: 'seL4 manual, 4.2.2: without Grant only the message is sent',
    edits: [
      {
        file,
        from: "  const number = yield* lookUp(self, tables, over, Right.grant, 'plain');\n",
        to: "  const number = yield* lookUp(self, tables, over, Right.none, 'plain');\n",
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'list-of-the-last-time',
    variant,
    bug: undefined,
    title: 'What is put on a list keeps its neighbour of the last time',
    story:
      'A capability is put first on its object’s list, and still says who stood before it when its slot was on another. When it is deleted, that one’s list is cut, and its own keeps it.',
    origin: 'classic: a field that is not initialised',
    edits: [{ file, from: "  yield store(slot.previous, 0, 'plain');\n", to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'life-looked-at-too-late',
    variant,
    bug: undefined,
    title: 'Which object is revoked is asked when the table is unlocked',
    story:
      'A revoker finds its capability, lets the table go, and then looks how many objects have come to an end there. In between another one has revoked the same object and made the next, which now goes too.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: `  const life = object === undefined ? 0 : yield* lifeOf(object);
  yield* release(lockOf(tables, self.id));
  if (object === undefined) return number;
`,
        to: `  yield* release(lockOf(tables, self.id));
  if (object === undefined) return number;
  const life = yield* lifeOf(object);
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'emptied-twice',
    variant,
    bug: undefined,
    title: 'A revocation empties a slot that is empty already',
    story:
      'The first on the list is moved and deleted while the revoker waits for its table. The slot still says what it held, and the object lives, since others have it: it is taken off the list a second time. What stands first now has a neighbour that is not on the list, and the revoker takes it off for ever.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      { file, from: "  if (!isLive(yield load(slotAt(tables, number).state, 'plain'))) return false;\n", to: '' },
    ],
    killedBy: 'progress',
  },
  {
    name: 'maker-of-the-object-before',
    variant,
    bug: undefined,
    title: 'An object is made where others were, and has the maker of one of those',
    story:
      'Who has made an object is stored for the first two in its place. Whoever grants over the third reaches a process that has nothing to do with it.',
    origin: 'a wrong submission of a reviewer, who lost nothing by it',
    edits: [
      {
        file: file,
        from: `    yield store(object.maker, self.id, 'plain');
`,
        to: `    if ((yield* lifeOf(object)) < 2) yield store(object.maker, self.id, 'plain');
`,
      },
    ],
    killedBy: 'linearizes',
  },
]);
