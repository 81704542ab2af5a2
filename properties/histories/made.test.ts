import { describe, expect, it } from 'vitest';
import { explain } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { explainsNaively } from '#properties/engine/naive.ts';
import { madeHistories } from '#properties/histories/made.ts';
import { suites } from '#properties/index.ts';

const variants = suites.flatMap(({ subject }) =>
  subject.variants.map(({ name }) => ({ id: subject.id, subject, name })),
);

describe.each(variants)('histories made by the spec of $id ($name), some with a wrong answer', ({ subject, name }) => {
  const made = madeHistories(subject, name, { count: 150, threads: 3, callsEach: 2 });

  it.each(['answers', 'answers and rest'] as const)(
    'are explained where a naive search explains them (%s)',
    (demand) => {
      const tally = { yes: 0, no: 0 };
      for (const [seed, one] of made.entries()) {
        const { variant, parameters, threads } = one.program;
        const initial = subject.initial(variant, parameters, threads.length, one.program.cores);
        const naive = explainsNaively({ initial, outcomes: subject.outcomes }, one, demand === 'answers and rest');
        const { tag } = explain(new SpecGraph(subject), name, one, demand);
        expect({ seed, tag }).toEqual({ seed, tag: naive ? 'explained' : 'unexplained' });
        tally[naive ? 'yes' : 'no']++;
      }
      const isAnswered = made.some(({ history }) => history.some(({ tag }) => tag === 'answer'));
      expect(Math.min(tally.yes, tally.no) > 2).toBe(isAnswered); // where all wait, nothing can be wrong
    },
  );

  it('are explained by steps that the spec can take', () => {
    for (const one of made) {
      const graph = new SpecGraph(subject);
      const found = explain(graph, name, one, 'answers and rest');
      if (found.tag === 'unexplained') continue;
      let { initial: state } = graph.program(name, one.program);
      const pending: (number | undefined)[] = [];
      const steps = [...found.steps];
      for (const [at, event] of one.history.entries()) {
        for (; steps[0] && steps[0].after < at; steps.shift()) {
          const { thread, state: next, isOver } = steps[0];
          const edges = graph.edges(state, thread, pending[thread] as number);
          const taken = edges.filter((edge) => edge.isLast === isOver && edge.state === next);
          expect(taken.length).toBeGreaterThan(0);
          pending[thread] = taken.length === 1 && !isOver ? taken[0]?.rest : undefined;
          state = next;
        }
        const { calls } = graph.program(name, one.program);
        if (event.tag === 'invoke') pending[event.thread] = calls[event.thread]?.[event.index];
        else expect(pending[event.thread]).toBeUndefined();
      }
    }
  });
});
