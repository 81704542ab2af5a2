import { isDeepStrictEqual } from 'node:util';
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
import type { Parameters } from '#model/ipc/toctou.programs.ts';
import { toctou } from '#model/ipc/toctou.ts';
import type { ToctouAnswer } from '#spec/abi/ipc/toctou.ts';
import { mayOpen, type PendingCall, Place } from '#spec/ipc/toctou.ts';

type Run = Observation<PendingCall, ToctouAnswer, Parameters>;
type Done = ObservedCall<PendingCall, ToctouAnswer>;

/** The words that an answer holds, if it holds any. */
const wordsIn = ({ answer }: Done): readonly number[] =>
  answer?.tag === 'words' || answer?.tag === 'record' ? answer.words : [];

/** Every word that a thread of the client put into the shared memory, or that was there at boot. */
const wordsPut = ({ program }: Run): Set<number> =>
  new Set([
    ...program.parameters.shared,
    ...program.threads.flat().flatMap((call) => (call.tag === 'put' ? [call.word] : [])),
  ]);

const makesCall = (run: Run, ...tags: PendingCall['tag'][]): boolean =>
  run.program.threads.flat().some(({ tag }) => tags.includes(tag));

/** The object under a number, where numbers stand for what they stood for at boot. */
const objectAtBoot = ({ program }: Run, { call }: Done): number | null | undefined =>
  'number' in call ? program.parameters.open[call.number] : undefined;

/** The calls of this kind that were answered well, if there is but one call of it. */
const only = (run: Run, tag: PendingCall['tag']): Done | undefined => {
  const calls = run.calls.filter(({ call }) => call.tag === tag);
  const [first] = calls;
  return calls.length === 1 && first?.answer && first.answer.tag !== 'failed' ? first : undefined;
};

const isAfter = (later: Done, earlier: Done): boolean =>
  later.invokedStep > (earlier.answeredStep ?? Number.POSITIVE_INFINITY);

/** What a call reads: a write what is open, two words of the request, and each of its data thrice. */
const loadsOf = (run: Run, { call, answer }: Done, words: number): number => {
  switch (call.tag) {
    case 'write':
      return answer?.tag === 'failed' ? 3 + 2 * run.program.parameters.limitWords : 3 + 3 * words;
    case 'open':
      return 4 + run.program.parameters.open.length;
    case 'read':
    case 'audit':
      return 2 + words;
    case 'close':
      return 1;
    default:
      return 0;
  }
};

/** What the kernel reads for a thread that has its core from start to end, as it retires; and then of each other thread. */
const loadsOfRetiring = 2;

export default suite(toctou, [
  refines({ checks: ['C0-024', 'C2-024'] }),
  linearizes({ checks: ['C0-023', 'C0-024', 'C2-023', 'C2-024'] }),
  progress(),
  faultless(),
  ordering([], { variants: ['copy'] }), // `big-lock` orders all that is not under its lock by the strongest order

  always('no object holds more words than it has room for, and none that is no datum', ({ objects, limitWords }) =>
    objects.every(({ words }) => words.length <= limitWords && words.every((word) => word >= 0)),
  ),
  always('what is open was opened for somebody who may', ({ open, objects }) =>
    open.every((opened) => {
      const object = opened && objects[opened.object];
      return !object || opened.openedFor === null || mayOpen(opened.openedFor, object);
    }),
  ),
  sometimes(
    'the shared memory asks for more than there is room for',
    ({ shared, limitWords }) => (shared[Place.length] ?? 0) > limitWords,
  ),
  sometimes('the name in the shared memory is one that the client may not open', ({ shared, names, objects, user }) => {
    const object = objects[names[shared[Place.name] ?? -1] ?? -1];
    return object !== undefined && !mayOpen(user, object);
  }),
  sometimes('something is open that the client could not open any more', ({ open, objects, user }) =>
    open.some((opened) => {
      const object = opened && objects[opened.object];
      return object ? opened.openedFor !== null && !mayOpen(user, object) : false;
    }),
  ),
  sometimes('two words have been written', ({ record }) => record?.words.length === 2),

  observes(
    'what is read, or recorded, was checked: no more words than there is room for, and none that is no datum',
    (run: Run) =>
      run.calls.every((done) => {
        const words = wordsIn(done);
        return words.length <= run.program.parameters.limitWords && words.every((word) => word >= 0);
      }),
    { id: 'what-was-checked-is-used', checks: ['C0-023', 'C0-024'] },
  ),
  observes(
    'an object into which nobody writes stays as it is, whatever lengths its neighbour is written with',
    (run: Run) => {
      if (makesCall(run, 'open', 'close')) return true;
      const written = new Set(
        run.calls.flatMap((done) => (done.call.tag === 'write' ? [objectAtBoot(run, done)] : [])),
      );
      return run.calls.every((done) => {
        const object = objectAtBoot(run, done);
        if (done.call.tag !== 'read' || done.answer?.tag !== 'words' || written.has(object)) return true;
        return isDeepStrictEqual(done.answer.words, run.program.parameters.objects[object ?? -1]?.words);
      });
    },
    { id: 'neighbour', checks: ['C0-024'] },
  ),
  observes(
    'nobody reads what an object held at boot that the client might not open, and had not open',
    (run: Run) => {
      const { objects, open, user } = run.program.parameters;
      if (user === 0) return true; // it may open everything
      const known = new Set([
        ...wordsPut(run),
        ...objects.flatMap((object, i) => (mayOpen(user, object) || open.includes(i) ? object.words : [])),
      ]);
      return run.calls.every((done) => wordsIn(done).every((word) => known.has(word)));
    },
    { id: 'secrets', checks: ['C2-023', 'C2-024'] },
  ),
  observes(
    'every word that is read was put there by the client, or was in an object at boot',
    (run: Run) => {
      const known = wordsPut(run);
      for (const { words } of run.program.parameters.objects) for (const word of words) known.add(word);
      return run.calls.every((done) => wordsIn(done).every((word) => known.has(word)));
    },
    { id: 'words-from-somewhere' },
  ),
  observes(
    'what is recorded is what was done: of the only write, the record says what the object holds',
    (run: Run) => {
      const [written, audited, read] = [only(run, 'write'), only(run, 'audit'), only(run, 'read')];
      if (!written || !audited || !read || makesCall(run, 'open', 'close')) return true;
      if (!isAfter(audited, written) || !isAfter(read, written)) return true;
      if (objectAtBoot(run, written) !== objectAtBoot(run, read)) return true;
      return isDeepStrictEqual(wordsIn(audited), wordsIn(read));
    },
    { id: 'recorded-as-done', checks: ['C0-024'] },
  ),
  costs(
    'a word of a request is read thrice: as it is fetched, as its copy is checked, and as its copy is used',
    (run: Run) => {
      const { program, costs: spent, end } = run;
      const isAlone = program.threads.filter((calls) => calls.length > 0).length === 1;
      const isSameLength = !program.threads.flat().some((call) => call.tag === 'put' && call.place === Place.length);
      if (!isAlone || !isSameLength || spent.interrupts > 0 || end !== 'quiescent') return true;
      const length = program.parameters.shared[Place.length] ?? 0;
      const due = run.calls.reduce(
        (sum, done) => sum + loadsOf(run, done, done.call.tag === 'write' ? length : wordsIn(done).length),
        loadsOfRetiring + program.threads.length,
      );
      return spent.loads <= due;
    },
    { id: 'each-word-once', checks: ['C0-024'], variants: ['copy'], isOfReference: true },
  ),
]);
