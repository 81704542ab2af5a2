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
import type { Parameters } from '#model/ipc/bounded-buffer.programs.ts';
import { boundedBuffer } from '#model/ipc/bounded-buffer.ts';
import type { BoundedBufferAnswer, Item } from '#spec/abi.ts';
import type { PendingCall } from '#spec/ipc/bounded-buffer.ts';

type Run = Observation<PendingCall, BoundedBufferAnswer, Parameters>;
type Done = ObservedCall<PendingCall, BoundedBufferAnswer>;
type Of<Tag extends PendingCall['tag']> = Done & { readonly call: Extract<PendingCall, { tag: Tag }> };

const calls = <Tag extends PendingCall['tag']>(run: Run, tag: Tag): Of<Tag>[] =>
  run.calls.filter((done): done is Of<Tag> => done.call.tag === tag);

/** What a get was answered. */
const itemsOf = (done: Done): readonly Item[] => (done.answer?.tag === 'items' ? done.answer.items : []);

const itemsPut = (puts: readonly Of<'put'>[]): Item[] => puts.flatMap((put) => put.call.items);

const isDone = (done: Done): boolean => done.answer !== undefined;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const ever = Number.POSITIVE_INFINITY;
const end = (done: Done): number => done.answeredStep ?? ever;

/** Items are told apart by their numbers; a program changed by hand may put one number twice. */
const areItemsUnique = (run: Run): boolean => {
  const items = itemsPut(calls(run, 'put'));
  return new Set(items).size === items.length;
};

/** The items of `part` in the order in which they stand in `whole`. */
const isSubsequence = (part: readonly Item[], whole: readonly Item[]): boolean => {
  let next = 0;
  for (const item of whole) if (item === part[next]) next++;
  return next === part.length;
};

const polling = ['in-out', 'counters', 'lock-free'];

/** Visible micro-ops that a thread may take for one item each time it is given a core. */
const microOpsPerRun = 120;

export default suite(boundedBuffer, [
  refines({ checks: ['C3-001'] }),
  linearizes({ checks: ['C3-001', 'C3-002', 'C4-035'] }),
  progress({ checks: ['C4-035'] }),
  faultless(),
  ordering([], { variants: polling }), // `semaphores` has locks only: it orders nothing itself

  always('it never holds more items than it has room for', (state) => state.items.length <= state.capacity, {
    id: 'capacity',
    checks: ['C3-001'],
  }),
  sometimes('it is full', (state) => state.items.length === state.capacity),
  sometimes('it holds two items', (state) => state.items.length === 2),
  sometimes('it is finished and not empty', (state) => state.finished && state.items.length > 0, {
    variants: ['semaphores'],
  }),

  observes(
    'no item is invented, or got twice, or got before somebody began to put it',
    (run: Run) => {
      const got = calls(run, 'get').flatMap(itemsOf);
      const isReal = calls(run, 'get').every((get) => {
        const begun = itemsPut(calls(run, 'put').filter((put) => put.invokedStep <= end(get)));
        return itemsOf(get).every((item) => begun.includes(item));
      });
      return isReal && (!areItemsUnique(run) || new Set(got).size === got.length);
    },
    { id: 'exactly-once', checks: ['C3-002'] },
  ),
  observes(
    'no unread item is written over: what was put comes out, or fits in the buffer, or is in the hands of a get',
    (run: Run) => {
      const stored = itemsPut(calls(run, 'put').filter(isDone)).length;
      const got = calls(run, 'get').map((get) => (isDone(get) ? itemsOf(get).length : get.call.count));
      return run.end !== 'quiescent' || stored - sum(got) <= run.program.parameters.capacity;
    },
    { id: 'nothing-lost', checks: ['C3-002'] },
  ),
  observes(
    'a full buffer takes nothing: no put is answered while as many items as there is room for are in it',
    (run: Run) =>
      calls(run, 'put')
        .filter(isDone)
        .every((last) => {
          const stored = itemsPut(calls(run, 'put').filter((put) => end(put) <= end(last))).length;
          const begun = calls(run, 'get').filter((get) => get.invokedStep <= end(last));
          return stored - sum(begun.map((get) => get.call.count)) <= run.program.parameters.capacity;
        }),
    { id: 'full', checks: ['C3-001'] },
  ),
  observes(
    'each consumer gets the items of each producer in the order in which they were put',
    (run: Run) =>
      !areItemsUnique(run) ||
      run.program.threads.every((_, producer) => {
        const put = itemsPut(calls(run, 'put').filter(({ thread }) => thread === producer));
        return run.program.threads.every((__, consumer) => {
          const got = calls(run, 'get').flatMap((get) => (get.thread === consumer ? itemsOf(get) : []));
          return isSubsequence(
            got.filter((item) => put.includes(item)),
            put,
          );
        });
      }),
    { id: 'order', checks: ['C3-001'] },
  ),
  observes(
    'the end comes to those who find nothing: all that was put before them has been got, or is about to be',
    (run: Run) =>
      calls(run, 'get').every((get) => {
        if (!isDone(get) || itemsOf(get).length === get.call.count) return true;
        const stored = itemsPut(calls(run, 'put').filter((put) => end(put) < get.invokedStep)).length;
        const others = calls(run, 'get').filter((other) => other.invokedStep < end(get));
        const got = others.map((other) => (isDone(other) ? itemsOf(other).length : other.call.count));
        return calls(run, 'finish').some((finish) => finish.invokedStep < end(get)) && stored <= sum(got);
      }),
    { id: 'end', variants: ['semaphores'] },
  ),
  costs(
    'who waits keeps its core: only the timer takes it away',
    ({ program, costs: spent }) =>
      program.threads.reduce((sum, _, thread) => sum + (spent.resumed[thread] ?? 0), 0) <= spent.interrupts,
    { id: 'keeps-its-core', variants: polling, checks: ['C3-003'], isOfReference: true },
  ),
  costs(
    'who waits takes no steps: they grow with the times it is woken, not with how long it waits',
    ({ program, costs: spent }) =>
      program.threads.every((calls, thread) => {
        const items = calls.map((call) =>
          call.tag === 'put' ? call.items.length : call.tag === 'get' ? call.count : 1,
        );
        const runs = sum(items) + 1 + (spent.resumed[thread] ?? 0);
        return (spent.microOps[thread] ?? 0) <= runs * microOpsPerRun;
      }),
    { id: 'no-busy-waiting', variants: ['semaphores'], isOfReference: true },
  ),
]);
