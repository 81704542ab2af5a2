import { assembler } from '#model/engine/litmus/assembler.ts';
import { binary, constant, isZero, low32, negated } from '#model/engine/litmus/expressions.ts';
import { RiscvOperands, registerNamed } from '#model/engine/litmus/riscv-operands.ts';
import { LitmusError } from '#model/engine/litmus/source.ts';
import type { AccessOrder, Expression, Fence, RegisterId, Update, Width } from '#spec/machine/memory/program.ts';

/** RISC-V, RV64IA, as herd's tests write it. Source: The RISC-V Instruction Set Manual, volume I. */
export const riscv = assembler(registerNamed, (mnemonic, text, builder) => {
  const operands = new RiscvOperands(text, builder);
  const name = mnemonic.toLowerCase();
  const isKnown =
    arithmetic(name, operands) || memory(name, operands) || branch(name, operands) || fence(name, operands);
  if (isKnown) operands.end();
  return isKnown;
});

type Operator = Extract<Expression, { tag: 'binary' }>['operator'];

const operators: Readonly<Record<string, Operator>> = {
  add: 'add',
  sub: 'subtract',
  mul: 'multiply',
  and: 'and',
  or: 'or',
  xor: 'xor',
  sll: 'shiftLeft',
  srl: 'unsignedShiftRight',
  sra: 'shiftRight',
  slt: 'less',
  sltu: 'unsignedLess',
};

const unary: Readonly<Record<string, (value: Expression) => Expression>> = {
  mv: (value) => value,
  not: (value) => binary('xor', value, constant(-1n)),
  neg: (value) => binary('subtract', constant(0n), value),
  'sext.w': low32,
  seqz: isZero,
  snez: (value) => negated(isZero(value)),
};

const assign = (operands: RiscvOperands, register: RegisterId | null, value: Expression): true => {
  if (register !== null) operands.builder.emit({ tag: 'assign', register, value });
  return true;
};

/** Whether it is arithmetic; then it is translated. */
const arithmetic = (name: string, operands: RiscvOperands): boolean => {
  if (name === 'nop') return true;
  if (name === 'li') return assign(operands, operands.target(), constant(BigInt.asIntN(64, operands.immediate())));
  const single = unary[name];
  if (single) return assign(operands, operands.target(), single(operands.source()));
  const [, base, immediate, word] = /^(add|sub|mul|and|or|xor|sll|srl|sra|sltu?)(i?)(w?)$/.exec(unaliased(name)) ?? [];
  const operator = operators[base ?? ''];
  if (operator === undefined || (base === 'sub' && immediate === 'i')) return false;
  const target = operands.target();
  const [left, right] = [operands.source(), immediate === 'i' ? constant(operands.immediate()) : operands.source()];
  const isShift = base === 'sll' || base === 'srl' || base === 'sra';
  const amount = isShift ? binary('and', right, constant(word === 'w' ? 31n : 63n)) : right;
  if (word !== 'w') return assign(operands, target, binary(operator, left, amount));
  const unsigned = binary('and', left, constant(0xffff_ffffn));
  return assign(operands, target, low32(binary(operator, base === 'srl' ? unsigned : low32(left), amount)));
};

/** `sltiu` has its letters in another order than the rest. */
const unaliased = (name: string): string => (name === 'sltiu' ? 'sltui' : name);

const orders: Readonly<Record<string, AccessOrder>> = {
  '': 'plain',
  '.aq': 'acquire',
  '.rl': 'release',
  '.aq.rl': 'acq_rel',
  '.aqrl': 'acq_rel',
};

const updates: Readonly<Record<string, Update>> = {
  swap: 'swap',
  add: 'add',
  and: 'and',
  or: 'or',
  xor: 'xor',
  max: 'max',
  min: 'min',
  maxu: 'unsignedMax',
  minu: 'unsignedMin',
};

const widths: Readonly<Record<string, Width>> = { w: 'word', d: 'doubleword', wu: 'unsignedWord' };

const ordered = '((?:\\.aq)?(?:\\.rl)?|\\.aqrl)$';
const loadOrStore = new RegExp(`^([ls])(wu|w|d)${ordered}`);
const exclusive = new RegExp(`^(lr|sc)\\.(w|d)${ordered}`);
const atomic = new RegExp(`^amo(swap|add|and|or|xor|maxu?|minu?)\\.(w|d)${ordered}`);

/** Whether it accesses memory; then it is translated. */
const memory = (name: string, operands: RiscvOperands): boolean => {
  const { builder } = operands;
  const [, way, size, suffix] = loadOrStore.exec(name) ?? exclusive.exec(name) ?? atomic.exec(name) ?? [];
  if (way === undefined || (way === 's' && size === 'wu')) return false;
  const width = widths[size as string] as Width;
  const order = orders[suffix as string] as AccessOrder;
  switch (way) {
    case 'l':
    case 'lr': {
      const register = operands.target();
      builder.emit({ tag: 'load', register, address: operands.address(), order, width, exclusive: way === 'lr' });
      return true;
    }
    case 's': {
      const value = operands.source();
      builder.emit({ tag: 'store', address: operands.address(), value, order, width, status: null });
      return true;
    }
    case 'sc': {
      const status = operands.target() ?? builder.register('x0');
      const value = operands.source();
      builder.emit({ tag: 'store', address: operands.address(), value, order, width, status });
      return true;
    }
    default: {
      const register = operands.target();
      const operand = operands.source();
      builder.emit({
        tag: 'update',
        register,
        address: operands.address(),
        update: updates[way] as Update,
        operand,
        readOrder: order === 'release' ? 'plain' : order,
        writeOrder: order === 'acquire' ? 'plain' : order,
        width,
        locked: false,
      });
      return true;
    }
  }
};

/** What is compared, and whether the sides are the other way round. */
const comparisons: Readonly<Record<string, readonly [operator: Operator, isSwapped: boolean]>> = {
  beq: ['equal', false],
  bne: ['notEqual', false],
  blt: ['less', false],
  ble: ['lessOrEqual', false],
  bgt: ['less', true],
  bge: ['lessOrEqual', true],
  bltu: ['unsignedLess', false],
  bleu: ['unsignedLessOrEqual', false],
  bgtu: ['unsignedLess', true],
  bgeu: ['unsignedLessOrEqual', true],
};

/** Whether it is a branch; then it is translated. */
const branch = (name: string, operands: RiscvOperands): boolean => {
  const comparison = comparisons[name] ?? comparisons[name.replace(/z$/, '')];
  if (name !== 'j' && comparison === undefined) return false;
  let condition: Expression | null = null;
  if (comparison !== undefined) {
    const [operator, isSwapped] = comparison;
    const left = operands.source();
    const right = name.endsWith('z') ? constant(0n) : operands.source();
    condition = isSwapped ? binary(operator, right, left) : binary(operator, left, right);
  }
  const { text, offset } = operands.name('a label');
  operands.builder.jump(text, condition, offset);
  return true;
};

/** Whether it is a fence; then it is translated. */
const fence = (name: string, operands: RiscvOperands): boolean => {
  if (name === 'fence.i' || name === 'fence.tso') {
    operands.builder.emit({ tag: 'fence', fence: name });
    return true;
  }
  if (name !== 'fence') return false;
  const before = operands.hasMore() ? side(operands) : 'rw';
  const after = operands.hasMore() ? side(operands) : 'rw';
  operands.builder.emit({ tag: 'fence', fence: `fence.${before}.${after}` satisfies Fence });
  return true;
};

/** What a fence orders on one side. Devices (`i`, `o`) are in no test. */
const side = (operands: RiscvOperands): 'r' | 'w' | 'rw' => {
  const { text, offset } = operands.name('r, w or rw');
  const kept = text.toLowerCase().replace(/[io]/g, '');
  if (kept === 'r' || kept === 'w' || kept === 'rw') return kept;
  throw new LitmusError('syntax', offset, `'${text}'`, 'expected r, w or rw');
};
