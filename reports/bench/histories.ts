import { explain } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { Subject } from '#model/subject.ts';
import { madeHistories } from '#properties/histories/made.ts';
import type { Contender } from '#reports/bench/measure.ts';

/** Of a spec whose calls wait, have parts and choices. */
const shape = { count: 200, threads: 8, callsEach: 5 };

/** Histories judged per second: with nothing known of the spec at first; or all by one graph of it. */
export const historyContenders = (subject: Subject, variant: string): Contender[] => {
  const made = madeHistories(subject, variant, shape);
  const judgeAll = (graphOf: () => SpecGraph): number => {
    for (const one of made) explain(graphOf(), variant, one, 'answers and rest');
    return made.length;
  };
  return [
    {
      name: 'judged, the spec computed anew for each',
      run: () => judgeAll(() => new SpecGraph(subject)),
    },
    {
      name: 'judged, the spec computed once',
      run: () => {
        const graph = new SpecGraph(subject);
        return judgeAll(() => graph);
      },
    },
  ];
};
