import { binary, constant, read } from '#model/engine/litmus/expressions.ts';
import { addressOf, type Fragment, LitmusError, type Setup } from '#model/engine/litmus/source.ts';
import type { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';
import { integerOf, Tokens } from '#model/engine/litmus/tokens.ts';
import type { Expression, RegisterId, Value } from '#spec/machine/memory/program.ts';

/** The bits of a register or of an access. */
export type Size = 32 | 64;

/** What an instruction works on. The size of a register is that of its name. */
export type Operand = { readonly offset: number } & (
  | { readonly tag: 'immediate'; readonly value: Value }
  | { readonly tag: 'register'; readonly register: RegisterId; readonly size: Size }
  | { readonly tag: 'memory'; readonly address: Expression }
);

/** A register by its name in lower case: the one name it has, and the size of this part of it. */
export type NamedRegister = (name: string) => { readonly name: string; readonly size: Size } | null;

const legacy = /^([er]?)([abcd]x|[sd]i|[sb]p)$/;
const numbered = /^(r(?:[89]|1[0-5]))(d?)$/;
const segment = /^[csdefg]s$/;

/** X86: `EAX`. */
export const registerOfX86: NamedRegister = (name) =>
  legacy.exec(name)?.[1] === 'e' ? { name: name.toUpperCase(), size: 32 } : null;

/** X86_64: `rax`, of which `eax` is the lower half, and `r8`, of which `r8d` is; and the segment registers. */
export const registerOfX86_64: NamedRegister = (name) => {
  const [, prefix, stem] = legacy.exec(name) ?? [];
  if (prefix) return { name: `r${stem}`, size: prefix === 'r' ? 64 : 32 };
  const [, whole, half] = numbered.exec(name) ?? [];
  if (whole !== undefined) return { name: whole, size: half ? 32 : 64 };
  return segment.test(name) ? { name, size: 64 } : null;
};

/** Parts of registers that the subset has not. */
const smallRegister = /^([abcd][lhx]|[sd]il?|[sb]pl?|r([89]|1[0-5])[bw])$/;

/** Reads the operands of an instruction, as they are written: `$1`, `%rax`, `EAX`, `(x)`, `[x]`, `8(%rax)`. */
export const operandsOf = (cell: Fragment, builder: ThreadBuilder, setup: Setup, named: NamedRegister): Operand[] => {
  const tokens = new Tokens(cell.text, 0, cell.offset);
  const operands: Operand[] = [];
  while (tokens.peek().tag !== 'end') {
    if (operands.length > 0) tokens.expect(',');
    operands.push(operand(tokens, builder, setup, named));
  }
  return operands;
};

const bare = (name: string): string => name.replace(/^%/, '').toLowerCase();

const operand = (tokens: Tokens, builder: ThreadBuilder, setup: Setup, named: NamedRegister): Operand => {
  const { offset } = tokens.peek();
  if (tokens.takeIf('$')) {
    const { text } = tokens.expectKind('number', 'a number');
    return { tag: 'immediate', value: integerOf(text), offset };
  }
  const number = tokens.peek().tag === 'number' ? integerOf(tokens.take().text) : null;
  const closing = tokens.takeIf('(') ? ')' : tokens.takeIf('[') ? ']' : null;
  if (closing === null) {
    if (number !== null) return { tag: 'immediate', value: number, offset };
    const { text } = tokens.expectKind('name', 'an operand: $1, a register, (x) or [x]');
    const register = named(bare(text));
    if (register) return { tag: 'register', register: builder.register(register.name), size: register.size, offset };
    if (smallRegister.test(bare(text))) {
      throw new LitmusError('unsupported', offset, `the register '${text}'`, 'registers have 32 or 64 bits');
    }
    throw new LitmusError('syntax', offset, `'${text}'`, 'expected a register, or a location in brackets');
  }
  const { text: base } = tokens.expectKind('name', 'a location or a register');
  const register = named(bare(base));
  const address = register ? read(builder.register(register.name)) : constant(addressOf(setup.location(base)));
  tokens.expect(closing);
  return { tag: 'memory', address: number ? binary('add', address, constant(number)) : address, offset };
};
