import * as fc from 'fast-check';
import type { HistoryEvent } from '#model/engine/explore/execution.ts';
import { below, randomFrom } from '#model/engine/explore/random.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { after } from '#spec/outcome.ts';

/** A history that a spec itself has made, or one with an answer that is another's. */
export interface Made {
  readonly program: Program;
  readonly history: readonly HistoryEvent[];
}

/** How many histories are made, of how many threads with how many calls each. */
interface Shape {
  readonly count: number;
  readonly threads: number;
  readonly callsEach: number;
}

/** What a thread is in: a call or the rest of one, or one that is over and not yet answered. */
type Pending = { readonly call: AnyCall } | { readonly answer: unknown } | undefined;

/** Histories of calls such as the subject draws for sequences; always the same ones. */
export const madeHistories = (subject: Subject, variant: string, { count, threads, callsEach }: Shape): Made[] => {
  const { parameters, calls } = subject.sequences(variant);
  const [chosen] = fc.sample(parameters, { seed: 1, numRuns: 1 });
  const drawn = fc.sample(calls, { seed: 1, numRuns: count * threads * callsEach });
  return Array.from({ length: count }, (_, i) => {
    const own = drawn.slice(i * threads * callsEach, (i + 1) * threads * callsEach).map(({ call }) => call);
    const ofThreads = Array.from({ length: threads }, (__, t) => own.slice(t * callsEach, (t + 1) * callsEach));
    return make(subject, { variant, parameters: chosen, cores: 1, threads: ofThreads }, i);
  });
};

/** Lets the spec run a program, all at random, until nobody can go on. Every third history then gets a wrong answer. */
const make = (subject: Subject, program: Program, seed: number): Made => {
  const random = randomFrom(seed);
  const history: HistoryEvent[] = [];
  const { length } = program.threads;
  const pending = new Array<Pending>(length).fill(undefined);
  const begun = new Array<number>(length).fill(0);
  let state = subject.initial(program.variant, program.parameters, length, program.cores);
  for (let idle = 0; idle < 200; ) {
    const thread = below(random, length);
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
