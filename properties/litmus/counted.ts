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

/** Programs of which others counted the executions, as they wrote them down, in our own language. */

/** A number, a register, or an operation on two of these. */
export type CountedExpression =
  | number
  | readonly ['reg', string]
  | readonly ['+' | '==', CountedExpression, CountedExpression];

/** Straight-line: reads into registers, and writes. */
export interface CountedProgram {
  readonly id: string;
  readonly init: { readonly [location: string]: number };
  readonly threads: readonly (readonly (
    | readonly ['R', string, string]
    | readonly ['W', string, CountedExpression]
  )[])[];
}

/** Straight-line, as the events of its executions: `Racq x`, `Wrel x`, `URrlx x` and `UWrlx x` for an update, `Fsc`. */
export interface EventProgram {
  readonly test: string;
  readonly params: string;
  readonly main_ops: readonly (readonly [string, string, string?])[];
  readonly threads: readonly (readonly (readonly [string, string, string?])[])[];
}

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
  { id, init, threads }: CountedProgram,
  readOrder: AccessOrder,
  writeOrder: AccessOrder,
): LitmusProgram => {
  const locations = numbering();
  const translated = threads.map((thread): LitmusThread => {
    const registers = numbering();
    const value = (expression: CountedExpression): Expression => {
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

const orders: { readonly [suffix: string]: AccessOrder } = {
  na: 'plain',
  rlx: 'relaxed',
  acq: 'acquire',
  rel: 'release',
  ar: 'acq_rel',
  sc: 'seq_cst',
};

const fences: { readonly [suffix: string]: Fence } = {
  acq: 'c.acquire',
  rel: 'c.release',
  ar: 'c.acq_rel',
  sc: 'c.seq_cst',
};

/** Null: it has something that is no access, update or fence. Each write gets a value of its own. */
export const eventProgram = ({ test, params, threads }: EventProgram): LitmusProgram | null => {
  const locations = numbering();
  let writes = 0n;
  let isKnown = true;
  const translated = threads.map((events): LitmusThread => {
    const registers: string[] = [];
    const instructions = events.flatMap(([kind, location]): Instruction[] => {
      const [, tag = '', suffix = ''] = /^(R|W|UR|UW|F)(na|rlx|acq|rel|ar|sc)$/.exec(kind) ?? [];
      const order = orders[suffix] as AccessOrder;
      if (tag === 'F') return [{ tag: 'fence', fence: fences[suffix] as Fence }];
      if (tag === 'UR') return [];
      isKnown &&= tag !== '';
      const address: Expression = { tag: 'constant', value: addressOf(locations.of(location)) };
      const register = registers.push(`r${registers.length}`) - 1;
      if (tag === 'R') return [{ tag: 'load', register, address, order, width, exclusive: false }];
      writes += 1n;
      const value: Expression = { tag: 'constant', value: writes };
      if (tag === 'W') return [{ tag: 'store', address, value, order, width, status: null }];
      const [readOrder, writeOrder] = [order, order].map((both, i) =>
        both === 'acq_rel' ? (i === 0 ? 'acquire' : 'release') : both,
      ) as [AccessOrder, AccessOrder];
      return [
        {
          tag: 'update',
          register,
          address,
          update: 'swap',
          operand: value,
          readOrder,
          writeOrder,
          width,
          locked: true,
        },
      ];
    });
    return threadOf(instructions, registers);
  });
  return isKnown
    ? programOf(
        `${test} ${params}`,
        translated,
        locations.names,
        locations.names.map(() => 0n),
      )
    : null;
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
