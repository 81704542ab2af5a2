import { type Claim, isAboutStates } from '#model/claim.ts';
import type { Execution } from '#model/engine/explore/execution.ts';
import { finds, type Judgement, judge } from '#model/engine/refine/judge.ts';
import { SuiteError } from '#model/suite-error.ts';

/** What is known of a claim from the executions that it was judged on. */
export interface Judged {
  readonly claim: Claim;
  /** States known to satisfy it. */
  readonly fine: Set<number>;
  executions: number;
  /** It is a `sometimes` claim, and has been found. */
  found: boolean;
}

/** Judges an execution by these claims. Gives those that it contradicts, one by one. */
export function* contradicted<One extends Judged>(claims: Iterable<One>, judgement: Judgement): Generator<One, void> {
  for (const one of claims) {
    const { claim, fine } = one;
    if (!isOnExecutions(claim)) continue;
    // What the spec does not explain has no states to look at, and must not be counted.
    if (isAboutStates(claim) && judgement.answers.tag === 'unexplained') continue;
    one.executions++;
    one.found ||= finds(claim, judgement);
    if (judge(claim, judgement, fine)) yield one;
  }
}

/** Whether a claim is judged on the executions of the exploration. */
export const isOnExecutions = ({ tag }: Claim): boolean => tag !== 'refines' && tag !== 'ordering';

/** A micro-op that was never yielded is the author's slip, not a finding about the protocol. */
export const rejectFloating = (execution: Execution): void => {
  const { fault, history, program } = execution;
  if (fault?.tag !== 'floating micro-op') return;
  const { context } = fault;
  const last = history.findLast((event) => event.tag === 'invoke' && event.thread === context);
  const call = last?.tag === 'invoke' ? program.threads[context]?.[last.index] : undefined;
  throw new SuiteError(
    'S205',
    `the implementation makes a micro-op and does not yield it${call ? `, in or after a call of \`${call.tag}\`` : ''}`,
    'write `yield` before every load, store and the like, and `yield*` before every routine',
  );
};
