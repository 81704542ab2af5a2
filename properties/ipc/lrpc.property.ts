import { always, costs, faultless, linearizes, observes, progress, refines, sometimes, suite } from '#model/claim.ts';
import { lrpc } from '#model/ipc/lrpc.ts';
import {
  activeOf,
  areApart,
  areReturnsWhereCalled,
  areStepsInOrder,
  failuresOf,
  hasBody,
  isListOrderKept,
  isQuiet,
  isServed,
  type Run,
  timesTraced,
} from '#properties/ipc/lrpc.traces.ts';
import { addendMax } from '#spec/ipc/lrpc.call.ts';
import { budgetAtBootTicks, type Lrpc } from '#spec/ipc/lrpc.state.ts';

/** Whose calls are under way, once for each. */
const inCalls = ({ aStacks }: Lrpc): number[] => aStacks.flatMap(({ call }) => (call ? [call.thread] : []));

/** What is said of the tracepoints and costs of one of our implementations. */
const fast = { variants: ['lock-free'], isOfReference: true };

export default suite(lrpc, [
  refines({ checks: ['C3-031', 'C3-033', 'C3-035'] }),
  linearizes({ checks: ['C0-044', 'C0-045', 'C0-046', 'C3-033', 'C3-034'] }),
  progress(),
  faultless({ checks: ['C0-044'] }),

  always(
    'a linkage is marked only if that end of its binding has ended',
    ({ aStacks, bindings, domains }: Lrpc) =>
      aStacks.every(({ lost, binding }) => {
        const hasEnded = (domain: number | undefined): boolean => domains[domain ?? -1]?.isTerminated === true;
        const { client, server } = bindings[binding] ?? {};
        return (!lost.client || hasEnded(client)) && (!lost.server || hasEnded(server));
      }),
    { id: 'lost-with-its-domain' },
  ),
  always(
    'a captured thread keeps the A-stacks of its calls',
    ({ captured, aStacks }: Lrpc) =>
      captured.every(({ levels }) =>
        levels.every(({ aStack, isFromList }) => {
          const kept = aStacks[aStack];
          return kept?.call !== null && (!isFromList || kept?.isTaken === true);
        }),
      ),
    { id: 'captured-keeps' },
  ),
  sometimes('a thread is two calls deep', (state: Lrpc) =>
    inCalls(state).some((thread, index, all) => all.indexOf(thread) !== index),
  ),
  sometimes('two threads are in calls', (state: Lrpc) => new Set(inCalls(state)).size > 1),
  sometimes('a thread is captured', ({ captured }: Lrpc) => captured.length > 0),
  sometimes('a call is under way whose server has ended', ({ aStacks }: Lrpc) =>
    aStacks.some(({ call, lost }) => call !== null && lost.server),
  ),
  sometimes('a call is under way whose client has ended', ({ aStacks }: Lrpc) =>
    aStacks.some(({ call, lost }) => call !== null && lost.client),
  ),
  sometimes('an argument that no server takes lies on an A-stack in a call', ({ aStacks }: Lrpc) =>
    aStacks.some(({ argument, call }) => call !== null && argument > addendMax),
  ),

  observes(
    'what a server uses is what it has checked: its sum grows by no more than it lets a call add',
    (run: Run) => {
      const made = run.program.threads.flat();
      const isOther = hasBody(run, 'identify') || made.some((call) => call.tag === 'stomp' && call.offset === 1);
      const calls = made.filter(({ tag }) => tag === 'call').length;
      return isOther || run.calls.every(({ answer }) => answer?.tag !== 'result' || answer.word <= addendMax * calls);
    },
    { id: 'checked-is-used', checks: ['C0-044'] },
  ),
  observes(
    'a thread keeps its priority, comes back to its own authority, and its time slice is less by what it has spent elsewhere',
    (run: Run) =>
      run.calls.every(({ thread, answer }, index) => {
        if (answer?.tag !== 'identity') return true;
        const { authority, priority, budgetTicks } = answer.identity;
        const own = run.program.parameters.threads[thread];
        const spent = run.calls.slice(0, index).filter((done) => done.thread === thread && isServed(done)).length;
        return (
          authority === own?.home && priority === own.priority && budgetTicks <= Math.max(0, budgetAtBootTicks - spent)
        );
      }),
    { id: 'slice-is-lent', checks: ['C0-040', 'C0-042', 'C3-029'] },
  ),
  observes(
    'nothing fails without a cause: neither a call whose server lives, nor one whose A-stack is its own, nor one that nobody gave up',
    (run: Run) => {
      const made = run.program.threads.flat();
      const mayEnd = hasBody(run, 'crash') || made.some(({ tag }) => tag === 'terminate' || tag === 'stomp');
      const isChosen = made.some((call) => call.tag === 'call' && call.aStack !== null);
      const isGivenUp = made.some(({ tag }) => tag === 'abort');
      return failuresOf(run).every((errno) => {
        if (errno === 'ECALLFAILED' || errno === 'ESTALE') return mayEnd;
        if (errno === 'EBUSY') return isChosen;
        return errno === 'ECALLABORTED' ? isGivenUp : errno !== 'EACCES';
      });
    },
    { id: 'fails-with-cause' },
  ),
  observes('the kernel goes through its nine steps in their order, up to the first that fails', areStepsInOrder, {
    ...fast,
    id: 'nine-steps',
    checks: ['C0-046', 'C3-034', 'C3-035'],
  }),
  observes(
    'an A-stack is in one call at a time',
    (run: Run) => areApart(run, 'step 4: saves where to return', 'pops the linkage'),
    { ...fast, id: 'one-call-per-a-stack' },
  ),
  observes(
    'an E-stack has one call on it at a time',
    (run: Run) => areApart(run, 'step 7: takes up its stack', 'leaves its stack'),
    { ...fast, id: 'one-call-per-e-stack' },
  ),
  observes('each thread returns by the frame that its call has pushed, and by none twice', areReturnsWhereCalled, {
    ...fast,
    id: 'returns-where-called',
    checks: ['C0-041', 'C0-044', 'C3-033'],
  }),
  observes('the A-stack that was given back last is taken first', isListOrderKept, {
    ...fast,
    id: 'last-in-first-out',
    checks: ['C3-031'],
  }),
  costs('the kernel copies nothing of arguments or results', ({ costs: spent }: Run) => spent.copies === 0, {
    id: 'no-kernel-copies',
    checks: ['C0-043', 'C3-030', 'C3-032', 'C4-049', 'C4-051'],
    isOfReference: true,
  }),
  costs(
    'a call switches the address space once each way, and no thread; nothing is dispatched, and no core interrupted',
    (run: Run) => {
      const { program, costs: spent } = run;
      const entered = timesTraced(run, 'step 8: takes up its address space');
      return (
        !isQuiet(run) ||
        hasBody(run, 'hold') ||
        (spent.spaceSwitches <= activeOf(run) + 2 * entered &&
          spent.interProcessorInterrupts === 0 &&
          spent.resumed.slice(0, program.threads.length).every((times) => times === 0))
      );
    },
    { ...fast, id: 'migrates', checks: ['C0-038', 'C0-039', 'C0-041', 'C3-028', 'C3-029', 'C4-048', 'C4-049'] },
  ),
  costs(
    'a call takes one lock, that of its A-stacks, there and back, and writes no word that all callers share',
    (run: Run) => {
      const isAlone =
        isQuiet(run) && activeOf(run) === 1 && run.program.threads.flat().every(({ tag }) => tag === 'call');
      const entered = timesTraced(run, 'step 8: takes up its address space');
      const taken = timesTraced(run, 'A-stack taken');
      const claimed = timesTraced(run, 'step 3: claims the linkage');
      const retires = 2;
      return (
        !isAlone || hasBody(run, 'crash') || run.costs.readModifyWrites <= 4 * taken + claimed + 3 * entered + retires
      );
    },
    { ...fast, id: 'takes-one-lock', checks: ['C4-053'] },
  ),
]);
