import type { Span, Story, StoryStep } from '#model/engine/trace/story.ts';
import { distinctWords, threadName } from '#reports/export/names.ts';

/** An event of the Trace Event Format; times are microseconds. */
interface TraceEvent {
  readonly ph: 'X' | 'i' | 's' | 'f' | 'C' | 'M';
  readonly name: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid?: number;
  readonly id?: number;
  /** Of an instant: how high it is drawn. Of the end of a flow: that it ends in the slice around it. */
  readonly s?: 't' | 'g';
  readonly bp?: 'e';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** The two groups of tracks. */
const threadsProcess = 1;
const coresProcess = 2;

/** Tracks’ numbers; no core’s is a thread’s. */
const threadTrack = (thread: number) => ({ pid: threadsProcess, tid: 1 + thread });
const coreTrack = (core: number) => ({ pid: coresProcess, tid: 1001 + core });
const trackOf = ({ thread, core }: StoryStep) => (thread === null ? coreTrack(core) : threadTrack(thread));

/**
 * A story in the Trace Event Format, for ui.perfetto.dev and chrome://tracing. One step is one microsecond: step n
 * lasts from n to n + 1, and what was so at boot stands at 0. Each thread is a track: its calls, in them where it was
 * (running, blocked, ready), in that its steps. Each core is a track: who runs there, and what its dispatcher does.
 * Arrows join the decisive pair, and what nothing orders. Each shared word is a counter.
 *
 * Source: "Trace Event Format" (Google, catapult): complete, instant, flow, counter and metadata events.
 */
export const storyAsPerfetto = (story: Story): string => {
  const timed = [
    ...callEvents(story),
    ...story.spans.flatMap((span) => spanEvents(span, story)),
    ...story.steps.map((step) => stepEvent(step, story)),
    ...flowEvents(story),
    ...instants(story),
    ...counters(story),
  ];
  return `${JSON.stringify({
    traceEvents: [...nameEvents(story), ...timed.toSorted(inOrder)],
    displayTimeUnit: 'ns',
    otherData: {
      claim: story.sentence,
      subject: `${story.subject} (${story.variant})`,
      implementation: story.implementation,
      memory: story.memory,
      ...story.violation,
    },
  })}\n`;
};

/** By time; of those that begin together the longer first, for it is around the other. */
const inOrder = (a: TraceEvent, b: TraceEvent): number =>
  (a.ts as number) - (b.ts as number) || (b.dur ?? -1) - (a.dur ?? -1);

/** The threads that do anything, in order. */
const threadsOf = ({ threads, steps, spans }: Story): number[] => {
  const ids = [
    ...threads.map(({ id }) => id),
    ...steps.map(({ thread }) => thread),
    ...spans.map((span) => span.thread),
  ];
  return [...new Set(ids)].filter((id) => id !== null).sort((a, b) => a - b);
};

const nameEvents = (story: Story): TraceEvent[] => {
  const process = (pid: number, name: string): TraceEvent[] => [
    { ph: 'M', name: 'process_name', pid, args: { name } },
    { ph: 'M', name: 'process_sort_index', pid, args: { sort_index: pid } },
  ];
  const track = (at: { pid: number; tid: number }, name: string): TraceEvent[] => [
    { ph: 'M', name: 'thread_name', ...at, args: { name } },
    { ph: 'M', name: 'thread_sort_index', ...at, args: { sort_index: at.tid } },
  ];
  return [
    ...process(threadsProcess, 'threads'),
    ...threadsOf(story).flatMap((id) => track(threadTrack(id), threadName(story, id))),
    ...process(coresProcess, 'cores'),
    ...Array.from({ length: story.cores }, (_, core) => track(coreTrack(core), `core ${core}`)).flat(),
  ];
};

/** From a call’s first step to after its last; `until` is the end of the story where there was no answer. */
interface Call {
  readonly thread: number;
  readonly call: string;
  readonly answer: string | undefined;
  readonly from: number;
  readonly until: number;
}

const callsOf = ({ steps }: Story): Call[] =>
  steps.flatMap(({ step: from, thread, call }) => {
    if (call === undefined || thread === null) return [];
    const last = steps.find((step) => step.step >= from && step.thread === thread && step.answer !== undefined);
    return [{ thread, call, answer: last?.answer, from, until: (last?.step ?? steps.length) + 1 }];
  });

const callEvents = (story: Story): TraceEvent[] =>
  callsOf(story).map(({ thread, call, answer, from, until }) => ({
    ph: 'X',
    name: call,
    cat: 'call',
    ts: from,
    dur: until - from,
    ...threadTrack(thread),
    args: { answer: answer ?? 'never' },
  }));

/** A span on its thread’s track, cut where a call begins or ends so that it lies within it; and on its core’s. */
const spanEvents = ({ thread, how, core, fromStep, toStep }: Span, story: Story): TraceEvent[] => {
  const [begin, end] = [fromStep + 1, toStep + 1];
  const ends = callsOf(story).flatMap((call) => (call.thread === thread ? [call.from, call.until] : []));
  const cuts = [begin, ...ends.filter((at) => begin < at && at < end), end];
  const name = core === null ? how : `${how} on core ${core}`;
  const common = { ph: 'X', cat: how } as const;
  return [
    ...cuts.slice(1).map((until, i): TraceEvent => {
      const ts = cuts[i] as number;
      return { ...common, name, ts, dur: until - ts, ...threadTrack(thread) };
    }),
    ...(core === null
      ? []
      : [{ ...common, name: threadName(story, thread), ts: begin, dur: end - begin, ...coreTrack(core) }]),
  ];
};

const stepEvent = (step: StoryStep, story: Story): TraceEvent => {
  const { text, site, call, answer, spec, weak, words } = step;
  const names = distinctWords(story);
  return {
    ph: 'X',
    name: text,
    cat: 'step',
    ts: step.step,
    dur: 1,
    ...trackOf(step),
    args: {
      step: step.step,
      core: step.core,
      ...(site === undefined ? {} : { site }),
      ...(call === undefined ? {} : { call }),
      ...(answer === undefined ? {} : { answer }),
      ...(spec === null ? {} : { spec }),
      ...(weak === null ? {} : { weak }),
      words: Object.fromEntries(words.map((value, i) => [names[i], value])),
    },
  };
};

/** An arrow begins and ends in the middle of a step: at its border, chrome://tracing takes the step before. */
const half = 0.5;

/** Arrows from step to step. */
const flowEvents = ({ culprits, missingEdges, steps }: Story): TraceEvent[] => {
  const decisive = culprits ? [{ from: culprits.before, to: culprits.after, name: `it takes ${culprits.text}` }] : [];
  const missing = missingEdges.map(({ from, to, word }) => ({ from, to, name: `nothing orders these two: ${word}` }));
  return [...decisive, ...missing].flatMap(({ from, to, name }, i): TraceEvent[] => {
    const common = { name, cat: 'order', id: i + 1 };
    return [
      { ph: 's', ...common, ts: from + half, ...trackOf(steps[from - 1] as StoryStep) },
      { ph: 'f', bp: 'e', ...common, ts: to + half, ...trackOf(steps[to - 1] as StoryStep) },
    ];
  });
};

/** What happens between steps: the boot, timer interrupts, stores that reach memory, the spec and the code parting. */
const instants = (story: Story): TraceEvent[] => {
  const { violation, divergence, specAtBoot, steps } = story;
  const everywhere = { ph: 'i', cat: 'story', s: 'g', pid: threadsProcess, tid: 0 } as const;
  return [
    { ...everywhere, name: 'boot', ts: 0, args: { spec: specAtBoot } },
    ...(violation ? [{ ...everywhere, name: violation.kind, ts: divergence + 1, args: { ...violation } }] : []),
    ...steps.flatMap(({ step, core, isTimer, traced, drained }): TraceEvent[] => [
      ...(isTimer
        ? [{ ph: 'i', name: 'timer interrupt', cat: 'timer', ts: step, s: 't', ...coreTrack(core) } as const]
        : []),
      ...traced.map(
        (told): TraceEvent => ({
          ph: 'i',
          name: told.text,
          cat: 'tracepoint',
          ts: step + 1,
          s: 't',
          ...coreTrack(told.core),
        }),
      ),
      ...drained.map(
        (one): TraceEvent => ({
          ph: 'i',
          name: `${one.word} := ${one.value} of step ${one.storeStep} reaches memory`,
          cat: 'memory',
          ts: step + 1,
          s: 't',
          ...coreTrack(one.core),
        }),
      ),
    ]),
  ];
};

/** The value of each shared word, wherever it changes. */
const counters = (story: Story): TraceEvent[] => {
  const names = distinctWords(story);
  let before: readonly number[] = [];
  return [{ step: 0, words: story.wordsAtBoot }, ...story.steps].flatMap(({ step, words }) => {
    const changed = words.flatMap((value, i): TraceEvent[] =>
      value === before[i]
        ? []
        : [{ ph: 'C', name: names[i] as string, cat: 'memory', ts: step, pid: threadsProcess, args: { value } }],
    );
    before = words;
    return changed;
  });
};
