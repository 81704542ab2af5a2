/**
 * The mutex, seen as an object: it is held or not, and does not know by whom.
 *
 * Source of every rule: Knossos 9b2c79e, src/knossos/model.clj, Mutex; here who cannot go on waits.
 */
import { match } from 'ts-pattern';
import type { ThreadId } from '#spec/abi.ts';
import { type Outcome, returns, waits } from '#spec/outcome.ts';

export interface Mutex {
  isHeld: boolean;
}

export interface MutexCall {
  readonly tag: 'acquire' | 'release';
}

type Outcomes = readonly Outcome<Mutex, MutexCall, 'ok'>[];

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = ({ isHeld }: Mutex, _caller: ThreadId, { tag }: MutexCall): Outcomes =>
  match(tag)
    .with('acquire', () => (isHeld ? waits : hold(true)))
    .with('release', () => (isHeld ? hold(false) : waits))
    .exhaustive();

/** Source: model.clj, Mutex. */
const hold = (isHeld: boolean): Outcomes =>
  returns('ok', (draft) => {
    draft.isHeld = isHeld;
  });
