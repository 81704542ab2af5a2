import type { AnyCall } from '#model/subject.ts';
import type { Workload } from '#properties/assignments/assignment.ts';

const put = (...items: readonly number[]) => ({ tag: 'put', items }) as const;
const get = (count: number) => ({ tag: 'get', count }) as const;
const finish = { tag: 'finish' } as const;

const each = (...items: readonly number[]): AnyCall[] => items.map((item) => put(item));
const gets = (calls: number): AnyCall[] => Array.from({ length: calls }, () => get(1));

const program = (
  name: string,
  capacity: number,
  carriedItems: number,
  ...threads: readonly (readonly AnyCall[])[]
): Workload => ({ name, parameters: { capacity, carriedItems }, threads });

/**
 * Programs on which what is right is run too, as large as a workload may be: a claim that is true of small programs only
 * is false of one of these. None has so many orders (some ten thousand) that a claim which tries all of them would not come to its end in time.
 */
export const programs: readonly Workload[] = [
  program('one by one', 4, 0, each(1, 2, 3, 4, 5, 6), gets(6)),
  program('all at once', 8, 0, [put(1, 2, 3, 4), put(5, 6), put(7), put(8)], [get(2), get(3), get(2), get(1)]),
  program('a large one is filled', 4, 1, each(1, 2, 3, 4, 5), []),
  program('a larger one is filled', 8, 8, [put(1, 2, 3), put(4, 5), put(6), put(7), put(8, 9)], []),
  program('a large one is emptied', 8, 5, [put(1, 2, 3)], gets(4)),
  program('counters wrap in a large one', 4, 0x7fffffff, each(1, 2, 3, 4, 5), [get(2), get(1), get(1), get(1)]),
  program('two and two', 2, 3, [put(1), put(2)], [put(3)], gets(2), gets(1)),
  program('four do both', 4, 0, ...[1, 2, 3, 4].map((item) => [put(item), get(1)])),
  program(
    'two of four do much',
    8,
    7,
    [...each(1, 2, 3, 4), get(1)],
    [put(5)],
    [get(2), get(1), get(1), get(1)],
    [get(1)],
  ),
  program(
    'each says that it is the end',
    4,
    2,
    [...each(1, 2, 3), finish],
    [put(4), finish],
    [get(2), get(2), get(1), finish],
  ),
  program('the end comes again and again', 8, 0, [put(1), finish, put(2), finish], gets(4), [finish, get(1)], [get(1)]),
];
