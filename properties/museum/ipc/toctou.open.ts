import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/toctou.ts';
const variant = 'copy';

const used = `  yield* writeLocked(server, object, copy, length);
`;
const credential = `  const user = yield load(server.user, 'acquire', 'toctou.credential'); // pairs with become
`;
const named = `  const name = server.names[yield* fetch(server, Field.name)];
  if (name === undefined) return Failure.noEntry;
`;
const permission = `  if (user !== 0 && user !== owner) return Failure.notAllowed;
`;
const given = `    yield store(slot, object + 1, 'release', 'toctou.open'); // pairs with find
`;
const decided = `memory.word('client.user', user),
`;

/** Requests to open: names, numbers, and whom they are for. */
export default exhibit('ipc/toctou', [
  {
    name: 'decision-remembered',
    variant,
    bug: 'TOCTOU-07',
    title: 'Permission cached across setuid',
    story:
      'Once the client was allowed to open something, the server remembers it and asks no more. The client then becomes another, who may not, and is still served.',
    origin: 'classic: a decision kept with the connection',
    edits: [
      { file, from: decided, to: `memory.words('client.user', 2, user),\n` },
      {
        file,
        from: permission,
        to: `  const decision = server.user + 1;
  if (user === 0) yield store(decision, 0, 'plain'); // allowed, and remembered
  if ((yield load(decision, 'plain')) !== 0 && user !== owner) return Failure.notAllowed;
`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'name-resolved-twice',
    variant,
    bug: 'TOCTOU-08',
    title: 'Symlink swap between stat and open',
    story:
      'The server looks up what the name means, and checks that object; then it opens by name, which looks the name up again. In between the name was given to an object of somebody else’s.',
    origin: 'classic: access(2) and then open(2)',
    edits: [
      {
        file,
        from: `  yield* acquire(server.lock);
  const number = yield* openLocked(server, user, name);
`,
        to: `  const checked = server.objects[yield load(name, 'relaxed', 'toctou.check')] as ObjectWords;
  const owner = yield load(checked.owner, 'plain');
  if (user !== 0 && user !== owner) return Failure.notAllowed;
  yield* acquire(server.lock);
  const number = yield* openLocked(server, 0, name);
`,
      },
    ],
    killedBy: 'secrets',
  },
  {
    name: 'name-fetched-twice',
    variant,
    bug: undefined,
    title: 'The name is checked in the client’s memory and read there again',
    story:
      'The server reads the name, finds its object and that the client may open it; and then reads the name again, to open it. The client has changed it in between, and has somebody else’s object open.',
    origin: 'seed 002 of the course notes: a name in the client’s memory',
    edits: [
      {
        file,
        from: `  yield* acquire(server.lock);
  const number = yield* openLocked(server, user, name);
`,
        to: `  const checked = server.objects[yield load(name, 'relaxed')] as ObjectWords;
  const owner = yield load(checked.owner, 'plain');
  if (user !== 0 && user !== owner) return Failure.notAllowed;
  const again = server.names[yield* fetch(server, Field.name)];
  if (again === undefined) return Failure.noEntry;
  yield* acquire(server.lock);
  const number = yield* openLocked(server, 0, again);
`,
      },
    ],
    killedBy: 'secrets',
  },
  {
    name: 'open-stands-for-a-name',
    variant,
    bug: undefined,
    title: 'What is open is remembered by its name',
    story:
      'A number stands for the name that was opened, and each use looks up what that means. The check was made of what it meant then. Later the client gives the name to somebody else’s object, and reads that.',
    origin: 'classic: a path where a handle was promised (NFS before file handles)',
    edits: [
      { file, from: given, to: given.replace('object + 1', 'server.names.indexOf(name) + 1') },
      {
        file,
        from: `  return found === 0 ? Failure.badNumber : found - 1;
`,
        to: `  return found === 0 ? Failure.badNumber : yield load(server.names[found - 1] as Address, 'relaxed');
`,
      },
    ],
    killedBy: 'secrets',
  },
  {
    name: 'permission-not-asked',
    variant,
    bug: undefined,
    title: 'Nobody asks whose object it is',
    story: 'Whoever knows the name of an object has it opened, and reads and writes what is somebody else’s.',
    origin: 'classic: a confused deputy',
    edits: [{ file, from: permission, to: '' }],
    killedBy: 'secrets',
  },
  {
    name: 'credential-at-the-end',
    variant,
    bug: undefined,
    title: 'Whom it is for is asked at the end',
    story:
      'The request is fetched, and then it is asked whom the client acts for. It has become another since: what one asked for is done with the rights of the other.',
    origin: 'classic: the credential of a process, where the message’s was meant',
    edits: [
      { file, from: credential, to: '' },
      { file, from: named, to: `${named}${credential}` },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'number-looked-up-again',
    variant,
    bug: undefined,
    title: 'The number is checked early and looked up again at the use',
    story:
      'The server finds the number good, copies the request, and looks the number up again as it writes. Meanwhile it was taken back and given out for another object, and that one gets the words.',
    origin: 'classic: a descriptor used by number (Linux, fdget without the reference)',
    edits: [
      {
        file,
        from: used,
        to: `  yield* writeLocked(server, yield* find(server, number), copy, length);
`,
      },
      {
        file,
        from: `  const { record } = server;
`,
        to: `  const { record } = server;
  if (object < 0) return;
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'found-before-the-lock',
    variant,
    bug: undefined,
    title: 'A read looks its number up before it takes the lock',
    story:
      'The reader finds the object, and waits for the lock. Meanwhile the number is taken back, and the object then written under another. The reader is given words that were never there while its number was open.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: `  yield* acquire(server.lock);
  const object = yield* find(server, number);
  const length`,
        to: `  const object = yield* find(server, number);
  yield* acquire(server.lock);
  const length`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'anybody-becomes-anybody',
    variant,
    bug: undefined,
    title: 'Who acts for one user may act for any',
    story: 'Nobody asks whom the client acts for when it wants to act for another.',
    origin: 'classic: setuid without a check',
    edits: [
      {
        file,
        from: `  const before = yield compareAndSwap(server.user, 0, user, 'release', 'toctou.become'); // pairs with open
  return before === 0 || before === user ? 0 : Failure.notPermitted;
`,
        to: `  yield store(server.user, user, 'release', 'toctou.become');
  return 0;
`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'becomes-in-two-steps',
    variant,
    bug: undefined,
    title: 'Whom the client acts for is looked at and then set',
    story:
      'Two threads that act for user 0 give that up at the same time, each for another user. Both find that they may. The second undoes what the first gave up, and was told that it had.',
    origin: 'classic: test and set in two steps',
    edits: [
      {
        file,
        from: `  const before = yield compareAndSwap(server.user, 0, user, 'release', 'toctou.become'); // pairs with open
`,
        to: `  const before = yield load(server.user, 'relaxed');
  if (before === 0) yield store(server.user, user, 'release', 'toctou.become');
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'given-out-twice',
    variant,
    bug: undefined,
    title: 'A number is given out to two',
    story: 'The first free number is looked for without the lock. Two find the same.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `  yield* acquire(server.lock);
  const number = yield* openLocked(server, user, name);
  yield* release(server.lock);
`,
        to: `  const number = yield* openLocked(server, user, name);
`,
      },
    ],
    killedBy: 'linearizes',
  },
]);
