/** How much of a submission is read. Above any of these it is refused. */
export interface IngestLimits {
  /** Of an archive, as it lies on the disk. */
  readonly archiveBytes: number;
  /** Of a tar, unpacked, whatever is in it: all of it must be read to find what counts. */
  readonly unpackedBytes: number;
  /** Files, folders and whatever else there is, ignored ones too. */
  readonly entries: number;
  /** Of one source file. */
  readonly fileBytes: number;
  /** Of all source files. */
  readonly totalBytes: number;
  /** Folders, one in another, with the file at the end. */
  readonly depth: number;
  /** Of one name with its folders. */
  readonly nameBytes: number;
}

/** Far above any honest submission that was packed without its `node_modules`; far below what hurts. */
export const usualLimits: IngestLimits = {
  archiveBytes: 64 * 2 ** 20,
  unpackedBytes: 256 * 2 ** 20,
  entries: 20_000,
  fileBytes: 256 * 2 ** 10,
  totalBytes: 2 ** 20,
  depth: 16,
  nameBytes: 1024,
};
