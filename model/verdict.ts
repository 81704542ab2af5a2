/**
 * What was found out about a claim. *holds*: nothing in the budget contradicts it; how much that was is said beside it.
 * *gave-up* is not *holds*: the budget was not spent, or what the claim is about never came up in it.
 */
export type Verdict =
  | { readonly tag: 'holds'; readonly executions: number }
  | { readonly tag: 'refuted'; readonly executions: number; readonly violation: Violation }
  | { readonly tag: 'gave-up'; readonly executions: number; readonly why: string };

/** In what way an execution contradicts a claim. */
export type ViolationKind =
  | 'wrong answer'
  | 'wrong state'
  | 'lost wakeup'
  | 'deadlock'
  | 'livelock'
  | 'fault'
  | 'broken invariant'
  | 'too expensive'
  | 'wrong history';

/**
 * A contradiction. `event` is the place in the history where it shows; the history's length: at the end.
 * `expected` and `observed` complete the sentences "the spec ..." and "the implementation ...".
 */
export interface Violation {
  readonly kind: ViolationKind;
  readonly event: number;
  readonly expected: string;
  readonly observed: string;
}
