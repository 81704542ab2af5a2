import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/toctou.big-lock.ts';
const variant = 'big-lock';

/** A lock keeps the server's threads apart, and nothing else: the client's need no lock to write. */
export default exhibit('ipc/toctou', [
  {
    name: 'checked-in-place-under-a-lock',
    variant,
    bug: undefined,
    title: 'The request is checked where it lies, under a lock',
    story:
      'The server holds its one lock from the check to the use, and thinks that nothing changes meanwhile. The client’s other thread writes into its own memory, and takes no lock for that.',
    origin: 'classic: a lock that the other side does not know of',
    edits: [
      {
        file,
        from: `  if (words.some((word) => word < 0)) return -22;
`,
        to: `  if (words.some((word) => word < 0)) return -22;
  for (const i of words.keys()) words[i] = yield* fetch(server, start + i);
`,
      },
    ],
    killedBy: 'what-was-checked-is-used',
  },
  {
    name: 'length-fetched-twice-under-a-lock',
    variant,
    bug: undefined,
    title: 'The length is fetched twice, under a lock',
    story: 'Once for the check and once for the loop. It grows in between.',
    origin: 'classic double fetch',
    edits: [
      {
        file,
        from: `  for (let i = 0; i < length; i++) words.push(yield* fetch(server, start + i));
`,
        to: `  const again = yield* fetch(server, 0);
  for (let i = 0; i < again; i++) words.push(yield* fetch(server, start + i));
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'name-fetched-twice-under-a-lock',
    variant,
    bug: undefined,
    title: 'The name is fetched twice, under a lock',
    story: 'The object that the name means is checked, and then the name is read again to open it.',
    origin: 'classic double fetch',
    edits: [
      {
        file,
        from: `    yield store(address, object, 'plain');
    return number;
`,
        to: `    yield store(address, yield load(server.names + (yield* fetch(server, 2)), 'plain'), 'plain');
    return number;
`,
      },
    ],
    killedBy: 'secrets',
  },
]);
