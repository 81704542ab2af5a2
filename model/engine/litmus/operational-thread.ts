import type { Memory, Oracle } from '#impl/machine/memory/memory.ts';
import type { Word } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import type {
  AccessOrder,
  Expression,
  Instruction,
  LitmusProgram,
  LitmusThread,
  Value,
  Width,
} from '#spec/machine/memory/program.ts';

/** Thrown at an instruction that the machine's memories have no access for. */
export class NoSuchAccess extends Error {}

type Operator = (Expression & { tag: 'binary' })['operator'];

const flag = (isTrue: boolean): Value => (isTrue ? 1n : 0n);
const unsigned = (value: Value): Value => BigInt.asUintN(64, value);

const operators: Readonly<Record<Operator, (left: Value, right: Value) => Value>> = {
  add: (left, right) => left + right,
  subtract: (left, right) => left - right,
  multiply: (left, right) => left * right,
  and: (left, right) => left & right,
  or: (left, right) => left | right,
  xor: (left, right) => left ^ right,
  shiftLeft: (left, right) => left << right,
  shiftRight: (left, right) => left >> right,
  unsignedShiftRight: (left, right) => unsigned(left) >> right,
  equal: (left, right) => flag(left === right),
  notEqual: (left, right) => flag(left !== right),
  less: (left, right) => flag(left < right),
  lessOrEqual: (left, right) => flag(left <= right),
  unsignedLess: (left, right) => flag(unsigned(left) < unsigned(right)),
  unsignedLessOrEqual: (left, right) => flag(unsigned(left) <= unsigned(right)),
};

/** A word of the machine has 32 bits. Quadwords are taken as far as they fit. */
const toWord = (value: Value, width: Width): Word => {
  const word = BigInt.asIntN(32, value);
  if (width === 'doubleword' && word !== BigInt.asIntN(64, value)) throw new NoSuchAccess(`${value} needs 64 bits`);
  return Number(word);
};

const fromWord = (word: Word, width: Width): Value => BigInt(width === 'unsignedWord' ? word >>> 0 : word);

/** The order of an access that the machine's memories have; an access of a processor is atomic. */
const orderOf = (order: AccessOrder, { architecture }: LitmusProgram): Order => {
  if (order === 'acquirePC') throw new NoSuchAccess(order);
  return order === 'plain' && architecture !== 'C' ? 'relaxed' : order;
};

/** The order of a read-modify-write with these two. */
const updateOrder = (read: AccessOrder, write: AccessOrder, isLocked: boolean): Order => {
  if (isLocked) return 'seq_cst';
  if (read === 'seq_cst' && write === 'seq_cst') return 'seq_cst';
  const isWeak = (order: AccessOrder): boolean => order === 'relaxed' || order === 'plain';
  if (read === 'acquire' && write === 'release') return 'acq_rel';
  if (read === 'acquire' && isWeak(write)) return 'acquire';
  if (isWeak(read) && write === 'release') return 'release';
  if (isWeak(read) && isWeak(write)) return 'relaxed';
  throw new NoSuchAccess(`a read-modify-write that is ${read} and ${write}`);
};

/** One thread of a litmus program, on a core of a machine with nothing but memory. */
export class OperationalThread {
  /** The next instruction; the length of the thread: it has ended. */
  at = 0;
  readonly registers: Value[];
  backwardBranches = 0;
  /** It went a way that leads nowhere: the execution does not count. */
  isAbandoned = false;
  readonly #program: LitmusProgram;
  readonly #thread: LitmusThread;
  readonly #core: number;
  readonly #memory: Memory;
  readonly #ask: Oracle;

  /** `ask`: which way to go where the language itself leaves it open. */
  constructor(program: LitmusProgram, core: number, memory: Memory, ask: Oracle) {
    this.#program = program;
    this.#thread = program.threads[core] as LitmusThread;
    this.#core = core;
    this.#memory = memory;
    this.#ask = ask;
    this.registers = [...this.#thread.initial];
  }

  get hasEnded(): boolean {
    return this.at >= this.#thread.instructions.length;
  }

  /** Whether the next instruction is a store, of which nothing is read. */
  get isAtStore(): boolean {
    return this.#thread.instructions[this.at]?.tag === 'store';
  }

  /** Does what concerns nobody else, up to the next access: a fence does not, if it has no buffer to empty. */
  settle(): void {
    while (!this.hasEnded && !this.isAbandoned) {
      const instruction = this.#thread.instructions[this.at] as Instruction;
      if (instruction.tag === 'assign') {
        this.registers[instruction.register] = this.#evaluate(instruction.value);
      } else if (instruction.tag === 'select') {
        const { condition, chosen, otherwise } = instruction;
        this.registers[instruction.register] = this.#evaluate(this.#evaluate(condition) !== 0n ? chosen : otherwise);
      } else if (instruction.tag === 'branch') {
        if (instruction.condition === null || this.#evaluate(instruction.condition) !== 0n) {
          if (instruction.target <= this.at)
            this.isAbandoned = ++this.backwardBranches > this.#program.backwardBranchesMax;
          this.at = instruction.target - 1;
        }
      } else if (instruction.tag === 'fence' && this.#memory.buffered(this.#core) === 0) {
        this.#fence(instruction.fence);
      } else return;
      this.at++;
    }
  }

  /** Does the access or fence that is next. */
  step(): void {
    const instruction = this.#thread.instructions[this.at++] as Instruction;
    if (instruction.tag === 'load') this.#load(instruction);
    else if (instruction.tag === 'store') this.#store(instruction);
    else if (instruction.tag === 'update') this.#update(instruction);
    else if (instruction.tag === 'compareAndSwap') this.#compareAndSwap(instruction);
    else if (instruction.tag === 'fence') this.#fence(instruction.fence);
  }

  #load({ register, address, order, width, exclusive }: Instruction & { tag: 'load' }): void {
    if (exclusive) throw new NoSuchAccess('a load exclusive');
    const word = this.#memory.load(this.#core, this.#location(address), orderOf(order, this.#program));
    if (register !== null) this.registers[register] = fromWord(word, width);
  }

  #store({ address, value, order, width, status }: Instruction & { tag: 'store' }): void {
    if (status !== null) throw new NoSuchAccess('a store exclusive');
    const word = toWord(this.#evaluate(value), width);
    this.#memory.store(this.#core, this.#location(address), word, orderOf(order, this.#program));
  }

  #update(instruction: Instruction & { tag: 'update' }): void {
    const { register, update, width, readOrder, writeOrder, locked } = instruction;
    const location = this.#location(instruction.address);
    const operand = this.#evaluate(instruction.operand);
    const order = updateOrder(readOrder, writeOrder, locked);
    let word: Word;
    if (update === 'swap') word = this.#memory.swap(this.#core, location, toWord(operand, width), order);
    else if (update === 'add' || update === 'subtract') {
      const addend = toWord(update === 'add' ? operand : -operand, width);
      word = this.#memory.fetchAdd(this.#core, location, addend, order);
    } else throw new NoSuchAccess(`a fetch and ${update}`);
    if (register !== null) this.registers[register] = fromWord(word, width);
  }

  #compareAndSwap(instruction: Instruction & { tag: 'compareAndSwap' }): void {
    const { register, result, width, readOrder, writeOrder, failureOrder, locked } = instruction;
    const location = this.#location(instruction.address);
    const expected = toWord(this.#evaluate(instruction.expected), width);
    const desired = toWord(this.#evaluate(instruction.desired), width);
    const order = updateOrder(readOrder, writeOrder, locked);
    // The machine's compare-and-swap fails with the order it reads with. Where this one differs, the two are told apart.
    const isSplit = !locked && (instruction.failsSpuriously || failureOrder !== readOrder);
    const isLoad = isSplit && this.#ask(2) === 1;
    const word = isLoad
      ? this.#memory.load(this.#core, location, orderOf(failureOrder, this.#program))
      : this.#memory.compareAndSwap(this.#core, location, expected, desired, order);
    const hasStored = !isLoad && word === expected;
    if (isSplit && !isLoad && !hasStored) this.isAbandoned = true;
    if (isLoad && word === expected && !instruction.failsSpuriously) this.isAbandoned = true;
    if (register !== null) this.registers[register] = fromWord(word, width);
    if (result !== null) this.registers[result] = flag(hasStored);
  }

  #fence(fence: (Instruction & { tag: 'fence' })['fence']): void {
    if (fence === 'mfence' || fence === 'c.seq_cst') this.#memory.fence(this.#core, 'seq_cst');
    else if (fence === 'c.acq_rel') this.#memory.fence(this.#core, 'acq_rel');
    else if (fence === 'c.acquire') this.#memory.fence(this.#core, 'acquire');
    else if (fence === 'c.release') this.#memory.fence(this.#core, 'release');
    else if (fence !== 'sfence' && fence !== 'lfence' && fence !== 'c.relaxed') throw new NoSuchAccess(fence);
  }

  #location(address: Expression): number {
    const value = this.#evaluate(address);
    const location = Number(value >> 16n) - 1;
    if (value & 0xffffn || !(location in this.#program.locations)) throw new NoSuchAccess(`address ${value}`);
    return location;
  }

  #evaluate(expression: Expression): Value {
    switch (expression.tag) {
      case 'constant':
        return expression.value;
      case 'register':
        return this.registers[expression.register] as Value;
      case 'low32':
        return BigInt.asIntN(32, this.#evaluate(expression.operand));
      case 'binary': {
        const operate = operators[expression.operator];
        return BigInt.asIntN(64, operate(this.#evaluate(expression.left), this.#evaluate(expression.right)));
      }
    }
  }
}
