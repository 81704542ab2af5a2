import { describe, expect, it } from 'vitest';
import { awaitWord, fetchAdd, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { linearizes, ordering, refines, suite } from '#model/claim.ts';
import { Check } from '#model/engine/check.ts';
import { covering, type Met } from '#model/engine/coverage/cover.ts';
import { knownTransitions } from '#model/engine/coverage/known.ts';
import type { Pair } from '#model/engine/coverage/pairs.ts';
import { transitionsOf } from '#model/engine/coverage/report.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { type Plan, usualPlan } from '#model/engine/plan.ts';
import { toTheEnd } from '#model/engine/space/explore.ts';
import type { AnyCall, Subject } from '#model/subject.ts';
import { subjectOf, type Tiny } from '#properties/engine/tiny.ts';
import { lockedCounter, racyCounter } from '#properties/engine/tiny-subjects.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

const budget = {
  name: 'quick',
  sequences: 20,
  looks: 100,
  preemptions: 1,
  scenarioExecutions: 50,
  programs: 10,
  schedules: 10,
} as const;

interface Meeting {
  readonly plan: Plan;
  readonly met: Met;
  /** How often each transition that there is was taken. */
  readonly taken: ReadonlyMap<string, number>;
}

/** What the executions of a subject meet. */
const meet = async (subject: Subject): Promise<Meeting> => {
  const about = suite(subject, [ordering(['tiny'])]);
  const world = await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []);
  const plan: Plan = {
    ...usualPlan,
    suite: about,
    variant: 'only',
    world,
    implementation: { tag: 'reference' },
    claims: [linearizes()],
    budget,
    seed: 1,
  };
  const met = toTheEnd(covering(plan));
  const transitions = transitionsOf(knownTransitions(about, 'only'), met.transitions);
  return { plan, met, taken: new Map(transitions.map(({ call, outcome, seen }) => [`${call} -> ${outcome}`, seen])) };
};

/** A tiny subject whose answers have names, not words. */
const naming = <State, Call extends AnyCall>(tiny: Tiny<State, Call>, names: readonly string[]): Subject => ({
  ...subjectOf(tiny),
  answer: (_variant, _call, result) => names[result] as string,
});

type Try = { readonly tag: 'try' };

/** A call that may fail for no reason, as a weak compare-and-swap may. */
const spurious = {
  initial: null,
  outcomes: (): readonly Outcome<null, Try, string>[] => [...returns('ok'), ...returns('EAGAIN')],
  calls: [{ tag: 'try' } as const],
};

type Gate = { readonly tag: 'open' | 'pass' | 'rest of pass' };

/** `pass` waits until somebody has made `open`, and is then done in two parts. */
const gate: Tiny<{ isOpen: boolean }, Gate> = {
  initial: { isOpen: false },
  outcomes: (state, _caller, call) => {
    if (call.tag === 'open') {
      return returns('ok', (draft) => {
        draft.isOpen = true;
      });
    }
    if (call.tag === 'rest of pass') return returns('ok');
    return state.isOpen ? continues({ tag: 'rest of pass' }) : waits;
  },
  *perform(call, words): Routine<Word> {
    if (call.tag === 'open') yield store(words, 1, 'release');
    else yield awaitWord(words, 1, 'acquire');
    return 0;
  },
  calls: [{ tag: 'open' }, { tag: 'pass' }],
};

const between = ({ pairs }: Met, ...names: readonly string[]): Pair | undefined =>
  pairs.find(({ first, second }) => names.includes(first) && names.includes(second));

describe('transitions of the spec', () => {
  it('are seen where an implementation takes them', async () => {
    const moody: Tiny<null, Try> = {
      ...spurious,
      *perform(_call, words): Routine<Word> {
        return (yield fetchAdd(words, 1, 'relaxed')) % 2;
      },
    };
    const { taken } = await meet(naming(moody, ['ok', 'EAGAIN']));
    expect([...taken.keys()]).toEqual(['try -> EAGAIN', 'try -> ok']);
    expect(Math.min(...taken.values())).toBeGreaterThan(0);
  });

  it('are never seen where an implementation never takes them', async () => {
    const sure: Tiny<null, Try> = {
      ...spurious,
      *perform(_call, words): Routine<Word> {
        yield store(words, 1, 'relaxed');
        return 0;
      },
    };
    const { taken } = await meet(naming(sure, ['ok', 'EAGAIN']));
    expect(taken.get('try -> ok')).toBeGreaterThan(0);
    expect(taken.get('try -> EAGAIN')).toBe(0);
  });

  it('are parts of calls and waits, too', async () => {
    const { taken, met } = await meet(naming(gate, ['ok']));
    expect(met.unexplained).toBe(0);
    expect([...taken.keys()].sort()).toEqual([
      'open -> ok',
      'pass -> goes on: rest of pass',
      'pass -> waits',
      'rest of pass -> ok',
    ]);
    expect(Math.min(...taken.values())).toBeGreaterThan(0);
    expect(taken.get('rest of pass -> ok')).toBe(taken.get('pass -> goes on: rest of pass'));
  });

  it('are waits of what is left of a call, where that stays for ever', async () => {
    const halves: Tiny<null, Gate> = {
      initial: null,
      outcomes: (_state, _caller, call) => (call.tag === 'pass' ? continues({ tag: 'rest of pass' }) : waits),
      *perform(_call, words): Routine<Word> {
        yield awaitWord(words, 1, 'acquire');
        return 0;
      },
      calls: [{ tag: 'pass' }],
    };
    const { taken } = await meet(naming(halves, ['ok']));
    expect(taken.get('rest of pass -> waits')).toBeGreaterThan(0);
    expect(taken.get('rest of pass -> waits')).toBe(taken.get('pass -> goes on: rest of pass'));
  });

  it('are not taken by executions that the spec does not explain', async () => {
    const wrong: Tiny<null, Try> = {
      ...spurious,
      *perform(_call, words): Routine<Word> {
        yield store(words, 1, 'relaxed');
        return 2;
      },
    };
    const { taken, met } = await meet(naming(wrong, ['ok', 'EAGAIN', 'EIO']));
    expect([...taken.values()]).toEqual([0, 0]);
    expect(met.unexplained).toBeGreaterThan(100);
  });
});

describe('a check', () => {
  it('counts the transitions that it meets anyway', async () => {
    const { plan, met } = await meet(naming(gate, ['ok']));
    const check = new Check(plan);
    toTheEnd(check.run());
    const { coverage } = check.results();
    expect([...(coverage.transitions?.keys() ?? [])].sort()).toEqual(['open', 'pass', 'rest of pass']);
    expect(coverage.transitions).not.toEqual(met.transitions); // no sequences: `refines` is not asked
    const both = new Check({ ...plan, claims: [refines(), linearizes()] });
    toTheEnd(both.run());
    expect(both.results().coverage.transitions).toEqual(met.transitions);
  });
});

describe('pairs of sites', () => {
  it('are met in one order only where a lock allows no other', async () => {
    const { met } = await meet(subjectOf(lockedCounter));
    const pair = between(met, 'writes words', 'reads words');
    expect(pair).toMatchObject({ first: 'writes words', second: 'reads words', after: 0, isOwn: true });
    expect(pair?.before).toBeGreaterThan(0);
  });

  it('are met in both orders where nothing orders them', async () => {
    const { met } = await meet(subjectOf(racyCounter));
    const pair = between(met, 'writes words', 'reads words');
    expect(pair?.before).toBeGreaterThan(0);
    expect(pair?.after).toBeGreaterThan(0);
  });

  it('are of different threads and different places', async () => {
    const { met } = await meet(naming(gate, ['ok']));
    const own = met.pairs.filter(({ isOwn }) => isOwn);
    expect(own).toMatchObject([{ first: 'writes words', second: 'awaits words', words: ['words'] }]);
  });

  it('are told from those of the kernel, which are on its words', async () => {
    const { met } = await meet(subjectOf(lockedCounter));
    const kernel = met.pairs.filter(({ isOwn }) => !isOwn);
    expect(kernel.length).toBeGreaterThan(0);
    for (const { words } of kernel) expect(words.join()).not.toContain('words');
  });
});
