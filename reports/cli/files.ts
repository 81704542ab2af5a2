import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SuiteError } from '#model/suite-error.ts';

/** Where counterexamples and pages go unless the user says otherwise. */
export const outFolder = 'reports/out';

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^(\w+): /, '') : String(error);

/** Folder by folder: Node's recursive mkdir never returns where the file system refuses new entries (/proc). */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
};

/** Makes the folder if need be. SuiteError before any work is done, if nothing can be written there. */
export const prepareFolder = (folder: string): void => {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new SuiteError(
      'S301',
      `cannot write to the folder ${folder}: ${reasonOf(error)}`,
      'name another with --out, or make it writable',
    );
  }
};

const notWritable = (path: string, error: unknown): SuiteError =>
  new SuiteError('S301', `cannot write ${path}: ${reasonOf(error)}`, 'name another file, or make it writable');

/** Makes sure that a file can be written, before any work is done; what is in it stays. */
export const prepareFile = (path: string): void => {
  prepareFolder(dirname(resolve(path)));
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw notWritable(path, error);
  }
};

/** Writes a file, and its folder. */
export const writeText = (path: string, text: string): void => {
  prepareFolder(dirname(resolve(path)));
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw notWritable(path, error);
  }
};

/** Writes a file anew, and its folder. What is there is removed: should it be a link, it is not followed. */
export const writeAnew = (path: string, text: string): void => {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw notWritable(path, error);
  }
  writeText(path, text);
};

/** Reads a file of the user's. */
export const readText = (path: string): string => readBytes(path).toString();

/** Reads a file of the user's, which is compressed if its name ends with `.gz`. */
export const readPacked = (path: string): string => {
  const bytes = readBytes(path);
  if (!path.endsWith('.gz')) return bytes.toString();
  try {
    return gunzipSync(bytes).toString();
  } catch {
    throw new SuiteError('S504', `${path} is not compressed as its name says`, 'compress it with gzip, or rename it');
  }
};

/** Reads a file of the user's, whatever is in it. */
export const readBytes = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new SuiteError('S401', `cannot read ${path}: ${reasonOf(error)}`, 'check the path');
  }
};
