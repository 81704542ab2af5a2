import { observes, suite } from '#model/claim.ts';
import { global } from '#model/sched/global.ts';
import { poolClaims, pooledAtBoot } from '#properties/sched/pool.claims.ts';
import { follow, has, placeOf, type Run } from '#properties/sched/replay.ts';

const isSteady = ({ program }: Run): boolean =>
  program.threads.flat().every(({ tag }) => tag !== 'setPriority' && tag !== 'setAffinity');

/** Whom a core takes from the queue, while nobody changes who may run where or how urgent anybody is. */
const mostUrgentFirst = (run: Run): boolean => {
  if (!isSteady(run)) return true;
  const queue = pooledAtBoot(run);
  return follow(run, ({ name, word }, { threads }) => {
    const { id, core } = placeOf(word);
    if (name === 'queue insert') queue.push(id);
    if (name !== 'queue remove') return true;
    const before = queue.splice(0).filter((other) => has(threads[other]?.mask ?? 0, core));
    queue.push(...before.filter((other) => other !== id));
    const urgency = threads[id]?.priority ?? 0;
    const first = before.find((other) => threads[other]?.priority === urgency);
    return first === id && before.every((other) => (threads[other]?.priority ?? 0) <= urgency);
  });
};

export default suite(global, [
  ...poolClaims,
  observes('whoever is taken from the queue is the most urgent, and of those the first that came', mostUrgentFirst, {
    id: 'most-urgent',
  }),
]);
