import type { EventMask, Shape, ShapedEvent } from '#model/engine/litmus/shape.ts';
import type { EventGraph, MemoryEvent } from '#spec/machine/memory/execution.ts';
import { emptyRelation, eventSet, relate, relationOf } from '#spec/machine/memory/relation.ts';

/** The events of an execution: those of one shape a thread, thread by thread. */
export const graphOf = (shapes: readonly Shape[]): EventGraph => {
  const shaped: ShapedEvent[] = shapes.flatMap((shape) => shape.events);
  const events: MemoryEvent[] = shaped.map(({ event }) => event);
  const size = events.length;
  const threadOf = (index: number): number => (events[index] as MemoryEvent).thread;
  const firsts: number[] = [];
  let first = 0;
  for (const shape of shapes) {
    firsts.push(first);
    first += shape.events.length;
  }
  const firstOf = (index: number): number => firsts[threadOf(index)] as number;

  const dependency = (maskOf: (event: ShapedEvent) => EventMask) => {
    const relation = emptyRelation(size);
    for (const [to, event] of shaped.entries()) {
      const mask = maskOf(event);
      for (let from = 0; from < 32 && mask >>> from !== 0; from++) {
        if (((mask >>> from) & 1) === 1) relate(relation, firstOf(to) + from, to);
      }
    }
    return relation;
  };
  const locationOf = (index: number): number => {
    const event = events[index] as MemoryEvent;
    return event.tag === 'fence' ? -1 : event.location;
  };

  return {
    size,
    events,
    reads: eventSet(size, (index) => events[index]?.tag === 'read'),
    writes: eventSet(size, (index) => events[index]?.tag === 'write'),
    accesses: eventSet(size, (index) => events[index]?.tag !== 'fence'),
    po: relationOf(size, (from, to) => from < to && threadOf(from) === threadOf(to)),
    sameLocation: relationOf(size, (from, to) => locationOf(from) >= 0 && locationOf(from) === locationOf(to)),
    internal: relationOf(size, (from, to) => threadOf(from) === threadOf(to)),
    external: relationOf(size, (from, to) => threadOf(from) !== threadOf(to)),
    address: dependency(({ address }) => address),
    data: dependency(({ data }) => data),
    control: dependency(({ control }) => control),
    pickAddress: dependency(({ pickAddress }) => pickAddress),
    pickData: dependency(({ pickData }) => pickData),
    pickControl: dependency(({ pickControl }) => pickControl),
    amo: dependency(({ pair }) => (pair?.kind === 'amo' ? 1 << pair.read : 0)),
    rmw: dependency(({ pair }) => (pair ? 1 << pair.read : 0)),
  };
};
