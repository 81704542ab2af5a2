import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/inheritance.ts';
const list = 'impl/sched/inheritance.list.ts';
const dispatcher = 'impl/sched/priority-dispatcher.ts';
const variant = 'inheritance';
const lent = `  yield* propagate(kernel, awaited);
  yield* release(kernel.lock);
  return yield* awaitDecision(self, kernel);
`;
const handed = `  yield* propagate(kernel, self.id);
  yield* propagate(kernel, next);
`;
const ended = `  yield* propagate(kernel, awaited);
  yield* release(kernel.lock);
  return 0;
`;
const set = `  yield store(threadOf(kernel, thread).own, priority, 'plain');
  yield* propagate(kernel, thread);
`;
const replied = `  if (caller > 0) yield* decide(self, kernel, caller - 1, Phase.decided);
  yield* propagate(kernel, self.id);
`;
const chosen = `  const from = yield* firstOf(list);
  if (from === 0) {
`;
const requeued = `    if (isListed) yield* leave(kernel.threads, on, at);
    yield store(effective, priority, 'relaxed');
    if (isListed) yield* enter(kernel.threads, on, at); // further to the front, or to the back
`;

/** What is lent, to whom, and for how long. The owner words of the mutexes have a file of their own. */
export default exhibit('sched/inheritance', [
  {
    name: 'nothing-is-lent',
    variant,
    bug: undefined,
    title: 'Priority inversion',
    story:
      'Who waits lends nothing. The low thread that holds the mutex is preempted by a medium one that computes, and the high one waits for both, as long as the medium one likes.',
    origin: 'seed 002, priority inversion; Mars Pathfinder (1997)',
    edits: [
      { file, from: lent, to: lent.replace('  yield* propagate(kernel, awaited);\n', '') },
      {
        file,
        from: `    const priority = yield* highestFor(kernel, at);\n`,
        to: `    const priority = yield load(threadOf(kernel, at).own, 'plain');\n`,
      },
    ],
    killedBy: 'no-inversion',
  },
  {
    name: 'lent-to-the-next-only',
    variant,
    bug: undefined,
    title: 'A priority is not passed along the chain',
    story: 'The holder of the mutex is raised. It waits for another mutex itself, and whoever holds that is not.',
    origin: 'classic: inheritance without transitivity',
    edits: [
      {
        file,
        from: '  for (let at = thread; at >= 0; at = yield* awaitedBy(kernel, at)) {\n',
        to: '  for (let at = thread; at >= 0; at = -1) {\n',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'back-to-its-own',
    variant,
    bug: undefined,
    title: 'Who gives up one of two mutexes falls back to its own priority',
    story: 'At an unlock the priority is reset, not reckoned anew. Somebody still waits for the other mutex.',
    origin: 'classic: VxWorks and others kept or dropped it all at the first release',
    edits: [
      {
        file,
        from: handed,
        to: `  yield store(threadOf(kernel, self.id).effective, yield load(threadOf(kernel, self.id).own, 'plain'), 'relaxed');
  yield* propagate(kernel, next);
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'kept-after-the-timeout',
    variant,
    bug: 'PRIORITY-INVERSION-04',
    title: 'Boost kept after waiter timed out',
    story: 'The high thread does not wait any more, and the low one goes on with the priority that it was lent.',
    origin: 'classic',
    edits: [{ file, from: ended, to: '  yield* release(kernel.lock);\n  return 0;\n' }],
    killedBy: 'linearizes',
  },
  {
    name: 'change-not-passed-on',
    variant,
    bug: 'PRIORITY-INVERSION-05',
    title: 'Waiter’s priority change not propagated',
    story: 'A thread that waits is made more urgent. Its own priority changes, and what it lends does not.',
    origin: 'classic: rt_mutex_adjust_pi left out of sched_setscheduler',
    edits: [
      {
        file,
        from: set,
        to: `${set.split('\n')[0]}\n  yield store(threadOf(kernel, thread).effective, priority, 'relaxed');\n`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'kept-after-the-reply',
    variant,
    bug: 'PRIORITY-INVERSION-11',
    title: 'Inheritance not ended by reply',
    story:
      'The server has replied to the high caller and keeps its priority: now it keeps the medium thread from running.',
    origin: 'seed 002: “temporarily”',
    edits: [{ file, from: replied, to: replied.replace('  yield* propagate(kernel, self.id);\n', '') }],
    killedBy: 'given-back',
  },
  {
    name: 'first-come-first-served',
    variant,
    bug: 'PRIORITY-INVERSION-12',
    title: 'Queue served FIFO',
    story: 'The server runs with the priority of its most urgent caller, and serves those who came before it.',
    origin: 'classic',
    edits: [
      {
        file,
        from: chosen,
        to: `  let from = yield* firstOf(list);
  for (const [other, { phase: how, list: on, arrival }] of kernel.threads.entries()) {
    if (from === 0 || (yield load(how, 'relaxed')) !== Phase.waiting) continue;
    if ((yield load(on, 'plain')) !== kernel.owners.length + self.id + 1) continue;
    if ((yield load(arrival, 'plain')) < (yield load(threadOf(kernel, from - 1).arrival, 'plain'))) from = other + 1;
  }
  if (from === 0) {
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'priorities-not-looked-at',
    variant,
    bug: undefined,
    title: 'The dispatcher knows nothing of what is lent',
    story: 'All is lent and given back as it should be. But the dispatcher goes by the threads’ own priorities.',
    origin: 'classic: two fields, and the wrong one is read',
    edits: [
      {
        file,
        from: `    return yield load(threadOf(kernel, thread).effective, 'relaxed');
  });`,
        to: `    return yield load(threadOf(kernel, thread).own, 'relaxed');
  });`,
      },
    ],
    killedBy: 'no-inversion',
  },
  {
    name: 'round-robin',
    variant,
    bug: undefined,
    title: 'The dispatcher takes any thread that is runnable',
    story: 'The last of those that are runnable is run, whatever its priority.',
    origin: 'a dispatcher without priorities',
    edits: [
      { file: dispatcher, from: '    if (priority <= highest) continue;\n', to: '    if (priority < 0) continue;\n' },
    ],
    killedBy: 'no-inversion',
  },
  {
    name: 'served-lends-nothing',
    variant,
    bug: undefined,
    title: 'A caller lends until it is served',
    story: 'Callers in the queue raise the server. The one that it serves has left the queue, and counts no more.',
    origin: 'classic',
    edits: [
      {
        file,
        from: '  if (caller > 0) highest = Math.max(',
        to: '  if (caller > kernel.threads.length) highest = Math.max(',
      },
    ],
    killedBy: 'no-inversion',
  },
  {
    name: 'heir-inherits-nothing',
    variant,
    bug: undefined,
    title: 'Who is handed a mutex is not lent what the others lend',
    story: 'The new holder is not said to have waiters. One of them is made more urgent, and the holder is not.',
    origin: 'classic: the waiters of the old owner are not moved to the new one',
    edits: [{ file, from: '| (more * bit)', to: '| (0 * more * bit)' }],
    killedBy: 'linearizes',
  },
  {
    name: 'place-not-changed',
    variant,
    bug: undefined,
    title: 'A thread that is made more urgent keeps its place in the queue',
    story: 'It lends more, and stands where it stood: behind one who is less urgent, who gets the mutex first.',
    origin: 'classic: a sorted list whose keys change',
    edits: [
      { file, from: requeued, to: `    yield store(effective, priority, 'relaxed');\n` },
      {
        file,
        from: "    const on = listOf(kernel, (yield load(list, 'plain')) - 1);\n    const isListed = (yield load(phase, 'relaxed')) === Phase.waiting;\n",
        to: '',
      },
      {
        file,
        from: '    const { effective, list, phase } = threadOf(kernel, at);\n',
        to: '    const { effective } = threadOf(kernel, at);\n',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'half-of-the-chain',
    variant,
    bug: undefined,
    title: 'A priority is read while it is being passed on',
    story: 'Who asks for a priority takes no lock. It sees the second of a chain raised, and then the third as it was.',
    origin: 'classic',
    edits: [
      {
        file,
        from: `  yield* acquire(kernel.lock); // or a chain could be seen half changed
  const priority = yield load(threadOf(kernel, thread).effective, 'relaxed');
  yield* release(kernel.lock);
  return priority;
`,
        to: `  return yield load(threadOf(kernel, thread).effective, 'relaxed');
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'caller-gone-unseen',
    variant,
    bug: undefined,
    title: 'A server replies to one who has gone',
    story:
      'The time of a caller is up while it is served. Nobody tells the server, whose reply ends whatever that thread waits for by then.',
    origin: 'classic',
    edits: [
      {
        file,
        from: "  if (phase === Phase.served) yield store(threadOf(kernel, awaited).serves, gone, 'plain');\n",
        to: '',
      },
      { file, from: 'const gone = -1;\n', to: '' },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'last-come-among-equals',
    variant,
    bug: undefined,
    title: 'Among equals the last is first',
    story: 'A waiter is put before those of its own priority. As long as others come, who came first waits.',
    origin: 'classic: >= for >',
    edits: [
      {
        file: list,
        from: `  return (yield load(one.arrival, 'plain')) < (yield load(other.arrival, 'plain'));
`,
        to: `  return (yield load(one.arrival, 'plain')) > (yield load(other.arrival, 'plain'));
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'lowered-and-not-passed-on',
    variant,
    bug: undefined,
    title: 'Along the chain only a higher priority is passed on',
    story:
      'The most urgent of a chain gives up. The one that it waited for falls back, and there the walk ends: whoever comes after keeps what it was lent.',
    origin: 'our own: an unseen mutant that survived',
    edits: [
      {
        file,
        from: `    if ((yield load(effective, 'relaxed')) === priority) return;
`,
        to: `    const before = yield load(effective, 'relaxed');
    if (before === priority) return;
`,
      },
      { file, from: requeued, to: `${requeued}    if (priority < before) return;\n` },
    ],
    killedBy: 'linearizes',
  },
]);
