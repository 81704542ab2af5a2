import type { GraphMemory } from '#model/engine/graph/program.ts';
import { type Allowed, enumerate } from '#model/engine/litmus/enumerate.ts';
import { binary, constant, read } from '#model/engine/litmus/expressions.ts';
import { addressOf, LitmusError } from '#model/engine/litmus/source.ts';
import type { Drawn, Step } from '#properties/graph/drawn.ts';
import type { MemoryModel } from '#spec/machine/memory/model.ts';
import type {
  AccessOrder,
  Expression,
  Instruction,
  LitmusProgram,
  LitmusThread,
  Observed,
} from '#spec/machine/memory/program.ts';
import { rc11With, rc20 } from '#spec/machine/memory/rc11.ts';
import { sc } from '#spec/machine/memory/sc.ts';
import { tso } from '#spec/machine/memory/tso.ts';

const axioms: Readonly<Record<GraphMemory, MemoryModel>> = { sc, tso, rc11: rc11With('rc20', rc20) };

/** What the axioms allow: the number of complete executions, and of each final state how many end in it. */
export interface ByAxioms {
  readonly executions: number;
  readonly states: ReadonlyMap<string, number>;
}

/**
 * The executions of a drawn program, enumerated and judged by the relational axioms of the spec. A final state is the
 * words in memory, then what each thread read. Those in which a thread waits in vain are left out. Null: they are too
 * many to be enumerated.
 */
export const byAxioms = (drawn: Drawn, memory: GraphMemory): ByAxioms | null => {
  const allowed = allowedBy(litmusOf(drawn, memory), axioms[memory]);
  if (allowed === null) return null;
  const states = new Map<string, number>();
  let executions = 0;
  for (const { state, executions: count } of allowed.states) {
    if (state.slice(-drawn.threads.length).some((isStuck) => isStuck !== 0n)) continue;
    const key = state.slice(0, -drawn.threads.length).join();
    states.set(key, (states.get(key) ?? 0) + count);
    executions += count;
  }
  return { executions, states };
};

const allowedBy = (program: LitmusProgram, model: MemoryModel): Allowed | null => {
  try {
    return enumerate(program, [model]).allowed[0] as Allowed;
  } catch (error) {
    if (error instanceof LitmusError && error.trouble === 'bound') return null;
    throw error;
  }
};

const width = 'doubleword';

/** The registers of a thread: whether it waits in vain, what it read last, and what it read at each step. */
const stuck = 0;
const last = 1;
const wordAt = (step: number): number => 2 + step;

/** As an x86 program under tso, where a fence follows each seq_cst store; else in C. */
const litmusOf = ({ name, locations, threads }: Drawn, memory: GraphMemory): LitmusProgram => {
  const all = Array.from({ length: locations }, (_, location) => location);
  const of = (register: (step: number) => number) => (steps: readonly Step[], thread: number) =>
    steps.map((_, step): Observed => ({ tag: 'register', thread, register: register(step) }));
  return {
    name,
    architecture: memory === 'tso' ? 'X86_64' : 'C',
    threads: threads.map((steps) => threadOf(steps, memory === 'tso')),
    locations: all.map((location) => `v${location}`),
    initial: all.map(() => 0n),
    observed: [
      ...all.map((location): Observed => ({ tag: 'location', location })),
      ...threads.flatMap(of(wordAt)),
      ...threads.map((_, thread): Observed => ({ tag: 'register', thread, register: stuck })),
    ],
    backwardBranchesMax: 0,
  };
};

const threadOf = (steps: readonly Step[], isTso: boolean): LitmusThread => {
  const parts = steps.map((step, i) => instructionsOf(step, i, isTso));
  const starts = parts.map((_, i) => parts.slice(0, i).flat().length);
  const length = parts.flat().length;
  const instructions = parts.flatMap((part, i) =>
    part.map((instruction): Instruction => {
      if (instruction.tag !== 'branch') return instruction;
      // An await that is not met ends the thread; a skip leaves the next step out.
      return { ...instruction, target: steps[i]?.tag === 'await' ? length : (starts[i + 2] ?? length) };
    }),
  );
  const registers = ['stuck', 'last', ...steps.map((_, i) => `r${i}`)];
  return { instructions, registers, initial: registers.map(() => 0n) };
};

const instructionsOf = (step: Step, i: number, isTso: boolean): Instruction[] => {
  const register = wordAt(i);
  const keep: Instruction = { tag: 'assign', register: last, value: read(register) };
  if (step.tag === 'skip') {
    return [{ tag: 'branch', condition: binary('equal', read(last), constant(BigInt(step.word))), target: -1 }];
  }
  if (step.tag === 'fence') {
    if (!isTso) return [{ tag: 'fence', fence: `c.${step.order}` }];
    return step.order === 'seq_cst' ? [{ tag: 'fence', fence: 'mfence' }] : [];
  }
  const address = constant(addressOf(step.location));
  const order: AccessOrder = isTso ? 'plain' : step.order;
  const [readOrder, writeOrder] = order === 'acq_rel' ? (['acquire', 'release'] as const) : [order, order];
  const value = (word: number): Expression => constant(BigInt(word));
  switch (step.tag) {
    case 'load':
      return [{ tag: 'load', register, address, order, width, exclusive: false }, keep];
    case 'store': {
      const stored = step.word === 'last' ? read(last) : value(step.word);
      const store: Instruction = { tag: 'store', address, value: stored, order, width, status: null };
      return isTso && step.order === 'seq_cst' ? [store, { tag: 'fence', fence: 'mfence' }] : [store];
    }
    case 'swap':
    case 'add': {
      const operand = value(step.word);
      const shared = { register, address, operand, readOrder, writeOrder, width, locked: isTso } as const;
      return [{ tag: 'update', update: step.tag, ...shared }, keep];
    }
    case 'cas': {
      const [expected, desired] = [value(step.expected), value(step.word)];
      const failureOrder = readOrder === 'release' ? 'relaxed' : readOrder;
      const orders = { readOrder, writeOrder, failureOrder } as const;
      const how = { width, locked: isTso, failsSpuriously: false, result: null } as const;
      return [{ tag: 'compareAndSwap', register, address, expected, desired, ...orders, ...how }, keep];
    }
    case 'await': {
      const isUnmet = binary(step.isOther ? 'equal' : 'notEqual', read(stuck), value(step.word));
      return [
        { tag: 'load', register: stuck, address, order, width, exclusive: false },
        { tag: 'assign', register: stuck, value: isUnmet },
        { tag: 'branch', condition: read(stuck), target: -1 },
      ];
    }
  }
};
