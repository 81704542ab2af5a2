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
import type { Parameters } from '#model/ipc/pipe.calls.ts';
import { pipe } from '#model/ipc/pipe.ts';
import type { Byte, PipeAnswer, PipeCall } from '#spec/abi.ts';
import { type PendingCall, readers, stream, writers } from '#spec/ipc/pipe.ts';

type Run = Observation<PendingCall, PipeAnswer, Parameters>;
type Done = ObservedCall<PendingCall, PipeAnswer>;
type Of<Tag extends PipeCall['tag']> = Done & { readonly call: Extract<PipeCall, { tag: Tag }> };

const calls = <Tag extends PipeCall['tag']>(run: Run, tag: Tag): Of<Tag>[] =>
  run.calls.filter((done): done is Of<Tag> => done.call.tag === tag);

/** The bytes that a call was answered. */
const bytesOf = (done: Done): readonly Byte[] => (done.answer?.tag === 'bytes' ? done.answer.bytes : []);

/** How many bytes a write is known to have stored. */
const countOf = (done: Done): number => (done.answer?.tag === 'count' ? done.answer.countBytes : 0);

const hasFailed = (done: Done): boolean => done.answer?.tag === 'failed';

/** What each thread has read, in its order. */
const readBy = (run: Run): Byte[][] =>
  run.program.threads.map((_, thread) =>
    calls(run, 'read')
      .filter((done) => done.thread === thread)
      .flatMap(bytesOf),
  );

/** The bytes of `part` in the order in which they stand in `whole`. */
const isSubsequence = (part: readonly Byte[], whole: readonly Byte[]): boolean => {
  let next = 0;
  for (const byte of whole) if (byte === part[next]) next++;
  return next === part.length;
};

/** Whether the pipe stays the same one: nobody makes a new one, so every byte read was written in this run. */
const isOnePipe = (run: Run): boolean => calls(run, 'pipe').length === 0;

/** End of file: a read that could have got a byte and answered none. */
const isEndOfFile = (done: Of<'read'>): boolean =>
  done.answer?.tag === 'bytes' && done.answer.bytes.length === 0 && done.call.maxBytes > 0 && done.call.mappedBytes > 0;

export default suite(pipe, [
  refines({ checks: ['C0-006', 'C0-007', 'C3-017', 'C3-018', 'C4-031', 'C4-032'] }),
  linearizes({ checks: ['C0-004', 'C3-021', 'C4-033', 'C1-025', 'C1-026', 'C3-017', 'C3-018', 'C4-032'] }),
  progress({ checks: ['C0-008', 'C0-009', 'C1-026'] }),
  faultless(),
  ordering(['descriptors']),

  always(
    'it never holds more bytes than its capacity',
    (state) => stream(state).length <= state.capacitySlots * state.slotBytes,
    {
      id: 'capacity',
      checks: ['C0-006'],
    },
  ),
  always('no slot is empty, and none is fuller than a slot can be', (state) =>
    state.slots.every(({ bytes, roomBytes }) => bytes.length > 0 && bytes.length + roomBytes <= state.slotBytes),
  ),
  always(
    'a pipe that nobody holds is empty',
    (state) => readers(state) + writers(state) > 0 || state.slots.length === 0,
  ),
  sometimes('it is full', (state) => state.slots.length === state.capacitySlots),
  sometimes('it has bytes and no writer', (state) => state.slots.length > 0 && writers(state) === 0),
  sometimes('it has a writer and no reader', (state) => writers(state) > 0 && readers(state) === 0),
  sometimes('a later write may join the last page', (state) => (state.slots.at(-1)?.roomBytes ?? 0) > 0, {
    variants: ['linux'],
  }),

  observes(
    'no byte is invented, doubled or read before it is written',
    (run: Run) => {
      const written = new Set(calls(run, 'write').flatMap((done) => done.call.bytes));
      const read = readBy(run).flat();
      return read.every((byte) => written.has(byte)) && new Set(read).size === read.length;
    },
    { id: 'conservation', checks: ['C0-004', 'C1-027'] },
  ),
  observes(
    'no byte is lost: where all waits are over and all ends open, what went in came out or fits in the pipe',
    (run: Run) => {
      if (!isOnePipe(run) || run.end !== 'quiescent' || calls(run, 'close').length > 0) return true;
      const stored = calls(run, 'write').reduce((sum, done) => sum + countOf(done), 0);
      const read = readBy(run).flat().length;
      return stored - read <= run.program.parameters.capacitySlots * run.program.parameters.slotBytes;
    },
    { id: 'nothing-lost', checks: ['C1-027'] },
  ),
  observes(
    'each reader sees the bytes of each writer in the order they were written',
    (run: Run) =>
      readBy(run).every((read) =>
        run.program.threads.every((_, thread) => {
          const written = calls(run, 'write')
            .filter((done) => done.thread === thread)
            .flatMap((done) => done.call.bytes);
          return isSubsequence(
            read.filter((byte) => written.includes(byte)),
            written,
          );
        }),
      ),
    { id: 'order', checks: ['C0-004', 'C0-005', 'C1-027'] },
  ),
  observes(
    'with one reader and one writer, however the reads are cut, their bytes in a row begin what was written',
    (run: Run) => {
      const readersOf = new Set(calls(run, 'read').map((done) => done.thread));
      const writersOf = new Set(calls(run, 'write').map((done) => done.thread));
      if (readersOf.size > 1 || writersOf.size > 1 || !isOnePipe(run)) return true;
      if (calls(run, 'write').some(hasFailed)) return true; // a killed writer does not tell how much it stored
      const written = calls(run, 'write').flatMap((done) =>
        done.answer ? done.call.bytes.slice(0, countOf(done)) : done.call.bytes,
      );
      return readBy(run)
        .flat()
        .every((byte, i) => byte === written[i]);
    },
    { id: 'stream', checks: ['C0-005', 'C1-027'] },
  ),
  observes(
    'a write of at most PIPE_BUF bytes is never divided by another',
    (run: Run) => {
      const read = readBy(run).filter((bytes) => bytes.length > 0);
      if (read.length !== 1) return true; // two readers share a write between them
      const [bytes] = read as [Byte[]];
      return calls(run, 'write').every(({ call }) => {
        if (call.bytes.length > run.program.parameters.slotBytes) return true;
        const places = call.bytes.map((byte) => bytes.indexOf(byte)).filter((place) => place >= 0);
        return places.every((place, i) => i === 0 || place === (places[i - 1] as number) + 1);
      });
    },
    { id: 'pipe-buf', variants: ['linux'] },
  ),
  observes(
    'a non-blocking write of at most PIPE_BUF bytes stores all or nothing',
    (run: Run) =>
      calls(run, 'write').every(
        (done) =>
          done.call.blocking ||
          done.call.bytes.length > run.program.parameters.slotBytes ||
          done.answer?.tag !== 'count' ||
          done.answer.countBytes === done.call.bytes.length,
      ),
    { id: 'all-or-nothing', variants: ['linux'] },
  ),
  observes(
    'a non-blocking call never waits',
    (run: Run) =>
      run.end !== 'quiescent' ||
      run.calls.every((done) => !('blocking' in done.call) || done.call.blocking || done.answer !== undefined),
    { id: 'non-blocking', variants: ['linux'], checks: ['C1-026'] },
  ),
  observes(
    'end of file comes only when every process that held the write end has begun to close it',
    (run: Run) => {
      if (calls(run, 'fork').length > 0 || !isOnePipe(run)) return true;
      const holders = run.program.parameters.holdings.flatMap((holding, process) => (holding.write ? [process] : []));
      return calls(run, 'read')
        .filter(isEndOfFile)
        .every((read) =>
          holders.every((holder) =>
            calls(run, 'close').some(
              (done) =>
                done.thread === holder &&
                done.call.descriptor === 1 &&
                done.invokedStep <= (read.answeredStep ?? Number.POSITIVE_INFINITY),
            ),
          ),
        );
    },
    { id: 'end-of-file', checks: ['C0-012', 'C1-025'] },
  ),
  observes(
    'the read end does not write, and the write end does not read',
    (run: Run) =>
      calls(run, 'read').every((done) => done.call.descriptor === 0 || !done.answer || hasFailed(done)) &&
      calls(run, 'write').every((done) => done.call.descriptor === 1 || !done.answer || hasFailed(done)),
    { id: 'one-direction', checks: ['C0-003'] },
  ),
  observes(
    'a new pipe gives descriptor 0 to read and 1 to write; if it cannot tell the caller, it leaves none behind',
    (run: Run) =>
      calls(run, 'pipe').every(
        ({ call, answer }) =>
          !answer ||
          answer.tag === 'failed' ||
          (call.mapped && answer.tag === 'descriptors' && answer.read === 0 && answer.write === 1),
      ),
    { id: 'descriptors', checks: ['C3-022', 'C4-031'] },
  ),
  observes(
    'a process gets at a pipe only by making it, by holding it from the start, or through a fork',
    (run: Run) =>
      run.calls.every((done) => {
        const { thread, call, answer } = done;
        if (call.tag !== 'read' && call.tag !== 'write' && call.tag !== 'close') return true;
        const holding = run.program.parameters.holdings[thread];
        const isHolder = holding?.read || holding?.write;
        const isChild = calls(run, 'fork').some((forked) => forked.call.child === thread);
        const hasMade = calls(run, 'pipe').some((made) => made.thread === thread);
        return isHolder || isChild || hasMade || !answer || answer.tag === 'failed';
      }),
    { id: 'related-processes', checks: ['C0-011'] },
  ),
  costs(
    'a writer is woken for a page that has been read, and not for a part of one',
    (run: Run) => {
      const writersOf = [...new Set(calls(run, 'write').map((done) => done.thread))];
      const { slotBytes } = run.program.parameters;
      const isWhole = calls(run, 'write').every(
        ({ call }) => call.bytes.length % slotBytes === 0 && call.mappedBytes === call.bytes.length,
      );
      // Only where nothing but a read can wake the one writer is its every run on a core accounted for.
      const isQuiet = run.end === 'quiescent' && run.costs.interrupts === 0 && isWhole && writersOf.length === 1;
      const [writer] = writersOf as [number];
      const wakes = run.calls.every(({ call, thread }) => call.tag === (thread === writer ? 'write' : 'read'));
      if (!isQuiet || !wakes) return true;
      const pagesRead = Math.floor(readBy(run).flat().length / slotBytes);
      const isLate = run.program.threads.slice(0, writer).filter((made) => made.length > 0).length >= run.program.cores;
      return (run.costs.resumed[writer] ?? 0) <= pagesRead + (isLate ? 1 : 0);
    },
    { id: 'woken-for-space', variants: ['linux'], isOfReference: true },
  ),
  costs(
    'each byte is copied once on its way in and once on its way out, and by nothing but the processor',
    ({ calls: done, costs: { copies } }) => {
      const offered = done.reduce((sum, { call }) => sum + (call.tag === 'write' ? call.mappedBytes : 0), 0);
      const asked = done.reduce((sum, { call }) => sum + (call.tag === 'read' ? call.mappedBytes : 0), 0);
      const told = done.filter(({ call }) => call.tag === 'pipe').length * 2;
      return copies <= offered + asked + told;
    },
    { id: 'copies', checks: ['C0-002'], isOfReference: true },
  ),
]);
