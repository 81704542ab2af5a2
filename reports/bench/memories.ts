import type { Memory } from '#impl/machine/memory/memory.ts';
import { type Address, Kind, load, type MicroOp, pause, type Routine, register, store } from '#impl/machine/ops.ts';
import { execute, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { memories, memoryNames } from '#model/engine/explore/memories.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Contender } from '#reports/bench/measure.ts';
import { routineSubject, twoThreads } from '#reports/bench/routine-subject.ts';

const slots = 8;
const items = 10_000;

/** A ring between one writer and one reader: plain slots, published and given back by a counter each. */
function* ring(thread: number, words: Address): Routine<number> {
  const [head, tail] = [words + slots, words + slots + 1];
  let sum = 0;
  for (let item = 0; item < items; item++) {
    if (thread === 0) {
      while (item - (yield load(head, 'acquire')) === slots) yield pause(); // pairs with the reader's store
      yield store(words + (item % slots), item, 'plain');
      yield store(tail, item + 1, 'release'); // shows the item
    } else {
      while ((yield load(tail, 'acquire')) === item) yield pause(); // pairs with the writer's store
      sum = (sum + (yield load(words + (item % slots), 'plain'))) | 0;
      yield store(head, item + 1, 'release'); // gives the slot back
    }
  }
  return sum;
}

/** Micro-ops per second of one ring buffer under each memory, the core drawn anew at every `every`th step. */
export const memoryContenders = async (every: number): Promise<Contender[]> => {
  const world = await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []);
  const rig = rigFor(routineSubject('bench/ring', slots + 2, ring), '', world);
  return memoryNames.map((memory) => ({
    name: `ring buffer under ${memory}`,
    run: () => {
      const limits = { ...usualLimits, memory, steps: 100 * items };
      const { end, steps } = execute(rig, twoThreads, randomStrategy(randomFrom(1), every), limits);
      if (end !== 'quiescent') throw new Error(`the ring buffer did not come to its end: ${end}`);
      return steps;
    },
  }));
};

/** The same ring, stepped by the least that can step it: the cores take turns, each store drains at its core's next. */
const runBare = (memory: Memory): number => {
  let asked = 0;
  memory.reset(new Int32Array(slots + 2), (ways) => (++asked % 3 === 0 ? asked % ways : 0));
  let steps = 0;
  const threads: Generator<MicroOp, number, number>[] = [ring(0, 0), ring(1, 0)];
  const results = [0, 0];
  for (let left = 2; left > 0; ) {
    left = 2;
    for (let core = 0; core < 2; core++) {
      if (memory.buffered(core) > 0) memory.drain(core);
      const { done } = (threads[core] as Generator<MicroOp, number, number>).next(results[core] as number);
      if (done) left--;
      register.pending = false;
      const { kind, address, operand, order } = register;
      if (done || kind === Kind.pause) continue;
      if (kind === Kind.load) results[core] = memory.load(core, address, order);
      else memory.store(core, address, operand, order);
      steps++;
    }
  }
  return steps;
};

/** Micro-ops per second of the ring buffer with no machine around the memory. */
export const bareMemoryContenders = (): Contender[] =>
  memoryNames.map((name) => {
    const memory = memories[name](slots + 2, 2);
    return { name: `ring buffer on ${name} alone`, run: () => runBare(memory) };
  });
