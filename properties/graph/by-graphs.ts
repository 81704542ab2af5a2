import { explore } from '#model/engine/graph/explore.ts';
import type { GraphMemory } from '#model/engine/graph/program.ts';
import { textOf } from '#properties/graph/counts.ts';
import { asRoutines, type Drawn } from '#properties/graph/drawn.ts';

/** What exploring finds: complete executions, how many end in each final state, and how many graphs came again. */
export const byGraphs = (
  drawn: Drawn,
  memory: GraphMemory,
): { executions: number; states: Map<string, number>; repeated: number } => {
  const seen = new Set<string>();
  const states = new Map<string, number>();
  let repeated = 0;
  const { executions } = explore(asRoutines(drawn), memory, {
    isVerified: true,
    onExecution: (graph, endings) => {
      const text = textOf(graph);
      if (seen.has(text)) repeated++;
      seen.add(text);
      const memory = graph.mo.map(
        (writes, location) => graph.value[writes[(graph.moLengths[location] as number) - 1] as number],
      );
      const words = endings().map((ending) => (ending.tag === 'returned' ? ending.value : ending.why));
      const state = [...memory, ...words].join();
      states.set(state, (states.get(state) ?? 0) + 1);
    },
  });
  return { executions, states, repeated };
};
