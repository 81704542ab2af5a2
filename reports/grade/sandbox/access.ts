import { kinds } from '#reports/grade/sandbox/protocol.ts';

/** A micro-op, as the machine's register has it. */
export interface Access {
  readonly kind: number | null;
  readonly operand: number | null;
  readonly expected: number | null;
}

/** What a word holds after an access that has found `found` there. Undefined: it is none, or nobody knows. */
export const heldAfter = ({ kind, operand, expected }: Access, found: number): number | undefined => {
  const held = leftBy(kind, operand ?? Number.NaN, expected, found);
  return held === undefined || (held | 0) === held ? held : undefined; // what is no word is a mistake that the machine finds
};

const leftBy = (kind: number | null, operand: number, expected: number | null, found: number): number | undefined => {
  switch (kind) {
    case kinds.load:
      return found;
    case kinds.store:
    case kinds.swap:
      return operand;
    case kinds.compareAndSwap:
      return found === expected ? operand : found;
    case kinds.fetchAdd:
      return (found + operand) | 0;
    default:
      return undefined;
  }
};
