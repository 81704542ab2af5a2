import type { Proposition, Quantifier } from '#model/engine/litmus/question.ts';
import { addressOf } from '#model/engine/litmus/source.ts';
import { asType, type ValueType } from '#model/engine/litmus/types.ts';
import type { FinalState, LitmusProgram, Value } from '#spec/machine/memory/program.ts';

/** `0:X1=1`: the value, as its type reads it, of one of the program's `observed`. */
export interface Atom {
  readonly observed: number;
  readonly isEqual: boolean;
  readonly value: Value;
}

/** What is observed is printed so: `0:X1`, `[x]`. */
export interface Shown {
  readonly name: string;
  readonly type: ValueType;
  /** Whether final states show it; what only the filter names is not shown. */
  readonly isShown: boolean;
}

/** A litmus test: a program and a question about its final states. */
export interface LitmusTest {
  readonly program: LitmusProgram;
  /** Of each of the program's `observed`, in the same order. */
  readonly shown: readonly Shown[];
  /** Executions that end otherwise do not count. */
  readonly filter: Proposition<Atom> | null;
  readonly quantifier: Quantifier;
  readonly proposition: Proposition<Atom>;
}

/** The values of a final state, each as its type reads it. */
export const typed = (test: LitmusTest, state: FinalState): FinalState =>
  state.map((value, i) => asType((test.shown[i] as Shown).type, value));

/** Whether a proposition is true of a final state; of typed values. */
export const isTrueOf = (proposition: Proposition<Atom>, state: FinalState): boolean => {
  switch (proposition.tag) {
    case 'constant':
      return proposition.isTrue;
    case 'atom': {
      const { observed, isEqual, value } = proposition.of;
      return (state[observed] === value) === isEqual;
    }
    case 'not':
      return !isTrueOf(proposition.operand, state);
    case 'and':
      return isTrueOf(proposition.left, state) && isTrueOf(proposition.right, state);
    case 'or':
      return isTrueOf(proposition.left, state) || isTrueOf(proposition.right, state);
    case 'implies':
      return !isTrueOf(proposition.left, state) || isTrueOf(proposition.right, state);
  }
};

/** A value as herd prints it: an address by the name of its location, `x` or `x+4`. */
export const showValue = ({ locations }: LitmusProgram, value: Value): string => {
  if (value < addressOf(0)) return `${value}`;
  const location = Number(value >> 16n) - 1;
  const name = locations[location];
  if (name === undefined) return `${value}`;
  const past = value - addressOf(location);
  return past === 0n ? name : `${name}+${past}`;
};

/** A final state as herd prints it: `0:X0=1; [x]=1`. */
export const showState = (test: LitmusTest, state: FinalState): string =>
  state
    .flatMap((value, i) => {
      const { name, isShown } = test.shown[i] as Shown;
      return isShown ? [`${name}=${showValue(test.program, value)}`] : [];
    })
    .join('; ');

const binding = { implies: 0, or: 1, and: 2, not: 3 } as const;

const showProposition = (test: LitmusTest, proposition: Proposition<Atom>, around: number): string => {
  const show = (inner: Proposition<Atom>, tag: keyof typeof binding): string =>
    showProposition(test, inner, binding[tag]);
  const within = (tag: keyof typeof binding, text: string): string => (binding[tag] < around ? `(${text})` : text);
  switch (proposition.tag) {
    case 'constant':
      return String(proposition.isTrue);
    case 'atom': {
      const { observed, isEqual, value } = proposition.of;
      return `${(test.shown[observed] as Shown).name}${isEqual ? '=' : '!='}${showValue(test.program, value)}`;
    }
    case 'not':
      return `not (${showProposition(test, proposition.operand, 0)})`;
    case 'and':
      return within('and', `${show(proposition.left, 'and')} /\\ ${show(proposition.right, 'and')}`);
    case 'or':
      return within('or', `${show(proposition.left, 'or')} \\/ ${show(proposition.right, 'or')}`);
    case 'implies':
      return within('implies', `${show(proposition.left, 'or')} => ${show(proposition.right, 'implies')}`);
  }
};

const quantifiers: Readonly<Record<Quantifier, string>> = {
  exists: 'exists',
  'not exists': '~exists',
  forall: 'forall',
};

/** The question as herd prints it: `exists (0:X1=1 /\ [x]=2)`. */
export const showQuestion = (test: LitmusTest): string =>
  `${quantifiers[test.quantifier]} (${showProposition(test, test.proposition, 0)})`;
