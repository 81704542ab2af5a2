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
import { chcore } from '#model/ipc/chcore.ts';
import type { ChcoreAnswer, ChcoreErrno, ChcoreParameters, ProcessId } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { PendingCall } from '#spec/ipc/chcore.state.ts';

type Run = Observation<PendingCall, ChcoreAnswer, ChcoreParameters>;
type Done = ObservedCall<PendingCall, ChcoreAnswer>;
type Of<Tag extends PendingCall['tag']> = Done & { readonly call: Extract<PendingCall, { tag: Tag }> };

const callsOf = <Tag extends PendingCall['tag']>(run: Run, tag: Tag): Of<Tag>[] =>
  run.calls.filter((done): done is Of<Tag> => done.call.tag === tag);

const ever = Number.POSITIVE_INFINITY;
const end = (done: Done): number => done.answeredStep ?? ever;

const hasFailed = ({ answer }: Done, errno: ChcoreErrno): boolean => answer?.tag === 'failed' && answer.errno === errno;

const processOf = (run: Run, thread: ThreadId): ProcessId => run.program.parameters.threads[thread]?.process ?? -1;

/** Whether a register thread makes this call with a registration in hand, and it is not refused itself. */
const answersRegistration = (run: Run, { thread, invokedStep, answer }: Done): boolean =>
  (answer === undefined || answer.tag === 'registration') &&
  run.calls.some((done) => done.thread === thread && done.answer?.tag === 'registration' && end(done) <= invokedStep);

/** What a thread that serves was told last, before a step. */
const lastRequest = (run: Run, thread: ThreadId, step: number): (ChcoreAnswer & { tag: 'request' }) | undefined => {
  const before = run.calls.filter((done) => done.thread === thread && end(done) <= step);
  return before.map(({ answer }) => answer).findLast((answer) => answer?.tag === 'request');
};

/** Everything that was told to threads that serve: who asks, and when. */
const askedIn = (run: Run): { done: Done; asks: ChcoreAnswer & { tag: 'request' | 'registration' } }[] =>
  run.calls.flatMap((done) =>
    done.answer?.tag === 'request' || done.answer?.tag === 'registration' ? [{ done, asks: done.answer }] : [],
  );

/** Whether each result can be given to one call of its own, that waited for it. */
const areResultsReturned = (run: Run): boolean => {
  const open = callsOf(run, 'call').filter(({ answer }) => answer?.tag === 'result');
  for (const { call, invokedStep } of callsOf(run, 'return')) {
    const waiting = open
      .filter((done) => done.answer?.tag === 'result' && done.answer.result === call.result)
      .filter((done) => done.invokedStep < invokedStep && invokedStep < end(done))
      .toSorted((one, other) => end(one) - end(other));
    if (waiting[0]) open.splice(open.indexOf(waiting[0]), 1);
  }
  return open.length === 0;
};

/** Calls that enter the kernel: the others are user code, and go on until they do. */
const entersKernel = ({ call }: Done): boolean => call.tag !== 'read' && call.tag !== 'write';

/** The steps at which a process was known to be killed. */
const killedAt = (run: Run, process: ProcessId): number =>
  Math.min(
    ever,
    ...callsOf(run, 'kill')
      .filter(({ call, answer }) => call.process === process && answer?.tag === 'ok')
      .map(end),
  );

/** Nothing but calls and what they lead to: nobody's core was taken away, and nobody gave it to the scheduler. */
const isFastPath = (run: Run): boolean =>
  run.end === 'quiescent' &&
  run.costs.interrupts === 0 &&
  !run.traced.some(({ name }) => name === 'slow path' || name === 'tries again') &&
  !run.calls.some(({ call }) => call.tag === 'yield');

const fast = { variants: ['try-locks'], isOfReference: true };

export default suite(chcore, [
  refines({ checks: ['C4-056'] }),
  linearizes({ checks: ['C0-047', 'C0-049', 'C3-036', 'C3-039', 'C4-054', 'C4-055', 'C4-057'] }),
  progress(),
  faultless(),
  ordering(['chcore'], { variants: ['try-locks'] }),

  always(
    'a thread that serves others runs on somebody’s scheduling context while it does, and on none otherwise',
    (state) =>
      state.threads.every(
        ({ passive, context }) =>
          passive === null || (context !== null) === (passive.tag === 'told' || passive.tag === 'serving'),
      ),
  ),
  always('a connection whose call is served is the caller’s', (state) =>
    state.threads.every(({ kind, passive }) => {
      if (kind !== 'handler' || (passive?.tag !== 'told' && passive?.tag !== 'serving')) return true;
      const connection = state.connections[passive.connection];
      return connection?.owner != null && connection.owner === connection.caller;
    }),
  ),
  always('a capability to a connection leads to one', (state) =>
    state.processes.every(({ table }) =>
      table.every(
        (held) =>
          held === null || held.kind === 'thread' || held.kind === 'memory' || state.connections[held.object] !== null,
      ),
    ),
  ),
  always(
    'whoever shares memory over a connection that can be used has it mapped',
    (state) =>
      state.connections.every(
        (one) =>
          !one?.isValid ||
          (state.processes[one.client]?.pages[one.clientPage] === one.memory &&
            state.processes[one.server]?.pages[one.serverPage ?? -1] === one.memory),
      ),
    { id: 'mapped-on-both-sides', checks: ['C0-049'] },
  ),
  sometimes('a handler works on the time of a thread that called another handler', (state) =>
    state.connections.some(
      (one) => one?.caller != null && state.threads[one.caller]?.kind === 'handler' && one.owner === one.caller,
    ),
  ),
  sometimes('a connection is being built', (state) => state.connections.some((one) => one?.isValid === false)),
  sometimes('a process is gone', (state) => state.processes.some(({ life }) => life === 'gone')),
  sometimes('an answer has brought capabilities', (state) =>
    state.connections.some((one) => (one?.returned.length ?? 0) > 0),
  ),

  observes(
    'nobody is called before a connection was agreed to, and nobody is connected without being agreed to',
    (run: Run) => {
      const agreed = callsOf(run, 'accept').map(({ invokedStep }) => invokedStep);
      const connected = run.calls.filter(({ answer }) => answer?.tag === 'connected');
      if (connected.length > agreed.length) return false;
      if (run.program.parameters.connections.length > 0) return true;
      const first = Math.min(ever, ...agreed);
      return [...connected, ...run.calls.filter(({ answer }) => answer?.tag === 'request')].every(
        (done) => end(done) > first,
      );
    },
    { id: 'agreed-to', checks: ['C0-047', 'C3-037'] },
  ),
  observes(
    'who is refused was refused by the server, and is not connected',
    (run: Run) =>
      run.calls.filter((done) => hasFailed(done, 'ECONNREFUSED')).length <= callsOf(run, 'refuse').length &&
      callsOf(run, 'refuse').filter((done) => answersRegistration(run, done)).length +
        run.calls.filter(({ answer }) => answer?.tag === 'connected').length <=
        callsOf(run, 'register client').length,
    { id: 'refused', checks: ['C3-037'] },
  ),
  observes('a result is what the server returned, to this call and no other', areResultsReturned, {
    id: 'one-return-a-call',
    checks: ['C4-055'],
  }),
  observes(
    'a thread that answers goes on with the next request, or not at all: it is asked no more often than others ask',
    (run: Run) => {
      const asking = run.calls.filter(({ call }) => call.tag === 'call' || call.tag === 'register client');
      return (
        askedIn(run).length <= asking.length &&
        askedIn(run).every(({ done, asks }) =>
          asking.some((ask) => processOf(run, ask.thread) === asks.client && ask.invokedStep < end(done)),
        )
      );
    },
    { id: 'goes-on-with-the-next', checks: ['C3-040'] },
  ),
  observes(
    'a thread that serves runs on the time of a client that waits',
    (run: Run) =>
      askedIn(run).every(({ done, asks }) =>
        run.calls.some(
          (ask) =>
            ask.thread === asks.context &&
            run.program.parameters.threads[asks.context]?.kind === 'user' &&
            (ask.call.tag === 'call' || ask.call.tag === 'register client') &&
            ask.invokedStep < end(done) &&
            end(done) < end(ask),
        ),
      ),
    { id: 'on-the-callers-time' },
  ),
  observes(
    'the message is where the server has it, whatever its address is for the client',
    (run: Run) => {
      const { connections } = run.program.parameters;
      const pages = [
        ...connections.map(({ serverPage }) => serverPage),
        ...callsOf(run, 'accept').map(({ call }) => call.page),
      ];
      const isServed = (done: Of<'read' | 'write'>): boolean =>
        done.call.page !== null || lastRequest(run, done.thread, done.invokedStep) === undefined;
      return (
        askedIn(run).every(({ asks }) => asks.tag === 'registration' || pages.includes(asks.page)) &&
        [...callsOf(run, 'read'), ...callsOf(run, 'write')].every(
          (done) => isServed(done) || !hasFailed(done, 'EFAULT'),
        )
      );
    },
    { id: 'translated', checks: ['C3-039', 'C0-049'] },
  ),
  observes(
    'a handler gets the capabilities that came with the call it serves, and no others',
    (run: Run) =>
      callsOf(run, 'get').every(({ call, thread, answer, invokedStep }) => {
        if (call.connection !== null || answer?.tag !== 'capability') return true;
        return call.index < (lastRequest(run, thread, invokedStep)?.count ?? 0);
      }),
    { id: 'only-what-was-sent', checks: ['C4-054'] },
  ),
  observes(
    'as many capabilities as a call may carry can be fetched, the last one too',
    (run: Run) =>
      callsOf(run, 'get').every((done) => {
        const { call, thread, invokedStep } = done;
        if (call.connection !== null || !hasFailed(done, 'EINVAL')) return true;
        return call.index >= (lastRequest(run, thread, invokedStep)?.count ?? 0);
      }),
    { id: 'all-that-was-sent' },
  ),
  observes(
    'nobody gets capabilities by an answer if no header counts any',
    (run: Run) =>
      callsOf(run, 'write').some(({ call }) => call.field === 'count' && call.value > 0) ||
      callsOf(run, 'get').every(({ call, answer }) => call.connection === null || answer?.tag !== 'capability'),
    { id: 'counted' },
  ),
  observes(
    'a thread that was killed never comes back from the kernel',
    (run: Run) =>
      run.calls.every(
        (done) =>
          !entersKernel(done) ||
          done.invokedStep < killedAt(run, processOf(run, done.thread)) ||
          done.answer === undefined,
      ),
    { id: 'killed-threads-stay' },
  ),
  observes(
    'a process is recycled once, after it was killed',
    (run: Run) => {
      const recycled = callsOf(run, 'recycle').filter(({ answer }) => answer?.tag === 'ok');
      const kills = callsOf(run, 'kill');
      return recycled.every(
        ({ call: { process }, answeredStep = ever }, index) =>
          recycled.findIndex((other) => other.call.process === process) === index &&
          kills.some(({ call, invokedStep }) => call.process === process && invokedStep < answeredStep),
      );
    },
    { id: 'recycled-once' },
  ),
  observes(
    'on one core, who is to try again lets the others run before it does',
    (run: Run) => {
      if (run.program.cores > 1 || run.costs.interrupts > 0 || run.end !== 'quiescent') return true;
      return callsOf(run, 'call').every((done) => {
        if (done.call.attempts < 2 || !hasFailed(done, 'EIPCRETRY')) return true;
        const others = run.calls.filter(({ thread }) => thread !== done.thread);
        const steps = others.flatMap((other) => [other.invokedStep, end(other)]).filter((step) => step < ever);
        const isLast = run.calls.every(
          (other) => other.thread !== done.thread || other.invokedStep <= done.invokedStep,
        );
        if (!isLast || !steps.some((step) => step > end(done))) return true; // nobody could run
        return steps.some((step) => step > done.invokedStep && step < end(done));
      });
    },
    { id: 'lets-others-run' },
  ),
  observes(
    'between a client and its server no third thread runs, unless the scheduler has to be asked',
    (run: Run) =>
      run.traced.every(({ name, word, core }, index) => {
        if (name !== 'direct switch' || run.costs.interrupts > 0) return true;
        const next = run.traced.slice(index + 1).find((traced) => traced.core === core);
        return next === undefined || (next.name === 'resumed in space' && next.context === word);
      }),
    { ...fast, id: 'no-third-thread', checks: ['C0-048', 'C3-038'] },
  ),
  observes(
    'a thread that migrates or comes back is in its own address space',
    (run: Run) =>
      run.traced.every(({ name, context, word }) => name !== 'resumed in space' || word === processOf(run, context)),
    { ...fast, id: 'own-space', checks: ['C4-057'] },
  ),
  costs(
    'a call and its answer interrupt no other core',
    (run: Run) => !isFastPath(run) || run.costs.interProcessorInterrupts === 0,
    { ...fast, id: 'one-core-a-call', checks: ['C0-048'] },
  ),
]);
