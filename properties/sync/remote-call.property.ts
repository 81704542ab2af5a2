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
import { type Parameters, remoteCall } from '#model/sync/remote-call.ts';
import type { RemoteAnswer } from '#spec/abi/sync/remote-call.ts';
import type { PendingCall } from '#spec/sync/remote-call.ts';

type Run = Observation<PendingCall, RemoteAnswer, Parameters>;

/** How many of the cores of a mask there are. */
const asked = ({ program }: Run, mask: number): number =>
  Array.from({ length: program.cores }, (_, core) => (mask >> core) & 1).reduce((sum, bit) => sum + bit, 0);

/** How many cores a caller has to interrupt: all that it asks, but one if it asks all, for that is its own. */
const interrupted = (run: Run, { cores }: PendingCall): number =>
  asked(run, cores) - (asked(run, cores) === run.program.cores ? 1 : 0);

const isQuiet = ({ program, costs: spent }: Run): boolean =>
  spent.interrupts === 0 && program.threads.filter((calls) => calls.length > 0).length <= program.cores;

/** Visible micro-ops that a thread may take for each call of anybody, each timer interrupt and each time it is resumed. */
const stepsPerCall = 60;

export default suite(remoteCall, [
  refines(),
  linearizes(),
  progress(),
  faultless(),
  ordering(),
  observes(
    'a caller goes on only when all have done what it asked: who asks the same cores later finds it',
    (run: Run) =>
      run.calls.every((later) => {
        if (later.answer === undefined) return true;
        const before = run.calls.filter(
          ({ call, answeredStep }) =>
            answeredStep !== undefined && answeredStep <= later.invokedStep && call.counter === later.call.counter,
        );
        const found = before.map(({ call }) => call.amount * asked(run, call.cores & later.call.cores));
        return later.answer >= found.reduce((sum, each) => sum + each, 0);
      }),
    { id: 'waits-for-all' },
  ),
  observes(
    'nobody does more than was asked: no core finds more in a counter than all have asked it to add',
    (run: Run) =>
      run.calls.every(({ call, answer, answeredStep }) => {
        const all = run.calls.filter(
          (other) => other.invokedStep <= (answeredStep ?? 0) && other.call.counter === call.counter,
        );
        const most = all.map((other) => other.call.amount * asked(run, other.call.cores & call.cores));
        const own = call.amount * asked(run, call.cores);
        return answer === undefined || answer <= most.reduce((sum, each) => sum + each, 0) - own;
      }),
    { id: 'once-each' },
  ),
  costs(
    'a core is interrupted once for each request, and none for its own',
    (run: Run) =>
      !isQuiet(run) ||
      run.costs.interProcessorInterrupts <=
        run.program.threads.flat().reduce((sum, call) => sum + interrupted(run, call), 0),
    { id: 'one-interrupt-each', isOfReference: true },
  ),
  costs(
    'whoever waits takes no steps: they grow with what is asked, not with how long it takes',
    ({ program, costs: spent }: Run) => {
      const asked = program.threads.flat().length;
      return program.threads.every(
        (_, thread) =>
          (spent.microOps[thread] ?? 0) <= stepsPerCall * (asked + spent.interrupts + (spent.resumed[thread] ?? 0) + 1),
      );
    },
    { id: 'no-busy-waiting', isOfReference: true },
  ),
  sometimes(
    'one core has done what another asked, and a third has not',
    ({ cores }) => cores.some(([first]) => first === 0) && cores.filter(([first]) => first !== 0).length > 0,
  ),
]);
