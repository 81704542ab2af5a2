/** The words that programs with names are written in, and how they are drawn. */
import * as fc from 'fast-check';
import type { NamingParameters } from '#impl/kernel/naming.ts';
import type { Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { Identity, Name } from '#spec/abi/kernel/naming.ts';
import type { CapabilityHandle, ThreadId } from '#spec/abi.ts';
import { type AtBoot, type Naming, nameBytesMax, type PendingCall } from '#spec/kernel/naming.ts';

export type Parameters = NamingParameters;
export type Call = PendingCall;

/** The bytes of a name. */
export const bytesOf = (text: string): Name => [...text].map((letter) => letter.charCodeAt(0));

/** Names that are alike: but for a zero at the end, by their first four bytes, by their length. They share buckets. */
export const names = {
  a: bytesOf('a'),
  aZero: bytesOf('a\0'),
  c: bytesOf('c'),
  volumeA: bytesOf('volume-a'),
  volumeC: bytesOf('volume-c'),
  tooLong: bytesOf('volume-ab'),
} as const;

/** What a slot holds: the n-th capability in it. At boot that is the first. */
const at = (slot: number, generation = 1): CapabilityHandle => ({ slot, generation });

export const registers = (name: Name): Call => ({ tag: 'register', name });
export const unregisters = (slot: number, generation?: number): Call => ({
  tag: 'unregister',
  handle: at(slot, generation),
});
export const looksUp = (name: Name): Call => ({ tag: 'lookup', name, waiting: false });
export const awaits = (name: Name): Call => ({ tag: 'lookup', name, waiting: true });
export const watches = (name: Name): Call => ({ tag: 'watch', name });
export const sends = (word: number, slot: number, generation?: number): Call => ({
  tag: 'send',
  handle: at(slot, generation),
  word,
});
export const replies = (word: number, process: ThreadId, life = 1): Call => ({
  tag: 'reply',
  to: { process, life },
  word,
});
export const receives: Call = { tag: 'receive', waiting: true };
export const polls: Call = { tag: 'receive', waiting: false };
export const restarts: Call = { tag: 'restart' };

/** A process at boot: with these names, and with capabilities to send to these processes. */
export const has = (registered: readonly Name[], connected: readonly ThreadId[] = []): AtBoot => ({
  registered,
  connected,
});

/** The names that a program is about, each once. */
export const namesOf = ({ parameters, threads }: Program<Call, Parameters>): Name[] => {
  const asked = threads.flat().flatMap((call) => ('name' in call ? [call.name] : []));
  const all = [...parameters.processes.flatMap(({ registered }) => registered), ...asked];
  return all.filter(
    (name, i) => name.length <= nameBytesMax && all.findIndex((other) => other.join() === name.join()) === i,
  );
};

/**
 * A server that has a name and answers, and dies; clients that watch it, send, receive, and look its name up again. Each
 * call once: slots count what they have held, without an end.
 */
export const exploration = (threads: number): Exploration<Naming, Call, Parameters> => ({
  parameters: {
    slots: 2,
    messages: 1,
    notices: 1,
    names: 1,
    processes: Array.from({ length: threads }, (_, thread) => (thread === 0 ? has([names.a]) : has([], [0]))),
  },
  threads: Array.from({ length: threads }, (_, thread) => ({
    tag: 'in order',
    calls:
      thread === 0
        ? [receives, replies(5, 1), restarts, registers(names.a), unregisters(0, 2)]
        : thread === 1
          ? [watches(names.a), sends(1, 0), receives, receives]
          : [looksUp(names.a), sends(2, 1), restarts, awaits(names.a)],
  })),
  mayWait: (_state, _caller, { tag }) => tag === 'receive' || tag === 'lookup',
});

const drawnHandle = fc.record({ slot: fc.nat({ max: 2 }), generation: fc.constantFrom(1, 1, 1, 2, 0) });

const drawnIdentity = (processes: number): fc.Arbitrary<Identity> =>
  fc.record({ process: fc.nat({ max: processes - 1 }), life: fc.constantFrom(1, 1, 1, 2, 0) });

/** A call of somebody among so many processes. `waiting`: it may be one that waits. */
export const drawnCall = (pool: readonly Name[], processes: number, waiting: boolean): fc.Arbitrary<Call> => {
  const name = fc.constantFrom(...pool);
  const isWaiting = waiting ? fc.boolean() : fc.constant(false);
  const word = fc.integer({ min: 1, max: 9 });
  return fc.oneof(
    { weight: 3, arbitrary: name.map(registers) },
    { weight: 2, arbitrary: drawnHandle.map((handle): Call => ({ tag: 'unregister', handle })) },
    { weight: 4, arbitrary: fc.record({ tag: fc.constant('lookup' as const), name, waiting: isWaiting }) },
    { weight: 3, arbitrary: name.map(watches) },
    { weight: 4, arbitrary: fc.record({ tag: fc.constant('send' as const), handle: drawnHandle, word }) },
    { weight: 2, arbitrary: fc.record({ tag: fc.constant('reply' as const), to: drawnIdentity(processes), word }) },
    { weight: 4, arbitrary: fc.record({ tag: fc.constant('receive' as const), waiting: isWaiting }) },
    { weight: 2, arbitrary: fc.constant(restarts) },
  );
};

/** Names of a program: some of those that are alike, and perhaps one that is too long. */
export const drawnPool: fc.Arbitrary<Name[]> = fc
  .record({
    known: fc.shuffledSubarray([names.a, names.aZero, names.c, names.volumeA, names.volumeC], {
      minLength: 1,
      maxLength: 3,
    }),
    tooLong: fc.constantFrom(false, false, false, true),
  })
  .map(({ known, tooLong }) => (tooLong ? [...known, names.tooLong] : known));

/** Parameters with names of the pool, each of which somebody or nobody has at boot. */
export const drawnParameters = (pool: readonly Name[], processes: number): fc.Arbitrary<Parameters> => {
  const known = pool.filter((name) => name.length <= nameBytesMax);
  return fc
    .record({
      messages: fc.integer({ min: 1, max: 2 }),
      notices: fc.integer({ min: 1, max: 2 }),
      slots: fc.integer({ min: 2, max: 3 }),
      owner: fc.nat({ max: processes - 1 }),
      isOwned: fc.boolean(),
      connected: fc.array(fc.array(fc.nat({ max: processes - 1 }), { maxLength: 1 }), {
        minLength: processes,
        maxLength: processes,
      }),
    })
    .map(({ messages, notices, slots, owner, isOwned, connected }) => ({
      slots,
      messages,
      notices,
      names: known.length,
      processes: connected.map((to, process) => has(isOwned && process === owner ? known.slice(0, 1) : [], to)),
    }));
};

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>> =>
  drawnPool.chain((pool) =>
    fc.record({
      variant: fc.constant(variant),
      cores: fc.integer({ min: 1, max: 4 }),
      parameters: drawnParameters(pool, size.threads),
      threads: fc.array(fc.array(drawnCall(pool, size.threads, true), { maxLength: size.calls }), {
        minLength: size.threads,
        maxLength: size.threads,
      }),
    }),
  );
