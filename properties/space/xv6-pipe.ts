/**
 * The pipe of xv6 as its code does it, at the grain of its lock and of the steps of its loops: writers that each push
 * bits in one `pipewrite`, a reader that calls `piperead` in a loop, and somebody who kills. Three slots, so that they
 * fill up.
 *
 * A thread that sleeps has given the lock up and is woken by whoever changes what it waits for; every thread begins by
 * taking the lock. A kill wakes whom it finds asleep, and nobody else learns of it.
 *
 * Source: xv6-riscv f5b93ef, kernel/pipe.c (pipewrite, piperead, pipeclose) and kernel/proc.c (sleep, wakeup, kill).
 */
import { match } from 'ts-pattern';
import { always, type Claim, never, sometimes } from '#model/claim.ts';
import type { LoneSpec } from '#model/engine/space/spec.ts';
import type { System } from '#model/engine/space/system.ts';
import type { SymmetryOf } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';
import { type Outcome, returns, waits } from '#spec/outcome.ts';

/** Where a thread is in the code that it runs. The last four are `pipeclose`. */
type Closing = 'closing' | 'closing, locked' | 'closed' | 'gone';

export interface Writer {
  at: 'start' | 'looping' | 'storing' | 'going to sleep' | 'asleep' | 'done' | 'unlocking' | 'giving up' | Closing;
  storedBits: number;
  killed: boolean;
}

export interface Reader {
  at: 'start' | 'locking' | 'looking' | 'going to sleep' | 'asleep' | 'taking' | 'waking' | 'unlocking' | Closing;
  takenBits: number;
  killed: boolean;
}

export interface Xv6Pipe {
  /** Who holds the lock. The writers come first, then the reader. */
  lock: ThreadId | null;
  nread: number;
  nwrite: number;
  data: number[];
  readOpen: boolean;
  writeOpen: boolean;
  /** Descriptors of the write end. */
  references: number;
  freed: boolean;
  /** The bit that the reader took last. */
  got: number;
  reader: Reader;
  writers: Writer[];
  killsLeft: number;
}

type Call =
  | { readonly tag: 'pipewrite' }
  | { readonly tag: 'piperead' }
  | { readonly tag: 'kill'; readonly target: ThreadId };
type Outcomes = readonly Outcome<Xv6Pipe, Call, string>[];

/** How many writers there are, how many bits each writes, and how often somebody is killed. */
export interface Size {
  readonly writers: number;
  readonly bits: number;
  readonly kills: number;
}

const slots = 3;
const bitsPerRead = 2;

/** The sizes of which others have published how many states there are. */
export const sizes = {
  S4: { writers: 2, bits: 3, kills: 0 },
  S5: { writers: 2, bits: 4, kills: 1 },
  S6: { writers: 3, bits: 2, kills: 2 },
} as const satisfies Readonly<Record<string, Size>>;

const initial = ({ writers, kills }: Size): Xv6Pipe => ({
  lock: null,
  nread: 0,
  nwrite: 0,
  data: [0, 0, 0],
  readOpen: true,
  writeOpen: true,
  references: writers,
  freed: false,
  got: 0,
  reader: { at: 'start', takenBits: 0, killed: false },
  writers: Array.from({ length: writers }, () => ({ at: 'start', storedBits: 0, killed: false })),
  killsLeft: kills,
});

/** One step, named: what it does. */
const step = (name: string, then: (draft: Xv6Pipe) => void): Outcomes => returns(name, then);

/** One step of a writer: it goes on at `at`, having done `then`. */
const writes = (id: ThreadId, name: string, at: Writer['at'], then: (draft: Xv6Pipe) => void = () => {}): Outcomes =>
  step(name, (draft) => {
    writer(draft, id).at = at;
    then(draft);
  });

/** One step of the reader. */
const reads = (name: string, at: Reader['at'], then: (draft: Xv6Pipe) => void = () => {}): Outcomes =>
  step(name, (draft) => {
    draft.reader.at = at;
    then(draft);
  });

const writer = (pipe: Xv6Pipe, id: ThreadId): Writer => pipe.writers[id] as Writer;
const readerId = (pipe: Xv6Pipe): ThreadId => pipe.writers.length;

const lockBy = (id: ThreadId) => (draft: Xv6Pipe) => {
  draft.lock = id;
};
const unlock = (draft: Xv6Pipe): void => {
  draft.lock = null;
};
/** `wakeup(&nread)` */
const wakeReader = (draft: Xv6Pipe): void => {
  if (draft.reader.at === 'asleep') draft.reader.at = 'locking';
};
/** `wakeup(&nwrite)` */
const wakeWriters = (draft: Xv6Pipe): void => {
  for (const sleeper of draft.writers) if (sleeper.at === 'asleep') sleeper.at = 'start';
};

/** The next step of `pipewrite`, and of the `pipeclose` behind it. */
const pipewrite = (bits: number, pipe: Xv6Pipe, id: ThreadId): Outcomes =>
  match(writer(pipe, id).at)
    .with('start', () => (pipe.lock === null ? writes(id, 'takes the lock', 'looping', lockBy(id)) : waits))
    .with('looping', () => decide(bits, pipe, id))
    .with('storing', () => [...store(id, 0), ...store(id, 1)])
    .with('going to sleep', () => writes(id, 'sleeps', 'asleep', unlock))
    .with('asleep', () => waits)
    .with('done', () => writes(id, 'wakes the reader', 'unlocking', wakeReader))
    .with('unlocking', () => writes(id, 'unlocks', 'giving up', unlock))
    .with('giving up', () =>
      writes(id, 'drops its reference', pipe.references === 1 ? 'closing' : 'gone', (draft) => {
        draft.references--;
      }),
    )
    .with('closing', () => (pipe.lock === null ? writes(id, 'locks to close', 'closing, locked', lockBy(id)) : waits))
    .with('closing, locked', () =>
      writes(id, 'closes the write end', 'closed', (draft) => {
        draft.writeOpen = false;
        wakeReader(draft);
      }),
    )
    .with('closed', () =>
      writes(id, 'is through', 'gone', (draft) => {
        unlock(draft);
        if (!draft.readOpen) draft.freed = true;
      }),
    )
    .with('gone', () => waits)
    .exhaustive();

/** The head of the loop. Who was killed leaves at once, and does not wake the reader: what it stored may lie unseen. */
const decide = (bits: number, pipe: Xv6Pipe, id: ThreadId): Outcomes => {
  const { storedBits, killed } = writer(pipe, id);
  if (storedBits === bits) return writes(id, 'has stored all', 'done');
  if (!pipe.readOpen || killed) return writes(id, 'leaves with an error', 'giving up', unlock);
  if (pipe.nwrite === pipe.nread + slots) return writes(id, 'finds it full', 'going to sleep', wakeReader);
  return writes(id, 'finds room', 'storing');
};

const store = (id: ThreadId, bit: number): Outcomes =>
  writes(id, `stores a ${bit}`, 'looping', (draft) => {
    draft.data[draft.nwrite % slots] = bit;
    draft.nwrite++;
    writer(draft, id).storedBits++;
  });

/** The next step of a reader that calls `piperead` until it gets nothing, or closes between two calls. */
const piperead = (pipe: Xv6Pipe, id: ThreadId): Outcomes =>
  match(pipe.reader.at)
    .with('start', () => [...reads('reads', 'locking'), ...reads('has enough', 'closing')])
    .with('locking', () => (pipe.lock === null ? reads('takes the lock', 'looking', lockBy(id)) : waits))
    .with('looking', () => look(pipe))
    .with('going to sleep', () => reads('sleeps', 'asleep', unlock))
    .with('asleep', () => waits)
    .with('taking', () => take(pipe))
    .with('waking', () => reads('wakes the writers', 'unlocking', wakeWriters))
    .with('unlocking', () =>
      reads('unlocks', pipe.reader.takenBits === 0 ? 'closing' : 'start', (draft) => {
        unlock(draft);
        draft.reader.takenBits = 0;
      }),
    )
    .with('closing', () => (pipe.lock === null ? reads('locks to close', 'closing, locked', lockBy(id)) : waits))
    .with('closing, locked', () =>
      reads('closes the read end', 'closed', (draft) => {
        draft.readOpen = false;
        wakeWriters(draft);
      }),
    )
    .with('closed', () =>
      reads('is through', 'gone', (draft) => {
        unlock(draft);
        if (!draft.writeOpen) draft.freed = true;
      }),
    )
    .with('gone', () => waits)
    .exhaustive();

const look = (pipe: Xv6Pipe): Outcomes => {
  if (pipe.nread !== pipe.nwrite || !pipe.writeOpen) return reads('finds something, or the end', 'taking');
  return pipe.reader.killed
    ? reads('leaves with an error', 'closing', unlock)
    : reads('finds it empty', 'going to sleep');
};

const take = (pipe: Xv6Pipe): Outcomes =>
  pipe.reader.takenBits === bitsPerRead || pipe.nread === pipe.nwrite
    ? reads('has what there is', 'waking')
    : reads('takes a bit', 'taking', (draft) => {
        draft.got = draft.data[draft.nread % slots] as number;
        draft.nread++;
        draft.reader.takenBits++;
      });

/** Whoever is not gone may be killed, and goes on if it sleeps. */
const kill = (pipe: Xv6Pipe, id: ThreadId): Outcomes => {
  if (pipe.killsLeft === 0) return waits;
  const target = id === readerId(pipe) ? pipe.reader : writer(pipe, id);
  if (target.killed || target.at === 'gone') return waits;
  return step('is killed', (draft) => {
    draft.killsLeft--;
    if (id === readerId(pipe)) {
      draft.reader.killed = true;
      wakeReader(draft);
    } else {
      writer(draft, id).killed = true;
      if (writer(draft, id).at === 'asleep') writer(draft, id).at = 'start';
    }
  });
};

/** The machine of this size: the writers, the reader, and somebody for each of them who may kill it. */
export const xv6Pipe = (size: Size): System<Xv6Pipe, Call, string> => ({
  initial: initial(size),
  threads: [
    ...Array.from({ length: size.writers }, () => ({ tag: 'any', calls: [{ tag: 'pipewrite' }] }) as const),
    { tag: 'any', calls: [{ tag: 'piperead' }] },
    ...Array.from(
      { length: size.writers + 1 },
      (_, target) => ({ tag: 'any', calls: [{ tag: 'kill', target }] }) as const,
    ),
  ],
  outcomes: (pipe, caller, call) =>
    match(call)
      .with({ tag: 'pipewrite' }, () => pipewrite(size.bits, pipe, caller))
      .with({ tag: 'piperead' }, () => piperead(pipe, caller))
      .with({ tag: 'kill' }, ({ target }) => kill(pipe, target))
      .exhaustive(),
});

const holdsLock: ReadonlySet<Writer['at'] | Reader['at']> = new Set([
  'looping',
  'storing',
  'going to sleep',
  'done',
  'unlocking',
  'looking',
  'taking',
  'waking',
  'closing, locked',
  'closed',
] as const);

/** What is claimed of the machine by those who published it. */
export const claims: readonly Claim<Xv6Pipe>[] = [
  always('the counters are those of a ring', ({ nread, nwrite }) => nread <= nwrite && nwrite <= nread + slots),
  always(
    'what is counted is what was stored',
    ({ nwrite, writers }) => nwrite === writers.reduce((sum, { storedBits }) => sum + storedBits, 0),
  ),
  always(
    'the reader is where it needs the lock iff it holds it',
    (pipe) => holdsLock.has(pipe.reader.at) === (pipe.lock === readerId(pipe)),
  ),
  always('a writer is where it needs the lock iff it holds it', ({ lock, writers }) =>
    writers.every(({ at }, id) => holdsLock.has(at) === (lock === id)),
  ),
  always(
    'it is freed when both ends are closed, and nobody holds its lock',
    ({ freed, readOpen, writeOpen, lock }) => !freed || (!readOpen && !writeOpen && lock === null),
  ),
  always(
    'a writer sleeps only while the pipe is full and can be read',
    ({ lock, writers, nread, nwrite, readOpen }) =>
      lock !== null || writers.every(({ at }) => at !== 'asleep') || (nwrite === nread + slots && readOpen),
  ),
  always(
    'the reader sleeps only while the pipe is empty and can be written, or a writer was killed',
    ({ lock, reader, writeOpen, nread, nwrite, writers }) =>
      lock !== null ||
      reader.at !== 'asleep' ||
      (writeOpen && (nread === nwrite || writers.some(({ killed }) => killed))),
  ),
  sometimes('all are gone', ({ reader, writers }) => reader.at === 'gone' && writers.every(({ at }) => at === 'gone')),
];

/** True as long as nobody is killed: a writer that is killed leaves and does not wake the reader. */
export const noLostWakeup: Claim<Xv6Pipe> = never(
  'the reader sleeps though there is something to read',
  ({ lock, reader, nread, nwrite }) => lock === null && reader.at === 'asleep' && nread !== nwrite,
);

/** The writers are alike, each with whoever may kill it. */
export const alike = ({ writers }: Size): SymmetryOf<Call> => ({
  groups: Array.from({ length: writers }, (_, id) => [id, writers + 1 + id]),
  lists: ['writers'],
  ids: ['lock'],
  call: (call, renamed) => (call.tag === 'kill' ? { tag: 'kill', target: renamed(call.target) } : call),
});

const showState = ({ nread, nwrite, lock, reader, writers }: Xv6Pipe): string => {
  const holder = lock === null ? 'unlocked' : `locked by T${lock}`;
  const threads = [...writers, reader].map(({ at, killed }, id) => `T${id} ${at}${killed ? ' (killed)' : ''}`);
  return `holds ${nwrite - nread}, ${holder}; ${threads.join(', ')}`;
};

/** For `rendezvous explore --spec`. The last claim is refuted wherever somebody may be killed. */
export default {
  systems: Object.entries(sizes).map(([name, size]) => ({ name, system: xv6Pipe(size), symmetry: alike(size) })),
  claims: [...claims, noLostWakeup],
  showState,
  showCall: (call) => (call.tag === 'kill' ? `kill(T${call.target})` : call.tag),
  showAnswer: (answer) => answer,
} satisfies LoneSpec<Xv6Pipe, Call, string>;
