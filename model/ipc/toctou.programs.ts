/** The words that programs against a server are written in, and how they are drawn. */
import * as fc from 'fast-check';
import type { Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { Place, ToctouCall, ToctouParameters, User } from '#spec/abi/ipc/toctou.ts';
import { type PendingCall, Place as places, type Toctou } from '#spec/ipc/toctou.ts';

export type Parameters = ToctouParameters;
export type Call = PendingCall;

export const limitWordsMax = 3;
export const objectsMax = 3;
export const namesMax = 2;
export const openMax = 3;
export const sharedWordsMax = 8;
export const usersMax = 3;

const puts = (place: Place, word: number): ToctouCall => ({ tag: 'put', place, word });
const opens: ToctouCall = { tag: 'open' };
const writes = (number: number): ToctouCall => ({ tag: 'write', number });
const reads = (number: number): ToctouCall => ({ tag: 'read', number });
const closes = (number: number): ToctouCall => ({ tag: 'close', number });
const links = (name: number, object: number): ToctouCall => ({ tag: 'link', name, object });
const becomes = (user: User): ToctouCall => ({ tag: 'become', user });
const audits: ToctouCall = { tag: 'audit' };

/** The first and the second of the data. */
const { length, start, name, data } = places;
const second = data + 1;

/** What a request asks for at boot: the words 5 (and 6, if two) to be written; to open what name 0 means. */
const asking = (lengthWords: number, ...words: number[]): number[] => [lengthWords, data, 0, ...words];

/**
 * Object 0 is user 1's, and object 1 user 2's; name 0 means the first, name 1 the second. The client acts for user 1 and
 * has object 0 open under number 0.
 */
const usual: Parameters = {
  limitWords: 2,
  user: 1,
  objects: [
    { owner: 1, words: [70] },
    { owner: 2, words: [80, 81] },
  ],
  names: [0, 1],
  open: [0, null],
  shared: asking(1, 5, 6, 7),
};

/** Small programs, each about one thing that can change between a check and a use. */
export const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = (
    title: string,
    threads: readonly (readonly ToctouCall[])[],
    parameters: Partial<Parameters> = {},
  ): { name: string; program: Program<Call, Parameters> } => ({
    name: title,
    program: { variant, cores: threads.length, threads, parameters: { ...usual, ...parameters } },
  });
  const both = [0, 1];
  return [
    of('two write', [
      [writes(0), reads(0), audits],
      [puts(data, 9), writes(0)],
    ]),
    of('alone: written, read, recorded', [
      [audits, reads(0), writes(0), reads(0), audits, puts(length, 2), writes(0), reads(0), audits],
    ]),
    of('alone: the data lie anywhere', [
      [puts(start, second), writes(0), reads(0), puts(length, 0), writes(0), reads(0), audits],
    ]),
    of(
      'alone: lengths that the client’s library would not let through',
      [[puts(length, 3), writes(0), puts(length, -1), writes(0), reads(1), reads(0), opens]],
      { open: both, user: 1, shared: [1, data, 1, 5, 6, 7, 8] },
    ),
    of(
      'alone: the words behind the last object are not the client’s to write',
      [[puts(length, 3), writes(1), opens, reads(2)]],
      { open: [0, 1, null], shared: [1, data, 1, 5, 6, 0, 8] },
    ),
    of('alone: data that are not in the shared memory', [
      [puts(start, 6), writes(0), puts(length, 2), puts(start, 5), writes(0), puts(start, name), writes(0), reads(0)],
    ]),
    of('alone: data that lie at the end', [[puts(start, 4), puts(length, 2), writes(0), reads(0)]]),
    of('alone: words that are no data', [[puts(length, 2), puts(second, -1), writes(0), reads(0), audits]]),
    of('alone: a name is looked up, and its object opened', [
      [opens, reads(1), puts(name, 1), opens, links(1, 0), closes(1), opens, closes(0), reads(0), writes(0)],
    ]),
    of('alone: no such name, no number left', [
      [opens, opens, puts(name, 2), opens, puts(name, -1), opens, reads(5), closes(-1), links(2, 0), links(0, 2)],
    ]),
    of(
      'alone: who becomes another may open what that one may',
      [[opens, puts(name, 1), opens, becomes(2), opens, becomes(0), becomes(2)]],
      { user: 0, open: [null, null, null] },
    ),
    of('alone: the decision for one user is not for another', [[opens, closes(0), becomes(2), opens, reads(0)]], {
      user: 0,
      open: [null],
    }),
    of('alone: what was opened stays open for who has it', [[becomes(2), reads(0), opens]], { user: 0 }),
    of('alone: words that are not there', [[puts(6, 1), puts(-1, 1), puts(0, 0), writes(0), reads(0)]]),
    of('the length grows', [[writes(0), reads(1)], [puts(length, 3)]], { open: both }),
    of('the length grows within the limit', [[writes(0), reads(0)], [puts(length, 2)]]),
    of('the length shrinks', [[writes(0), reads(0)], [puts(length, 0)]], { shared: asking(2, 5, 6, 7) }),
    of('the data go elsewhere', [[writes(0), reads(0)], [puts(start, second)]]),
    of('the data go out of the shared memory', [[writes(0), reads(0)], [puts(start, 6)]]),
    of('a word becomes another', [[writes(0), audits, reads(0)], [puts(data, 9)]]),
    of('a word becomes one that is no datum', [[writes(0), reads(0)], [puts(data, -1)]]),
    of(
      'two words become others',
      [
        [writes(0), reads(0)],
        [puts(data, 8), puts(second, 9)],
      ],
      {
        shared: asking(2, 5, 6, 7),
      },
    ),
    of('a word changes there and back', [
      [writes(0), audits],
      [puts(data, -1), puts(data, 9)],
    ]),
    of('the name becomes another', [[opens, reads(1)], [puts(name, 1)]]),
    of('the name becomes one that is none', [[opens], [puts(name, 9)]]),
    of('the name gets another meaning', [[opens, reads(1)], [links(0, 1)]]),
    of('the name gets another meaning once it is open', [[opens, links(0, 1), reads(1)], [reads(1)]]),
    of('the client becomes another', [[opens, reads(0)], [becomes(2)]], { user: 0, open: [null, null] }),
    of('the client becomes another, and asks for another', [[opens], [becomes(2), puts(name, 1)]], {
      user: 0,
      open: [null, null],
    }),
    of('two become others', [[becomes(1), becomes(2)], [becomes(2)]], { user: 0 }),
    of('a request is prepared for another', [[opens], [puts(name, 1), becomes(2)]], { user: 0, open: [null] }),
    of(
      'a request is prepared, and whom it is for is decided',
      [
        [becomes(2), writes(0), reads(0)],
        [puts(data, 9), becomes(1)],
      ],
      { user: 0, open: [0] },
    ),
    of(
      'the number is given out again',
      [
        [writes(0), reads(0)],
        [closes(0), puts(name, 1), opens],
      ],
      {
        user: 0,
        open: [0],
      },
    ),
    of(
      'a request is prepared, and its number taken back',
      [
        [writes(0), writes(1), reads(1)],
        [puts(data, 9), closes(0)],
      ],
      { open: [0, 0] },
    ),
    of('the number is taken back, and another written to', [[reads(0)], [closes(0), writes(1)]], { open: [0, 0] }),
    of('the number is new', [
      [writes(1), audits],
      [puts(data, 9), opens],
    ]),
    of('two open', [[opens], [opens]]),
    of('one writes and one reads', [[writes(0)], [reads(0), audits]], { shared: asking(2, 5, 6, 7) }),
    of('a request is prepared, word by word', [
      [puts(data, 9), puts(length, 2)],
      [writes(0), reads(0)],
    ]),
    of('a request is prepared, its place last', [
      [puts(second, 9), puts(start, second)],
      [writes(0), reads(0)],
    ]),
    of(
      'a request is prepared backwards',
      [
        [puts(second, 9), puts(data, 8)],
        [writes(0), reads(0)],
      ],
      {
        shared: asking(2, 5, 6, 7),
      },
    ),
    of('two threads write, and a third changes what they write', [[writes(0), audits], [writes(0)], [puts(data, 9)]]),
    of('two lie about different words', [[writes(0), reads(0)], [puts(length, 2)], [puts(data, -1)]]),
    {
      name: 'a request is changed on its own core',
      program: { variant, cores: 1, threads: [[writes(0), reads(0)], [puts(length, 2)]], parameters: usual },
    },
  ];
};

/** One thread writes and opens, the others lie, each in its own way. */
export const exploration = (threads: number): Exploration<Toctou, Call, Parameters> => ({
  parameters: { ...usual, user: 0 },
  threads: [
    { tag: 'any' as const, calls: [writes(0), opens, reads(1), closes(1)] },
    { tag: 'any' as const, calls: [puts(length, 3), puts(length, 1), puts(data, -1), puts(data, 9), puts(name, 1)] },
    { tag: 'in order' as const, calls: [links(0, 1), becomes(2)] },
  ].slice(0, Math.max(2, threads)),
  mayWait: () => false,
});

const drawnWord = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 9 }) }, fc.constant(-1));

const drawnPut: fc.Arbitrary<ToctouCall> = fc.oneof(
  fc.integer({ min: -1, max: 4 }).map((word) => puts(length, word)),
  fc.integer({ min: 2, max: 7 }).map((place) => puts(start, place)),
  fc.integer({ min: 0, max: 2 }).map((which) => puts(name, which)),
  fc.record({ place: fc.integer({ min: data, max: 7 }), word: drawnWord }).map(({ place, word }) => puts(place, word)),
);

const drawnNumber = fc.nat({ max: openMax - 1 });

export const drawnCall: fc.Arbitrary<ToctouCall> = fc.oneof(
  { weight: 6, arbitrary: drawnPut },
  { weight: 5, arbitrary: drawnNumber.map(writes) },
  { weight: 3, arbitrary: drawnNumber.map(reads) },
  { weight: 3, arbitrary: fc.constant(opens) },
  { weight: 2, arbitrary: fc.constant(audits) },
  { weight: 1, arbitrary: drawnNumber.map(closes) },
  {
    weight: 1,
    arbitrary: fc
      .record({ which: fc.nat({ max: namesMax }), object: fc.nat({ max: objectsMax }) })
      .map(({ which, object }) => links(which, object)),
  },
  { weight: 1, arbitrary: fc.nat({ max: usersMax - 1 }).map(becomes) },
);

/** What an object holds at boot, and nobody else writes: 70 and on for the first, 80 for the second. */
const wordsOf = (object: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => 70 + 10 * object + i);

export const drawnParameters: fc.Arbitrary<Parameters> = fc.integer({ min: 1, max: objectsMax }).chain((objects) => {
  const drawnObject = fc.nat({ max: objects - 1 });
  return fc
    .record({
      limitWords: fc.integer({ min: 1, max: limitWordsMax }),
      user: fc.nat({ max: usersMax - 1 }),
      owners: fc.array(fc.nat({ max: usersMax - 1 }), { minLength: objects, maxLength: objects }),
      names: fc.array(drawnObject, { minLength: 1, maxLength: namesMax }),
      open: fc.array(fc.option(drawnObject, { nil: null }), { minLength: 1, maxLength: openMax }),
      lengthWords: fc.nat({ max: 2 }),
      rest: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: sharedWordsMax - data }),
    })
    .map(({ limitWords, owners, lengthWords, rest, ...others }) => ({
      ...others,
      limitWords,
      objects: owners.map((owner, object) => ({ owner, words: wordsOf(object, Math.min(limitWords, 1 + object)) })),
      shared: asking(lengthWords, ...rest),
    }));
});

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc.record({
    variant: fc.constant(variant),
    cores: fc.integer({ min: 1, max: 4 }),
    parameters: drawnParameters,
    threads: fc.array(fc.array(drawnCall, { maxLength: size.calls }), {
      minLength: size.threads,
      maxLength: size.threads,
    }),
  });

/** What is wrong with a program's parameters, beyond the shape of each, if anything. */
export const wrongParameters = ({ parameters }: Program<Call, Parameters>): string | undefined => {
  const { objects, names, open, limitWords } = parameters;
  if ([...names, ...open].some((object) => (object ?? 0) >= objects.length))
    return `there are ${objects.length} objects`;
  return objects.some(({ words }) => words.length > limitWords)
    ? 'an object holds more than it has room for'
    : undefined;
};

/** Simpler parameters: less room, fewer numbers, names and objects, a shorter memory. */
export function* simplerParameters(parameters: Parameters): Iterable<Parameters> {
  const { limitWords, objects, names, open, shared } = parameters;
  if (limitWords > Math.max(1, ...objects.map(({ words }) => words.length))) {
    yield { ...parameters, limitWords: limitWords - 1 };
  }
  if (open.length > 1) yield { ...parameters, open: open.slice(0, -1) };
  if (names.length > 1) yield { ...parameters, names: names.slice(0, -1) };
  if (shared.length > data + 1) yield { ...parameters, shared: shared.slice(0, -1) };
  const last = objects.length - 1;
  if (last > 0 && ![...names, ...open].includes(last)) yield { ...parameters, objects: objects.slice(0, -1) };
}
