/** Something in a submission, as whoever packed it says. */
export interface Entry {
  readonly name: string;
  /** `other`: a link, a device, a pipe: never opened, never followed. */
  readonly kind: 'file' | 'folder' | 'other';
  /** Of a file, as the container says, which may be a lie. */
  readonly bytes: number;
}

/** What is to be read: the place among the container's entries, and the path in the submission. */
export type Chosen = ReadonlyMap<number, string>;

/** A folder or an archive. It is listed first, and then only what was chosen is read. */
export interface Container {
  /** Everything that it has, in an order that is always the same. */
  entries(): AsyncIterable<Entry>;
  /** Gives the bytes of those that were chosen, a piece at a time; `take` throws where they are too many. */
  read(chosen: Chosen, take: (index: number, piece: Buffer) => void): Promise<void>;
}
