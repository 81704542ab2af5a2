import type { Choices } from '#model/engine/litmus/choices.ts';
import { evaluate, loaded, registersOf, stored, updated } from '#model/engine/litmus/evaluate.ts';
import type { EventMask, ShapedEvent } from '#model/engine/litmus/shape.ts';
import { LitmusError } from '#model/engine/litmus/source.ts';
import type { MemoryEvent } from '#spec/machine/memory/execution.ts';
import type {
  AccessOrder,
  Expression,
  Instruction,
  LitmusProgram,
  LitmusThread,
  LocationId,
  Value,
  Width,
} from '#spec/machine/memory/program.ts';

/** Of each location, what it may hold. */
export type Possible = readonly (readonly Value[])[];

/** As many as an EventMask has bits. */
const eventsMax = 32;

/** No litmus test has so many on one way. */
const stepsMax = 10_000;

/** The registers that an instruction depends on, found once for all ways. */
export interface Sources {
  /** Those of its address; of a choice, those of its condition. */
  readonly address: readonly number[];
  /** Those of what it computes, stores or asks; of a choice, those of what is chosen if the condition is met. */
  readonly value: readonly number[];
  /** Those of what a compare-and-swap expects; of a choice, those of what is chosen otherwise. */
  readonly other: readonly number[];
}

export const sourcesOf = (instruction: Instruction): Sources => {
  const of = (expression: Expression | null): number[] => (expression === null ? [] : registersOf(expression));
  switch (instruction.tag) {
    case 'assign':
      return { address: [], value: of(instruction.value), other: [] };
    case 'select':
      return { address: of(instruction.condition), value: of(instruction.chosen), other: of(instruction.otherwise) };
    case 'load':
      return { address: of(instruction.address), value: [], other: [] };
    case 'store':
      return { address: of(instruction.address), value: of(instruction.value), other: [] };
    case 'update':
      return { address: of(instruction.address), value: of(instruction.operand), other: [] };
    case 'compareAndSwap': {
      const { address, desired, expected } = instruction;
      return { address: of(address), value: of(desired), other: of(expected) };
    }
    case 'fence':
      return { address: [], value: [], other: [] };
    case 'branch':
      return { address: [], value: of(instruction.condition), other: [] };
  }
};

/** One way through the thread, by the choices given. */
export class Walk {
  readonly events: ShapedEvent[] = [];
  readonly values: Value[] = [];
  readonly registers: Value[];
  strayAddress: Value | null = null;
  /** It goes round a loop once too often. */
  isCut = false;
  private readonly number: number;
  private readonly basic: EventMask[];
  /** Whether it is made of the status of a store exclusive: that may be this or that, though it depends on no event. */
  private readonly status: boolean[];
  private readonly pick: EventMask[];
  private control: EventMask = 0;
  private pickControl: EventMask = 0;
  private reservation: { readonly location: LocationId; readonly width: Width; readonly read: number } | null = null;
  private readonly possible: Possible;
  private readonly choices: Choices;
  private readonly statusDependsOnStore: boolean;
  private readonly isArm: boolean;
  private readonly locationsCount: number;

  constructor(
    program: LitmusProgram,
    thread: LitmusThread,
    number: number,
    sources: readonly Sources[],
    possible: Possible,
    choices: Choices,
  ) {
    this.number = number;
    this.possible = possible;
    this.choices = choices;
    this.registers = [...thread.initial];
    this.basic = thread.registers.map(() => 0);
    this.status = thread.registers.map(() => false);
    this.pick = thread.registers.map(() => 0);
    this.isArm = program.architecture === 'AArch64';
    this.statusDependsOnStore = program.architecture === 'RISCV';
    this.locationsCount = program.locations.length;
    const branchesTo: number[] = [];
    let steps = 0;
    for (let at = 0; at < thread.instructions.length; ) {
      const instruction = thread.instructions[at] as Instruction;
      const next = this.step(instruction, sources[at] as Sources) ?? at + 1;
      if (this.strayAddress !== null) return;
      if (next <= at && !this.isCertain(instruction, sources[at] as Sources)) {
        branchesTo[next] = (branchesTo[next] ?? 0) + 1;
        this.isCut = (branchesTo[next] as number) > program.backwardBranchesMax;
        if (this.isCut) return;
      }
      if (++steps > stepsMax) {
        const problem = `thread ${number} does not end within ${stepsMax} instructions`;
        throw new LitmusError('bound', 0, problem, 'loops that depend on what is read are cut; this one is endless');
      }
      at = next;
    }
  }

  /** Whether a branch is conditional and depends on nothing read, nor on a status: then it goes one way, however long. */
  private isCertain(instruction: Instruction, { value }: Sources): boolean {
    const isConditional = instruction.tag === 'branch' && instruction.condition !== null;
    return isConditional && this.pickOf(value) === 0 && !this.hasStatus(value);
  }

  /** Does one instruction; gives where to go on if that is not the next one. */
  private step(instruction: Instruction, sources: Sources): number | null {
    switch (instruction.tag) {
      case 'assign': {
        const { register, value } = instruction;
        this.write(register, evaluate(value, this.registers), this.basicOf(sources.value), this.pickOf(sources.value));
        this.status[register] = this.hasStatus(sources.value);
        return null;
      }
      case 'select': {
        const { register, condition, chosen, otherwise } = instruction;
        const isMet = evaluate(condition, this.registers) !== 0n;
        const from = isMet ? sources.value : sources.other;
        const value = evaluate(isMet ? chosen : otherwise, this.registers);
        this.write(register, value, this.basicOf(from), this.pickOf(from) | this.pickOf(sources.address));
        this.status[register] = this.hasStatus(from) || this.hasStatus(sources.address);
        return null;
      }
      case 'fence':
        this.happens({ tag: 'fence', thread: this.number, fence: instruction.fence }, 0n, {});
        return null;
      case 'branch': {
        if (instruction.condition === null) return instruction.target;
        this.control |= this.basicOf(sources.value);
        this.pickControl |= this.pickOf(sources.value);
        return evaluate(instruction.condition, this.registers) === 0n ? null : instruction.target;
      }
      default: {
        const address = evaluate(instruction.address, this.registers);
        const location = this.locationAt(address);
        if (location !== null) this.access(instruction, sources, location);
        else if (instruction.tag === 'store' && instruction.status !== null) this.failToStore(instruction.status);
        else this.strayAddress = address;
        return null;
      }
    }
  }

  private access(
    instruction: Extract<Instruction, { address: Expression }>,
    sources: Sources,
    location: LocationId,
  ): void {
    switch (instruction.tag) {
      case 'load': {
        const { register, order, width, exclusive } = instruction;
        const [read, value] = this.reads(location, order, sources, { isExclusive: exclusive });
        if (register !== null) this.write(register, loaded(width, value), 1 << read, 1 << read);
        if (exclusive) this.reservation = { location, width, read };
        return;
      }
      case 'store':
        this.store(instruction, sources, location);
        return;
      case 'update': {
        const { register, update, operand, width, locked, readOrder, writeOrder } = instruction;
        const isDiscarded = register === null;
        const given = evaluate(operand, this.registers);
        const [read, value] = this.reads(location, readOrder, sources, { isDiscarded, isLocked: locked });
        const pair = { read, kind: 'amo' } as const;
        const own = update === 'swap' ? 0 : 1 << read;
        this.writes(location, writeOrder, updated(update, width, value, given), sources, pair, own, 0, locked);
        if (register !== null) this.write(register, loaded(width, value), 1 << read, 1 << read);
        return;
      }
      case 'compareAndSwap':
        this.compareAndSwap(instruction, sources, location);
        return;
    }
  }

  private store(instruction: Extract<Instruction, { tag: 'store' }>, sources: Sources, location: LocationId): void {
    const { value, order, width, status } = instruction;
    const given = stored(width, evaluate(value, this.registers));
    if (status === null) {
      this.writes(location, order, given, sources, null, 0, 0, false);
      return;
    }
    const { reservation } = this;
    this.reservation = null;
    const isReserved = reservation?.location === location && reservation.width === width;
    const succeeds = isReserved && this.choices.choose(2) === 1;
    let depends = 0;
    if (succeeds) {
      const pair = { read: reservation.read, kind: 'lxsx' } as const;
      const write = this.writes(location, order, given, sources, pair, 0, 0, false);
      if (this.statusDependsOnStore) depends = 1 << write;
    }
    this.write(status, succeeds ? 0n : 1n, depends, depends);
    this.status[status] = true;
  }

  /** A store exclusive to where no location is was not read so, and does not store. */
  private failToStore(status: number): void {
    this.reservation = null;
    this.write(status, 1n, 0, 0);
    this.status[status] = true;
  }

  private compareAndSwap(
    instruction: Extract<Instruction, { tag: 'compareAndSwap' }>,
    sources: Sources,
    location: LocationId,
  ): void {
    const { register, result, expected, desired, width, locked, readOrder, writeOrder, failureOrder } = instruction;
    const wanted = stored(width, evaluate(expected, this.registers));
    const given = stored(width, evaluate(desired, this.registers));
    const values = this.possible[location] as readonly Value[];
    const value = values[this.choices.choose(values.length)] as Value;
    const isEqual = stored(width, value) === wanted;
    const succeeds = isEqual && !(instruction.failsSpuriously && this.choices.choose(2) === 1);
    const isDiscarded = register === null;
    const order = succeeds ? readOrder : failureOrder;
    const read = this.happens(
      {
        tag: 'read',
        thread: this.number,
        location,
        order,
        isDiscarded,
        isExclusive: false,
        isLocked: locked,
      },
      value,
      { address: sources.address },
    );
    const compared = this.pickOf(sources.other) | (1 << read);
    const pair = { read, kind: 'amo' } as const;
    if (succeeds) {
      this.writes(location, writeOrder, given, sources, pair, 0, compared, locked);
    } else if (this.isArm && this.choices.choose(2) === 1) {
      // A CAS that fails may write back what was there (Arm ARM, CAS).
      this.writes(location, writeOrder, value, { ...sources, value: [] }, pair, 1 << read, compared, locked);
    }
    // A CAS that succeeds may leave its register as it is: the value is the same, the dependencies are not.
    const isKept = this.isArm && succeeds && this.choices.choose(2) === 1;
    if (register !== null) {
      if (isKept) this.write(register, loaded(width, value), this.basicOf(sources.other), compared);
      else this.write(register, loaded(width, value), 1 << read, 1 << read);
    }
    if (result !== null) {
      const depends = (1 << read) | this.basicOf(sources.other);
      this.write(result, succeeds ? 1n : 0n, depends, depends | this.pickOf(sources.other));
    }
  }

  private reads(
    location: LocationId,
    order: AccessOrder,
    sources: Sources,
    how: { readonly isExclusive?: boolean; readonly isDiscarded?: boolean; readonly isLocked?: boolean },
  ): [number, Value] {
    const values = this.possible[location] as readonly Value[];
    const value = values[this.choices.choose(values.length)] as Value;
    const { isExclusive = false, isDiscarded = false, isLocked = false } = how;
    const event = { tag: 'read', thread: this.number, location, order, isExclusive, isDiscarded, isLocked } as const;
    return [this.happens(event, value, { address: sources.address }), value];
  }

  private writes(
    location: LocationId,
    order: AccessOrder,
    value: Value,
    sources: Sources,
    pair: ShapedEvent['pair'],
    data: EventMask,
    pickData: EventMask,
    isLocked: boolean,
  ): number {
    const isExclusive = pair?.kind === 'lxsx';
    const event = { tag: 'write', thread: this.number, location, order, isExclusive, isLocked } as const;
    return this.happens(event, value, { address: sources.address, value: sources.value, pair, data, pickData });
  }

  private happens(
    event: MemoryEvent,
    value: Value,
    from: {
      readonly address?: readonly number[];
      readonly value?: readonly number[];
      readonly pair?: ShapedEvent['pair'];
      readonly data?: EventMask;
      readonly pickData?: EventMask;
    },
  ): number {
    const index = this.events.length;
    if (index === eventsMax) {
      const problem = `thread ${this.number} has more than ${eventsMax} events`;
      throw new LitmusError('bound', 0, problem, 'shorter threads can be run');
    }
    const { address = [], value: sources = [], pair = null, data = 0, pickData = 0 } = from;
    this.events.push({
      event,
      pair,
      address: this.basicOf(address),
      data: this.basicOf(sources) | data,
      control: this.control,
      pickAddress: this.pickOf(address),
      pickData: this.pickOf(sources) | data | pickData,
      pickControl: this.pickControl,
    });
    this.values.push(value);
    return index;
  }

  private write(register: number, value: Value, basic: EventMask, pick: EventMask): void {
    this.registers[register] = value;
    this.basic[register] = basic;
    this.pick[register] = pick;
    this.status[register] = false;
  }

  private hasStatus(registers: readonly number[]): boolean {
    return registers.some((register) => this.status[register]);
  }

  private basicOf(registers: readonly number[]): EventMask {
    let mask = 0;
    for (const register of registers) mask |= this.basic[register] as EventMask;
    return mask;
  }

  private pickOf(registers: readonly number[]): EventMask {
    let mask = 0;
    for (const register of registers) mask |= this.pick[register] as EventMask;
    return mask;
  }

  private locationAt(address: Value): LocationId | null {
    const location = Number(address >> 16n) - 1;
    if ((address & 0xffffn) === 0n && location >= 0 && location < this.locationsCount) return location;
    return null;
  }
}
