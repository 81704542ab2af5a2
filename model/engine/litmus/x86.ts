import { binary, constant, read } from '#model/engine/litmus/expressions.ts';
import { columns, type Fragment, type FrontEnd, LitmusError, type Setup } from '#model/engine/litmus/source.ts';
import { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';
import { Flags } from '#model/engine/litmus/x86-flags.ts';
import { type Operand, operandsOf } from '#model/engine/litmus/x86-operands.ts';
import {
  type NamedRegister,
  readPart,
  registerOfX86,
  registerOfX86_64,
  type Size,
  withPart,
} from '#model/engine/litmus/x86-registers.ts';
import type { Expression, RegisterId, Update, Width } from '#spec/machine/memory/program.ts';

/** How the two syntaxes differ. */
interface Dialect {
  readonly registerNamed: NamedRegister;
  /** Whether an instruction names first what it changes, as Intel does, or last, as AT&T does. */
  readonly isDestinationFirst: boolean;
  /** The size of an instruction that does not say. */
  readonly size: Size;
}

const frontEnd = (dialect: Dialect): FrontEnd => {
  const registerNamed = (name: string): string | null =>
    dialect.registerNamed(name.replace(/^%/, '').toLowerCase())?.name ?? null;
  return {
    registerNamed,
    threads: (text, offset, setup) => {
      const { columns: threads, end } = columns(text, offset);
      return {
        threads: threads.map((cells, thread) => {
          const translation = new Translation(setup, dialect);
          for (const cell of cells) translation.cell(cell);
          return translation.builder.build(thread, setup, registerNamed);
        }),
        end,
      };
    },
  };
};

/** 32 bits, as Intel writes it: `MOV [x],$1`. Source: Intel SDM, volume 2; herdtools7, X86Sem.ml. */
export const x86 = frontEnd({ registerNamed: registerOfX86, isDestinationFirst: true, size: 32 });

/** 64 bits, as AT&T writes it: `movq $1,(x)`. Source: Intel SDM, volume 2; herdtools7, X86_64Sem.ml. */
export const x86_64 = frontEnd({ registerNamed: registerOfX86_64, isDestinationFirst: false, size: 64 });

const labelled = /^([A-Za-z_.][\w.]*)\s*:\s*/;
const parts = /^(lock\b[\s;]*)?(\S+)/i;
const sizedName = /^(mov|add|sub|and|or|xor|shl|inc|dec|cmp|test|xchg|xadd|cmpxchg)([bwlq]?)$/;
const conditionalName = /^(set|cmov)([a-z]{1,2}?)([wlq]?)$/;

type Arithmetic = 'add' | 'subtract' | 'and' | 'or' | 'xor';

const arithmetic: ReadonlyMap<string, Arithmetic> = new Map([
  ['add', 'add'],
  ['inc', 'add'],
  ['sub', 'subtract'],
  ['dec', 'subtract'],
  ['and', 'and'],
  ['or', 'or'],
  ['xor', 'xor'],
]);

type Register = Operand & { tag: 'register' };
type Memory = Operand & { tag: 'memory' };

/** What an instruction may change. */
type Target = Operand & { tag: 'memory' | 'register' };

const locked = { readOrder: 'plain', writeOrder: 'plain', locked: true } as const;

const widthOf = ({ offset }: Memory, size: Size): Width => {
  if (size === 64) return 'doubleword';
  if (size === 32) return 'unsignedWord';
  throw new LitmusError('unsupported', offset, `an access of ${size} bits`, 'memory is accessed by 32 or 64');
};

const sizeOfSuffix = new Map<string | undefined, Size>([
  ['b', 8],
  ['w', 16],
  ['l', 32],
  ['q', 64],
]);

/** Translates one thread, cell by cell. */
class Translation {
  readonly builder = new ThreadBuilder();
  private readonly setup: Setup;
  private readonly dialect: Dialect;
  private readonly flags = new Flags(this.builder);
  private temporaries = 0;

  constructor(setup: Setup, dialect: Dialect) {
    this.setup = setup;
    this.dialect = dialect;
  }

  /** One cell: labels, then at most one instruction. */
  cell(cell: Fragment): void {
    const { text, offset } = cell;
    const [labelling, label] = text.includes(':') ? (labelled.exec(text) ?? []) : [];
    if (labelling !== undefined && label !== undefined) {
      this.builder.label(label, offset);
      this.flags.forget();
      const rest = text.slice(labelling.length);
      if (rest !== '') this.cell({ text: rest, offset: offset + labelling.length });
      return;
    }
    const [start, lock, mnemonic] = parts.exec(text) ?? [];
    if (start === undefined || mnemonic === undefined) {
      throw new LitmusError('syntax', offset, `'${text}'`, 'expected an instruction');
    }
    const operandText = text.slice(start.length).trimStart();
    const rest = { text: operandText, offset: offset + text.length - operandText.length };
    const name = mnemonic.toLowerCase();
    if (lock === undefined && (this.fence(name, rest) || this.jump(name, offset, rest))) return;
    if (this.sized(name, lock !== undefined, rest) || (lock === undefined && this.conditional(name, rest))) return;
    const isKnown = sizedName.test(name) || conditionalName.test(name);
    const remedy = isKnown ? 'it does not take these operands, or not so' : `${mnemonic} is not known`;
    throw new LitmusError('unsupported', offset, `the instruction '${text}'`, remedy);
  }

  /** Whether it is an instruction on operands, and takes these; then it is translated. So below. */
  private sized(name: string, isLocked: boolean, rest: Fragment): boolean {
    const [, base, suffix] = sizedName.exec(name) ?? [];
    if (base === undefined) return false;
    const operands = this.operands(rest);
    const size = this.sizeOf(suffix, operands);
    return this.exchange(base, isLocked, operands, size) || this.change(base, isLocked, operands, size);
  }

  private conditional(name: string, rest: Fragment): boolean {
    const [, kind, condition, suffix] = conditionalName.exec(name) ?? [];
    if (condition === undefined) return false;
    const operands = this.operands(rest);
    return kind === 'set' ? this.setIf(condition, operands) : this.moveIf(condition, suffix, operands);
  }

  private operands(rest: Fragment): Operand[] {
    return operandsOf(rest, this.builder, this.setup, this.dialect.registerNamed);
  }

  /** What the suffix says, or the registers, which must agree. */
  private sizeOf(suffix: string | undefined, operands: readonly Operand[]): Size {
    const registers = operands.filter((operand) => operand.tag === 'register');
    const size = sizeOfSuffix.get(suffix) ?? registers[0]?.size ?? this.dialect.size;
    const odd = registers.find((register) => register.size !== size);
    if (odd) throw new LitmusError('syntax', odd.offset, `a register of ${odd.size} bits`, `expected one of ${size}`);
    return size;
  }

  private fence(name: string, rest: Fragment): boolean {
    const isFence = name === 'mfence' || name === 'sfence' || name === 'lfence';
    if (!isFence && name !== 'nop') return false;
    if (rest.text !== '') throw new LitmusError('syntax', rest.offset, `'${rest.text}'`, 'expected no operand');
    if (isFence) this.builder.emit({ tag: 'fence', fence: name });
    return true;
  }

  private jump(name: string, offset: number, rest: Fragment): boolean {
    if (!name.startsWith('j')) return false;
    const condition = name === 'jmp' ? null : this.condition(name.slice('j'.length), offset);
    this.builder.jump(rest.text, condition, rest.offset);
    return true;
  }

  private condition(name: string, offset: number): Expression {
    const condition = this.flags.condition(name);
    if (condition !== null) return condition;
    const remedy = 'known are E and NE, and after what compares also L, LE, G, GE, B, BE, A and AE';
    throw new LitmusError('unsupported', offset, `the condition '${name}'`, remedy);
  }

  /** SETcc: 1 or 0. */
  private setIf(name: string, operands: readonly Operand[]): boolean {
    const [target] = operands;
    if (operands.length !== 1 || target?.tag !== 'register' || target.size !== 8) return false;
    this.set(target, this.condition(name, target.offset));
    return true;
  }

  /** CMOVcc between registers; if it does not move, it still clears the upper half. */
  private moveIf(name: string, suffix: string | undefined, operands: readonly Operand[]): boolean {
    const [destination, source] = this.dialect.isDestinationFirst ? operands : operands.toReversed();
    if (operands.length !== 2 || destination?.tag !== 'register' || source?.tag !== 'register') return false;
    this.sizeOf(suffix, operands);
    const { register } = destination;
    this.builder.emit({
      tag: 'select',
      register,
      condition: this.condition(name, destination.offset),
      chosen: withPart(register, destination, readPart(source.register, source)),
      otherwise: withPart(register, destination, readPart(register, destination)),
    });
    return true;
  }

  /**
   * XCHG, which is locked even if it does not say so; with LOCK also XADD and CMPXCHG: a register and memory, in either
   * order.
   */
  private exchange(name: string, isLocked: boolean, operands: readonly Operand[], size: Size): boolean {
    if (operands.length !== 2 || !(name === 'xchg' || (isLocked && (name === 'xadd' || name === 'cmpxchg'))))
      return false;
    const memory = operands.find((operand) => operand.tag === 'memory');
    const given = operands.find((operand) => operand.tag === 'register');
    if (!memory || !given) return false;
    const { register } = given;
    if (name !== 'cmpxchg') {
      const update = name === 'xchg' ? 'swap' : 'add';
      // XADD: the flags are those of the sum, which has to be computed before the register gets the old word.
      const old = name === 'xchg' ? register : this.temporary();
      this.update(update, old, memory, read(register), size);
      if (name === 'xadd') {
        this.flags.zero(binary('add', read(old), read(register)), size);
        this.builder.emit({ tag: 'assign', register, value: read(old) });
      }
      return true;
    }
    const [old, wanted, stored] = [this.temporary(), this.accumulator(), this.temporary()];
    this.builder.emit({
      tag: 'compareAndSwap',
      register: old,
      result: stored,
      address: memory.address,
      expected: read(wanted),
      desired: read(register),
      ...locked,
      failureOrder: 'plain',
      width: widthOf(memory, size),
      failsSpuriously: false,
    });
    this.flags.compare(read(wanted), read(old), size);
    this.builder.emit({ tag: 'assign', register: wanted, value: withPart(wanted, { size, shift: 0 }, read(old)) });
    return true;
  }

  /** MOV, CMP, TEST, SHL and arithmetic. */
  private change(name: string, isLocked: boolean, operands: readonly Operand[], size: Size): boolean {
    const isCounting = name === 'inc' || name === 'dec';
    if (operands.length !== (isCounting ? 1 : 2)) return false;
    const one: Operand = { tag: 'immediate', value: 1n, offset: 0 };
    const [first, second] = [...operands, one] as unknown as [Operand, Operand];
    const [destination, source] = isCounting || this.dialect.isDestinationFirst ? [first, second] : [second, first];
    if (destination.tag === 'immediate' || (destination.tag === 'memory' && source.tag === 'memory')) return false;
    const operation = arithmetic.get(name);
    if (isLocked && (operation === undefined || destination.tag !== 'memory')) return false;
    if (name === 'mov') this.move(destination, source, size);
    else if (operation) this.compute(operation, isCounting, isLocked, destination, this.value(source, size), size);
    else if (name === 'cmp') this.flags.compare(this.value(destination, size), this.value(source, size), size);
    else if (name === 'shl' && destination.tag === 'register' && source.tag === 'immediate') {
      const result = binary('shiftLeft', readPart(destination.register, destination), constant(source.value));
      this.flags.zero(result, size);
      this.set(destination, result);
    } else if (name === 'test') {
      this.flags.logical(binary('and', this.value(destination, size), this.value(source, size)), size);
    } else return false;
    return true;
  }

  private move(destination: Target, source: Operand, size: Size): void {
    if (destination.tag === 'memory') this.store(destination, this.value(source, size), size);
    else if (source.tag === 'memory') this.load(destination.register, source, size);
    else this.set(destination, this.value(source, size));
  }

  /** Arithmetic on a register or on memory; on memory it is one step only if it is locked. */
  private compute(
    operation: Arithmetic,
    isCounting: boolean,
    isLocked: boolean,
    destination: Target,
    operand: Expression,
    size: Size,
  ): void {
    let old: Expression;
    if (destination.tag === 'register') old = readPart(destination.register, destination);
    else {
      const register = this.temporary();
      if (isLocked) this.update(operation, register, destination, operand, size);
      else this.load(register, destination, size);
      old = read(register);
    }
    const result = binary(operation, old, operand);
    if (operation === 'subtract' && !isCounting) this.flags.compare(old, operand, size);
    else if (operation === 'add' || isCounting) this.flags.zero(result, size);
    else this.flags.logical(result, size);
    if (destination.tag === 'register') this.set(destination, result);
    else if (!isLocked) this.store(destination, result, size);
  }

  /** What an operand is worth, in the low bits; memory is loaded. */
  private value(operand: Operand, size: Size): Expression {
    if (operand.tag === 'immediate') return constant(operand.value);
    if (operand.tag === 'register') return readPart(operand.register, operand);
    const register = this.temporary();
    this.load(register, operand, size);
    return read(register);
  }

  private set(part: Register, value: Expression): void {
    this.builder.emit({ tag: 'assign', register: part.register, value: withPart(part.register, part, value) });
  }

  private load(register: RegisterId, from: Memory, size: Size): void {
    const { address } = from;
    this.builder.emit({ tag: 'load', register, address, order: 'plain', width: widthOf(from, size), exclusive: false });
  }

  private store(to: Memory, value: Expression, size: Size): void {
    const { address } = to;
    this.builder.emit({ tag: 'store', address, value, order: 'plain', width: widthOf(to, size), status: null });
  }

  private update(update: Update, register: RegisterId, of: Memory, operand: Expression, size: Size): void {
    const { address } = of;
    this.builder.emit({ tag: 'update', register, address, update, operand, ...locked, width: widthOf(of, size) });
  }

  /** The register that CMPXCHG compares with. */
  private accumulator(): RegisterId {
    return this.builder.register(this.dialect.registerNamed('eax')?.name as string);
  }

  /** A register for something that has no name. */
  private temporary(): RegisterId {
    return this.builder.register(`#${this.temporaries++}`);
  }
}
