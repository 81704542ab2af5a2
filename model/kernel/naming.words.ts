/** What the words of our naming services mean, where no call is under way. */
import type { Inbox } from '#impl/kernel/inbox.ts';
import { unpack } from '#impl/kernel/names.ts';
import type { Service as PlainService } from '#impl/kernel/naming.big-lock.ts';
import type { Service } from '#impl/kernel/naming.ts';
import type { Address, Word } from '#impl/machine/ops.ts';
import type { Arrival, Name, NameEvent } from '#spec/abi/kernel/naming.ts';
import { compare, type NameEntry, type Naming, type NamingProcess, nameBytesMax } from '#spec/kernel/naming.ts';

type Latest = (address: Address) => Word;

const isOurs = (layout: unknown): layout is Service | PlainService =>
  typeof layout === 'object' &&
  layout !== null &&
  'processes' in layout &&
  ('entries' in layout || ('names' in layout && typeof layout.names === 'object'));

const events: readonly NameEvent[] = ['registered', 'unregistered', 'died'];

/** What an arrival of this kind is: of a notice the bytes of its name, of a word who sent it, in which life, and the word. */
const arrivalOf = (kind: Word, words: readonly Word[]): Arrival => {
  const [process = -1, life = -1, word = -1] = words;
  const event = events[kind - 3];
  if (event) return { tag: 'notice', name: words, event };
  return { tag: kind === 1 ? 'message' : 'reply', from: { process, life }, word };
};

/** Stands in an inbox whose words are not as many as it says, and in no other. */
const miscounted: Arrival = { tag: 'message', from: { process: -1, life: -1 }, word: -1 };

/** The state that the words mean. Undefined: not a layout of ours. */
export const abstract = (layout: unknown, latest: Latest, before: Naming): Naming | undefined => {
  if (!isOurs(layout)) return undefined;
  const { names, processes } = 'entries' in layout ? readPlain(layout, latest) : readHashed(layout, latest);
  const used = names.filter(({ owner, watchers }) => owner !== null || watchers.length > 0);
  return { ...before, names: used.sort((a, b) => compare(a.name, b.name)), processes };
};

const readHashed = (service: Service, latest: Latest): Pick<Naming, 'names' | 'processes'> => {
  const records = service.names.buckets.flatMap((bucket) => bucket.records);
  const nameAt = (number: number): Name => {
    const record = records[number];
    const words = record ? [latest(record.bytes), latest(record.bytes + 1)] : [];
    return record ? unpack({ lengthBytes: latest(record.lengthBytes), words }) : [];
  };
  const ids = service.processes.map((_, id) => id);
  return {
    names: records.map(
      ({ owner, watchers }, number): NameEntry => ({
        name: nameAt(number),
        owner: latest(owner) === 0 ? null : latest(owner) - 1,
        watchers: ids.filter((id) => ((latest(watchers) >> id) & 1) === 1),
      }),
    ),
    processes: service.processes.map(({ inbox, slots, heard, noticesDue }): NamingProcess => {
      const arrived = readInbox(inbox, latest);
      const isCounted = arrived.filter(({ tag }) => tag !== 'notice').length === latest(inbox.words);
      return {
        life: latest(inbox.life),
        slots: slots.map(({ generation, to, life, record, owns }) => ({
          generation: latest(generation),
          connection:
            latest(to) === 0
              ? null
              : {
                  to: { process: latest(to) - 1, life: latest(life) },
                  owns: latest(owns) === 0 ? null : nameAt(latest(record)),
                },
        })),
        inbox: isCounted ? arrived : [...arrived, miscounted],
        heard: heard.map(latest),
        noticesDue: latest(noticesDue),
      };
    }),
  };
};

const readInbox = ({ first, count, ring, size }: Inbox, latest: Latest): Arrival[] =>
  Array.from({ length: size }, (_, i) => {
    const at = ring + ((latest(first) + i) % size) * 4;
    const [kind, ...words] = [latest(at), latest(at + 1), latest(at + 2), latest(at + 3)] as const;
    return arrivalOf(kind, kind >= 3 ? unpack({ lengthBytes: words[0], words: words.slice(1) }) : words);
  }).slice(0, latest(count));

const readPlain = ({ entries, processes }: PlainService, latest: Latest): Pick<Naming, 'names' | 'processes'> => {
  const readList = (list: Address): Word[] =>
    Array.from({ length: nameBytesMax }, (_, i) => latest(list + 1 + i)).slice(0, latest(list));
  const ids = processes.map((_, id) => id);
  return {
    names: entries.map(
      ({ owner, watchers, name }): NameEntry => ({
        name: readList(name),
        owner: latest(owner) === 0 ? null : latest(owner) - 1,
        watchers: ids.filter((id) => latest(watchers + id) !== 0),
      }),
    ),
    processes: processes.map(
      ({ life, noticesDue, heard, arrived, inbox, slots }): NamingProcess => ({
        life: latest(life),
        slots: slots.map((slot) => {
          const entry = entries[latest(slot.owns) - 1];
          return {
            generation: latest(slot.generation),
            connection:
              latest(slot.to) === 0
                ? null
                : {
                    to: { process: latest(slot.to) - 1, life: latest(slot.life) },
                    owns: entry ? readList(entry.name) : null,
                  },
          };
        }),
        inbox: inbox.slice(0, latest(arrived)).map(({ kind, words }) => arrivalOf(latest(kind), readList(words))),
        heard: ids.map((id) => latest(heard + id)),
        noticesDue: latest(noticesDue),
      }),
    ),
  };
};
