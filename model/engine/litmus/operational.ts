import type { Memory } from '#impl/machine/memory/memory.ts';
import type { Address } from '#impl/machine/ops.ts';
import { OperationalThread } from '#model/engine/litmus/operational-thread.ts';
import type { FinalState, LitmusProgram } from '#spec/machine/memory/program.ts';

/** What a program may do on one of the machine's memories. */
export interface OperationalResult {
  /** Each final state once, in no particular order. */
  readonly states: readonly FinalState[];
  /** Some execution has a data race: the program has no meaning. */
  readonly isRacy: boolean;
  /** How many steps were looked at. */
  readonly steps: number;
}

/**
 * Whose turn it may be: anybody's; or whoever is at a store goes first. The latter loses nothing where a later store may
 * be placed before an earlier one, as under `rc11`, and is much quicker.
 */
export type Turns = 'all' | 'stores first';

/**
 * Runs a litmus program, each thread on a core of its own, in all ways: every interleaving of its accesses and of stores
 * that leave their buffers, every answer of the oracle. Depth first, from the start anew at each turn, as a memory cannot
 * be cut in two; a state that was met before is left.
 * @throws NoSuchAccess the memory has no such access
 */
export const runOperationally = (
  program: LitmusProgram,
  memoryOf: (sizeWords: number, cores: number) => Memory,
  turns: Turns = 'all',
): OperationalResult => new Search(program, memoryOf, turns).run();

class Search {
  readonly #program: LitmusProgram;
  readonly #turns: Turns;
  readonly #memory: Memory;
  readonly #image: Int32Array;
  /** The choices of the execution at hand, and among how many ways each was made. */
  readonly #choices: number[] = [];
  readonly #ways: number[] = [];
  #depth = 0;
  readonly #met = new Set<string>();
  readonly #states = new Map<string, FinalState>();
  #isRacy = false;
  #steps = 0;

  constructor(program: LitmusProgram, memoryOf: (sizeWords: number, cores: number) => Memory, turns: Turns) {
    this.#program = program;
    this.#turns = turns;
    this.#memory = memoryOf(program.locations.length, program.threads.length);
    this.#image = Int32Array.from(program.initial, (value) => Number(BigInt.asIntN(32, value)));
  }

  run(): OperationalResult {
    do this.#execute();
    while (this.#turn());
    return { states: [...this.#states.values()], isRacy: this.#isRacy, steps: this.#steps };
  }

  /** Goes back to the last choice that has a way left, and takes it. False: there is none. */
  #turn(): boolean {
    for (let last = this.#choices.length - 1; last >= 0; last--) {
      const choice = (this.#choices[last] as number) + 1;
      if (choice < (this.#ways[last] as number)) {
        this.#choices[last] = choice;
        return true;
      }
      this.#choices.pop();
      this.#ways.pop();
    }
    return false;
  }

  /** One execution: the choices made before are made again, from there on each first way is taken. */
  #execute(): void {
    this.#depth = 0;
    const memory = this.#memory;
    const choose = (ways: number): number => this.#choose(ways);
    memory.reset(this.#image, choose);
    const threads = this.#program.threads.map((_, core) => new OperationalThread(this.#program, core, memory, choose));
    for (const thread of threads) thread.settle();
    for (;;) {
      if (this.#depth === this.#choices.length && !this.#isNew(threads)) return;
      const able = this.#able(threads);
      const draining = threads.flatMap((_, core) => (memory.buffered(core) > 0 ? [core] : []));
      if (able.length + draining.length === 0) break;
      const chosen = this.#choose(able.length + draining.length);
      this.#steps++;
      if (chosen < able.length) {
        const thread = threads[able[chosen] as number] as OperationalThread;
        thread.step();
        thread.settle();
        if (thread.isAbandoned) return;
      } else memory.drain(draining[chosen - able.length] as number);
      if (memory.race()) {
        this.#isRacy = true;
        return;
      }
    }
    const state = this.#program.observed.map((observed) =>
      observed.tag === 'register'
        ? (threads[observed.thread]?.registers[observed.register] as bigint)
        : BigInt(memory.latest(observed.location as Address)),
    );
    this.#states.set(state.join(), state);
  }

  /** The threads that may go on. */
  #able(threads: readonly OperationalThread[]): number[] {
    const storing = this.#turns === 'all' ? -1 : threads.findIndex((thread) => thread.isAtStore);
    return storing >= 0 ? [storing] : threads.flatMap((thread, core) => (thread.hasEnded ? [] : [core]));
  }

  #choose(ways: number): number {
    const at = this.#depth++;
    if (at === this.#choices.length) {
      this.#choices.push(0);
      this.#ways.push(ways);
    }
    return this.#choices[at] as number;
  }

  #isNew(threads: readonly OperationalThread[]): boolean {
    const states = threads.map(({ at, backwardBranches, registers }) => [at, backwardBranches, ...registers].join());
    const key = [...states, this.#memory.state().join()].join(';');
    if (this.#met.has(key)) return false;
    this.#met.add(key);
    return true;
  }
}
