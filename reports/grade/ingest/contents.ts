import { tooLarge } from '#reports/grade/ingest/chosen.ts';
import type { Chosen } from '#reports/grade/ingest/container.ts';
import type { IngestLimits } from '#reports/grade/ingest/limits.ts';
import { SubmissionError, shown } from '#reports/grade/ingest/submission-error.ts';

/** The bytes of a submission's sources as they come, counted: what a container says of their number may be a lie. */
export class Contents {
  readonly #chosen: Chosen;
  readonly #limits: IngestLimits;
  readonly #pieces: Map<number, Buffer[]>;
  readonly #bytes = new Map<number, number>();
  #totalBytes = 0;

  constructor(chosen: Chosen, limits: IngestLimits) {
    this.#chosen = chosen;
    this.#limits = limits;
    this.#pieces = new Map([...chosen.keys()].map((index) => [index, []]));
  }

  /** Takes a copy: some containers use their buffers again. SubmissionError: too many bytes. */
  add(index: number, piece: Buffer): void {
    const bytes = (this.#bytes.get(index) ?? 0) + piece.length;
    this.#totalBytes += piece.length;
    if (bytes > this.#limits.fileBytes || this.#totalBytes > this.#limits.totalBytes) {
      throw tooLarge(this.#chosen.get(index) ?? '', this.#limits);
    }
    this.#bytes.set(index, bytes);
    this.#pieces.get(index)?.push(Buffer.from(piece));
  }

  /** The texts by path, in the order of their paths. SubmissionError: one is not UTF-8. */
  texts(): ReadonlyMap<string, string> {
    const texts = [...this.#chosen].map(
      ([index, path]) => [path, decode(path, this.#pieces.get(index) ?? [])] as const,
    );
    return new Map(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

const decode = (path: string, pieces: readonly Buffer[]): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw new SubmissionError(`${shown(path)} is no text in UTF-8. Save it as UTF-8.`);
  }
};
