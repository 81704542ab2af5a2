/**
 * The bytes that a call has told its thread of, which says that they are so many; -1: it never told that one. One that is
 * missing is enough to be wrong: so of a number without any sense not more are shown.
 */
export const bytesTold = (count: number, bytes: readonly number[]): readonly number[] =>
  Array.from({ length: Math.min(count, bytes.length + 1) }, (_, i) => bytes[i] ?? -1);
