import { binary, constant, low32, read, unsigned32 } from '#model/engine/litmus/expressions.ts';
import type { Expression, RegisterId } from '#spec/machine/memory/program.ts';

/** The bits of an instruction, or of a part of a register. */
export type Size = 8 | 16 | 32 | 64;

/** A part of a register: so many bits of it, from bit `shift` on (8 for `AH`, else 0). */
export interface Part {
  readonly size: Size;
  readonly shift: 0 | 8;
}

/** A part of a register by its name in lower case, with the one name that the register has. */
export type NamedRegister = (name: string) => ({ readonly name: string } & Part) | null;

const wide = /^([er]?)([abcd]x|[sd]i|[sb]p)$/;
const low = /^([abcd]|[sd]i|[sb]p)l$/;
const high = /^([abcd])h$/;
const numbered = /^(r(?:[89]|1[0-5]))([dwb]?)$/;
const segment = /^[csdefg]s$/;

const stemOf = (letters: string): string => (letters.length === 1 ? `${letters}x` : letters);

/** X86: `EAX`, of which `AX`, `AL` and `AH` are parts. */
export const registerOfX86: NamedRegister = (name) => {
  const part = legacyPart(name);
  return part && part.size !== 64 ? { name: `E${part.stem.toUpperCase()}`, size: part.size, shift: part.shift } : null;
};

/** X86_64: `rax`, of which `eax`, `ax`, `al` and `ah` are parts, `r8` with `r8d`, and the segment registers. */
export const registerOfX86_64: NamedRegister = (name) => {
  const part = legacyPart(name);
  if (part) return { name: `r${part.stem}`, size: part.size, shift: part.shift };
  const [, whole, suffix] = numbered.exec(name) ?? [];
  if (whole !== undefined) {
    return { name: whole, size: suffix === 'd' ? 32 : suffix === 'w' ? 16 : suffix === 'b' ? 8 : 64, shift: 0 };
  }
  return segment.test(name) ? { name, size: 64, shift: 0 } : null;
};

/** A part of a register that was there before there were 64 bits: `stem` is `ax` for all of `rax`. */
const legacyPart = (name: string): ({ readonly stem: string } & Part) | null => {
  const [, prefix, stem] = wide.exec(name) ?? [];
  if (stem !== undefined) return { stem, size: prefix === 'r' ? 64 : prefix === 'e' ? 32 : 16, shift: 0 };
  const [, lowLetters] = low.exec(name) ?? [];
  if (lowLetters !== undefined) return { stem: stemOf(lowLetters), size: 8, shift: 0 };
  const [, highLetter] = high.exec(name) ?? [];
  return highLetter === undefined ? null : { stem: stemOf(highLetter), size: 8, shift: 8 };
};

/** What a part holds, in the low bits; the bits above are no matter. */
export const readPart = (register: RegisterId, { shift }: Part): Expression =>
  shift === 0 ? read(register) : binary('unsignedShiftRight', read(register), constant(BigInt(shift)));

/**
 * The whole register, once a part has been written: the rest stays, but for the upper half of a register of which the
 * lower is written, which is cleared. Source: Intel SDM, volume 1, 3.4.1.1.
 */
export const withPart = (register: RegisterId, { size, shift }: Part, value: Expression): Expression => {
  if (size === 64) return value;
  if (size === 32) return unsigned32(value);
  const mask = (1n << BigInt(size)) - 1n;
  const kept = binary('and', read(register), constant(~(mask << BigInt(shift))));
  const part = binary('and', value, constant(mask));
  return binary('or', kept, shift === 0 ? part : binary('shiftLeft', part, constant(BigInt(shift))));
};

/** The low bits of a value, extended with their sign. */
export const signed = (size: Size, value: Expression): Expression => {
  if (size === 64) return value;
  if (size === 32) return low32(value);
  const unused = constant(BigInt(64 - size));
  return binary('shiftRight', binary('shiftLeft', value, unused), unused);
};
