import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import { explore } from '#model/engine/graph/explore.ts';
import type { GraphMemory } from '#model/engine/graph/program.ts';
import { asRoutines, type Drawn } from '#properties/graph/drawn.ts';

/** All that makes a graph what it is, as text: each event of each thread, whom it reads from, and mo. */
export const textOf = (graph: ExecutionGraph): string => {
  const nameOf = (event: number): string => `${graph.thread[event]}.${graph.index[event]}`;
  const threads = Array.from({ length: graph.threads }, (_, thread) => {
    const events = Array.from({ length: graph.lengths[thread] as number }, (_, index) => {
      const event = graph.sequence[thread * graph.stride + index] as number;
      const [kind, location, value, order] = [graph.kind, graph.location, graph.value, graph.order].map(
        (of) => of[event],
      );
      const source = (kind as number) & 1 ? nameOf(graph.source[event] as number) : '';
      return [kind, location, value, order, source].join(' ');
    });
    return events.join();
  });
  const mo = graph.mo.map((writes, location) => [...writes.slice(0, graph.moLengths[location])].map(nameOf).join());
  return [...threads, ...mo].join('|');
};

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
