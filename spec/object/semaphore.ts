/**
 * The counting semaphore that nobody waits at: who finds it zero is told so.
 *
 * Source of every rule: sem_post(3) and sem_trywait(3) of man-pages 5.13.
 */
import { match } from 'ts-pattern';
import type { ThreadId } from '#spec/abi.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

export interface CountingSemaphore {
  count: number;
}

export interface SemaphoreCall {
  readonly tag: 'increment' | 'decrement';
}

/** Whether the count has changed. */
type Outcomes = readonly Outcome<CountingSemaphore, SemaphoreCall, boolean>[];

/** All that `call` may do now. Total: every call has its outcomes in every state. */
export const outcomes = (semaphore: CountingSemaphore, _caller: ThreadId, { tag }: SemaphoreCall): Outcomes =>
  match(tag)
    .with('increment', () => add(1))
    .with('decrement', () => (semaphore.count === 0 ? returns<CountingSemaphore, boolean>(false) : add(-1)))
    .exhaustive();

/** Whether a call that answered this cannot have changed anything; an answer that is undefined never came. */
export const readsOnly = (_call: SemaphoreCall, answer: boolean | undefined): boolean => answer === false;

/** Source: sem_post(3), sem_trywait(3). */
const add = (amount: number): Outcomes =>
  returns(true, (draft) => {
    draft.count += amount;
  });
