import {
  type Claim,
  finishes,
  type Get,
  gets,
  type Item,
  isBefore,
  itemsOf,
  type Made,
  type Put,
  puts,
  type Run,
  type Workload,
} from '../../claims/starter/run.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const itemsPut = (some: readonly Put[]): Item[] => some.flatMap(({ call }) => call.items);

const isAnswered = ({ answer }: Made): boolean => answer !== null;
const isWaiting = ({ answer }: Made): boolean => answer === null;

/** Whether a call began before another was over: so that it may have done something to it. */
const mayPrecede = (one: Made, other: Made): boolean => !isBefore(other, one);

const isShort = (get: Get): boolean => isAnswered(get) && itemsOf(get).length < get.call.count;

/** How many items a get has taken at the most. */
const takenAtMost = (get: Get): number => (isAnswered(get) ? itemsOf(get).length : get.call.count);

const isSubsequence = (part: readonly Item[], whole: readonly Item[]): boolean => {
  let next = 0;
  for (const item of whole) if (item === part[next]) next++;
  return next === part.length;
};

export const claims: readonly Claim[] = [
  { id: 'faultless', sentence: 'the machine never stops', holds: (run) => run.end !== 'faulted' },
  {
    id: 'real',
    sentence: 'an item that is got has begun to be put',
    holds: (run) =>
      gets(run).every((get) => {
        const begun = itemsPut(puts(run).filter((put) => mayPrecede(put, get)));
        return itemsOf(get).every((item) => begun.includes(item));
      }),
  },
  {
    id: 'once',
    sentence: 'no item is got twice',
    holds: (run) => {
      const got = gets(run).flatMap(itemsOf);
      return new Set(got).size === got.length;
    },
  },
  {
    id: 'order',
    sentence: 'each consumer gets the items of each producer in the order in which they were put',
    holds: (run) =>
      run.program.threads.every((_, producer) => {
        const put = itemsPut(puts(run).filter(({ thread }) => thread === producer));
        return run.program.threads.every((__, consumer) => {
          const got = gets(run)
            .filter(({ thread }) => thread === consumer)
            .flatMap(itemsOf);
          return isSubsequence(
            got.filter((item) => put.includes(item)),
            put,
          );
        });
      }),
  },
  {
    id: 'room',
    sentence: 'no put is over while more items are in the buffer than it has room for',
    holds: (run) =>
      puts(run)
        .filter(isAnswered)
        .every((last) => {
          const stored = itemsPut(
            puts(run).filter((put) => put === last || (put.ended ?? Infinity) < (last.ended ?? 0)),
          );
          const taken = gets(run)
            .filter((get) => mayPrecede(get, last))
            .map((get) => get.call.count);
          return stored.length - sum(taken) <= run.program.parameters.capacity;
        }),
  },
  {
    id: 'short',
    sentence: 'a get that brings less than was asked for has found the buffer finished and empty',
    holds: (run) =>
      gets(run)
        .filter(isShort)
        .every((get) => {
          const stored = itemsPut(puts(run).filter((put) => isBefore(put, get)));
          const taken = gets(run).filter((other) => mayPrecede(other, get));
          return (
            finishes(run).some((finish) => mayPrecede(finish, get)) && stored.length <= sum(taken.map(takenAtMost))
          );
        }),
  },
  {
    id: 'served',
    sentence: 'every thread makes all its calls, if none of them waits for ever',
    holds: (run) =>
      run.end !== 'settled' ||
      run.program.threads.every((calls, thread) => {
        const made = run.calls.filter((one) => one.thread === thread);
        return made.some(isWaiting) || made.length === calls.length;
      }),
  },
  {
    id: 'not-both',
    sentence: 'nobody waits for items while another waits for room',
    holds: (run) => run.end !== 'settled' || !(puts(run).some(isWaiting) && gets(run).some(isWaiting)),
  },
  {
    id: 'gets-wait-for-items',
    sentence: 'who waits for an item waits beside an empty buffer that is not finished',
    holds: (run) => {
      const waiting = gets(run).filter(isWaiting);
      if (run.end !== 'settled' || waiting.length === 0 || puts(run).some(isWaiting)) return true;
      const left = itemsPut(puts(run)).length - sum(gets(run).map((get) => itemsOf(get).length));
      return !finishes(run).some(isAnswered) && left <= sum(waiting.map((get) => get.call.count - 1));
    },
  },
  {
    id: 'puts-wait-for-room',
    sentence: 'who waits for room waits beside a full buffer',
    holds: (run) => {
      const waiting = puts(run).filter(isWaiting);
      if (run.end !== 'settled' || waiting.length === 0 || gets(run).some(isWaiting)) return true;
      const stored =
        itemsPut(puts(run).filter(isAnswered)).length + sum(waiting.map((put) => put.call.items.length - 1));
      return stored - sum(gets(run).map((get) => itemsOf(get).length)) >= run.program.parameters.capacity;
    },
  },
  {
    id: 'nothing-lost',
    sentence: 'who gets an item gets the oldest: what was put before it is got too',
    holds: (run: Run) => {
      const got = gets(run).flatMap(itemsOf);
      const isUnderWay = gets(run).some(isWaiting);
      return (
        isUnderWay ||
        puts(run).every((put) => {
          const later = itemsPut(puts(run).filter((other) => isBefore(put, other)));
          return !got.some((item) => later.includes(item)) || put.call.items.every((item) => got.includes(item));
        })
      );
    },
  },
];

const put = (...items: Item[]) => ({ tag: 'put', items }) as const;
const get = (count: number) => ({ tag: 'get', count }) as const;
const finish = { tag: 'finish' } as const;
const room = (capacity: number) => ({ capacity, carriedItems: 0 });

export const workloads: readonly Workload[] = [
  { name: 'a put meets a get', parameters: room(1), threads: [[put(1)], [get(1)]] },
  { name: 'every slot is used again', parameters: room(1), threads: [[put(1, 2, 3)], [get(2)]] },
  { name: 'all goes through', parameters: room(2), threads: [[put(1, 2, 3, 4)], [get(4)]] },
  { name: 'nobody takes', parameters: room(2), threads: [[put(1), put(2), put(3)]] },
  { name: 'two producers, one slot', parameters: room(1), threads: [[put(1)], [put(2)]] },
  { name: 'two producers, two slots', parameters: room(2), threads: [[put(1)], [put(2)], [get(2)]] },
  { name: 'two producers on a full buffer', parameters: room(1), threads: [[put(1, 3)], [put(2)], [get(2)]] },
  { name: 'two consumers, one item', parameters: room(1), threads: [[put(1)], [get(1)], [get(1)]] },
  { name: 'the end comes after the last item', parameters: room(1), threads: [[put(1), finish], [get(2)]] },
  { name: 'the end comes to all', parameters: room(1), threads: [[finish], [get(1)], [get(1)]] },
];
