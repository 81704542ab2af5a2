import { isCopyCheaper } from '#impl/kernel/remap-cost.ts';
import {
  always,
  costs,
  faultless,
  linearizes,
  type Observation,
  type ObservedCall,
  observes,
  ordering,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import type { Parameters } from '#model/kernel/remap.programs.ts';
import { remap } from '#model/kernel/remap.ts';
import { figures } from '#properties/kernel/remap.figures.ts';
import type { RemapAnswer } from '#spec/abi/kernel/remap.ts';
import { type PendingCall, type Remap, timesMapped } from '#spec/kernel/remap.ts';

type Run = Observation<PendingCall, RemapAnswer, Parameters>;
type Done = ObservedCall<PendingCall, RemapAnswer>;

const hasSucceeded = ({ answer }: Done): boolean => answer !== undefined && answer.tag !== 'failed';

const makesCall = (run: Run, ...tags: PendingCall['tag'][]): boolean =>
  run.program.threads.flat().some(({ tag }) => tags.includes(tag));

const homeOf = ({ program }: Run, { thread }: Done): number => program.parameters.homes[thread] ?? 0;

const isAfter = (later: Done, earlier: Done): boolean =>
  later.invokedStep > (earlier.answeredStep ?? Number.POSITIVE_INFINITY);

/** Of a program in which nobody enters another space and every page goes to another space: the pages that a call takes. */
const pagesTaken = ({ call }: Done): readonly number[] => {
  if (call.tag === 'unmap') return [call.page];
  return call.tag === 'remap' ? Array.from({ length: call.count }, (_, i) => call.page + i) : [];
};

/** Whether a call may put a page into a space. */
const mayGive = ({ call }: Done, space: number): boolean =>
  (call.tag === 'remap' || call.tag === 'copy' || call.tag === 'send') && call.to === space;

/** How often something was traced. */
const timesTraced = ({ traced }: Run, name: string): number => traced.filter((one) => one.name === name).length;

/** The words that the calls of a run copied, were each answered copy made once. */
const wordsDue = ({ calls, program }: Run): number => {
  const copied = calls.filter(
    ({ call, answer }) =>
      (call.tag === 'copy' && answer?.tag === 'ok') || (answer?.tag === 'sent' && answer.by === 'copy'),
  );
  return copied.length * program.parameters.pageWords;
};

/** Whether a call may make a translation out of date. */
const changesTable = ({ tag }: PendingCall): boolean =>
  tag === 'remap' || tag === 'send' || tag === 'unmap' || tag === 'freeze' || tag === 'protect' || tag === 'reap';

/** Of a call: the other threads that have begun to run in some space by its answer, and do not rest since before it. */
const othersThatMayRun = (run: Run, change: Done): number => {
  const until = change.answeredStep ?? Number.POSITIVE_INFINITY;
  const others = run.program.threads.keys().filter((thread) => thread !== change.thread);
  return [...others].filter((thread) => {
    const begun = run.calls.filter((done) => done.thread === thread && done.invokedStep < until);
    const last = begun.at(-1);
    const isResting = last?.call.tag === 'rest' && isAfter(change, last);
    return !isResting && begun.some(({ call }) => call.tag !== 'rest');
  }).length;
};

/** How many frames are in use. */
const inUse = ({ frames }: Remap): number => frames.filter((frame) => frame !== null).length;

/**
 * How many other cores run the sender's space as a page is sent, where that can be told from outside: those of its
 * threads that have a core, have been in the space, and have not left it. Undefined: it cannot be told.
 */
const othersAt = (run: Run, sent: Done): number | undefined => {
  const { program, costs: spent } = run;
  const active = program.threads.filter((calls) => calls.length > 0).length;
  if (active > program.cores || spent.interrupts > 0 || makesCall(run, 'enter', 'rest')) return undefined;
  const others = new Set<number>();
  for (const done of run.calls) {
    const isUser = done.call.tag === 'read' || done.call.tag === 'write';
    if (!isUser || done.thread === sent.thread || homeOf(run, done) !== homeOf(run, sent)) continue;
    if (isAfter(sent, done)) others.add(done.thread);
    else if (!isAfter(done, sent) && !others.has(done.thread)) return undefined;
  }
  return others.size;
};

/** Whether a page that is sent could go either way: there is a frame for a copy, and nobody else has the page. */
const hasChoice = ({ program }: Run): boolean => {
  const { spaces, frames } = program.parameters;
  const mapped = spaces.flat().flatMap((mapping) => (mapping ? [mapping.frame] : []));
  const taking = program.threads.flat().filter(({ tag }) => tag === 'copy' || tag === 'send').length;
  return new Set(mapped).size === mapped.length && mapped.length + taking <= frames;
};

export default suite(
  remap,
  [
    refines({ checks: ['C2-014'] }),
    linearizes({ checks: ['C0-001', 'C2-014', 'C2-015'] }),
    progress(),
    faultless({ checks: ['C2-015'] }),
    ordering(['shootdown'], { variants: ['shootdown'] }), // `broadcast` orders everything by the strongest order

    always('a frame that is mapped is not free', (state) =>
      state.spaces.flat().every((mapping) => !mapping || state.frames[mapping.frame] !== null),
    ),
    sometimes('a page is in a space in which it was not at boot', ({ spaces }) =>
      (spaces[1] ?? []).some((page) => page),
    ),
    sometimes('a page is mapped in two spaces', (state) =>
      state.frames.some((_, frame) => timesMapped(state, frame) > 1),
    ),
    sometimes('a page is not to be written', ({ spaces }) =>
      spaces.flat().some((mapping) => mapping?.writable === false),
    ),
    sometimes('every frame is in use', (state) => inUse(state) === state.frames.length),
    sometimes('every frame is free', (state) => inUse(state) === 0),

    observes(
      'no stale translation is used: once a page was taken away and the call answered, it is not read or written there',
      (run: Run) => {
        if (makesCall(run, 'enter')) return true;
        return run.calls.filter(hasSucceeded).every((taken) => {
          const space = homeOf(run, taken);
          if (run.calls.some((other) => mayGive(other, space))) return true;
          const pages = pagesTaken(taken);
          return !run.calls.some(
            (use) =>
              (use.call.tag === 'read' || use.call.tag === 'write') &&
              homeOf(run, use) === space &&
              pages.includes(use.call.page) &&
              isAfter(use, taken) &&
              hasSucceeded(use),
          );
        });
      },
      { id: 'no-stale-translation', checks: ['C2-015'] },
    ),
    observes(
      'nobody reads what only another space had: a word is from a page of one’s own, or came with a page that was sent',
      (run: Run) => {
        const { spaces, pageWords } = run.program.parameters;
        if (makesCall(run, 'enter', 'remap', 'copy', 'send')) return true;
        return run.calls.every((done) => {
          if (done.answer?.tag !== 'word') return true;
          const { word } = done.answer;
          const space = homeOf(run, done);
          const isOwn = (spaces[space] ?? []).some(
            (mapping) => mapping && word >= 10 * (mapping.frame + 1) && word < 10 * (mapping.frame + 1) + pageWords,
          );
          const shares = (other: number): boolean =>
            (spaces[other] ?? []).some((mine) =>
              (spaces[space] ?? []).some((page) => page && mine?.frame === page.frame),
            );
          return (
            isOwn ||
            run.calls.some(
              (other) => other.call.tag === 'write' && other.call.word === word && shares(homeOf(run, other)),
            )
          );
        });
      },
      { id: 'isolation', checks: ['C0-001'] },
    ),
    observes(
      'a page that another space has too is not remapped: it is refused, or copied',
      (run: Run) => {
        const { spaces } = run.program.parameters;
        if (makesCall(run, 'enter', 'unmap', 'reap', 'copy', 'send')) return true;
        const times = (frame: number) => spaces.flat().filter((mapping) => mapping?.frame === frame).length;
        return run.calls.filter(hasSucceeded).every((done) =>
          pagesTaken(done).every((page) => {
            const mapping = spaces[homeOf(run, done)]?.[page];
            return !mapping || times(mapping.frame) === 1;
          }),
        );
      },
      { id: 'shared-pages-stay' },
    ),
    observes(
      'once a page is frozen and the call answered, it reads the same for ever, whoever else has it under whatever name',
      (run: Run) => {
        if (makesCall(run, 'enter', 'unmap', 'reap', 'remap', 'copy', 'send', 'protect')) return true;
        return run.calls.filter(hasSucceeded).every((frozen) => {
          if (frozen.call.tag !== 'freeze') return true;
          const { page } = frozen.call;
          const later = run.calls.filter(
            (done) =>
              done.call.tag === 'read' &&
              done.call.page === page &&
              done.call.offset === 0 &&
              homeOf(run, done) === homeOf(run, frozen) &&
              isAfter(done, frozen),
          );
          return new Set(later.flatMap(({ answer }) => (answer?.tag === 'word' ? [answer.word] : []))).size <= 1;
        });
      },
      { id: 'frozen', checks: ['C0-024'] },
    ),
    costs(
      'remapping copies no word, and copying each word once',
      (run: Run) => {
        const isOver = run.calls.every(({ answer }) => answer !== undefined);
        return !isOver || timesTraced(run, 'word copied') === wordsDue(run);
      },
      { id: 'no-copies', checks: ['C2-014'], isOfReference: true },
    ),
    costs(
      'a page is sent by whichever takes fewer steps, with as many other cores as run the sender’s space',
      (run: Run) =>
        !hasChoice(run) ||
        run.calls.every((sent) => {
          if (sent.answer?.tag !== 'sent') return true;
          const others = othersAt(run, sent);
          if (others === undefined) return true;
          return sent.answer.by === (isCopyCheaper(run.program.parameters.pageWords, others) ? 'copy' : 'remap');
        }),
      { id: 'the-cheaper-way', checks: ['C2-016'], variants: ['shootdown'], isOfReference: true },
    ),
    costs(
      'who rests is not interrupted, and who is, but once for each call that changes a table',
      (run: Run) => {
        const { program, costs: spent } = run;
        const active = program.threads.filter((calls) => calls.length > 0).length;
        if (active > program.cores || spent.interrupts > 0) return true; // others are woken too
        const due = run.calls
          .filter(({ call }) => changesTable(call))
          .reduce((sum, change) => sum + othersThatMayRun(run, change), 0);
        return spent.interProcessorInterrupts <= due;
      },
      { id: 'told-once', checks: ['C2-015'], variants: ['shootdown'], isOfReference: true },
    ),
    costs(
      'a core forgets nothing while no table is changed, wherever its thread goes and however long it rests',
      (run: Run) =>
        run.calls.some(({ call }) => changesTable(call)) ||
        timesTraced(run, 'TLB flushed') + timesTraced(run, 'TLB entry invalidated') === 0,
      { id: 'forgets-nothing-good', variants: ['shootdown'], isOfReference: true },
    ),
  ],
  figures,
);
