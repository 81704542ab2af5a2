import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { explain } from '#model/engine/refine/concurrent.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall } from '#model/subject.ts';
import { type Line, type Written, written } from '#properties/engine/naive.ts';
import { subjectOf, type Tiny } from '#properties/engine/tiny.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/**
 * Histories that others made, with verdicts that others gave: the linearizer must agree with every one. They are not
 * part of this repository; where they are not, nothing is tested here.
 */
const folder = new URL('../../../shared/data/histories/', import.meta.url);

interface Event {
  readonly process: number;
  readonly op: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f: string;
  readonly key?: string | number;
  readonly value: unknown;
}

interface Told {
  readonly name: string;
  readonly model: string;
  readonly init: unknown;
  readonly semantics: { readonly readNull?: string };
  readonly expected: { readonly linearizable: boolean };
  readonly history: readonly Event[];
}

interface Call extends AnyCall {
  readonly value: unknown;
}

type Outcomes<State> = readonly Outcome<State, Call, unknown>[];

const tiny = <State>(initial: State, outcomes: (state: State, call: Call) => Outcomes<State>): Tiny<State, Call> => ({
  initial,
  outcomes: (state, _caller, call) => outcomes(state, call),
});

/** A list in which the next to leave is chosen by `next`, -1 if there is none; what enters is answered null. */
const list = (next: (values: readonly number[]) => number) =>
  tiny({ values: [] as number[] }, ({ values }, { tag, value }) => {
    if (tag === 'insert' || tag === 'enq' || tag === 'push') {
      return returns(null, (draft) => {
        draft.values.push(value as number);
      });
    }
    const at = next(values);
    return returns(values[at] ?? -1, (draft) => {
      if (tag !== 'peek') draft.values.splice(at, at < 0 ? 0 : 1);
    });
  });

const set = tiny({ members: [] as number[] }, ({ members }, { tag, value }) => {
  const member = value as number;
  const isMember = members.includes(member);
  if (tag === 'contains') return returns(isMember ? 1 : 0);
  const isChanged = (tag === 'insert') !== isMember;
  return returns(isChanged ? 1 : 0, (draft) => {
    const others = draft.members.filter((other) => other !== member);
    draft.members = tag === 'insert' ? [...others, member].toSorted((a, b) => a - b) : others;
  });
});

const semaphore = tiny({ count: 0 }, ({ count }, { tag }) => {
  if (tag === 'decr' && count === 0) return returns(0);
  return returns(1, (draft) => {
    draft.count += tag === 'incr' ? 1 : -1;
  });
});

const register = (initial: unknown) =>
  tiny({ value: initial }, (state, { tag, value }) => {
    const set = (to: unknown) => (draft: { value: unknown }) => {
      draft.value = to;
    };
    switch (tag) {
      case 'read':
      case 'get':
        return returns(state.value);
      case 'append':
        return returns(null, set(`${state.value}${value}`));
      case 'cas': {
        const [from, to] = value as [unknown, unknown];
        return from === state.value ? returns(true, set(to)) : returns(false);
      }
      default:
        return returns(null, set(value));
    }
  });

/** Reads the value that it is given and answers the one that it writes in its place, which may be any. */
const readModifyWrite = tiny({ value: 0 }, (state, { value }) =>
  state.value !== value
    ? []
    : [0, 1, 2, 3].flatMap((next) =>
        returns(next, (draft: { value: number }) => {
          draft.value = next;
        }),
      ),
);

const mutex = tiny({ isHeld: false }, ({ isHeld }, { tag }) => {
  if (isHeld === (tag === 'acquire')) return [];
  return returns(null, (draft) => {
    draft.isHeld = !isHeld;
  });
});

const largest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** A model that several histories share, or one of their own where they begin with a value. */
const modelOf = ({ model, init }: Told): Tiny<never, Call> | undefined => {
  const models: Readonly<Record<string, unknown>> = {
    priorityqueue: list(largest),
    queue: list((values) => (values.length === 0 ? -1 : 0)),
    stack: list((values) => values.length - 1),
    set,
    semaphore,
    rmw: readModifyWrite,
    'cas-register': register(init),
    'kv-append': register(''),
    mutex,
  };
  return models[model] as Tiny<never, Call> | undefined;
};

/** What a completed operation answered; undefined: it never happened, or tells nothing, and is left out. */
const answerOf = ({ semantics, model }: Told, end: Event): { readonly answer: unknown } | undefined => {
  const isKnossos = semantics.readNull?.includes('Knossos') === true;
  if (end.op === 'fail')
    return end.f === 'cas' && model === 'cas-register' && !isKnossos ? { answer: false } : undefined;
  if (end.f === 'cas') return { answer: true };
  if (end.f === 'read' && isKnossos) return end.value === null ? undefined : { answer: end.value };
  const isPlain = ['write', 'put', 'append', 'acquire', 'release'].includes(end.f);
  return { answer: isPlain ? null : end.value };
};

/** The events of one key as a history. A process whose call is over makes room for another; one that hangs keeps it. */
const historyOf = (told: Told, events: readonly Event[]): Written => {
  const lines: Line<Call>[] = [];
  const slots: (number | undefined)[] = [];
  for (const [index, event] of events.entries()) {
    if (event.op === 'invoke') {
      const end = events.find((later, i) => i > index && later.process === event.process);
      if (end && end.op !== 'info' && !answerOf(told, end)) continue;
      const free = slots.indexOf(undefined);
      const slot = free < 0 ? slots.length : free;
      slots[slot] = event.process;
      lines.push([slot, { tag: event.f, value: event.value }]);
    } else if (event.op !== 'info') {
      const answered = answerOf(told, event);
      if (!answered) continue;
      const slot = slots.indexOf(event.process);
      slots[slot] = undefined;
      lines.push([slot, 'answers', answered.answer]);
    }
  }
  return written(...lines);
};

class TooLarge extends Error {}

/** A graph that gives up on a history that takes too many steps. */
class Bounded extends SpecGraph {
  override edges(...of: Parameters<SpecGraph['edges']>): ReturnType<SpecGraph['edges']> {
    if (this.asked > stepsMax) throw new TooLarge();
    return super.edges(...of);
  }
}

const stepsMax = 400_000;

/** Whether the history is linearizable, key by key; undefined: that took too many steps. */
const isLinearizable = (told: Told, model: Tiny<never, Call>): boolean | undefined => {
  const keys = [...new Set(told.history.map((event) => event.key))];
  try {
    return keys.every((key) => {
      const events = told.history.filter((event) => event.key === key);
      const graph = new Bounded(subjectOf(model));
      return explain(graph, 'only', historyOf(told, events), 'answers').tag === 'explained';
    });
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
};

const isHere = existsSync(folder);

const told = (file: string): Told[] =>
  isHere
    ? gunzipSync(readFileSync(new URL(file, folder)))
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];

describe.skipIf(!isHere)('the linearizer agrees with verdicts from outside', () => {
  it.each(['generated.jsonl.gz', 'public.jsonl.gz'])('on %s', (file) => {
    const disagreements: string[] = [];
    const tally = { yes: 0, no: 0, unknownModel: 0, tooLarge: 0 };
    for (const [index, one] of told(file).entries()) {
      const model = modelOf(one);
      if (!model) {
        tally.unknownModel++;
        continue;
      }
      const found = isLinearizable(one, model);
      if (found === undefined) {
        tally.tooLarge++;
        continue;
      }
      if (found !== one.expected.linearizable) disagreements.push(`${index} ${one.name}`);
      tally[found ? 'yes' : 'no']++;
    }
    expect(disagreements).toEqual([]);
    expect(tally.unknownModel).toBe(file.startsWith('public') ? 1 : 0); // one of several registers
    expect(tally.tooLarge).toBeLessThan(6);
    expect(Math.min(tally.yes, tally.no)).toBeGreaterThan(60);
  });
});
