import type { Value } from '#spec/machine/memory/program.ts';

/** As what a register or a location was declared. What was not is an `int`. */
export interface ValueType {
  readonly bits: 32 | 64;
  readonly isSigned: boolean;
}

export const int: ValueType = { bits: 32, isSigned: true };

/** A pointer is as wide as a register. */
export const pointer: ValueType = { bits: 64, isSigned: true };

/** The types that an initial state may declare. */
export const types: Readonly<Record<string, ValueType>> = {
  int,
  int32_t: int,
  atomic_int: int,
  atomic_t: int,
  uint32_t: { bits: 32, isSigned: false },
  long: pointer,
  int64_t: pointer,
  intptr_t: pointer,
  atomic_long: pointer,
  uint64_t: { bits: 64, isSigned: false },
  uintptr_t: { bits: 64, isSigned: false },
};

/** A value as its type reads its low bits. */
export const asType = ({ bits, isSigned }: ValueType, value: Value): Value =>
  isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
