/** A word of the memory that a client shares with its server: 0 length, 1 start, 2 name, from 3 on data. */
export type Place = number;

/** Whom a process acts for. 0: the one who may do anything. */
export type User = number;

/** What is open: a number that the server gave out. */
export type OpenNumber = number;

/** A server at boot, and the client that it serves. */
export interface ToctouParameters {
  /** How many words an object has room for. */
  readonly limitWords: number;
  /** Whom the client acts for. */
  readonly user: User;
  /** The server's objects: whose they are, and what they hold. */
  readonly objects: readonly { readonly owner: User; readonly words: readonly number[] }[];
  /** What each name means: an object. */
  readonly names: readonly number[];
  /** What each number that can be given out stands for: an object; null: not given out. */
  readonly open: readonly (number | null)[];
  /** The words of the shared memory. */
  readonly shared: readonly number[];
}

/**
 * What the threads of the client may do. They write into the shared memory whenever they like (`put`); they ask the
 * server to open the object that is named there, and to write the data that lie there into an open object; they give a
 * name another meaning (`link`), and act for somebody else from now on (`become`). `audit`: what was written last.
 */
export type ToctouCall =
  | { readonly tag: 'put'; readonly place: Place; readonly word: number }
  | { readonly tag: 'open' }
  | { readonly tag: 'write'; readonly number: OpenNumber }
  | { readonly tag: 'read'; readonly number: OpenNumber }
  | { readonly tag: 'close'; readonly number: OpenNumber }
  | { readonly tag: 'link'; readonly name: number; readonly object: number }
  | { readonly tag: 'become'; readonly user: User }
  | { readonly tag: 'audit' };

/**
 * Why the server refused. EBADF nothing is open under this number, ENOENT no such name or object, EACCES it is somebody
 * else's, EMFILE every number is given out, EMSGSIZE more words than there is room for, EFAULT not in the shared memory,
 * EINVAL a word that is negative, EPERM only user 0 may.
 */
export type ToctouErrno = 'EBADF' | 'ENOENT' | 'EACCES' | 'EMFILE' | 'EMSGSIZE' | 'EFAULT' | 'EINVAL' | 'EPERM';

/** What those calls answer. `audit`: into which object what was written last; object -1: nothing was. */
export type ToctouAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'number'; readonly number: OpenNumber }
  | { readonly tag: 'words'; readonly words: readonly number[] }
  | { readonly tag: 'record'; readonly object: number; readonly words: readonly number[] }
  | { readonly tag: 'failed'; readonly errno: ToctouErrno };
