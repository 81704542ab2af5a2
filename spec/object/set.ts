/**
 * The set: what is in it is in it once.
 *
 * Source of every rule: Herlihy and Shavit, "The Art of Multiprocessor Programming" (2008), chapter 9.
 */
import { match } from 'ts-pattern';
import type { ThreadId } from '#spec/abi.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** The members, in the order of their numbers. */
export interface NumberSet {
  members: number[];
}

export interface SetCall {
  readonly tag: 'insert' | 'remove' | 'contains';
  readonly member: number;
}

/** `contains` answers whether it is a member, the others whether they have changed that. */
type Outcomes = readonly Outcome<NumberSet, SetCall, boolean>[];

/** All that `call` may do now. Total: every call has its outcomes in every state. */
export const outcomes = (set: NumberSet, _caller: ThreadId, { tag, member }: SetCall): Outcomes =>
  match(tag)
    .with('insert', () => insert(set, member))
    .with('remove', () => remove(set, member))
    .with('contains', () => returns<NumberSet, boolean>(has(set, member)))
    .exhaustive();

/** Whether a call that answered this cannot have changed anything; an answer that is undefined never came. */
export const readsOnly = ({ tag }: SetCall, answer: boolean | undefined): boolean =>
  tag === 'contains' || answer === false;

/** Calls about different parts of the state neither see nor disturb each other. */
export const partOf = ({ member }: SetCall): string => String(member);

const has = ({ members }: NumberSet, member: number): boolean => members.includes(member);

/** Makes it a member. Source: Herlihy and Shavit, chapter 9, add. */
const insert = (set: NumberSet, member: number): Outcomes =>
  has(set, member)
    ? returns(false)
    : returns(true, (draft) => {
        draft.members.push(member);
        draft.members.sort((a, b) => a - b);
      });

/** Makes it no member. Source: Herlihy and Shavit, chapter 9, remove. */
const remove = (set: NumberSet, member: number): Outcomes =>
  has(set, member)
    ? returns(true, (draft) => {
        draft.members = draft.members.filter((other) => other !== member);
      })
    : returns(false);
