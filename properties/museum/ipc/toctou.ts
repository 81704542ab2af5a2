import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/toctou.ts';
const variant = 'copy';

const lengthCheck = `  if (length < 0 || length > server.limitWords) return Failure.tooLong;
`;
const startCheck = `  if (start < Field.data || start > server.sharedWords - length) return Failure.badAddress;
`;
const copied = `  for (let i = 0; i < length; i++) yield store(copy + i, yield* fetch(server, start + i), 'plain');
`;
const checked = `    if ((yield load(copy + i, 'plain')) < 0) return Failure.invalid;
`;
const used = `  yield* writeLocked(server, object, copy, length);
`;
const recorded = `    yield store(record.words + i, word, 'plain');
`;
const recordedObject = `  yield store(record.object, object + 1, 'plain');
`;
const recordedLength = `  yield store(record.length, length, 'plain');
`;
/** Uses the words where they lie in the shared memory: relaxed, so that it is the time of use that is wrong and no more. */
const inPlace = `  for (let i = 0; i < length; i++) {
    if ((yield* fetch(server, start + i)) < 0) return Failure.invalid;
  }
  yield* acquire(server.lock);
  for (let i = 0; i < length; i++) yield store(copy + i, yield* fetch(server, start + i), 'plain');
`;
const copyThenCheck = `${copied}  for (let i = 0; i < length; i++) {
${checked}  }
  yield* acquire(server.lock);
`;

/** Requests to write: lengths, places, data. Requests to open have a file of their own. */
export default exhibit('ipc/toctou', [
  {
    name: 'checked-in-place',
    variant,
    bug: undefined,
    title: 'The request is checked where it lies',
    story:
      'The server saves itself the copy: it checks the data in the shared memory, and takes them from there when it has the lock. Between the two looks another thread of the client puts a word there that would not have passed.',
    origin: 'seeds 000 and 002 of the course notes (TOCTTOU): a check in place',
    edits: [{ file, from: copyThenCheck, to: inPlace }],
    killedBy: 'what-was-checked-is-used',
  },
  {
    name: 'length-fetched-twice',
    variant,
    bug: undefined,
    title: 'The length is fetched once for the check and once for the use',
    story:
      'The length is compared with the room there is, and then fetched again for the loop that writes. In between it has grown. The words behind those of the object are somebody else’s, and are written over.',
    origin: 'classic double fetch (Wang et al., USENIX Security 2017; Linux CVE-2016-6480 and its like)',
    edits: [
      {
        file,
        from: `  const length = yield* fetch(server, Field.length);
  const start`,
        to: `  let length = yield* fetch(server, Field.length);
  const start`,
      },
      {
        file,
        from: `${lengthCheck}${startCheck}`,
        to: `${lengthCheck}${startCheck}  length = yield* fetch(server, Field.length);
`,
      },
    ],
    killedBy: 'neighbour',
  },
  {
    name: 'record-read-again',
    variant,
    bug: 'TOCTOU-03',
    title: 'Audit re-reads arguments',
    story:
      'What goes into the object comes from the copy, and what goes into the record is taken from the shared memory again. The client writes one thing and has another recorded.',
    origin: 'CVE-2016-6136 (the arguments of execve, copied a second time for the log), Linux before 43761473c254',
    edits: [
      {
        file,
        from: recorded,
        to: `    const start = yield* fetch(server, Field.start);
    yield store(record.words + i, yield* fetch(server, start + i), 'plain');
`,
      },
    ],
    killedBy: 'recorded-as-done',
  },
  {
    name: 'fetched-by-the-compiler',
    variant,
    bug: 'TOCTOU-04',
    title: 'Shared ring descriptors re-read',
    story:
      'The text copies the request into a local variable, but nothing says that the memory may change: the compiler, short of registers, reads the length from the shared memory again at each turn of the loop. It grows after it was checked.',
    origin: 'CVE-2015-8550 (XSA-155), Linux before 454d5d882c7e',
    edits: [
      {
        file,
        from: copied,
        to: `  for (let i = 0; i < (yield* fetch(server, Field.length)); i++) {
    yield store(copy + i, yield* fetch(server, start + i), 'plain');
  }
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'header-copied-only',
    variant,
    bug: 'TOCTOU-05',
    title: 'Copy-on-check of pointer only',
    story:
      'The header is copied, the length and where the data start: and so is safe. The data that it points to are checked in the shared memory, and copied out of it afterwards.',
    origin: 'classic shallow copy',
    edits: [
      {
        file,
        from: `${copied}  for (let i = 0; i < length; i++) {
${checked}  }
`,
        to: `  for (let i = 0; i < length; i++) {
    if ((yield* fetch(server, start + i)) < 0) return Failure.invalid;
  }
${copied}`,
      },
    ],
    killedBy: 'what-was-checked-is-used',
  },
  {
    name: 'library-has-checked',
    variant,
    bug: 'TOCTOU-09',
    title: 'Check in client-side library',
    story:
      'The client’s library refuses lengths that are too large before it calls the server, and the server relies on it. A client that calls the server itself writes over the words of the next object.',
    origin: 'ChCore, libc: checks on the client’s side are no protection',
    edits: [{ file, from: lengthCheck, to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'place-not-checked',
    variant,
    bug: undefined,
    title: 'Where the data start is not checked',
    story:
      'The length is right, but the data may lie anywhere: behind the shared memory are the server’s own words, and a client that points there has them written into its object, and reads them.',
    origin: 'classic: an offset from a message (Heartbleed’s kin)',
    edits: [{ file, from: startCheck, to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'place-checked-alone',
    variant,
    bug: undefined,
    title: 'Where the data start is checked, and not where they end',
    story:
      'The first of the data lies in the shared memory. Those behind it need not, and what is there is the server’s.',
    origin: 'classic',
    edits: [{ file, from: `start > server.sharedWords - length`, to: 'start >= server.sharedWords' }],
    killedBy: 'refines',
  },
  {
    name: 'place-fetched-twice',
    variant,
    bug: undefined,
    title: 'Where the data start is fetched twice',
    story:
      'The place of the data is checked, and fetched again as they are copied. By then it is a place behind the shared memory, where the server keeps what is its own.',
    origin: 'classic double fetch of a pointer',
    edits: [
      {
        file,
        from: copied,
        to: `  for (let i = 0; i < length; i++) {
    yield store(copy + i, yield* fetch(server, (yield* fetch(server, Field.start)) + i), 'plain');
  }
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'negative-length',
    variant,
    bug: undefined,
    title: 'A length below zero passes for a short one',
    story: 'The length is compared as a signed number. One that is negative is less than the room there is.',
    origin: 'classic: signed comparison',
    edits: [{ file, from: 'length < 0 || length > server.limitWords', to: 'length > server.limitWords' }],
    killedBy: 'refines',
  },
  {
    name: 'words-not-checked',
    variant,
    bug: undefined,
    title: 'The data are copied and not checked',
    story: 'The copy is there, and safe from the client; and nobody looks at it before it is used.',
    origin: 'classic',
    edits: [{ file, from: checked, to: '' }],
    killedBy: 'what-was-checked-is-used',
  },
  {
    name: 'first-word-checked',
    variant,
    bug: undefined,
    title: 'Only the first of the data is checked',
    story: 'A loop that ends too soon: what comes after the first word is used unchecked.',
    origin: 'classic',
    edits: [{ file, from: checked, to: checked.replace('copy + i', 'copy') }],
    killedBy: 'what-was-checked-is-used',
  },
  {
    name: 'one-copy-for-all',
    variant,
    bug: undefined,
    title: 'All threads’ requests are copied to one place',
    story:
      'The server has one buffer. Two threads of the client write at once, and the second copy comes over the first after that was checked: the client’s memory is out of reach, and the request changes all the same.',
    origin: 'classic: a static buffer in a server with several threads',
    edits: [{ file, from: 'server.copies[self.id]', to: 'server.copies[0]' }],
    killedBy: 'faultless',
  },
  {
    name: 'used-without-the-lock',
    variant,
    bug: undefined,
    title: 'An object is written without the lock',
    story: 'The words of two requests are written into one object at the same time, and a reader finds some of each.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `  yield* acquire(server.lock);
${used}  yield* release(server.lock);
`,
        to: used,
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'object-not-recorded',
    variant,
    bug: undefined,
    title: 'The record says what was written, and not into which object',
    story: 'The record of a write names no object: nobody can tell afterwards whose object it was.',
    origin: 'classic: an incomplete log',
    edits: [{ file, from: recordedObject, to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'recorded-up-to-the-old-length',
    variant,
    bug: undefined,
    title: 'The record keeps its old length',
    story: 'A request of two words is recorded as one of as many as the one before had.',
    origin: 'classic',
    edits: [{ file, from: recordedLength, to: '' }],
    killedBy: 'refines',
  },
  {
    name: 'recorded-before-it-is-done',
    variant,
    bug: undefined,
    title: 'The record is written before the lock is taken',
    story:
      'The words are recorded first, and written into the object after. Two requests come through in one order, and are recorded in the other.',
    origin: 'classic: a log that is not written with what it logs',
    edits: [
      { file, from: recorded, to: '' },
      {
        file,
        from: `  yield* acquire(server.lock);
${used}`,
        to: `  yield* acquire(server.lock);
  for (let i = 0; i < length; i++) yield store(server.record.words + i, yield load(copy + i, 'plain'), 'plain');
  yield* release(server.lock);
  yield* acquire(server.lock);
${used}`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'fetched-relaxed',
    variant,
    bug: undefined,
    title: 'The length is fetched and orders nothing',
    story:
      'The client prepares its data and then the length. The server sees the new length, and reads data that have not reached it: as if it had fetched them before.',
    origin: 'classic: message passing without acquire',
    edits: [{ file, from: `'acquire', 'toctou.fetch'`, to: `'relaxed', 'toctou.fetch'` }],
    killedBy: 'linearizes',
  },
]);
