import { binary, constant, read, unsigned32 } from '#model/engine/litmus/expressions.ts';
import { columns, type Fragment, type FrontEnd, LitmusError, type Setup } from '#model/engine/litmus/source.ts';
import { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';
import { Flags } from '#model/engine/litmus/x86-flags.ts';
import {
  type NamedRegister,
  type Operand,
  operandsOf,
  registerOfX86,
  registerOfX86_64,
  type Size,
} from '#model/engine/litmus/x86-operands.ts';
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
const sizedName = /^(mov|add|sub|and|or|xor|inc|dec|cmp|test|xchg|xadd|cmpxchg)([bwlq]?)$/;

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

/** What an instruction may change. */
type Target = Operand & { tag: 'memory' | 'register' };

const widthOf = (size: Size): Width => (size === 32 ? 'unsignedWord' : 'doubleword');

const locked = { readOrder: 'plain', writeOrder: 'plain', locked: true } as const;

/** A result, as a register holds it: an instruction on 32 bits clears the upper half. */
const sized = (size: Size, value: Expression): Expression => (size === 32 ? unsigned32(value) : value);

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
    const [labelling, label] = labelled.exec(text) ?? [];
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
    const [, base, suffix] = sizedName.exec(name) ?? [];
    if (base === undefined || suffix === 'b' || suffix === 'w') {
      throw new LitmusError('unsupported', offset, `the instruction '${text}'`, `${mnemonic} is not known`);
    }
    const operands = operandsOf(rest, this.builder, this.setup, this.dialect.registerNamed);
    const size = this.sizeOf(suffix, operands);
    const isLocked = lock !== undefined;
    if (this.exchange(base, isLocked, operands, size) || this.change(base, isLocked, operands, size)) return;
    const isBare = !isLocked && (base === 'xadd' || base === 'cmpxchg');
    const remedy = isBare ? 'write it with LOCK' : isLocked ? 'LOCK needs memory to change' : 'they do not fit it';
    throw new LitmusError('unsupported', offset, `the operands of the instruction '${text}'`, remedy);
  }

  /** What the suffix says, or the registers, which must agree. */
  private sizeOf(suffix: string | undefined, operands: readonly Operand[]): Size {
    const registers = operands.filter((operand) => operand.tag === 'register');
    const size = suffix === 'l' ? 32 : suffix === 'q' ? 64 : (registers[0]?.size ?? this.dialect.size);
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
    const condition = name === 'jmp' ? null : this.flags.condition(name.slice('j'.length));
    if (name !== 'jmp' && condition === null) {
      const remedy = 'known are JMP, JE and JNE, and after what compares also JL, JLE, JG, JGE, JB, JBE, JA and JAE';
      throw new LitmusError('unsupported', offset, `the jump '${name}'`, remedy);
    }
    this.builder.jump(rest.text, condition, rest.offset);
    return true;
  }

  /** XCHG, which is locked even if it does not say so, XADD and CMPXCHG: a register and memory, in either order. */
  private exchange(name: string, isLocked: boolean, operands: readonly Operand[], size: Size): boolean {
    if (operands.length !== 2 || !(name === 'xchg' || (isLocked && (name === 'xadd' || name === 'cmpxchg'))))
      return false;
    const memory = operands.find((operand) => operand.tag === 'memory');
    const given = operands.find((operand) => operand.tag === 'register');
    if (!memory || !given) return false;
    const { address } = memory;
    const { register } = given;
    if (name !== 'cmpxchg') {
      const update = name === 'xchg' ? 'swap' : 'add';
      // XADD: the flags are those of the sum, which has to be computed before the register gets the old word.
      const old = name === 'xchg' ? register : this.temporary();
      this.update(update, old, address, read(register), size);
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
      address,
      expected: read(wanted),
      desired: read(register),
      ...locked,
      failureOrder: 'plain',
      width: widthOf(size),
      failsSpuriously: false,
    });
    this.flags.compare(read(wanted), read(old), size);
    this.builder.emit({ tag: 'assign', register: wanted, value: sized(size, read(old)) });
    return true;
  }

  /** MOV, CMP, TEST and arithmetic. */
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
    else if (name === 'test') {
      this.flags.logical(binary('and', this.value(destination, size), this.value(source, size)), size);
    } else return false;
    return true;
  }

  private move(destination: Target, source: Operand, size: Size): void {
    if (destination.tag === 'memory') this.store(destination.address, this.value(source, size), size);
    else if (source.tag === 'memory') this.load(destination.register, source.address, size);
    else {
      this.builder.emit({
        tag: 'assign',
        register: destination.register,
        value: sized(size, this.value(source, size)),
      });
    }
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
    const old = destination.tag === 'register' ? destination.register : this.temporary();
    if (destination.tag === 'memory' && isLocked) this.update(operation, old, destination.address, operand, size);
    else if (destination.tag === 'memory') this.load(old, destination.address, size);
    const result = binary(operation, read(old), operand);
    if (operation === 'subtract' && !isCounting) this.flags.compare(read(old), operand, size);
    else if (operation === 'add' || isCounting) this.flags.zero(result, size);
    else this.flags.logical(result, size);
    if (destination.tag === 'register') {
      this.builder.emit({ tag: 'assign', register: old, value: sized(size, result) });
    } else if (!isLocked) this.store(destination.address, result, size);
  }

  /** What an operand is worth; memory is loaded. */
  private value(operand: Operand, size: Size): Expression {
    if (operand.tag === 'immediate') return constant(operand.value);
    if (operand.tag === 'register') return read(operand.register);
    const register = this.temporary();
    this.load(register, operand.address, size);
    return read(register);
  }

  private load(register: RegisterId, address: Expression, size: Size): void {
    this.builder.emit({ tag: 'load', register, address, order: 'plain', width: widthOf(size), exclusive: false });
  }

  private store(address: Expression, value: Expression, size: Size): void {
    this.builder.emit({ tag: 'store', address, value, order: 'plain', width: widthOf(size), status: null });
  }

  private update(update: Update, register: RegisterId, address: Expression, operand: Expression, size: Size): void {
    this.builder.emit({ tag: 'update', register, address, update, operand, ...locked, width: widthOf(size) });
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
