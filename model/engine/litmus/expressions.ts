import type { Expression, RegisterId, Value } from '#spec/machine/memory/program.ts';

/** Expressions, written short, for front ends. */

type Operator = Extract<Expression, { tag: 'binary' }>['operator'];

export const constant = (value: Value): Expression => ({ tag: 'constant', value });

export const read = (register: RegisterId): Expression => ({ tag: 'register', register });

export const binary = (operator: Operator, left: Expression, right: Expression): Expression => ({
  tag: 'binary',
  operator,
  left,
  right,
});

/** The low 32 bits, extended with their sign. */
export const low32 = (operand: Expression): Expression =>
  operand.tag === 'constant' ? constant(BigInt.asIntN(32, operand.value)) : { tag: 'low32', operand };

/** The low 32 bits, extended with zeros. */
export const unsigned32 = (operand: Expression): Expression =>
  operand.tag === 'constant'
    ? constant(BigInt.asUintN(32, operand.value))
    : binary('and', operand, constant(0xffff_ffffn));

/** 1 if it is 0, else 0. */
export const isZero = (operand: Expression): Expression => binary('equal', operand, constant(0n));

/** 1 if the other is 0, and the other way round; the other is 0 or 1. */
export const negated = (operand: Expression): Expression => binary('xor', operand, constant(1n));
