import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import { InternalError, SuiteError } from '#model/suite-error.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { writeText } from '#reports/cli/files.ts';
import { documentsFor } from '#reports/grade/handout/documents.ts';
import { folderPackages, toolPackage } from '#reports/grade/handout/packages.ts';
import { readOwn, toolFor } from '#reports/grade/handout/tool.ts';

const own = (path: string): string => {
  const text = readOwn(path);
  if (text === undefined) throw new InternalError(`there is no ${path}`);
  return text;
};

/** What the student begins with, by paths from the folder. SuiteError: this tool is in a handout itself. */
const starterOf = ({ name }: Assignment): readonly (readonly [string, string])[] => {
  const folder = fileURLToPath(`${repositoryUrl}properties/assignments/${name}`);
  const starter = join(folder, 'starter');
  if (!existsSync(starter)) {
    throw new SuiteError(
      'S508',
      `the starter of ${name} is not here`,
      'this is the tool that a handout brings along: make handouts with the whole one',
    );
  }
  const files = readdirSync(starter, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return [
    ['README.md', readFileSync(join(folder, 'handout.md'), 'utf8')],
    ['README.zh.md', readFileSync(join(folder, 'handout.zh.md'), 'utf8')],
    ...paths.map((path) => [path.slice(starter.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')] as const),
  ];
};

/** As strict as the tool's own code is. Of a kernel only the language is there: no console, no process. */
const compilerOptions = (): string => {
  const { compilerOptions: ours } = JSON.parse(own('tsconfig.base.json')) as { compilerOptions: object };
  const { composite: _, incremental: __, emitDeclarationOnly: ___, ...options } = ours as Record<string, unknown>;
  const text = {
    compilerOptions: { ...options, noEmit: true },
    include: ['**/*.ts'],
    exclude: ['rendezvous', 'node_modules'],
  };
  return `${JSON.stringify(text, null, 2)}\n`;
};

/** What `npm test` and `npm run` do in the folder. */
const scriptsOf = ({ kind, name, subject, variant, file }: Assignment): Readonly<Record<string, string>> => {
  const types = 'tsc --noEmit';
  if (kind === 'properties') return { test: `rendezvous claims ${file} --assignment ${name}`, types };
  const check = `rendezvous check ${subject} --variant ${variant} --implementation ${file}`;
  return { test: `rendezvous grade . --assignment ${name}`, check, types };
};

/** All files of a handout: their texts, by their paths from its folder. */
export const handoutOf = async (assignment: Assignment): Promise<ReadonlyMap<string, string>> => {
  const { name, title, subject } = assignment;
  const tool = await toolFor(assignment);
  const whole = new Map([
    ...tool,
    ...documentsFor(subject, own, tool),
    ['package.json', toolPackage(own('package.json'))] as const,
    ['LICENSE', own('LICENSE')] as const,
  ]);
  const folder = { name: `rendezvous-${name}`, description: title, scripts: scriptsOf(assignment) };
  return new Map([
    ...starterOf(assignment),
    ...folderPackages(folder, own('package.json'), own('package-lock.json')),
    ['tsconfig.json', compilerOptions()],
    ['.gitignore', 'node_modules/\nreports/\nfeedback/\n'],
    ...[...whole].map(([path, text]) => [`rendezvous/${path}`, text] as const),
  ]);
};

/** SuiteError: the folder is there and not empty. */
export const requireEmpty = (folder: string): void => {
  if (!existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0)) return;
  throw new SuiteError('S507', `${folder} is not an empty folder`, 'name one that is not there yet');
};

/** Writes files into a folder that is not there yet, or is empty. SuiteError: it is not. */
export const writeHandout = (folder: string, files: ReadonlyMap<string, string>): void => {
  requireEmpty(folder);
  for (const [path, text] of files) writeText(join(folder, path), text);
};
