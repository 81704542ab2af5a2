/**
 * Several registers, each with a name, that are read and written together: a transaction is one atomic step.
 *
 * Source of every rule: Herlihy, "Wait-free synchronization" (1991), atomic assignment to several registers.
 */
import type { ThreadId } from '#spec/abi.ts';
import type { Value } from '#spec/object/value.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** The value of each register by name. */
export interface Registers {
  values: Record<string, Value>;
}

export type Part =
  | { readonly tag: 'read'; readonly name: string }
  | { readonly tag: 'write'; readonly name: string; readonly value: Value };

export interface RegistersCall {
  readonly tag: 'transaction';
  readonly parts: readonly Part[];
}

/** What each read has found, in order. */
type Outcomes = readonly Outcome<Registers, RegistersCall, readonly Value[]>[];

/** All that `call` may do now. */
export const outcomes = (registers: Registers, _caller: ThreadId, call: RegistersCall): Outcomes =>
  transact(registers, call.parts);

/** Whether a call cannot have changed anything, whatever it answered. */
export const readsOnly = ({ parts }: RegistersCall): boolean => parts.every(({ tag }) => tag === 'read');

/** Does its parts in order; a read finds what an earlier part has written. Source: Herlihy (1991). */
const transact = ({ values }: Registers, parts: readonly Part[]): Outcomes => {
  const now = { ...values };
  const found: Value[] = [];
  for (const part of parts) {
    if (part.tag === 'read') found.push(now[part.name] ?? null);
    else now[part.name] = part.value;
  }
  return returns(found, (draft) => {
    draft.values = now;
  });
};
