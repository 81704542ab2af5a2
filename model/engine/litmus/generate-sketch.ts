import { constant, read } from '#model/engine/litmus/expressions.ts';
import { addressOf } from '#model/engine/litmus/source.ts';
import type {
  Architecture,
  Expression,
  Instruction,
  LitmusProgram,
  LocationId,
  Observed,
  RegisterId,
  Value,
} from '#spec/machine/memory/program.ts';

/** What a step may need of those before it. */
export type Need = 'read' | 'exclusive';

/** One step of a generated thread: an instruction, or a few that belong together. */
export interface Step {
  readonly text: string;
  readonly needs: Need | null;
  readonly gives: readonly Need[];
  emit(thread: ThreadSketch): void;
}

export const locations = ['x', 'y'] as const;

/** A thread under construction. */
export class ThreadSketch {
  readonly instructions: Instruction[] = [];
  readonly registers: string[] = [];
  /** The register that was read into last. */
  lastRead: RegisterId | null = null;
  private readonly program: ProgramSketch;
  constructor(program: ProgramSketch) {
    this.program = program;
  }

  emit(instruction: Instruction): void {
    this.instructions.push(instruction);
  }

  /** A register that nothing has used, to read into. */
  fresh(): RegisterId {
    const register = this.registers.length;
    this.registers.push(`r${register}`);
    return register;
  }

  /** A value that nothing else stores. */
  value(): Expression {
    return constant(this.program.nextValue());
  }

  address(location: LocationId): Expression {
    return constant(addressOf(location));
  }

  /** 0, but dependent on what was read last. */
  dependentZero(): Expression {
    const last = read(this.lastRead ?? 0);
    return { tag: 'binary', operator: 'xor', left: last, right: last };
  }
}

/** A program under construction, over two locations. All that it reads and leaves is observed. */
export class ProgramSketch {
  private readonly threads: ThreadSketch[] = [];
  private stores = 0n;

  thread(): ThreadSketch {
    const thread = new ThreadSketch(this);
    this.threads.push(thread);
    return thread;
  }

  nextValue(): Value {
    this.stores += 1n;
    return this.stores;
  }

  program(name: string, architecture: Architecture): LitmusProgram {
    const registers = this.threads.flatMap((sketch, thread) =>
      sketch.registers.map((_, register): Observed => ({ tag: 'register', thread, register })),
    );
    return {
      name,
      architecture,
      threads: this.threads.map(({ instructions, registers: names }) => ({
        instructions,
        registers: names,
        initial: names.map(() => 0n),
      })),
      locations,
      initial: locations.map(() => 0n),
      observed: [...registers, ...locations.map((_, location): Observed => ({ tag: 'location', location }))],
      backwardBranchesMax: 0,
    };
  }
}
