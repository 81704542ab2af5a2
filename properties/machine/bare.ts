import type { Core } from '#impl/machine/context.ts';
import { Machine } from '#impl/machine/machine.ts';
import { type Memory, ordinary } from '#impl/machine/memory/memory.ts';
import { sequentiallyConsistent } from '#impl/machine/memory/sc.ts';
import { type Address, idle, type Routine, type Word } from '#impl/machine/ops.ts';

/** A machine with no kernel on it: hand-written routines, each thread with a core of its own unless `running` differs. */
export interface Bare {
  readonly threads: readonly (() => Routine<unknown>)[];
  /** What each core's own context does; idles for ever if not given. */
  readonly dispatchers?: readonly (() => Routine<unknown>)[];
  readonly handler?: (context: number) => Routine<unknown>;
  readonly interrupted?: (context: number) => Routine<unknown>;
  readonly running?: readonly number[];
  readonly cores?: number;
  /** Words that are there but have to be allocated first. */
  readonly free?: readonly Address[];
  readonly hasTimers?: boolean;
  /** The memory; sequentially consistent if not given. */
  readonly memory?: (sizeWords: number, cores: number) => Memory;
}

/** Words 0 to 15 are for the routines; the contexts' own words come after them. */
export const wordsForUse = 16;

/** Does nothing for ever. */
export function* rest(): Routine {
  for (;;) yield idle();
}

/** A routine that rests when it is done, as a context may not end. */
function* thenRest(routine: Routine<unknown>): Routine {
  yield* routine;
  yield* rest();
}

/** A booted machine. */
export const machineOf = (bare: Bare): Machine => {
  const threads = bare.threads.length;
  const cores = bare.cores ?? threads;
  const contexts = threads + cores;
  const words = wordsForUse + 2 * contexts;
  const machine = new Machine({
    cores,
    threads,
    memory: (bare.memory ?? sequentiallyConsistent)(words, cores),
    oracle: ordinary,
    image: new Int32Array(words),
    usable: Uint8Array.from({ length: words }, (_, address) => (bare.free?.includes(address) ? 2 : 1)),
    contextWord: Array.from({ length: contexts }, (_, context) => wordsForUse + context),
    registersWord: Array.from({ length: contexts }, (_, context) => wordsForUse + contexts + context),
    running: bare.running ?? Array.from({ length: cores }, (_, core) => core),
    weakening: null,
    hasTimers: bare.hasTimers ?? false,
    start: (context) =>
      context < threads
        ? thenRest((bare.threads[context] as () => Routine)())
        : (bare.dispatchers?.[context - threads] ?? rest)(),
    timerInterrupt: bare.handler ?? (() => rest()),
    interrupted: bare.interrupted ?? null,
  });
  machine.boot();
  return machine;
};

export const coreOf = (machine: Machine, core: number): Core => machine.cores[core] as Core;

/** Steps `core` so often; as often as it can step, if not told. */
export const step = (machine: Machine, core = 0, times = 1000): void => {
  for (let i = 0; i < times && !machine.fault && machine.isEnabled(coreOf(machine, core)); i++) {
    machine.step(coreOf(machine, core));
  }
};

/** Runs one routine alone on one core, to its end. */
export const runAlone = (routine: () => Routine<unknown>, rest: Omit<Bare, 'threads'> = {}): Machine => {
  const machine = machineOf({ threads: [routine], ...rest });
  step(machine);
  return machine;
};

/** What a word holds. */
export const wordAt = (machine: Machine, address: Address): Word => machine.memory.latest(address);
