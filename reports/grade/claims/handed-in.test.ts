import { describe, expect, it } from 'vitest';
import { boundedBuffer } from '#model/ipc/bounded-buffer.ts';
import type { Subject } from '#model/subject.ts';
import { readHandedIn, scenariosFor, Unusable } from '#reports/grade/claims/handed-in.ts';

const subject = boundedBuffer as unknown as Subject;

const claim = { id: 'once', sentence: 'no item is got twice', holds: 'function' };
const workload = {
  name: 'a put meets a get',
  parameters: { capacity: 1, carriedItems: 0 },
  threads: [[{ tag: 'put', items: [1] }], [{ tag: 'get', count: 1 }]],
};
const exported = (claims: unknown, workloads: unknown): unknown => ({ claims, workloads });
const withThreads = (...threads: unknown[]): unknown => exported([claim], [{ ...workload, threads }]);

describe('what is handed in', () => {
  it('is taken as it is, if it is what was asked for', () => {
    const { holds: _, ...named } = claim;
    expect(readHandedIn(exported([claim], [workload]), subject)).toEqual({ claims: [named], workloads: [workload] });
  });

  it.each([
    ['no object', null, '`claims` is no list: export one under that name'],
    ['no claims', exported(undefined, []), '`claims` is no list: export one under that name'],
    ['no workloads', exported([], { 0: workload }), '`workloads` is no list: export one under that name'],
    ['too many claims', exported(Array(41).fill(claim), []), '`claims` has 41 entries; 40 are allowed'],
    ['a claim that is none', exported([claim, 7], []), 'claim 1 is no object'],
    ['a claim without a name', exported([{ ...claim, id: '' }], []), 'claim 0 has no `id` of at most 60 characters'],
    ['a claim without words', exported([{ ...claim, sentence: 7 }], []), "claim 'once' has no `sentence` of"],
    ['a claim without a function', exported([{ ...claim, holds: 'undefined' }], []), "'once' has no function `holds`"],
    ['two claims of one name', exported([claim, claim], []), "two claims are called 'once'"],
    ['two workloads of one name', exported([], [workload, workload]), "two workloads are called 'a put meets a get'"],
    ['no threads', withThreads(), '`threads` is no list of 1 to 4 threads'],
    ['five threads', withThreads([], [], [], [], []), '`threads` is no list of 1 to 4 threads'],
    ['a thread that is none', withThreads({ tag: 'finish' }), 'thread 0 is no list of at most 6 calls'],
    ['nothing to do', withThreads([], []), 'no thread calls anything'],
    ['what is no call', withThreads([{ tag: 'peek' }]), "call 0 of thread 0: there is no call 'peek'"],
    [
      'an item that is none',
      withThreads([{ tag: 'put', items: [-1] }]),
      'call 0 of thread 0: items is [-1], not a list',
    ],
    ['very much', withThreads([{ tag: 'put', items: Array(300).fill(1) }]), 'it has 711 characters; 500 are allowed'],
    [
      'a program of no size',
      exported([claim], [{ ...workload, parameters: { capacity: 0, carriedItems: 0 } }]),
      /no implementation: capacity is 0, not a whole number from 1 to 1024$/,
    ],
    [
      'a program that puts an item twice in one call',
      withThreads([{ tag: 'put', items: [7, 3, 7] }]),
      "workload 'a put meets a get' has 7 twice in `items`",
    ],
    [
      'a program that puts an item twice in two threads',
      withThreads(
        [{ tag: 'put', items: [1, 2] }],
        [
          { tag: 'get', count: 1 },
          { tag: 'put', items: [2] },
        ],
      ),
      "workload 'a put meets a get' has 2 twice in `items`",
    ],
  ])('is refused if it is %s', (_name, handedIn, why) => {
    expect(() => readHandedIn(handedIn, subject, 'items')).toThrow(Unusable);
    expect(() => readHandedIn(handedIn, subject, 'items')).toThrow(why);
  });

  it('is run by every variant that can', () => {
    const finish = { ...workload, name: 'the end', threads: [[{ tag: 'finish' }]] };
    const other = [{ tag: 'put', items: [2] }];
    const both = { ...workload, name: 'two producers', threads: [workload.threads[0], other] };
    const { workloads } = readHandedIn(exported([claim], [workload, finish, both]), subject);
    const names = subject.variants.map(({ name }) => scenariosFor(workloads, subject, name).map((one) => one.name));
    expect(names).toEqual([
      ['a put meets a get'],
      ['a put meets a get', 'two producers'],
      ['a put meets a get', 'the end', 'two producers'],
      ['a put meets a get', 'two producers'],
    ]);
  });
});
