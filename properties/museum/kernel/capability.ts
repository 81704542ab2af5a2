import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/capability.ts';
const variant = 'sel4';

const granted = `  const granted = (yield load(source.rights, 'plain')) & (rights | ~mask);
`;
const badged = `  if (badge !== 0 && held !== 0) return Failure.invalid; // or its users could pass for one another
`;
const references = `  yield store(references, (yield load(references, 'plain')) + 1, 'plain');
`;
const noSlot = `  const to = yield* freeSlot(tables, receiver, 'relaxed');
  if (to < 0) return Failure.noSlot;
  const object = yield load(source.object, 'plain');
`;
const drain = `  yield awaitWord(slot.state, emptyState(state), 'acquire', 'capability.drain'); // pairs with unpin
`;
const pin = `    const found = yield compareAndSwap(slot.state, seen, seen + 1, 'acquire', 'capability.pin'); // pairs with fill
    if (found === seen) break;
    seen = found;
`;
const counted = `  yield fetchAdd(slot.state, -1, 'release', 'capability.unpin'); // pairs with drain: the use is before all that follows
`;
const access = `  yield copyOut(0, yield load(object.page.word, 'relaxed'));
  yield copyOut(1, yield load(slot.badge, 'plain'));
`;
const fields = `  yield store(slot.object, object, 'plain');
  yield store(slot.rights, rights, 'plain');
  yield store(slot.badge, badge, 'plain');
`;
const filled = `  const state = filledState(yield load(slot.state, 'relaxed'));
  yield store(slot.state, state, 'release', 'capability.fill'); // pairs with pin: shows all of the above
`;

/** Tables of capabilities as seL4 has them. What goes wrong with the tree has a file of its own, and so have ChCore's flat lists. */
export default exhibit('kernel/capability', [
  {
    name: 'rights-not-intersected',
    variant,
    bug: 'CAPABILITIES-01',
    title: 'Rights amplification by copy',
    story:
      'The copy gets the rights that were asked for, instead of those that were asked for and held. Who may only read asks for a copy that may write, and writes.',
    origin: 'the rule of seL4’s Mint and ChCore’s cap_copy, left out',
    edits: [
      {
        file,
        from: granted,
        to: `  const granted = ((yield load(source.rights, 'plain')) & ~mask) | (rights & mask);
`,
      },
    ],
    killedBy: 'authority-never-grows',
  },
  {
    name: 'preempted-between-two',
    variant,
    bug: 'CAPABILITIES-05',
    title: 'Copy races with revoke',
    story:
      'The revocation lets others in between two capabilities, and goes on from where it was. Meanwhile somebody copies the one that is next. It is taken away, and its copy rises to its place, behind the revoker, who does not look there again.',
    origin: 'classic (EROS, seL4: a revocation that is preempted has to begin anew)',
    edits: [
      {
        file,
        from: `      yield* removeAt(tables, last);
      last = before;
`,
        to: `      yield* removeAt(tables, last);
      last = before;
      yield* release(tables.lock);
      yield* acquire(tables.lock);
`,
      },
    ],
    killedBy: 'revoked',
  },
  {
    name: 'slot-reused',
    variant,
    bug: 'CAPABILITIES-09',
    title: 'Slot id reuse: stale number names a new object',
    story:
      'A handle is no more than the number of a slot. Its capability is deleted, and the slot is the first free one when the next comes. Whoever still has the old handle now uses an object that it never asked for.',
    origin: 'ChCore: lowest free slot first; classic ABA',
    edits: [
      {
        file: 'impl/kernel/slots.ts',
        from: `  return isLive(state) && generation === generationOf(state) ? 0 : Failure.stale;
`,
        to: `  return isLive(state) ? 0 : Failure.stale;
`,
      },
    ],
    killedBy: 'stale',
  },
  {
    name: 'unpinned-before-the-last-use',
    variant,
    bug: 'CAPABILITIES-10',
    title: 'Reference count decremented before the last use',
    story:
      'A use lets the capability go as soon as it knows the object, and reads the object after. In between the last capability is deleted, and the object is given back: what is read is somebody else’s memory.',
    origin: 'classic: obj_put before the final access',
    edits: [
      {
        file,
        from: `${access}  yield* unpin(slot);
`,
        to: `  yield* unpin(slot);
${access}`,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'told-of-a-copy-that-is-not',
    variant,
    bug: 'CAPABILITIES-13',
    title: 'transfer_caps reports success on partial failure',
    story:
      'The receiver’s table is full and nothing is granted, but the call answers a handle as if it had been. The caller tells the receiver of it, and finds out when the receiver’s first use fails, or means something else.',
    origin: 'ChCore, sys_transfer_caps: 0 though entries of its result vector are negative',
    edits: [
      {
        file,
        from: noSlot,
        to: noSlot.replace('return Failure.noSlot', 'return handleWord(handle.slot, handle.generation)'),
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'badged-again',
    variant,
    bug: 'CAPABILITIES-17',
    title: 'Badge forged by re-minting',
    story:
      'A client has a capability with a badge, by which the server knows it. It mints another from it, with the badge of another client, and the server takes it for that one.',
    origin: 'seL4: what has a badge cannot be given another',
    edits: [{ file, from: badged, to: '' }],
    killedBy: 'badge-given-once',
  },
  {
    name: 'nobody-is-waited-for',
    variant,
    bug: undefined,
    title: 'A revocation does not wait for uses',
    story:
      'The revoker makes the capability unusable and goes on. A use on another core has found it good a moment ago. When the last capability goes, the object is given back under the hands of that use.',
    origin: 'classic: a grace period left out',
    edits: [{ file, from: drain, to: '' }],
    killedBy: 'faultless',
  },
  {
    name: 'looked-at-not-pinned',
    variant,
    bug: undefined,
    title: 'A use looks at its capability and does not hold it',
    story:
      'A use finds that the generation is right, and then reads what the slot says and the object, without a word to anybody. Nobody can wait for what nobody can see: the slot is emptied and filled again between the two.',
    origin: 'classic: check and use in two steps',
    edits: [
      { file, from: pin, to: '    break;\n' },
      { file, from: counted, to: '' },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'preempted-while-pinned',
    variant,
    bug: undefined,
    title: 'A use is preempted while somebody waits for it',
    story:
      'The interrupts stay on while a capability is pinned. The timer takes the core away from the use, and the revoker gets it. That one holds the lock, with interrupts off, and waits for a use that will never have the core again.',
    origin: 'classic: a spinning waiter and a preemptible owner (RCU’s read sides do not sleep for the same reason)',
    edits: [
      {
        file,
        from: '  yield maskInterrupts(); // who waits for us may be on this core next, and it lets nobody else on\n',
        to: '',
      },
      { file, from: '      yield unmaskInterrupts();\n      return errno;\n', to: '      return errno;\n' },
      { file, from: `${counted}  yield unmaskInterrupts();\n`, to: counted },
    ],
    killedBy: 'progress',
  },
  {
    name: 'shown-before-it-is-filled',
    variant,
    bug: undefined,
    title: 'A slot says that it is filled before it is',
    story:
      'The state word is written first, and then what the capability is. A use on another core finds the generation right and takes the rights, and the object, of what lay in the slot before.',
    origin: 'classic: publication before initialisation',
    edits: [
      { file, from: filled, to: '' },
      { file, from: fields, to: `${filled}${fields}` },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'filled-relaxed',
    variant,
    bug: undefined,
    title: 'A slot is filled without release',
    story:
      'The state word is written last, but as an ordinary store: nothing makes other cores see it last. The receiver of a grant finds the capability there, and reads words that have not reached it.',
    origin: 'classic: plain store to publish',
    edits: [{ file, from: `'release', 'capability.fill'`, to: `'relaxed', 'capability.fill'` }],
    killedBy: 'faultless',
  },
  {
    name: 'copy-not-counted',
    variant,
    bug: undefined,
    title: 'A copy is not counted',
    story:
      'An object counts the capabilities that name it, but a copy is forgotten. When one of the two is deleted, the count says that it was the last. The other still leads to memory that has been given back.',
    origin: 'classic: reference count',
    edits: [{ file, from: references, to: '' }],
    killedBy: 'faultless',
  },
  {
    name: 'moved-and-kept',
    variant,
    bug: undefined,
    title: 'Who moves a capability keeps it',
    story:
      'A capability is moved, but the old slot still says that it holds it. The handle that was given away works on, and nobody knows of that slot any more: no revocation will find it.',
    origin: 'classic: a move made of a copy',
    edits: [{ file, from: '  yield* takeAway(source);\n', to: '' }],
    killedBy: 'stale',
  },
  {
    name: 'use-takes-the-lock',
    variant,
    bug: undefined,
    title: 'A use takes the lock of the tree',
    story:
      'Whoever reads an object takes the one lock first. All is right, but every use on every core now stands in one queue with every grant and every revocation.',
    origin: 'classic: a big lock where none was promised',
    edits: [
      {
        file,
        from: `  const number = yield* pin(self, tables, handle, Right.read);
  if (number < 0) return number;
`,
        to: `  yield* acquire(tables.lock);
  const number = yield* pin(self, tables, handle, Right.read);
  yield* release(tables.lock);
  if (number < 0) return number;
`,
      },
    ],
    killedBy: 'uses-take-no-lock',
  },
  {
    name: 'handle-of-the-future',
    variant,
    bug: undefined,
    title: 'A handle that nobody was given is as good as one',
    story:
      'Handles are refused if their capability is gone, that is if the slot has counted further. A larger number is not looked at. Whoever makes one up, with a number that the slot will not reach for long, has a handle that never goes stale.',
    origin: 'classic: an upper bound left out',
    edits: [
      {
        file: 'impl/kernel/slots.ts',
        from: `  if (generation < 1 || generation > generationOf(state)) return Failure.badHandle;
  return isLive(state) && generation === generationOf(state) ? 0 : Failure.stale;
`,
        to: `  return isLive(state) && generation >= generationOf(state) ? 0 : Failure.stale;
`,
      },
    ],
    killedBy: 'only-what-was-given',
  },
  {
    name: 'object-of-the-last-time',
    variant,
    bug: undefined,
    title: 'A slot keeps the object of its last capability',
    story:
      'A slot that is filled gets the rights and the badge of its new capability, and keeps the object of the one before. The copy leads to another object than what it was copied from.',
    origin: 'classic: a field that is not initialised',
    edits: [{ file, from: "  yield store(slot.object, object, 'plain');\n", to: '' }],
    killedBy: 'own-object',
  },
  {
    name: 'generation-looked-at-once',
    variant,
    bug: undefined,
    title: 'A use that has to try again does not compare the generation again',
    story:
      'A use finds its capability, and the swap that pins it fails: the slot has been emptied and filled again. The use looks whether there is a capability, and not whether it is the one that was meant, and goes on with another.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: `  for (;;) {
    const errno = missing(seen, handle.generation);
`,
        to: `  let errno = missing(seen, handle.generation);
  for (;;) {
`,
      },
      {
        file,
        from: `    seen = found;
`,
        to: `    seen = found;
    errno = (seen & live) === 0 ? Failure.stale : 0;
`,
      },
    ],
    killedBy: 'linearizes',
  },
]);
