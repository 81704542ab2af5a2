import { binary, constant, read } from '#model/engine/litmus/expressions.ts';
import { type Fragment, LitmusError } from '#model/engine/litmus/source.ts';
import type { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';
import { integerOf, Tokens } from '#model/engine/litmus/tokens.ts';
import type { Expression, RegisterId, Value } from '#spec/machine/memory/program.ts';

/** The names that the calling convention has for x0 to x31, in order. */
const conventional =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(' ');

/** `a0` and `x10` are one register; null: it is none. */
export const registerNamed = (name: string): string | null => {
  const lower = name.toLowerCase();
  if (/^x([0-9]|[12][0-9]|3[01])$/.test(lower)) return lower;
  if (lower === 'fp') return 'x8';
  const number = conventional.indexOf(lower);
  return number < 0 ? null : `x${number}`;
};

/** Reads the operands of one instruction. Each method takes one, and the comma before it if it is not the first. */
export class RiscvOperands {
  readonly builder: ThreadBuilder;
  private readonly tokens: Tokens;
  private isFirst = true;
  constructor(cell: Fragment, builder: ThreadBuilder) {
    this.builder = builder;
    this.tokens = new Tokens(cell.text, 0, cell.offset);
  }

  /** A register to be written; null: x0, which keeps nothing. */
  target(): RegisterId | null {
    this.comma();
    return this.bareRegister();
  }

  /** A register to be read. */
  source(): Expression {
    return valueIn(this.target());
  }

  immediate(): Value {
    this.comma();
    return integerOf(this.tokens.expectKind('number', 'a number').text);
  }

  /** `8(x6)`, `(x6)` */
  address(): Expression {
    this.comma();
    const past = this.tokens.peek().tag === 'number' ? integerOf(this.tokens.take().text) : 0n;
    this.tokens.expect('(');
    const base = valueIn(this.bareRegister());
    this.tokens.expect(')');
    return past === 0n ? base : binary('add', base, constant(past));
  }

  name(expected: string): { readonly text: string; readonly offset: number } {
    this.comma();
    return this.tokens.expectKind('name', expected);
  }

  hasMore(): boolean {
    return this.tokens.peek().tag !== 'end';
  }

  /** @throws LitmusError if something is left */
  end(): void {
    if (this.hasMore()) this.tokens.fail('the end of the instruction');
  }

  private comma(): void {
    if (!this.isFirst) this.tokens.expect(',');
    this.isFirst = false;
  }

  private bareRegister(): RegisterId | null {
    const { text, offset } = this.tokens.expectKind('name', 'a register');
    const name = registerNamed(text);
    if (name === null) throw new LitmusError('syntax', offset, `'${text}'`, 'expected a register');
    return name === 'x0' ? null : this.builder.register(name);
  }
}

const valueIn = (register: RegisterId | null): Expression => (register === null ? constant(0n) : read(register));
