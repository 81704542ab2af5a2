import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fence, fetchAdd, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { FenceOrder, Order } from '#impl/machine/order.ts';
import { type Claim, faultless, linearizes, ordering } from '#model/claim.ts';
import { Check, type CheckResult } from '#model/engine/check.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { type Checker, judgeOrders, orderingVerdict } from '#model/engine/ordering/ordering.ts';
import { sitesOf } from '#model/engine/ordering/sites.ts';
import { type ClaimResult, type OrderReport, type Plan, usualPlan } from '#model/engine/plan.ts';
import { reproduce } from '#model/engine/reproduce.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { programOf, subjectOf, type Tiny } from '#properties/engine/tiny.ts';
import { suites } from '#properties/index.ts';
import { returns } from '#spec/outcome.ts';

type Side = { readonly tag: 'left' } | { readonly tag: 'right' };

/** A test of two threads: what each does. Both may answer 0 or 1; that the data is not raced for is what can break. */
const twoSides = (
  left: (words: number) => Routine<Word>,
  right: (words: number) => Routine<Word>,
): Tiny<null, Side> => ({
  initial: null,
  outcomes: () => [...returns(0), ...returns(1)],
  perform: ({ tag }, words) => (tag === 'left' ? left(words) : right(words)),
  calls: [{ tag: 'left' }, { tag: 'right' }],
});

const flag = 0;
const data = 1;

/** Message passing: the left side writes data, then the flag; the right one reads the data if it sees the flag. */
const messagePassing = (send: Order, receive: Order, sendSite: string | null = 'tiny.send'): Tiny<null, Side> =>
  twoSides(
    function* (words): Routine<Word> {
      yield store(words + data, 1, 'plain');
      yield store(words + flag, 1, send, sendSite ?? undefined);
      return 0;
    },
    function* (words): Routine<Word> {
      if ((yield load(words + flag, receive, 'tiny.receive')) === 0) return 0;
      return yield load(words + data, 'plain');
    },
  );

/** The same with relaxed accesses and fences between them; `also` is one more fence on the right side. */
const fencedMessagePassing = (also: FenceOrder | undefined): Tiny<null, Side> =>
  twoSides(
    function* (words): Routine<Word> {
      yield store(words + data, 1, 'plain');
      yield fence('release', 'tiny.before');
      yield store(words + flag, 1, 'relaxed');
      return 0;
    },
    function* (words): Routine<Word> {
      if ((yield load(words + flag, 'relaxed')) === 0) return 0;
      yield fence('acquire', 'tiny.after');
      if (also) yield fence(also, 'tiny.again');
      return yield load(words + data, 'plain');
    },
  );

/** Store buffering: each side announces itself, and touches the data only if it does not see the other announced. */
const storeBuffering = (order: FenceOrder): Tiny<null, Side> => {
  const side = (mine: number, other: number) =>
    function* (words: number): Routine<Word> {
      yield store(words + 2 + mine, 1, 'relaxed');
      yield fence(order, 'tiny.fence');
      if ((yield load(words + 2 + other, 'relaxed')) === 0) yield store(words + data, 1, 'plain');
      return 0;
    };
  return twoSides(side(0, 1), side(1, 0));
};

/** Message passing by an update, which has two halves. */
const updatedMessagePassing = twoSides(
  function* (words): Routine<Word> {
    yield store(words + data, 1, 'plain');
    yield fetchAdd(words + flag, 1, 'acq_rel', 'tiny.send');
    return 0;
  },
  function* (words): Routine<Word> {
    if ((yield load(words + flag, 'acquire', 'tiny.receive')) === 0) return 0;
    return yield load(words + data, 'plain');
  },
);

/** Never two of a side: two that write the data would race. */
const both = programOf<Side>([[{ tag: 'left' }], [{ tag: 'right' }]]);
const leftAlone = programOf<Side>([[{ tag: 'left' }], []]);
const claim = ordering(['tiny']);
const others: readonly Claim[] = [linearizes(), faultless()];

const planFor = async (tiny: Tiny<null, Side>): Promise<Plan> => {
  const subject = {
    ...subjectOf(tiny),
    scenarios: () => [
      { name: 'the left side alone', program: leftAlone },
      { name: 'both sides', program: both },
    ],
    programs: () => fc.constant(both),
  };
  return {
    suite: { subject, claims: [...others, claim] },
    variant: 'only',
    world: await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []),
    implementation: { tag: 'reference' },
    claims: [claim],
    budget: {
      name: 'quick',
      sequences: 0,
      looks: 100,
      preemptions: 2,
      scenarioExecutions: 200,
      programs: 8,
      schedules: 10,
    },
    seed: 1,
    ...usualPlan,
  };
};

const run = (check: Check): CheckResult => {
  for (const _ of check.run());
  return check.results();
};

/** The result of the claim on orders. */
const judged = async (tiny: Tiny<null, Side>): Promise<ClaimResult & { readonly orders: OrderReport }> => {
  const [result] = run(new Check(await planFor(tiny))).claims;
  if (!result?.orders) throw new Error('orders were not judged');
  return { ...result, orders: result.orders };
};

/** Each site with what was tried instead of its order, and what kind of thing broke. */
const told = ({ orders }: { readonly orders: OrderReport }): unknown[] =>
  orders.sites.map(({ site, weakened }) => [
    site.name,
    weakened.map(({ to, counterexample }) => [to, counterexample?.violation.kind]),
  ]);

/** What a judging with another checker than the real one says. */
const judgedBy = (plan: Plan, tryOut: (plan: Plan) => Checker): OrderReport => {
  const judging = judgeOrders(plan, ['tiny'], tryOut);
  let next = judging.next();
  while (!next.done) next = judging.next();
  return next.value;
};

describe('an order is needed', () => {
  it('if its half of a release and an acquire is gone with it, and partners are those who met', async () => {
    const result = await judged(messagePassing('release', 'acquire'));
    expect(told(result)).toEqual([
      ['tiny.send', [['relaxed', 'fault']]],
      ['tiny.receive', [['relaxed', 'fault']]],
    ]);
    expect(result.orders.sites.map(({ site }) => site.partners)).toEqual([['tiny.receive'], ['tiny.send']]);
    expect(result.verdict.tag).toBe('holds');
  });

  it('if it is a fence and the accesses at its sides are relaxed; such fences are partners too', async () => {
    const result = await judged(fencedMessagePassing(undefined));
    expect(told(result)).toEqual([
      ['tiny.before', [['none', 'fault']]],
      ['tiny.after', [['none', 'fault']]],
    ]);
    expect(result.orders.sites.map(({ site }) => site.partners)).toEqual([['tiny.after'], ['tiny.before']]);
    expect(result.verdict.tag).toBe('holds');
  });

  it('if it is a seq_cst fence between a store and a load of others: acq_rel is too weak there', async () => {
    const result = await judged(storeBuffering('seq_cst'));
    expect(told(result)).toEqual([['tiny.fence', [['acq_rel', 'fault']]]]);
    expect(result.verdict.tag).toBe('holds');
  });
});

describe('an order that is stronger than needed is given up, and said to be where it is', () => {
  it('seq_cst where release and acquire do', async () => {
    const result = await judged(messagePassing('seq_cst', 'seq_cst'));
    expect(told(result)).toEqual([
      ['tiny.send', [['release', undefined]]],
      ['tiny.receive', [['acquire', undefined]]],
    ]);
    expect(result.verdict).toMatchObject({
      tag: 'gave-up',
      why: 'nothing broke with tiny.send (seq_cst) as release, tiny.receive (seq_cst) as acquire',
    });
  });

  it('a fence that repeats another', async () => {
    const result = await judged(fencedMessagePassing('acquire'));
    expect(told(result)).toContainEqual(['tiny.again', [['none', undefined]]]);
    expect(result.verdict.tag).toBe('gave-up');
  });

  it('a read-modify-write of which one half is needed: the other half', async () => {
    const result = await judged(updatedMessagePassing);
    expect(told(result)).toContainEqual([
      'tiny.send',
      [
        ['acquire', 'fault'],
        ['release', undefined],
      ],
    ]);
    expect(result.verdict).toMatchObject({ why: 'nothing broke with tiny.send (acq_rel) as release' });
  });

  it('one without a name, which cannot be made weaker: with the word that it touches', async () => {
    const result = await judged(messagePassing('release', 'acquire', null));
    expect(told(result)).toEqual([
      [undefined, []],
      ['tiny.receive', [['relaxed', 'fault']]],
    ]);
    expect(result.verdict).toMatchObject({
      tag: 'gave-up',
      why: 'an access to words orders (release) and has no name',
    });
  });
});

describe('what breaks', () => {
  it('is a story that can be told again, names the weakening, and is none without it', async () => {
    const plan = await planFor(messagePassing('release', 'acquire'));
    const rig = rigFor(plan.suite.subject, 'only', plan.world);
    const [result] = run(new Check(plan)).claims;
    const counterexample = result?.orders?.sites[0]?.weakened[0]?.counterexample;
    if (!counterexample) throw new Error('nothing broke');
    expect(counterexample).toMatchObject({
      id: 'tiny-only-faultless-tiny-send-relaxed',
      claim: 'faultless',
      limits: { memory: 'rc11', weakening: { site: 'tiny.send', from: 'release', to: 'relaxed' } },
      story: { threads: 2, calls: 2 },
    });
    expect(reproduce(rig, faultless(), counterexample)).toEqual(counterexample.violation);
    expect(tell(rig, counterexample).implementation).toBe('the reference with tiny.send (release) made relaxed');
    const asItStands = { ...counterexample.limits, weakening: null };
    expect(reproduce(rig, faultless(), { ...counterexample, limits: asItStands })).toBeUndefined();
  });

  it('without one side of a pair is tried first without the other', async () => {
    const { orders } = await judged(messagePassing('release', 'acquire'));
    const [first, second] = orders.sites.map(({ weakened }) => weakened[0]);
    expect(second?.executions).toBe(1);
    expect(second?.counterexample?.schedule).toEqual(first?.counterexample?.schedule);
  });

  it('is looked for first in the scenarios where the site meets another', async () => {
    const plan = await planFor(messagePassing('seq_cst', 'seq_cst'));
    const looked: (readonly string[])[] = [];
    judgedBy(plan, (tried) => {
      if (tried.weakening) looked.push(tried.suite.subject.scenarios('only').map(({ name }) => name));
      return new Check(tried);
    });
    const inTurn = [['both sides'], ['the left side alone']];
    expect(looked).toEqual([...inTurn, ...inTurn]); // of each of the two sites
  });
});

describe('nothing is said of any order', () => {
  it.each(['acquire', 'relaxed'] as const)(
    'of code that breaks as it stands, which is read with %s',
    async (receive) => {
      const { orders, verdict } = await judged(messagePassing('relaxed', receive));
      expect(orders).toMatchObject({ broken: { claim: 'faultless', limits: { weakening: null } }, sites: [] });
      expect(verdict).toMatchObject({ tag: 'gave-up', why: 'as it stands this is refuted: the machine never faults' });
    },
  );

  it('of code whose break shows only in the story of a weakening, which is not to blame', async () => {
    const nothing: Checker = { run: () => [], results: () => ({ claims: [], executions: 0 }) };
    const report = judgedBy(await planFor(messagePassing('relaxed', 'acquire')), (tried) =>
      tried.weakening === null && tried.hints.length === 0 ? nothing : new Check(tried),
    );
    expect(report).toMatchObject({ broken: { claim: 'faultless', limits: { weakening: null } }, sites: [] });
  });

  it('of a checker to which everything is broken', async () => {
    const plan = await planFor(messagePassing('release', 'acquire'));
    const broken = await planFor(messagePassing('relaxed', 'relaxed'));
    const report = judgedBy(
      plan,
      (tried) => new Check({ ...tried, suite: { ...tried.suite, subject: broken.suite.subject } }),
    );
    expect(report).toMatchObject({ broken: { claim: 'faultless' }, sites: [] });
  });

  it('of code that orders nothing', async () => {
    const { verdict } = await judged(
      twoSides(
        function* () {
          return 0;
        },
        function* () {
          return 0;
        },
      ),
    );
    expect(verdict).toMatchObject({ tag: 'gave-up', why: 'it has no site with an order to weaken' });
  });
});

describe('the judging of orders', () => {
  it('notices a machine on which a weakening does nothing: no order is needed there', async () => {
    const plan = await planFor(messagePassing('release', 'acquire'));
    const report = judgedBy(plan, (tried) => new Check({ ...tried, weakening: null }));
    expect(told({ orders: report })).toEqual([
      ['tiny.send', [['relaxed', undefined]]],
      ['tiny.receive', [['relaxed', undefined]]],
    ]);
    expect(orderingVerdict(report, 1).tag).toBe('gave-up');
  });

  it('that is stopped early has given up, and keeps the orders that it is done with', async () => {
    const check = new Check(await planFor(messagePassing('release', 'seq_cst')));
    for (const { at } of check.run()) if (at?.startsWith('tiny.receive')) break;
    const [result] = check.results().claims;
    expect(result?.verdict).toMatchObject({ tag: 'gave-up', why: 'stopped early' });
    expect(result?.orders?.sites.map(({ site }) => site.name)).toEqual(['tiny.send']);
  });
});

describe('every place in the kernel and the references that orders', () => {
  // A naive implementation takes the strongest order everywhere: nothing is claimed of its orders.
  const implementations = suites.flatMap(({ subject }) =>
    subject.variants.filter(({ baselineOf }) => baselineOf === undefined).map((variant) => ({ subject, ...variant })),
  );

  it.each(implementations.map((one) => [`${one.subject.id} (${one.name})`, one] as const))(
    'has a name, in all that %s passes',
    async (_, { subject, name, module }) => {
      const world = await loadWorld({ tag: 'ours', module, edits: [] }, subject.exports);
      const sites = sitesOf(rigFor(subject, name, world));
      expect(sites.length).toBeGreaterThan(1);
      expect(sites.filter((site) => site.name === undefined)).toEqual([]);
    },
  );
});
