/** The words that programs with address spaces are written in, and how they are drawn. */
import * as fc from 'fast-check';
import type { Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { PageNumber, RemapCall, RemapParameters, SpaceId } from '#spec/abi/kernel/remap.ts';
import type { PendingCall, Remap } from '#spec/kernel/remap.ts';

export type Parameters = RemapParameters;
export type Call = PendingCall;

export const pageWordsMax = 8;
export const framesMax = 4;
export const spacesMax = 3;
export const pagesMax = 3;

const reads = (page: PageNumber, offset = 0): RemapCall => ({ tag: 'read', page, offset });
const writes = (word: number, page: PageNumber, offset = 0): RemapCall => ({ tag: 'write', page, offset, word });
const remaps = (page: PageNumber, at: PageNumber, count = 1, to: SpaceId = 1): RemapCall => ({
  tag: 'remap',
  page,
  count,
  to,
  at,
});
const copies = (page: PageNumber, at: PageNumber, to: SpaceId = 1): RemapCall => ({ tag: 'copy', page, to, at });
const sends = (page: PageNumber, at: PageNumber, to: SpaceId = 1): RemapCall => ({ tag: 'send', page, to, at });
const unmaps = (page: PageNumber): RemapCall => ({ tag: 'unmap', page });
const freezes = (page: PageNumber): RemapCall => ({ tag: 'freeze', page });
const protects = (page: PageNumber, writable = false): RemapCall => ({ tag: 'protect', page, writable });
const reaps = (space: SpaceId): RemapCall => ({ tag: 'reap', space });
const enters = (space: SpaceId): RemapCall => ({ tag: 'enter', space });
const rests: RemapCall = { tag: 'rest' };

type Page = RemapParameters['spaces'][number][number];

const rw = (frame: number): Page => ({ frame, writable: true });

/** Spaces 0 and 1 of two pages each. The first has a page, the second none; there is one frame more. */
const usual: Parameters = {
  pageWords: 1,
  frames: 2,
  spaces: [
    [rw(0), null],
    [null, null],
  ],
  homes: [0, 0, 0, 0],
};

const onePage = { ...usual, frames: 1 };

/** Each space has a page: the first one its first, the second one its second. */
const bothHavePages = {
  spaces: [
    [rw(0), null],
    [null, rw(1)],
  ],
};

const twoPages = { frames: 3, spaces: [[rw(0), rw(1)], [null, null]] }; // biome-ignore format: a table

/** Spaces 0 and 2 share a page. */
const shared = {
  spaces: [
    [rw(0), null],
    [null, null],
    [null, rw(0)],
  ],
};

/** Small programs, each about one thing that goes wrong. */
export const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = (
    name: string,
    threads: readonly (readonly RemapCall[])[],
    parameters: Partial<Parameters> = {},
    cores = Math.max(1, threads.filter((calls) => calls.length > 0).length),
  ): { name: string; program: Program<Call, Parameters> } => ({
    name,
    program: { variant, cores, threads, parameters: { ...usual, ...parameters } },
  });
  return [
    of('the third core is told too', [[remaps(0, 1)], [rests], [reads(0), reads(0)]]),
    of('a page goes while a core rests', [[remaps(0, 1)], [reads(0), rests]]),
    of('alone: moved, and gone', [[writes(7, 0), remaps(0, 1), reads(0), enters(1), reads(1), writes(9, 1), reads(1)]]),
    of('alone: copied, and kept', [[copies(0, 1), writes(8, 0), enters(1), reads(1), enters(0), reads(0)]], {
      pageWords: 2,
    }),
    of(
      'alone: two pages at once',
      [[reads(1), remaps(0, 0, 2), reads(1), reads(0), enters(1), reads(0), reads(1)]],
      twoPages,
    ),
    of(
      'alone: where something is already',
      [[remaps(0, 1), copies(0, 1), sends(0, 1), remaps(0, 0), remaps(0, 0)]],
      bothHavePages,
    ),
    of('alone: nowhere to go', [
      [
        remaps(0, 2),
        remaps(1, 0),
        remaps(0, 0, 2),
        remaps(0, 0, 1, 0),
        remaps(0, 0, 1, 2),
        reads(0, 1),
        reads(2),
        copies(0, 0, 0),
        sends(0, 0, 0),
        sends(1, 0),
      ],
    ]),
    of(
      'alone: a page that somebody else has too',
      [[remaps(0, 0), sends(0, 0), enters(2), writes(8, 1), unmaps(1), enters(0), reads(0), remaps(0, 1)]],
      shared,
    ),
    of('alone: a page that somebody else has too, and no frame is left', [[sends(0, 0)]], { ...shared, frames: 1 }),
    of('alone: the second of two pages is one that somebody else has too', [[remaps(0, 0, 2), reads(0), reads(1)]], {
      ...twoPages,
      spaces: [
        [rw(0), rw(1)],
        [null, null],
        [rw(1), null],
      ],
    }),
    of('alone: no frame is left', [[copies(0, 0), sends(0, 0), enters(1), unmaps(0), reads(0)]], onePage),
    of('alone: one is left again', [[copies(0, 0), copies(0, 1), enters(1), unmaps(0), enters(0), copies(0, 1)]]),
    of('alone: not to be written', [
      [
        writes(8, 0),
        protects(0),
        writes(9, 0),
        reads(0),
        protects(0, true),
        writes(9, 0),
        protects(0),
        remaps(0, 0),
        enters(1),
        writes(7, 0),
      ],
    ]),
    of('alone: everything is taken away, and seen to be', [
      [reads(0), enters(1), reaps(0), enters(0), reads(0), reaps(2), enters(2)],
    ]),
    of('alone: a page with two names is reaped, and its frame is free', [[reaps(1), copies(0, 0)]], {
      spaces: [
        [rw(0), null],
        [rw(1), rw(1)],
      ],
    }),
    of('alone: it rests and finds it as it was', [[reads(0), rests, rests, writes(8, 0), reads(0)]]),
    of('the sender’s other thread reads on', [[remaps(0, 1)], [reads(0), reads(0)]]),
    of('the sender’s other thread writes on', [
      [remaps(0, 1), enters(1), reads(1)],
      [reads(0), writes(8, 0)],
    ]),
    of('the receiver reads as soon as it can', [[remaps(0, 1)], [reads(1)], [writes(8, 0), writes(9, 0)]], {
      homes: [0, 1, 0],
    }),
    of(
      'the page is taken away, and its frame given to another',
      [
        [unmaps(0), copies(1, 0)],
        [reads(0), writes(8, 0)],
      ],
      {
        ...twoPages,
        frames: 2,
      },
    ),
    of('a page is taken away by two, and one reads on', [[unmaps(0)], [reads(0), unmaps(0), reads(0)]]),
    of('a page becomes one not to be written', [
      [protects(0), reads(0), reads(0)],
      [writes(8, 0), writes(9, 0)],
    ]),
    of(
      'a page is frozen that somebody else has too',
      [
        [freezes(0), reads(0), reads(0)],
        [writes(8, 1), writes(9, 1)],
      ],
      { ...shared, homes: [0, 2] },
    ),
    of(
      'alone: a page has two names, and both are frozen',
      [
        [
          writes(7, 1),
          freezes(0),
          writes(8, 1),
          reads(0),
          writes(8, 0),
          freezes(2),
          protects(1, true),
          writes(9, 1),
          reads(0),
        ],
      ],
      {
        spaces: [
          [rw(0), rw(0)],
          [null, null],
        ],
      },
    ),
    of('alone: the first of two names was written before', [[writes(7, 0), freezes(1), writes(8, 0)]], {
      spaces: [
        [rw(0), rw(0)],
        [null, null],
      ],
    }),
    of('everything is taken away from those who run', [[reaps(0)], [reads(0), reads(0)]], { homes: [1, 0] }),
    of(
      'both spaces are taken away, each from the other',
      [
        [reads(0), reaps(1)],
        [reads(1), reaps(0)],
      ],
      {
        ...bothHavePages,
        homes: [0, 1],
      },
    ),
    of('each moves a page to the other', [[remaps(0, 0)], [remaps(1, 1, 1, 0)]], { ...bothHavePages, homes: [0, 1] }),
    of('a core comes back as a page goes', [[remaps(0, 1)], [reads(0), rests, reads(0)]]),
    of('one who saw the page there comes back', [[remaps(0, 1)], [reads(0), enters(1), reads(1), enters(0), reads(0)]]),
    of('a core comes as a page goes', [[remaps(0, 1)], [reads(0)]]),
    of(
      'a core leaves as a page goes, whose frame somebody else gets',
      [[unmaps(0)], [writes(8, 0), rests], [copies(1, 0)]],
      {
        ...twoPages,
        frames: 2,
      },
    ),
    of(
      'pages go while a core is away',
      [
        [unmaps(0), unmaps(1)],
        [reads(1), rests, reads(1)],
      ],
      twoPages,
    ),
    of('two pages go at once', [[remaps(0, 0, 2)], [reads(1), reads(0), reads(1)]], twoPages),
    of('the receiver sees what was written before', [[writes(8, 0), remaps(0, 1)], [reads(1)]], { homes: [0, 1] }),
    of('the receiver sees what was copied', [[copies(0, 1)], [reads(1), reads(1, 1)]], { homes: [0, 1], pageWords: 2 }),
    of(
      'a page changes while it is copied',
      [
        [copies(0, 1), enters(1), reads(1), reads(1, 1)],
        [writes(8, 0), writes(9, 0, 1)],
      ],
      {
        pageWords: 2,
      },
    ),
    of('two take the last frame', [[copies(0, 0)], [copies(0, 1)]]),
    of('somebody else who has the page writes on', [[remaps(0, 0)], [writes(8, 1), unmaps(1)]], {
      ...shared,
      homes: [0, 2],
    }),
    of('a large page is sent, and nobody else has it', [[sends(0, 1), reads(0)]], { pageWords: pageWordsMax }),
    of(
      'a large page is sent that a core must be told of',
      [
        [reads(0), sends(0, 1)],
        [reads(0), reads(0)],
      ],
      { pageWords: pageWordsMax },
    ),
    of('a page is moved by one who waits for its core', [[reads(0)], [reads(0), reads(0)], [remaps(0, 1)]], {}, 2),
  ];
};

/** Two threads of one space, one of which moves pages, and one of another space. */
export const exploration = (threads: number): Exploration<Remap, Call, Parameters> => ({
  parameters: { ...usual, frames: 3, homes: [0, 0, 1] },
  threads: [
    { tag: 'any' as const, calls: [remaps(0, 1), copies(0, 0), protects(0), unmaps(0)] },
    { tag: 'any' as const, calls: [reads(0), writes(8, 0)] },
    { tag: 'any' as const, calls: [reads(1), remaps(1, 0, 1, 0), unmaps(0)] },
  ].slice(0, Math.max(2, threads)),
  mayWait: () => false,
});

const drawnPage = fc.nat({ max: pagesMax - 1 });
const drawnSpace = fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 1 }) }, fc.nat({ max: spacesMax }));
const drawnOffset = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 2 }));

export const drawnCall: fc.Arbitrary<RemapCall> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(drawnPage, drawnOffset).map(([page, offset]) => reads(page, offset)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.integer({ min: 50, max: 59 }), drawnPage, drawnOffset)
      .map(([word, page, offset]) => writes(word, page, offset)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(drawnPage, drawnPage, fc.integer({ min: 1, max: 2 }), drawnSpace)
      .map(([page, at, count, to]) => remaps(page, at, count, to)),
  },
  { weight: 2, arbitrary: fc.tuple(drawnPage, drawnPage, drawnSpace).map(([page, at, to]) => copies(page, at, to)) },
  { weight: 2, arbitrary: fc.tuple(drawnPage, drawnPage, drawnSpace).map(([page, at, to]) => sends(page, at, to)) },
  { weight: 2, arbitrary: drawnPage.map(unmaps) },
  { weight: 1, arbitrary: fc.tuple(drawnPage, fc.boolean()).map(([page, writable]) => protects(page, writable)) },
  { weight: 1, arbitrary: drawnPage.map(freezes) },
  { weight: 1, arbitrary: drawnSpace.map(reaps) },
  { weight: 2, arbitrary: drawnSpace.map(enters) },
  { weight: 2, arbitrary: fc.constant(rests) },
);

export const drawnParameters = (threads: number): fc.Arbitrary<Parameters> =>
  fc
    .record({
      pageWords: fc.integer({ min: 1, max: 2 }),
      frames: fc.integer({ min: 1, max: framesMax }),
      spaces: fc.integer({ min: 2, max: spacesMax }),
      pages: fc.integer({ min: 1, max: pagesMax }),
    })
    .chain(({ pageWords, frames, spaces, pages }) => {
      const page = fc.option(fc.record({ frame: fc.nat({ max: frames - 1 }), writable: fc.boolean() }), { nil: null });
      return fc.record({
        pageWords: fc.constant(pageWords),
        frames: fc.constant(frames),
        spaces: fc.array(fc.array(page, { minLength: pages, maxLength: pages }), {
          minLength: spaces,
          maxLength: spaces,
        }),
        homes: fc.array(fc.nat({ max: 1 }), { minLength: threads, maxLength: threads }),
      });
    });

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  fc.record({
    variant: fc.constant(variant),
    cores: fc.integer({ min: 1, max: 4 }),
    parameters: drawnParameters(size.threads),
    threads: fc.array(fc.array(drawnCall, { maxLength: size.calls }), {
      minLength: size.threads,
      maxLength: size.threads,
    }),
  });

/** What is wrong with the spaces of a program, if anything. */
export const wrongSpaces = ({ parameters }: Program<Call, Parameters>): string | undefined => {
  const { spaces, frames, homes } = parameters;
  if (new Set(spaces.map((pages) => pages.length)).size > 1) return 'the spaces differ in how many pages they have';
  if (spaces.flat().some((mapping) => (mapping?.frame ?? 0) >= frames)) return `there are ${frames} frames`;
  return homes.some((home) => home >= spaces.length) ? `there are ${spaces.length} spaces` : undefined;
};

/** Simpler parameters: smaller pages, fewer frames, spaces and pages, fewer mappings. */
export function* simplerParameters(parameters: Parameters): Iterable<Parameters> {
  const { pageWords, frames, spaces, homes } = parameters;
  if (pageWords > 1) yield { ...parameters, pageWords: pageWords >> 1 };
  if (frames > 1 + Math.max(0, ...spaces.flat().map((mapping) => mapping?.frame ?? 0))) {
    yield { ...parameters, frames: frames - 1 };
  }
  if (spaces.length > 2 && Math.max(...homes) < spaces.length - 1) {
    yield { ...parameters, spaces: spaces.slice(0, -1) };
  }
  if ((spaces[0]?.length ?? 0) > 1) yield { ...parameters, spaces: spaces.map((pages) => pages.slice(0, -1)) };
  for (const [space, pages] of spaces.entries()) {
    for (const [page, mapping] of pages.entries()) {
      if (mapping) yield { ...parameters, spaces: spaces.with(space, pages.with(page, null)) };
    }
  }
}

/** The call with a smaller argument, if it has one. */
export const simplerCall = (call: Call): Call[] => {
  if (call.tag === 'remap' && call.count > 1) return [{ ...call, count: call.count - 1 }];
  if ((call.tag === 'read' || call.tag === 'write') && call.offset > 0) return [{ ...call, offset: 0 }];
  return call.tag === 'send' ? [{ ...call, tag: 'copy' }] : [];
};
