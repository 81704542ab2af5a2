/**
 * The stack: what was put on last comes off first.
 *
 * Source of every rule: Treiber, "Systems programming: coping with parallelism" (IBM RJ 5118, 1986); a pop does not wait
 * but says that the stack is empty.
 */
import { match } from 'ts-pattern';
import type { ThreadId } from '#spec/abi.ts';
import type { Value } from '#spec/object/value.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** The values, the top one last. */
export interface Stack {
  values: Value[];
}

export type StackCall =
  | { readonly tag: 'push'; readonly value: Value }
  | { readonly tag: 'pop' }
  | { readonly tag: 'peek' };

/** `push` answers 'ok', the others a value, or null if there is none. */
type Outcomes = readonly Outcome<Stack, StackCall, Value>[];

/** All that `call` may do now. Total: every call has its outcomes in every state. */
export const outcomes = (stack: Stack, _caller: ThreadId, call: StackCall): Outcomes =>
  match(call)
    .with({ tag: 'push' }, ({ value }) => push(value))
    .with({ tag: 'pop' }, () => pop(stack))
    .with({ tag: 'peek' }, () => returns<Stack, Value>(top(stack)))
    .exhaustive();

/** Whether a call that answered this cannot have changed anything; an answer that is undefined never came. */
export const readsOnly = ({ tag }: StackCall, answer: Value | undefined): boolean =>
  tag === 'peek' || (tag === 'pop' && answer === null);

const top = ({ values }: Stack): Value => values.at(-1) ?? null;

/** Puts the value on top. Source: Treiber (1986). */
const push = (value: Value): Outcomes =>
  returns('ok', (draft) => {
    draft.values.push(value);
  });

/** Takes the top value off. Source: Treiber (1986). */
const pop = (stack: Stack): Outcomes =>
  stack.values.length === 0
    ? returns(null)
    : returns(top(stack), (draft) => {
        draft.values.pop();
      });
