/** An address space, numbered from 0. */
export type SpaceId = number;

/** A virtual page of a space, numbered from 0. */
export type PageNumber = number;

/** Address spaces at boot. The word at offset `o` of frame `f` is 10 (f + 1) + o. */
export interface RemapParameters {
  /** Words of a page. */
  readonly pageWords: number;
  /** Frames that there are. */
  readonly frames: number;
  /** For each page of each space the frame that it is mapped to, and whether it may be written; null: not mapped. */
  readonly spaces: readonly (readonly ({ readonly frame: number; readonly writable: boolean } | null)[])[];
  /** The space of each thread. */
  readonly homes: readonly SpaceId[];
}

/**
 * What a thread does in its address space. `remap` moves `count` pages from `page` on to the pages from `at` on of
 * another space, `copy` copies one, and `send` does either: whichever costs less. `reap` takes all its pages away from a
 * space. `freeze`: nobody may write to this page any more, by whatever page of whatever space. `enter`: the thread goes on
 * in another space. `rest`: it needs none for a while.
 */
export type RemapCall =
  | { readonly tag: 'read'; readonly page: PageNumber; readonly offset: number }
  | { readonly tag: 'write'; readonly page: PageNumber; readonly offset: number; readonly word: number }
  | {
      readonly tag: 'remap';
      readonly page: PageNumber;
      readonly count: number;
      readonly to: SpaceId;
      readonly at: PageNumber;
    }
  | { readonly tag: 'copy' | 'send'; readonly page: PageNumber; readonly to: SpaceId; readonly at: PageNumber }
  | { readonly tag: 'unmap' | 'freeze'; readonly page: PageNumber }
  | { readonly tag: 'protect'; readonly page: PageNumber; readonly writable: boolean }
  | { readonly tag: 'reap' | 'enter'; readonly space: SpaceId }
  | { readonly tag: 'rest' };

/**
 * Why such a call failed. EFAULT a page is not mapped, or not so that this may be done, EEXIST the receiver's page is
 * mapped already, EBUSY the page is mapped elsewhere too, ENOMEM no free frame, EINVAL no such space, or the caller's own.
 */
export type RemapErrno = 'EFAULT' | 'EEXIST' | 'EBUSY' | 'ENOMEM' | 'EINVAL';

/** What those calls answer. */
export type RemapAnswer =
  | { readonly tag: 'ok' }
  | { readonly tag: 'word'; readonly word: number }
  | { readonly tag: 'sent'; readonly by: 'remap' | 'copy' }
  | { readonly tag: 'failed'; readonly errno: RemapErrno };
