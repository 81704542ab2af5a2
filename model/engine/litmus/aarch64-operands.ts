import { conditionOf } from '#model/engine/litmus/aarch64-flags.ts';
import { binary, constant, low32, read, unsigned32 } from '#model/engine/litmus/expressions.ts';
import { type Fragment, LitmusError } from '#model/engine/litmus/source.ts';
import type { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';
import { integerOf, Tokens } from '#model/engine/litmus/tokens.ts';
import type { Expression, RegisterId, Value } from '#spec/machine/memory/program.ts';

/** `X3` and `W3` are one register; null: it is none of the general ones. */
export const registerNamed = (name: string): string | null =>
  /^[XW]([0-9]|[12][0-9]|30)$/i.test(name) ? `X${Number(name.slice(1))}` : null;

/** The register of the flags; no source can name it. */
const flagsName = 'NZCV';

/** A register as an instruction names it. `register` is null for the zero register. */
export interface RegisterOperand {
  readonly register: RegisterId | null;
  readonly isWide: boolean;
}

/** An address, and what is added to its base register besides, if anything (pre- and post-index). */
export interface AddressOperand {
  readonly address: Expression;
  readonly writeBack: { readonly register: RegisterId; readonly value: Expression } | null;
}

/** Reads the operands of one instruction. Each method takes one, and the comma before it if it is not the first. */
export class Operands {
  readonly builder: ThreadBuilder;
  private readonly tokens: Tokens;
  private isFirst = true;
  constructor(cell: Fragment, builder: ThreadBuilder) {
    this.builder = builder;
    this.tokens = new Tokens(cell.text, 0, cell.offset);
  }

  /** The register of the flags. */
  flags(): RegisterId {
    return this.builder.register(flagsName);
  }

  register(): RegisterOperand {
    this.comma();
    return this.bareRegister();
  }

  /** `W1`, `#1`, `W1,SXTW #2`, `X1,LSL #3`: the second source of arithmetic. A number is as wide as the instruction. */
  source(): Expression {
    this.comma();
    const number = this.number();
    if (number !== null) return constant(this.shiftedNumber(number));
    return this.extended(this.bareRegister());
  }

  immediate(): Value {
    this.comma();
    return this.number() ?? this.tokens.fail('a number');
  }

  hasMore(): boolean {
    return this.tokens.peek().tag !== 'end';
  }

  /** `[X1]`, `[X1,#4]`, `[X1,W2,SXTW #2]`, `[X1,X2,LSL #3]`, `[X1,#4]!`, `[X1],#4`. */
  address(): AddressOperand {
    this.comma();
    this.tokens.expect('[');
    const { text, offset } = this.tokens.peek();
    const { register, isWide } = this.bareRegister();
    if (register === null || !isWide) {
      throw new LitmusError('syntax', offset, `'${text}' as the base of an address`, 'expected an X register');
    }
    const base = read(register);
    let past: Expression | null = null;
    if (this.tokens.takeIf(',')) {
      const number = this.number();
      past = number === null ? this.extended(this.bareRegister()) : constant(number);
    }
    this.tokens.expect(']');
    const isZero = past === null || (past.tag === 'constant' && past.value === 0n);
    const address = isZero ? base : binary('add', base, past as Expression);
    if (this.tokens.takeIf('!')) return { address, writeBack: { register, value: address } };
    if (!this.hasMore()) return { address, writeBack: null };
    const value = binary('add', base, constant(this.immediate()));
    return { address, writeBack: { register, value } };
  }

  /** The name of a condition: it is read from the flags. */
  condition(): Expression {
    this.comma();
    const { text, offset } = this.tokens.expectKind('name', 'a condition');
    return this.conditionNamed(text.toUpperCase(), offset);
  }

  /** The condition of that name, which is at that offset. */
  conditionNamed(name: string, offset: number): Expression {
    const condition = conditionOf(name, this.flags());
    if (condition === null) throw new LitmusError('syntax', offset, `'${name}'`, 'expected a condition: EQ, NE, ...');
    return condition;
  }

  /** A word that says which one: `SY`, a label. Gives it as it is written. */
  name(expected: string): { readonly text: string; readonly offset: number } {
    this.comma();
    return this.tokens.expectKind('name', expected);
  }

  /** @throws LitmusError if something is left */
  end(): void {
    if (this.hasMore()) this.tokens.fail('the end of the instruction');
  }

  private comma(): void {
    if (!this.isFirst) this.tokens.expect(',');
    this.isFirst = false;
  }

  private number(): Value | null {
    if (this.tokens.takeIf('#')) return integerOf(this.tokens.expectKind('number', 'a number').text);
    return this.tokens.peek().tag === 'number' ? integerOf(this.tokens.take().text) : null;
  }

  private shiftedNumber(number: Value): Value {
    if (!this.tokens.takeIf(',')) return number;
    const { text, offset } = this.tokens.expectKind('name', 'LSL');
    if (text.toUpperCase() !== 'LSL') throw new LitmusError('syntax', offset, `'${text}'`, 'expected LSL');
    return number << (this.number() ?? this.tokens.fail('a number'));
  }

  private bareRegister(): RegisterOperand {
    const { text, offset } = this.tokens.expectKind('name', 'a register');
    const isWide = /^x/i.test(text);
    if (/^[wx]zr$/i.test(text)) return { register: null, isWide };
    const name = registerNamed(text);
    if (name === null) {
      if (/^(w?sp|[bhsdqv]\d+)$/i.test(text)) {
        throw new LitmusError(
          'unsupported',
          offset,
          `the register '${text}'`,
          'known are X0 to X30, W0 to W30 and zero',
        );
      }
      throw new LitmusError('syntax', offset, `'${text}'`, 'expected a register');
    }
    return { register: this.builder.register(name), isWide };
  }

  /** The value of a register, extended or shifted if more is said. */
  private extended(operand: RegisterOperand): Expression {
    const value = valueIn(operand);
    if (!this.tokens.takeIf(',')) return value;
    const { text, offset } = this.tokens.expectKind('name', 'an extension or a shift');
    const how = text.toUpperCase();
    const amount = constant(this.number() ?? 0n);
    switch (how) {
      case 'SXTW':
        return shifted(low32(value), amount);
      case 'UXTW':
        return shifted(unsigned32(value), amount);
      case 'LSL':
      case 'SXTX':
      case 'UXTX':
        return shifted(value, amount);
      case 'LSR':
        return binary('unsignedShiftRight', operand.isWide ? value : unsigned32(value), amount);
      case 'ASR':
        return binary('shiftRight', operand.isWide ? value : low32(value), amount);
      default:
        throw new LitmusError('unsupported', offset, `'${text}'`, 'known are SXTW, UXTW, SXTX, UXTX, LSL, LSR and ASR');
    }
  }
}

const shifted = (value: Expression, amount: Expression): Expression =>
  amount.tag === 'constant' && amount.value === 0n ? value : binary('shiftLeft', value, amount);

/** What a register holds, all of it; the zero register holds 0. */
export const valueIn = ({ register }: RegisterOperand): Expression =>
  register === null ? constant(0n) : read(register);
