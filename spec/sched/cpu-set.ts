/**
 * A set of cores, as affinity masks are and the sets of those who must be told of something.
 *
 * It may be larger than what a machine reads or writes at once. So there are groups of cores, and of `zero` and `count`
 * one group is one step: others may set and clear in between. All else is about one core, and so one step.
 *
 * Sources: CPU_SET(3); glibc posix/bits/cpu-set.h; Linux include/linux/cpumask.h, where those that change one bit are
 * atomic and those that go over all are not.
 */
import { match } from 'ts-pattern';
import type { Cpu, CpuSetAnswer, CpuSetCall } from '#spec/abi/sched/cpu-set.ts';
import { continues, type Outcome, returns } from '#spec/outcome.ts';

/** Of the cores 0 to `cpus` - 1, those that are members, the smallest first. */
export interface CpuSet {
  cpus: number;
  /** How many cores make a group. */
  groupCpus: number;
  members: Cpu[];
}

/** What remains of a call that has dealt with the groups before this one. */
export interface RestOfZero {
  readonly tag: 'rest of zero';
  readonly group: number;
}

export interface RestOfCount {
  readonly tag: 'rest of count';
  readonly group: number;
  readonly counted: number;
}

export type PendingCall = CpuSetCall | RestOfZero | RestOfCount;

type Outcomes = readonly Outcome<CpuSet, PendingCall, CpuSetAnswer>[];

/** The set at boot: it has no members. */
export const initial = (cpus: number, groupCpus: number): CpuSet => ({ cpus, groupCpus, members: [] });

/** What `call` may do now. Total: every call has one outcome in every state, so nobody ever waits. */
export const outcomes = (state: CpuSet, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'zero' }, () => zero(state, 0))
    .with({ tag: 'rest of zero' }, ({ group }) => zero(state, group))
    .with({ tag: 'set' }, ({ cpu }) => set(state, cpu))
    .with({ tag: 'clear' }, ({ cpu }) => clear(cpu))
    .with({ tag: 'isSet' }, ({ cpu }) => isSet(state, cpu))
    .with({ tag: 'count' }, () => count(state, 0, 0))
    .with({ tag: 'rest of count' }, ({ group, counted }) => count(state, group, counted))
    .exhaustive();

const groupOf = ({ groupCpus }: CpuSet, cpu: Cpu): number => Math.floor(cpu / groupCpus);

const isLast = ({ cpus, groupCpus }: CpuSet, group: number): boolean => (group + 1) * groupCpus >= cpus;

/** Removes all members of a group, and goes on to the next. Source: CPU_SET(3), CPU_ZERO. */
const zero = (state: CpuSet, group: number): Outcomes => {
  const removeGroup = (draft: CpuSet): void => {
    draft.members = draft.members.filter((cpu) => groupOf(draft, cpu) !== group);
  };
  return isLast(state, group)
    ? returns({ tag: 'ok' }, removeGroup)
    : continues({ tag: 'rest of zero', group: group + 1 }, removeGroup);
};

/** Makes a core a member, if there is such a core. Source: CPU_SET(3), CPU_SET; glibc, which ignores any other. */
const set = ({ cpus, members }: CpuSet, cpu: Cpu): Outcomes => {
  if (cpu < 0 || cpu >= cpus || members.includes(cpu)) return returns({ tag: 'ok' });
  return returns({ tag: 'ok' }, (draft) => {
    draft.members = [...draft.members, cpu].sort((a, b) => a - b);
  });
};

/** Makes a core no member. Source: CPU_SET(3), CPU_CLR. */
const clear = (cpu: Cpu): Outcomes =>
  returns({ tag: 'ok' }, (draft) => {
    draft.members = draft.members.filter((member) => member !== cpu);
  });

/** Whether a core is a member. Source: CPU_SET(3), CPU_ISSET. */
const isSet = ({ members }: CpuSet, cpu: Cpu): Outcomes => returns({ tag: 'truth', isSet: members.includes(cpu) });

/** Counts the members of a group, and goes on to the next. Source: CPU_SET(3), CPU_COUNT. */
const count = (state: CpuSet, group: number, counted: number): Outcomes => {
  const total = counted + state.members.filter((cpu) => groupOf(state, cpu) === group).length;
  return isLast(state, group)
    ? returns({ tag: 'count', count: total })
    : continues({ tag: 'rest of count', group: group + 1, counted: total });
};

/** Whether what is left of a call may still end with this answer: what has been counted is not taken back. */
export const mayEnd = (rest: PendingCall, answer: CpuSetAnswer): boolean => {
  if (rest.tag === 'count') return answer.tag === 'count';
  if (rest.tag === 'rest of count') return answer.tag === 'count' && answer.count >= rest.counted;
  return answer.tag === (rest.tag === 'isSet' ? 'truth' : 'ok');
};
