import { threadOf } from '#model/engine/litmus/setup.ts';
import { integerOf, type Tokens } from '#model/engine/litmus/tokens.ts';
import type { Value } from '#spec/machine/memory/program.ts';

/** Something with a value at the end, as the source names it. */
export type Named =
  | { readonly tag: 'register'; readonly thread: number; readonly name: string; readonly offset: number }
  | { readonly tag: 'location'; readonly name: string; readonly offset: number };

/** What is compared with it: a number, or a location's address. */
export type Constant =
  | { readonly tag: 'number'; readonly value: Value }
  | { readonly tag: 'address'; readonly name: string };

/** A statement about one final state; `Of` is what it says of something's final value. */
export type Proposition<Of> =
  | { readonly tag: 'constant'; readonly isTrue: boolean }
  | { readonly tag: 'atom'; readonly of: Of }
  | { readonly tag: 'not'; readonly operand: Proposition<Of> }
  | { readonly tag: 'and' | 'or' | 'implies'; readonly left: Proposition<Of>; readonly right: Proposition<Of> };

/** The same statement about something else. */
export const mapAtoms = <From, To>(proposition: Proposition<From>, to: (of: From) => To): Proposition<To> => {
  switch (proposition.tag) {
    case 'constant':
      return proposition;
    case 'atom':
      return { tag: 'atom', of: to(proposition.of) };
    case 'not':
      return { tag: 'not', operand: mapAtoms(proposition.operand, to) };
    default: {
      const { tag, left, right } = proposition;
      return { tag, left: mapAtoms(left, to), right: mapAtoms(right, to) };
    }
  }
};

/** `0:X1=1`; with `isEqual` false, `0:X1!=1`. */
export interface Comparison {
  readonly what: Named;
  readonly isEqual: boolean;
  readonly value: Constant;
}

export type Quantifier = 'exists' | 'not exists' | 'forall';

/** All that follows the threads. */
export interface Ending {
  readonly locations: readonly Named[];
  readonly filter: Proposition<Comparison> | null;
  readonly quantifier: Quantifier;
  readonly proposition: Proposition<Comparison>;
}

/** Reads what follows the threads. A test that asks nothing asks whether all is true. */
export const ending = (tokens: Tokens): Ending => {
  const locations: Named[] = [];
  let filter: Proposition<Comparison> | null = null;
  for (;;) {
    if (tokens.takeIf('locations') || tokens.takeIf('observed')) {
      tokens.expect('[');
      while (!tokens.takeIf(']')) {
        locations.push(named(tokens));
        if (tokens.peek().text !== ']') tokens.expect(';');
      }
    } else if (tokens.takeIf('filter')) filter = proposition(tokens);
    else break;
  }
  if (tokens.peek().tag === 'end') {
    return { locations, filter, quantifier: 'forall', proposition: { tag: 'constant', isTrue: true } };
  }
  const isOld = tokens.takeIf('final');
  const quantifier = isOld ? 'exists' : quantifierOf(tokens);
  const asked = proposition(tokens);
  while (tokens.takeIf(';'));
  if (isOld && tokens.takeIf('with')) expectedOfModels(tokens);
  while (tokens.takeIf('<<')) orders(tokens);
  if (tokens.peek().tag !== 'end') tokens.fail('the end of the test');
  return { locations, filter, quantifier, proposition: asked };
};

const quantifierOf = (tokens: Tokens): Quantifier => {
  const isNegated = tokens.takeIf('~') || tokens.takeIf('not');
  if (tokens.takeIf('exists')) return isNegated ? 'not exists' : 'exists';
  if (!isNegated && tokens.takeIf('forall')) return 'forall';
  return tokens.fail('exists, ~exists or forall');
};

/** Old tests end in `final ...`, then in what each model was expected to say. */
const expectedOfModels = (tokens: Tokens): void => {
  while (tokens.peek().tag === 'name') {
    tokens.take();
    tokens.expect(':');
    quantifierOf(tokens);
    tokens.expect(';');
  }
};

/** `<<` orders to an old tool, which say nothing about the test `>>`. */
const orders = (tokens: Tokens): void => {
  while (!tokens.takeIf('>>')) {
    if (tokens.peek().tag === 'end') tokens.fail("'>>'");
    tokens.take();
  }
};

/** Implication binds least, then or, and, not. */
const proposition = (tokens: Tokens): Proposition<Comparison> => {
  const left = disjunction(tokens);
  return tokens.takeIf('=>') ? { tag: 'implies', left, right: proposition(tokens) } : left;
};

const disjunction = (tokens: Tokens): Proposition<Comparison> => {
  let left = conjunction(tokens);
  while (tokens.takeIf('\\/')) left = { tag: 'or', left, right: conjunction(tokens) };
  return left;
};

const conjunction = (tokens: Tokens): Proposition<Comparison> => {
  let left = negation(tokens);
  while (tokens.takeIf('/\\')) left = { tag: 'and', left, right: negation(tokens) };
  return left;
};

const negation = (tokens: Tokens): Proposition<Comparison> => {
  if (tokens.takeIf('~') || tokens.takeIf('not')) return { tag: 'not', operand: negation(tokens) };
  if (tokens.takeIf('(')) {
    const inner = proposition(tokens);
    tokens.expect(')');
    return inner;
  }
  if (tokens.takeIf('true')) return { tag: 'constant', isTrue: true };
  if (tokens.takeIf('false')) return { tag: 'constant', isTrue: false };
  const what = named(tokens);
  const isEqual = tokens.takeIf('=');
  if (!isEqual && !tokens.takeIf('!=') && !tokens.takeIf('<>')) tokens.fail("'='");
  return { tag: 'atom', of: { what, isEqual, value: constant(tokens) } };
};

/** `0:X1`, `P0:EAX`, `x` or `[x]`. */
const named = (tokens: Tokens): Named => {
  const first = tokens.peek();
  if (tokens.takeIf('[')) {
    const { text, offset } = tokens.expectKind('name', 'the name of a location');
    tokens.expect(']');
    return { tag: 'location', name: text, offset };
  }
  if (first.tag === 'name') tokens.take();
  const thread = threadOf(first, tokens);
  if (thread !== null) {
    const { text, offset } = tokens.expectKind('name', 'a register');
    return { tag: 'register', thread, name: text, offset };
  }
  if (first.tag !== 'name') tokens.fail('a register or a location');
  return { tag: 'location', name: first.text, offset: first.offset };
};

const constant = (tokens: Tokens): Constant => {
  if (tokens.peek().tag === 'number') return { tag: 'number', value: integerOf(tokens.take().text) };
  tokens.takeIf('&');
  return { tag: 'address', name: tokens.expectKind('name', 'a number or the name of a location').text };
};
