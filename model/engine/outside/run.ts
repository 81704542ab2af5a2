import type { Execution } from '#model/engine/explore/execution.ts';
import type { AnyCall } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';

/**
 * An execution as its callers see it: who asked what, in which order, and what each was told. How many steps that took,
 * on how many cores, under which memory, and whether who waits sleeps or polls, cannot be seen. So two implementations
 * that behave alike give equal runs, as plain data, field by field.
 */
export interface OutsideRun {
  readonly program: { readonly parameters: unknown; readonly threads: readonly (readonly AnyCall[])[] };
  /** In the order in which they began. */
  readonly calls: readonly OutsideCall[];
  /**
   * *settled*: nothing more is ever answered. *faulted*: the machine stopped at a fault. *cut off*: calls were still being
   * answered when we stopped looking.
   */
  readonly end: 'settled' | 'faulted' | 'cut off';
}

/** A call and its answer; null if it was never answered. `began` and `ended` count the events of the run from 0. */
export interface OutsideCall {
  readonly thread: ThreadId;
  readonly call: AnyCall;
  readonly answer: unknown;
  readonly began: number;
  readonly ended: number | null;
}

const endOf = ({ end }: Execution): OutsideRun['end'] => {
  if (end === 'fault') return 'faulted';
  return end === 'limit' ? 'cut off' : 'settled';
};

/** An execution from outside. */
export const outsideOf = (execution: Execution): OutsideRun => {
  const { program, history } = execution;
  const calls = history.flatMap((event, began): OutsideCall[] => {
    if (event.tag !== 'invoke') return [];
    const { thread, index } = event;
    const ended = history.findIndex((one) => one.tag === 'answer' && one.thread === thread && one.index === index);
    const told = history[ended];
    return [
      {
        thread,
        call: program.threads[thread]?.[index] as AnyCall,
        answer: told?.tag === 'answer' ? told.answer : null,
        began,
        ended: told ? ended : null,
      },
    ];
  });
  return { program: { parameters: program.parameters, threads: program.threads }, calls, end: endOf(execution) };
};
