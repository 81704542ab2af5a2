import type { Value } from '#spec/machine/memory/program.ts';

/** As what a register or a location was declared. What was not is an `int`. */
export interface ValueType {
  readonly bits: 32 | 64;
  readonly isSigned: boolean;
}

export const int: ValueType = { bits: 32, isSigned: true };

/** Of a long, or of a pointer. */
export const wide: ValueType = { bits: 64, isSigned: true };

/** The types that an initial state may declare. */
export const types: Readonly<Record<string, ValueType>> = {
  int,
  int32_t: int,
  atomic_int: int,
  atomic_t: int,
  uint32_t: { bits: 32, isSigned: false },
  long: wide,
  int64_t: wide,
  intptr_t: wide,
  atomic_long: wide,
  uint64_t: { bits: 64, isSigned: false },
  uintptr_t: { bits: 64, isSigned: false },
};

/** A value as its type reads its low bits. */
export const asType = ({ bits, isSigned }: ValueType, value: Value): Value =>
  isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
