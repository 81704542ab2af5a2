import { Kind } from '#impl/machine/ops.ts';
import type { Pair } from '#model/counterexample.ts';
import { type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { type Choice, isIn, type Strategy } from '#model/engine/explore/strategy.ts';
import { type Access, type Recorded, record } from '#model/engine/trace/record.ts';

/** A thread that has not come to the access after so many steps will not. */
const stepsToTheOther = 500;

/** So many pairs are tried at most. */
const pairsMax = 200;

export const conflict = (a: Access, b: Access): boolean =>
  a.address !== null && a.address === b.address && a.context !== b.context && (a.isWrite || b.isWrite);

/**
 * The two accesses whose order decides: made the other way round, nothing fails. What is named first is tried first;
 * then pairs that follow one another on a word; then locks and the like, that were taken by one and later by the other.
 * The last ones come first. Undefined: no such pair decides.
 */
export const findDecidingPair = (
  rig: Rig,
  { program, schedule }: Execution,
  limits: Limits,
  first: Pair | undefined,
  fails: (execution: Execution) => boolean,
): Pair | undefined => {
  const recorded = record(rig, program, schedule, limits);
  for (const pair of [...(first ? [first] : []), ...pairsOf(recorded).slice(0, pairsMax)]) {
    const exchanged = otherWayRound(rig, recorded, limits, pair);
    const sound = exchanged.find(({ execution }) => execution.end !== 'limit' && !fails(execution));
    if (sound) return guardedBy(recorded, pair, sound.made) ?? pair;
  }
  return undefined;
};

/** What is compared of an access in two executions. */
type Made = Pick<Access, 'context' | 'kind' | 'address'>;

/**
 * If a pair is of a lock that was taken by one and then by the other: the first two accesses of the same threads after it
 * which came the other way round too. They tell more than the lock.
 */
const guardedBy = (recorded: Recorded, pair: Pair, made: readonly Made[]): Pair | undefined => {
  const { accesses } = recorded;
  const [first, second] = [accesses[pair.before - 1] as Access, accesses[pair.after - 1] as Access];
  if (!isUpdate(first) || !isUpdate(second)) return undefined;
  const placeOf = ({ context, kind, address }: Made): number => {
    const place = made.findIndex(
      (one, index) =>
        index >= pair.before - 1 && one.context === context && one.kind === kind && one.address === address,
    );
    return place < 0 ? Number.POSITIVE_INFINITY : place;
  };
  for (const later of accesses.slice(pair.after)) {
    if (later.context !== second.context || isUpdate(later)) continue;
    const earlier = accesses
      .slice(pair.before, later.step - 1)
      .find((one) => one.context === first.context && !isUpdate(one) && conflict(one, later));
    if (earlier && placeOf(later) < placeOf(earlier)) return { before: earlier.step, after: later.step };
  }
  return undefined;
};

/** A read and a write in one. */
export const isUpdate = ({ kind }: Access): boolean =>
  kind === Kind.compareAndSwap || kind === Kind.swap || kind === Kind.fetchAdd;

/** Pairs of accesses to a word, those by threads before those by dispatchers: reads and writes; locks taken; other updates. */
const pairsOf = ({ accesses, execution }: Recorded): Pair[] => {
  const threads = execution.program.threads.length;
  const groups: Pair[][] = [[], [], [], [], [], []];
  for (const after of accesses.toReversed()) {
    let isNext = true; // no write is between the two
    for (let i = after.step - 2; i >= 0; i--) {
      const before = accesses[i] as Access;
      if (before.address === null || before.address !== after.address) continue;
      const ofThreads = before.context < threads && after.context < threads ? 0 : 3;
      const ofUpdates = isUpdate(before) && isUpdate(after);
      const areTaken = ofUpdates && before.kind === after.kind && before.result === after.result;
      if (conflict(before, after) && (isNext || areTaken)) {
        groups[ofThreads + (areTaken ? 1 : ofUpdates ? 2 : 0)]?.push({ before: before.step, after: after.step });
      }
      if (before.isWrite) isNext = false;
    }
  }
  return groups.flat();
};

interface Exchanged {
  readonly execution: Execution;
  readonly made: readonly Made[];
}

/**
 * The same execution up to the first of two accesses, which then waits until the other is made: what follows if it comes
 * next, and if the other goes on. None: the other cannot be made before.
 */
const otherWayRound = (rig: Rig, recorded: Recorded, limits: Limits, { before, after }: Pair): Exchanged[] => {
  const { program, schedule } = recorded.execution;
  const [first, second] = [recorded.accesses[before - 1] as Access, recorded.accesses[after - 1] as Access];
  const isTaken = isUpdate(first) && first.kind === second.kind && first.result === second.result; // it is to be again
  const same = schedule.filter(({ step }) => step < before - 1);
  return [true, false].flatMap((isNext) => {
    const made: Made[] = [];
    let isMade = false;
    let isImpossible = false;
    let isReturned = !isNext;
    const replay = replayStrategy(same);
    const strategy: Strategy = {
      way: (ways, step, core) => (step < before - 1 ? replay.way(ways, step, core) : 0),
      choose(choice) {
        if (choice.step < before - 1) return replay.choose(choice);
        if (isMade) {
          if (isReturned) return choice.default;
          isReturned = true;
          return isIn(choice.enabled, first.core) ? first.core : choice.default;
        }
        const core = another(choice, first.core, second.core);
        if (core === undefined || choice.step > before + stepsToTheOther) isImpossible = true;
        return core ?? choice.default;
      },
    };
    const execution = execute(rig, program, strategy, limits, {
      observer: (_core, context, frame, result) => {
        made.push({ context, kind: frame.kind, address: frame.address });
        if (made.length < before || context !== second.context || frame.kind !== second.kind) return;
        if (frame.address === second.address && (!isTaken || result === second.result)) isMade = true;
      },
      choices: null,
      ways: null,
    });
    return isMade && !isImpossible ? [{ execution, made }] : [];
  });
};

/** A core that can step and is not the one that waits: the one that is wanted, if it can. */
const another = ({ enabled, cores, current }: Choice, waiting: number, wanted: number): number | undefined => {
  const order = [wanted, current, ...Array.from({ length: cores }, (_, core) => core)];
  return order.find((core) => core !== waiting && isIn(enabled, core));
};
