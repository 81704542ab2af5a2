/**
 * Relations over the events of one execution, as matrices of bits: small, plain, and quick to combine. The vocabulary
 * is that of cat (Alglave, Cousot, Maranget 2016, "Syntax and semantics of the weak consistency model specification
 * language cat"), so that an axiom here can be read beside the one it formalises.
 */

/** A set of events: bit `e & 31` of word `e >> 5`. */
export type EventSet = readonly number[];

/** Row `e` is the set of events that `e` is related to; rows lie one after the other, `words` numbers each. */
export interface Relation {
  readonly size: number;
  readonly words: number;
  readonly rows: readonly number[];
}

/** A relation under construction. */
export interface MutableRelation extends Relation {
  readonly rows: number[];
}

/** The numbers that a set of events below `size` takes. */
const wordsFor = (size: number): number => Math.max(1, (size + 31) >> 5);

export const emptyRelation = (size: number): MutableRelation => {
  const words = wordsFor(size);
  return { size, words, rows: new Array<number>(size * words).fill(0) };
};

/** Adds a pair to a relation under construction. */
export const relate = (relation: MutableRelation, from: number, to: number): void => {
  const at = from * relation.words + (to >> 5);
  relation.rows[at] = (relation.rows[at] as number) | (1 << (to & 31));
};

export const isRelated = (relation: Relation, from: number, to: number): boolean =>
  (((relation.rows[from * relation.words + (to >> 5)] as number) >>> (to & 31)) & 1) === 1;

export const hasEvent = (set: EventSet, event: number): boolean =>
  (((set[event >> 5] as number) >>> (event & 31)) & 1) === 1;

/** The set of the events below `size` that satisfy a predicate. */
export const eventSet = (size: number, isMember: (event: number) => boolean): EventSet => {
  const set = new Array<number>(wordsFor(size)).fill(0);
  for (let event = 0; event < size; event++) {
    if (isMember(event)) set[event >> 5] = (set[event >> 5] as number) | (1 << (event & 31));
  }
  return set;
};

/** The relation of the pairs below `size` that satisfy a predicate. */
export const relationOf = (size: number, holds: (from: number, to: number) => boolean): Relation => {
  const relation = emptyRelation(size);
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) {
      if (holds(from, to)) relate(relation, from, to);
    }
  }
  return relation;
};

/** cat: `a | b | ...` */
export const union = (first: Relation, ...others: readonly Relation[]): Relation => {
  const rows = first.rows.slice();
  for (const other of others) {
    for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) | (other.rows[i] as number);
  }
  return { size: first.size, words: first.words, rows };
};

/** cat: `a & b` */
export const intersection = (left: Relation, right: Relation): Relation => {
  const rows = left.rows.slice();
  for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) & (right.rows[i] as number);
  return { size: left.size, words: left.words, rows };
};

/** cat: `a \ b` */
export const difference = (left: Relation, right: Relation): Relation => {
  const rows = left.rows.slice();
  for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) & ~(right.rows[i] as number);
  return { size: left.size, words: left.words, rows };
};

const sequenceOfTwo = (left: Relation, right: Relation): Relation => {
  const { size, words } = left;
  const result = emptyRelation(size);
  const { rows } = result;
  for (let from = 0; from < size; from++) {
    for (let word = 0; word < words; word++) {
      let middles = left.rows[from * words + word] as number;
      while (middles !== 0) {
        const middle = word * 32 + 31 - Math.clz32(middles & -middles);
        middles &= middles - 1;
        for (let to = 0; to < words; to++) {
          const at = from * words + to;
          rows[at] = (rows[at] as number) | (right.rows[middle * words + to] as number);
        }
      }
    }
  }
  return result;
};

/** cat: `a; b; ...` */
export const sequence = (first: Relation, ...others: readonly Relation[]): Relation =>
  others.reduce(sequenceOfTwo, first);

/** cat: `a^-1` */
export const inverse = (relation: Relation): Relation =>
  relationOf(relation.size, (from, to) => isRelated(relation, to, from));

/** cat: `[a]; r; [b]` */
export const between = (from: EventSet, relation: Relation, to: EventSet): Relation => {
  const { size, words } = relation;
  const rows = relation.rows.slice();
  for (let event = 0; event < size; event++) {
    const isIn = hasEvent(from, event);
    for (let word = 0; word < words; word++) {
      const at = event * words + word;
      rows[at] = isIn ? (rows[at] as number) & (to[word] as number) : 0;
    }
  }
  return { size, words, rows };
};

/** cat: `[a]` */
export const identityOn = (size: number, set: EventSet): Relation =>
  relationOf(size, (from, to) => from === to && hasEvent(set, from));

/** cat: `a * b` */
export const product = (size: number, from: EventSet, to: EventSet): Relation =>
  relationOf(size, (left, right) => hasEvent(from, left) && hasEvent(to, right));

/** cat: `r?` */
export const reflexive = (relation: Relation): Relation =>
  relationOf(relation.size, (from, to) => from === to || isRelated(relation, from, to));

/** cat: `r+` */
export const transitive = (relation: Relation): Relation => {
  const { size, words } = relation;
  const rows = relation.rows.slice();
  for (let middle = 0; middle < size; middle++) {
    for (let from = 0; from < size; from++) {
      if ((((rows[from * words + (middle >> 5)] as number) >>> (middle & 31)) & 1) === 0) continue;
      for (let word = 0; word < words; word++) {
        const at = from * words + word;
        rows[at] = (rows[at] as number) | (rows[middle * words + word] as number);
      }
    }
  }
  return { size, words, rows };
};

/** cat: `empty r` */
export const isEmpty = (relation: Relation): boolean => relation.rows.every((row) => row === 0);

/** cat: `irreflexive r` */
export const isIrreflexive = (relation: Relation): boolean => {
  for (let event = 0; event < relation.size; event++) {
    if (isRelated(relation, event, event)) return false;
  }
  return true;
};

/** cat: `acyclic r`. Takes away events that nothing left follows, until none is left or each has one that follows. */
export const isAcyclic = (relation: Relation): boolean => {
  const { size, words, rows } = relation;
  const left = new Array<number>(words).fill(-1);
  let count = size;
  for (let before = count + 1; count < before; ) {
    before = count;
    for (let event = size - 1; event >= 0; event--) {
      if (!hasEvent(left, event)) continue;
      let followers = 0;
      for (let word = 0; word < words; word++) {
        followers |= (rows[event * words + word] as number) & (left[word] as number);
      }
      if (followers !== 0) continue;
      left[event >> 5] = (left[event >> 5] as number) & ~(1 << (event & 31));
      count--;
    }
  }
  return count === 0;
};

/** cat: `domain(r)` */
export const domain = ({ size, words, rows }: Relation): EventSet =>
  eventSet(size, (event) => {
    for (let word = 0; word < words; word++) {
      if (rows[event * words + word] !== 0) return true;
    }
    return false;
  });

/** cat: `range(r)` */
export const range = (relation: Relation): EventSet => domain(inverse(relation));

/** Set union, cat: `a | b` */
export const eitherSet = (left: EventSet, right: EventSet): EventSet =>
  left.map((word, i) => word | (right[i] as number));

/** Set intersection, cat: `a & b` */
export const bothSets = (left: EventSet, right: EventSet): EventSet =>
  left.map((word, i) => word & (right[i] as number));

/** Set difference, cat: `a \ b` */
export const withoutSet = (left: EventSet, right: EventSet): EventSet =>
  left.map((word, i) => word & ~(right[i] as number));
