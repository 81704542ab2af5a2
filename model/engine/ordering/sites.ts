import type { Frame } from '#impl/machine/context.ts';
import { Kind, lastAccessKind } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import { execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';
import { nextWeaker } from '#model/engine/ordering/weaker.ts';
import type { Program } from '#model/subject.ts';

/** A place in the code that orders: an access or fence that is stronger than relaxed. */
export interface Site {
  /** Its name; undefined: it has none, and cannot be told from others. */
  readonly name: string | undefined;
  readonly kind: number;
  readonly order: Order;
  /** A word that it was seen to touch, or the row of words that it is one of; null: it is a fence. */
  readonly word: string | null;
  /** The sites of other cores that it was seen to read from, or that were seen to read from it. */
  readonly partners: readonly string[];
  /** The scenarios, by name, in which it was seen to meet one of them. */
  readonly meetings: readonly string[];
}

/** How often each scenario is run to see its sites: under the default schedule, and drawn ones. */
const runsPerScenario = 8;

/** The sites that an implementation passes in its scenarios, in the order in which they first come up. */
export const sitesOf = (rig: Rig): readonly Site[] => {
  const found = new Map<string, Seen>();
  const random = randomFrom(1);
  for (const { name, program } of rig.subject.scenarios(rig.variant)) {
    for (let run = 0; run < runsPerScenario; run++) {
      const strategy = randomStrategy(random, run === 0 ? 1000 : 1 + (run % 5));
      for (const [writer, reader] of meetingsIn(rig, program, strategy, found)) pair(writer, reader, name);
    }
  }
  return [...found.values()].map((seen) => ({ ...seen, partners: [...seen.partners], meetings: [...seen.meetings] }));
};

/** A site as far as it has been seen. */
interface Seen extends Omit<Site, 'partners' | 'meetings'> {
  readonly partners: Set<string>;
  readonly meetings: Set<string>;
}

/** What a core has done that a fence of its own may order: stores after a release, loads before an acquire. */
interface Fences {
  released: Seen | undefined;
  /** The last writers that it has read from since its last fence. */
  seen: (Seen | undefined)[];
}

type Meeting = readonly [writer: Seen | undefined, reader: Seen | undefined];

/** Runs a program and notes the sites that it passes. Gives who reads on one core what another has written. */
const meetingsIn = (rig: Rig, program: Program, strategy: Strategy, found: Map<string, Seen>): readonly Meeting[] => {
  const steps: [number, Frame][] = [];
  const { booted } = execute(rig, program, strategy, usualLimits, {
    choices: null,
    ways: null,
    observer: (core, _context, frame) => {
      if (frame.kind <= lastAccessKind || frame.kind === Kind.awaitWord || frame.kind === Kind.fence) {
        steps.push([core, { ...frame }]);
      }
    },
  });
  const meetings: Meeting[] = [];
  const writers = new Map<number, { readonly core: number; readonly site: Seen | undefined }>();
  const fences = new Map<number, Fences>();
  for (const [core, frame] of steps) {
    const site = noted(frame, booted.names, found);
    const mine = fences.get(core) ?? { released: undefined, seen: [] };
    fences.set(core, mine);
    if (frame.kind === Kind.fence) {
      for (const writer of mine.seen) meetings.push([writer, site]);
      mine.seen = [];
      if (site && site.order !== 'acquire') mine.released = site;
      continue;
    }
    if (frame.kind !== Kind.store) {
      const writer = writers.get(frame.address);
      if (writer && writer.core !== core) {
        meetings.push([writer.site, site]);
        mine.seen.push(writer.site);
      }
    }
    if (frame.kind !== Kind.load && frame.kind !== Kind.awaitWord) {
      writers.set(frame.address, { core, site: site && site.order !== 'acquire' ? site : mine.released });
    }
  }
  return meetings;
};

const pair = (writer: Seen | undefined, reader: Seen | undefined, scenario: string): void => {
  if (!writer || !reader) return;
  if (reader.name !== undefined) writer.partners.add(reader.name);
  if (writer.name !== undefined) reader.partners.add(writer.name);
  for (const site of [writer, reader]) site.meetings.add(scenario);
};

const noted = (frame: Frame, names: readonly string[], found: Map<string, Seen>): Seen | undefined => {
  const { kind, order, site: name } = frame;
  if (nextWeaker(kind, order).length === 0) return undefined;
  const word = kind === Kind.fence ? null : (names[frame.address] as string).replace(/\[\d+\]$/, '');
  const key = `${name ?? `(${word})`} ${kind} ${order}`;
  const seen = found.get(key) ?? { name, kind, order, word, partners: new Set(), meetings: new Set() };
  found.set(key, seen);
  return seen;
};
