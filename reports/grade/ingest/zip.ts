import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import * as yauzl from 'yauzl';
import type { Container, Entry } from '#reports/grade/ingest/container.ts';
import { SubmissionError, shown } from '#reports/grade/ingest/submission-error.ts';

const damaged = (): SubmissionError => new SubmissionError('The zip archive is damaged, or no zip archive.');

/** A zip archive, read by its central directory. What a local header says besides is not believed. */
export const zipIn = async (archive: FileHandle): Promise<Container> => {
  const options = { autoClose: false, decodeStrings: false, strictFileNames: true };
  const zip = await yauzl.fromFdPromise(archive.fd, options).catch(() => {
    throw damaged();
  });
  zip.on('error', () => {}); // told to whoever is listing or reading, too
  const listed: yauzl.Entry[] = [];
  return {
    async *entries() {
      const entries = zip.eachEntry();
      for (;;) {
        const { value, done } = await entries.next().catch(() => {
          throw damaged();
        });
        if (done) break;
        listed.push(value);
        yield described(value);
      }
      checkOverlaps(listed);
    },
    async read(chosen, take) {
      for (const [index, path] of chosen)
        await readEntry(zip, listed[index] as yauzl.Entry, path, (piece) => take(index, piece));
    },
  };
};

/** By the kind of file that Unix has in `stat`. 0: the archive was made elsewhere. */
const kinds: ReadonlyMap<number, Entry['kind']> = new Map([
  [0, 'file'],
  [0o100000, 'file'],
  [0o040000, 'folder'],
]);

const described = (entry: yauzl.Entry): Entry => {
  const raw = entry.fileNameRaw;
  const name = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true);
  const unixKind = (entry.externalFileAttributes >>> 16) & 0o170000;
  const kind = name.endsWith('/') ? 'folder' : (kinds.get(unixKind) ?? 'other');
  return { name, kind, bytes: entry.uncompressedSize };
};

const localHeaderBytes = 30;

/** An honest archive has each file's bytes for itself. One in which they overlap is made to grow when it is unpacked. */
const checkOverlaps = (listed: readonly yauzl.Entry[]): void => {
  const byOffset = [...listed].sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const { relativeOffsetOfLocalHeader: start, compressedSize } of byOffset) {
    if (start < end) throw new SubmissionError('Files in the zip archive lie over each other.');
    end = start + localHeaderBytes + compressedSize;
  }
};

const readEntry = async (
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  path: string,
  take: (piece: Buffer) => void,
): Promise<void> => {
  if (entry.isEncrypted()) throw new SubmissionError(`${shown(path)} is encrypted. Pack it without a password.`);
  if (!entry.canDecodeFileData()) {
    throw new SubmissionError(
      `${shown(path)} is packed by method ${entry.compressionMethod}. Use the usual one, deflate.`,
    );
  }
  let checksum = 0;
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) {
      take(piece as Buffer);
      checksum = crc32(piece as Buffer, checksum);
    }
  } catch (error) {
    throw error instanceof SubmissionError ? error : damaged();
  }
  if (checksum !== entry.crc32) throw damaged();
};
