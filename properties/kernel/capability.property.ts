import {
  always,
  costs,
  faultless,
  linearizes,
  type Observation,
  type ObservedCall,
  observes,
  ordering,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import { bySlot, type Parameters, ruleOf } from '#model/kernel/capability.programs.ts';
import { capability } from '#model/kernel/capability.ts';
import type { CapabilityAnswer, CapabilityHandle, Rights, ThreadId } from '#spec/abi.ts';
import { allRights, held, type PendingCall, Right } from '#spec/kernel/capability.ts';

type Run = Observation<PendingCall, CapabilityAnswer, Parameters>;
type Done = ObservedCall<PendingCall, CapabilityAnswer>;

/** A capability as its users can know it: from what they held at boot, asked for, and were answered. */
interface Known {
  readonly holder: ThreadId;
  readonly handle: CapabilityHandle;
  /** What it was copied or moved from; undefined: it came with its object. */
  readonly from: Known | undefined;
  readonly isMoved: boolean;
  /** It came with its object or was given a badge. */
  readonly isOriginal: boolean;
  readonly origin: { readonly maker: ThreadId };
  /** At most these. */
  readonly rights: Rights;
  readonly badge: number;
  /** When it was asked for. */
  readonly sinceStep: number;
}

const isSame = (a: CapabilityHandle, b: CapabilityHandle): boolean =>
  a.slot === b.slot && a.generation === b.generation;

const find = (known: readonly Known[], holder: ThreadId, handle: CapabilityHandle): Known | undefined =>
  known.find((one) => one.holder === holder && isSame(one.handle, handle));

/** What everybody held at boot. Whoever comes first made the object, and the others have copies. */
const knownAtBoot = ({ program }: Run): Known[] => {
  const firsts = new Map<number, Known>();
  return bySlot(program.parameters.holdings).map(({ process, slot, holding: { object, rights, badge } }) => {
    const from = firsts.get(object);
    const origin = from?.origin ?? { maker: process };
    const handle = { slot, generation: 1 };
    const isOriginal = badge !== from?.badge;
    const known = { holder: process, handle, from, isMoved: false, isOriginal, origin, rights, badge, sinceStep: 0 };
    if (!from) firsts.set(object, known);
    return known;
  });
};

/** What an answered call gave to somebody, if it names what is known. */
const givenBy = (known: readonly Known[], { thread, call, answer, invokedStep }: Done): Known | undefined => {
  if (answer?.tag !== 'handle') return undefined;
  const { handle } = answer;
  const common = { handle, sinceStep: invokedStep, isMoved: false, isOriginal: true };
  if (call.tag === 'create') {
    const origin = { maker: thread };
    return { ...common, holder: thread, from: undefined, origin, rights: allRights, badge: 0 };
  }
  if (call.tag !== 'copy' && call.tag !== 'move') return undefined;
  const from = find(known, thread, call.handle);
  const endpoint = call.over ? find(known, thread, call.over) : undefined;
  if (!from || (call.over && !endpoint)) return undefined;
  const { origin } = from;
  const holder = endpoint?.origin.maker ?? thread;
  if (call.tag === 'move') return { ...from, handle, sinceStep: invokedStep, holder, from, isMoved: true };
  const rights = from.rights & (call.rights | ~call.mask);
  const badge = call.badge || from.badge;
  return { ...common, holder, from, isOriginal: call.badge !== 0, origin, rights, badge };
};

/** Every capability of a run, in an order in which each comes after what it was made from. */
const everyKnown = (run: Run): Known[] => {
  const known = knownAtBoot(run);
  const calls = new Set(run.calls);
  for (let before = -1; before !== known.length; ) {
    before = known.length;
    for (const done of calls) {
      const given = givenBy(known, done);
      if (!given) continue;
      known.push(given);
      calls.delete(done);
    }
  }
  return known;
};

/** The handles that a call names. */
const handlesOf = (call: PendingCall): CapabilityHandle[] => [
  ...('handle' in call ? [call.handle] : []),
  ...('over' in call && call.over ? [call.over] : []),
];

const hasSucceeded = ({ answer }: Done): boolean => answer !== undefined && answer.tag !== 'failed';

/** What each call needs of the capability it names. */
const needs = (call: PendingCall, variant: string): Rights => {
  switch (call.tag) {
    case 'read':
      return Right.read;
    case 'write':
      return Right.write;
    case 'copy':
      return Right.copy;
    case 'move':
      return call.over ? Right.copy : 0;
    case 'revoke':
      return ruleOf(variant) === 'chcore' ? Right.revoke : 0;
    default:
      return 0;
  }
};

/** Whether a run is over: of one that is not, nobody knows what the last calls gave to whom. */
const isOver = (run: Run): boolean => run.end === 'quiescent' && run.calls.every(({ answer }) => answer !== undefined);

/** A capability as it was first given, before it was moved. */
const asGiven = (one: Known): Known => (one.isMoved && one.from ? asGiven(one.from) : one);

/** The original that a capability is below: the nearest of those that it was copied from, one from the other. */
const originalAbove = (one: Known): Known | undefined => {
  const source = asGiven(one).from;
  if (!source) return undefined;
  return source.isOriginal ? asGiven(source) : originalAbove(source);
};

/** Whether `one` is below `above`, or below what is. */
const isBelow = (one: Known, above: Known): boolean => {
  const original = originalAbove(one);
  return original !== undefined && (original === above || isBelow(original, above));
};

/** The capabilities that an answered revocation has taken away: whatever was asked for before its answer. */
const victims = (run: Run, { call, thread, answeredStep = 0 }: Done): Known[] => {
  const known = everyKnown(run);
  const revoked = call.tag === 'revoke' ? find(known, thread, call.handle) : undefined;
  if (!revoked) return [];
  const there = known.filter((one) => one.sinceStep < answeredStep);
  if (ruleOf(run.program.variant) === 'chcore') return there.filter((one) => one.origin === revoked.origin);
  return there.filter((one) => isBelow(one, asGiven(revoked)));
};

/** The calls that begin after `done` was answered, and use what `one` names. */
const usesAfter = (run: Run, done: Done, one: Known): Done[] =>
  run.calls.filter(
    (use) =>
      use.thread === one.holder &&
      use.invokedStep > (done.answeredStep ?? Number.POSITIVE_INFINITY) &&
      handlesOf(use.call).some((handle) => isSame(handle, one.handle)),
  );

const active = ({ program }: Run): number => program.threads.filter((calls) => calls.length > 0).length;

/** What the kernel writes for a thread that has a core from start to end: as it retires. */
const storesOfRetiring = 3;
const readModifyWritesOfRetiring = 2;

export default suite(capability, [
  refines({ checks: ['C2-025'] }),
  linearizes({ checks: ['C2-025', 'C4-047'] }),
  progress(),
  faultless(),
  ordering([], { variants: ['sel4'] }), // `chcore` has locks only: it orders nothing itself

  always(
    'a capability has no more rights than the one it is below',
    (state) =>
      held(state).every(({ capability: { parent, rights } }) => {
        const above = parent && state.tables[parent.process]?.[parent.slot]?.capability;
        return parent === null || (above ? (rights & ~above.rights) === 0 : false);
      }),
    { id: 'fewer-rights-below', variants: ['sel4', 'sel4-big-lock'] },
  ),
  always('an object is there as long as a capability to it', (state) =>
    state.objects.every(
      (object, index) => (object !== null) === held(state).some((one) => one.capability.object === index),
    ),
  ),
  sometimes(
    'a capability is two levels below another',
    (state) =>
      held(state).some(({ capability: { parent } }) =>
        parent ? (state.tables[parent.process]?.[parent.slot]?.capability?.parent ?? null) !== null : false,
      ),
    { variants: ['sel4', 'sel4-big-lock'] },
  ),
  sometimes('an object is gone', (state) => state.objects.includes(null)),
  sometimes('a table is full', (state) =>
    state.tables.some((table) => table.every((slot) => slot.capability !== null)),
  ),
  sometimes('a slot has been used again', (state) =>
    state.tables.some((table) => table.some((slot) => slot.capability !== null && slot.generation > 1)),
  ),

  observes(
    'authority never grows: nobody does what the capability was not copied with, or what it was copied from could not do',
    (run: Run) => {
      if (!isOver(run)) return true;
      const known = everyKnown(run);
      return run.calls.filter(hasSucceeded).every(({ thread, call }) => {
        if (!('handle' in call)) return true;
        const needed = needs(call, run.program.variant);
        return ((find(known, thread, call.handle)?.rights ?? 0) & needed) === needed;
      });
    },
    { id: 'authority-never-grows' },
  ),
  observes(
    'nothing is done but with a capability that was given: to read, to write, to grant over it',
    (run: Run) => {
      if (!isOver(run)) return true;
      const known = everyKnown(run);
      return run.calls
        .filter(hasSucceeded)
        .every(({ thread, call }) => handlesOf(call).every((handle) => find(known, thread, handle) !== undefined));
    },
    { id: 'only-what-was-given', checks: ['C4-047'] },
  ),
  observes(
    'after a revocation is answered, no capability that it was to take away works, on any core',
    (run: Run) =>
      !isOver(run) ||
      run.calls
        .filter((done) => done.call.tag === 'revoke' && hasSucceeded(done))
        .every((done) => victims(run, done).every((one) => !usesAfter(run, done, one).some(hasSucceeded))),
    { id: 'revoked' },
  ),
  observes(
    'a handle of a capability that its holder deleted or moved is stale for ever, whatever its slot holds now',
    (run: Run) =>
      run.calls.every((done) => {
        const { call, thread } = done;
        if ((call.tag !== 'delete' && call.tag !== 'move') || !hasSucceeded(done)) return true;
        const later = run.calls.filter((use) => use.thread === thread && use.invokedStep > done.invokedStep);
        return !later.some(
          (use) => hasSucceeded(use) && handlesOf(use.call).some((handle) => isSame(handle, call.handle)),
        );
      }),
    { id: 'stale' },
  ),
  observes(
    'a capability leads to its own object: what is read was written with a capability to the same one, or is 0',
    (run: Run) => {
      if (!isOver(run)) return true;
      const known = everyKnown(run);
      const originOf = ({ thread, call }: Done) =>
        'handle' in call ? find(known, thread, call.handle)?.origin : undefined;
      return run.calls.every((done) => {
        if (done.answer?.tag !== 'word' || done.answer.word === 0) return true;
        const { word } = done.answer;
        return run.calls.some(
          (other) => other.call.tag === 'write' && other.call.word === word && originOf(other) === originOf(done),
        );
      });
    },
    { id: 'own-object', checks: ['C2-025'] },
  ),
  observes(
    'a badge is given once: what is read with a capability has the badge that it, or the first above it, was minted with',
    (run: Run) => {
      if (!isOver(run)) return true;
      const known = everyKnown(run);
      return run.calls.every(({ thread, call, answer }) => {
        const used = call.tag === 'read' ? find(known, thread, call.handle) : undefined;
        if (!used || answer?.tag !== 'word') return true;
        const line = [used];
        for (let one = used.from; one; one = one.from) line.push(one);
        const minted = line.findLast(({ badge }) => badge !== 0)?.badge ?? 0;
        return answer.badge === minted;
      });
    },
    { id: 'badge-given-once' },
  ),
  costs(
    'a use takes no lock: it writes its slot’s state twice, and to its object if it is asked to',
    (run: Run) => {
      const { program, costs: spent, end } = run;
      const uses = program.threads.flat();
      const isQuiet = end === 'quiescent' && spent.interrupts === 0 && active(run) <= program.cores;
      if (!isQuiet || !uses.every(({ tag }) => tag === 'read' || tag === 'write')) return true;
      return (
        spent.stores <= uses.length + active(run) * storesOfRetiring &&
        spent.readModifyWrites <= 2 * uses.length + active(run) * readModifyWritesOfRetiring
      );
    },
    { id: 'uses-take-no-lock', variants: ['sel4'], isOfReference: true },
  ),
]);
