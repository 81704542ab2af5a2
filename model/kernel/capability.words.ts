/** What the words of our tables of capabilities mean, where no call is under way. */
import type { Tables as Lists } from '#impl/kernel/capability.chcore.ts';
import type { Tables as Tree } from '#impl/kernel/capability.ts';
import type { PlainTables } from '#impl/kernel/plain-tables.ts';
import type { SlotWords } from '#impl/kernel/slots.ts';
import type { Address, Word } from '#impl/machine/ops.ts';
import type { Capabilities, CapabilityObject, Place } from '#spec/kernel/capability.ts';

type Latest = (address: Address) => Word;

/** What a slot's state word says, as `slots.ts` packs it. Only its types are imported: a handout comes without it. */
const generationOf = (state: Word): number => state >>> 8;
const isLive = (state: Word): boolean => (state & 0x80) !== 0;

/** A slot as its words say it; slots and objects are counted from 0, and -1 is none. */
interface Read {
  readonly generation: number;
  readonly object: number;
  readonly rights: number;
  readonly badge: number;
  readonly isOriginal: boolean;
  readonly above: number;
}

/** What some tables say: their slots, and each object; and whether what is counted or listed of it agrees with the slots. */
interface Meaning {
  readonly slotsEach: number;
  readonly slots: readonly Read[];
  readonly objects: readonly CapabilityObject[];
  readonly agrees: readonly boolean[];
}

const isTables = (layout: unknown): layout is Tree | Lists | PlainTables =>
  typeof layout === 'object' && layout !== null && 'slotsEach' in layout && 'slots' in layout && 'objects' in layout;

const isPlain = (tables: Tree | Lists | PlainTables): tables is PlainTables =>
  tables.slots.every((slot) => 'generation' in slot);

const isTree = (tables: Tree | Lists): tables is Tree => 'lock' in tables;

/** The state that the words mean. Objects have the numbers that they have in `before`. Undefined: not a layout of ours. */
export const abstract = (layout: unknown, latest: Latest, before: Capabilities): Capabilities | undefined => {
  if (!isTables(layout)) return undefined;
  const { slotsEach, slots, objects, agrees } = isPlain(layout)
    ? readPlain(layout, latest)
    : readLinked(layout, latest);
  const placeOf = (number: number): Place => ({ process: Math.floor(number / slotsEach), slot: number % slotsEach });
  const known = objects.map((_, object) => {
    const holder = slots.findIndex((slot) => slot.object === object);
    const { process, slot } = placeOf(holder);
    return before.tables[process]?.[slot]?.capability?.object ?? -1;
  });
  const wrong = objects.filter((_, object) => !agrees[object]);
  return {
    ...before,
    tables: before.tables.map((table, process) =>
      table.map((_, slot) => {
        const { generation, object, above, ...held } = slots[process * slotsEach + slot] as Read;
        const parent = above < 0 ? null : placeOf(above);
        return { generation, capability: object < 0 ? null : { ...held, object: known[object] ?? -1, parent } };
      }),
    ),
    objects: [...before.objects.map((_, number) => objects[known.indexOf(number)] ?? null), ...wrong],
  };
};

const readPlain = ({ slotsEach, slots, objects }: PlainTables, latest: Latest): Meaning => {
  const read = slots.map((slot) => ({
    generation: latest(slot.generation),
    object: latest(slot.object) - 1,
    rights: latest(slot.rights),
    badge: latest(slot.badge),
    isOriginal: latest(slot.original) === 1,
    above: latest(slot.above) - 1,
  }));
  return {
    slotsEach,
    slots: read,
    objects: objects.map(({ maker, word }) => ({ maker: latest(maker), word: latest(word) })),
    agrees: objects.map(() => true),
  };
};

const readLinked = (tables: Tree | Lists, latest: Latest): Meaning => {
  const slots = tables.slots.map((slot, number) => {
    const state = latest(slot.state);
    const isInUse = (state & 0x7f) !== 0; // somebody uses it for ever
    return {
      generation: isInUse ? -1 : generationOf(state),
      object: isLive(state) ? latest(slot.object) : -1,
      rights: latest(slot.rights),
      badge: latest(slot.badge),
      isOriginal: isTree(tables) && latest((tables.slots[number] as Tree['slots'][number]).original) === 1,
      above: isTree(tables) && isLive(state) ? aboveOf(tables, latest, number) : -1,
    };
  });
  const holders = tables.objects.map((_, object) => slots.filter((slot) => slot.object === object).length);
  const counts = isTree(tables)
    ? tables.objects.map(({ references }) => latest(references))
    : tables.objects.map((object) => {
        const length = lengthOf(tables, latest, latest(object.copies));
        return latest(object.inUse) === Math.min(length, 1) ? length : -1;
      });
  return {
    slotsEach: tables.slotsEach,
    slots,
    objects: tables.objects.map(({ maker, page }) => ({ maker: latest(maker), word: latest(page.word) })),
    agrees: counts.map((count, object) => count === holders[object]),
  };
};

/** How many slots stand in a list, from the slot `first`, counted from 1, on; -1: its neighbours do not agree. */
const lengthOf = ({ slots }: { readonly slots: readonly SlotWords[] }, latest: Latest, first: number): number => {
  let length = 0;
  for (let [previous, at] = [0, first]; at !== 0; length++) {
    const slot = slots[at - 1];
    if (!slot || length === slots.length || latest(slot.previous) !== previous) return -1;
    [previous, at] = [at, latest(slot.next)];
  }
  return length;
};

/** The slot above one in the tree: the nearest before it in the list of which everything up to it is below; -1: none. */
const aboveOf = ({ slots }: Tree, latest: Latest, number: number): number => {
  const between: Tree['slots'][number][] = [];
  for (let at = number; between.length <= slots.length; ) {
    const slot = slots[at];
    if (!slot) return -1;
    between.push(slot);
    at = latest(slot.previous) - 1;
    const candidate = slots[at];
    if (!candidate) return -1;
    const badge = latest(candidate.badge);
    const isAbove = (one: Tree['slots'][number]): boolean =>
      badge === 0 || (latest(one.badge) === badge && latest(one.firstBadged) === 0);
    if (latest(candidate.original) === 1 && between.every(isAbove)) return at;
  }
  return -1;
};
