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
  sometimes,
  suite,
} from '#model/claim.ts';
import type { Parameters } from '#model/ipc/shm-polling.programs.ts';
import { shmPolling } from '#model/ipc/shm-polling.ts';
import type { Byte, ShmPollingAnswer, ShmPollingCall } from '#spec/abi.ts';
import { type PendingCall, process } from '#spec/ipc/shm-polling.ts';

type Run = Observation<PendingCall, ShmPollingAnswer, Parameters>;
type Done = ObservedCall<PendingCall, ShmPollingAnswer>;
type Request = Done & { readonly call: Extract<ShmPollingCall, { tag: 'call' }> };

/** The calls that fit into a message, in the sender's order. */
const requests = ({ calls, program }: Run): Request[] =>
  calls.filter(
    (done): done is Request => done.call.tag === 'call' && done.call.bytes.length <= program.parameters.limitBytes,
  );

/** What the receiver did, in its order. */
const services = ({ calls }: Run): Done[] => calls.filter(({ call }) => call.tag === 'serve');

const bytesOf = (done: Done): readonly Byte[] | undefined =>
  done.answer?.tag === 'bytes' ? done.answer.bytes : undefined;

const ever = Number.POSITIVE_INFINITY;
const end = (done: Done): number => done.answeredStep ?? ever;

/** Steps of a call whose message is empty, on either side; and what the kernel does for a thread that is done. */
const stepsOfAnEmptyMessage = 10;
const stepsOfRetiring = 5;

// There is no claim on one call at a time: whoever calls or serves waits for the other.
export default suite(shmPolling, [
  linearizes({ checks: ['C1-001', 'C1-002', 'C1-003'] }),
  progress({ checks: ['C1-003'] }),
  faultless(),
  ordering(),

  always('at most one of the two messages is ready', (state) => state.request === null || state.reply === null),
  always('no message has more bytes than there is room for', (state) =>
    [state.request, state.reply].every(
      (message) => (message?.length ?? 0) <= state.limitBytes || message === 'refused',
    ),
  ),
  sometimes('a request is ready', (state) => state.request !== null),
  sometimes('a reply is ready', (state) => state.reply !== null && state.reply !== 'refused'),
  sometimes('a request is refused', (state) => state.reply === 'refused'),
  sometimes('a request is as long as can be', (state) => state.request?.length === state.limitBytes),

  observes(
    'each request is processed once, whole, and in order: the n-th that is served is the n-th that was sent',
    (run: Run) =>
      services(run).every((done, n) => {
        const bytes = bytesOf(done);
        return bytes === undefined || isDeepStrictEqual(bytes, requests(run)[n]?.call.bytes);
      }),
    { id: 'exactly-once', checks: ['C1-003'] },
  ),
  observes(
    'both messages are invalid at first: nothing is served before it was sent',
    (run: Run) =>
      services(run).every((done, n) => !done.answer || (requests(run)[n]?.invokedStep ?? ever) <= end(done)),
    { id: 'invalid-at-first', checks: ['C1-001'] },
  ),
  observes(
    'when the sender goes on, its request has been processed: the n-th reply is what becomes of the n-th request',
    (run: Run) =>
      requests(run).every((done, n) => {
        const bytes = bytesOf(done);
        const service = services(run)[n];
        const wasServed = service !== undefined && service.invokedStep <= end(done);
        return !done.answer || (wasServed && (!bytes || isDeepStrictEqual(bytes, process(done.call.bytes))));
      }),
    { id: 'processed-before-it-goes-on', checks: ['C1-003', 'C1-004'] },
  ),
  observes(
    'what is ready is seen: where both sides have come for the n-th request, both are answered in the end',
    (run: Run) =>
      run.end === 'limit' ||
      run.end === 'fault' ||
      requests(run).every((done, n) => {
        const service = services(run)[n];
        return !service || (done.answer !== undefined && service.answer !== undefined);
      }),
    { id: 'ready-is-seen' },
  ),
  observes(
    'no request is refused unless its sender has forged',
    (run: Run) =>
      services(run).every(
        (done) =>
          done.answer?.tag !== 'failed' ||
          run.calls.some(({ call, invokedStep }) => call.tag === 'forge' && invokedStep < end(done)),
      ),
    { id: 'refuses-forgeries-only' },
  ),
  costs(
    'who waits keeps its core: only the timer takes it away',
    ({ program, costs: spent }) =>
      program.threads.reduce((sum, _, thread) => sum + (spent.resumed[thread] ?? 0), 0) <= spent.interrupts,
    { id: 'keeps-its-core', checks: ['C0-022', 'C1-005'], isOfReference: true },
  ),
  costs(
    'a message costs each side ten steps and two for each byte, however many it has room for',
    (run: Run) => {
      const bytesIn = (done: Done, n: number): number => {
        const { call } = done.call.tag === 'serve' ? (requests(run)[n] ?? done) : done;
        return call.tag === 'call' && call.bytes.length <= run.program.parameters.limitBytes ? call.bytes.length : 0;
      };
      const isForged = run.calls.some(({ call }) => call.tag === 'forge'); // as many bytes are copied as it says
      return run.program.threads.every((_, thread) => {
        const made = run.calls.filter((done) => done.thread === thread);
        const due = made.reduce((sum, done, n) => sum + stepsOfAnEmptyMessage + 2 * bytesIn(done, n), stepsOfRetiring);
        return isForged || run.costs.interrupts > 0 || (run.costs.microOps[thread] ?? 0) <= due;
      });
    },
    { id: 'cost-of-a-message', checks: ['C1-006'], isOfReference: true },
  ),
]);
