import type { Chosen, Container } from '#reports/grade/ingest/container.ts';
import type { IngestLimits } from '#reports/grade/ingest/limits.ts';
import { folded, isIgnored, isSource, segmentsOf, sourcePath } from '#reports/grade/ingest/names.ts';
import { SubmissionError, shown } from '#reports/grade/ingest/submission-error.ts';

/** The folder of the tool that a handout brings. */
const toolFolder = 'rendezvous';

interface Listed {
  readonly index: number;
  readonly segments: readonly string[];
  readonly kind: 'file' | 'other';
  readonly bytes: number;
}

/**
 * The sources in a container. Where everything lies in one folder, paths begin within it, and so on. SubmissionError: too
 * much of something, a name that is not allowed, two names that are the same, or a source that is no file.
 */
export const chooseSources = async (container: Container, limits: IngestLimits): Promise<Chosen> => {
  const listed = await list(container, limits);
  const outer = commonFolders(listed);
  const chosen = new Map<number, string>();
  const names = new Set<string>();
  let totalBytes = 0;
  for (const { index, segments, kind, bytes } of listed) {
    const own = segments.slice(outer);
    if (!isSource(own) || (own.length > 1 && own[0] === toolFolder)) continue;
    const path = sourcePath(own);
    if (kind === 'other') {
      throw new SubmissionError(`${shown(path)} is a link or a device. Hand in the file itself.`);
    }
    const name = folded(path);
    if (names.has(name)) {
      throw new SubmissionError(`There are two files called ${shown(path)}, or names that differ by case only.`);
    }
    names.add(name);
    totalBytes += bytes;
    if (bytes > limits.fileBytes || totalBytes > limits.totalBytes) throw tooLarge(path, limits);
    chosen.set(index, path);
  }
  if (chosen.size === 0) throw new SubmissionError('There is no .ts file in it.');
  return chosen;
};

export const tooLarge = (path: string, limits: IngestLimits): SubmissionError =>
  new SubmissionError(
    `${shown(path)} is too large: a file may have ${limits.fileBytes} bytes, and all of them ${limits.totalBytes}.`,
  );

/** All files that are not ignored. */
const list = async (container: Container, limits: IngestLimits): Promise<Listed[]> => {
  const listed: Listed[] = [];
  let index = 0;
  for await (const { name, kind, bytes } of container.entries()) {
    if (index >= limits.entries) {
      throw new SubmissionError(`It has more than ${limits.entries} files and folders. Leave node_modules out.`);
    }
    const segments = segmentsOf(name, limits);
    const at = index++;
    if (isIgnored(segments)) continue;
    if (segments.length > limits.depth) throw new SubmissionError(`Its folders are too deep: ${shown(name)}`);
    if (kind !== 'folder' && segments.length > 0) listed.push({ index: at, segments, kind, bytes });
  }
  return listed;
};

/** How many folders, one in another, everything lies in. */
const commonFolders = (listed: readonly Listed[]): number => {
  const first = listed[0]?.segments ?? [];
  let common = first.length - 1;
  for (const { segments } of listed) {
    const differs = segments.slice(0, -1).findIndex((segment, at) => segment !== first[at]);
    common = Math.min(common, differs === -1 ? segments.length - 1 : differs);
  }
  return Math.max(0, common);
};
