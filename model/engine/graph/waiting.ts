import { Kind } from '#impl/machine/ops.ts';
import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import type { Step, Threads } from '#model/engine/graph/threads.ts';
import { ended } from '#model/engine/graph/trie.ts';

/**
 * Which thread goes on where the first that can, `from`, is at an await: one that is not; else one whose await is met by
 * the last write; else that one. So few wait for what has not been written yet, only to be revisited when it is.
 */
export const leastWaiting = <Standing extends Step>(
  graph: ExecutionGraph,
  threads: Threads<Standing>,
  at: readonly Standing[],
  from: number,
): number => {
  let waiting = -1;
  for (let t = from; t < at.length; t++) {
    const step = at[t] as Standing;
    if (step.kind === ended) continue;
    if (step.kind !== Kind.awaitWord) return t;
    if (waiting < 0 && !threads.isInVain(step, lastWord(graph, step.address))) waiting = t;
  }
  return waiting < 0 ? from : waiting;
};

const lastWord = ({ mo, moLengths, value }: ExecutionGraph, location: number): number => {
  const last = (mo[location] as Int32Array)[(moLengths[location] as number) - 1] as number;
  return value[last] as number;
};
