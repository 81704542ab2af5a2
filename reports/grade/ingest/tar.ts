import type { FileHandle } from 'node:fs/promises';
import { Parser, type ReadEntry } from 'tar';
import { wholeBlocks } from '#reports/grade/ingest/blocks.ts';
import type { Container, Entry } from '#reports/grade/ingest/container.ts';
import type { IngestLimits } from '#reports/grade/ingest/limits.ts';
import { SubmissionError } from '#reports/grade/ingest/submission-error.ts';

const damaged = (): SubmissionError => new SubmissionError('The tar archive is damaged, or no tar archive.');

/** A tar archive, perhaps gzipped. It has no directory: to list it, and again to read from it, all of it is gone through. */
export const tarIn = (archive: FileHandle, limits: IngestLimits): Container => ({
  async *entries() {
    const found: Entry[] = [];
    const note = (entry: ReadEntry): void => {
      found.push(described(entry));
      entry.resume();
    };
    for await (const _ of parsed(archive, limits, note)) yield* found.splice(0);
  },
  async read(chosen, take) {
    let index = 0;
    const pick = (entry: ReadEntry): void => {
      const at = index++;
      if (chosen.has(at)) entry.on('data', (piece: Buffer) => take(at, piece));
      else entry.resume();
    };
    for await (const _ of parsed(archive, limits, pick));
  },
});

const kinds: ReadonlyMap<string, Entry['kind']> = new Map([
  ['File', 'file'],
  ['OldFile', 'file'],
  ['ContiguousFile', 'file'],
  ['Directory', 'folder'],
  ['GNUDumpDir', 'folder'],
]);

const described = ({ path, type, size }: ReadEntry): Entry => ({
  name: path,
  kind: kinds.get(type) ?? 'other',
  bytes: size,
});

/** Of what describes the next entry: a long name. */
const metaBytesMax = 64 * 2 ** 10;

/**
 * Goes through the archive, and yields after each piece of it. The parser does not get what is beyond the end mark: it
 * would keep all of that.
 */
async function* parsed(
  archive: FileHandle,
  limits: IngestLimits,
  onEntry: (entry: ReadEntry) => void,
): AsyncGenerator<void> {
  const parser = new Parser({ strict: true, brotli: false, zstd: false, maxMetaEntrySize: metaBytesMax });
  let isAtEnd = false;
  let isDamaged = false;
  parser.on('entry', onEntry);
  parser.on('ignoredEntry', (entry: ReadEntry) => {
    if (entry.meta) isDamaged = true;
    else onEntry(entry);
  });
  parser.on('eof', () => {
    isAtEnd = true;
  });
  parser.on('error', () => {
    isDamaged = true;
  });
  for await (const blocks of wholeBlocks(archive, limits)) {
    if (isAtEnd) continue;
    parser.write(blocks);
    if (isDamaged) throw damaged();
    yield;
  }
  if (!isAtEnd) parser.end();
  if (isDamaged) throw damaged();
  yield;
}
