import { isDeepStrictEqual } from 'node:util';
import { FloatingMicroOp, Kind, lastAccessKind, type Routine, register, type Word } from '#impl/machine/ops.ts';
import type { FenceOrder } from '#impl/machine/order.ts';
import type { Ending } from '#model/engine/graph/program.ts';
import type { Step, Threads } from '#model/engine/graph/threads.ts';
import { SuiteError } from '#model/suite-error.ts';

/** Orders as numbers, for typed arrays. */
export const rank = { plain: 0, relaxed: 1, acquire: 2, release: 3, acq_rel: 4, seq_cst: 5 } as const;

/** A thread does at most so much: a loop that nothing ends should be an await. */
const stepsMax = 20_000;

/** So many histories are kept, of all threads together. */
const nodesMax = 50_000;

/** The kind of a node at which its thread has ended. */
export const ended = -1;

/** Nothing comes after an end. */
const noWords: Word[] = [];
const noNodes: TrieNode[] = [];

/**
 * What a thread does next after it has read certain words: a node of the trie of its histories. It is asked of the
 * routine once; every other execution in which the thread reads the same finds it here.
 */
export class TrieNode {
  /** The micro-op; `ended` if there is none. */
  readonly kind: number;
  readonly address: number;
  readonly operand: Word;
  readonly expected: Word;
  readonly order: number;
  readonly thread: number;
  readonly steps: number;
  readonly parent: TrieNode | null;
  /** What the parent's micro-op gave on the way here. */
  readonly given: Word;
  readonly ending: Ending | null;
  /** The routine, where it stands at this micro-op and nobody has used it yet. */
  routine: Routine<unknown> | null = null;
  /** What this micro-op gave so far, and where each led. */
  words: Word[];
  nodes: TrieNode[];

  constructor(thread: number, parent: TrieNode | null, given: Word, ending: Ending | null) {
    this.thread = thread;
    this.parent = parent;
    this.given = given;
    this.ending = ending;
    this.steps = parent === null ? 0 : parent.steps + 1;
    const isEnd = ending !== null;
    this.kind = isEnd ? ended : register.kind;
    this.address = isEnd ? 0 : register.address;
    this.operand = isEnd ? 0 : register.operand;
    this.expected = isEnd ? 0 : register.expected;
    this.order = isEnd ? 0 : rank[register.order];
    this.words = isEnd ? noWords : [];
    this.nodes = isEnd ? noNodes : [];
  }
}

/** Whether an await goes on at a word. */
export const isMet = (node: Step, word: Word): boolean => (word === node.operand) !== (node.expected === 1);

/** Whether a micro-op that reads also writes, having read a word. */
export const isUpdating = (node: Step, word: Word): boolean =>
  node.kind === Kind.compareAndSwap ? word === node.expected : node.kind >= Kind.fetchAdd && node.kind <= Kind.swap;

/** What it writes then. */
export const updated = (node: Step, word: Word): Word =>
  node.kind === Kind.fetchAdd ? (word + node.operand) | 0 : node.operand;

/** The histories of all threads of a program. */
export class ThreadTrie implements Threads<TrieNode> {
  readonly roots: readonly TrieNode[];
  readonly waits = new TrieNode(-1, null, 0, { tag: 'panicked', why: 'it waits' });
  /** How many times a routine was resumed: what the trie saves is the rest. */
  resumptions = 0;
  #nodes = 0;
  #nodesMax = nodesMax;
  /** The way to a node that is replayed. */
  readonly #path: TrieNode[] = [];
  readonly #factories: readonly (() => Routine<unknown>)[];
  readonly #words: number;
  readonly #isEvent: (fence: FenceOrder) => boolean;

  /** `isEvent`: which fences mean anything to the memory; the others are passed over. */
  constructor(factories: readonly (() => Routine<unknown>)[], words: number, isEvent: (fence: FenceOrder) => boolean) {
    this.#factories = factories;
    this.#words = words;
    this.#isEvent = isEvent;
    this.roots = factories.map((_, thread) => this.#begin(thread));
  }

  /** Whether it is time to forget what is not on the way to where the exploration stands. */
  get isFull(): boolean {
    return this.#nodes > this.#nodesMax;
  }

  /** Where a thread stands after its micro-op at `node` gave `word`. */
  after(node: TrieNode, word: Word): TrieNode {
    const { words } = node;
    for (let i = 0; i < words.length; i++) if (words[i] === word) return node.nodes[i] as TrieNode;
    const routine = node.routine ?? this.replay(node);
    node.routine = null;
    const next = this.#resume(routine, node.thread, node, word);
    node.words.push(word);
    node.nodes.push(next);
    return next;
  }

  isInVain(node: TrieNode, word: Word): boolean {
    return node.kind === Kind.awaitWord && !isMet(node, word);
  }

  /** Forgets all histories but those that lead to these nodes, one a thread. */
  prune(current: readonly TrieNode[]): void {
    this.#nodes = 0;
    for (const node of current) {
      node.words = [];
      node.nodes = [];
      this.#nodes += node.steps + 1;
      for (let at = node; at.parent !== null; at = at.parent) {
        at.parent.words = [at.given];
        at.parent.nodes = [at];
      }
    }
    // Where threads are so long that these are many, others may be kept beside them.
    this.#nodesMax = Math.max(nodesMax, 2 * this.#nodes);
  }

  /**
   * Runs a thread once more from its start along the words that it read. Gives the routine, where `node` is.
   * @throws SuiteError if a micro-op is another than at first
   */
  replay(node: TrieNode): Routine<unknown> {
    const path = this.#path;
    for (let at: TrieNode | null = node; at !== null; at = at.parent) path[at.steps] = at;
    const routine = this.#make(node.thread);
    for (let i = 0; i <= node.steps; i++) {
      const recorded = path[i] as TrieNode;
      const ending = this.#step(routine, node.thread, recorded.given);
      if (!isRepeated(recorded, ending)) throw nondeterministic(node.thread, i);
    }
    return routine;
  }

  #begin(thread: number): TrieNode {
    return this.#resume(this.#make(thread), thread, null, 0);
  }

  #make(thread: number): Routine<unknown> {
    return (this.#factories[thread] as () => Routine<unknown>)();
  }

  #resume(routine: Routine<unknown>, thread: number, parent: TrieNode | null, given: Word): TrieNode {
    const node = new TrieNode(thread, parent, given, this.#step(routine, thread, given));
    if (node.steps > stepsMax) {
      throw new SuiteError(
        'S602',
        `thread ${thread} has more than ${stepsMax} accesses and fences`,
        'write a loop that waits for a word with awaitWord or awaitOther, and bound the others',
      );
    }
    if (node.ending === null) node.routine = routine;
    this.#nodes++;
    return node;
  }

  /** Runs a routine up to its next micro-op that matters, which is then in the register. Gives its ending, if any. */
  #step(routine: Routine<unknown>, thread: number, given: Word): Ending | null {
    let word = given;
    for (;;) {
      this.resumptions++;
      let step: IteratorResult<unknown, unknown>;
      try {
        step = routine.next(word);
      } catch (error) {
        register.pending = false;
        if (error instanceof FloatingMicroOp) throw floating(thread);
        return { tag: 'panicked', why: error instanceof Error ? error.message : String(error) };
      }
      if (register.pending === (step.done === true)) {
        register.pending = false;
        throw floating(thread);
      }
      register.pending = false;
      if (step.done) return { tag: 'returned', value: step.value };
      const { kind } = register;
      if (kind === Kind.panic) return { tag: 'panicked', why: register.text };
      if (kind <= lastAccessKind || kind === Kind.awaitWord) {
        if (register.address >= 0 && register.address < this.#words) return null;
        return { tag: 'panicked', why: `an access to word ${register.address}, and there are ${this.#words}` };
      }
      if (kind === Kind.fence && this.#isEvent(register.order as FenceOrder)) return null;
      if (kind !== Kind.fence && kind !== Kind.pause) throw unsupported(thread, kind);
      word = 0;
    }
  }
}

/** Whether a routine has done what is recorded: its micro-op is in the register, unless it has ended. */
const isRepeated = (node: TrieNode, ending: Ending | null): boolean =>
  ending === null
    ? node.kind === register.kind &&
      node.address === register.address &&
      node.operand === register.operand &&
      node.expected === register.expected &&
      node.order === rank[register.order]
    : isDeepStrictEqual(node.ending, ending);

const nondeterministic = (thread: number, step: number): SuiteError =>
  new SuiteError(
    'S603',
    `thread ${thread} does something else at its access ${step} than when it read the same before`,
    'let it depend on nothing but what it reads: no clock, no random number, no variable that outlives it',
  );

const floating = (thread: number): SuiteError =>
  new SuiteError('S205', `thread ${thread} makes a micro-op and does not yield it`, 'write yield before it');

const unsupported = (thread: number, kind: number): SuiteError => {
  const [name] = Object.entries(Kind).find(([, of]) => of === kind) as [string, number];
  return new SuiteError(
    'S602',
    `thread ${thread} makes the micro-op ${name}, and there is no kernel beneath`,
    'explore accesses, awaits, fences, pause and panic',
  );
};
