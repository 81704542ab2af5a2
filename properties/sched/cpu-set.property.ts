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
import { cpuSet, type Parameters } from '#model/sched/cpu-set.ts';
import type { CpuSetAnswer } from '#spec/abi/sched/cpu-set.ts';
import type { PendingCall } from '#spec/sched/cpu-set.ts';

type Run = Observation<PendingCall, CpuSetAnswer, Parameters>;

/** What the kernel does for a thread that has a core from start to end: its own lock, as it retires. */
const readModifyWritesOfRetiring = 2;

/** The cores of all calls of this kind that exist. */
const cpusOf = ({ program }: Run, tag: 'set' | 'clear'): number[] =>
  program.threads
    .flat()
    .flatMap((call) => (call.tag === tag && call.cpu >= 0 && call.cpu < program.parameters.cpus ? [call.cpu] : []));

const isEverZeroed = ({ program }: Run): boolean => program.threads.flat().some(({ tag }) => tag === 'zero');

export default suite(cpuSet, [
  refines({ checks: ['C4-007'] }),
  linearizes({ checks: ['C4-007'] }),
  progress(),
  faultless(),
  ordering([], { variants: ['bitmap'] }),
  observes(
    'what is set and never cleared stays: whoever asks later is told so, and it is counted',
    (run: Run) => {
      const gone = cpusOf(run, 'clear');
      return run.calls.every((asked) => {
        if (isEverZeroed(run) || asked.answer === undefined) return true;
        const before = run.calls.filter(
          ({ answeredStep }) => answeredStep !== undefined && answeredStep <= asked.invokedStep,
        );
        const kept = new Set(
          before.flatMap(({ call }) =>
            call.tag === 'set' && cpusOf(run, 'set').includes(call.cpu) && !gone.includes(call.cpu) ? [call.cpu] : [],
          ),
        );
        if (asked.answer.tag === 'count') return asked.answer.count >= kept.size;
        return asked.answer.tag !== 'truth' || asked.answer.isSet || !('cpu' in asked.call && kept.has(asked.call.cpu));
      });
    },
    { id: 'stays', checks: ['C4-007'] },
  ),
  observes(
    'nothing is in it that nobody put there, and it is never counted higher than all that was ever set',
    (run: Run) =>
      run.calls.every(({ call, answer }) => {
        if (answer?.tag === 'count') return answer.count <= new Set(cpusOf(run, 'set')).size;
        return answer?.tag !== 'truth' || !answer.isSet || ('cpu' in call && cpusOf(run, 'set').includes(call.cpu));
      }),
    { id: 'only-what-was-set', checks: ['C4-007'] },
  ),
  costs(
    'who finds a bit as it should be writes nothing, and no lock is taken: one swap for each change',
    (run: Run) => {
      const active = run.program.threads.filter((calls) => calls.length > 0).length;
      if (active !== 1 || run.costs.interrupts > 0) return true;
      const members = new Set<number>();
      let changes = 0;
      for (const { call } of run.calls) {
        if (call.tag === 'zero') members.clear();
        if (call.tag === 'set' && cpusOf(run, 'set').includes(call.cpu) && !members.has(call.cpu)) {
          members.add(call.cpu);
          changes++;
        }
        if (call.tag === 'clear' && members.delete(call.cpu)) changes++;
      }
      return run.costs.readModifyWrites <= changes + readModifyWritesOfRetiring;
    },
    { id: 'no-lock', variants: ['bitmap'], isOfReference: true },
  ),
  sometimes(
    'members lie in more than one group',
    ({ members, groupCpus }) => members.some((cpu) => cpu < groupCpus) && members.some((cpu) => cpu >= groupCpus),
  ),
  sometimes('the last core is a member', ({ members, cpus }) => members.includes(cpus - 1)),
]);
