import { exhibit } from '#properties/museum/mutant.ts';

const names = 'impl/kernel/names.ts';
const inbox = 'impl/kernel/inbox.ts';
const variant = 'hashed';

const fullness = `  const isAlive = (yield load(inbox.life, 'relaxed')) === life;
`;

/** The table of names, and the inbox. */
export default exhibit('kernel/naming', [
  {
    name: 'truncated',
    variant,
    bug: 'NAMING-08',
    title: 'Prefix/aliasing of names',
    story:
      'A name is copied into a field of four bytes, and what does not fit is left out. "volume-a" and "volume-c" are one name: whoever looks the second up gets the first.',
    origin: 'classic: a fixed-length copy',
    edits: [
      { file: names, from: 'i < lengthBytes; i++) bytes.push', to: 'i < Math.min(lengthBytes, 4); i++) bytes.push' },
    ],
    killedBy: 'refines',
  },
  {
    name: 'length-not-compared',
    variant,
    bug: undefined,
    title: 'Names that differ in a zero at the end are one',
    story: 'Names are filled up with zeros, and their lengths are not compared: a name is found under another.',
    origin: 'classic string handling',
    edits: [
      {
        file: names,
        from: "  if ((yield load(record.lengthBytes, 'relaxed')) !== lengthBytes) return false;\n",
        to: '',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'beginnings-compared',
    variant,
    bug: undefined,
    title: 'Only the first word of two names is compared',
    story: 'Names of one length that begin with the same four bytes are taken for one.',
    origin: 'classic string handling: strncmp with the size of a pointer',
    edits: [
      {
        file: names,
        from: `  for (let i = 0; i < wordsOfName; i++) {
    if (`,
        to: `  for (let i = 0; i < 1; i++) {
    if (`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'changed-unseen',
    variant,
    bug: undefined,
    title: 'A record is changed while the number is even',
    story:
      'The number is counted up when a change is over, and not when it begins. A lookup that comes in between sees the new owner of a record with the name that it had before, and the number that it had before: it leads to a server by a name that is not its own.',
    origin: 'classic: half a sequence lock',
    edits: [
      {
        file: names,
        from: "  yield store(sequence, (even + 1) | 0, 'relaxed', 'names.begin');\n",
        to: '',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'not-looked-at-again',
    variant,
    bug: undefined,
    title: 'A lookup does not look whether anything has changed',
    story:
      'A record goes to another name, of another server, while a lookup reads it. The lookup has seen the owner of one and the name of the other, and leads to the one by the other.',
    origin: 'classic: half a sequence lock',
    edits: [
      {
        file: names,
        from: "    if ((yield load(bucket.sequence, 'relaxed', 'names.check')) === before) return owner;\n",
        to: '    return owner;\n',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'forgotten-when-watched',
    variant,
    bug: undefined,
    title: 'A record that is only watched is taken for a free one',
    story:
      'A client watches a name that nobody has. The next name is put in the same record: the client is told of that one, or of none.',
    origin: 'classic: one of two users forgotten',
    edits: [
      {
        file: names,
        from: " !== 0 || (yield load(watchers, 'plain')) !== 0;",
        to: ' !== 0;',
      },
      { file: names, from: 'function* isInUse({ owner, watchers }', to: 'function* isInUse({ owner }' },
    ],
    killedBy: 'refines',
  },
  {
    name: 'notice-first',
    variant,
    bug: 'NAMING-07',
    title: 'Death notice delivered before late messages',
    story:
      'Notices are urgent, and are put before what waits. A server answers and dies; its client is told of the death, turns to the next server, and then receives an answer of the first.',
    origin: 'Binder, the order of death notifications; classic',
    edits: [
      {
        file: inbox,
        from: `  yield* acquire(inbox.lock);
  yield* append(table, inbox, notice);
`,
        to: `  yield* acquire(inbox.lock);
  const count = yield load(inbox.count, 'plain');
  const first = ((yield load(inbox.first, 'plain')) + inbox.size - 1) % inbox.size;
  if (count === 0) {
    yield* append(table, inbox, notice);
  } else {
    yield store(inbox.first, first, 'plain');
    yield store(inbox.count, count + 1, 'plain');
    yield store(inbox.ring + first * wordsEach, notice.kind, 'plain');
    for (const [index, word] of notice.words.entries()) {
      yield store(inbox.ring + first * wordsEach + 1 + index, word, 'plain');
    }
  }
`,
      },
    ],
    killedBy: 'notice-last',
  },
  {
    name: 'life-looked-at-too-soon',
    variant,
    bug: undefined,
    title: 'The receiver’s life is compared before its inbox is locked',
    story:
      'A sender finds that the server lives, and takes the lock. In between the server has died, and another has its number: the message is put into that one’s inbox.',
    origin: 'classic: check, then act',
    edits: [
      {
        file: inbox,
        from: `  yield* acquire(inbox.lock);
${fullness}`,
        to: `${fullness}  yield* acquire(inbox.lock);
`,
      },
    ],
    killedBy: 'own-process',
  },
  {
    name: 'words-take-all-places',
    variant,
    bug: undefined,
    title: 'Words take the places that were kept for notices',
    story:
      'A sender finds a place in the inbox and takes it. It was kept for a notice, which is then written over the oldest word.',
    origin: 'classic: two limits made one',
    edits: [
      {
        file: inbox,
        from: '  const isFull = words >= inbox.wordsMax;\n',
        to: '  const isFull = words >= inbox.size;\n',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'receiver-not-woken',
    variant,
    bug: undefined,
    title: 'Who waits for something to arrive is not woken',
    story: 'The receiver sleeps before its empty inbox. The word is put there, and nobody tells it.',
    origin: 'classic: a wakeup left out',
    edits: [{ file: inbox, from: '  if (count === 0) yield* wakeOwner(table, inbox);\n', to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'receiver-looked-at-without-its-lock',
    variant,
    bug: undefined,
    title: 'Whether the receiver sleeps is looked at without its lock',
    story:
      'The receiver has let the inbox’s lock go and is about to mark itself asleep. The sender looks, finds it running, and does not wake it.',
    origin: 'xv6, wakeup before 26f3061: the state tested without the process lock',
    edits: [
      {
        file: inbox,
        from: `  yield* acquire(thread.lock);
  const isAsleep`,
        to: `  if ((yield load(thread.state, 'relaxed')) !== State.sleeping) return;
  yield* acquire(thread.lock);
  const isAsleep`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'inbox-inherited',
    variant,
    bug: undefined,
    title: 'Who takes over a number takes over its inbox',
    story: 'The inbox is not emptied when its owner dies. The next one receives what was sent to the dead.',
    origin: 'classic: state by number',
    edits: [
      {
        file: inbox,
        from: `  yield store(inbox.words, 0, 'plain');
  yield store(inbox.count, 0, 'plain');
  yield* release(inbox.lock);
}

/** Drops`,
        to: `  yield* release(inbox.lock);
}

/** Drops`,
      },
      {
        file: 'impl/kernel/naming.ts',
        from: '  yield* dropAll(mine.inbox); // what the last life had asked for, and was told since\n',
        to: '',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'off-the-queue-too-soon',
    variant,
    bug: undefined,
    title: 'Who takes a waiter off a queue does not say when it is done with it',
    story:
      'A waiter sees that it has been taken off, and takes no lock. It goes on to wait for another name, on another queue, and writes the words by which it stands there; who took it off the first has just read them, and nothing says that this was before.',
    origin:
      'Linux, list_del_init_careful: a release store that pairs with list_empty_careful; found here by the claims',
    edits: [
      {
        file: 'impl/sync/wait-queue.ts',
        from: "  yield store(mine.channel, 0, 'release', 'waiting.off');",
        to: "  yield store(mine.channel, 0, 'relaxed');",
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'full-before-dead',
    variant,
    bug: undefined,
    title: 'Who sends to the dead is told that there is no room',
    story:
      'Whether the inbox is full is asked first, and then whether the receiver lives. The inbox is that of the next process with its number: a client of the dead is told to try again, and not that its server has died.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: inbox,
        from: `  return isAlive ? (isFull ? 'full' : 'delivered') : 'dead';
`,
        to: `  return isFull ? 'full' : isAlive ? 'delivered' : 'dead';
`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'answers-keep-their-room',
    variant,
    bug: undefined,
    title: 'An answer that is received does not give its room back',
    story:
      'All words are counted when they arrive, and only messages when they are received. Each answer leaves one place less, until nobody can send to that process any more.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file: inbox,
        from: '  if (!isNotice(kind)) yield store(inbox.words',
        to: '  if (kind === Kind.message) yield store(inbox.words',
      },
    ],
    killedBy: 'refines',
  },
]);
