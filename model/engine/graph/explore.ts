import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { estimateOf } from '#model/engine/graph/estimate.ts';
import { ExecutionGraph } from '#model/engine/graph/events.ts';
import { Explorer } from '#model/engine/graph/explorer.ts';
import { models } from '#model/engine/graph/models.ts';
import type { Ending, GraphMemory, GraphProgram } from '#model/engine/graph/program.ts';
import type { SeqCstStore } from '#model/engine/graph/total-store-order.ts';
import { follow, type Rest, trailOf } from '#model/engine/graph/trail.ts';
import { ThreadTrie, type TrieNode } from '#model/engine/graph/trie.ts';

/** How an exploration goes. */
export interface Exploring {
  /** Is lent each complete execution: its graph, and how its threads ended. */
  readonly onExecution?: (graph: ExecutionGraph, endings: () => readonly Ending[]) => void;
  /** What a seq_cst store is under tso; `xchg` if not said. */
  readonly seqCstStore?: SeqCstStore;
  /** Whether each execution's threads are run once more without the memo, and compared. Slow. */
  readonly isVerified?: boolean;
}

/** What was found. */
export interface Explored {
  /** Consistent execution graphs in which every thread came to its end. */
  readonly executions: number;
  /** Those in which a thread waits for a word that never comes. */
  readonly blocked: number;
  /** Of the blocked: those in which each waiting thread has read the last write. Nothing will ever move again. */
  readonly deadlocked: number;
  /** Whether these are all. */
  readonly isComplete: boolean;
  /** How often a routine was resumed. */
  readonly resumptions: number;
}

/**
 * The exploration of a program: every consistent execution graph once. Source: Kokologiannakis, Marmanis, Gladstein,
 * Vafeiadis, "Truly stateless, optimal dynamic partial order reduction", POPL 2022. Events are added thread by thread; a
 * write also revisits the reads that came too early to read it, if what is taken back for that could only have been
 * added so. It may be left and gone on with, by another too, who is told what is left (`rest`).
 */
export class Exploration {
  readonly #exploring: Exploring;
  readonly #graph: ExecutionGraph;
  readonly #trie: ThreadTrie;
  readonly #explorer: Explorer<TrieNode>;
  readonly #endings = (): readonly Ending[] => this.#explorer.endings();
  #executions = 0;
  #blocked = 0;
  #deadlocked = 0;
  #isComplete = false;

  /** @throws SuiteError if what is left is not of this program */
  constructor(program: GraphProgram, memory: GraphMemory, exploring: Exploring = {}, rest?: Rest) {
    const { trie, begin } = explorersOf(program, memory, exploring.seqCstStore);
    this.#exploring = exploring;
    this.#trie = trie;
    [this.#graph, this.#explorer] = begin();
    if (rest) follow(this.#explorer, rest);
  }

  /** What is left of it; null: nothing. It must have begun. */
  get rest(): Rest | null {
    return this.#isComplete ? null : { trail: trailOf(this.#explorer), floor: this.#explorer.floor };
  }

  get explored(): Explored {
    return {
      executions: this.#executions,
      blocked: this.#blocked,
      deadlocked: this.#deadlocked,
      isComplete: this.#isComplete,
      resumptions: this.#trie.resumptions,
    };
  }

  /**
   * Goes on for so many executions, complete or blocked, or to the end. Gives whether there may be more.
   * @throws SuiteError where the threads are not what can be explored
   */
  run(executionsMax: number): boolean {
    const explorer = this.#explorer;
    const { onExecution, isVerified } = this.#exploring;
    for (let left = executionsMax; left > 0; left--) {
      if (this.#isComplete || !explorer.next()) {
        this.#isComplete = true;
        return false;
      }
      if (explorer.isBlocked) {
        this.#blocked++;
        if (explorer.isDeadlocked) this.#deadlocked++;
      } else {
        this.#executions++;
        onExecution?.(this.#graph, this.#endings);
      }
      if (isVerified) for (const node of explorer.standing()) this.#trie.replay(node);
    }
    return true;
  }
}

/** Makes explorers of a program, each with a graph of its own; they share what is known of its threads. */
const explorersOf = (program: GraphProgram, memory: GraphMemory, seqCstStore: SeqCstStore = 'xchg') => {
  const { of, heedsFence } = models[memory];
  const trie = new ThreadTrie(program.threads, program.initial.length, heedsFence);
  const begin = (): readonly [ExecutionGraph, Explorer<TrieNode>] => {
    const graph = new ExecutionGraph(program.threads.length, program.initial);
    return [graph, new Explorer(graph, of(graph, seqCstStore), trie)];
  };
  return { trie, begin };
};

/** About how many executions are left to be found, complete or blocked; null: nobody knows. */
export const estimateLeft = (
  program: GraphProgram,
  memory: GraphMemory,
  { seqCstStore }: Exploring,
  rests: readonly Rest[],
  random: RandomGenerator,
): number | null => {
  const { begin } = explorersOf(program, memory, seqCstStore);
  return estimateOf(() => begin()[1], rests, random);
};

/** Explores a program to the end. */
export const explore = (program: GraphProgram, memory: GraphMemory, exploring: Exploring = {}): Explored => {
  const exploration = new Exploration(program, memory, exploring);
  exploration.run(Number.POSITIVE_INFINITY);
  return exploration.explored;
};
