/** How the submission's process is started, and what each layer around it withholds. See docs/adr/0033. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is put between a submission and the machine. */
export interface Layers {
  /** A file system of its own, without network, processes of others or environment; only where it can be had. */
  readonly bubblewrap: boolean;
}

/** A process, and the two pipes to it. */
export interface Launched {
  readonly process: ChildProcess;
  readonly toIt: number;
  readonly fromIt: number;
}

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const sandbox = fileURLToPath(new URL('./', import.meta.url));

/** What it must read to run at all: the host's own files, the packages, and what says how imports are resolved. */
const readable = (): readonly string[] => [sandbox, join(repository, 'package.json'), modulesFolder()];

/** Where the packages are: beside this folder, or above it where this is itself installed as one. */
const modulesFolder = (): string => dirname(dirname(fileURLToPath(import.meta.resolve('ses/package.json'))));

const bubblewrapArguments = (node: string): readonly string[] => {
  const seen = [...new Set([...readable(), dirname(node)])];
  const systems = ['/usr', '/lib', '/lib64', '/bin', '/etc/ld.so.cache', '/nix'];
  return [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    '--cap-drop',
    'ALL',
    ...systems.flatMap((path) => ['--ro-bind-try', path, path]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    ...seen.flatMap((path) => ['--ro-bind-try', path, path]),
    '--chdir',
    '/',
    '--',
  ];
};

let isBubblewrapHere: boolean | undefined;

/** Whether bubblewrap is installed and allowed to do its work. */
export const hasBubblewrap = (): boolean => {
  isBubblewrapHere ??=
    spawnSync('bwrap', [...bubblewrapArguments(process.execPath), process.execPath, '--version']).status === 0;
  return isBubblewrapHere;
};

/** The command that runs `script` with all that is withheld from a submission. */
export const commandFor = (
  script: string,
  memoryMegabytes: number,
  layers: Layers,
): { readonly command: string; readonly arguments: readonly string[] } => {
  const node = realpathSync(process.execPath);
  const guarded = [
    node,
    '--permission',
    ...readable().map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${memoryMegabytes}`,
    '--no-addons',
    '--no-experimental-sqlite', // it writes files, whatever the permissions are
    '--no-warnings',
    script,
  ];
  const outer = layers.bubblewrap ? ['bwrap', ...bubblewrapArguments(node)] : [];
  // No core files, no files that grow, few handles: whatever else fails.
  return {
    command: '/bin/sh',
    arguments: ['-c', 'ulimit -c 0; ulimit -f 0; ulimit -n 128; exec "$@"', 'sh', ...outer, ...guarded],
  };
};

/** Opens both ends of a named pipe: the one that is given away, and ours. */
const pipeAt = (path: string, ours: 'r' | 'w'): { readonly ours: number; readonly theirs: number } => {
  if (spawnSync('mkfifo', ['-m', '600', path]).status !== 0) throw new Error('cannot make a named pipe');
  const both = openSync(path, 'r+'); // so that neither end waits for the other to be opened
  const ends = { ours: openSync(path, ours), theirs: openSync(path, ours === 'r' ? 'w' : 'r') };
  closeSync(both);
  return ends;
};

/** Starts the submission's process. It has two pipes, which the checker reads and writes without an event loop. */
export const launch = (memoryMegabytes: number, layers: Layers = { bubblewrap: hasBubblewrap() }): Launched => {
  const folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  try {
    const toIt = pipeAt(join(folder, 'to'), 'w');
    const fromIt = pipeAt(join(folder, 'from'), 'r');
    const { command, arguments: given } = commandFor(join(sandbox, 'host.ts'), memoryMegabytes, layers);
    const child = spawn(command, given, {
      stdio: [toIt.theirs, fromIt.theirs, 'ignore'],
      env: {},
      cwd: '/',
      detached: true, // a group of its own, so that all of it can be ended
    });
    closeSync(toIt.theirs);
    closeSync(fromIt.theirs);
    return { process: child, toIt: toIt.ours, fromIt: fromIt.ours };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
