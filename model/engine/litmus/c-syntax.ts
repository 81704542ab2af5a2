import type { AccessOrder, Update, Value, Width } from '#spec/machine/memory/program.ts';

/** The C of litmus tests, as it is written: a function a thread, made of statements and expressions. */

/** A type: an integer, signed, of some width; or a pointer. Qualifiers do not count: an access says what it is. */
export type Type = { readonly tag: 'integer'; readonly width: Width } | { readonly tag: 'pointer'; readonly to: Type };

export type Operator =
  | '+'
  | '-'
  | '*'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&&'
  | '||';

/** `offset`: where it begins in the source. */
export type Expression = { readonly offset: number } & (
  | { readonly tag: 'number'; readonly value: Value; readonly isLong: boolean }
  | { readonly tag: 'name'; readonly name: string }
  | { readonly tag: 'unary'; readonly operator: '-' | '!' | '~'; readonly operand: Expression }
  | { readonly tag: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly tag: 'cast'; readonly type: Type; readonly operand: Expression }
  | { readonly tag: 'load'; readonly address: Expression; readonly order: AccessOrder }
  | {
      readonly tag: 'update';
      readonly update: Update;
      readonly address: Expression;
      readonly operand: Expression;
      readonly order: AccessOrder;
    }
  | {
      readonly tag: 'compareExchange';
      readonly address: Expression;
      readonly expected: Expression;
      readonly desired: Expression;
      readonly success: AccessOrder;
      readonly failure: AccessOrder;
      readonly weak: boolean;
    }
);

export type Statement =
  | {
      readonly tag: 'declare';
      readonly name: string;
      readonly type: Type;
      readonly value: Expression | null;
      readonly offset: number;
    }
  | { readonly tag: 'assign'; readonly name: string; readonly value: Expression; readonly offset: number }
  | { readonly tag: 'store'; readonly address: Expression; readonly value: Expression; readonly order: AccessOrder }
  | { readonly tag: 'fence'; readonly order: Exclude<AccessOrder, 'plain' | 'acquirePC'> }
  | { readonly tag: 'evaluate'; readonly expression: Expression }
  | { readonly tag: 'block'; readonly statements: readonly Statement[] }
  | {
      readonly tag: 'if';
      readonly condition: Expression;
      readonly then: Statement;
      readonly otherwise: Statement | null;
    }
  /** A `do` tests its condition after its body. */
  | {
      readonly tag: 'loop';
      readonly condition: Expression;
      readonly body: Statement;
      readonly isTestedFirst: boolean;
    };

/** A parameter is a pointer to the location of its name. */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
}

/** A function: one thread. */
export interface ThreadFunction {
  readonly thread: number;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly offset: number;
}
