/**
 * Capabilities: each process has a table of them, and names an object by a slot of its table, in no other way.
 *
 * A capability says which object, what may be done with it, and a badge that tells its users apart. An object is a word,
 * and an endpoint: whatever is granted over it arrives in its maker's table. It goes with its last capability.
 *
 * There are two rules of revocation. `sel4`: capabilities form a tree, and who revokes one takes away all below it. Only
 * what is copied from an original is below it; a copy of a copy is its sibling. What comes with its object is an
 * original, and so is what was given a badge. `chcore`: the capabilities of an object are a flat list of equals, and who
 * revokes one takes all of them away, its own too; so that is a right of its own.
 *
 * Both are ours in one thing. A slot counts what it has held, so that an old handle never names a new capability (both
 * kernels reuse a slot at once, and leave that to the user).
 */
import { match } from 'ts-pattern';
import type {
  CapabilityAnswer,
  CapabilityCall,
  CapabilityErrno,
  CapabilityHandle,
  Rights,
  ThreadId,
} from '#spec/abi.ts';
import { continues, type Outcome, returns } from '#spec/outcome.ts';

/** What a capability may allow. */
export const Right = { read: 1, write: 2, copy: 4, grant: 8, revoke: 16 } as const;

/** Every right there is. */
export const allRights: Rights = 31;

/** A slot of somebody's table. */
export interface Place {
  readonly process: ThreadId;
  readonly slot: number;
}

export interface Capability {
  /** Its object's place among `objects`. */
  readonly object: number;
  readonly rights: Rights;
  /** 0: none. */
  readonly badge: number;
  /** Whether copies of it are below it, or beside it. Always false in `chcore`, where nothing is below anything. */
  readonly isOriginal: boolean;
  /** The original that it is below. Always null in `chcore`. */
  parent: Place | null;
}

/** A slot: how many capabilities it has held, and the one it holds. */
export interface Slot {
  generation: number;
  capability: Capability | null;
}

/** An object: who made it and receives what is granted over it, and its word. */
export interface CapabilityObject {
  readonly maker: ThreadId;
  word: number;
}

export interface Capabilities {
  readonly variant: 'sel4' | 'chcore';
  /** The table of each process. */
  tables: Slot[][];
  /** Every object there ever was, in the order of their making; null: it is gone. */
  objects: (CapabilityObject | null)[];
  /** How many there may be at a time. */
  readonly objectsMax: number;
}

/**
 * What a process holds at boot. Who holds an object in the lowest slot, and is the first of those, made it; the others'
 * capabilities are copies of that one.
 */
export type Holding = Pick<Capability, 'object' | 'rights' | 'badge'>;

/** What remains of a revocation: what is below the caller's handle, or all capabilities of an object. */
export type PendingCall =
  | CapabilityCall
  | { readonly tag: 'rest of revoke below'; readonly handle: CapabilityHandle }
  | { readonly tag: 'rest of revoke all'; readonly object: number };

type Outcomes = readonly Outcome<Capabilities, PendingCall, CapabilityAnswer>[];

/** The state at boot: process p holds `holdings[p]`, from slot 0 on, each of generation 1. */
export const initial = (
  variant: Capabilities['variant'],
  slots: number,
  objectsMax: number,
  holdings: readonly (readonly Holding[])[],
): Capabilities => {
  const first = (object: number): Place | undefined =>
    Array.from({ length: slots }, (_, slot) => holdings.map((_held, process) => ({ process, slot })))
      .flat()
      .find(({ process, slot }) => holdings[process]?.[slot]?.object === object);
  const tables = holdings.map((held, process) =>
    Array.from({ length: slots }, (_, slot): Slot => {
      const holding = held[slot];
      if (!holding) return { generation: 0, capability: null };
      const origin = first(holding.object) ?? null;
      const isFirst = isAt(origin, { process, slot });
      const firstBadge = origin && holdings[origin.process]?.[origin.slot]?.badge;
      const isOriginal = variant === 'sel4' && (isFirst || holding.badge !== firstBadge);
      const parent = variant === 'chcore' || isFirst ? null : origin;
      return { generation: 1, capability: { ...holding, isOriginal, parent } };
    }),
  );
  const objects = Math.max(0, ...holdings.flat().map((holding) => holding.object + 1));
  return {
    variant,
    tables,
    objects: Array.from({ length: objects }, (_, object) => {
      const origin = first(object);
      return origin ? { maker: origin.process, word: 0 } : null;
    }),
    objectsMax,
  };
};

/** All that `call` may do now. Total: every call has its outcomes in every state, so nobody ever waits. */
export const outcomes = (state: Capabilities, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'create' }, () => create(state, caller))
    .with({ tag: 'read' }, ({ handle }) => read(state, caller, handle))
    .with({ tag: 'write' }, ({ handle, word }) => write(state, caller, handle, word))
    .with({ tag: 'copy' }, (asked) => copy(state, caller, asked))
    .with({ tag: 'move' }, ({ handle, over }) => move(state, caller, handle, over))
    .with({ tag: 'delete' }, ({ handle }) => remove(state, caller, handle))
    .with({ tag: 'revoke' }, ({ handle }) => revoke(state, caller, handle))
    .with({ tag: 'rest of revoke below' }, (rest) => revokeBelow(state, caller, rest))
    .with({ tag: 'rest of revoke all' }, (rest) => revokeAll(state, rest))
    .exhaustive();

const fails = (errno: CapabilityErrno): Outcomes => returns({ tag: 'failed', errno });

const capabilityAt = (state: Capabilities, { process, slot }: Place): Capability | null =>
  state.tables[process]?.[slot]?.capability ?? null;

/** Every place that holds a capability. */
export const held = (state: Capabilities): { readonly place: Place; readonly capability: Capability }[] =>
  state.tables.flatMap((table, process) =>
    table.flatMap(({ capability }, slot) => (capability ? [{ place: { process, slot }, capability }] : [])),
  );

const isAt = (a: Place | null, b: Place): boolean => a?.process === b.process && a.slot === b.slot;

/** Why the caller may not use `handle` for what needs `rights`; undefined: it may. */
const refusal = (
  state: Capabilities,
  caller: ThreadId,
  { slot, generation }: CapabilityHandle,
  rights: Rights,
): CapabilityErrno | undefined => {
  const found = state.tables[caller]?.[slot];
  if (!found || generation < 1 || generation > found.generation) return 'EBADF';
  if (!found.capability || generation !== found.generation) return 'ESTALE';
  return (found.capability.rights & rights) === rights ? undefined : 'EACCES';
};

/** The same of a capability to be placed in the table of whoever made `over`; null: in the caller's. */
const refusalOver = (
  state: Capabilities,
  caller: ThreadId,
  over: CapabilityHandle | null,
): CapabilityErrno | undefined => (over ? refusal(state, caller, over, Right.grant) : undefined);

/** Who receives what is granted over `over`. */
const receiverOf = (state: Capabilities, caller: ThreadId, over: CapabilityHandle | null): ThreadId => {
  const endpoint = over && capabilityAt(state, { process: caller, slot: over.slot });
  return (endpoint && state.objects[endpoint.object]?.maker) ?? caller;
};

/** The first free slot of a process. Source: ChCore, object/cap_group.c, alloc_slot_id: the lowest free one. */
const freePlace = (state: Capabilities, process: ThreadId): Place | undefined => {
  const slot = state.tables[process]?.findIndex(({ capability }) => capability === null) ?? -1;
  return slot < 0 ? undefined : { process, slot };
};

/** Puts a capability into a free slot. */
const fill = (draft: Capabilities, { process, slot }: Place, capability: Capability): void => {
  const found = draft.tables[process]?.[slot];
  if (!found) return;
  found.generation++;
  found.capability = capability;
};

/** Empties a slot. What was below it is now below what it was below itself. Its object may go with it. */
const empty = (draft: Capabilities, place: Place): void => {
  const found = draft.tables[place.process]?.[place.slot];
  if (!found?.capability) return;
  const { object, parent } = found.capability;
  found.capability = null;
  const others = held(draft);
  for (const { capability } of others) if (isAt(capability.parent, place)) capability.parent = parent;
  if (!others.some(({ capability }) => capability.object === object)) draft.objects[object] = null;
};

const answerHandle = (state: Capabilities, { process, slot }: Place): CapabilityAnswer => ({
  tag: 'handle',
  handle: { slot, generation: (state.tables[process]?.[slot]?.generation ?? 0) + 1 },
});

/**
 * Makes an object whose word is 0, and answers a capability to it with every right. ENOSPC: the caller's table is full;
 * ENOMEM: there are as many objects as can be. Source: ChCore, object/capability.c, cap_alloc.
 */
const create = (state: Capabilities, caller: ThreadId): Outcomes => {
  const place = freePlace(state, caller);
  if (!place) return fails('ENOSPC');
  if (state.objects.filter((object) => object !== null).length >= state.objectsMax) return fails('ENOMEM');
  return returns(answerHandle(state, place), (draft) => {
    const isOriginal = state.variant === 'sel4';
    fill(draft, place, { object: draft.objects.length, rights: allRights, badge: 0, isOriginal, parent: null });
    draft.objects.push({ maker: caller, word: 0 });
  });
};

/**
 * Answers the word of the object, and the badge of the capability. EBADF, ESTALE, EACCES.
 * Source: seL4 manual, 3.1.1 (invocation) and 4.2.1 (the badge is delivered).
 */
const read = (state: Capabilities, caller: ThreadId, handle: CapabilityHandle): Outcomes => {
  const errno = refusal(state, caller, handle, Right.read);
  const capability = capabilityAt(state, { process: caller, slot: handle.slot });
  if (errno || !capability) return fails(errno ?? 'EBADF');
  return returns({ tag: 'word', word: state.objects[capability.object]?.word ?? 0, badge: capability.badge });
};

/** Sets the word of the object. EBADF, ESTALE, EACCES. Source: seL4 manual, 3.1.1 (invocation). */
const write = (state: Capabilities, caller: ThreadId, handle: CapabilityHandle, word: number): Outcomes => {
  const errno = refusal(state, caller, handle, Right.write);
  const capability = capabilityAt(state, { process: caller, slot: handle.slot });
  if (errno || !capability) return fails(errno ?? 'EBADF');
  return returns({ tag: 'ok' }, (draft) => {
    const object = draft.objects[capability.object];
    if (object) object.word = word;
  });
};

/**
 * Copies a capability, with fewer rights, and mints it with a badge if one is asked for. EBADF, ESTALE, EACCES: of the
 * capability, then of the endpoint. EINVAL: it has a badge already; or (`chcore`) it has not the rights asked for, where
 * `sel4` leaves those out. ENOSPC: the receiver's table is full.
 * Source: seL4 manual, 3.1.2 (Copy, Mint), 3.1.4 (the derivation tree) and 4.2.2 (transfer); seL4, object/cnode.c,
 * cteInsert and isMDBParentOf; ChCore, object/capability.c, cap_copy.
 */
const copy = (state: Capabilities, caller: ThreadId, asked: CapabilityCall & { tag: 'copy' }): Outcomes => {
  const { handle, over, mask, rights, badge } = asked;
  const errno = refusal(state, caller, handle, Right.copy) ?? refusalOver(state, caller, over);
  const from = { process: caller, slot: handle.slot };
  const source = capabilityAt(state, from);
  if (errno || !source) return fails(errno ?? 'EBADF');
  if (badge !== 0 && source.badge !== 0) return fails('EINVAL');
  if (state.variant === 'chcore' && (rights & mask & ~source.rights) !== 0) return fails('EINVAL');
  const to = freePlace(state, receiverOf(state, caller, over));
  if (!to) return fails('ENOSPC');
  return returns(answerHandle(state, to), (draft) => {
    fill(draft, to, {
      object: source.object,
      rights: source.rights & (rights | ~mask),
      badge: badge || source.badge,
      isOriginal: state.variant === 'sel4' && badge !== 0,
      parent: source.isOriginal ? from : source.parent,
    });
  });
};

/**
 * Moves a capability to another slot, of the caller's table or of the receiver's: it stays what it is, and what was
 * below it stays below it. EBADF, ESTALE; EACCES: to be granted it must have the right to be copied. ENOSPC.
 * Source: seL4 manual, 3.1.2 (Move).
 */
const move = (
  state: Capabilities,
  caller: ThreadId,
  handle: CapabilityHandle,
  over: CapabilityHandle | null,
): Outcomes => {
  const errno = refusal(state, caller, handle, over ? Right.copy : 0) ?? refusalOver(state, caller, over);
  const from = { process: caller, slot: handle.slot };
  const source = capabilityAt(state, from);
  if (errno || !source) return fails(errno ?? 'EBADF');
  const to = freePlace(state, receiverOf(state, caller, over));
  if (!to) return fails('ENOSPC');
  return returns(answerHandle(state, to), (draft) => {
    fill(draft, to, { ...source });
    for (const { capability } of held(draft)) if (isAt(capability.parent, from)) capability.parent = to;
    empty(draft, from);
  });
};

/**
 * Deletes a capability, and no other. EBADF, ESTALE. With its last capability the object goes.
 * Source: seL4 manual, 3.1.3 (Delete); ChCore, object/capability.c, cap_free.
 */
const remove = (state: Capabilities, caller: ThreadId, handle: CapabilityHandle): Outcomes => {
  const errno = refusal(state, caller, handle, 0);
  if (errno) return fails(errno);
  return returns({ tag: 'ok' }, (draft) => {
    empty(draft, { process: caller, slot: handle.slot });
  });
};

/**
 * Takes capabilities away, one after the other: uses of those that are left go on meanwhile. EBADF, ESTALE; EACCES:
 * (`chcore`) it needs the right to revoke. Source: seL4 manual, 3.1.3 (Revoke); ChCore, object/capability.c, cap_free_all.
 */
const revoke = (state: Capabilities, caller: ThreadId, handle: CapabilityHandle): Outcomes => {
  const errno = refusal(state, caller, handle, state.variant === 'chcore' ? Right.revoke : 0);
  const capability = capabilityAt(state, { process: caller, slot: handle.slot });
  if (errno || !capability) return fails(errno ?? 'EBADF');
  return state.variant === 'sel4'
    ? continues({ tag: 'rest of revoke below', handle })
    : continues({ tag: 'rest of revoke all', object: capability.object });
};

/** Every place below `above`. */
export const below = (state: Capabilities, above: Place): Place[] =>
  held(state).flatMap(({ place, capability }) =>
    isAt(capability.parent, above) ? [place, ...below(state, place)] : [],
  );

/**
 * Deletes a capability below the caller's that has none below itself; ends when there is none. So nothing above the
 * caller's is revoked while something below it is left. Source: seL4 manual, 3.1.3 (Revoke: all that are derived).
 */
const revokeBelow = (
  state: Capabilities,
  caller: ThreadId,
  rest: PendingCall & { tag: 'rest of revoke below' },
): Outcomes => {
  const { handle } = rest;
  if (refusal(state, caller, handle, 0)) return returns({ tag: 'ok' });
  const leaves = below(state, { process: caller, slot: handle.slot }).filter((at) => below(state, at).length === 0);
  if (leaves.length === 0) return returns({ tag: 'ok' });
  return leaves.flatMap((leaf) =>
    continues(rest, (draft: Capabilities) => {
      empty(draft, leaf);
    }),
  );
};

/**
 * Deletes some capability of the object; ends when there is none. Source: ChCore, object/capability.c, cap_free_all.
 */
const revokeAll = (state: Capabilities, rest: PendingCall & { tag: 'rest of revoke all' }): Outcomes => {
  const copies = held(state).filter(({ capability }) => capability.object === rest.object);
  if (copies.length === 0) return returns({ tag: 'ok' });
  return copies.flatMap(({ place }) =>
    continues(rest, (draft: Capabilities) => {
      empty(draft, place);
    }),
  );
};
