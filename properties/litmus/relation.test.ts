import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as relations from '#spec/machine/memory/relation.ts';

/** A relation as its pairs, which every operation can be checked against. */
type Pairs = ReadonlySet<string>;

const pairsOf = (relation: relations.Relation): Pairs => {
  const pairs = new Set<string>();
  for (let from = 0; from < relation.size; from++) {
    for (let to = 0; to < relation.size; to++) if (relations.isRelated(relation, from, to)) pairs.add(`${from} ${to}`);
  }
  return pairs;
};

const followers = (pairs: Pairs, event: number): number[] =>
  [...pairs].map((pair) => pair.split(' ').map(Number)).flatMap(([from, to]) => (from === event ? [to as number] : []));

/** Whether `to` is reached from `from` in one step or more. */
const isReached = (pairs: Pairs, from: number, to: number): boolean => {
  const met = new Set<number>();
  const next = followers(pairs, from);
  for (let event = next.pop(); event !== undefined; event = next.pop()) {
    if (met.has(event)) continue;
    met.add(event);
    next.push(...followers(pairs, event));
  }
  return met.has(to);
};

const sizes = [1, 5, 31, 32, 33, 64, 70];

/** Few pairs, so that some are acyclic and some are not. */
const sparse = (size: number): fc.Arbitrary<relations.Relation> =>
  fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: size }).map((list) => {
    const relation = relations.emptyRelation(size);
    for (const [from, to] of list) relations.relate(relation, from, to);
    return relation;
  });

const subset = (size: number): fc.Arbitrary<relations.EventSet> =>
  fc
    .array(fc.nat(size - 1), { maxLength: size })
    .map((list) => relations.eventSet(size, (event) => list.includes(event)));

const filtered = (size: number, holds: (from: number, to: number) => boolean): Pairs =>
  pairsOf(relations.relationOf(size, holds));

describe.each(sizes)('relations over %i events', (size) => {
  const runs = { numRuns: 15 };

  it('combine pair by pair', () => {
    fc.assert(
      fc.property(sparse(size), sparse(size), (a, b) => {
        const [left, right] = [pairsOf(a), pairsOf(b)];
        expect(pairsOf(relations.union(a, b))).toEqual(new Set([...left, ...right]));
        expect(pairsOf(relations.intersection(a, b))).toEqual(new Set([...left].filter((pair) => right.has(pair))));
        expect(pairsOf(relations.difference(a, b))).toEqual(new Set([...left].filter((pair) => !right.has(pair))));
        expect(pairsOf(relations.inverse(a))).toEqual(filtered(size, (from, to) => left.has(`${to} ${from}`)));
        const reflexive = filtered(size, (from, to) => from === to || left.has(`${from} ${to}`));
        expect(pairsOf(relations.reflexive(a))).toEqual(reflexive);
        const steps = filtered(size, (from, to) =>
          followers(left, from).some((middle) => right.has(`${middle} ${to}`)),
        );
        expect(pairsOf(relations.sequence(a, b))).toEqual(steps);
      }),
      runs,
    );
  });

  it('are restricted to sets', () => {
    fc.assert(
      fc.property(sparse(size), subset(size), subset(size), (a, from, to) => {
        const pairs = pairsOf(a);
        const isIn = relations.hasEvent;
        const restricted = filtered(size, (x, y) => isIn(from, x) && pairs.has(`${x} ${y}`) && isIn(to, y));
        expect(pairsOf(relations.between(from, a, to))).toEqual(restricted);
        expect(pairsOf(relations.product(size, from, to))).toEqual(
          filtered(size, (x, y) => isIn(from, x) && isIn(to, y)),
        );
        expect(pairsOf(relations.identityOn(size, from))).toEqual(filtered(size, (x, y) => x === y && isIn(from, x)));
        const events = Array.from({ length: size }, (_, event) => event);
        const members = (set: relations.EventSet): number[] => events.filter((event) => isIn(set, event));
        expect(members(relations.domain(a))).toEqual(events.filter((event) => followers(pairs, event).length > 0));
        expect(members(relations.range(a))).toEqual(events.filter((y) => events.some((x) => pairs.has(`${x} ${y}`))));
        expect(members(relations.eitherSet(from, to))).toEqual(events.filter((e) => isIn(from, e) || isIn(to, e)));
        expect(members(relations.bothSets(from, to))).toEqual(events.filter((e) => isIn(from, e) && isIn(to, e)));
        expect(members(relations.withoutSet(from, to))).toEqual(events.filter((e) => isIn(from, e) && !isIn(to, e)));
      }),
      runs,
    );
  });

  it('are closed, and know whether they go round', () => {
    fc.assert(
      fc.property(sparse(size), (a) => {
        const pairs = pairsOf(a);
        expect(pairsOf(relations.transitive(a))).toEqual(filtered(size, (from, to) => isReached(pairs, from, to)));
        const goesRound = Array.from({ length: size }, (_, event) => isReached(pairs, event, event)).includes(true);
        expect(relations.isAcyclic(a)).toBe(!goesRound);
        expect(relations.isIrreflexive(relations.transitive(a))).toBe(!goesRound);
        expect(relations.isEmpty(a)).toBe(pairs.size === 0);
      }),
      runs,
    );
  });
});
