import { describe, expect, it } from 'vitest';
import { explain } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { isNight, variants } from '#properties/by-day.ts';
import { explainsNaively } from '#properties/engine/naive.ts';
import { madeHistories } from '#properties/histories/made.ts';

const count = isNight ? 150 : 90;

describe.each(variants)('histories made by the spec of $id ($name), some with a wrong answer', ({ subject, name }) => {
  const made = madeHistories(subject, name, { count, threads: 3, callsEach: 2 });

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
      const { initial, calls } = graph.program(name, one.program);
      let state = initial;
      // What is left of each thread's call, or its answer: one of these, as several edges may lead to one state.
      const rests: number[][] = [];
      const answers: number[][] = [];
      const steps = [...found.steps];
      for (const [at, event] of one.history.entries()) {
        for (; steps[0] && steps[0].after < at; steps.shift()) {
          const { thread, state: next, isOver } = steps[0];
          const edges = (rests[thread] ?? []).flatMap((rest) => graph.edges(state, thread, rest));
          const taken = edges.filter((edge) => edge.isLast === isOver && edge.state === next);
          expect(taken.length).toBeGreaterThan(0);
          rests[thread] = isOver ? [] : taken.map(({ rest }) => rest);
          answers[thread] = isOver ? taken.map(({ answer }) => answer) : [];
          state = next;
        }
        if (event.tag === 'invoke') rests[event.thread] = [calls[event.thread]?.[event.index] as number];
        else expect(answers[event.thread]).toContain(graph.answers.numberOf(event.answer));
      }
    }
  });
});
