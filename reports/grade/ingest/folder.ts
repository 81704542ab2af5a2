import { constants } from 'node:fs';
import { type FileHandle, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Entry } from '#reports/grade/ingest/container.ts';
import type { IngestLimits } from '#reports/grade/ingest/limits.ts';
import { isIgnored } from '#reports/grade/ingest/names.ts';
import { piecesOf } from '#reports/grade/ingest/pieces.ts';
import { SubmissionError, shown } from '#reports/grade/ingest/submission-error.ts';

/** A folder on the disk. Links in it are not followed, and what could block (a named pipe) is not read. */
export const folderAt = (root: string, limits: IngestLimits): Container => {
  const names: string[] = []; // in the order of `entries`
  return {
    async *entries() {
      for await (const entry of walk(root, '', limits)) {
        names.push(entry.name);
        yield entry;
      }
    },
    async read(chosen, take) {
      for (const [index, path] of chosen) {
        const file = await openFile(join(root, names[index] as string), path);
        try {
          for await (const piece of piecesOf(file)) take(index, piece);
        } finally {
          await file.close();
        }
      }
    },
  };
};

/** By name, so that of several mistakes the same one is told everywhere. Ignored folders are not looked into. */
async function* walk(root: string, within: string, limits: IngestLimits): AsyncGenerator<Entry> {
  const found: Entry[] = [];
  for await (const entry of await openFolder(root, within)) {
    const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
    found.push({ name: `${within}${entry.name}`, kind, bytes: 0 });
    if (found.length > limits.entries) break; // one more than there may be is enough to be refused
  }
  const depth = within.split('/').length;
  for (const entry of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    yield entry;
    const isEntered = entry.kind === 'folder' && depth <= limits.depth && !isIgnored(entry.name.split('/'));
    if (isEntered) yield* walk(root, `${entry.name}/`, limits);
  }
}

const openFolder = async (root: string, within: string): ReturnType<typeof opendir> => {
  try {
    return await opendir(join(root, within));
  } catch {
    throw new SubmissionError(`The folder ${shown(within)} cannot be opened.`);
  }
};

/** `O_NONBLOCK` and a look at what it is: it may have changed since it was listed. */
const openFile = async (file: string, path: string): Promise<FileHandle> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
  } catch {
    // told below
  }
  await handle?.close();
  throw new SubmissionError(`${shown(path)} cannot be opened.`);
};
