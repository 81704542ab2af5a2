import type { FenceOrder } from '#impl/machine/order.ts';
import type { Consistency } from '#model/engine/graph/consistency.ts';
import { ExecutionGraph } from '#model/engine/graph/events.ts';
import { Explorer } from '#model/engine/graph/explorer.ts';
import type { Ending, GraphMemory, GraphProgram } from '#model/engine/graph/program.ts';
import { ReleaseConsistency } from '#model/engine/graph/release.ts';
import { SequentialConsistency } from '#model/engine/graph/sequential.ts';
import { TotalStoreOrder } from '#model/engine/graph/total-store-order.ts';
import { ThreadTrie } from '#model/engine/graph/trie.ts';

/** How an exploration goes. */
export interface Exploring {
  /** It stops after so many executions, complete or blocked. */
  readonly executionsMax?: number;
  /** Is lent each complete execution: its graph, and how its threads ended. */
  readonly onExecution?: (graph: ExecutionGraph, endings: () => readonly Ending[]) => void;
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

/** Each memory model, and which fences mean anything to it. */
const models: Readonly<
  Record<GraphMemory, { of(graph: ExecutionGraph): Consistency; heedsFence(order: FenceOrder): boolean }>
> = {
  sc: { of: (graph) => new SequentialConsistency(graph), heedsFence: () => false },
  tso: { of: (graph) => new TotalStoreOrder(graph), heedsFence: (order) => order === 'seq_cst' },
  rc11: { of: (graph) => new ReleaseConsistency(graph), heedsFence: () => true },
};

/**
 * Visits every consistent execution graph of a program once. Source: Kokologiannakis, Marmanis, Gladstein, Vafeiadis,
 * "Truly stateless, optimal dynamic partial order reduction", POPL 2022. Events are added thread by thread; a write also
 * revisits the reads that came too early to read it, if what is taken back for that could only have been added so.
 * @throws SuiteError where the threads are not what can be explored
 */
export const explore = (program: GraphProgram, memory: GraphMemory, exploring: Exploring = {}): Explored => {
  const { executionsMax = Number.POSITIVE_INFINITY, onExecution, isVerified = false } = exploring;
  const graph = new ExecutionGraph(program.threads.length, program.initial);
  const { of, heedsFence } = models[memory];
  const trie = new ThreadTrie(program.threads, program.initial.length, heedsFence);
  const explorer = new Explorer(graph, of(graph), trie);
  const endings = () => explorer.endings();
  let executions = 0;
  let blocked = 0;
  let deadlocked = 0;
  let isComplete = false;
  while (executions + blocked < executionsMax) {
    if (!explorer.next()) {
      isComplete = true;
      break;
    }
    if (explorer.isBlocked) {
      blocked++;
      if (explorer.isDeadlocked) deadlocked++;
    } else {
      executions++;
      onExecution?.(graph, endings);
    }
    if (isVerified) for (const node of explorer.standing()) trie.replay(node);
  }
  return { executions, blocked, deadlocked, isComplete, resumptions: trie.resumptions };
};
