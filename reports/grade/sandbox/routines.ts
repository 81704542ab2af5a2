import { FloatingMicroOp, type MicroOp, type Routine, register, type Word } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import { digestAfter, digestAtBegin, type SentOp, type SentStep, type Value } from '#reports/grade/sandbox/protocol.ts';
import { Shadow } from '#reports/grade/sandbox/shadow.ts';
import type { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

/** A micro-op as the machine's register has it. */
type Op = Pick<typeof register, 'kind' | 'address' | 'operand' | 'expected' | 'order' | 'site' | 'text'>;

/** What a routine does after the words that lead here. */
interface Node {
  readonly parent: Node | null;
  /** The word that led here from there. */
  readonly word: Word;
  /** The micro-op that it is at; or how it ended. */
  readonly op: Op | null;
  readonly end: Exclude<SentStep, { op: unknown }> | null;
  /** Of all that was done on the way here, this step included. */
  readonly digest: number;
  /** Under which number the submission's process keeps the routine as it stands here; 0: it does not. */
  id: number;
  /** What it does after the first word that was given to it here, and after the others. */
  only: Node | null;
  more: Map<Word, Node> | null;
}

interface Root {
  readonly name: string;
  readonly arguments: readonly Value[];
  first: Node | undefined;
}

/** So many routines are kept in the submission's process, each at some micro-op: who goes on from it need not begin anew. */
const keptMax = 2000;

/** So many nodes are remembered at most; then all are forgotten, and asked for again. */
const nodesMax = 2_000_000;

/**
 * All that is known of what a submission's routines do: to the same words, the same micro-ops, whoever runs them and
 * whenever. Asked for once and remembered: so what is judged is a function of words, and nothing that the code keeps in
 * variables of its own can have a part in it.
 */
export class Routines {
  /** Follows what they do to memory. */
  readonly shadow = new Shadow();
  readonly #process: SubmissionProcess;
  readonly #roots = new Map<string, Root>();
  /** Each micro-op once: routines come to the same ones again and again. */
  readonly #ops = new Map<string, Op>();
  readonly #kept = new Set<Node>();
  #forget: number[] = [];
  #ids = 0;
  #nodes = 0;

  constructor(process: SubmissionProcess) {
    this.#process = process;
  }

  /** The routine that is made by calling what is exported under that name. */
  routine(name: string, given: readonly Value[]): Routine<Word> {
    if (this.#nodes > nodesMax) {
      this.#roots.clear();
      this.#ops.clear();
      this.#nodes = 0;
    }
    const key = `${name} ${JSON.stringify(given)}`;
    let root = this.#roots.get(key);
    if (!root) {
      root = { name, arguments: given, first: undefined };
      this.#roots.set(key, root);
    }
    return new RemoteRoutine(this, root) as unknown as Routine<Word>;
  }

  /** What it does first. */
  first(root: Root): Node {
    root.first ??= this.#ask(root, null, 0);
    return root.first;
  }

  /** What it does when it is given that word. */
  after(root: Root, node: Node, word: Word): Node {
    const { only } = node;
    return (only?.word === word ? only : node.more?.get(word)) ?? this.#ask(root, node, word);
  }

  #ask(root: Root, from: Node | null, word: Word): Node {
    const node = ++this.#ids;
    const forget = this.#forget;
    this.#forget = [];
    const isKept = from !== null && from.id !== 0;
    const news = this.shadow.news();
    const answer = isKept
      ? this.#process.ask({ ask: 'go on', from: from.id, word, node, forget, news }, root.name)
      : this.#process.ask(
          {
            ask: 'begin',
            name: root.name,
            arguments: root.arguments,
            words: [...wordsTo(from), word],
            node,
            forget,
            news,
          },
          root.name,
        );
    if (isKept) this.#release(from);
    if ('failed' in answer) return this.#add(from, word, { threw: answer.failed });
    if (answer.digest !== (from?.digest ?? digestAtBegin)) throw this.#process.fail(differs(root.name));
    const [step, ...ahead] = answer.steps;
    const first = this.#add(from, word, step as SentStep);
    const last = ahead.reduce((before, next, i) => this.#add(before, answer.guesses[i] as Word, next), first);
    if (last.op) this.#keep(last, node);
    return first;
  }

  #add(parent: Node | null, word: Word, step: SentStep): Node {
    this.#nodes++;
    const [op, end] = 'op' in step ? [this.#once(step.op), null] : [null, step];
    const digest = digestAfter(parent?.digest ?? digestAtBegin, word, step);
    const node: Node = { parent, word, op, end, digest, id: 0, only: null, more: null };
    if (parent === null) return node;
    if (parent.only === null) parent.only = node;
    else if (parent.more === null) parent.more = new Map([[word, node]]);
    else parent.more.set(word, node);
    return node;
  }

  #once(sent: SentOp): Op {
    const key = JSON.stringify(sent);
    const op = this.#ops.get(key) ?? opOf(sent);
    this.#ops.set(key, op);
    return op;
  }

  #keep(node: Node, id: number): void {
    node.id = id;
    this.#kept.add(node);
    if (this.#kept.size <= keptMax) return;
    const [oldest] = this.#kept;
    this.#forget.push((oldest as Node).id);
    this.#release(oldest as Node);
  }

  #release(node: Node): void {
    this.#kept.delete(node);
    node.id = 0;
  }
}

const opOf = ([kind, address, operand, expected, order, site, text]: SentOp): Op => ({
  kind: kind ?? Number.NaN,
  address: address ?? Number.NaN,
  operand: operand ?? Number.NaN,
  expected: expected ?? Number.NaN,
  order: order as Order,
  site: site ?? undefined,
  text,
});

const differs = (name: string): SubmissionFailure =>
  new SubmissionFailure(
    'not a function of memory',
    `${name} was given the same words twice and did not do the same: it keeps something in a variable, where only simulated memory is shared`,
  );

const wordsTo = (node: Node | null): Word[] => {
  const words: Word[] = [];
  for (let at = node; at !== null; at = at.parent) words.push(at.word);
  return words.reverse();
};

/** A routine that the machine runs like any other, and that is performed elsewhere. */
class RemoteRoutine {
  readonly #routines: Routines;
  readonly #root: Root;
  #at: Node | null = null;

  constructor(routines: Routines, root: Root) {
    this.#routines = routines;
    this.#root = root;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(word: Word): IteratorResult<MicroOp | undefined, Value | undefined> {
    if (this.#at?.op) this.#routines.shadow.made(this.#at.op, word);
    const at = this.#at === null ? this.#routines.first(this.#root) : this.#routines.after(this.#root, this.#at, word);
    this.#at = at;
    const { op, end } = at;
    if (op) {
      Object.assign(register, op);
      register.pending = true;
      return { done: false, value: register as unknown as MicroOp };
    }
    if (end === null || 'odd' in end) return { done: false, value: undefined };
    if ('threw' in end) throw new Error(end.threw);
    if ('floating' in end) throw new FloatingMicroOp(end.floating);
    register.pending = end.pending !== null;
    register.kind = end.pending ?? register.kind;
    return { done: true, value: end.returned };
  }

  return(value: Value): IteratorResult<never, Value> {
    return { done: true, value };
  }
}
