import { describe, expect, it } from 'vitest';
import { always, isAboutStates, never, type StateClaim, type Suite, sometimes, suite } from '#model/claim.ts';
import { explore, type Space, toTheEnd } from '#model/engine/space/explore.ts';
import { type Path, pathTo } from '#model/engine/space/path.ts';
import { specOfSubject } from '#model/engine/space/subject-spec.ts';
import { type Survey, type SurveyOptions, surveying } from '#model/engine/space/survey.ts';
import { type System, systemOfExploration } from '#model/engine/space/system.ts';
import { findEndlessWait } from '#model/engine/space/waits.ts';
import type { Behaviour, Exploration, Program, Subject } from '#model/subject.ts';
import { SuiteError } from '#model/suite-error.ts';
import { programOf, subjectOf } from '#properties/engine/tiny.ts';
import { suites } from '#properties/index.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

interface Semaphores {
  counts: number[];
}

interface Flags {
  first: boolean;
  second: boolean;
}

type Call =
  | { readonly tag: 'up' | 'down'; readonly semaphore: number }
  | { readonly tag: 'both'; readonly order: readonly number[] };

const up = (semaphore = 0): Call => ({ tag: 'up', semaphore });
const down = (semaphore = 0): Call => ({ tag: 'down', semaphore });
/** Takes one after the other, and gives both back. */
const both = (...order: number[]): Call => ({ tag: 'both', order });

/** Semaphores that are taken and given back, one or two of them. */
const outcomes = (
  { counts }: Semaphores,
  _caller: number,
  call: Call,
): readonly Outcome<Semaphores, Call, string>[] => {
  const change = (semaphore: number, by: number) => (draft: Semaphores) => {
    draft.counts[semaphore] = (draft.counts[semaphore] as number) + by;
  };
  switch (call.tag) {
    case 'up':
      return returns('done', change(call.semaphore, 1));
    case 'down':
      return counts[call.semaphore] === 0 ? waits : returns('done', change(call.semaphore, -1));
    case 'both': {
      const [next, ...rest] = call.order;
      if (next === undefined) {
        return returns('done', (draft: Semaphores) => {
          draft.counts = draft.counts.map((count) => count + 1);
        });
      }
      return counts[next] === 0 ? waits : continues(both(...rest), change(next, -1));
    }
  }
};

const systemOf = (counts: number[], ...threads: Behaviour<Call>[]): System =>
  ({ initial: { counts }, threads, outcomes }) as unknown as System;
const once = (...calls: Call[]): Behaviour<Call> => ({ tag: 'in order', calls });
const again = (...calls: Call[]): Behaviour<Call> => ({ tag: 'any', calls });

const statesMax = 10_000;
const spaceOf = (system: System, ...claims: unknown[]): Space =>
  explore(system, { claims: claims as StateClaim[], statesMax });

const counted = ({ arena, transitions, depth }: Space) => ({ states: arena.count, transitions, depth });
const told = ({ steps }: Path): string[] =>
  steps.map(({ thread, call, result }) => `T${thread} ${call.tag} ${result.tag}`);

describe('the states of a system are counted', () => {
  it('one for each order-free combination of what two threads have done', () => {
    // Each thread is before its call or after it, and the count says no more: 2 x 2, with an edge along each side.
    expect(counted(spaceOf(systemOf([0], once(up()), once(up()))))).toEqual({ states: 4, transitions: 4, depth: 2 });
  });

  it('a call that waits is no step of its own where it is the next in order', () => {
    // down waits for up: nothing; up; up and down.
    expect(counted(spaceOf(systemOf([0], once(down()), once(up()))))).toEqual({ states: 3, transitions: 2, depth: 2 });
  });

  it('a part of a call is a step: others may act between two parts', () => {
    // Alone, both(0, 1): before it, one taken, both taken, after it.
    expect(counted(spaceOf(systemOf([1, 1], once(both(0, 1)))))).toEqual({ states: 4, transitions: 3, depth: 3 });
  });

  it('a thread may do more in one state than is inserted at once', () => {
    const choices = 1000;
    const choosing: System = {
      initial: { chosen: 0 },
      threads: [once(up()), { tag: 'in order', calls: [{ tag: 'choose' }] }],
      outcomes: (_state, _caller, { tag }) =>
        Array.from({ length: tag === 'up' ? 1 : choices }, (_, chosen) => chosen + 1).flatMap((chosen) =>
          returns('chosen', (draft: unknown) => {
            (draft as { chosen: number }).chosen += chosen;
          }),
        ),
    };
    // Nothing done: 0. Only up: 1. Only a choice: 1 to 1000. Both: 2 to 1001. Each of them by up from one, chosen from one.
    expect(counted(spaceOf(choosing))).toEqual({ states: 2 + 2 * choices, transitions: 1 + 3 * choices, depth: 2 });
  });

  it('a thread that calls what it likes begins to wait by choice, and then keeps to it', () => {
    const bounded = (count: number): System => ({
      ...systemOf([count], again(up(), down())),
      outcomes: (state, caller, call) =>
        (state as Semaphores).counts[0] === 1 && call.tag === 'up'
          ? waits
          : (outcomes(state as Semaphores, caller, call as Call) as never),
    });
    // 1 idle, 1 waiting in up (nobody else takes it), 0 idle, 0 waiting in down: 4. Steps: 1 idle has down and the
    // beginning of the wait, 0 idle has up and the beginning of the wait: 4.
    expect(counted(spaceOf(bounded(1)))).toEqual({ states: 4, transitions: 4, depth: 2 });
  });

  it('states that lists make larger are states like any other', () => {
    // A list of up to three in two kinds, in any order: 1 + 2 + 4 + 8, and from each but the last eight two more.
    const growing: System = {
      initial: { list: [] },
      threads: [{ tag: 'any', calls: [{ tag: 'grow' }] }],
      outcomes: (state) => {
        const { list } = state as { list: unknown[] };
        if (list.length === 3) return waits;
        return [{ kind: 'a' }, ['b', null]].flatMap((entry) =>
          returns('grown', (draft: unknown) => {
            (draft as { list: unknown[] }).list.unshift(entry);
          }),
        );
      },
    };
    expect(counted(spaceOf(growing))).toEqual({ states: 15, transitions: 14, depth: 3 });
  });
});

describe('claims about states', () => {
  const threads = systemOf([0], once(up(), up()), once(up()), once(down()));

  it('an invariant that does not hold is broken on a shortest path', () => {
    const claim = always('at most one', ({ counts }: Semaphores) => (counts[0] as number) < 2);
    const space = spaceOf(threads, claim);
    const path = pathTo(space, space.decided.get(claim as StateClaim) as number);
    expect(path.first.state).toEqual({ counts: [0] });
    expect(path.steps).toHaveLength(2);
    expect(path.steps.at(-1)?.state).toEqual({ counts: [2] });
  });

  it('what never is and what is not found stay undecided in a whole space', () => {
    const space = spaceOf(
      threads,
      never('below nothing', ({ counts }: Semaphores) => (counts[0] as number) < 0),
      sometimes('four', ({ counts }: Semaphores) => counts[0] === 4),
    );
    expect(space.isComplete).toBe(true);
    expect(space.decided.size).toBe(0);
  });

  it('each of many claims is decided in its own state', () => {
    const many = 50;
    const claims = Array.from({ length: many }, (_, count) => [
      sometimes(`${count}`, ({ counts }: Semaphores) => counts[0] === count),
      never(`${count}, and another`, (state: Semaphores) => state.counts[0] === count && state.counts[1] === 1),
    ]).flat();
    const calls = Array.from({ length: many - 1 }, () => up());
    const { decided } = spaceOf(systemOf([0, 0], once(...calls)), ...claims);
    expect([...decided].map(([{ tag, sentence }, state]) => `${tag} ${sentence} in ${state}`)).toEqual(
      Array.from({ length: many }, (_, count) => `sometimes ${count} in ${count}`),
    );
  });

  it('a claim is asked about again when something changes that it looked at only now and then', () => {
    // The second field is looked at only while the first is 1: the claim must be asked again when that is changed first.
    const claim = never('one and two', ({ counts }: Semaphores) => counts[0] === 1 && counts[1] === 2);
    for (const order of [
      [up(0), up(1), up(1)],
      [up(1), up(1), up(0)],
    ]) {
      const space = spaceOf(systemOf([0, 0], once(...order)), claim);
      expect(space.decided.get(claim as StateClaim)).toBe(3);
    }
  });

  it('a step that changed nothing of what a claim had looked at is asked about once it has looked there', () => {
    // The second flag is looked at only where the first is set: not yet when setting it was seen for the first time.
    const claim = never('both', (flags: Flags) => flags.first && flags.second);
    const setting = (field: keyof Flags): Behaviour => ({ tag: 'in order', calls: [{ tag: field }] });
    const system: System = {
      initial: { first: false, second: false },
      threads: [setting('first'), setting('second')],
      outcomes: (_state, _caller, { tag }) =>
        returns('set', (draft: unknown) => {
          (draft as Flags)[tag as keyof Flags] = true;
        }),
    };
    expect(spaceOf(system, claim).decided.get(claim as StateClaim)).toBe(3);
  });

  it('what is moved without being looked at is what it was in each state', () => {
    interface Shelf {
      entries: { size: number }[];
    }
    const moved = (size: number) => sometimes(`${size}`, ({ entries }: Shelf) => entries[0]?.size === size);
    const claims = [moved(1), moved(2), moved(3)];
    const system: System = {
      initial: { entries: [{ size: 0 }, { size: 1 }] },
      threads: [
        { tag: 'in order', calls: [{ tag: 'shift' }] },
        { tag: 'in order', calls: [{ tag: 'grow' }, { tag: 'grow' }] },
      ],
      outcomes: (state, _caller, { tag }) =>
        tag === 'grow' && (state as Shelf).entries.length === 1
          ? waits
          : returns('done', (draft: unknown) => {
              const { entries } = draft as Shelf;
              if (tag === 'shift') entries.shift();
              else (entries[1] as { size: number }).size++;
            }),
    };
    expect(spaceOf(system, ...claims).decided.size).toBe(3);
  });
});

describe('calls that wait', () => {
  const mayNot = () => false;

  it('two that take two semaphores in two orders can deadlock, at the shortest in two steps', () => {
    const space = spaceOf(systemOf([1, 1], again(both(0, 1)), again(both(1, 0))));
    const wait = findEndlessWait(space, mayNot);
    expect(wait).toBeDefined();
    expect(told(pathTo(space, wait?.state as number))).toEqual(['T0 both continues', 'T1 both continues']);
  });

  it('in one order they cannot', () => {
    expect(findEndlessWait(spaceOf(systemOf([1, 1], again(both(0, 1)), again(both(0, 1)))), mayNot)).toBeUndefined();
  });

  it('a call that nobody serves is found though others go on for ever', () => {
    const space = spaceOf(systemOf([0, 0], once(down(1)), again(down()), once(up())));
    expect(findEndlessWait(space, mayNot)).toMatchObject({ thread: 0, call: down(1), state: 0 });
  });

  it('is found in a space whose states have grown meanwhile', () => {
    const growing: System = {
      initial: { list: [] },
      threads: [
        { tag: 'any', calls: [{ tag: 'grow' }] },
        { tag: 'in order', calls: [{ tag: 'wait' }] },
      ],
      outcomes: (state, _caller, { tag }) =>
        tag === 'wait' || (state as { list: unknown[] }).list.length === 3
          ? waits
          : returns('grown', (draft: unknown) => {
              (draft as { list: unknown[] }).list.push({ at: (state as { list: unknown[] }).list.length });
            }),
    };
    expect(findEndlessWait(spaceOf(growing), mayNot)).toMatchObject({ thread: 1, call: { tag: 'wait' }, state: 0 });
    expect(findEndlessWait(spaceOf(growing), (_state, caller) => caller === 1)).toMatchObject({ thread: 0, state: 3 });
  });

  it('unless it may wait for ever', () => {
    const space = spaceOf(systemOf([0, 1], once(down()), once(down(1))));
    expect(findEndlessWait(space, mayNot)).toMatchObject({ thread: 0 });
    expect(findEndlessWait(space, (_state, caller) => caller === 0)).toBeUndefined();
  });
});

/** A suite of the semaphores: what is explored of it is all that there is. */
const suiteOf = (exploration: Exploration, claims: Suite['claims'], scenarios: readonly Program[] = []): Suite =>
  suite(
    {
      ...subjectOf<Semaphores, Call>({ initial: { counts: [1] }, outcomes, calls: [up(), down()] }),
      exploration: () => exploration,
      scenarios: () => scenarios.map((program) => ({ name: 'a scenario', program })),
    } as Subject,
    claims,
  );

const taking = (...threads: Behaviour<Call>[]): Exploration =>
  ({ parameters: null, threads, mayWait: () => false }) as Exploration;
const options = { statesMax, symmetry: false };
const survey = (of: Suite, more: Partial<SurveyOptions> = {}): Survey =>
  toTheEnd(surveying(specOfSubject(of, 'only', 3), { ...options, ...more }));

describe('a survey', () => {
  const full = sometimes('full', (state) => (state as Semaphores).counts[0] === 2) as StateClaim;
  const few = always('at most two', (state) => ((state as Semaphores).counts[0] as number) <= 2) as StateClaim;

  it('refutes what is sometimes, and nowhere', () => {
    const { claims } = survey(suiteOf(taking(again(down()), once(up())), [full, few]));
    expect(claims).toMatchObject([{ verdict: 'holds' }, { verdict: 'holds' }]);
    const alone = survey(suiteOf(taking(once(down())), [full, few]));
    expect(alone.claims).toMatchObject([{ verdict: 'refuted', why: 'no state is like that' }, { verdict: 'holds' }]);
  });

  it('names the outcomes that random calls meet and it does not', () => {
    const { coverage, neverSeen } = survey(suiteOf(taking(once(up())), []));
    expect(neverSeen).toEqual(
      expect.arrayContaining([
        { call: 'down', outcome: 'waits' },
        { call: 'down', outcome: 'done' },
      ]),
    );
    expect(neverSeen).toHaveLength(2);
    expect(coverage.get('up')?.get('done')).toBe(1);
  });

  it('takes the shortest witness of several systems', () => {
    const scenario = programOf<Call>([[up()]]);
    const { claims } = survey(suiteOf(taking(once(down(), up(), up())), [full], [scenario]));
    expect(claims).toMatchObject([{ verdict: 'holds', witness: { system: 'a scenario' } }]);
    expect(claims[0]?.witness?.path.steps).toHaveLength(1);
  });

  it('says so when the states that may be kept do not suffice, and keeps what it found', () => {
    const endless = suiteOf(taking(again(up())), [full, few, sometimes('negative', () => false)]);
    const { claims, waits: judged } = survey(endless, { statesMax: 100 });
    expect(claims.map(({ verdict }) => verdict)).toEqual(['holds', 'refuted', 'gave-up']);
    expect(judged).toMatchObject({ verdict: 'gave-up' });
  });

  it('judges no waits under a symmetry: whoever waits may be somebody else a step later', () => {
    const groups = [[0], [1]];
    const exploration = { ...taking(again(down()), again(down())), symmetry: { groups, lists: [], ids: [] } };
    const alike = suiteOf(exploration, []);
    expect(survey(alike).waits).toMatchObject({ verdict: 'refuted' });
    expect(survey(alike, { symmetry: true }).waits).toMatchObject({ verdict: 'gave-up' });
  });

  it('refuses a state that is no plain data', () => {
    const strange = systemOf(new Map() as never, once(up()));
    expect(() => spaceOf(strange)).toThrow(SuiteError);
  });
});

describe('symmetry', () => {
  const symmetric = suites.flatMap(({ subject, claims }) =>
    subject.variants.flatMap(({ name }) => {
      const exploration = subject.exploration?.(name, 4);
      return exploration?.symmetry && exploration.symmetry.groups.length > 1
        ? [{ name: `${subject.id} (${name})`, subject, variant: name, exploration, claims }]
        : [];
    }),
  );

  it('is had by several subjects', () => {
    expect(symmetric.length).toBeGreaterThan(3);
  });

  it.each(symmetric)('of $name: the same verdicts, and fewer states', ({ subject, variant, exploration, claims }) => {
    const system = systemOfExploration(subject, variant, exploration);
    const ofStates = claims.filter(isAboutStates);
    const whole = explore(system, { claims: ofStates, statesMax });
    const less = explore(system, { claims: ofStates, statesMax, symmetry: exploration.symmetry });
    expect(less.isComplete && whole.isComplete).toBe(true);
    expect(less.arena.count).toBeLessThan(whole.arena.count);
    expect([...less.decided.keys()].map(({ id }) => id).toSorted()).toEqual(
      [...whole.decided.keys()].map(({ id }) => id).toSorted(),
    );
    for (const claim of whole.decided.keys()) {
      const [short, shorter] = [whole, less].map((space) => pathTo(space, space.decided.get(claim) as number));
      expect(shorter?.steps.length).toBe(short?.steps.length);
      expect(claim.holds(shorter?.steps.at(-1)?.state ?? shorter?.first.state)).toBe(claim.tag !== 'always');
    }
  });

  it('of three threads that do the same once: as many states as there are numbers of those that did', () => {
    const threads = [once(up()), once(up()), once(up())];
    const symmetry = { groups: [[0], [1], [2]], lists: [], ids: [] };
    expect(explore(systemOf([0], ...threads), { claims: [], statesMax, symmetry }).arena.count).toBe(4);
    expect(explore(systemOf([0], ...threads), { claims: [], statesMax }).arena.count).toBe(8);
  });
});
