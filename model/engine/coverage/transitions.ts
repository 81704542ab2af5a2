import type { Judgement } from '#model/engine/refine/judge.ts';
import { none } from '#model/engine/refine/numbered.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { count, type SpecCoverage } from '#model/engine/space/coverage.ts';

/** Where a thread is in the spec. */
interface Place {
  /** What is left of its call, by number; none: it is in none. */
  call: number;
  /** It is over in the spec, and the answer is to come. */
  isOver: boolean;
  /** That it waits is counted. */
  waits: boolean;
}

/**
 * Which transitions of a spec an implementation has taken: for each execution, those of its explanation. An answer counts
 * when it is given. A call counts as waiting where the spec lets nobody who is in a call go on, so that this one has to
 * wait, however it does that. What the spec does not explain takes no transition.
 */
export class Transitions {
  /** Executions that the spec does not explain. */
  unexplained = 0;
  readonly #counts = new Map<string, Map<string, number>>();

  /** How often each outcome of each call was taken: by call, by outcome. */
  get counts(): SpecCoverage {
    return this.#counts;
  }

  note({ answers, execution, graph, variant }: Judgement): void {
    if (answers.tag === 'unexplained') {
      this.unexplained++;
      return;
    }
    const { history, program } = execution;
    const { initial, calls } = graph.program(variant, program);
    const { steps } = answers;
    const places = calls.map((): Place => ({ call: none, isOver: false, waits: false }));
    let state = initial;
    let next = 0;
    for (const [at, event] of history.entries()) {
      const place = places[event.thread] as Place;
      if (event.tag === 'invoke') {
        place.call = calls[event.thread]?.[event.index] as number;
        place.isOver = false;
        place.waits = false;
      } else {
        count(this.#counts, graph.calls.shared(place.call), { tag: 'returns', answer: event.answer });
        place.call = none;
      }
      this.#noteWaits(graph, state, places);
      for (let step = steps[next]; step?.after === at; step = steps[++next]) {
        const mover = places[step.thread] as Place;
        state = step.state;
        mover.isOver = step.isOver;
        mover.waits = false;
        if (step.isOver) continue;
        const rest = graph.calls.shared(step.rest);
        count(this.#counts, graph.calls.shared(mover.call), { tag: 'continues', rest });
        mover.call = step.rest;
      }
    }
    if (execution.end === 'quiescent') this.#noteWaits(graph, state, places);
  }

  /** Counts each call that waits, once, if nobody who is in a call can go on. */
  #noteWaits(graph: SpecGraph, state: number, places: readonly Place[]): void {
    for (const [thread, { call, isOver }] of places.entries()) {
      if (call !== none && !isOver && graph.edges(state, thread, call).length > 0) return;
    }
    for (const place of places) {
      if (place.call === none || place.isOver || place.waits) continue;
      place.waits = true;
      count(this.#counts, graph.calls.shared(place.call), { tag: 'waits' });
    }
  }
}
