import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/naming.ts';
const variant = 'hashed';
const notOwner = `  if ((yield load(slot.owns, 'plain')) === 0) return Failure.notOwner;
`;
const told = `  yield store(record.watchers, 0, 'plain');
`;

/** The service: who has a name, who waits for it, who is told. Lives, and the table of names, have files of their own. */
export default exhibit('kernel/naming', [
  {
    name: 'anybody-unregisters',
    variant,
    bug: 'NAMING-06',
    title: 'Unregister by non-owner',
    story:
      'Nobody asks whether a capability owns its name. A client looks a server up and takes its name away: nobody finds the server any more.',
    origin: 'classic: owner not checked',
    edits: [{ file, from: notOwner, to: '' }],
    killedBy: 'owner-only',
  },
  {
    name: 'owner-rights-handed-out',
    variant,
    bug: undefined,
    title: 'A lookup hands out the owner’s rights',
    story:
      'Whoever looks a name up gets a copy of the capability that its owner has, with all rights. It can take the name away, and it is allowed to.',
    origin: 'classic: a capability that is copied and not derived',
    edits: [
      {
        file,
        from: 'yield* fill(mine, slot, owner, 0);',
        to: 'yield* fill(mine, slot, owner, 1);',
      },
    ],
    killedBy: 'owner-only',
  },
  {
    name: 'told-again-and-again',
    variant,
    bug: undefined,
    title: 'Who watched a name is told every time',
    story:
      'The watch is not taken off when it is told. A client asked once, and gets a notice of each registration and each death from then on; its inbox has room for one.',
    origin: 'semantics of a watch: exactly one notice',
    edits: [{ file, from: told, to: '' }],
    killedBy: 'told-once',
  },
  {
    name: 'answers-to-anybody',
    variant,
    bug: undefined,
    title: 'Whoever likes may answer whom it likes',
    story:
      'Nobody asks whether a server was sent anything by whom it answers. A number is easily guessed: anybody reaches everybody, without a capability.',
    origin: 'classic: a reply right that is a number',
    edits: [
      {
        file,
        from: "|| to.life > (yield load(heard, 'plain'))) return Failure.notOwner;",
        to: ') return Failure.notOwner;',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'name-taken-away',
    variant,
    bug: undefined,
    title: 'Who registers a name that somebody has gets it',
    story:
      'Nobody asks whether a name is taken. The last to register it has it, and gets what was meant for the first.',
    origin: 'Mach, bootstrap_register before it was restricted',
    edits: [
      {
        file,
        from: "  if (known !== undefined && (yield load(known.owner, 'relaxed')) !== 0) return Failure.exists;\n",
        to: '',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'registered-without-the-lock',
    variant,
    bug: undefined,
    title: 'The bucket is unlocked between the look and the registration',
    story: 'Two register one name. Each finds that nobody has it, and both are told that it is theirs.',
    origin: 'classic: check, then act',
    edits: [
      {
        file,
        from: `  const slot = yield* freeSlot(mine);
  if (slot < 0) return Failure.noRoom;
  const me = yield* identityOf(self, service);
`,
        to: `  const slot = yield* freeSlot(mine);
  if (slot < 0) return Failure.noRoom;
  yield* release(bucket.lock);
  const me = yield* identityOf(self, service);
  yield* acquire(bucket.lock);
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'owned-after-it-is-unregistered',
    variant,
    bug: undefined,
    title: 'The capability that owned a name stays when it is unregistered',
    story:
      'A server unregisters its name, and keeps the capability. Another server registers in the same place of the table; the first unregisters once more, and takes that one’s name away.',
    origin: 'classic ABA, of names',
    edits: [{ file, from: "  yield store(slot.to, 0, 'plain');\n  return 0;\n", to: '  return 0;\n' }],
    killedBy: 'refines',
  },
  {
    name: 'handle-used-again',
    variant,
    bug: undefined,
    title: 'A handle is no more than the number of a slot',
    story:
      'A capability is gone, and its slot gets another. Whoever has the old handle uses the new capability with it.',
    origin: 'classic ABA, of slots',
    edits: [
      {
        file,
        from: '  return generation === latest && (yield load(words.to',
        to: '  return (yield load(words.to',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'waiters-not-woken',
    variant,
    bug: undefined,
    title: 'Who waits for a name is not woken when it is registered',
    story: 'A client waits until its server is there. The server comes, and nobody tells the client.',
    origin: 'classic: a wakeup left out',
    edits: [
      {
        file,
        from: '  if (handle >= 0) yield* wakeAll(self.table, bucket.waiting); // after it is published: who queued later sees it\n',
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'waiters-woken-too-soon',
    variant,
    bug: undefined,
    title: 'Who waits for a name is woken before it is there',
    story:
      'The waiters are woken first, and then the name is registered. They look, find nothing, and sleep again; nobody wakes them any more.',
    origin: 'classic: a wakeup before the condition',
    edits: [
      {
        file,
        from: '  if (handle >= 0) yield* wakeAll(self.table, bucket.waiting); // after it is published: who queued later sees it\n',
        to: '',
      },
      {
        file,
        from: `  yield* acquire(bucket.lock);
  const handle = `,
        to: `  yield* wakeAll(self.table, bucket.waiting);
  yield* acquire(bucket.lock);
  const handle = `,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'notice-without-a-place',
    variant,
    bug: undefined,
    title: 'Nobody keeps a place for a notice',
    story:
      'A process may watch as many names as it likes. When all of them change, there are more notices than its inbox has places: one is written over what came first.',
    origin: 'Linux, inotify: IN_Q_OVERFLOW, without saying so',
    edits: [
      { file, from: '  if (due >= noticesMax) return Failure.noRoom; // its notice must find a place\n', to: '' },
    ],
    killedBy: 'refines',
  },
  {
    name: 'lookup-takes-the-lock',
    variant,
    bug: undefined,
    title: 'A lookup takes the lock of its bucket',
    story: 'All is right, but all who look a name up stand in one queue, with those who register.',
    origin: 'classic: a lock where none was promised',
    edits: [
      {
        file,
        from: '  let owner = yield* findAlive(service, bucket, name);\n',
        to: `  yield* acquire(bucket.lock);
  let owner = yield* findAlive(service, bucket, name);
  yield* release(bucket.lock);
`,
      },
    ],
    killedBy: 'lookups-take-no-lock',
  },
]);
