import type { Frame } from '#impl/machine/context.ts';
import type { Observer } from '#impl/machine/machine.ts';
import { Kind, lastAccessKind } from '#impl/machine/ops.ts';
import { nondeterministic } from '#model/engine/cores/contexts.ts';
import { type CoreStep, Role } from '#model/engine/cores/core-step.ts';
import type { Action } from '#model/engine/cores/order.ts';
import { type Choice, drainOf, isIn, type Strategy, timerOf } from '#model/engine/explore/strategy.ts';
import { type ExecutionGraph, read, update } from '#model/engine/graph/events.ts';

const isOf = ({ kind, address, operand, expected }: CoreStep, frame: Frame): boolean =>
  kind === frame.kind &&
  address === frame.address &&
  operand === (frame.operand | 0) &&
  expected === (frame.expected | 0);

/** Makes the machine do what a graph says, in a given order, and sees whether it does. */
export class Following implements Strategy {
  /** Whether the machine has done something else. */
  hasDiverged = false;
  readonly #graph: ExecutionGraph;
  readonly #stepOf: (event: number) => CoreStep;
  readonly #actions: readonly Action[];
  readonly #isTso: boolean;
  readonly #heedsInterrupts: boolean;
  readonly #done: number[];
  /** Under `tso`: the stores in each store buffer. */
  readonly #buffers: number[][];
  #next = 0;
  #acting: Action | undefined;
  /** The step for which a timer is due already. */
  #raised: Action | undefined;

  constructor(
    graph: ExecutionGraph,
    stepOf: (event: number) => CoreStep,
    actions: readonly Action[],
    cores: number,
    isTso: boolean,
    heedsInterrupts: boolean,
  ) {
    this.#isTso = isTso;
    this.#heedsInterrupts = heedsInterrupts;
    this.#graph = graph;
    this.#stepOf = stepOf;
    this.#actions = actions;
    this.#done = new Array<number>(cores).fill(0);
    this.#buffers = Array.from({ length: cores }, () => []);
  }

  /** Whether all of the graph was done. */
  get isAtEnd(): boolean {
    // Stores that reached memory at once need no action.
    return this.#actions
      .slice(this.#next)
      .every(({ tag, core, events }) => tag === 'drain' && !this.#buffers[core]?.includes(events[0] as number));
  }

  choose(choice: Choice): number {
    this.#acting = undefined;
    for (;;) {
      const action = this.#actions[this.#next];
      if (!action || this.hasDiverged) return choice.default;
      const { core, steps, tag } = action;
      if (tag === 'drain') {
        this.#next++;
        const store = action.events[0] as number;
        if (!this.#buffers[core]?.includes(store)) continue; // it reached memory at once
        if (this.#buffers[core]?.shift() !== store) return this.#diverge(choice);
        return isIn(choice.buffered, core) ? drainOf(core, choice.cores) : this.#diverge(choice);
      }
      const done = this.#done[core] as number;
      if (tag === 'timer' && done === steps) {
        this.#next++;
        return choice.timersLeft > 0 ? timerOf(core, choice.cores) : this.#diverge(choice);
      }
      if (done >= steps) {
        this.#next++;
        if (done > steps || steps > 0) return this.#diverge(choice);
        continue;
      }
      if (!isIn(choice.enabled, core)) return this.#diverge(choice);
      if (action.isStruck && done + 1 === steps && this.#raised !== action) {
        this.#raised = action;
        return choice.timersLeft > 0 ? timerOf(core, choice.cores) : this.#diverge(choice);
      }
      this.#done[core] = done + 1;
      if (done + 1 === steps && tag === 'step') {
        this.#acting = action;
        this.#next++;
        this.#buffer(action);
      }
      return core;
    }
  }

  way(ways: number): number {
    const action = this.#acting;
    const event = action?.events.find((one) => this.#stepOf(one).role === Role.access);
    if (!action || event === undefined) return 0;
    const way = this.#isTso ? Number(!this.#isAtOnce(event)) : this.#wayOf(event);
    if (way < ways) return way;
    this.hasDiverged = true;
    return 0;
  }

  readonly observer: Observer = (_core, context, frame, result) => {
    const action = this.#acting;
    if (!action || this.hasDiverged || frame.kind > lastAccessKind) return;
    const event = action.events.find((one) => this.#stepOf(one).role === Role.access);
    if (event !== undefined && !isOf(this.#stepOf(event), frame)) {
      if (!this.#heedsInterrupts) throw nondeterministic(context);
      this.hasDiverged = true; // an interrupt struck earlier or later than the graph has it
      return;
    }
    if (frame.kind === Kind.store) return;
    if (event === undefined || this.#graph.value[event] !== result) this.hasDiverged = true;
  };

  #diverge(choice: Choice): number {
    this.hasDiverged = true;
    return choice.default;
  }

  /** Under `tso`, whether a store is to reach memory at once: the action under way is followed by that. */
  #isAtOnce(store: number): boolean {
    for (let i = this.#next; this.#actions[i]?.tag === 'drain'; i++) {
      if (this.#actions[i]?.events[0] === store) return true;
    }
    return false;
  }

  /** Under `tso`, puts the stores of an action into the store buffer, as the machine will. */
  #buffer({ core, events, after }: Action): void {
    const buffer = this.#buffers[core] as number[];
    for (const event of events) {
      const { role } = this.#stepOf(event);
      const isBuffered = after.some(({ action }) => action.tag === 'drain' && action.events[0] === event);
      if (role === Role.answer || !isBuffered) continue;
      if (buffer.length > 0 || !this.#isAtOnce(event)) buffer.push(event);
      // What the machine itself stores does not wait if nothing else does.
      if (buffer.length === 1 && buffer[0] === event && role !== Role.access) this.hasDiverged = true;
    }
  }

  /** Under `rc11`, the way in which the machine must go to read, or to come after, what the graph says. */
  #wayOf(event: number): number {
    const graph = this.#graph;
    const location = graph.location[event] as number;
    const kind = graph.kind[event] as number;
    const step = this.#stepOf(event);
    const made = this.#madeAt(location);
    const isRead = (kind & read) !== 0;
    const wanted = isRead
      ? (graph.position[graph.source[event] as number] as number)
      : (graph.position[event] as number);
    let way = 0;
    for (let i = made.length - 1; i >= 0; i--) {
      const at = made[i] as number;
      const position = graph.position[at] as number;
      if (isRead ? position === wanted : position < wanted) return way;
      const isTaken = ((graph.kind[at] as number) & update) !== 0;
      const older = made[i - 1];
      if (older === undefined) break;
      if (step.kind === Kind.load) way++;
      else if (!isRead) way += isTaken ? 0 : 1;
      else {
        const isFailing = step.kind === Kind.compareAndSwap && graph.value[older] !== step.expected;
        if (isFailing || !isTaken) way++;
      }
    }
    this.hasDiverged = true;
    return 0;
  }

  /** The writes at a location that were made before the action under way, in modification order. */
  #madeAt(location: number): readonly number[] {
    const graph = this.#graph;
    const writes = graph.mo[location] as Int32Array;
    const made: number[] = [location];
    for (let i = 1; i < (graph.moLengths[location] as number); i++) {
      if (this.#isMade(writes[i] as number)) made.push(writes[i] as number);
    }
    return made;
  }

  #isMade(event: number): boolean {
    const core = this.#graph.thread[event] as number;
    const { standing } = this.#stepOf(event);
    const acting = this.#acting;
    const steps = this.#done[core] as number;
    return standing.steps < steps || (standing.steps === steps && acting?.core !== core);
  }
}
