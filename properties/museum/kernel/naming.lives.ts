import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/kernel/naming.ts';
const variant = 'hashed';
const alive = `  return owner !== null && (yield* isAlive(service, owner)) ? owner : null;
`;
const burying = `      if ((yield load(record.owner, 'relaxed')) === self.id + 1) yield* bury(self, service, bucket, record);
`;
const ending = `  yield* endLife(mine.inbox); // from here on its names are nobody's, and its capabilities lead nowhere
`;
const dropping = `  yield* dropAll(mine.inbox); // what the last life had asked for, and was told since
`;
const unwatching = `      if ((watchers & bitOf(self.id)) !== 0) yield store(record.watchers, watchers & ~bitOf(self.id), 'plain');
`;

/** Who is dead, and who has its number or its name then. */
export default exhibit('kernel/naming', [
  {
    name: 'dead-found',
    variant,
    bug: 'NAMING-02',
    title: "Dead server's entry kept",
    story:
      'A server dies, and nobody takes its names back. Whoever looks one of them up is handed a capability that leads nowhere, again and again, and nobody else can have the name.',
    origin: 'classic: no death notification',
    edits: [
      { file, from: alive, to: '  return owner;\n' },
      { file, from: burying, to: '' },
    ],
    killedBy: 'found-while-it-is-there',
  },
  {
    name: 'number-for-identity',
    variant,
    bug: 'NAMING-03',
    title: 'Badge by pid, pid reused',
    story:
      'A server answers to the number of the process that asked. That one has died, and another has its number: it gets an answer to a question that it never asked.',
    origin: 'ChCore, the comment in create_connection: the badge of a process is its pid',
    edits: [
      {
        file,
        from: `  return yield* deliver(self, service, to, Kind.reply, word);
`,
        to: `  const life = yield load(processAt(service, to.process).inbox.life, 'relaxed');
  return yield* deliver(self, service, { process: to.process, life }, Kind.reply, word);
`,
      },
    ],
    killedBy: 'reply-to-who-asked',
  },
  {
    name: 'old-clients-to-the-new-server',
    variant,
    bug: 'NAMING-09',
    title: 'Restart hands old clients to the new server silently',
    story:
      'A capability leads to a process’s number, and nobody compares lives. The server is restarted; a client’s next message reaches the new one, which knows nothing of what they had agreed on.',
    origin: 'design rule: old capabilities fail after a restart',
    edits: [
      {
        file,
        from: `  const to = { process: (yield load(slot.to, 'plain')) - 1, life: yield load(slot.life, 'plain') };
`,
        to: `  const process = (yield load(slot.to, 'plain')) - 1;
  const to = { process, life: yield load(processAt(service, process).inbox.life, 'relaxed') };
`,
      },
    ],
    killedBy: 'own-process',
  },
  {
    name: 'told-before-it-is-dead',
    variant,
    bug: undefined,
    title: 'Who watches is told of a death before the life is over',
    story:
      'A dying process first takes its names back and tells who watches them, and then ends its life. A client that has been told sends to it still, and is told that all went well.',
    origin: 'classic: the notice before the fact',
    edits: [
      { file, from: ending, to: '' },
      { file, from: dropping, to: ending.replace(/ \/\/.*/, '') },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'lives-not-compared-in-lookups',
    variant,
    bug: undefined,
    title: 'A lookup does not ask whether the owner lives',
    story:
      'The names of a dead process are taken back one after the other. A client knows that its server has died, and looks the name up again before it is the name’s turn: it is handed the dead one.',
    origin: 'ours: what a lookup without a lock has to look at last',
    edits: [{ file, from: alive, to: '  return owner;\n' }],
    killedBy: 'linearizes',
  },
  {
    name: 'dead-owner-stands',
    variant,
    bug: undefined,
    title: 'A name is refused because its owner, who is dead, has it',
    story:
      'Who registers finds the name in the table and does not ask whether its owner lives. Somebody who has been told that the owner is dead takes its place, and may not.',
    origin: 'ours: what a registration has to look at',
    edits: [
      {
        file,
        from: `  if (!(yield* isAlive(service, identity))) yield* bury(self, service, bucket, record);
  return record;
`,
        to: `  return record;
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'taken-over-in-silence',
    variant,
    bug: undefined,
    title: 'Who takes a dead owner’s name tells nobody',
    story:
      'A name is registered before its dead owner was cleared away. The new owner takes it over as it is, and the dead process finds nothing of its own there any more: those who watched wait for ever.',
    origin: 'classic: whoever helps must do all of it',
    edits: [
      {
        file,
        from: `  if (!(yield* isAlive(service, identity))) yield* bury(self, service, bucket, record);
`,
        to: `  if (!(yield* isAlive(service, identity))) {
    yield* disown(bucket, record);
    yield store(record.watchers, 0, 'plain');
  }
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'death-not-told',
    variant,
    bug: undefined,
    title: 'Nobody is told that the owner of a name has died',
    story: 'The names of a dead process are taken back, and those who watch them are not told. They wait for ever.',
    origin: 'classic: no death notification',
    edits: [
      {
        file,
        from: `  yield* disown(bucket, record);
  yield* tellWatchers(self, service, record, Kind.died);
`,
        to: `  yield* disown(bucket, record);
`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'next-life-is-told',
    variant,
    bug: undefined,
    title: 'Who takes over a number takes over its watches',
    story:
      'A process dies that watched a name, and its watch stays. The next process with its number is told of what it never asked about.',
    origin: 'classic: state by number',
    edits: [{ file, from: unwatching, to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'next-life-is-told-a-little',
    variant,
    bug: undefined,
    title: 'What was delivered while a process died stays for the next one',
    story:
      'The inbox is emptied when the life ends; then the watches are taken off, one after the other. A notice that comes in between is there when the next process begins.',
    origin: 'ours: the first draft of this file',
    edits: [{ file, from: dropping, to: '' }],
    killedBy: 'told-once',
  },
  {
    name: 'capabilities-inherited',
    variant,
    bug: undefined,
    title: 'Who takes over a number takes over its capabilities',
    story:
      'The table of a process is not emptied when it dies. The next one with its number may use what the first was given.',
    origin: 'classic: state by number',
    edits: [{ file, from: "  for (const { to } of mine.slots) yield store(to, 0, 'plain');\n", to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'answers-inherited',
    variant,
    bug: undefined,
    title: 'Who takes over a number may answer for it',
    story:
      'Whom a server has heard from is not forgotten when it dies. The next process with its number may send to them.',
    origin: 'classic: state by number',
    edits: [{ file, from: "  for (const heard of mine.heard) yield store(heard, 0, 'plain');\n", to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'asked-for-twice',
    variant,
    bug: undefined,
    title: 'A notice that was never received takes its room for ever',
    story:
      'A process dies before it receives a notice, and the next one with its number begins with one place less: it may not watch.',
    origin: 'classic: a leak',
    edits: [
      {
        file,
        from: `  yield store(mine.noticesDue, 0, 'plain');
`,
        to: '',
      },
    ],
    killedBy: 'refines',
  },
]);
