/**
 * A server that checks what its client asks for and then does it, while the client's other threads write into the memory
 * that the request lies in (TOCTTOU: the time of check is not the time of use).
 *
 * The rule is one line: each word of a request is looked at once. What was fetched is checked, what was checked is used,
 * and what was used is recorded; whatever lies in the shared memory by then does not matter. The same holds of all else
 * that can change under the server's hands: whom the client acts for, what a name means, what a number stands for. Each
 * is looked up once, and what was found is held on to.
 *
 * Between two fetches the client's threads may write: so a request may be a mixture of what they wrote. That is the
 * client's own affair. Source: seed 000 (TOCTTOU) and seed 002 (copy first, or a capability); access(2), NOTES.
 */
import { match } from 'ts-pattern';
import type {
  OpenNumber,
  ToctouAnswer,
  ToctouCall,
  ToctouErrno,
  ToctouParameters,
  User,
} from '#spec/abi/ipc/toctou.ts';
import { continues, type Outcome, returns } from '#spec/outcome.ts';

/** Where the words of a request lie. `start` is the place of the first word of the data. */
export const Place = { length: 0, start: 1, name: 2, data: 3 } as const;

/** An object: whose it is, and what was written into it last. */
export interface ServerObject {
  readonly owner: User;
  words: readonly number[];
}

/** What a number stands for: an object, and for whom it was opened. `null`: at boot. */
export interface Opened {
  readonly object: number;
  readonly openedFor: User | null;
}

export interface Toctou {
  readonly limitWords: number;
  user: User;
  objects: ServerObject[];
  names: number[];
  open: (Opened | null)[];
  shared: number[];
  /** What was written last: into which object, and what. */
  record: { readonly object: number; readonly words: readonly number[] } | null;
}

/** What remains of a request: what it has found out, and the words that it has fetched. */
export type PendingCall =
  | ToctouCall
  | { readonly tag: 'rest of open'; readonly user: User }
  | { readonly tag: 'rest of open name'; readonly user: User; readonly name: number }
  | { readonly tag: 'rest of write'; readonly object: number; readonly fetched: readonly number[] };

type Outcomes = readonly Outcome<Toctou, PendingCall, ToctouAnswer>[];

/** The state at boot. */
export const initial = ({ limitWords, user, objects, names, open, shared }: ToctouParameters): Toctou => ({
  limitWords,
  user,
  objects: objects.map(({ owner, words }) => ({ owner, words })),
  names: [...names],
  open: open.map((object) => (object === null ? null : { object, openedFor: null })),
  shared: [...shared],
  record: null,
});

/** All that `call` may do now. Total: every call has its outcomes in every state, so nobody ever waits. */
export const outcomes = (server: Toctou, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'put' }, ({ place, word }) => put(server, place, word))
    .with({ tag: 'open' }, () => open(server))
    .with({ tag: 'rest of open' }, ({ user }) => fetchName(server, user))
    .with({ tag: 'rest of open name' }, ({ user, name }) => openName(server, user, name))
    .with({ tag: 'write' }, ({ number }) => write(server, number))
    .with({ tag: 'rest of write' }, (rest) => fetchAndWrite(server, rest))
    .with({ tag: 'read' }, ({ number }) => read(server, number))
    .with({ tag: 'close' }, ({ number }) => close(server, number))
    .with({ tag: 'link' }, ({ name, object }) => link(server, name, object))
    .with({ tag: 'become' }, ({ user }) => become(server, user))
    .with({ tag: 'audit' }, () => audit(server))
    .exhaustive();

const fails = (errno: ToctouErrno): Outcomes => returns({ tag: 'failed', errno });

const done: ToctouAnswer = { tag: 'ok' };

/** A thread of the client writes a word of the shared memory. EFAULT: there is no such word. Source: an ordinary store. */
const put = (server: Toctou, place: number, word: number): Outcomes => {
  if (server.shared[place] === undefined) return fails('EFAULT');
  return returns(done, (draft) => {
    draft.shared[place] = word;
  });
};

/**
 * The first part of `open` notes whom the client acts for: that is whom this request is made for, whoever the client
 * becomes meanwhile. Source: Linux, net/core/scm.c (a message's credentials are taken as it is sent).
 */
const open = ({ user }: Toctou): Outcomes => continues({ tag: 'rest of open', user });

/** The second part of `open`: fetches the name. Source: Linux, fs/namei.c, getname (a path is copied in first). */
const fetchName = (server: Toctou, user: User): Outcomes =>
  continues({ tag: 'rest of open name', user, name: server.shared[Place.name] ?? -1 });

/** Whether somebody may open an object. */
export const mayOpen = (user: User, { owner }: Pick<ServerObject, 'owner'>): boolean => user === 0 || user === owner;

/**
 * The last part of `open`: finds what the name means, checks that, and gives out a number for it, as one. The number
 * stands for the object that was checked, whatever its name means later. ENOENT, EACCES, EMFILE.
 * Source: seed 002 (a capability for what was checked); openat(2), and fstat(2) on what it gives.
 */
const openName = (server: Toctou, user: User, name: number): Outcomes => {
  const object = server.names[name] ?? -1;
  const found = server.objects[object];
  if (!found) return fails('ENOENT');
  if (!mayOpen(user, found)) return fails('EACCES');
  const number = server.open.indexOf(null);
  if (number < 0) return fails('EMFILE');
  return returns({ tag: 'number', number }, (draft) => {
    draft.open[number] = { object, openedFor: user };
  });
};

/**
 * The first part of `write`: finds the object that the number stands for, and holds on to it. EBADF.
 * Source: Linux, fs/file.c (fdget), which holds a reference until the call ends.
 */
const write = (server: Toctou, number: OpenNumber): Outcomes => {
  const opened = server.open[number];
  return opened ? continues({ tag: 'rest of write', object: opened.object, fetched: [] }) : fails('EBADF');
};

/**
 * The other parts of `write`: fetches a word at a time, first how long the data are and where they start, then the data;
 * and then checks what was fetched and writes that into the object, in the place of what it held. EMSGSIZE, EFAULT: what
 * the first two words say; EINVAL: one of the data is negative.
 * Source: Linux, mm/usercopy.c and copy_from_user; seed 002 (copy first, then check what was copied).
 */
const fetchAndWrite = (server: Toctou, rest: PendingCall & { tag: 'rest of write' }): Outcomes => {
  const { object, fetched } = rest;
  const [length, start, ...words] = fetched;
  const fetch = (place: number): Outcomes => continues({ ...rest, fetched: [...fetched, server.shared[place] ?? 0] });
  if (length === undefined) return fetch(Place.length);
  if (start === undefined) return fetch(Place.start);
  if (length < 0 || length > server.limitWords) return fails('EMSGSIZE');
  if (start < Place.data || start > server.shared.length - length) return fails('EFAULT');
  if (words.length < length) return fetch(start + words.length);
  if (words.some((word) => word < 0)) return fails('EINVAL');
  return returns(done, (draft) => {
    const written = draft.objects[object];
    if (written) written.words = words;
    draft.record = { object, words };
  });
};

/** Answers what an open object holds. EBADF. Source: read(2). */
const read = (server: Toctou, number: OpenNumber): Outcomes => {
  const opened = server.open[number];
  if (!opened) return fails('EBADF');
  return returns({ tag: 'words', words: server.objects[opened.object]?.words ?? [] });
};

/** Takes a number back: it may be given out again. EBADF. Source: close(2). */
const close = (server: Toctou, number: OpenNumber): Outcomes => {
  if (!server.open[number]) return fails('EBADF');
  return returns(done, (draft) => {
    draft.open[number] = null;
  });
};

/** A name means another object from now on; that is nobody's secret, so anybody may. ENOENT. Source: symlink(2), rename(2). */
const link = (server: Toctou, name: number, object: number): Outcomes => {
  if (server.names[name] === undefined || !server.objects[object]) return fails('ENOENT');
  return returns(done, (draft) => {
    draft.names[name] = object;
  });
};

/** The client acts for another user from now on. EPERM: only user 0 may become another. Source: setuid(2). */
const become = (server: Toctou, user: User): Outcomes => {
  if (server.user !== 0 && server.user !== user) return fails('EPERM');
  return returns(done, (draft) => {
    draft.user = user;
  });
};

/** Answers what was written last, and into which object. Source: Linux, kernel/auditsc.c (what is logged is what was done). */
const audit = ({ record }: Toctou): Outcomes =>
  returns({ tag: 'record', object: record?.object ?? -1, words: record?.words ?? [] });
