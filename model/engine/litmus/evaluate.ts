import type { Expression, RegisterId, Update, Value, Width } from '#spec/machine/memory/program.ts';

const truth = (is: boolean): Value => (is ? 1n : 0n);

const unsigned = (value: Value): Value => BigInt.asUintN(64, value);

const isBelow = (left: Value, right: Value): boolean => left < right;

/** The value of an expression. Source: Expression. */
export const evaluate = (expression: Expression, registers: readonly Value[]): Value => {
  switch (expression.tag) {
    case 'constant':
      return expression.value;
    case 'register':
      return registers[expression.register] as Value;
    case 'low32':
      return BigInt.asIntN(32, evaluate(expression.operand, registers));
    case 'binary': {
      const left = evaluate(expression.left, registers);
      const right = evaluate(expression.right, registers);
      switch (expression.operator) {
        case 'add':
          return BigInt.asIntN(64, left + right);
        case 'subtract':
          return BigInt.asIntN(64, left - right);
        case 'multiply':
          return BigInt.asIntN(64, left * right);
        case 'and':
          return left & right;
        case 'or':
          return left | right;
        case 'xor':
          return left ^ right;
        case 'shiftLeft':
          return BigInt.asIntN(64, left << right);
        case 'shiftRight':
          return left >> right;
        case 'unsignedShiftRight':
          return BigInt.asIntN(64, unsigned(left) >> right);
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
    }
  }
};

/** The registers that an expression depends on. */
export const registersOf = (expression: Expression): RegisterId[] => {
  switch (expression.tag) {
    case 'constant':
      return [];
    case 'register':
      return [expression.register];
    case 'low32':
      return registersOf(expression.operand);
    case 'binary':
      return [...new Set([...registersOf(expression.left), ...registersOf(expression.right)])];
  }
};

/** What a store of this width leaves in memory: a word is kept extended with its sign. */
export const stored = (width: Width, value: Value): Value =>
  width === 'doubleword' ? value : BigInt.asIntN(32, value);

/** What a load of this width gives, of what is in memory. */
export const loaded = (width: Width, value: Value): Value => {
  if (width === 'doubleword') return value;
  return width === 'word' ? BigInt.asIntN(32, value) : BigInt.asUintN(32, value);
};

/** What a read-modify-write leaves in memory, of what was there and its operand. Both are extended with their sign. */
export const updated = (update: Update, width: Width, before: Value, operand: Value): Value => {
  const old = stored(width, before);
  const given = stored(width, operand);
  switch (update) {
    case 'swap':
      return given;
    case 'add':
      return stored(width, BigInt.asIntN(64, old + given));
    case 'subtract':
      return stored(width, BigInt.asIntN(64, old - given));
    case 'and':
      return old & given;
    case 'or':
      return old | given;
    case 'xor':
      return old ^ given;
    case 'clear':
      return old & ~given;
    case 'max':
      return isBelow(old, given) ? given : old;
    case 'min':
      return isBelow(old, given) ? old : given;
    case 'unsignedMax':
      return isBelow(unsigned(old), unsigned(given)) ? given : old;
    case 'unsignedMin':
      return isBelow(unsigned(old), unsigned(given)) ? old : given;
  }
};
