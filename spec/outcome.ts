import { produce } from 'immer';

/** An outcome's effect on the state, written as an immer recipe: it changes the draft and returns nothing. */
export type Recipe<State> = (draft: State) => void;

/**
 * One thing that a call may do now. A subject's `outcomes` lists all of them; the empty list means the caller waits.
 * A call made of several atomic parts goes on as the rest of itself, and others may act between two parts.
 */
export type Outcome<State, Call, Answer> =
  | { readonly tag: 'returns'; readonly answer: Answer; readonly then: Recipe<State> }
  | { readonly tag: 'continues'; readonly rest: Call; readonly then: Recipe<State> };

/** The effect of an outcome that changes nothing. */
export const nothing = (): void => {};

/** The call is over: it answers `answer`, having done `then` to the state. */
export const returns = <State, Answer>(
  answer: Answer,
  then: Recipe<State> = nothing,
): readonly [Outcome<State, never, Answer>] => [{ tag: 'returns', answer, then }];

/** One atomic part of the call is done, `rest` is still to do. */
export const continues = <State, Call>(
  rest: Call,
  then: Recipe<State> = nothing,
): readonly [Outcome<State, Call, never>] => [{ tag: 'continues', rest, then }];

/** The caller has to wait: there is nothing its call may do in this state. */
export const waits: readonly [] = [];

/** The state after `outcome`: a new value, `state` itself is left as it was. */
export const after = <State, Call, Answer>(state: State, outcome: Outcome<State, Call, Answer>): State =>
  produce(state, (draft) => {
    outcome.then(draft as State);
  });
