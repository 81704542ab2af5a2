import * as fc from 'fast-check';
import type { HistoryEvent } from '#model/engine/explore/execution.ts';
import { below, randomFrom } from '#model/engine/explore/random.ts';
import { explain } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import type { Contender } from '#reports/bench/measure.ts';
import { after } from '#spec/outcome.ts';

const processes = 8;
const callsEach = 5;

/** A history that the spec itself has made, or one that it cannot have made. */
interface Made {
  readonly program: Program;
  readonly history: readonly HistoryEvent[];
}

/** What a process is in: a call or the rest of one, or one that is over and not yet answered. */
type Pending = { readonly call: AnyCall } | { readonly answer: unknown } | undefined;

/** Lets the spec run a program, all at random, until nobody can go on. Every third history then gets a wrong answer. */
const make = (subject: Subject, program: Program, seed: number): Made => {
  const random = randomFrom(seed);
  const history: HistoryEvent[] = [];
  const pending = new Array<Pending>(processes).fill(undefined);
  const begun = new Array<number>(processes).fill(0);
  let state = subject.initial(program.variant, program.parameters, processes);
  for (let idle = 0; idle < 200; ) {
    const thread = below(random, processes);
    const index = begun[thread] as number;
    const one = pending[thread];
    idle++;
    if (!one) {
      const call = program.threads[thread]?.[index];
      if (!call) continue;
      pending[thread] = { call };
      begun[thread] = index + 1;
      history.push({ tag: 'invoke', thread, index, step: history.length });
    } else if ('call' in one) {
      const outcomes = subject.outcomes(state, thread, one.call);
      const outcome = outcomes[below(random, Math.max(outcomes.length, 1))];
      if (!outcome) continue;
      state = after(state, outcome);
      pending[thread] = outcome.tag === 'returns' ? { answer: outcome.answer } : { call: outcome.rest };
    } else {
      pending[thread] = undefined;
      history.push({ tag: 'answer', thread, index: index - 1, step: history.length, answer: one.answer });
    }
    idle = 0;
  }
  return { program, history: seed % 3 === 0 ? withWrongAnswer(history, random) : history };
};

/** One answer in the place of another, somewhere in the second half. */
const withWrongAnswer = (history: readonly HistoryEvent[], random: ReturnType<typeof randomFrom>): HistoryEvent[] => {
  const answers = history.filter((event) => event.tag === 'answer');
  const late = answers.slice(answers.length >> 1);
  const wrong = late[below(random, Math.max(late.length, 1))];
  const other = answers[below(random, Math.max(answers.length, 1))];
  return history.map((event) => (event === wrong && other ? { ...event, answer: other.answer } : event));
};

/** Histories of eight processes with five calls each, of a spec whose calls wait, have parts and choices. */
const histories = (subject: Subject, variant: string, count: number): Made[] => {
  const { parameters, calls } = subject.sequences(variant);
  const [chosen] = fc.sample(parameters, { seed: 1, numRuns: 1 });
  const drawn = fc.sample(calls, { seed: 1, numRuns: count * processes * callsEach });
  return Array.from({ length: count }, (_, i) => {
    const own = drawn.slice(i * processes * callsEach, (i + 1) * processes * callsEach).map(({ call }) => call);
    const threads = Array.from({ length: processes }, (_, t) => own.slice(t * callsEach, (t + 1) * callsEach));
    return make(subject, { variant, parameters: chosen, cores: 1, threads }, i);
  });
};

/** Histories judged per second: with nothing known of the spec at first; or all by one graph of it. */
export const historyContenders = (subject: Subject, variant: string): Contender[] => {
  const made = histories(subject, variant, 200);
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
