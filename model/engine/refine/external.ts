import type { Operation, Semantics } from '#model/engine/refine/operations.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Outcome } from '#spec/outcome.ts';

/** What an operation of a history says: a call, and its answer; undefined if that never came. */
export interface Reading<Call, Answer> {
  readonly call: Call;
  readonly answer: Answer | undefined;
}

/** A spec against which histories from elsewhere are checked, and how they are read. */
export interface External<State = unknown, Call extends AnyCall = AnyCall, Answer = unknown> {
  readonly name: string;
  /** The state at the start, where the history says `init`. */
  initial(init: unknown): State;
  outcomes(state: State, caller: ThreadId, call: Call): readonly Outcome<State, Call, Answer>[];
  /** As in `Theory`. */
  rule?(call: Call): (state: State) => readonly Outcome<State, Call, Answer>[];
  /** Whether a call that answered this leaves every state as it is. Absent: nobody knows. */
  readsOnly?(call: Call, answer: Answer | undefined): boolean;
  /** As in `Theory`. */
  mayEnd?(rest: Call, answer: Answer): boolean;
  mayAnswer?(state: State, call: Call, answer: Answer, others: Iterable<Call>): boolean;
  /** Calls about different parts of the state neither see nor disturb each other. Absent: it has no parts. */
  partOf?(call: Call): string;
  /** Undefined: the operation says nothing. `Unreadable`: it is none of these. */
  read(operation: Operation, semantics: Semantics): Reading<Call, Answer> | undefined;
  /** The thread that the spec is told calls. Absent: it does not matter who calls. */
  caller?(operation: Operation): ThreadId;
  showCall(call: Call): string;
  showAnswer(answer: Answer): string;
  showState(state: State): string;
}

/** A subject of ours: its histories have its calls and answers as they are, and its threads for processes. */
export const externalOf = (subject: Subject, { variant, parameters, threads, cores }: Program): External => ({
  name: subject.id,
  initial: () => subject.initial(variant, parameters, threads.length, cores),
  outcomes: subject.outcomes,
  ...(subject.mayEnd ? { mayEnd: subject.mayEnd } : {}),
  read: ({ given, end, told }) => ({ call: given as AnyCall, answer: end === 'none' ? undefined : told }),
  caller: ({ process }) => process as number,
  showCall: subject.showCall,
  showAnswer: subject.showAnswer,
  showState: subject.showState,
});
