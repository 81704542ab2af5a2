import { isDeepStrictEqual } from 'node:util';
import {
  costs,
  faultless,
  linearizes,
  type Observation,
  observes,
  ordering,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import { type Parameters, seqlock } from '#model/sync/seqlock.ts';
import type { SeqlockAnswer, SeqlockCall, ThreadId } from '#spec/abi.ts';

type Run = Observation<SeqlockCall, SeqlockAnswer, Parameters>;

/** The versions there may be: zeros, and what each write writes. */
const versions = ({ program }: Run): (readonly number[])[] => [
  Array.from({ length: program.parameters.words }, () => 0),
  ...program.threads.flat().flatMap((call) => (call.tag === 'write' ? [call.values] : [])),
];

/** What a thread has read, in its order. */
const readBy = (run: Run, thread: ThreadId): (readonly number[])[] =>
  run.calls.flatMap((done) => (done.thread === thread && done.answer?.tag === 'snapshot' ? [done.answer.values] : []));

const writers = ({ program }: Run): ThreadId[] =>
  [...program.threads.keys()].filter((thread) => program.threads[thread]?.some((call) => call.tag === 'write'));

const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number >= (numbers[i - 1] as number));

const active = ({ program }: Run): number => program.threads.filter((calls) => calls.length > 0).length;

/** What the kernel writes for a thread that has a core from start to end: as it retires. */
const storesOfRetiring = 3;
const readModifyWritesOfRetiring = 2;

export default suite(seqlock, [
  refines(),
  linearizes(),
  progress(),
  faultless(),
  ordering(),
  observes(
    'what a read accepts is one version: all words as one write left them',
    (run: Run) =>
      run.calls.every(
        ({ answer }) =>
          answer?.tag !== 'snapshot' || versions(run).some((version) => isDeepStrictEqual(version, answer.values)),
      ),
    { id: 'one-version' },
  ),
  observes(
    'where one thread writes, nobody reads a version and then an older one',
    (run: Run) =>
      writers(run).length > 1 ||
      run.program.threads.every((_, thread) =>
        isRising(
          readBy(run, thread).map((values) => versions(run).findIndex((version) => isDeepStrictEqual(version, values))),
        ),
      ),
    { id: 'never-back' },
  ),
  costs(
    'readers write nothing: there are as many writes to memory as one writer and the kernel need',
    (run: Run) => {
      const { program, costs: spent, end } = run;
      const isQuiet = end === 'quiescent' && spent.interrupts === 0 && active(run) <= program.cores;
      if (!isQuiet || writers(run).length > 1) return true;
      const writes = program.threads.flat().filter((call) => call.tag === 'write').length;
      return (
        spent.stores <= writes * (program.parameters.words + 2) + active(run) * storesOfRetiring &&
        spent.readModifyWrites <= writes * 2 + active(run) * readModifyWritesOfRetiring
      );
    },
    { id: 'readers-write-nothing', isOfReference: true },
  ),
  sometimes('it has been written', (state) => state.values.some((value) => value > 0)),
]);
