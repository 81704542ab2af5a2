import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import { explore } from '#model/engine/graph/explore.ts';
import type { GraphMemory } from '#model/engine/graph/program.ts';
import type { Named } from '#properties/graph/named.ts';

/** All that makes a graph what it is, as text: the events of each thread, whom each reads from, and mo. */
export const textOf = (graph: ExecutionGraph): string => {
  const nameOf = (event: number): string => `${graph.thread[event]}.${graph.index[event]}`;
  const threads = Array.from({ length: graph.threads }, (_, thread) => {
    const from = thread * graph.stride;
    const events = [...graph.sequence.subarray(from, from + (graph.lengths[thread] as number))];
    return events.map((event) => {
      const about = [graph.kind, graph.location, graph.value, graph.order].map((of) => of[event]);
      const source = graph.isRead(event) ? nameOf(graph.source[event] as number) : '';
      return [...about, source].join(' ');
    });
  });
  const mo = graph.mo.map((writes, location) => [...writes.subarray(0, graph.moLengths[location])].map(nameOf));
  return [...threads, ...mo].join('|');
};

/** What differs from what is expected: a count, or a graph that came twice, which is looked for among so many. */
export const differencesOf = ({ program, executions }: Named, keptMax: number): string[] =>
  (Object.entries(executions) as [GraphMemory, number][]).flatMap(([memory, expected]) => {
    const seen = new Set<string>();
    let repeated = 0;
    const onExecution = (graph: ExecutionGraph): void => {
      const text = textOf(graph);
      if (seen.has(text)) repeated++;
      seen.add(text);
    };
    const found = explore(program, memory, expected <= keptMax ? { onExecution } : {});
    const title = `${program.name} of ${program.threads.length} threads under ${memory}`;
    return [
      ...(found.executions === expected ? [] : [`${title}: ${found.executions} executions, expected ${expected}`]),
      ...(repeated === 0 ? [] : [`${title}: ${repeated} graphs came twice`]),
    ];
  });
