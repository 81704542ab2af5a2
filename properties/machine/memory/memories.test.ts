import { describe, expect, it } from 'vitest';
import { type Memory, ordinary } from '#impl/machine/memory/memory.ts';
import type { FenceOrder, Order } from '#impl/machine/order.ts';
import { type MemoryName, memories, memoryNames } from '#model/engine/explore/memories.ts';
import { below, randomFrom } from '#model/engine/explore/random.ts';

const sizeWords = 4;
const cores = 3;
const orders: readonly Order[] = ['relaxed', 'acquire', 'release', 'acq_rel', 'seq_cst'];
const fences: readonly FenceOrder[] = ['acquire', 'release', 'acq_rel', 'seq_cst'];

const fresh = (name: MemoryName, oracle = ordinary): Memory => {
  const memory = memories[name](sizeWords, cores);
  memory.reset(new Int32Array(sizeWords), oracle);
  return memory;
};

/** The same accesses each time, and all that they give. */
const given = (memory: Memory, accesses: number): number[] => {
  const random = randomFrom(1);
  return Array.from({ length: accesses }, () => {
    const [core, address, word] = [below(random, cores), below(random, sizeWords), below(random, 5)];
    const order = orders[below(random, orders.length)] as Order;
    switch (below(random, 8)) {
      case 0:
        memory.store(core, address, word, order);
        return memory.latest(address);
      case 1:
        return memory.compareAndSwap(core, address, word, word + 1, order);
      case 2:
        return memory.fetchAdd(core, address, 2 ** 30, order);
      case 3:
        return memory.swap(core, address, word, order);
      case 4:
        memory.fence(core, fences[below(random, fences.length)] as FenceOrder);
        return memory.settled(core, address);
      case 5:
        return memory.loadSettled(core, address, order);
      default:
        return memory.load(core, address, order);
    }
  });
};

describe('every memory', () => {
  it.each(memoryNames)('%s gives what sc gives, if every access goes the ordinary way', (name) => {
    const [memory, sc] = [fresh(name), fresh('sc')];
    expect(given(memory, 5000)).toEqual(given(sc, 5000));
    expect(memory.snapshot()).toEqual(sc.snapshot());
  });

  it.each(memoryNames)('%s starts over at a reset', (name) => {
    const memory = fresh(name);
    const first = given(memory, 500);
    memory.reset(new Int32Array(sizeWords), ordinary);
    expect(given(memory, 500)).toEqual(first);
    memory.reset(Int32Array.of(7, 8, 9, 10), ordinary);
    expect([...memory.snapshot()]).toEqual([7, 8, 9, 10]);
    expect(memory.load(2, 3, 'relaxed')).toBe(10);
  });
});

describe('tso', () => {
  const waiting = (): Memory => fresh('tso', () => 1);

  it('asks where a store goes only while nothing waits before it', () => {
    let asked = 0;
    const memory = fresh('tso', (ways) => {
      expect(ways).toBe(2);
      asked++;
      return 1;
    });
    memory.store(0, 0, 1, 'release');
    memory.store(0, 1, 2, 'relaxed');
    memory.store(1, 0, 3, 'plain');
    expect([asked, memory.buffered(0), memory.buffered(1)]).toEqual([2, 2, 1]);
  });

  it('shows a store that waits to its own core only, until it is drained, the oldest first', () => {
    const memory = waiting();
    memory.store(0, 0, 1, 'release');
    memory.store(0, 1, 2, 'release');
    memory.store(0, 0, 3, 'release');
    const seen = (): number[] => [memory.load(0, 0, 'relaxed'), memory.settled(0, 0), memory.load(1, 0, 'acquire')];
    expect(seen()).toEqual([3, 3, 0]);
    expect(memory.messages(0)).toEqual([
      { word: 0, writer: null, readers: [1, 2] },
      { word: 1, writer: 0, readers: [] },
      { word: 3, writer: 0, readers: [0] },
    ]);
    memory.drain(0);
    expect([...seen(), memory.latest(0), memory.latest(1)]).toEqual([3, 3, 1, 1, 0]);
    memory.drain(0);
    memory.drain(0);
    expect([...memory.snapshot(), memory.buffered(0)]).toEqual([3, 2, 0, 0, 0]);
  });

  it.each<[string, (memory: Memory) => unknown]>([
    ['a compare-and-swap that fails', (memory) => memory.compareAndSwap(0, 1, 7, 8, 'relaxed')],
    ['a compare-and-swap', (memory) => memory.compareAndSwap(0, 1, 0, 8, 'relaxed')],
    ['an addition', (memory) => memory.fetchAdd(0, 1, 1, 'relaxed')],
    ['a swap', (memory) => memory.swap(0, 1, 1, 'relaxed')],
    ['a seq_cst fence', (memory) => memory.fence(0, 'seq_cst')],
    ['a seq_cst store', (memory) => memory.store(0, 1, 1, 'seq_cst')],
    ['an interrupt sent', (memory) => memory.send(0, 1)],
  ])('empties the buffer at %s', (_what, act) => {
    const memory = waiting();
    memory.store(0, 0, 5, 'relaxed');
    act(memory);
    expect([memory.latest(0), memory.buffered(0)]).toEqual([5, 0]);
  });

  it.each<[string, (memory: Memory) => unknown]>([
    ['an acq_rel fence', (memory) => memory.fence(0, 'acq_rel')],
    ['a seq_cst load', (memory) => memory.load(0, 1, 'seq_cst')],
    ['an interrupt received', (memory) => memory.receive(0)],
    ["another core's fence", (memory) => memory.fence(1, 'seq_cst')],
  ])('leaves the buffer as it is at %s', (_what, act) => {
    const memory = waiting();
    memory.store(0, 0, 5, 'release');
    act(memory);
    expect([memory.latest(0), memory.buffered(0)]).toEqual([0, 1]);
  });

  it('has what was stored before an answer in memory when a later call is made, on whatever core', () => {
    const memory = waiting();
    memory.store(0, 0, 5, 'release');
    memory.publish(0);
    memory.store(0, 1, 6, 'release');
    expect(memory.buffered(0)).toBe(2);
    memory.consult(1);
    expect([memory.latest(0), memory.latest(1), memory.buffered(0)]).toEqual([5, 0, 1]);
  });

  it('lets the oldest store go when the buffer is full', () => {
    const memory = waiting();
    for (let word = 1; word <= 65; word++) memory.store(0, 0, word, 'relaxed');
    expect([memory.buffered(0), memory.latest(0), memory.load(0, 0, 'relaxed')]).toEqual([64, 1, 65]);
  });
});

describe('rc11', () => {
  it('asks which message is read, the newest first, and tells who may read each', () => {
    const asked: number[] = [];
    const memory = fresh('rc11', (ways) => {
      asked.push(ways);
      return ways - 1;
    });
    memory.store(0, 0, 1, 'relaxed');
    memory.store(0, 0, 2, 'relaxed');
    expect(memory.messages(0)).toEqual([
      { word: 0, writer: null, readers: [1, 2] },
      { word: 1, writer: 0, readers: [1, 2] },
      { word: 2, writer: 0, readers: [0, 1, 2] },
    ]);
    expect([memory.load(0, 0, 'relaxed'), memory.load(1, 0, 'relaxed'), asked]).toEqual([2, 0, [3]]);
    expect([memory.loadSettled(1, 0, 'relaxed'), memory.load(1, 0, 'relaxed'), asked]).toEqual([2, 2, [3]]);
    expect(memory.messages(0).map(({ readers }) => readers)).toEqual([[2], [2], [0, 1, 2]]);
  });

  it('forgets a message when no core may read it any more', () => {
    const memory = fresh('rc11');
    memory.store(0, 0, 1, 'release');
    memory.load(1, 0, 'acquire');
    expect(memory.messages(0).length).toBe(2);
    memory.load(2, 0, 'acquire');
    expect(memory.messages(0)).toEqual([{ word: 1, writer: 0, readers: [0, 1, 2] }]);
  });

  it.each(['relaxed', 'seq_cst'] as const)('keeps few messages, however long a core is not there: %s', (order) => {
    const memory = fresh('rc11');
    let most = 0;
    for (let word = 0; word < 1000; word++) {
      memory.store(0, 0, word, order);
      memory.fetchAdd(1, 1, 1, order);
      most = Math.max(most, memory.messages(0).length, memory.messages(1).length);
    }
    expect(most).toBeLessThan(order === 'relaxed' ? 20 : 150);
    expect(memory.load(2, 0, 'acquire')).toBe(999);
  });

  it.each(['relaxed', 'seq_cst'] as const)(
    'never shows a core an older word than before, in a long run: %s',
    (order) => {
      const random = randomFrom(3);
      const memory = fresh('rc11', (ways) => below(random, ways));
      const last = new Int32Array(cores * sizeWords);
      let stale = 0;
      for (let word = 1; word < 3000; word++) {
        memory.store(0, below(random, sizeWords), word, order);
        const [core, address] = [1 + below(random, cores - 1), below(random, sizeWords)];
        const seen = memory.load(core, address, below(random, 4) === 0 ? 'acquire' : order);
        expect(seen).toBeGreaterThanOrEqual(last[core * sizeWords + address] as number);
        last[core * sizeWords + address] = seen;
        if (seen !== memory.latest(address)) stale++;
      }
      if (order === 'relaxed') expect(stale).toBeGreaterThan(100);
      else expect(stale).toBeGreaterThan(0);
    },
  );

  it('shows who was interrupted what was written before, and nothing else', () => {
    const memory = fresh('rc11', (ways) => ways - 1);
    memory.store(0, 0, 1, 'relaxed');
    memory.send(0, 1);
    memory.store(0, 1, 1, 'relaxed');
    memory.receive(1);
    expect([memory.load(1, 0, 'relaxed'), memory.load(1, 1, 'relaxed')]).toEqual([1, 0]);
    expect(memory.load(2, 0, 'relaxed')).toBe(0);
  });

  it('shows who makes a call what was written before an answer', () => {
    const memory = fresh('rc11', (ways) => ways - 1);
    memory.store(0, 0, 1, 'relaxed');
    memory.publish(0);
    memory.store(0, 1, 1, 'relaxed');
    memory.consult(1);
    expect([memory.load(1, 0, 'relaxed'), memory.load(1, 1, 'relaxed'), memory.load(2, 0, 'relaxed')]).toEqual([
      1, 0, 0,
    ]);
  });
});
