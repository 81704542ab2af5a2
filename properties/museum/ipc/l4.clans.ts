import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/l4.clans.ts';
const rendezvous = 'impl/ipc/l4.big-lock.rendezvous.ts';

/** Clans and chiefs; and the plain kernel beneath them. */
export default exhibit('ipc/l4', [
  {
    name: 'chief-speaks-for-anybody',
    variant: 'clans',
    bug: 'L4-IPC-14',
    title: 'Chief forges an insider identity',
    story:
      'A chief may speak for its clan. The kernel lets it speak for anybody: it sends to another chief as a thread of that one’s own clan, and is believed.',
    origin: 'the deceit rule of clans and chiefs, left out',
    edits: [
      {
        file,
        from: 'if (to !== null && as !== null && !(isPartner(as) && as !== to && standsBetween(kernel.chiefs, self.id, as, to))) {',
        to: 'if (to !== null && as !== null && !isPartner(as)) {',
      },
    ],
    killedBy: 'by-the-chiefs',
  },
  {
    name: 'past-the-chief',
    variant: 'clans',
    bug: undefined,
    title: 'A message crosses a border directly',
    story:
      'The kernel delivers to whom the message is for. The chief, who was made to look at what leaves its clan, sees nothing.',
    origin: 'the redirection of clans and chiefs, left out',
    edits: [{ file, from: '  const hop = hopOf(kernel.chiefs, self.id, to);', to: '  const hop = to;' }],
    killedBy: 'by-the-chiefs',
  },
  {
    name: 'climbs-one-clan',
    variant: 'clans',
    bug: undefined,
    title: 'A clan within a clan is entered past the outer chief',
    story:
      'The kernel looks for the border that a message must cross at whom it is for and at that one’s chief, and no higher. What goes into a clan within a clan comes to no neighbour in two steps, and is delivered directly.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: '  for (let above: ThreadId | null = to; above !== null; above = chiefs[above] ?? null) {',
        to: `  for (const above of [to, chiefs[to] ?? null]) {
    if (above === null) break;`,
      },
    ],
    killedBy: 'by-the-chiefs',
  },
  {
    name: 'receives-from-anybody',
    variant: 'clans',
    bug: undefined,
    title: 'A receiver takes what it did not wait for',
    story: 'A thread waits for one partner, and is given the message of another.',
    origin: 'classic: the closed receive of L4 taken for an open one',
    edits: [
      {
        file: rendezvous,
        from: '  return filter === 0 || filter === sender;',
        to: '  return filter >= 0 && sender >= 0;',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'dead-partner-waited-for',
    variant: 'clans',
    bug: undefined,
    title: 'Who waits for a thread is not told of its death',
    story: 'The partner is killed while somebody waits for it. Nobody comes any more, and nobody says so.',
    origin: 'classic: peer exit without waking the partner (semantics, section 12)',
    edits: [
      {
        file,
        from: '    if (waitsToReceive) yield* finish(self, kernel, id, failure.noPartner + whileReceiving);\n',
        to: '',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'right-to-reply-kept',
    variant: 'big-lock',
    bug: undefined,
    title: 'The right to reply outlives the call, under one lock',
    story:
      'The caller is taken out of its call, and the server keeps the right to reply to it. The late reply ends whatever the caller waits in next.',
    origin: 'classic: seL4 deletes the reply capability of a thread that is suspended',
    edits: [
      {
        file: rendezvous,
        from: "    if ((yield load(replyTo, 'plain')) === id + 1) yield store(replyTo, 0, 'plain');",
        to: "    if ((yield load(replyTo, 'plain')) === -1) yield store(replyTo, 0, 'plain');",
      },
    ],
    killedBy: 'linearizes',
  },
]);
