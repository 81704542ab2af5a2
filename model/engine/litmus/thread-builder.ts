import { LitmusError, type Setup } from '#model/engine/litmus/source.ts';
import type { Expression, Instruction, LitmusThread, RegisterId, Value } from '#spec/machine/memory/program.ts';

/** Builds one thread: numbers its registers, resolves its labels. */
export class ThreadBuilder {
  private readonly instructions: Instruction[] = [];
  private readonly names = new Map<string, RegisterId>();
  private readonly labels = new Map<string, number>();
  private readonly jumps: { readonly at: number; readonly label: string; readonly offset: number }[] = [];

  /** The number of a register, by the one name it has. */
  register(name: string): RegisterId {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const register = this.names.size;
    this.names.set(name, register);
    return register;
  }

  emit(instruction: Instruction): void {
    this.instructions.push(instruction);
  }

  /** The next instruction has this label. */
  label(name: string, offset: number): void {
    if (this.labels.has(name)) {
      throw new LitmusError('syntax', offset, `a second label '${name}' in this thread`, 'name it otherwise');
    }
    this.labels.set(name, this.instructions.length);
  }

  /** Goes to a label, which may follow, if the condition is not 0; null: always. */
  jump(label: string, condition: Expression | null, offset: number): void {
    this.jumps.push({ at: this.instructions.length, label, offset });
    this.instructions.push({ tag: 'branch', condition, target: -1 });
  }

  /** The thread, with its registers as `setup` has them. `nameOf`: the one name of a register, null if it is none. */
  build(thread: number, setup: Setup, nameOf: (name: string) => string | null): LitmusThread {
    for (const { at, label, offset } of this.jumps) {
      const target = this.labels.get(label);
      if (target === undefined) {
        throw new LitmusError('syntax', offset, `no label '${label}' in this thread`, 'expected a label of its column');
      }
      this.instructions[at] = { ...(this.instructions[at] as Instruction & { tag: 'branch' }), target };
    }
    const initial: Value[] = [];
    for (const { thread: owner, name, value, offset } of setup.registers) {
      if (owner !== thread) continue;
      const known = nameOf(name);
      if (known === null) throw new LitmusError('syntax', offset, `'${name}' is no register`, 'expected a register');
      initial[this.register(known)] = value;
    }
    const registers = [...this.names.keys()];
    return {
      instructions: this.instructions,
      registers,
      initial: registers.map((_, register) => initial[register] ?? 0n),
    };
  }
}
