import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'big-lock';
const file = 'impl/ipc/lrpc.big-lock.ts';
const origin = 'a submission written from the handout';

const letsGo = '    if (isOurs) yield* go(self, tables, level,';
const endsWith = `  if (wasAlive) yield* letGo(self, tables, domain);
`;
const looksWhetherOpen = `    if ((yield* get(tables.domains[server]?.isOpen)) !== 0) return 0;
    if ((yield* get(serverLost)) !== 0) return callFailed;
`;
const isCapturedIfGivenUp = `    if ((yield* get(isAborted)) !== 0 && (yield* get(isCaptured)) === 0) {
      yield* set(isCaptured, 1);
      yield* set(heldIn, level + 1);
      return callAborted;
    }
`;
const opens = `  yield* acquire(tables.lock);
  yield* set(tables.domains[home]?.isOpen, 1);
  yield* wakeup(self, tables.lock);
  yield* releaseLock(tables.lock);
`;
const thenLetsGo = `  yield* letGo(self, tables, home);
`;

/** What somebody wrote who had the handout of the assignment and nothing else, and what no scenario led to then. */
export default exhibit('ipc/lrpc', [
  {
    name: 'ends-without-its-captives',
    variant,
    bug: undefined,
    title: 'Whoever ends a domain does not run those who are captured in it',
    story: 'Their A-stacks stay in their calls for ever, and whoever waits for one of them on the way waits on.',
    origin,
    edits: [{ file, from: endsWith, to: '' }],
    killedBy: 'progress',
  },
  {
    name: 'crashes-without-its-captives',
    variant,
    bug: undefined,
    title: 'Those who are captured in a domain go on when it is ended by another, not when it crashes',
    story: 'The two ways in which a domain ends are written twice, and one of them forgets who is captured there.',
    origin,
    edits: [
      { file, from: endsWith, to: '' },
      {
        file,
        from: '  return (yield* end(self, tables, domain)) ? 0 : noSuchDomain;\n',
        to: '  if (!(yield* end(self, tables, domain))) return noSuchDomain;\n  yield* letGo(self, tables, domain);\n  return 0;\n',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'captives-do-not-count',
    variant,
    bug: undefined,
    title: 'A captured thread that goes back does not count in the servers on its way',
    story:
      'Nobody waits for it, so what it does on its way was left out, the counter of a server that is not its own too.',
    origin,
    edits: [
      {
        file,
        from: '        yield* countAndAnswer(tables, left.below, result);\n',
        to: "        if (first !== 'hold') yield* countAndAnswer(tables, left.below, result);\n",
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'one-captive-goes',
    variant,
    bug: undefined,
    title: 'Of those who are captured in a domain one is let go',
    story: 'The search ends at the first that it finds. The A-stacks of the others stay in their calls.',
    origin,
    edits: [{ file, from: letsGo, to: letsGo.replace('if (isOurs) yield*', 'if (isOurs) return yield*') }],
    killedBy: 'progress',
  },
  {
    name: 'slice-below-nothing',
    variant,
    bug: undefined,
    title: 'The ticks of a slice go below 0',
    story: 'Each call costs one. A thread that has none left and calls on owes some, and nobody has lent them.',
    origin,
    edits: [
      {
        file,
        from: '  yield* set(budget, Math.max(0, (yield* get(budget)) - 1));\n',
        to: '  yield* set(budget, (yield* get(budget)) - 1);\n',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'inner-call-given-up',
    variant,
    bug: undefined,
    title: 'A call that a server has made can be given up',
    story: 'The thread was captured and is in no call from home any more. That on its way there is found and marked.',
    origin,
    edits: [
      { file, from: ' || (yield* get(below)) !== 0 || (yield* get(isCaptured))', to: ' || (yield* get(isCaptured))' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'looks-one-level-down',
    variant,
    bug: undefined,
    title: 'Whoever is held looks for the call that was given up one level down',
    story:
      'Behind two servers the outermost call is further away. Its thread is held, and never learns that it may go.',
    origin,
    edits: [
      {
        file,
        from: '  for (let below = level; below >= 0; below = (yield* get(aStackAt(tables, outer).below)) - 1) outer = below;\n',
        to: '  const next = (yield* get(aStackAt(tables, level).below)) - 1;\n  if (next >= 0) outer = next;\n',
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'captured-by-an-open-domain',
    variant,
    bug: undefined,
    title: 'Whether the call is given up is asked before whether the domain is open',
    story: 'A domain that has let go of all keeps one more, which nobody will ever let go: that has been done.',
    origin,
    edits: [{ file, from: looksWhetherOpen + isCapturedIfGivenUp, to: isCapturedIfGivenUp + looksWhetherOpen }],
    killedBy: 'progress',
  },
  {
    name: 'opened-too-late',
    variant,
    bug: undefined,
    title: 'Those who are captured are let go before the domain is open',
    story: 'Between the two another is captured, and those who have let go of all are gone by then.',
    origin,
    edits: [{ file, from: opens + thenLetsGo, to: thenLetsGo + opens }],
    killedBy: 'progress',
  },
  {
    name: 'less-than-nothing-is-added',
    variant,
    bug: undefined,
    title: 'An argument that is less than 0 is added',
    story: 'The server looks whether its argument is too large, and not whether it is too small.',
    origin,
    edits: [
      {
        file,
        from: '  if (argument < 0 || argument > 7) return invalid;\n',
        to: '  if (argument > 7) return invalid;\n',
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'given-up-while-it-waits',
    variant,
    bug: undefined,
    title: 'Who waits for an A-stack on its way is told at once that its call is given up',
    story: 'Two answer that their call was given up, and only one of them can have been kept: there is one A-stack.',
    origin,
    edits: [
      { file, from: 'take(self, tables, domain, asked));', to: 'take(self, tables, domain, asked, below));' },
      {
        file,
        from: 'take(self: Thread, tables: Tables, domain: DomainId, asked: Asked)',
        to: 'take(self: Thread, tables: Tables, domain: DomainId, asked: Asked, below: AStackId)',
      },
      {
        file,
        from: '    if (isLost) return stale;\n',
        to: '    if (isLost) return stale;\n    if ((yield* get(tables.aStacks[below]?.isAborted)) !== 0) return stale;\n',
      },
    ],
    killedBy: 'linearizes',
  },
]);
