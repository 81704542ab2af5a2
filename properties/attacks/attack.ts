/** Where a hostile submission gets its honest part from: code that earns every point, or code that does not. */
export type Base = 'right' | 'wrong';

/**
 * What must be seen of it; whatever is seen, it earns no point more than its base does.
 * - `inert`: it is judged exactly as its base is. What it tries, it cannot.
 * - `refused`: it is not loaded.
 * - `stopped`: it is loaded, and its process is ended while it is judged.
 * - `judged`: it is judged by the micro-ops that it makes, and is found to be wrong.
 */
export type Seen = 'inert' | 'refused' | 'stopped' | 'judged';

/** A hostile submission, as data. All are for the assignment `pipe`; nothing in them knows that but the base. */
export interface Attack {
  readonly name: string;
  /** What it tries, in a sentence. */
  readonly tries: string;
  readonly base: Base;
  readonly seen: Seen;
  /** It may come to one of its limits before a whole grade is done, and lose more than its base. */
  readonly isCostly?: boolean;
  /** The files that are handed in, by path, made from the base's one file. */
  files(base: string): ReadonlyMap<string, string>;
}

/** The file that is judged. */
export const entry = 'pipe.ts';

/** What makes the reference wrong: a read takes nothing away, so that the next one reads the same. */
const taken = `  yield store(ring.nread, (nread + got) | 0, 'plain', 'pipe.nread');\n`;

/** An attack's honest part, made of the text of the reference implementation, so that no copy of it is kept. */
export const baseFrom = (reference: string, base: Base): string => {
  if (reference.split(taken).length !== 2)
    throw new Error('the reference has changed: what makes it wrong does not fit');
  return base === 'right' ? reference : reference.replace(taken, '');
};

type Named = Pick<Attack, 'name' | 'tries' | 'base' | 'seen' | 'isCostly'>;

/** The base, with `code` run before anything of it is. */
export const prepended = (named: Named, code: string): Attack => ({
  ...named,
  files: (base) => new Map([[entry, `${code}\n${base}`]]),
});

/** The base with pieces replaced, each of which occurs exactly once. */
export const replaced = (named: Named, ...pieces: readonly (readonly [from: string, to: string])[]): Attack => ({
  ...named,
  files: (base) =>
    new Map([
      [
        entry,
        pieces.reduce((text, [from, to]) => {
          if (text.split(from).length !== 2) throw new Error(`${named.name}: does not fit exactly once: ${from}`);
          return text.replace(from, () => to);
        }, base),
      ],
    ]),
});

/** Places in the base at which attacks are put. */
export const at = {
  /** The whole of `read` begins. */
  read: `  if (descriptor !== readEnd || !(yield* holds(self, pipe.descriptors, readEnd))) return failed;
`,
  write: `  if (descriptor !== writeEnd || !(yield* holds(self, pipe.descriptors, writeEnd))) return failed;
`,
  /** What `read` gives. */
  got: '  return got;',
  /** What `boot` gives. */
  layout: `  return {
    capacity: parameters.capacitySlots,`,
} as const;

/** Runs `code` each time that `read` begins. */
export const inRead = (named: Named, code: string): Attack => replaced(named, [at.read, `  ${code}\n${at.read}`]);

/** Makes of the layout that `boot` gives what `code` says, which calls it `layout`. */
export const withLayout = (named: Named, code: string): Attack =>
  replaced(
    named,
    ['export const boot =', 'const layOut ='],
    [
      '/** Makes a pipe and stores',
      `export const boot = (memory: Allocator, parameters: PipeParameters): unknown => {
  const layout = layOut(memory, parameters);
  ${code}
};
/** Makes a pipe and stores`,
    ],
  );
