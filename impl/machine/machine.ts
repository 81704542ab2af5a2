import { type Context, type Core, type Frame, handlesInterrupt, type UserBuffer } from '#impl/machine/context.ts';
import { type Costs, noCosts } from '#impl/machine/cost.ts';
import type { Fault } from '#impl/machine/fault.ts';
import { imageAtBoot } from '#impl/machine/image.ts';
import type { Memory } from '#impl/machine/memory/memory.ts';
import {
  FloatingMicroOp,
  firstLocalKind,
  Kind,
  lastAccessKind,
  type Routine,
  register,
  type Word,
} from '#impl/machine/ops.ts';
import type { FenceOrder } from '#impl/machine/order.ts';
import type { Program } from '#impl/machine/program.ts';
import { type Weakening, weaken } from '#impl/machine/weakening.ts';

/** Something that a tracepoint told of: after how many visible steps, on which core, in which context. */
export interface Traced {
  readonly step: number;
  readonly core: number;
  readonly context: number;
  readonly name: string;
  readonly word: Word;
}

/** Told of each visible step, before the next one: what was done, by which context on which core, and what it gave. */
export type Observer = (core: number, context: number, frame: Frame, result: Word) => void;

const usableWord = 1;
const freeWord = 2;
const localStepsMax = 10_000;

/**
 * A multicore. `step(core)` does the visible micro-op that the core has ready and everything local after it, and so
 * leaves the core with its next visible one. Which core steps, and when a timer strikes, is the caller's choice: the
 * machine itself is deterministic.
 */
export class Machine {
  readonly cores: Core[] = [];
  readonly contexts: Context[] = [];
  readonly buffers: UserBuffer[];
  readonly costs: Costs;
  readonly memory: Memory;
  readonly traced: Traced[] = [];
  observer: Observer | null = null;
  fault: Fault | null = null;
  readonly #program: Program;
  readonly #usable: Uint8Array;
  readonly #weakening: Weakening | null;

  constructor(program: Program) {
    this.#program = program;
    this.#usable = program.usable.slice();
    this.#weakening = program.weakening;
    this.memory = program.memory;
    this.memory.reset(imageAtBoot(program.image, program.contextWord, program.running), program.oracle);
    const contexts = program.threads + program.cores;
    this.costs = noCosts(contexts);
    this.buffers = Array.from({ length: program.threads }, () => ({ bytes: [], mappedBytes: 0 }));
    for (let id = 0; id < contexts; id++) this.contexts.push({ id, frames: [] });
  }

  /** Starts the context that each core runs at boot. */
  boot(): void {
    register.pending = false;
    for (let id = 0; id < this.#program.cores; id++) {
      const context = this.contexts[this.#program.running[id] as number] as Context;
      const core = { id, context, space: -1, maskDepth: 0, timerPending: false, interProcessorPending: false };
      this.cores.push(core);
      this.#enter(core, this.#program.start(context.id), false);
    }
  }

  /** The visible micro-op that `core` does next. */
  next(core: Core): Frame {
    return core.context.frames[core.context.frames.length - 1] as Frame;
  }

  /** Whether `core` can step: it is neither idle nor waiting for a word to change. A wait that faults is a step. */
  isEnabled(core: Core): boolean {
    const frame = this.next(core);
    if (frame.kind === Kind.idle) return core.timerPending || core.interProcessorPending;
    if (frame.kind === Kind.awaitWord) {
      if (!this.#isSound(frame)) return true;
      const isThere = this.memory.settled(core.id, frame.address) === (frame.operand | 0);
      return isThere === (frame.expected === 0); // 1: it waits for any other word
    }
    return true;
  }

  /** The timer of `core` goes off: at once, or when its interrupts are next unmasked. */
  raiseTimer(core: Core): void {
    core.timerPending = true;
    if (this.next(core).kind !== Kind.idle && this.#isInterrupted(core)) this.#strike(core);
  }

  /** Does the visible micro-op that `core` has ready. The core is enabled and there is no fault. */
  step(core: Core): void {
    const frame = this.next(core);
    const context = core.context;
    this.costs.steps++;
    (this.costs.microOps[context.id] as number)++;
    const result = frame.kind <= lastAccessKind ? this.#access(core, frame) : this.#control(core, frame);
    if (this.fault) return;
    if (this.observer) this.observer(core.id, context.id, frame, result);
    const race = this.memory.race();
    if (race) this.fault = { tag: 'data race', context: context.id, ...race };
    if (this.fault) return;
    this.#advance(core, result);
  }

  #isSound({ address, operand, expected }: Frame): boolean {
    return this.#usable[address] === usableWord && Number.isInteger(operand) && Number.isInteger(expected);
  }

  /** What is wrong with an access that is not sound. */
  #wrongAccess(core: Core, { address, operand, expected }: Frame): Fault {
    const context = core.context.id;
    if (this.#usable[address] !== usableWord) {
      return { tag: this.#usable[address] === freeWord ? 'use after free' : 'bad address', context, address };
    }
    return { tag: 'not a word', context, given: String(Number.isInteger(operand) ? expected : operand) };
  }

  #access(core: Core, frame: Frame): Word {
    if (!this.#isSound(frame)) {
      this.fault = this.#wrongAccess(core, frame);
      return 0;
    }
    const { address, order, site } = frame;
    switch (frame.kind) {
      case Kind.load:
        this.costs.loads++;
        return this.memory.load(core.id, address, order, site);
      case Kind.store:
        this.costs.stores++;
        this.memory.store(core.id, address, frame.operand | 0, order, site);
        return 0;
      case Kind.compareAndSwap:
        this.costs.readModifyWrites++;
        return this.memory.compareAndSwap(core.id, address, frame.expected | 0, frame.operand | 0, order, site);
      case Kind.fetchAdd:
        this.costs.readModifyWrites++;
        return this.memory.fetchAdd(core.id, address, frame.operand | 0, order, site);
      default:
        this.costs.readModifyWrites++;
        return this.memory.swap(core.id, address, frame.operand | 0, order, site);
    }
  }

  #control(core: Core, frame: Frame): Word {
    switch (frame.kind) {
      case Kind.switchTo:
        this.#switch(core, frame.operand);
        return 0;
      case Kind.awaitWord:
        if (!this.#isSound(frame)) this.fault = this.#wrongAccess(core, frame);
        else this.memory.loadSettled(core.id, frame.address, frame.order, frame.site);
        return 0;
      case Kind.fence:
        this.memory.fence(core.id, frame.order as FenceOrder);
        return 0;
      case Kind.maskInterrupts:
        return this.#local(core, frame);
      case Kind.idle:
        this.costs.idles++;
        return 0;
      case Kind.sendInterrupt: {
        this.costs.interProcessorInterrupts++;
        const target = this.cores[frame.operand];
        if (target) {
          target.interProcessorPending = true;
          this.memory.send(core.id, target.id);
          if (this.#program.interrupted && this.next(target).kind === Kind.awaitWord) this.#deliver(target); // it may never step
        }
        return 0;
      }
      case Kind.allocate:
        this.#claim(core, frame, freeWord, usableWord, 'not free');
        return 0;
      case Kind.free:
        this.#claim(core, frame, usableWord, freeWord, 'double free');
        return 0;
      default:
        return 0;
    }
  }

  /** Changes a range of words from usable to free or back. */
  #claim(core: Core, frame: Frame, from: number, to: number, fault: 'not free' | 'double free'): void {
    if (!Number.isInteger(frame.operand)) {
      this.fault = { tag: 'not a word', context: core.context.id, given: String(frame.operand) };
      return;
    }
    for (let address = frame.address; address < frame.address + frame.operand; address++) {
      if (this.#usable[address] !== from) {
        this.fault = { tag: fault, context: core.context.id, address };
        return;
      }
      this.#usable[address] = to;
      if (to === usableWord) this.memory.store(core.id, address, 0, 'plain');
    }
  }

  /**
   * Puts the running context's registers away, then says so in its word; and takes up another's. The registers are plain
   * data: a core that resumes a context without having seen that it was put away races with who put it there.
   */
  #switch(core: Core, target: number): void {
    const words = this.#program.contextWord;
    const registers = this.#program.registersWord;
    const next = this.contexts[target];
    this.memory.store(core.id, registers[core.context.id] as number, 0, 'plain', 'registers saved');
    this.memory.store(core.id, words[core.context.id] as number, 0, 'release');
    if (!next || this.memory.settled(core.id, words[target] as number) !== 0) {
      this.fault = { tag: 'running context resumed', context: core.context.id, resumed: target };
      return;
    }
    this.memory.load(core.id, registers[target] as number, 'plain', 'registers resumed');
    this.memory.store(core.id, words[target] as number, core.id + 1, 'relaxed');
    core.context = next;
    this.costs.contextSwitches++;
    (this.costs.resumed[target] as number)++;
  }

  /** Pushes a frame for `routine` and runs it to its first visible micro-op. */
  #enter(core: Core, routine: Routine<unknown>, masks: boolean): void {
    core.context.frames.push({
      routine,
      masks,
      kind: 0,
      address: 0,
      operand: 0,
      expected: 0,
      order: 'plain',
      site: undefined,
      text: '',
    });
    this.#resume(core, 0);
  }

  /** Gives the running context the result of its micro-op, and runs it to the next visible one. */
  #advance(core: Core, result: Word): void {
    if (core.context.frames.length === 0) this.#enter(core, this.#program.start(core.context.id), false);
    else this.#resume(core, result);
    this.#deliver(core);
  }

  #resume(core: Core, result: Word): void {
    const frame = this.next(core);
    let word = result;
    for (let steps = 0; steps < localStepsMax; steps++) {
      let done: boolean | undefined;
      try {
        done = frame.routine.next(word).done;
      } catch (error) {
        this.#caught(core, error);
        return;
      }
      if (register.pending === done) {
        this.#reject(core, register.pending);
        return;
      }
      if (done) {
        core.context.frames.pop();
        if (core.context.frames.length === 0) this.fault = { tag: 'routine ended', context: core.context.id };
        return;
      }
      frame.kind = register.kind;
      frame.address = register.address;
      frame.operand = register.operand;
      frame.expected = register.expected;
      frame.order = register.order;
      frame.site = register.site;
      frame.text = register.text;
      register.pending = false;
      if (this.#weakening !== null && frame.site === this.#weakening.site) weaken(frame, this.#weakening);
      if (frame.kind < firstLocalKind || this.#isVisibleMask(core, frame)) return;
      word = this.#local(core, frame);
      if (this.fault) return;
      if (frame.kind === Kind.unmaskInterrupts && this.#isInterrupted(core)) {
        frame.kind = Kind.pause; // the interrupt strikes here, before anything that follows
        return;
      }
    }
    this.fault = { tag: 'endless local steps', context: core.context.id };
  }

  /** What a thread does before it masks interrupts must be told from what it does after, or no timer falls between. */
  #isVisibleMask(core: Core, { kind }: Frame): boolean {
    if (kind !== Kind.maskInterrupts || core.maskDepth > 0 || !this.#program.hasTimers) return false;
    return core.context.id < this.#program.threads && !handlesInterrupt(core.context);
  }

  /** The routine ended with a micro-op left over, or yielded something that is none. */
  #reject(core: Core, isFloating: boolean): void {
    const context = core.context.id;
    register.pending = false;
    this.fault = isFloating
      ? { tag: 'floating micro-op', context, kind: register.kind }
      : { tag: 'exception', context, message: 'something was yielded that is no micro-op' };
  }

  #local(core: Core, frame: Frame): Word {
    const context = core.context.id;
    switch (frame.kind) {
      case Kind.copyIn:
      case Kind.copyOut:
        return this.#copy(context, frame);
      case Kind.maskInterrupts:
        return core.maskDepth++;
      case Kind.unmaskInterrupts:
        if (core.maskDepth === 0) this.fault = { tag: 'unmasked too often', context };
        else core.maskDepth--;
        return 0;
      case Kind.maskDepth:
        return core.maskDepth;
      case Kind.coreNumber:
        return core.id;
      case Kind.activate:
        if (core.space !== frame.operand) this.costs.spaceSwitches++;
        core.space = frame.operand;
        return 0;
      case Kind.activeSpace:
        return core.space;
      case Kind.tracepoint:
        this.#trace(core, frame.text, frame.operand);
        return 0;
      default:
        this.fault = { tag: 'panic', context, why: frame.text };
        return 0;
    }
  }

  #trace(core: Core, name: string, word: Word): void {
    this.traced.push({ step: this.costs.steps, core: core.id, context: core.context.id, name, word });
  }

  #copy(context: number, frame: Frame): Word {
    const buffer = this.buffers[context];
    if (!buffer || frame.address < 0 || !(frame.address < buffer.mappedBytes)) return -1;
    this.costs.copies++;
    if (frame.kind === Kind.copyIn) return buffer.bytes[frame.address] ?? 0;
    buffer.bytes[frame.address] = frame.operand;
    return 0;
  }

  #isInterrupted(core: Core): boolean {
    if (core.maskDepth > 0 || !(core.timerPending || core.interProcessorPending)) return false;
    return !handlesInterrupt(core.context);
  }

  /** Lets what is pending strike, while the core's interrupts are not masked. */
  #deliver(core: Core): void {
    if (this.fault || !this.#isInterrupted(core)) return;
    const { interrupted } = this.#program;
    const wasInterrupted = core.interProcessorPending;
    core.interProcessorPending = false;
    if (wasInterrupted) this.memory.receive(core.id);
    if (wasInterrupted && interrupted) {
      this.#trace(core, 'interrupted', core.id);
      this.#enter(core, interrupted(core.context.id), true); // a timer that is pending too strikes when it has returned
      return;
    }
    if (core.timerPending) this.#strike(core);
  }

  /** The timer strikes in the midst of what the core runs. */
  #strike(core: Core): void {
    core.timerPending = false;
    this.costs.interrupts++;
    this.#enter(core, this.#program.timerInterrupt(core.context.id), false);
  }

  #caught(core: Core, error: unknown): void {
    const context = core.context.id;
    this.fault =
      error instanceof FloatingMicroOp
        ? { tag: 'floating micro-op', context, kind: error.kind }
        : { tag: 'exception', context, message: error instanceof Error ? error.message : String(error) };
  }
}
