/** One line of a history from elsewhere. */
export interface ToldEvent {
  readonly process: number | string;
  /** `info`: the answer never came. The call may have happened at any later time, or never. */
  readonly op: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f?: string;
  readonly key?: number | string;
  readonly value?: unknown;
}

/** How a history is meant where histories differ. */
export interface Semantics {
  /** For all calls or by their `f`: `completed...` if a call that failed has answered so; else it never happened. */
  readonly fail?: string | Readonly<Record<string, string>>;
  /** What a read that answers null means: `...not recorded...` if it may have been anything; else that it found null. */
  readonly readNull?: string;
  /** What a call answers that finds nothing to take. */
  readonly empty?: unknown;
}

/** A call with what became of it. */
export interface Operation {
  readonly process: number | string;
  /** The places of its events in the history; none, if it was never answered. */
  readonly invoked: number;
  readonly ended: number | undefined;
  readonly f: string | undefined;
  readonly key: number | string | undefined;
  /** What the call was made with. */
  readonly given: unknown;
  readonly end: 'ok' | 'fail' | 'none';
  /** What it answered. */
  readonly told: unknown;
}

/** Something in a history that nobody can make sense of. */
export class Unreadable extends Error {
  /** The place of the event. */
  readonly event: number;
  readonly expected: string;

  constructor(event: number, problem: string, expected: string) {
    super(problem);
    this.event = event;
    this.expected = expected;
  }
}

/**
 * The operations of a history, in the order in which they begin. A process makes one call at a time; one whose call
 * has ended as `info` may go on as another, and whatever it does then has nothing to do with that call.
 */
export const operationsIn = (history: readonly ToldEvent[]): readonly Operation[] => {
  const operations: Operation[] = [];
  const open = new Map<number | string, Unended>();
  for (let at = 0; at < history.length; at++) {
    const { process, op, f, key, value } = history[at] as ToldEvent;
    const operation = open.get(process);
    if (op === 'invoke') {
      if (operation) {
        throw new Unreadable(
          at,
          `process ${process} calls while its last call is under way`,
          'expected its answer first',
        );
      }
      const begun: Unended = {
        process,
        invoked: at,
        ended: undefined,
        f,
        key,
        given: value,
        end: 'none',
        told: undefined,
      };
      open.set(process, begun);
      operations.push(begun);
      continue;
    }
    if (!operation) {
      throw new Unreadable(at, `process ${process} is answered and has not called`, 'expected an invoke of it before');
    }
    open.delete(process);
    if (f !== operation.f) {
      const problem = `process ${process} has called ${operation.f} and is answered ${f}`;
      throw new Unreadable(at, problem, 'expected the same f');
    }
    if (op === 'info') continue;
    operation.ended = at;
    operation.end = op;
    operation.told = value;
  }
  return operations;
};

/** An operation whose end is not met yet. */
interface Unended extends Operation {
  ended: number | undefined;
  end: Operation['end'];
  told: unknown;
}

/** Whether a call that failed is over, with that for an answer; else it never happened. */
export const hasCompleted = ({ fail }: Semantics, f: string | undefined): boolean => {
  const meaning = typeof fail === 'object' ? fail[f ?? ''] : fail;
  return meaning?.startsWith('completed') === true;
};
