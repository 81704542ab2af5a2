import { arithmetic } from '#model/engine/litmus/aarch64-arithmetic.ts';
import { memory } from '#model/engine/litmus/aarch64-memory.ts';
import { Operands, registerNamed, valueIn } from '#model/engine/litmus/aarch64-operands.ts';
import { assembler } from '#model/engine/litmus/assembler.ts';
import { binary, constant, isZero, negated, unsigned32 } from '#model/engine/litmus/expressions.ts';
import { LitmusError } from '#model/engine/litmus/source.ts';
import type { Expression, Fence } from '#spec/machine/memory/program.ts';

/** AArch64, as herd's tests write it. Source: Arm ARM, chapter C6; herdtools7, AArch64Sem.ml. */
export const aarch64 = assembler(registerNamed, (mnemonic, text, builder, offset) => {
  const operands = new Operands(text, builder);
  const name = mnemonic.toUpperCase();
  const isKnown =
    branch(name, operands, offset) || fence(name, operands) || memory(name, operands) || arithmetic(name, operands);
  if (isKnown) operands.end();
  return isKnown;
});

/** Whether it is a branch; then it is translated. */
const branch = (name: string, operands: Operands, at: number): boolean => {
  const jump = (condition: Expression | null): boolean => {
    const { text, offset } = operands.name('a label');
    operands.builder.jump(text, condition, offset);
    return true;
  };
  switch (name) {
    case 'B':
      return jump(null);
    case 'CBZ':
      return jump(isZero(tested(operands)));
    case 'CBNZ':
      return jump(tested(operands));
    case 'TBZ':
      return jump(negated(testedBit(operands)));
    case 'TBNZ':
      return jump(testedBit(operands));
    default:
      return name.startsWith('B.') && jump(operands.conditionNamed(name.slice('B.'.length), at));
  }
};

const tested = (operands: Operands): Expression => {
  const operand = operands.register();
  return operand.isWide ? valueIn(operand) : unsigned32(valueIn(operand));
};

const testedBit = (operands: Operands): Expression => {
  const value = valueIn(operands.register());
  return binary('and', binary('unsignedShiftRight', value, constant(operands.immediate())), constant(1n));
};

/** The options of DMB and DSB. All observers are in one shareability domain, as aarch64.cat assumes. */
const domains: Readonly<Record<string, 'sy' | 'ld' | 'st'>> = {
  SY: 'sy',
  ISH: 'sy',
  OSH: 'sy',
  LD: 'ld',
  ISHLD: 'ld',
  OSHLD: 'ld',
  ST: 'st',
  ISHST: 'st',
  OSHST: 'st',
};

/** Whether it is a fence, or a hint that does nothing; then it is translated. */
const fence = (name: string, operands: Operands): boolean => {
  if (name === 'NOP') return true;
  if (name === 'ISB') {
    if (operands.hasMore()) operands.name('SY');
    operands.builder.emit({ tag: 'fence', fence: 'isb' });
    return true;
  }
  if (name !== 'DMB' && name !== 'DSB') return false;
  const { text, offset } = operands.name('SY, LD or ST');
  const domain = domains[text.toUpperCase()];
  if (domain === undefined) {
    const known = `known are ${Object.keys(domains).join(', ')}`;
    throw new LitmusError('unsupported', offset, `the instruction '${name} ${text}'`, known);
  }
  operands.builder.emit({ tag: 'fence', fence: `${name === 'DMB' ? 'dmb' : 'dsb'}.${domain}` satisfies Fence });
  return true;
};
