import type { Frame } from '#impl/machine/context.ts';
import { Kind, lastAccessKind } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import { execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { nextWeaker } from '#model/engine/ordering/weaker.ts';
import type { Program } from '#model/subject.ts';

/** A place in the code that orders: an access or fence that is stronger than relaxed. */
export interface Site {
  /** Its name; undefined: it has none, and cannot be told from others. */
  readonly name: string | undefined;
  readonly kind: number;
  readonly order: Order;
  /** A word that it was seen to touch; null: it is a fence. */
  readonly word: string | null;
  /** The sites of other cores that it was seen to read from, or that were seen to read from it. */
  readonly partners: readonly string[];
}

/** How often each scenario is run to see its sites: under the default schedule, and drawn ones. */
const runsPerScenario = 8;

/** The sites that an implementation passes in its scenarios, in the order in which they first come up. */
export const sitesOf = (rig: Rig): readonly Site[] => {
  const found = new Map<string, Site & { readonly partners: string[] }>();
  const random = randomFrom(1);
  for (const { program } of rig.subject.scenarios(rig.variant)) {
    for (let run = 0; run < runsPerScenario; run++)
      passThrough(rig, program, run === 0 ? 1000 : 1 + (run % 5), found, random);
  }
  return [...found.values()];
};

type Found = Map<string, Site & { readonly partners: string[] }>;

/** What a core has done that a fence of its own may order: stores after a release, loads before an acquire. */
interface Fences {
  released: Site | undefined;
  /** The last writers that it has read from since its last fence. */
  seen: (Site | undefined)[];
}

const passThrough = (
  rig: Rig,
  program: Program,
  every: number,
  found: Found,
  random: ReturnType<typeof randomFrom>,
): void => {
  const writers = new Map<number, { readonly core: number; readonly site: Site | undefined }>();
  const fences = new Map<number, Fences>();
  let names: readonly string[] = [];
  const steps: [number, Frame][] = [];
  const execution = execute(rig, program, randomStrategy(random, every), usualLimits, {
    choices: null,
    ways: null,
    observer: (core, _context, frame) => {
      if (frame.kind <= lastAccessKind || frame.kind === Kind.awaitWord || frame.kind === Kind.fence) {
        steps.push([core, { ...frame }]);
      }
    },
  });
  names = execution.booted.names;
  for (const [core, frame] of steps) {
    const site = noted(frame, names, found);
    const mine = fences.get(core) ?? { released: undefined, seen: [] };
    fences.set(core, mine);
    if (frame.kind === Kind.fence) {
      for (const writer of mine.seen) pair(writer, site);
      mine.seen = [];
      if (site && site.order !== 'acquire') mine.released = site;
      continue;
    }
    if (frame.kind !== Kind.store) {
      const writer = writers.get(frame.address);
      if (writer && writer.core !== core) {
        pair(writer.site, site);
        mine.seen.push(writer.site);
      }
    }
    if (frame.kind !== Kind.load && frame.kind !== Kind.awaitWord) {
      writers.set(frame.address, { core, site: site && site.order !== 'acquire' ? site : mine.released });
    }
  }
};

const pair = (writer: Site | undefined, reader: Site | undefined): void => {
  if (!writer?.name || !reader?.name) return;
  for (const [one, other] of [
    [writer, reader],
    [reader, writer],
  ] as const) {
    const partners = one.partners as string[];
    if (!partners.includes(other.name as string)) partners.push(other.name as string);
  }
};

const noted = (frame: Frame, names: readonly string[], found: Found): Site | undefined => {
  const { kind, order, site: name } = frame;
  if (nextWeaker(kind, order).length === 0) return undefined;
  const word = kind === Kind.fence ? null : (names[frame.address] as string);
  const key = `${name ?? word} ${kind} ${order}`;
  const site = found.get(key) ?? { name, kind, order, word, partners: [] };
  found.set(key, site);
  return site;
};
