import { Kind } from '#impl/machine/ops.ts';
import type { Consistency } from '#model/engine/graph/consistency.ts';
import { type ExecutionGraph, fence, locked, longer, read, update, write } from '#model/engine/graph/events.ts';
import {
  eventOf,
  firstOf,
  frameSize,
  fromOf,
  none,
  positionOf,
  scanOf,
  Tries,
  tries,
} from '#model/engine/graph/frames.ts';
import type { Ending } from '#model/engine/graph/program.ts';
import { TakingBack } from '#model/engine/graph/taking-back.ts';
import type { Step, Threads } from '#model/engine/graph/threads.ts';
import { ended, isUpdating, updated } from '#model/engine/graph/trie.ts';
import { leastWaiting } from '#model/engine/graph/waiting.ts';

/**
 * Goes through the tree of graphs of a program, depth first: one step adds an event, or has a write revisit a read. Steps
 * are undone in reverse, in place; the stack is explicit, so that an execution may be long.
 */
export class Explorer<Standing extends Step = Step> {
  readonly #graph: ExecutionGraph;
  readonly #model: Consistency;
  readonly #trie: Threads<Standing>;
  readonly #takingBack: TakingBack;
  /** Where each thread stands; `#waits` if it waits in vain. */
  readonly #at: Standing[];
  readonly #waits: Standing;
  /** Of each event, the micro-op that made it. */
  readonly #nodeOf: Standing[] = [];
  #frames: Int32Array = new Int32Array(1024);
  #depth = 0;
  /** The frames below this depth are another's: what they have not tried yet is left alone. */
  floor = 0;
  /** Of each revisit in the stack, where each thread stood. */
  readonly #stood: Standing[] = [];
  isStarted = false;
  /** Whether some thread may be waiting. */
  #hasWaited = false;
  /** All threads before this one have ended or wait. */
  #from = 0;
  /** The thread that has just read; -1: none has, or others may have been set back. */
  #reader = -1;
  readonly #taken = (event: number): void => {
    this.#at[this.#graph.thread[event] as number] = this.#nodeOf[event] as Standing;
  };

  constructor(graph: ExecutionGraph, model: Consistency, trie: Threads<Standing>) {
    this.#graph = graph;
    this.#model = model;
    this.#trie = trie;
    this.#takingBack = new TakingBack(graph);
    this.#at = [...trie.roots];
    this.#waits = trie.waits;
  }

  /** Goes on to the next graph to which nothing can be added. Gives whether there is one. */
  next(): boolean {
    let isDescending = !this.isStarted;
    this.isStarted = true;
    if (this.#trie.isFull) this.#trie.prune(this.standing());
    for (;;) {
      if (isDescending && !this.descend()) return true;
      if (this.#depth === this.floor) return false;
      isDescending = this.advance();
    }
  }

  /** How many frames are in the stack. */
  get depth(): number {
    return this.#depth;
  }

  /** The numbers of all frames, the lowest first; they stay where they are until the next step. */
  get frames(): Int32Array {
    return this.#frames;
  }

  /** Whether some thread waits for a word that does not come. */
  get isBlocked(): boolean {
    return this.#hasWaited && this.#at.includes(this.#waits);
  }

  /** Whether each thread that waits has read the last write, so that nothing will ever move again. */
  get isDeadlocked(): boolean {
    const graph = this.#graph;
    return this.#at.every((node, thread) => {
      if (node !== this.#waits) return true;
      const event = graph.last(thread);
      return graph.positionSeen(event) === (graph.moLengths[graph.location[event] as number] as number) - 1;
    });
  }

  /** The micro-op that made an event of the graph. */
  stepOf(event: number): Standing {
    return this.#nodeOf[event] as Standing;
  }

  /** How each thread ended. */
  endings(): readonly Ending[] {
    return this.#at.map(({ ending }) => ending as Ending);
  }

  /** The last micro-op of each thread: its end, or the await at which it waits. */
  standing(): readonly Standing[] {
    return this.#at.map((node, t) => (node === this.#waits ? (this.#nodeOf[this.#graph.last(t)] as Standing) : node));
  }

  /**
   * The thread that goes on: the first that is about to store, else the first that can. So reads find most of what they
   * may read, and fewer of them are revisited. Who waits is asked last.
   */
  #chooseThread(): number {
    const at = this.#at;
    const { length } = at;
    const reader = this.#reader;
    if (reader >= 0) {
      // Nobody was about to store before it read.
      if ((at[reader] as Standing).kind === Kind.store) return reader;
    } else {
      for (let t = 0; t < length; t++) if ((at[t] as Standing).kind === Kind.store) return t;
    }
    let thread = this.#from;
    while (thread < length && (at[thread] as Standing).kind === ended) thread++;
    this.#from = thread;
    return thread === length ? thread : leastWaiting(this.#graph, this.#trie, at, thread);
  }

  /** Opens a frame for the next event of the first thread that can go on. Gives whether there is one. */
  descend(): boolean {
    const graph = this.#graph;
    const at = this.#at;
    const thread = this.#chooseThread();
    if (thread === at.length) return false;
    const node = at[thread] as Standing;
    const { kind, address } = node;
    if (kind === Kind.store) {
      const event = graph.make(thread, write, address, node.operand, node.order);
      this.#model.describe(event);
      const first = this.#model.earliest(thread, address, write, node.order) + 1;
      this.#push(Tries.places, event, node, first, this.#from);
      at[thread] = this.#trie.after(node, 0);
    } else if (kind === Kind.fence) {
      const event = graph.make(thread, fence, -1, 0, node.order);
      this.#push(Tries.nothing, event, node, 0, this.#from);
    } else {
      const isPure = kind === Kind.load || kind === Kind.awaitWord;
      const first = this.#model.earliest(thread, address, isPure ? read : read | locked, node.order);
      const event = graph.make(thread, isPure ? read : read | locked, address, 0, node.order);
      this.#push(Tries.sources, event, node, first, this.#from);
    }
    return true;
  }

  #push(what: number, event: number, node: Standing, first: number, from: number): void {
    this.#nodeOf[event] = node;
    const frame = this.#depth++ * frameSize;
    if (frame + frameSize > this.#frames.length) this.#frames = longer(this.#frames);
    const frames = this.#frames;
    frames[frame + tries] = what;
    frames[frame + eventOf] = event;
    frames[frame + positionOf] = none;
    frames[frame + firstOf] = first;
    frames[frame + scanOf] = none;
    frames[frame + fromOf] = from;
  }

  /** Undoes what the uppermost frame tries, and tries the next; closes the frame if there is none. Whether to descend. */
  advance(): boolean {
    const frame = (this.#depth - 1) * frameSize;
    switch (this.#frames[frame + tries]) {
      case Tries.sources:
        return this.#nextSource(frame);
      case Tries.places:
        return this.#nextPlace(frame);
      case Tries.revisits:
        return this.#nextRevisit(frame);
      default:
        return this.#passFence(frame);
    }
  }

  #passFence(frame: number): boolean {
    const graph = this.#graph;
    const event = this.#frames[frame + eventOf] as number;
    const node = this.#nodeOf[event] as Standing;
    if (this.#frames[frame + positionOf] === none) {
      this.#frames[frame + positionOf] = 0;
      graph.add(event);
      this.#model.describe(event);
      this.#at[node.thread] = this.#trie.after(node, 0);
      this.#from = this.#frames[frame + fromOf] as number;
      this.#reader = node.thread;
      return true;
    }
    graph.remove(event);
    graph.unmake(event);
    this.#at[node.thread] = node;
    this.#depth--;
    return false;
  }

  #nextSource(frame: number): boolean {
    const graph = this.#graph;
    const frames = this.#frames;
    const event = frames[frame + eventOf] as number;
    const node = this.#nodeOf[event] as Standing;
    const { address } = node;
    const newest = (graph.moLengths[address] as number) - 1;
    const first = frames[frame + firstOf] as number;
    let position = frames[frame + positionOf] as number;
    if (position === none) {
      position = newest + 1;
      graph.add(event);
    } else graph.readNoMore(event);
    while (--position >= first) {
      const source = (graph.mo[address] as Int32Array)[position] as number;
      if (position < newest && this.#trie.isInVain(node, graph.value[source] as number)) continue;
      graph.forgetRows(event);
      if (this.#readFrom(event, source, node) && !this.#isBeaten(event)) {
        frames[frame + positionOf] = position;
        return this.#goOn(frame, event, node);
      }
      graph.readNoMore(event);
    }
    graph.remove(event);
    graph.unmake(event);
    this.#at[node.thread] = node;
    this.#depth--;
    return false;
  }

  /** Whether an update reads what another has read that can never be taken back for it. */
  #isBeaten(event: number): boolean {
    if (((this.#graph.kind[event] as number) & update) === 0) return false;
    const rival = this.#takingBack.rivalOf(event);
    return rival >= 0 && this.#graph.isInPrefix(rival, event);
  }

  /** Lets a read that is in the graph read from a write. Gives whether that is consistent. */
  #readFrom(event: number, source: number, node: Standing): boolean {
    const graph = this.#graph;
    const word = graph.value[source] as number;
    const kind = (graph.kind[event] as number) & ~update;
    graph.kind[event] = isUpdating(node, word) ? kind | update : kind;
    graph.value[event] = word;
    graph.readFrom(event, source);
    graph.extendPrefix(event);
    this.#model.describe(event);
    return this.#model.allows(event);
  }

  #unread(event: number): void {
    this.#graph.readNoMore(event);
    this.#graph.leave(event);
  }

  /** What comes after a read: the write of the same update, or any thread's next event. Gives whether to descend. */
  #goOn(frame: number, event: number, node: Standing): boolean {
    const graph = this.#graph;
    const { thread } = node;
    const from = this.#frames[frame + fromOf] as number;
    this.#from = from;
    this.#reader = this.#frames[frame + tries] === Tries.sources ? thread : -1;
    const word = graph.value[event] as number;
    if (((graph.kind[event] as number) & update) !== 0) {
      const writing = graph.make(thread, write | update | locked, node.address, updated(node, word), node.order);
      this.#model.describe(writing);
      this.#push(Tries.places, writing, node, graph.positionSeen(event) + 1, from);
      this.#at[thread] = this.#trie.after(node, word);
      return false;
    }
    if (this.#trie.isInVain(node, word)) {
      this.#at[thread] = this.#waits;
      this.#hasWaited = true;
    } else this.#at[thread] = this.#trie.after(node, node.kind === Kind.awaitWord ? 0 : word);
    return true;
  }

  #nextPlace(frame: number): boolean {
    const graph = this.#graph;
    const frames = this.#frames;
    const event = frames[frame + eventOf] as number;
    if (frames[frame + scanOf] === none) {
      if (this.#placeNext(frame, event)) {
        this.#from = frames[frame + fromOf] as number;
        this.#reader = -1;
        return true;
      }
      frames[frame + scanOf] = graph.size;
      frames[frame + firstOf] = this.#takingBack.oldestRead(event);
    }
    // What is not in the write's prefix is taken back from the newest on, until something is found that must stay.
    const location = graph.location[event] as number;
    const oldest = frames[frame + firstOf] as number;
    const isUpdate = ((graph.kind[event] as number) & update) !== 0;
    const rival = isUpdate ? this.#takingBack.rivalOf(graph.before[event] as number) : -1;
    for (let i = (frames[frame + scanOf] as number) - 1; i >= 0; i--) {
      const other = graph.inserted[i] as number;
      if (other < oldest) break;
      if (graph.isInPrefix(other, event)) continue;
      if (!this.#takingBack.isMaximal(other, event)) break;
      if (!graph.isRead(other) || graph.location[other] !== location) continue;
      // A rival must be taken back, or be what reads this write.
      if (rival >= 0 && other > rival) continue;
      frames[frame + scanOf] = i;
      this.#revisit(i, event, other);
      return false;
    }
    graph.unmake(event);
    this.#depth--;
    const node = this.#nodeOf[event] as Standing;
    this.#at[node.thread] = node;
    return false;
  }

  /** Takes a write from its place in mo, if it has one, and puts it at the next. Gives whether there is one. */
  #placeNext(frame: number, event: number): boolean {
    const graph = this.#graph;
    const frames = this.#frames;
    const location = graph.location[event] as number;
    const first = frames[frame + firstOf] as number;
    let position = frames[frame + positionOf] as number;
    let isEntered = position !== none;
    if (isEntered) graph.displace(event);
    const length = graph.moLengths[location] as number;
    if (position === none) {
      // An update's write is right after the write that its read reads.
      position = ((graph.kind[event] as number) & update) !== 0 ? first + 1 : length + 1;
    }
    while (--position >= first) {
      // Nobody comes between the read and the write of an update.
      const mo = graph.mo[location] as Int32Array;
      if (position < length && ((graph.kind[mo[position] as number] as number) & update) !== 0) continue;
      if (!isEntered) {
        graph.add(event);
        isEntered = true;
      }
      graph.place(event, position);
      frames[frame + positionOf] = position;
      if (this.#model.allows(event)) return true;
      graph.displace(event);
    }
    if (isEntered) {
      graph.remove(event);
    }
    return false;
  }

  /** Opens a frame for a write that revisits a read, inserted as number `start`. */
  #revisit(start: number, event: number, reading: number): void {
    const graph = this.#graph;
    const at = this.#at;
    for (let t = 0; t < at.length; t++) this.#stood.push(at[t] as Standing);
    this.#takingBack.take(start, event, this.#taken);
    const node = this.#nodeOf[event] as Standing;
    const isUpdate = ((graph.kind[event] as number) & update) !== 0;
    const first = isUpdate
      ? graph.positionSeen(graph.before[event] as number) + 1
      : this.#model.earliest(node.thread, node.address, write, node.order) + 1;
    this.#push(Tries.revisits, event, node, first, 0);
    this.#frames[(this.#depth - 1) * frameSize + scanOf] = reading;
  }

  #nextRevisit(frame: number): boolean {
    const graph = this.#graph;
    const at = this.#at;
    const frames = this.#frames;
    const event = frames[frame + eventOf] as number;
    const reading = frames[frame + scanOf] as number;
    const node = this.#nodeOf[reading] as Standing;
    if (frames[frame + positionOf] !== none) this.#unread(reading);
    const rowsEnd = graph.rowsEnd;
    while (this.#placeNext(frame, event)) {
      const position = graph.position[event] as number;
      at[node.thread] = node;
      const newest = (graph.moLengths[node.address] as number) - 1;
      if (position < newest && this.#trie.isInVain(node, graph.value[event] as number)) continue;
      const kind = graph.kind[reading] as number;
      if (this.#model.earliest(node.thread, node.address, kind, node.order) <= position) {
        graph.enter(reading);
        if (this.#readFrom(reading, event, node)) return this.#goOn(frame, reading, node);
        this.#unread(reading);
        graph.rowsEnd = rowsEnd;
      }
    }
    this.#takingBack.putBack();
    const stood = this.#stood.length - at.length;
    for (let t = 0; t < at.length; t++) at[t] = this.#stood[stood + t] as Standing;
    this.#stood.length = stood;
    this.#depth--;
    return false;
  }
}
