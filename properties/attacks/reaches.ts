/** Attacks that reach for the machine: files, processes, sockets, the environment, and what the checker has hidden. */
import { type Attack, prepended } from '#properties/attacks/attack.ts';

const refused = (name: string, tries: string, code: string): Attack =>
  prepended({ name, tries, base: 'right', seen: 'refused' }, code);

/** `found` is what it looks for; where it is there, it says so by doing everything wrong. */
const sought = (name: string, tries: string, found: string): Attack =>
  prepended({ name, tries, base: 'right', seen: 'inert' }, `if (${found}) throw new Error('${name} worked');`);

/** What is only known after a while: then everything goes wrong. */
const awaited = (name: string, tries: string, promise: string): Attack =>
  prepended(
    { name, tries, base: 'right', seen: 'inert' },
    `(async () => { try { await ${promise}; } catch { return; } for (;;); })();`,
  );

export const reaches: readonly Attack[] = [
  refused('imports-files', 'reads files by node:fs', "import fs from 'node:fs'; fs.readFileSync('/etc/passwd');"),
  refused(
    'imports-files-plainly',
    'reads files by fs',
    "import * as fs from 'fs/promises'; fs.readFile('/etc/passwd');",
  ),
  refused('imports-processes', 'starts a process', "import { execSync } from 'node:child_process'; execSync('id');"),
  refused('imports-sockets', 'opens a socket', "import net from 'node:net'; net.connect(80, '127.0.0.1');"),
  refused(
    'imports-a-database',
    'writes files by node:sqlite',
    "import { DatabaseSync } from 'node:sqlite'; new DatabaseSync('x');",
  ),
  refused('imports-workers', 'starts a thread', "import { Worker } from 'node:worker_threads'; new Worker('');"),
  refused(
    'imports-the-checker',
    'sees the hidden claims',
    "import * as registry from '#properties/index.ts'; registry;",
  ),
  refused(
    'imports-by-climbing',
    'sees the mutants',
    "import mutants from '../../../properties/museum/ipc/pipe.ts'; mutants;",
  ),
  refused(
    'imports-by-encoded-climbing',
    'sees the mutants',
    "import m from './%2e%2e/%2e%2e/properties/museum/ipc/pipe.ts'; m;",
  ),
  refused(
    'imports-the-reference',
    'is the reference implementation',
    "import * as right from '#impl/ipc/pipe.linux.ts'; right;",
  ),
  refused(
    'imports-the-host',
    'reaches the code that asks it',
    "import * as host from '#reports/grade/sandbox/host.ts'; host;",
  ),
  refused(
    'imports-a-package',
    'reaches a package of the checker',
    "import { ModuleSource } from '@endo/module-source'; ModuleSource;",
  ),
  refused(
    'imports-data',
    'imports a data: URL',
    "import * as d from 'data:text/javascript,export default process'; d;",
  ),
  refused('imports-a-file-url', 'imports a file: URL', "import * as f from 'file:///etc/passwd'; f;"),
  refused(
    'imports-json',
    'reads a file by an import attribute',
    "import d from '../../package.json' with { type: 'json' }; d;",
  ),
  refused('awaits-at-the-top', 'never finishes loading', 'await new Promise(() => {});'),
  awaited('imports-later', 'reads files by a dynamic import', "import('node:fs')"),
  awaited('imports-hidden-claims-later', 'sees the hidden claims', "import('../../../properties/index.ts')"),
  awaited('imports-what-it-computes', 'hides the name of what it imports', "import(['node', 'fs'].join(':'))"),
  sought('finds-the-process', 'ends or changes the process', "typeof process !== 'undefined'"),
  sought(
    'finds-require',
    'loads modules as CommonJS does',
    "typeof require !== 'undefined' || typeof module !== 'undefined'",
  ),
  sought(
    'finds-the-network',
    'sends what it finds',
    "typeof fetch !== 'undefined' || typeof WebSocket !== 'undefined'",
  ),
  sought('finds-where-it-is', 'learns paths', 'Reflect.ownKeys(import.meta).length > 0'),
  sought(
    'finds-node',
    'reaches a global of Node',
    "typeof global !== 'undefined' || typeof Buffer !== 'undefined' || typeof structuredClone !== 'undefined'",
  ),
  sought(
    'finds-messages',
    'sends messages to the checker',
    "typeof postMessage !== 'undefined' || typeof MessageChannel !== 'undefined'",
  ),
];
