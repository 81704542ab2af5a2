import type { View } from '#impl/machine/memory/armv8/view.ts';
import { initially, join } from '#impl/machine/memory/armv8/view.ts';
import type { Expression, Update, Value, Width } from '#spec/machine/memory/program.ts';

type Operator = Extract<Expression, { tag: 'binary' }>['operator'];

const signed = (value: bigint): Value => BigInt.asIntN(64, value);
const unsigned = (value: Value): bigint => BigInt.asUintN(64, value);
const truth = (holds: boolean): Value => (holds ? 1n : 0n);

const combine = (operator: Operator, left: Value, right: Value): Value => {
  switch (operator) {
    case 'add':
      return signed(left + right);
    case 'subtract':
      return signed(left - right);
    case 'multiply':
      return signed(left * right);
    case 'and':
      return left & right;
    case 'or':
      return left | right;
    case 'xor':
      return left ^ right;
    case 'shiftLeft':
      return signed(left << (right & 63n));
    case 'shiftRight':
      return left >> (right & 63n);
    case 'unsignedShiftRight':
      return signed(unsigned(left) >> (right & 63n));
    case 'equal':
      return truth(left === right);
    case 'notEqual':
      return truth(left !== right);
    case 'less':
      return truth(left < right);
    case 'lessOrEqual':
      return truth(left <= right);
    case 'unsignedLess':
      return truth(unsigned(left) < unsigned(right));
    case 'unsignedLessOrEqual':
      return truth(unsigned(left) <= unsigned(right));
  }
};

/** Shifts by the low 6 bits, as the processor does. */
/** The value of an expression, given that of each register. */
export const evaluate = (expression: Expression, values: readonly Value[]): Value => {
  switch (expression.tag) {
    case 'constant':
      return expression.value;
    case 'register':
      return values[expression.register] as Value;
    case 'low32':
      return BigInt.asIntN(32, evaluate(expression.operand, values));
    case 'binary':
      return combine(expression.operator, evaluate(expression.left, values), evaluate(expression.right, values));
  }
};

/** What an expression comes after: the join of the views of its registers, whatever they hold. */
export const viewOf = (expression: Expression, views: readonly View[]): View => {
  switch (expression.tag) {
    case 'constant':
      return initially;
    case 'register':
      return views[expression.register] as View;
    case 'low32':
      return viewOf(expression.operand, views);
    case 'binary':
      return join(viewOf(expression.left, views), viewOf(expression.right, views));
  }
};

/** Whether an expression has one value in every run, given of which registers that is so. */
export const isCertain = (expression: Expression, registers: readonly boolean[]): boolean => {
  switch (expression.tag) {
    case 'constant':
      return true;
    case 'register':
      return registers[expression.register] as boolean;
    case 'low32':
      return isCertain(expression.operand, registers);
    case 'binary':
      return isCertain(expression.left, registers) && isCertain(expression.right, registers);
  }
};

/** What an access of this width loads of what is there, and what it stores of a value. */
export const atWidth = (value: bigint, width: Width): Value => {
  switch (width) {
    case 'word':
      return BigInt.asIntN(32, value);
    case 'unsignedWord':
      return BigInt.asUintN(32, value);
    case 'doubleword':
      return signed(value);
  }
};

/** What a read-modify-write stores, of what it loaded and its operand, both at its width. */
export const updated = (update: Update, old: Value, operand: Value, width: Width): Value => {
  const bits = width === 'doubleword' ? 64 : 32;
  const isLess = (left: Value, right: Value): boolean => BigInt.asIntN(bits, left) < BigInt.asIntN(bits, right);
  const isBelow = (left: Value, right: Value): boolean => BigInt.asUintN(bits, left) < BigInt.asUintN(bits, right);
  switch (update) {
    case 'swap':
      return operand;
    case 'add':
      return atWidth(old + operand, width);
    case 'subtract':
      return atWidth(old - operand, width);
    case 'and':
      return old & operand;
    case 'or':
      return old | operand;
    case 'xor':
      return old ^ operand;
    case 'clear':
      return atWidth(old & ~operand, width);
    case 'max':
      return isLess(old, operand) ? operand : old;
    case 'min':
      return isLess(operand, old) ? operand : old;
    case 'unsignedMax':
      return isBelow(old, operand) ? operand : old;
    case 'unsignedMin':
      return isBelow(operand, old) ? operand : old;
  }
};
