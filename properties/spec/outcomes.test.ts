import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { below, randomFrom } from '#model/engine/explore/random.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { isNight, variants } from '#properties/by-day.ts';
import { suites } from '#properties/index.ts';
import { type Outcome, returns, after as stateAfter } from '#spec/outcome.ts';

/** Every spec, along random walks of its own generated calls. No subject is named here. */

type Step = Outcome<unknown, AnyCall, unknown>;

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
};

/** An outcome without its recipe: what two calls of a pure function must agree on. */
const shown = (outcomes: readonly Step[]): unknown[] =>
  outcomes.map((outcome) => (outcome.tag === 'returns' ? ['returns', outcome.answer] : ['continues', outcome.rest]));

/** Told of each step of a walk: where it was, who moved with which call, all that could be done, what was chosen. */
type Look = (
  state: unknown,
  thread: number,
  call: AnyCall,
  outcomes: readonly Step[],
  chosen: Step | undefined,
) => void;

/**
 * Walks the spec at random: each thread makes its calls in order, and any of what a pending call may do is done next.
 * Gives the number of transitions.
 */
const walk = (subject: Subject, variant: string, program: Program, seed: number, look: Look): number => {
  const random = randomFrom(seed);
  const left = program.threads.map((calls) => [...calls]);
  let state = frozen(subject.initial(variant, program.parameters, program.threads.length, program.cores));
  let transitions = 0;
  for (let tries = 0; tries < 60; tries++) {
    const thread = below(random, left.length);
    const call = left[thread]?.[0];
    if (!call) continue;
    const outcomes = subject.outcomes(state, thread, frozen(call));
    const chosen = outcomes[below(random, Math.max(outcomes.length, 1))];
    look(state, thread, call, outcomes, chosen);
    if (!chosen) continue;
    transitions++;
    state = frozen(stateAfter(state, chosen));
    (left[thread] as AnyCall[]).splice(0, 1, ...(chosen.tag === 'continues' ? [chosen.rest] : []));
  }
  return transitions;
};

const programsEach = isNight ? 250 : 80;

/** Walks of many programs of all sizes. */
const walkAll = (subject: Subject, variant: string, look: Look): number => {
  let transitions = 0;
  for (const size of [
    { threads: 2, calls: 4 },
    { threads: 3, calls: 3 },
    { threads: 4, calls: 4 },
  ]) {
    const programs = fc.sample(subject.programs(variant, size), { seed: 11, numRuns: programsEach });
    for (const [seed, program] of programs.entries()) {
      transitions += walk(subject, variant, program, seed, look);
    }
  }
  return transitions;
};

describe.each(variants)('the spec of $id ($name)', ({ subject, name }) => {
  it('gives the same outcomes each time, and changes nothing by being asked', () => {
    const transitions = walkAll(subject, name, (state, thread, call, outcomes) => {
      expect(Array.isArray(outcomes)).toBe(true);
      const again = subject.outcomes(state, thread, call); // state and call are frozen: a change would have thrown
      if (!isDeepStrictEqual(shown(again), shown(outcomes))) expect(shown(again)).toEqual(shown(outcomes));
    });
    expect(transitions).toBeGreaterThan(3 * programsEach);
  });

  it.runIf(subject.areCallersAlike)('has the same outcomes for whoever calls, as it says', () => {
    const transitions = walkAll(subject, name, (state, thread, call, outcomes) => {
      const told = [thread, thread + 1].map((caller) => {
        const own = caller === thread ? outcomes : subject.outcomes(state, caller, call);
        return [shown(own), own.map((outcome) => stateAfter(state, outcome))];
      });
      if (!isDeepStrictEqual(told[1], told[0])) expect(told[1]).toEqual(told[0]);
    });
    expect(transitions).toBeGreaterThan(3 * programsEach);
  });

  it('makes the same step by a draft, by its recipe on an object of its own, and as an edge of the graph', () => {
    const graph = new SpecGraph(subject);
    const transitions = walkAll(subject, name, (state, thread, call, outcomes) => {
      const edges = graph.edges(graph.states.number(state), thread, graph.calls.number(call));
      expect(edges.length).toBe(outcomes.length);
      for (const [index, outcome] of outcomes.entries()) {
        const byDraft = stateAfter(state, outcome);
        const scratch = structuredClone(state);
        outcome.then(scratch);
        const edge = edges[index] as (typeof edges)[number];
        const byEdge = graph.states.value(edge.state);
        const result = outcome.tag === 'returns' ? graph.answers.value(edge.answer) : graph.calls.value(edge.rest);
        const expected = outcome.tag === 'returns' ? outcome.answer : outcome.rest;
        const isSame =
          isDeepStrictEqual(scratch, byDraft) &&
          isDeepStrictEqual(byEdge, byDraft) &&
          isDeepStrictEqual(result, expected);
        if (!isSame)
          expect({ scratch, byEdge, result }).toEqual({ scratch: byDraft, byEdge: byDraft, result: expected });
      }
    });
    expect(transitions).toBeGreaterThan(3 * programsEach);
  });

  it('has states, calls and answers that are plain data', () => {
    walkAll(subject, name, (state, _thread, call, _outcomes, chosen) => {
      const values = [state, call, chosen?.tag === 'returns' ? chosen.answer : null];
      const copy = JSON.parse(JSON.stringify(values));
      if (!isDeepStrictEqual(copy, values)) expect(copy).toEqual(values);
    });
  });

  it('draws nothing twice under another name: equal calls are written alike', () => {
    const texts = new Map<string, string>();
    walkAll(subject, name, (_state, _thread, call) => {
      const sorted = JSON.stringify(Object.entries(call).toSorted(([a], [b]) => (a < b ? -1 : 1)));
      const text = JSON.stringify(call);
      expect(texts.get(sorted) ?? text).toBe(text);
      texts.set(sorted, text);
    });
  });
});

describe('these checks', () => {
  const broken = (outcomes: Subject['outcomes']): Subject =>
    ({ ...(suites[0]?.subject as Subject), initial: () => ({ count: 0 }), outcomes }) as Subject;
  const none = { variant: '', parameters: null, cores: 1, threads: [[{ tag: 'call' }]] };

  it('notice a spec that changes its state while it is asked', () => {
    const impure = broken((state) => {
      (state as { count: number }).count++;
      return [];
    });
    expect(() => walk(impure, '', none, 1, () => {})).toThrow(TypeError);
  });

  it('notice a recipe that depends on more than its state', () => {
    let calls = 0;
    const moody = broken(() =>
      returns(0, (draft) => {
        (draft as { count: number }).count = ++calls;
      }),
    );
    const seen: boolean[] = [];
    walk(moody, '', none, 1, (state, _thread, _call, [outcome]) => {
      const scratch = structuredClone(state);
      outcome?.then(scratch);
      seen.push(isDeepStrictEqual(scratch, outcome && stateAfter(state, outcome)));
    });
    expect(seen).toEqual([false]);
  });
});
