import type { Met } from '#model/engine/coverage/cover.ts';
import type { Known } from '#model/engine/coverage/known.ts';

/** A transition of a spec: an outcome of a call, or of what was left of one. */
export interface Transition {
  readonly call: string;
  readonly outcome: string;
  /** How often executions took it. 0: never. */
  readonly seen: number;
  /** In how many states of the spec it is open to a thread. 0: only calls with other arguments have it. */
  readonly states: number;
}

/** Every transition that there is, call by call, and how often executions took it. */
export const transitionsOf = ({ open, drawn }: Known, taken: Met['transitions']): readonly Transition[] => {
  const calls = [...new Set([...open.keys(), ...drawn.keys(), ...taken.keys()])];
  return calls.flatMap((call) => {
    const outcomes = [open.get(call)?.keys(), drawn.get(call), taken.get(call)?.keys()];
    return [...new Set(outcomes.flatMap((some) => [...(some ?? [])]))].sort().map((outcome) => ({
      call,
      outcome,
      seen: taken.get(call)?.get(outcome) ?? 0,
      states: open.get(call)?.get(outcome) ?? 0,
    }));
  });
};
