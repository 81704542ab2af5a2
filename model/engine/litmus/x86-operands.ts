import { binary, constant, read } from '#model/engine/litmus/expressions.ts';
import { addressOf, type Fragment, LitmusError, type Setup } from '#model/engine/litmus/source.ts';
import type { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';
import { integerOf, Tokens } from '#model/engine/litmus/tokens.ts';
import type { NamedRegister, Part } from '#model/engine/litmus/x86-registers.ts';
import type { Expression, RegisterId, Value } from '#spec/machine/memory/program.ts';

/** What an instruction works on. The size of a register is that of its name. */
export type Operand = { readonly offset: number } & (
  | { readonly tag: 'immediate'; readonly value: Value }
  | ({ readonly tag: 'register'; readonly register: RegisterId } & Part)
  | { readonly tag: 'memory'; readonly address: Expression }
);

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

const bare = (name: string): string => (name.startsWith('%') ? name.slice(1) : name).toLowerCase();

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
    const part = named(bare(text));
    if (part) {
      return { tag: 'register', register: builder.register(part.name), size: part.size, shift: part.shift, offset };
    }
    throw new LitmusError('syntax', offset, `'${text}'`, 'expected a register, or a location in brackets');
  }
  const { text: base } = tokens.expectKind('name', 'a location or a register');
  const register = named(bare(base));
  const address = register ? read(builder.register(register.name)) : constant(addressOf(setup.location(base)));
  tokens.expect(closing);
  return { tag: 'memory', address: number ? binary('add', address, constant(number)) : address, offset };
};
