import { type NumberedOperation, none, type Order } from '#model/engine/refine/numbered.ts';
import type { SpecGraph, Theory } from '#model/engine/refine/spec-graph.ts';
import type { Visited } from '#model/engine/refine/visited.ts';

/**
 * Which calls a search may let happen as soon as they can give their answers: those that change nothing, whichever way
 * they come to their answer. Nobody can tell when they happened, so the first chance is as good as any.
 *
 * Where the question does not say of an operation whether it is such a one, it is assumed to be, until a step of it is
 * met that changes something. A search that has found nothing has to ask whether all that it assumed was so.
 */
export class Eager {
  readonly #graph: SpecGraph<Theory>;
  readonly #order: Order;
  /** By operation: whether it may be one of these. */
  readonly #mayBe: boolean[];
  /** Kinds of calls that have changed nothing somewhere. Others are not tried before they have to be. */
  readonly #kinds = new Set<string>();
  /** The operations that happened because of what is assumed. */
  readonly #assumed = new Set<number>();

  constructor(graph: SpecGraph<Theory>, order: Order) {
    this.#graph = graph;
    this.#order = order;
    this.#mayBe = order.operations.map(({ readsOnly }) => readsOnly !== false);
  }

  /**
   * Whether the operation, of which `word` is left, is to happen in this state; `isNext`: it must, or something else
   * before it.
   */
  happens(operation: number, word: number, state: number, isNext: boolean): boolean {
    if (!this.#mayBe[operation]) return false;
    const { caller, call, answer, readsOnly } = this.#order.operations[operation] as NumberedOperation;
    const { tag } = this.#graph.calls.shared(call);
    if (!isNext && !readsOnly && !this.#kinds.has(tag)) return false;
    for (const edge of this.#graph.edges(state, caller, word)) {
      if (!edge.leadsTo(answer)) continue;
      if (readsOnly) return edge.isLast;
      if (edge.changes) {
        this.#mayBe[operation] = false;
        return false;
      }
      if (!edge.isLast) continue;
      this.#kinds.add(tag);
      this.#assumed.add(operation);
      return true;
    }
    return false;
  }

  /** The operation has changed nothing with its last step: others like it may be such too. */
  learn(operation: number): void {
    const { call } = this.#order.operations[operation] as NumberedOperation;
    this.#kinds.add(this.#graph.calls.shared(call).tag);
  }

  /**
   * Whether an operation that was assumed to change nothing could have changed something in a state that the search came
   * to since it began. Such a one is not tried again; the search has to start over.
   *
   * It does not matter that the operation was answered by then: where it had happened at its first chance, its answer
   * and others after it could be passed, before steps were taken that an explanation takes before that answer.
   */
  isRefuted(visited: Visited): boolean {
    let isRefuted = false;
    const lastEvents = this.#assumed.size > 0 ? visited.lastEvents() : new Map();
    for (const operation of this.#assumed) {
      if (!this.#changes(operation, lastEvents)) continue;
      this.#mayBe[operation] = false;
      isRefuted = true;
    }
    this.#assumed.clear();
    return isRefuted;
  }

  /** Whether the operation, on the way to its answer, changes something in one of those states. */
  #changes(operation: number, lastEvents: ReadonlyMap<number, number>): boolean {
    const { caller, call, answer, begins } = this.#order.operations[operation] as NumberedOperation;
    const words = new Set([call]); // and what may be left of it
    for (const word of words) {
      for (const [state, event] of lastEvents) {
        if (event < begins) continue;
        for (const edge of this.#graph.edges(state, caller, word)) {
          if (!edge.leadsTo(answer)) continue;
          if (edge.changes) return true;
          if (edge.rest !== none) words.add(edge.rest);
        }
      }
    }
    return false;
  }
}
