import {
  always,
  costs,
  faultless,
  linearizes,
  never,
  type Observation,
  type ObservedCall,
  observes,
  ordering,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import type { Parameters } from '#model/ipc/deadlock.programs.ts';
import { deadlock } from '#model/ipc/deadlock.ts';
import type { DeadlockAnswer, TimeoutTicks } from '#spec/abi/ipc/deadlock.ts';
import type { ThreadId } from '#spec/abi.ts';
import { awaited, type Deadlock, isStuck, type PendingCall } from '#spec/ipc/deadlock.ts';

type Run = Observation<PendingCall, DeadlockAnswer, Parameters>;
type Done = ObservedCall<PendingCall, DeadlockAnswer>;
type Of<Tag extends PendingCall['tag']> = Done & { readonly call: Extract<PendingCall, { tag: Tag }> };

const calls = <Tag extends PendingCall['tag']>(run: Run, tag: Tag): Of<Tag>[] =>
  run.calls.filter((done): done is Of<Tag> => done.call.tag === tag);

const ever = Number.POSITIVE_INFINITY;
const end = ({ answeredStep = ever }: Done): number => answeredStep;

const hasTimedOut = ({ answer }: Done): boolean => answer?.tag === 'failed' && answer.errno === 'ETIMEDOUT';

/** Whether two calls are under way at the same time at some moment. */
const overlap = (a: Done, b: Done): boolean => a.invokedStep <= end(b) && b.invokedStep <= end(a);

/** A request that a worker was given, and the call that may have sent it. */
const received = (run: Run): { readonly by: Done; readonly from: ThreadId; readonly word: number }[] =>
  calls(run, 'receive').flatMap((by) => (by.answer?.tag === 'request' ? [{ ...by.answer, by }] : []));

/** The calls that may have sent what a worker was given: of that thread, to its port, with that word, begun by then. */
const sendersOf = (run: Run, { by, from, word }: ReturnType<typeof received>[number]): Of<'call'>[] =>
  calls(run, 'call').filter(
    ({ thread, call, invokedStep }) =>
      thread === from &&
      call.port === run.program.parameters.serves[by.thread] &&
      call.word === word &&
      invokedStep <= end(by),
  );

/** The next call of a thread after `done`, if it got so far. */
const nextOf = (run: Run, done: Done, tag: PendingCall['tag']): Done | undefined =>
  run.calls.find(
    (other) => other.thread === done.thread && other.call.tag === tag && other.invokedStep > done.invokedStep,
  );

/** The request that a thread serves when it makes this call, if it was given one and has not replied. */
const servedBy = (run: Run, done: Done): ReturnType<typeof received>[number] | undefined =>
  received(run).findLast(
    ({ by }) =>
      by.thread === done.thread &&
      by.invokedStep < done.invokedStep &&
      !calls(run, 'reply').some(
        (reply) =>
          reply.thread === by.thread && reply.invokedStep > by.invokedStep && reply.invokedStep < done.invokedStep,
      ),
  );

const timeoutOf = ({ call }: Done): TimeoutTicks => ('timeoutTicks' in call ? call.timeoutTicks : null);

const isQuiet = ({ end: ended }: Run): boolean => ended === 'quiescent';

/** The threads that wait, and on whom nobody depends who can go on. */
const stuck = (state: Deadlock): ThreadId[] =>
  state.waits.flatMap((_, thread) =>
    awaited(state, thread).length > 0 && isStuck(state, [thread], null) ? [thread] : [],
  );

/** Whether everybody in a ring waits for ever. */
const waitsForEver = (state: Deadlock, thread: ThreadId): boolean => {
  const wait = state.waits[thread];
  return wait !== null && wait !== undefined && wait.tag !== 'decided' && wait.leftTicks === null;
};

export default suite(deadlock, [
  refines({ checks: ['C1-022', 'C3-013', 'C4-060'] }),
  linearizes({ checks: ['C1-020', 'C1-022', 'C3-013', 'C4-060'] }),
  progress({ checks: ['C1-020', 'C2-019', 'C3-014'] }),
  faultless(),
  ordering(['waits'], { variants: ['timeouts'] }),

  observes(
    'a request is given to one worker, once, and to none after its caller was told that time is up',
    (run: Run) => {
      const given = received(run);
      return given.every((one) => {
        const senders = sendersOf(run, one);
        const alike = given.filter(
          ({ by, from, word }) =>
            from === one.from &&
            word === one.word &&
            run.program.parameters.serves[by.thread] === run.program.parameters.serves[one.by.thread],
        );
        return (
          senders.some((sender) => overlap(sender, one.by)) &&
          alike.length <= sendersOf(run, { ...one, by: { ...one.by, answeredStep: ever } }).length
        );
      });
    },
    { id: 'at-most-once', checks: ['C3-015'] },
  ),
  observes(
    'a reply is that of a worker who was given this call’s request, and not an older one’s',
    (run: Run) =>
      calls(run, 'call').every((done) => {
        const { answer } = done;
        if (answer?.tag !== 'replied') return true;
        return received(run).some((one) => {
          const reply = nextOf(run, one.by, 'reply');
          return (
            reply?.call.tag === 'reply' &&
            reply.call.word === answer.word &&
            overlap(done, reply) &&
            overlap(done, one.by) &&
            sendersOf(run, one).some(
              (sender) => sender.thread === done.thread && sender.invokedStep === done.invokedStep,
            )
          );
        });
      }),
    { id: 'own-reply' },
  ),
  observes(
    'time is up after as many ticks as were asked for, not fewer; without a timeout never; but a call within a call may end with the outer one',
    (run: Run) =>
      run.calls.filter(hasTimedOut).every((done) => {
        const timeout = timeoutOf(done);
        if (timeout === 0) return true;
        const during = calls(run, 'tick').filter((tick) => overlap(tick, done)).length;
        return servedBy(run, done) !== undefined || (timeout !== null && during >= timeout);
      }),
    { id: 'not-too-soon', checks: ['C1-021'] },
  ),
  observes(
    'who will not wait does not: it is answered, unless a worker has its request',
    (run: Run) =>
      !isQuiet(run) ||
      run.calls.every(
        (done) =>
          timeoutOf(done) !== 0 ||
          done.answer !== undefined ||
          (done.call.tag === 'call' && received(run).some((one) => sendersOf(run, one).includes(done as Of<'call'>))),
      ),
    { id: 'at-once', checks: ['C1-022', 'C4-060'] },
  ),
  observes(
    'who waits on behalf of a caller does not wait when that one has been told that time is up',
    (run: Run) =>
      !isQuiet(run) ||
      run.calls.every((done) => {
        if (done.answer !== undefined || done.call.tag === 'receive') return true;
        const outer = servedBy(run, done);
        return !outer || !sendersOf(run, outer).every(hasTimedOut);
      }),
    { id: 'no-longer-than-the-caller' },
  ),
  observes(
    'a server is not told whether its caller still waits',
    (run: Run) =>
      calls(run, 'reply').every((done) => {
        if (done.answer === undefined) return true;
        return servedBy(run, done)
          ? done.answer.tag === 'ok'
          : done.answer.tag === 'failed' && done.answer.errno === 'EINVAL';
      }),
    { id: 'server-learns-nothing' },
  ),

  always('who serves a request waits no longer than its caller does', (state: Deadlock) =>
    state.services.every((service, thread) => {
      const outer = service?.caller == null ? null : state.waits[service.caller];
      const inner = state.waits[thread];
      if (outer?.tag !== 'reply' || outer.leftTicks === null || !inner || inner.tag === 'decided') return true;
      return inner.leftTicks !== null && inner.leftTicks <= outer.leftTicks;
    }),
  ),
  always('one worker serves one caller, who waits for it', (state: Deadlock) =>
    state.services.every((service, thread) => {
      if (service?.caller == null) return true;
      const wait = state.waits[service.caller];
      return wait?.tag === 'reply' && wait.server === thread;
    }),
  ),
  never('threads wait for each other in a ring', (state: Deadlock) => stuck(state).length > 0, {
    id: 'no-ring-is-closed',
    variants: ['detects'],
  }),
  sometimes(
    'three wait for each other in a ring, for ever',
    (state: Deadlock) => stuck(state).length >= 3 && stuck(state).every((thread) => waitsForEver(state, thread)),
    { id: 'ring-of-three', checks: ['C2-018'], variants: ['timeouts', 'big-lock'] },
  ),
  sometimes(
    'a ring is closed in which somebody has a timeout',
    (state: Deadlock) => stuck(state).some((thread) => !waitsForEver(state, thread)),
    { id: 'ring-with-a-timeout', checks: ['C2-019'], variants: ['timeouts', 'big-lock'] },
  ),
  sometimes(
    'all workers of a pool of two are in a ring',
    (state: Deadlock) =>
      state.serves.some((port) => {
        const pool = state.serves.flatMap((other, thread) => (other === port ? [thread] : []));
        return pool.length === 2 && pool.every((thread) => stuck(state).includes(thread));
      }),
    { id: 'pool-exhausted', variants: ['timeouts', 'big-lock'] },
  ),
  sometimes(
    'who holds the mutex waits for who waits for the mutex',
    (state: Deadlock) => state.holder !== null && stuck(state).includes(state.holder),
    { id: 'mutex-in-a-ring', variants: ['timeouts', 'big-lock'] },
  ),
  sometimes(
    'somebody waits for ever for one who never answers',
    (state: Deadlock) =>
      state.waits.some(
        (wait, thread) => wait?.tag === 'reply' && waitsForEver(state, thread) && stuck(state).length === 0,
      ),
    { id: 'callee-never-answers', checks: ['C1-019'] },
  ),
  sometimes('somebody serves a caller who waits no more', (state: Deadlock) =>
    state.services.some((service) => service !== null && service.caller === null),
  ),

  costs(
    'who waits without a limit does not stop the clock for the others',
    ({ program, traced }: Run) =>
      program.threads.flat().some((call) => 'timeoutTicks' in call && (call.timeoutTicks ?? 0) > 0) ||
      traced.every(({ name }) => name !== 'stops the clock'),
    { id: 'clock-left-alone', variants: ['timeouts'], isOfReference: true },
  ),
]);
