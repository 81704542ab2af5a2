/** What is claimed of the queues of the cores, and of direct switches: in which schedulers differ. */
import type { Traced } from '#impl/machine/machine.ts';
import { costs, observes } from '#model/claim.ts';
import {
  callAt,
  follow,
  has,
  isAnybodyAbove,
  isOfThread,
  placeOf,
  type Run,
  type Scene,
  sceneAtBoot,
} from '#properties/sched/replay.ts';
import type { SchedulerClaim } from '#properties/sched/scheduler.claims.ts';
import type { ThreadId } from '#spec/abi.ts';

/** How a scheduler keeps its queues. */
export interface Queues {
  /** It is made about these variants. */
  readonly variants: readonly string[];
  /** Which threads stand in the queue of a core when it has been given to a thread, in words. */
  readonly holds: string;
  /** Whether that is so of a thread which belongs to the core. */
  mayHold(state: 'running' | 'ready' | 'blocked'): 'must' | 'may' | 'must not';
  /** How many changes of queues a direct switch takes at most, and at least, within a core; and from another core. */
  readonly changesOfSwitch: { readonly least: number; readonly most: number; readonly fromElsewhere: number };
  /** How many micro-ops a dispatcher takes to find a thread on its own core, and how many more for one that it skips. */
  readonly stepsOfDispatch: { readonly each: number; readonly ofSkipped: number };
}

/** The threads in the queue of each core. */
type Contents = readonly Set<ThreadId>[];

type LooksFine = (event: Traced, scene: Scene, contents: Contents) => boolean;

/** Follows the queues too, from boot, where those that run may stand in them, or not. */
const followFrom = (run: Run, holdsRunning: boolean, look: LooksFine): boolean => {
  const { threads, current } = sceneAtBoot(run);
  const contents = current.map(
    (_, core) =>
      new Set(
        threads.flatMap((thread, id) => {
          const isQueued = thread.state === 'ready' || (thread.state === 'running' && holdsRunning);
          return isQueued && thread.core === core ? [id] : [];
        }),
      ),
  );
  return follow(run, (event, scene) => {
    const { id, core, more } = placeOf(event.word);
    const queue = contents[core];
    if (event.name === 'queue insert') {
      if (contents.some((one) => one.has(id))) return false;
      queue?.add(id);
      return queue?.size === more;
    }
    if (event.name === 'queue remove') return queue?.delete(id) === true && queue.size === more;
    return look(event, scene, contents);
  });
};

/** A queue has nobody twice, nobody stands in two, it is as long as it says, and `look` finds it as it should be. */
const followQueues = (run: Run, queues: Queues, look: LooksFine): boolean => {
  const rule = queues.mayHold('running');
  return (rule !== 'must' && followFrom(run, false, look)) || (rule !== 'must not' && followFrom(run, true, look));
};

/** At each dispatch, each thread of the core is in its queue or not, as it should be. */
const holdsTheRight = (run: Run, queues: Queues): boolean =>
  followQueues(run, queues, ({ name, word }, { threads }, contents) => {
    const { id, core } = placeOf(word);
    if (name !== 'dispatched') return true;
    if (contents.some((queue, other) => other !== core && queue.has(id))) return false;
    return threads.every((thread, other) => {
      const state = other === id ? 'running' : thread.state;
      const rule = queues.mayHold(state);
      const isHeld = contents[core]?.has(other) === true;
      if (other !== id && thread.core !== core) return !isHeld;
      return rule === 'may' || isHeld === (rule === 'must');
    });
  });

/**
 * The events of each direct switch: from where its thread has become blocked to where the other has the core. Whoever
 * replies and could go on, but switches to one that is more urgent, waits for its core and has to be queued: not counted.
 */
const directSwitches = (run: Run): (readonly Traced[])[] =>
  run.traced.flatMap((event, index) => {
    if (event.name !== 'dispatched' || !isOfThread(run, event)) return [];
    const own = run.traced.slice(0, index).filter(({ context }) => context === event.context);
    const left = own.findLastIndex(({ name }) => name === 'blocked' || name === 'preempted');
    return own[left]?.name === 'blocked' ? [[...own.slice(left), event]] : [];
  });

const count = (events: readonly Traced[], ...names: readonly string[]): number =>
  events.filter(({ name }) => names.includes(name)).length;

const changesQueuesAsOften = (run: Run, { changesOfSwitch: { least, most, fromElsewhere } }: Queues): boolean =>
  directSwitches(run).every((events) => {
    const changes = count(events, 'queue insert', 'queue remove');
    if (count(events, 'moved') === 0) return changes >= least && changes <= most;
    return changes >= least && changes <= fromElsewhere && count(events, 'queue insert') <= most; // it may have to leave there
  });

const staysOnItsCore = (run: Run): boolean =>
  directSwitches(run).every((events) => {
    const core = events[0]?.core;
    const isHere = events.every((event) => event.core === core) && placeOf(events.at(-1)?.word ?? 0).core === core;
    return isHere && count(events, 'told to look') === 0;
  });

/**
 * Whoever calls a thread that waits for a call, may run here, and is not less urgent than any other that waits here, is
 * blocked by the time that it makes it ready, and gives it the core next: all that may come before is that it is moved here,
 * and that it gets the slice. Unless somebody moves the caller.
 */
const callsGoStraight = (run: Run): boolean =>
  follow(run, (event, scene, index) => {
    const { name, word, context, core, step } = event;
    const inCall = isOfThread(run, event) ? callAt(run, context, step)?.call : undefined;
    const receiver = scene.threads[word];
    if (name !== 'ready' || inCall?.tag !== 'call' || inCall.target !== word || !receiver) return true;
    const isMoved = run.calls.some(({ call }) => call.tag === 'setAffinity' && call.target !== null);
    if (isMoved || !has(receiver.mask, core) || isAnybodyAbove(scene, core, receiver.priority)) return true;
    if (scene.threads[context]?.state !== 'blocked') return false;
    const next = run.traced
      .slice(index + 1)
      .find((later) => later.context === context && !mayComeBetween.includes(later.name));
    if (next === undefined) return run.end !== 'quiescent';
    return next.name === 'dispatched' && placeOf(next.word).id === word;
  });

/** What a direct switch may do between making a thread ready and giving it the core. */
const mayComeBetween = ['queue insert', 'queue remove', 'moved', 'slice lent'];

/** Each such call lends the caller's slice. */
const callsLend = (run: Run): boolean =>
  directSwitches(run).every((events) => {
    const switched = events.at(-1) as Traced;
    const { tag } = callAt(run, switched.context, switched.step)?.call ?? {};
    const before = run.traced
      .slice(0, run.traced.indexOf(switched))
      .filter(({ context }) => context === switched.context);
    const transfer = before.findLast(({ name }) => ['slice lent', 'slice returned', 'dispatched'].includes(name));
    return tag !== 'call' || (transfer?.name === 'slice lent' && transfer.word >> 4 === placeOf(switched.word).id);
  });

/**
 * Whoever is skipped is blocked, and is taken out of the queue by the same dispatcher before anything else. A dispatcher
 * takes nobody out that is blocked without saying so, but one that has been moved; and leaves nobody in it that is, when it
 * finds nobody to run.
 */
const skipsOnce = (run: Run, queues: Queues): boolean =>
  followQueues(run, queues, ({ name, word }, _, contents) => name !== 'looks for work' || contents[word]?.size === 0) &&
  follow(run, (event, { threads }, index) => {
    const { id, core, more } = placeOf(event.word);
    const beside = (events: readonly Traced[]): readonly Traced[] =>
      events.filter(({ context }) => context === event.context);
    if (event.name === 'skipped blocked thread') {
      const next = beside(run.traced.slice(index + 1))[0];
      const isThere = threads[id]?.state === 'blocked' && threads[id].core === core && threads[id].priority === more;
      if (next === undefined) return isThere && run.end !== 'quiescent';
      return (
        isThere && next.name === 'queue remove' && placeOf(next.word).id === id && placeOf(next.word).core === core
      );
    }
    if (event.name !== 'queue remove' || isOfThread(run, event) || threads[id]?.state !== 'blocked') return true;
    const last = beside(run.traced.slice(0, index)).at(-1);
    return (
      last !== undefined && ['skipped blocked thread', 'moved'].includes(last.name) && placeOf(last.word).id === id
    );
  });

const dispatchesQuickly = (run: Run, { stepsOfDispatch: { each, ofSkipped } }: Queues): boolean => {
  const { program, costs: cost, traced } = run;
  if (program.cores > 1) return true; // a core that looks at others has other costs
  const dispatcher = program.threads.length;
  const turns = (cost.resumed[dispatcher] ?? 0) + cost.idles + 1;
  const skipped = count(traced, 'skipped blocked thread');
  return (cost.microOps[dispatcher] ?? 0) <= each * turns + ofSkipped * skipped;
};

/** What is claimed of a scheduler with such queues. */
export const queueClaims = (queues: Queues): readonly SchedulerClaim[] => {
  const { variants } = queues;
  return [
    observes(`the queue of a core holds ${queues.holds}`, (run) => holdsTheRight(run, queues), {
      id: 'holds',
      checks: ['C4-040'],
      variants,
    }),
    costs('a direct switch changes queues as often as it should', (run) => changesQueuesAsOften(run, queues), {
      id: 'queue-operations',
      checks: ['C4-041', 'C0-039'],
      variants,
    }),
    costs('a direct switch touches one core, and interrupts none', staysOnItsCore, { id: 'one-core', variants }),
    observes('a call goes straight to who waits for it, with nobody in between', callsGoStraight, {
      id: 'straight',
      checks: ['C4-043', 'C0-039'],
      variants,
    }),
    observes('who is switched to by a call runs on the caller’s time slice', callsLend, {
      id: 'lends',
      checks: ['C0-040'],
      variants,
    }),
    costs('whoever is found blocked is taken out, and skipped once', (run) => skipsOnce(run, queues), {
      id: 'skipped-once',
      checks: ['C4-040'],
      variants,
    }),
    costs(
      'a dispatch takes so many steps, and so many more for each thread that it skips',
      (run) => dispatchesQuickly(run, queues),
      {
        id: 'dispatch',
        checks: ['C4-042'],
        variants,
      },
    ),
  ];
};
