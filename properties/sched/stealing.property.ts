import { observes, ordering, suite } from '#model/claim.ts';
import { stealing } from '#model/sched/stealing.ts';
import { poolClaims, pooledAtBoot } from '#properties/sched/pool.claims.ts';
import { follow, placeOf, type Run } from '#properties/sched/replay.ts';
import type { ThreadId } from '#spec/abi.ts';

/** The deque of each core at boot: those that wait for a core are dealt in turn. */
const dequesAtBoot = (run: Run): ThreadId[][] => {
  const { cores } = run.program;
  return Array.from({ length: cores }, (_, core) => pooledAtBoot(run).filter((_id, turn) => turn % cores === core));
};

/** A thread is taken from another core's queues only by a core whose own deque is empty; only the core itself fills that. */
const stealsWhenIdle = (run: Run): boolean => {
  const deques = dequesAtBoot(run);
  return follow(run, ({ name, word }) => {
    const { id, core } = placeOf(word);
    if (name === 'queue insert') deques[core]?.push(id);
    if (name === 'queue remove') {
      const deque = deques[core] ?? [];
      if (deque.includes(id)) deque.splice(deque.indexOf(id), 1);
    }
    return name !== 'stolen' || deques[core]?.length === 0;
  });
};

export default suite(stealing, [
  ...poolClaims,
  ordering(['pool']),
  observes('a core takes from others only when its own deque is empty', stealsWhenIdle, {
    id: 'own-first',
    checks: ['C4-003', 'C4-005'],
  }),
]);
