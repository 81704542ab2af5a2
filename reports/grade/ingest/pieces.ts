import type { FileHandle } from 'node:fs/promises';

const pieceBytes = 65_536;

/** A file from its beginning, a piece at a time. It stays open. (A stream of Node's closes it when it is given up.) */
export async function* piecesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(pieceBytes), 0, pieceBytes, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
