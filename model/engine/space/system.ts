import type { AnyCall, Behaviour, Exploration, Program, Subject } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Outcome } from '#spec/outcome.ts';

/** A spec and the threads around it: all that can happen is known, and can be explored. */
export interface System<State = unknown, Call extends AnyCall = AnyCall, Answer = unknown> {
  readonly initial: State;
  readonly threads: readonly Behaviour<Call>[];
  outcomes(state: State, caller: ThreadId, call: Call): readonly Outcome<State, Call, Answer>[];
}

/** A subject’s spec, and the threads of a program. */
export const systemOfProgram = (subject: Subject, program: Program): System => ({
  initial: subject.initial(program.variant, program.parameters, program.threads.length, program.cores),
  threads: program.threads.map((calls) => ({ tag: 'in order', calls })),
  outcomes: subject.outcomes,
});

/** A subject’s spec, and the threads of an exploration. */
export const systemOfExploration = (
  subject: Subject,
  variant: string,
  { parameters, threads }: Exploration,
): System => ({
  initial: subject.initial(variant, parameters, threads.length, threads.length),
  threads,
  outcomes: subject.outcomes,
});

/** Where a thread is: how many calls it has made (always 0 where it makes any), and the one that it is in, if any. */
export interface Point {
  readonly made: number;
  readonly pending: AnyCall | null;
}

/** Where a thread begins, or is when it has made `made` calls. */
export const pointAfter = ({ tag, calls }: Behaviour, made: number): Point =>
  tag === 'in order'
    ? { made, pending: calls[made] ?? null }
    : { made: 0, pending: calls.length === 1 ? (calls[0] as AnyCall) : null };

/** The calls that a thread may be in at this point. */
export const callsAt = ({ tag, calls }: Behaviour, { pending }: Point): readonly AnyCall[] =>
  pending ? [pending] : tag === 'any' ? calls : [];
