/**
 * The register: one value that is read, written, compared and set.
 *
 * Source of every rule: Herlihy, "Wait-free synchronization" (1991).
 */
import { match } from 'ts-pattern';
import type { ThreadId } from '#spec/abi.ts';
import type { Value } from '#spec/object/value.ts';
import { type Outcome, returns, waits } from '#spec/outcome.ts';

export interface Register {
  value: Value;
}

/** `modify` is a read-modify-write that tells both what it has found and what it has left. */
export type RegisterCall =
  | { readonly tag: 'read' }
  | { readonly tag: 'write'; readonly value: Value }
  | { readonly tag: 'compare and set'; readonly from: Value; readonly to: Value }
  | { readonly tag: 'modify'; readonly from: Value; readonly to: Value };

/** `read` answers the value, `compare and set` whether it has set it, the others 'ok'. */
type Outcomes = readonly Outcome<Register, RegisterCall, Value>[];

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (register: Register, _caller: ThreadId, call: RegisterCall): Outcomes =>
  match(call)
    .with({ tag: 'read' }, () => returns<Register, Value>(register.value))
    .with({ tag: 'write' }, ({ value }) => write('ok', value))
    .with({ tag: 'compare and set' }, ({ from, to }) => compareAndSet(register, from, to))
    .with({ tag: 'modify' }, ({ from, to }) => modify(register, from, to))
    .exhaustive();

/** Whether a call that answered this cannot have changed anything; an answer that is undefined never came. */
export const readsOnly = (call: RegisterCall, answer: Value | undefined): boolean =>
  call.tag === 'read' || (call.tag === 'compare and set' && answer === false);

/** Puts the value in the place of whatever is there. Source: Herlihy (1991). */
const write = (answer: Value, value: Value): Outcomes =>
  returns(answer, (draft) => {
    draft.value = value;
  });

/** Writes `to` if it finds `from`, and answers whether it has. Source: Herlihy (1991). */
const compareAndSet = ({ value }: Register, from: Value, to: Value): Outcomes =>
  value === from ? write(true, to) : returns(false);

/** Has found `from` and left `to`; it cannot have happened where there was another value. Source: Herlihy (1991). */
const modify = ({ value }: Register, from: Value, to: Value): Outcomes => (value === from ? write('ok', to) : waits);
