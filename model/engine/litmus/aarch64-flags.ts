import { binary, constant, isZero, low32, negated, read } from '#model/engine/litmus/expressions.ts';
import type { Expression, RegisterId } from '#spec/machine/memory/program.ts';

/**
 * The flags are one register, N Z C V from bit 3 down, as PSTATE.NZCV is: whoever looks at one depends on all that went
 * into any. Source: Arm ARM, AddWithCarry.
 */

const flags = (n: Expression, z: Expression, c: Expression, v: Expression): Expression =>
  [n, z, c, v].reduce((bits, bit) => binary('or', binary('shiftLeft', bits, constant(1n)), bit));

const isNegative = (value: Expression): Expression => binary('less', value, constant(0n));

const sized = (isWide: boolean, value: Expression): Expression => (isWide ? value : low32(value));

/** Of `left + right`. */
export const flagsOfSum = (isWide: boolean, left: Expression, right: Expression): Expression => {
  const [a, b] = [sized(isWide, left), sized(isWide, right)];
  const sum = sized(isWide, binary('add', a, b));
  const overflows = isNegative(binary('and', binary('xor', a, sum), binary('xor', b, sum)));
  return flags(isNegative(sum), isZero(sum), binary('unsignedLess', sum, a), overflows);
};

/** Of `left - right`. */
export const flagsOfDifference = (isWide: boolean, left: Expression, right: Expression): Expression => {
  const [a, b] = [sized(isWide, left), sized(isWide, right)];
  const n = isNegative(sized(isWide, binary('subtract', a, b)));
  const overflows = binary('xor', n, binary('less', a, b));
  return flags(n, binary('equal', a, b), binary('unsignedLessOrEqual', b, a), overflows);
};

/** Of a result of logic. */
export const flagsOfLogic = (isWide: boolean, result: Expression): Expression => {
  const value = sized(isWide, result);
  return flags(isNegative(value), isZero(value), constant(0n), constant(0n));
};

const bit = (register: RegisterId, number: bigint): Expression =>
  binary('and', binary('unsignedShiftRight', read(register), constant(number)), constant(1n));

/** 1 if the condition holds, by its name; null: there is none of that name. Source: Arm ARM, ConditionHolds. */
export const conditionOf = (name: string, register: RegisterId): Expression | null => {
  const [n, z, c, v] = [3n, 2n, 1n, 0n].map((number) => bit(register, number)) as [
    Expression,
    Expression,
    Expression,
    Expression,
  ];
  const isHigher = binary('and', c, negated(z));
  const isGreaterOrEqual = binary('equal', n, v);
  const isGreater = binary('and', negated(z), isGreaterOrEqual);
  const conditions: Readonly<Record<string, Expression>> = {
    EQ: z,
    NE: negated(z),
    CS: c,
    HS: c,
    CC: negated(c),
    LO: negated(c),
    MI: n,
    PL: negated(n),
    VS: v,
    VC: negated(v),
    HI: isHigher,
    LS: negated(isHigher),
    GE: isGreaterOrEqual,
    LT: negated(isGreaterOrEqual),
    GT: isGreater,
    LE: negated(isGreater),
    AL: constant(1n),
  };
  return conditions[name] ?? null;
};
