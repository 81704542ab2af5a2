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

const part = (size: Size, shift: 0 | 8 = 0): Part => ({ size, shift });

/** The names of a register that was there before there were 64 bits, by what all of them have in common. */
const legacy = (stem: string): readonly (readonly [string, Part])[] => {
  const isPair = stem.endsWith('x');
  const letters = isPair ? stem.slice(0, 1) : stem;
  return [
    [`r${stem}`, part(64)],
    [`e${stem}`, part(32)],
    [stem, part(16)],
    [`${letters}l`, part(8)],
    ...(isPair ? [[`${letters}h`, part(8, 8)] as const] : []),
  ];
};

const legacyStems = ['ax', 'bx', 'cx', 'dx', 'si', 'di', 'sp', 'bp'];
const numbered = ['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];
const segments = ['cs', 'ss', 'ds', 'es', 'fs', 'gs'];

type Registers = ReadonlyMap<string, { readonly name: string } & Part>;

const parts32: Registers = new Map(
  legacyStems.flatMap((stem) =>
    legacy(stem).flatMap(([alias, of]) =>
      of.size === 64 ? [] : [[alias, { name: `E${stem.toUpperCase()}`, ...of }] as const],
    ),
  ),
);

const parts64: Registers = new Map([
  ...legacyStems.flatMap((stem) => legacy(stem).map(([alias, of]) => [alias, { name: `r${stem}`, ...of }] as const)),
  ...numbered.flatMap((name) => [
    [name, { name, ...part(64) }] as const,
    [`${name}d`, { name, ...part(32) }] as const,
    [`${name}w`, { name, ...part(16) }] as const,
    [`${name}b`, { name, ...part(8) }] as const,
  ]),
  ...segments.map((name) => [name, { name, ...part(64) }] as const),
]);

/** X86: `EAX`, of which `AX`, `AL` and `AH` are parts. */
export const registerOfX86: NamedRegister = (name) => parts32.get(name) ?? null;

/** X86_64: `rax`, of which `eax`, `ax`, `al` and `ah` are parts, `r8` with `r8d`, and the segment registers. */
export const registerOfX86_64: NamedRegister = (name) => parts64.get(name) ?? null;

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
