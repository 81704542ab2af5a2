import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { chooseSources } from '#reports/grade/ingest/chosen.ts';
import type { Container } from '#reports/grade/ingest/container.ts';
import { Contents } from '#reports/grade/ingest/contents.ts';
import { folderAt } from '#reports/grade/ingest/folder.ts';
import type { IngestLimits } from '#reports/grade/ingest/limits.ts';
import { SubmissionError } from '#reports/grade/ingest/submission-error.ts';
import { tarIn } from '#reports/grade/ingest/tar.ts';
import { zipIn } from '#reports/grade/ingest/zip.ts';

/** What was handed in, as text and nothing else: the only thing of it that any other part of the tool ever sees. */
export interface Submission {
  /** The TypeScript sources by path, relative, with `/`; in the order of their paths. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Reads a folder, a .zip, a .tar.gz or a .tar (by what it is, not by what it is called). Nothing is unpacked on the disk;
 * of what is in it only .ts files are read, and not those in `node_modules`, in hidden folders, or in the tool's own folder
 * `rendezvous`. Where all of it lies in one folder, paths begin in there. SubmissionError: whatever else.
 */
export const readSubmission = async (path: string, limits: IngestLimits): Promise<Submission> => {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => {
      throw new SubmissionError('There is no such file or folder.');
    },
  );
  if (isFolder) return readFrom(folderAt(path, limits), limits);
  const archive = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => {
    throw new SubmissionError('The file cannot be opened.');
  });
  try {
    return await readFrom(await containerIn(archive, limits), limits);
  } finally {
    await archive.close();
  }
};

const readFrom = async (container: Container, limits: IngestLimits): Promise<Submission> => {
  const chosen = await chooseSources(container, limits);
  const contents = new Contents(chosen, limits);
  await container.read(chosen, (index, piece) => contents.add(index, piece));
  return { files: contents.texts() };
};

/** Where a tar archive says that it is one: the offset of `ustar`. */
const tarMarkOffset = 257;

const containerIn = async (archive: FileHandle, limits: IngestLimits): Promise<Container> => {
  const found = await archive.stat();
  if (!found.isFile()) throw new SubmissionError('It is neither a file nor a folder.');
  if (found.size > limits.archiveBytes) {
    throw new SubmissionError(`The archive has more than ${limits.archiveBytes} bytes. Leave node_modules out.`);
  }
  const start = Buffer.alloc(tarMarkOffset + 'ustar'.length);
  await archive.read(start, 0, start.length, 0);
  const begins = (mark: string): boolean => start.toString('latin1').startsWith(mark);
  if (begins('PK\x03\x04') || begins('PK\x05\x06')) return zipIn(archive);
  const isTar = begins('\x1f\x8b') || start.toString('latin1', tarMarkOffset) === 'ustar';
  if (isTar) return tarIn(archive, limits);
  throw new SubmissionError('It is no folder, no .zip and no .tar.gz.');
};
