import {
  type AccessProgram,
  type Event,
  type EventProgram,
  eventOf,
  type WrittenExpression,
} from '#model/engine/graph/written.ts';
import { addressOf } from '#model/engine/litmus/source.ts';
import type {
  AccessOrder,
  Expression,
  Fence,
  Instruction,
  LitmusProgram,
  LitmusThread,
  Value,
} from '#spec/machine/memory/program.ts';

/** Programs of which others counted the executions, as litmus programs. */

const width = 'doubleword';

/** Numbers names as they come. */
const numbering = () => {
  const names: string[] = [];
  return {
    names,
    of: (name: string): number => {
      const known = names.indexOf(name);
      return known >= 0 ? known : names.push(name) - 1;
    },
  };
};

/** `readOrder` and `writeOrder`: of every access; plain for a processor. */
export const countedProgram = (
  { id, init = {}, threads }: AccessProgram,
  readOrder: AccessOrder,
  writeOrder: AccessOrder,
): LitmusProgram => {
  const locations = numbering();
  const translated = threads.map((thread): LitmusThread => {
    const registers = numbering();
    const value = (expression: WrittenExpression): Expression => {
      if (typeof expression === 'number') return { tag: 'constant', value: BigInt(expression) };
      if (expression[0] === 'reg') return { tag: 'register', register: registers.of(expression[1]) };
      const [operator, left, right] = expression;
      return {
        tag: 'binary',
        operator: operator === '+' ? 'add' : 'equal',
        left: value(left),
        right: value(right),
      };
    };
    const instructions = thread.map(([tag, location, what]): Instruction => {
      const address: Expression = { tag: 'constant', value: addressOf(locations.of(location)) };
      return tag === 'R'
        ? { tag: 'load', register: registers.of(what), address, order: readOrder, width, exclusive: false }
        : { tag: 'store', address, value: value(what), order: writeOrder, width, status: null };
    });
    return threadOf(instructions, registers.names);
  });
  const initial = locations.names.map((name) => BigInt(init[name] ?? init[`vars[${name.slice(1)}]`] ?? 0));
  return programOf(id, translated, locations.names, initial);
};

/** Null: it has something that is no access, update or fence. Each write gets a value of its own. */
export const eventProgram = ({ test, params, threads }: EventProgram): LitmusProgram | null => {
  const locations = numbering();
  let writes = 0n;
  const written = threads.map((thread) => thread.map(eventOf));
  if (written.flat().includes(null)) return null;
  const events = written.map((thread) => thread.flatMap((known) => known ?? []));
  const instructionOf = ({ tag, location, order }: Event, register: number): Instruction => {
    if (tag === 'fence') return { tag, fence: `c.${order}` as Fence };
    const address: Expression = { tag: 'constant', value: addressOf(locations.of(location)) };
    const accessOrder = order as AccessOrder;
    if (tag === 'read') return { tag: 'load', register, address, order: accessOrder, width, exclusive: false };
    writes += 1n;
    const value: Expression = { tag: 'constant', value: writes };
    if (tag === 'write') return { tag: 'store', address, value, order: accessOrder, width, status: null };
    const [readOrder, writeOrder] =
      order === 'acq_rel' ? (['acquire', 'release'] as const) : [accessOrder, accessOrder];
    const orders = { readOrder, writeOrder } as const;
    return { tag: 'update', register, address, update: 'swap', operand: value, ...orders, width, locked: true };
  };
  const translated = events.map((thread) =>
    threadOf(
      thread.map(instructionOf),
      thread.map((_, i) => `r${i}`),
    ),
  );
  const initial = locations.names.map(() => 0n);
  return programOf(`${test} ${params}`, translated, locations.names, initial);
};

const threadOf = (instructions: readonly Instruction[], registers: readonly string[]): LitmusThread => ({
  instructions,
  registers,
  initial: registers.map(() => 0n),
});

const programOf = (
  name: string,
  threads: readonly LitmusThread[],
  locations: readonly string[],
  initial: readonly Value[],
): LitmusProgram => ({
  name,
  architecture: 'C',
  threads,
  locations,
  initial,
  observed: [],
  backwardBranchesMax: 0,
});
