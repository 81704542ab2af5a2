import { type Address, Kind, load, type MicroOp, type Routine, register, store } from '#impl/machine/ops.ts';
import { execute, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { pctStrategy } from '#model/engine/explore/pct.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Contender } from '#reports/bench/measure.ts';
import { routineSubject, twoThreads } from '#reports/bench/routine-subject.ts';

/** A routine that does nothing but access memory: what remains is the cost of the machine and the strategy. */
function* spin(words: Address, rounds: number): Routine<number> {
  let sum = 0;
  for (let i = 0; i < rounds; i++) {
    sum = (sum + (yield load(words + (i & 7), 'acquire'))) | 0;
    yield store(words + ((i + 3) & 7), i, 'release');
  }
  return sum;
}

const rounds = 5000;
const microOps = 2 * 2 * rounds;

const spinning = routineSubject('bench/spin', 8, (_thread, words) => spin(words, rounds));

/** The same routine, stepped by the least that can step it. */
const runBare = (): number => {
  const memory = new Int32Array(8);
  for (let thread = 0; thread < 2; thread++) {
    const routine: Generator<MicroOp, number, number> = spin(0, rounds);
    let result = 0;
    for (let step = routine.next(result); !step.done; step = routine.next(result)) {
      register.pending = false;
      if (register.kind === Kind.load) result = memory[register.address] as number;
      else memory[register.address] = register.operand;
    }
  }
  return microOps;
};

/** Micro-ops per second: a bare loop, then the machine under each strategy. */
export const machineContenders = async (): Promise<Contender[]> => {
  const world = await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits: [] }, []);
  const rig = rigFor(spinning, '', world);
  const limits = { ...usualLimits, steps: 3 * microOps };
  const random = randomFrom(1);
  const on = (name: string, strategy: () => ReturnType<typeof randomStrategy>): Contender => ({
    name,
    run: () => execute(rig, twoThreads, strategy(), limits).steps,
  });
  return [
    { name: 'bare loop over the generator', run: runBare },
    on('machine, a core drawn at each step', () => randomStrategy(random, 1)),
    on('machine, a core drawn at each 10th step', () => randomStrategy(random, 10)),
    on('machine, pct of depth 3', () => pctStrategy(random, 2, 3, microOps, false)),
  ];
};
