import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/naming.big-lock.ts';
const variant = 'big-lock';

/** What goes wrong even where one lock is around everything. */
export default exhibit('kernel/naming', [
  {
    name: 'one-lock-nobody-woken',
    variant,
    bug: undefined,
    title: 'Under one lock, who registers wakes nobody',
    story:
      'A client waits for a name with everybody else’s lock let go. The name is registered, and nobody tells the client.',
    origin: 'classic: a wakeup left out',
    edits: [
      {
        file,
        from: `  yield* tell(self, service, number, kindOf.registered);
  yield* wakeup(self, service.lock);
`,
        to: `  yield* tell(self, service, number, kindOf.registered);
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'one-lock-old-clients',
    variant,
    bug: undefined,
    title: 'Under one lock, old clients reach the new server',
    story:
      'Nothing overlaps, and still the life that a capability leads to is to be compared: the server is restarted between two calls of its client.',
    origin: 'design rule: old capabilities fail after a restart',
    edits: [{ file, from: "  if ((yield load(receiver.life, 'plain')) !== to.life) return -130;\n", to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'one-lock-let-go',
    variant,
    bug: undefined,
    title: 'The one lock is let go between looking for a name and taking it',
    story: 'Two register one name. Each finds that nobody has it, and both are told that it is theirs.',
    origin: 'classic: check, then act',
    edits: [
      {
        file,
        from: `  const number = known < 0 ? yield* enter(service, name) : known;
  yield store(entryAt(service, number).owner, self.id + 1, 'plain');
`,
        to: `  yield* release(service.lock);
  yield* acquire(service.lock);
  const number = known < 0 ? yield* enter(service, name) : known;
  yield store(entryAt(service, number).owner, self.id + 1, 'plain');
`,
      },
    ],
    killedBy: 'linearizes',
  },
]);
