/** What is queued: the number of a thread or of a task, from 1. */
export type Task = number;

/** What can be asked of a double-ended queue: `push` and `pop` by its owner, `steal` by others. */
export type DequeCall =
  | { readonly tag: 'push'; readonly task: Task }
  | { readonly tag: 'pop' }
  | { readonly tag: 'steal' };

/** What those calls answer. `empty`: there is no task to be had. ENOSPC: there is no room for another. */
export type DequeAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'task'; readonly task: Task }
  | { readonly tag: 'empty' }
  | { readonly tag: 'failed'; readonly errno: 'ENOSPC' };
