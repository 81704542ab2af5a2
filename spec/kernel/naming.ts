/**
 * A naming service: servers register names, and clients look them up and are handed a capability to send to the server.
 *
 * A name leads to a process, not to its number: who dies loses its names, and nobody who comes after it, under its number
 * or under its names, gets what was meant for it. So a process is known by its number and by which life that is in, and a
 * capability leads to one life. Whoever registers a name has a capability that owns it; whoever looks it up gets one that
 * may only send. What has been handed out stays good when the name is unregistered.
 *
 * Who watches a name is told once what becomes of it next. What arrives at a process, it receives in order: so whatever
 * its server sent comes before the notice that it died.
 *
 * Sources: Mach 3 Server Writer's Guide, the bootstrap and name servers, and dead-name notifications; Android Binder,
 * the context manager and linkToDeath; ChCore, procmgr; seed 004, 命名服务. None of them says all of it; where they
 * differ, it is decided here.
 */
import { match } from 'ts-pattern';
import type {
  Arrival,
  Identity,
  Name,
  NameEvent,
  NamingAnswer,
  NamingCall,
  NamingErrno,
} from '#spec/abi/kernel/naming.ts';
import type { CapabilityHandle, ThreadId } from '#spec/abi.ts';
import { continues, type Outcome, type Recipe, returns, waits } from '#spec/outcome.ts';

/** The longest name, in bytes. */
export const nameBytesMax = 8;

/** What a slot holds: to whom its holder may send, and the name that it owns, if it does. */
export interface Connection {
  readonly to: Identity;
  readonly owns: Name | null;
}

/** A slot of a process's table: how many capabilities it has held, and the one it holds. */
export interface NamingSlot {
  generation: number;
  connection: Connection | null;
}

export interface NamingProcess {
  /** How many processes have had this number, this one too. */
  life: number;
  slots: NamingSlot[];
  /** What has arrived and was not received, the oldest first. */
  inbox: Arrival[];
  /** Of each process, the latest life in which a message was received from it; 0: none was. */
  heard: number[];
  /** Notices that it has asked for and not received. */
  noticesDue: number;
}

/** A name that somebody owns, or that somebody watches. */
export interface NameEntry {
  readonly name: Name;
  owner: ThreadId | null;
  /** In the order of their numbers. */
  watchers: ThreadId[];
}

export interface Limits {
  /** Slots of each process, and how many messages and notices there is room for in its inbox. */
  readonly slots: number;
  readonly messages: number;
  readonly notices: number;
}

export interface Naming {
  readonly limits: Limits;
  /** In the order of their bytes. */
  names: NameEntry[];
  processes: NamingProcess[];
}

/** A notice on its way. */
export interface Notice {
  readonly watcher: Identity;
  readonly name: Name;
  readonly event: NameEvent;
}

/** What remains of a call that has changed a name: whoever watched it is told, one after the other. */
export type PendingCall =
  | NamingCall
  | { readonly tag: 'rest of telling'; readonly notices: readonly Notice[]; readonly answer: NamingAnswer };

type Outcomes = readonly Outcome<Naming, PendingCall, NamingAnswer>[];

/** What a process has at boot: names, and then whom it may send to; each a capability, from slot 0 on. */
export interface AtBoot {
  readonly registered: readonly Name[];
  readonly connected: readonly ThreadId[];
}

/** The state at boot: everybody is in its first life. */
export const initial = (limits: Limits, processes: readonly AtBoot[]): Naming => {
  const state: Naming = {
    limits,
    names: [],
    processes: processes.map(({ registered, connected }, process) => {
      const connections: Connection[] = [
        ...registered.map((name) => ({ to: { process, life: 1 }, owns: name })),
        ...connected.map((to) => ({ to: { process: to, life: 1 }, owns: null })),
      ];
      return {
        life: 1,
        slots: Array.from({ length: limits.slots }, (_, slot) => {
          const connection = connections[slot] ?? null;
          return { generation: connection ? 1 : 0, connection };
        }),
        inbox: [],
        heard: processes.map(() => 0),
        noticesDue: 0,
      };
    }),
  };
  processes.forEach(({ registered }, process) => {
    for (const name of registered) entryOf(state, name).owner = process;
  });
  return state;
};

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (state: Naming, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'register' }, ({ name }) => register(state, caller, name))
    .with({ tag: 'unregister' }, ({ handle }) => unregister(state, caller, handle))
    .with({ tag: 'lookup' }, ({ name, waiting }) => lookup(state, caller, name, waiting))
    .with({ tag: 'watch' }, ({ name }) => watch(state, caller, name))
    .with({ tag: 'send' }, ({ handle, word }) => send(state, caller, handle, word))
    .with({ tag: 'reply' }, ({ to, word }) => reply(state, caller, to, word))
    .with({ tag: 'receive' }, ({ waiting }) => receive(state, caller, waiting))
    .with({ tag: 'restart' }, () => restart(state, caller))
    .with({ tag: 'rest of telling' }, ({ notices, answer }) => tell(notices, answer))
    .exhaustive();

const fails = (errno: NamingErrno): Outcomes => returns({ tag: 'failed', errno });

/** Below 0 if `a` comes before `b`, above 0 if after, 0 if they are the same. */
export const compare = (a: Name, b: Name): number => {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
};

const found = (state: Naming, name: Name): NameEntry | undefined =>
  state.names.find((entry) => compare(entry.name, name) === 0);

/** The entry of a name, made if there is none. */
const entryOf = (draft: Naming, name: Name): NameEntry => {
  const known = found(draft, name);
  if (known) return known;
  const entry: NameEntry = { name, owner: null, watchers: [] };
  const after = draft.names.findIndex((other) => compare(other.name, name) > 0);
  draft.names.splice(after < 0 ? draft.names.length : after, 0, entry);
  return found(draft, name) ?? entry;
};

/** Forgets names that nobody owns or watches. */
const tidy = (draft: Naming): void => {
  draft.names = draft.names.filter(({ owner, watchers }) => owner !== null || watchers.length > 0);
};

const identityOf = (state: Naming, process: ThreadId): Identity => ({
  process,
  life: state.processes[process]?.life ?? 0,
});

const isAlive = (state: Naming, { process, life }: Identity): boolean => state.processes[process]?.life === life;

/** Why the caller may not use `handle`; undefined: it may. */
const refusal = (state: Naming, caller: ThreadId, { slot, generation }: CapabilityHandle): NamingErrno | undefined => {
  const held = state.processes[caller]?.slots[slot];
  if (!held || generation < 1 || generation > held.generation) return 'EBADF';
  return held.connection && generation === held.generation ? undefined : 'ESTALE';
};

const connectionAt = (state: Naming, caller: ThreadId, handle: CapabilityHandle): Connection | null =>
  state.processes[caller]?.slots[handle.slot]?.connection ?? null;

/** The first free slot of the caller and the handle of what will be in it; undefined: it has none. */
const freeHandle = (state: Naming, caller: ThreadId): CapabilityHandle | undefined => {
  const slots = state.processes[caller]?.slots ?? [];
  const slot = slots.findIndex(({ connection }) => connection === null);
  return slot < 0 ? undefined : { slot, generation: (slots[slot]?.generation ?? 0) + 1 };
};

const fill = (draft: Naming, caller: ThreadId, { slot, generation }: CapabilityHandle, held: Connection): void => {
  draft.processes[caller]?.slots.splice(slot, 1, { generation, connection: held });
};

/** The notices that those who watch a name are owed. */
const noticesOf = (state: Naming, name: Name, event: NameEvent): Notice[] =>
  (found(state, name)?.watchers ?? []).map((watcher) => ({ watcher: identityOf(state, watcher), name, event }));

/** Changes a name and answers, when whoever watched it has been told. Source: as of the calls that change names, below. */
const changes = (answer: NamingAnswer, notices: readonly Notice[], then: Recipe<Naming>): Outcomes =>
  notices.length === 0 ? returns(answer, then) : continues({ tag: 'rest of telling', notices, answer }, then);

/**
 * Delivers one of the notices; ends after the last. Who has died since it asked is told nothing.
 * Source: Mach, mach_port_request_notification: one notification, then the request is gone; Binder, BR_DEAD_BINDER.
 */
const tell = (notices: readonly Notice[], answer: NamingAnswer): Outcomes =>
  notices.flatMap(
    (notice, index): Outcomes =>
      changes(answer, notices.toSpliced(index, 1), (draft) => {
        const { watcher, name, event } = notice;
        if (isAlive(draft, watcher)) draft.processes[watcher.process]?.inbox.push({ tag: 'notice', name, event });
      }),
  );

/**
 * Gives the name to the caller, and answers the capability that owns it. ENAMETOOLONG; EEXIST: somebody has it, if the
 * caller itself; ENOSPC: no free slot. Source: Mach bootstrap_register; Binder, addService.
 */
const register = (state: Naming, caller: ThreadId, name: Name): Outcomes => {
  if (name.length > nameBytesMax) return fails('ENAMETOOLONG');
  if ((found(state, name)?.owner ?? null) !== null) return fails('EEXIST');
  const handle = freeHandle(state, caller);
  if (!handle) return fails('ENOSPC');
  return changes({ tag: 'handle', handle }, noticesOf(state, name, 'registered'), (draft) => {
    const entry = entryOf(draft, name);
    entry.owner = caller;
    entry.watchers = [];
    fill(draft, caller, handle, { to: identityOf(draft, caller), owns: name });
  });
};

/**
 * Takes the name back; the capability that owned it is gone, those that were handed out are not. EBADF, ESTALE; EPERM: it
 * was looked up, and owns nothing. Source: Mach, a name goes with its receive right; Binder, who may call addService.
 */
const unregister = (state: Naming, caller: ThreadId, handle: CapabilityHandle): Outcomes => {
  const errno = refusal(state, caller, handle);
  if (errno) return fails(errno);
  const name = connectionAt(state, caller, handle)?.owns ?? null;
  if (name === null) return fails('EPERM');
  return changes({ tag: 'ok' }, noticesOf(state, name, 'unregistered'), (draft) => {
    const entry = entryOf(draft, name);
    entry.owner = null;
    entry.watchers = [];
    const held = draft.processes[caller]?.slots[handle.slot];
    if (held) held.connection = null;
    tidy(draft);
  });
};

/**
 * Answers a capability to send to whoever has the name. ENAMETOOLONG; ENOSPC: no free slot. Nobody has it: waits until
 * somebody does, or ENOENT. Source: Mach, bootstrap_look_up: a send right; Binder, waitForService and checkService.
 */
const lookup = (state: Naming, caller: ThreadId, name: Name, waiting: boolean): Outcomes => {
  if (name.length > nameBytesMax) return fails('ENAMETOOLONG');
  const handle = freeHandle(state, caller);
  if (!handle) return fails('ENOSPC');
  const owner = found(state, name)?.owner ?? null;
  if (owner === null) return waiting ? waits : fails('ENOENT');
  return returns({ tag: 'handle', handle }, (draft) => {
    fill(draft, caller, handle, { to: identityOf(draft, owner), owns: null });
  });
};

/**
 * Asks for one notice of what becomes of the name next. ENAMETOOLONG; EALREADY: it is watched by the caller; ENOSPC: the
 * inbox has no room for one more, which would have to be kept free. Source: Binder, linkToDeath; inotify(7), one shot.
 */
const watch = (state: Naming, caller: ThreadId, name: Name): Outcomes => {
  if (name.length > nameBytesMax) return fails('ENAMETOOLONG');
  if (found(state, name)?.watchers.includes(caller)) return fails('EALREADY');
  if ((state.processes[caller]?.noticesDue ?? 0) >= state.limits.notices) return fails('ENOSPC');
  return returns({ tag: 'ok' }, (draft) => {
    const { watchers } = entryOf(draft, name);
    watchers.push(caller);
    watchers.sort((a, b) => a - b);
    const process = draft.processes[caller];
    if (process) process.noticesDue++;
  });
};

/**
 * Puts a word into somebody's inbox. EOWNERDEAD: that life is over; EAGAIN: there are as many words as there is room for.
 * Source: Mach, MACH_SEND_INVALID_DEST and MACH_SEND_NO_BUFFER; Binder, BR_DEAD_REPLY.
 */
const deliver = (state: Naming, to: Identity, arrival: Arrival): Outcomes => {
  if (!isAlive(state, to)) return fails('EOWNERDEAD');
  const words = state.processes[to.process]?.inbox.filter(({ tag }) => tag !== 'notice') ?? [];
  if (words.length >= state.limits.messages) return fails('EAGAIN');
  return returns({ tag: 'ok' }, (draft) => {
    draft.processes[to.process]?.inbox.push(arrival);
  });
};

/**
 * Sends a word, with who sends it. EBADF, ESTALE; EOWNERDEAD, whoever has the name or the number now; EAGAIN.
 * Source: Binder, BC_TRANSACTION and BR_DEAD_REPLY; Mach, a send right becomes a dead name.
 */
const send = (state: Naming, caller: ThreadId, handle: CapabilityHandle, word: number): Outcomes => {
  const errno = refusal(state, caller, handle);
  const connection = connectionAt(state, caller, handle);
  if (errno || !connection) return fails(errno ?? 'EBADF');
  return deliver(state, connection.to, { tag: 'message', from: identityOf(state, caller), word });
};

/**
 * Sends a word to whom a message was received from. EPERM: none was, from that process in that life or a later one;
 * EOWNERDEAD, whoever has the number now; EAGAIN. Source: Binder, BC_REPLY; ChCore, the badge of a connection.
 */
const reply = (state: Naming, caller: ThreadId, to: Identity, word: number): Outcomes => {
  const heard = state.processes[caller]?.heard[to.process] ?? 0;
  if (to.life < 1 || to.life > heard) return fails('EPERM');
  return deliver(state, to, { tag: 'reply', from: identityOf(state, caller), word });
};

/**
 * Answers what has arrived first. Nothing has: waits, or EAGAIN. Source: Binder, the todo list of a process, in which
 * replies and deaths stand in order; Mach, notifications arrive as messages.
 */
const receive = (state: Naming, caller: ThreadId, waiting: boolean): Outcomes => {
  const first = state.processes[caller]?.inbox[0];
  if (!first) return waiting ? waits : fails('EAGAIN');
  return returns(first, (draft) => {
    const process = draft.processes[caller];
    process?.inbox.shift();
    if (process && first.tag === 'message') process.heard[first.from.process] = first.from.life;
    if (process && first.tag === 'notice') process.noticesDue--;
  });
};

/**
 * The caller's process dies, with all that it had, and the next one has its number. Its names are nobody's at once; those
 * who watched them are told then. Source: Mach, the death of a task; Binder, binder_deferred_release.
 */
const restart = (state: Naming, caller: ThreadId): Outcomes => {
  const mine = state.names.filter(({ owner }) => owner === caller);
  const notices = mine
    .flatMap(({ name }) => noticesOf(state, name, 'died'))
    .filter(({ watcher }) => watcher.process !== caller);
  return changes({ tag: 'ok' }, notices, (draft) => {
    for (const entry of draft.names) {
      const isMine = entry.owner === caller;
      entry.watchers = isMine ? [] : entry.watchers.filter((watcher) => watcher !== caller);
      if (isMine) entry.owner = null;
    }
    tidy(draft);
    const process = draft.processes[caller];
    if (!process) return;
    process.life++;
    for (const slot of process.slots) slot.connection = null;
    process.inbox = [];
    process.heard = process.heard.map(() => 0);
    process.noticesDue = 0;
  });
};
