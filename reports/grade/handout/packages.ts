import { InternalError } from '#model/suite-error.ts';

/** What a package needs, by name, with a version. */
type Needs = Readonly<Record<string, string>>;

/** What a lock file, or a package's own file, says of a package. More fields are taken over as they are. */
interface Package {
  readonly name?: string;
  readonly dependencies?: Needs;
  readonly devDependencies?: Needs;
  readonly optionalDependencies?: Needs;
  readonly [field: string]: unknown;
}

interface LockFile {
  readonly packages: Readonly<Record<string, Package>>;
}

/** What a folder's `package.json` says that is not the same in every handout. */
export interface Folder {
  readonly name: string;
  readonly description: string;
  readonly scripts: Readonly<Record<string, string>>;
}

/** Of our own tools those that a student's editor and `npm run types` use. */
const studentTools = ['typescript', '@types/node'];

const toolFolder = 'rendezvous';

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const someOf = (needs: Needs, names: readonly string[]): Needs =>
  Object.fromEntries(Object.entries(needs).filter(([name]) => names.includes(name)));

/**
 * What a package says of itself, without what it is made with. It brings its own Node along where it can, so npm need not
 * complain about the one that runs npm; the command does so itself where that one has to serve.
 */
const asBrought = ({ scripts: _, devDependencies: __, engines: ___, ...rest }: Package): Package => rest;

/** The tool's own `package.json`, as a handout has it. */
export const toolPackage = (text: string): string =>
  pretty({ ...asBrought(JSON.parse(text) as Package), private: true });

/** The `package.json` of the folder that the student works in. The tool lies in it, as a package of its own. */
const folderPackage = ({ name, description, scripts }: Folder, toolText: string): Package => {
  const { devDependencies = {} } = JSON.parse(toolText) as Package;
  return {
    name,
    version: '0.0.0',
    private: true,
    description,
    type: 'module',
    imports: { '#spec/*': `./${toolFolder}/spec/*`, '#impl/*': `./${toolFolder}/impl/*` },
    scripts,
    dependencies: { [toolFolder]: `file:${toolFolder}` },
    devDependencies: someOf(devDependencies, studentTools),
  };
};

/** Where Node looks for a package that `from` needs, the nearest first. */
const placesOf = (name: string, from: string): readonly string[] => {
  const inner = from.lastIndexOf('node_modules/');
  const here = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  return inner === -1 ? [here] : [here, ...placesOf(name, from.slice(0, inner).replace(/\/$/, ''))];
};

/** The packages that these need, all told, by where they lie. What is optional for a platform stays. */
const installed = (needs: Needs, { packages }: LockFile): Readonly<Record<string, Package>> => {
  const found = new Map<string, Package>();
  const follow = (needed: Needs, from: string): void => {
    for (const name of Object.keys(needed)) {
      const place = placesOf(name, from).find((candidate) => candidate in packages);
      if (place === undefined)
        throw new InternalError(`the lock file has no ${name}, which ${from || 'the tool'} needs`);
      if (found.has(place)) continue;
      const entry = packages[place] as Package;
      found.set(place, entry);
      follow({ ...entry.dependencies, ...entry.optionalDependencies }, place);
    }
  };
  follow(needs, '');
  return Object.fromEntries(found);
};

/** The folder's `package.json` and `package-lock.json`, from those of the tool: the same versions, with the same sums. */
export const folderPackages = (folder: Folder, toolText: string, lockText: string): ReadonlyMap<string, string> => {
  const own = folderPackage(folder, toolText);
  const lock = JSON.parse(lockText) as LockFile;
  const { name: _, ...tool } = asBrought(lock.packages[''] as Package);
  const { name, version, dependencies, devDependencies } = own;
  const needs = { ...tool.dependencies, ...tool.optionalDependencies, ...own.devDependencies };
  const packages: Readonly<Record<string, Package>> = {
    ...installed(needs, lock),
    [`node_modules/${toolFolder}`]: { resolved: toolFolder, link: true },
    [toolFolder]: tool,
  };
  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map([
    ['package.json', pretty(own)],
    [
      'package-lock.json',
      pretty({
        name,
        version,
        lockfileVersion: 3,
        requires: true,
        packages: Object.fromEntries([['', { name, version, dependencies, devDependencies }], ...sorted]),
      }),
    ],
  ]);
};
