import { LitmusError } from '#model/engine/litmus/source.ts';
import type { EventGraph, MemoryEvent } from '#spec/machine/memory/execution.ts';
import type { LocationId } from '#spec/machine/memory/program.ts';
import { isRelated } from '#spec/machine/memory/relation.ts';

/** As many orders of the writes to one location are looked at: beyond this it is not worth waiting for. */
const ordersMax = 1_000_000;

/** The accesses to one location, thread by thread, each thread's in program order. */
export interface Accesses {
  readonly location: LocationId;
  readonly threads: readonly (readonly number[])[];
  readonly writes: readonly number[];
  readonly reads: readonly number[];
}

/** One way to order the writes to a location and to say what its reads read. */
export interface Way {
  /** Coherence order. */
  readonly order: readonly number[];
  /** Of each of the location's `reads`: the write it reads from, -1 for the initial value. */
  readonly sources: readonly number[];
}

/** The accesses of a graph to each location that has any. */
export const accessesOf = (graph: EventGraph): Accesses[] => {
  const byLocation = new Map<LocationId, number[]>();
  for (const [index, event] of graph.events.entries()) {
    if (event.tag === 'fence') continue;
    const indices = byLocation.get(event.location);
    if (indices) indices.push(index);
    else byLocation.set(event.location, [index]);
  }
  const tagOf = (index: number): string => (graph.events[index] as MemoryEvent).tag;
  return [...byLocation].map(([location, indices]) => {
    const threads = Map.groupBy(indices, (index) => (graph.events[index] as MemoryEvent).thread);
    return {
      location,
      threads: [...threads.values()],
      writes: indices.filter((index) => tagOf(index) === 'write'),
      reads: indices.filter((index) => tagOf(index) === 'read'),
    };
  });
};

/**
 * All coherent ways for one location: each thread sees its writes in an order that agrees with program order. These are
 * exactly the ways in which the axiom `coherence` holds of the location's part of an execution, so none of the others
 * is ever built. With `isAtomic` also the axiom `atomicity` holds. `mayRead`: whether a read and a write may be of one
 * value; -1 is the initial value.
 */
export const coherentWays = (
  graph: EventGraph,
  accesses: Accesses,
  mayRead: (read: number, write: number) => boolean,
  isAtomic: boolean,
): Way[] => {
  const { threads, writes, reads } = accesses;
  const ways: Way[] = [];
  const order: number[] = [];
  /** Of each write, its place in `order`, from 1; the initial value has place 0. */
  const placeOf: number[] = [];
  const sources: number[] = reads.map(() => -1);
  const isWrite = (index: number): boolean => (graph.events[index] as MemoryEvent).tag === 'write';
  const next = threads.map(() => 0);
  let orders = 0;

  /** Orders the writes, keeping each thread's in program order. */
  const orderWrites = (): void => {
    if (order.length === writes.length) {
      if (++orders > ordersMax) {
        const problem = `there are more than ${ordersMax} orders of the ${writes.length} writes to one location`;
        throw new LitmusError('bound', 0, problem, 'tests with fewer can be run');
      }
      readFrom(0, 0, 0);
      return;
    }
    for (const [thread, indices] of threads.entries()) {
      const before = next[thread] as number;
      let at = before;
      while (at < indices.length && !isWrite(indices[at] as number)) at++;
      if (at === indices.length) continue;
      const write = indices[at] as number;
      next[thread] = at + 1;
      order.push(write);
      placeOf[write] = order.length;
      orderWrites();
      order.pop();
      next[thread] = before;
    }
  };

  /** Chooses what each read reads, thread by thread. A thread's accesses go forward in the order, or stay. */
  const readFrom = (thread: number, at: number, floor: number): void => {
    const indices = threads[thread];
    if (indices === undefined) {
      ways.push({ order: order.slice(), sources: sources.slice() });
      return;
    }
    const index = indices[at];
    if (index === undefined) {
      readFrom(thread + 1, 0, 0);
      return;
    }
    if (isWrite(index)) {
      const place = placeOf[index] as number;
      if (floor < place) readFrom(thread, at + 1, place);
      return;
    }
    for (let place = floor; place <= order.length; place++) {
      const write = place === 0 ? -1 : (order[place - 1] as number);
      if (write > index && indices.includes(write)) break;
      if (!mayRead(index, write) || (isAtomic && isParted(index, place))) continue;
      sources[reads.indexOf(index)] = write;
      readFrom(thread, at + 1, place);
    }
  };

  /** Whether another thread's write is between what the read of a read-modify-write reads and its own write. */
  const isParted = (read: number, place: number): boolean => {
    for (const write of writes) {
      if (!isRelated(graph.rmw, read, write)) continue;
      for (let between = place + 1; between < (placeOf[write] as number); between++) {
        if (isRelated(graph.external, read, order[between - 1] as number)) return true;
      }
    }
    return false;
  };

  orderWrites();
  return ways;
};
