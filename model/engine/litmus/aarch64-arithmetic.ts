import { flagsOfDifference, flagsOfLogic, flagsOfSum } from '#model/engine/litmus/aarch64-flags.ts';
import { type Operands, type RegisterOperand, valueIn } from '#model/engine/litmus/aarch64-operands.ts';
import { binary, constant, low32, unsigned32 } from '#model/engine/litmus/expressions.ts';
import type { Expression } from '#spec/machine/memory/program.ts';

/** `MVN`: every bit the other way round. */
const inverted = (value: Expression): Expression => binary('xor', value, constant(-1n));

/** What each three-operand instruction computes. Those in `flagged` have a form with S that sets the flags. */
const operators: Readonly<Record<string, (left: Expression, right: Expression) => Expression>> = {
  ADD: (left, right) => binary('add', left, right),
  SUB: (left, right) => binary('subtract', left, right),
  AND: (left, right) => binary('and', left, right),
  BIC: (left, right) => binary('and', left, inverted(right)),
  ORR: (left, right) => binary('or', left, right),
  ORN: (left, right) => binary('or', left, inverted(right)),
  EOR: (left, right) => binary('xor', left, right),
  EON: (left, right) => binary('xor', left, inverted(right)),
  MUL: (left, right) => binary('multiply', left, right),
};

type Flagged = (isWide: boolean, left: Expression, right: Expression) => Expression;

const flagged: Readonly<Record<string, { readonly operator: string; readonly flags: Flagged }>> = {
  ADDS: { operator: 'ADD', flags: flagsOfSum },
  SUBS: { operator: 'SUB', flags: flagsOfDifference },
  ANDS: { operator: 'AND', flags: (isWide, left, right) => flagsOfLogic(isWide, binary('and', left, right)) },
  BICS: { operator: 'BIC', flags: (isWide, left, right) => flagsOfLogic(isWide, binary('and', left, inverted(right))) },
};

/** Comparisons: the same, with the result thrown away. */
const comparisons: Readonly<Record<string, string>> = { CMN: 'ADDS', CMP: 'SUBS', TST: 'ANDS' };

/** Of one source: aliases of the above with the zero register. */
const unary: Readonly<Record<string, (source: Expression) => Expression>> = {
  MOV: (source) => source,
  MVN: inverted,
  MOVZ: (source) => source,
  MOVN: inverted,
  NEG: (source) => binary('subtract', constant(0n), source),
  SXTW: low32,
  UXTW: unsigned32,
};

/** What becomes of the second source of a conditional choice. */
const choices: Readonly<Record<string, (otherwise: Expression) => Expression>> = {
  CSEL: (otherwise) => otherwise,
  CSINC: (otherwise) => binary('add', otherwise, constant(1n)),
  CSINV: inverted,
  CSNEG: (otherwise) => binary('subtract', constant(0n), otherwise),
};

/** Whether it is arithmetic; then it is translated. A register W is written with its upper half 0. */
export const arithmetic = (name: string, operands: Operands): boolean => {
  const { builder } = operands;
  const write = ({ register, isWide }: RegisterOperand, value: Expression): true => {
    if (register !== null) builder.emit({ tag: 'assign', register, value: isWide ? value : unsigned32(value) });
    return true;
  };
  const choose = (
    { register, isWide }: RegisterOperand,
    condition: Expression,
    then: Expression,
    other: Expression,
  ) => {
    const [first, second] = isWide ? [then, other] : [unsigned32(then), unsigned32(other)];
    if (register !== null) builder.emit({ tag: 'select', register, condition, chosen: first, otherwise: second });
    return true;
  };

  const operator = operators[name];
  if (operator) {
    const to = operands.register();
    return write(to, operator(valueIn(operands.register()), operands.source()));
  }
  const compared = comparisons[name];
  const setting = flagged[compared ?? name];
  if (setting) {
    const to = compared === undefined ? operands.register() : null;
    const from = operands.register();
    const [left, right] = [valueIn(from), operands.source()];
    const flags = setting.flags(from.isWide, left, right);
    const result = operators[setting.operator]?.(left, right) as Expression;
    builder.emit({ tag: 'assign', register: operands.flags(), value: flags });
    return to === null || write(to, result);
  }
  const single = unary[name];
  if (single) return write(operands.register(), single(operands.source()));
  const choice = choices[name];
  if (choice) {
    const to = operands.register();
    const [then, other] = [valueIn(operands.register()), valueIn(operands.register())];
    return choose(to, operands.condition(), then, choice(other));
  }
  switch (name) {
    case 'LSL':
    case 'LSR':
    case 'ASR': {
      const to = operands.register();
      const value = valueIn(operands.register());
      return write(to, shift(name, to.isWide, value, operands.source()));
    }
    case 'CSET':
    case 'CSETM':
      return choose(operands.register(), operands.condition(), constant(name === 'CSET' ? 1n : -1n), constant(0n));
    case 'CINC': {
      const to = operands.register();
      const value = valueIn(operands.register());
      return choose(to, operands.condition(), binary('add', value, constant(1n)), value);
    }
    default:
      return false;
  }
};

/** The amount counts modulo the width of the register. */
const shift = (name: 'LSL' | 'LSR' | 'ASR', isWide: boolean, value: Expression, by: Expression): Expression => {
  const amount = binary('and', by, constant(isWide ? 63n : 31n));
  if (name === 'LSL') return binary('shiftLeft', value, amount);
  if (name === 'LSR') return binary('unsignedShiftRight', isWide ? value : unsigned32(value), amount);
  return binary('shiftRight', isWide ? value : low32(value), amount);
};
