/** All of the page's own text, in English. `words.zh.ts` says the same in Chinese, and the compiler sees that it does. */
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { ViolationKind } from '#model/verdict.ts';
import { chinese } from '#reports/html/client/words.zh.ts';

const number = (n: number): string => n.toLocaleString('en');

const count = (n: number, one: string, many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`;

const english = {
  language: 'en',
  otherLanguage: '中文',
  switchLanguage: '切换到中文',
  number,
  comma: ', ',
  colon: ': ',
  stop: '.',
  // the verdict at the top
  checked: (implementations: number, claims: number): string =>
    `${count(implementations, 'implementation')}, ${count(claims, 'claim')}`,
  allHold: 'all hold',
  someHold: (holds: number, refuted: number, gaveUp: number): string =>
    [`${number(holds)} hold`, refuted > 0 && `${number(refuted)} refuted`, gaveUp > 0 && `${number(gaveUp)} given up`]
      .filter(Boolean)
      .join(', '),
  killed: (killed: number, all: number): string => `${number(killed)} of ${count(all, 'mutant')} killed`,
  nothingChecked: 'No implementation was checked',
  executions: (n: number): string => count(n, 'execution'),
  steps: (n: number): string => count(n, 'step'),
  states: (n: number): string => count(n, 'spec state'),
  scenarios: (complete: number, all: number): string =>
    `every execution of ${number(complete)} of ${count(all, 'scenario')}`,
  seconds: (n: number): string => `${number(Math.round(n * 10) / 10)} s`,
  facts: { executions: 'executions', steps: 'steps', states: 'spec states', scenarios: 'scenarios, every execution' },
  madeWith: (budget: string, seed: number, version: string, node: string): string =>
    `budget ${budget}, seed ${seed}, rendezvous ${version}, node ${node}`,
  canary: 'The canary',
  canaryWorks: (executions: number): string =>
    `A claim that is false was refuted after ${count(executions, 'execution')}, as it must be. The tool can see.`,
  canaryBroken: 'A claim that is false was not refuted. The tool is broken, and nothing on this page counts.',
  // what was checked
  whatWasChecked: 'What was checked',
  verdict: {
    holds: 'holds',
    refuted: 'refuted',
    'gave-up': 'gave up',
    killed: 'killed',
    survived: 'survived',
  },
  claims: (n: number): string => count(n, 'claim'),
  implementation: { reference: 'the reference' } as Readonly<Record<string, string>>,
  exploredInFull: 'Explored in full',
  explored: {
    all: (): string => 'every execution',
    schedules: (n: number): string => `every schedule with at most ${count(n, 'preemption')}`,
    executions: (): string => 'cut short by the budget',
    steps: (): string => 'cut off at the step limit',
    stopped: (): string => 'stopped early',
  },
  courseNotes: 'course notes',
  ordersNeeded: (needed: number, all: number): string => `${number(needed)} of ${count(all, 'order')} needed`,
  ordersMeaning:
    'Each place in the code that orders was made weaker, one at a time, under rc11. An order is needed if every weaker one breaks something.',
  ordersTable: {
    site: 'site',
    order: 'order',
    partner: 'partner',
    weakenedTo: 'weakened to',
    whatBreaks: 'what breaks',
  },
  noSite: (word: string | null): string => (word === null ? 'a fence without a name' : `${word}, without a name`),
  leftOut: 'left out',
  notWeakened: 'It was not tried: only a place that has a name can be made weaker.',
  nothingBreaks: 'Nothing that was found: it seems stronger than needed.',
  seeStory: 'See the story',
  seeStoryOf: (what: string): string => `See the story: ${what}`,
  // the museum
  museum: 'The museum',
  museumIntro: 'Known bugs, built into the reference one at a time. Each must be found by a claim.',
  survivors: 'Not killed',
  killedBy: 'Killed by',
  triedOn: 'Tried on',
  foundAfter: 'Found after',
  storySize: 'Story',
  size: (threads: number, calls: number, switches: number): string =>
    `${count(threads, 'thread')}, ${count(calls, 'call')}, ${count(switches, 'switch', 'switches')}`,
  minimal: (programs: number, executions: number): string =>
    programs === 0
      ? 'there is no smaller program'
      : `no smaller program fails: ${count(programs, 'program')}, ${count(executions, 'schedule')}`,
  origin: 'Origin',
  retells: 'Retells',
  subject: 'Subject',
  whatWasChanged: 'What was changed',
  removedLine: 'removed:',
  addedLine: 'added:',
  // a story
  backToAll: 'All results',
  noSuchStory: 'This page has no such story.',
  kind: {
    'wrong answer': 'wrong answer',
    'wrong state': 'wrong state',
    'lost wakeup': 'lost wakeup',
    deadlock: 'deadlock',
    livelock: 'livelock',
    fault: 'fault',
    'broken invariant': 'broken invariant',
    'too expensive': 'too expensive',
    'wrong history': 'wrong history',
  } satisfies Record<ViolationKind, string>,
  claimRefuted: 'Refuted',
  theSpec: 'The spec',
  theImplementation: 'The implementation',
  theyPart: 'Here they part',
  examples: 'To see how it works',
  exampleMeaning: 'One execution, to see how it works. Nothing goes wrong in it.',
  cause: 'The order that matters',
  replayWith: 'Replay it with',
  threadsAndCalls: 'What the threads do',
  neverAnswered: 'never answered',
  picture: 'The picture',
  pictureLabel: (threads: number, steps: number): string =>
    `The story step by step: ${count(threads, 'thread')}, ${count(steps, 'step')}. Use the arrow keys.`,
  everyStep: 'Show every step',
  legend: {
    running: 'running',
    ready: 'ready, waits for a core',
    blocked: 'blocked',
    call: 'in a call',
    arrow: 'another thread goes on',
    culprits: 'the order that matters',
    unordered: 'nothing orders these two',
    drain: 'a store and its reaching memory',
  },
  keys: 'Keys: ↓ → j next, ↑ ← k back, Home, End, Enter unfolds, Esc all results',
  first: 'First step',
  previous: 'Step back',
  next: 'Step forward',
  last: 'Last step',
  toCause: 'The order that matters',
  toDivergence: 'Where they part',
  core: (core: number): string => `core ${core}`,
  coreTaken: (from: number, to: number): string =>
    from === to ? `context switch on core ${to}` : `core ${from} → core ${to}`,
  timer: 'timer interrupt',
  space: (space: number | null): string => (space === null ? 'in no address space' : `in address space ${space}`),
  doing: { running: 'running', ready: 'ready', blocked: 'blocked', absent: 'not there', over: 'done' },
  dispatcher: 'dispatcher',
  dispatcherOf: (cores: readonly number[]): string =>
    cores.length === 1 ? `core ${cores[0]}: dispatcher` : `cores ${cores.join(', ')}: dispatchers`,
  foldedSteps: (n: number): string => `${count(n, 'more step')}`,
  again: (rows: number, times: number): string =>
    `and so on: the same ${count(rows, 'row')} ${number(times)} times more`,
  unfold: 'Show these steps',
  boot: 'boot',
  calls: (call: string): string => `calls ${call}`,
  answers: (answer: string): string => `answers ${answer}`,
  // the panel
  stepOf: (step: string, all: number): string => `Step ${step} of ${number(all)}`,
  atBoot: 'Before the first step',
  codePlace: 'place in the code',
  inCall: (call: string): string => `in ${call}`,
  specState: 'The spec’s state',
  implementationWords: 'The implementation’s words',
  noSpecState: 'The spec cannot explain what happened from here on.',
  noWords: 'No word is shared.',
  was: (value: number): string => `was ${value}`,
  changed: 'changed',
  // weak memory
  memory: {
    sc: {
      name: 'sequential consistency (sc)',
      meaning: 'All reads and writes happen in one order, and each read gives what the last write before it wrote.',
    },
    tso: {
      name: 'total store order (tso)',
      meaning:
        'The memory of an x86. What a core writes waits in its store buffer, in order, before it reaches memory. Until then that core reads it and the others read what was there before. A fence, a read-modify-write and a seq_cst store empty the buffer.',
    },
    rc11: {
      name: 'the memory of C and C++ (rc11)',
      meaning:
        'A read may give an old value, as long as its core has not been told of a newer one. A core is told by an acquire that reads what a release wrote: it then knows all that the other core knew. A relaxed access tells nobody anything else. Two accesses of which one is plain and one is a write must be ordered so, or they are a data race.',
    },
  } satisfies Record<MemoryName, { name: string; meaning: string }>,
  under: 'Memory',
  unordered: 'nothing orders these two',
  stale: (latest: number, step: number | null): string =>
    step === null ? `old value: it is ${latest}` : `old value: ${latest} since step ${step}`,
  unseen: (value: number, step: number): string => `old value: ${value} of step ${step} still waits`,
  buffered: (core: number): string => `waits in core ${core}’s store buffer`,
  overtaken: (latest: number, step: number | null): string =>
    step === null ? `goes before the ${latest} that is there` : `goes before the ${latest} of step ${step}`,
  drained: (what: string): string => `${what} reaches memory`,
  drainedOf: (step: number): string => `store of step ${step}`,
  staleMeaning: (core: number, latest: number, step: number | null): string =>
    `${step === null ? `By now it is ${latest}` : `Step ${step} wrote ${latest}`}, but core ${core} has not been told: no acquire on it has seen a release from then on. So it may still read the older value.`,
  unseenMeaning: 'The newer value is in another core’s store buffer. Memory holds the older one.',
  bufferedMeaning: (core: number): string => `Only core ${core} reads it, until it has reached memory.`,
  overtakenMeaning: (latest: number): string =>
    `Nothing orders it after what is there already, so it may take its place before that, and ${latest} stays the latest.`,
  unorderedMeaning: (from: number, to: number): string =>
    `Nothing orders step ${from} before step ${to}: between them no release by the one is seen by an acquire of the other.`,
  values: 'The values of each word, oldest first',
  valuesMeaning: {
    tso: 'What a core writes waits in its store buffer. Until it reaches memory, only that core reads it.',
    rc11: 'Each value that was written to a word stays readable for those who have not been told of a newer one.',
  },
  writtenAt: (step: number | null): string => (step === null ? 'at boot' : `step ${step}`),
  readers: (cores: readonly number[], all: number): string => {
    if (cores.length === 0) return 'nobody reads it';
    if (cores.length === all) return 'readable by all';
    return cores.length === 1 ? `core ${cores[0]} only` : `cores ${cores.join(', ')}`;
  },
  bufferOf: (core: number): string => `core ${core}’s store buffer`,
  inMemory: 'in memory',
  now: { read: 'read now', stale: 'read now: old', written: 'written now' },
};

/** Everything the page says, in one language. */
export type Words = typeof english;

/** The words of a language. */
export const wordsOf = (language: string): Words => (language === 'zh' ? chinese : english);
