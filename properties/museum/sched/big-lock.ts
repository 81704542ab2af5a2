import { exhibit } from '#properties/museum/mutant.ts';

const variant = 'big-lock';
const file = 'impl/sched/big-lock.ts';

const mayRun = `!has(yield load(thread.mask, 'plain'), core)) continue;
`;
const readiesMovers = `  yield* readyWhoAwaits(layout, self.id);
  yield switchTo`;
const tells = `  yield tracepoint('ready', id);
  yield* tellOthers(layout);
`;
const wins = `    if (urgency < highest || (urgency === highest && (found < 0 || waitsSince > oldest))) continue;
`;
const masks = `      yield maskInterrupts(); // or what is to end \`idle\` could come before it
`;

/** The naive scheduler. */
export default exhibit('sched/eager', [
  {
    name: 'looks-at-no-mask',
    variant,
    bug: undefined,
    title: 'The scan does not ask where a thread may run',
    story: 'The most urgent thread gets the core, whether it may run there or not.',
    origin: 'classic',
    edits: [{ file, from: mayRun, to: 'core < 0) continue;\n' }],
    killedBy: 'mask',
  },
  {
    name: 'movers-stay-asleep',
    variant,
    bug: undefined,
    title: 'Nobody tells who waits for a thread to move',
    story: 'The thread gives its core up and goes elsewhere. Who waited for that is not made ready.',
    origin: 'classic',
    edits: [{ file, from: readiesMovers, to: '  yield switchTo' }],
    killedBy: 'progress',
  },
  {
    name: 'ready-and-not-told',
    variant,
    bug: undefined,
    title: 'A thread is made ready and no core is told',
    story: 'All cores that could run it sleep, and sleep on: nobody has told them to look.',
    origin: 'classic',
    edits: [{ file, from: tells, to: `  yield tracepoint('ready', id);\n` }],
    killedBy: 'progress',
  },
  {
    name: 'youngest-first',
    variant,
    bug: undefined,
    title: 'Of equals the one that came last runs first',
    story: 'Who yields has come last, and is the next to run: the others of its priority never are.',
    origin: 'a stack for a queue',
    edits: [
      {
        file,
        from: wins,
        to: wins
          .replace('waitsSince > oldest', 'waitsSince < oldest')
          .replace('found < 0 || ', 'highest === priority || '),
      },
    ],
    killedBy: 'takes-turns',
  },
  {
    name: 'halts-with-interrupts-on',
    variant,
    bug: undefined,
    title: 'A core halts after the interrupt that was to wake it',
    story: 'Between its search and its halt the core lets the lock go, and takes the interrupt that tells it of work.',
    origin: 'classic: the race of need_resched and idle',
    edits: [
      { file, from: masks, to: '' },
      {
        file,
        from: "      yield tracepoint('is awake', core);\n      yield unmaskInterrupts();\n",
        to: "      yield tracepoint('is awake', core);\n",
      },
    ],
    killedBy: 'work-conserving',
  },
]);
