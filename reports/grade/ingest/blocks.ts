import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { IngestLimits } from '#reports/grade/ingest/limits.ts';
import { piecesOf } from '#reports/grade/ingest/pieces.ts';
import { SubmissionError } from '#reports/grade/ingest/submission-error.ts';

const blockBytes = 512;

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * The bytes of a tar archive, unpacked if they are gzipped, in pieces of whole blocks (the parser garbles a name that is
 * cut in two); the last may be less. SubmissionError: too many, damaged, or gzipped twice.
 */
export async function* wholeBlocks(archive: FileHandle, limits: IngestLimits): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  for await (const piece of unpacked(archive)) {
    if (bytes === 0 && isGzip(piece)) throw new SubmissionError('The archive is packed twice.');
    bytes += piece.length;
    if (bytes > limits.unpackedBytes) {
      throw new SubmissionError(`The archive holds more than ${limits.unpackedBytes} bytes. Leave node_modules out.`);
    }
    const all = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const whole = all.length - (all.length % blockBytes);
    rest = Buffer.from(all.subarray(whole));
    if (whole > 0) yield all.subarray(0, whole);
  }
  if (rest.length > 0) yield rest;
}

async function* unpacked(archive: FileHandle): AsyncGenerator<Buffer> {
  const begins = Buffer.alloc(2);
  await archive.read(begins, 0, begins.length, 0);
  if (!isGzip(begins)) return yield* piecesOf(archive);
  const packed = Readable.from(piecesOf(archive));
  const gunzip = createGunzip();
  packed.on('error', (error) => gunzip.destroy(error));
  try {
    yield* packed.pipe(gunzip) as AsyncIterable<Buffer>;
  } catch {
    throw new SubmissionError('The archive is damaged: it cannot be unpacked to its end.');
  } finally {
    packed.destroy();
  }
}
