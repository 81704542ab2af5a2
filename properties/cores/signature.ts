import type { Core, Frame } from '#impl/machine/context.ts';
import type { Machine } from '#impl/machine/machine.ts';
import { Kind, lastAccessKind, type Word } from '#impl/machine/ops.ts';
import { type Execution, execute, type Limits, type Onlooker, type Rig } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';

const isRead = ({ kind }: Frame): boolean =>
  kind === Kind.load || kind === Kind.awaitWord || (kind >= Kind.compareAndSwap && kind <= lastAccessKind);

/** What a core did, or what happened to it after its step. */
interface Done {
  readonly step: number;
  readonly isStep: boolean;
  readonly what: string;
}

/** What the execution's class says of a word that is beside those of the program. */
const registersOf = (context: number): string => `registers of ${context}`;
const interruptsTo = (core: number): string => `interrupts to ${core}`;

/**
 * Sees of what class an execution under `sc` is. Two are of one class if they have the same signature: what each core
 * does, micro-op by micro-op, each read with the write that it reads; the order of the writes to each word; where timers
 * struck and interrupts were received; and for each call which answers came before.
 */
class Signature {
  readonly onlooker: Onlooker;
  /** Whether an interrupt has struck a dispatcher, or waited for one to unmask: these are not explored. */
  hasStruckDispatcher = false;
  readonly #threads: number;
  readonly #takesRetriesForWaits: boolean;
  readonly #done: Done[][] = [];
  /** How many visible steps were done, and which core did each. */
  #steps = 0;
  readonly #coreOf: number[] = [];
  readonly #writes = new Map<string, string[]>();
  readonly #interrupted: boolean[] = [];
  /** Of each core, a failed compare-and-swap that may turn out to be one of a lock, which is a wait. */
  readonly #failed: (string | undefined)[] = [];
  readonly #failedFrames: (Pick<Frame, 'address' | 'expected'> | undefined)[] = [];
  /** Unmaskings at which a timer has struck: what is left of them is a pause, which is not the program's. */
  readonly #unmaskings = new Set<Frame>();
  #machine: Machine | undefined;
  #last = 0;
  #isTimer = false;
  #strikes = 0;

  constructor(threads: number, takesRetriesForWaits: boolean) {
    this.#threads = threads;
    this.#takesRetriesForWaits = takesRetriesForWaits;
    this.onlooker = {
      ways: null,
      choices: ({ step, cores }, action, machine) => {
        this.#look(machine);
        if (action < cores) this.#coreOf[step + 1] = action;
        this.#steps = action < cores ? step + 1 : step;
        this.#last = action % cores;
        this.#isTimer = action >= cores;
      },
      observer: (core, context, frame, result) => this.#see(core, context, frame, result),
    };
  }

  of({ history }: Execution): string {
    if (this.#machine) this.#look(this.#machine);
    const answered: string[] = [];
    for (const event of history) {
      let what = `${event.thread}.${event.index} is called after ${answered.toSorted()}`;
      if (event.tag === 'answer') {
        what = `${event.thread}.${event.index} is answered ${JSON.stringify(event.answer)}`;
        answered.push(what);
      }
      // It is after the step at which it happened, and before what interrupts the next one.
      const done = this.#done[this.#coreOf[event.step] as number] as Done[];
      const later = done.findIndex(({ step, isStep }) => step > event.step || (step === event.step && !isStep));
      done.splice(later < 0 ? done.length : later, 0, { step: event.step, isStep: true, what });
    }
    return JSON.stringify([this.#done.map((done) => done.map(({ what }) => what)), [...this.#writes].sort()]);
  }

  /** What has happened since the last step, beside what the core did. */
  #look(machine: Machine): void {
    this.#machine = machine;
    for (const { id, interProcessorPending, timerPending, context } of machine.cores) {
      const wasInterrupted = this.#interrupted[id];
      this.#interrupted[id] = interProcessorPending;
      if (wasInterrupted && !interProcessorPending)
        this.#add(id, `received ${this.#lastWrite(interruptsTo(id))}`, false);
      if (timerPending && context.id >= this.#threads) this.hasStruckDispatcher = true;
    }
    if (machine.costs.interrupts > this.#strikes) {
      this.#strikes = machine.costs.interrupts;
      const { id, frames } = (machine.cores[this.#last] as Core).context;
      if (id >= this.#threads) this.hasStruckDispatcher = true;
      if (!this.#isTimer) this.#unmaskings.add(frames.at(-2) as Frame);
      this.#add(this.#last, 'struck', false);
    }
  }

  #see(core: number, context: number, frame: Frame, result: Word): void {
    const { kind, address, operand, expected } = frame;
    if (this.#unmaskings.delete(frame)) return;
    if (this.#isRetry(core, frame)) return;
    const step = `${context}: ${kind} ${address} ${operand} ${expected} gives ${result}`;
    const isFailed = kind === Kind.compareAndSwap && result !== expected;
    if (isFailed && this.#isMasked(core) && this.#takesRetriesForWaits) {
      this.#failed[core] = `${step}, reads ${this.#lastWrite(String(address))}`;
      this.#failedFrames[core] = { address, expected };
      return;
    }
    const reads: string[] = [];
    const writes: string[] = [];
    if (isRead(frame)) reads.push(String(address));
    if (kind >= Kind.store && kind <= lastAccessKind && !isFailed) writes.push(String(address));
    if (kind === Kind.switchTo) {
      reads.push(registersOf(operand));
      writes.push(registersOf(context));
    }
    if (kind === Kind.idle) reads.push(interruptsTo(core));
    if (kind === Kind.sendInterrupt) {
      writes.push(interruptsTo(operand));
      this.#interrupted[operand] = true;
    }
    if (kind === Kind.allocate || kind === Kind.free) {
      for (let i = 0; i < operand; i++) writes.push(String(address + i));
    }
    const read = reads.map((word) => this.#lastWrite(word));
    const name = this.#add(core, `${step}, reads ${read}`, true);
    for (const word of writes) this.#writes.set(word, [...(this.#writes.get(word) ?? []), name]);
  }

  /** Whether a failed compare-and-swap before this one was that of a lock, of which this is the wait. */
  #isRetry(core: number, frame: Frame): boolean {
    const failed = this.#failed[core];
    const { address, expected } = this.#failedFrames[core] ?? {};
    this.#failed[core] = undefined;
    this.#failedFrames[core] = undefined;
    if (failed === undefined) return false;
    if (frame.kind === Kind.awaitWord && frame.address === address && frame.operand === expected) return true;
    this.#add(core, failed, true);
    return false;
  }

  #isMasked(core: number): boolean {
    return (this.#machine?.cores[core]?.maskDepth as number) > 0;
  }

  #lastWrite(word: string): string {
    return this.#writes.get(word)?.at(-1) ?? 'boot';
  }

  #add(core: number, what: string, isStep: boolean): string {
    const done = this.#done[core] ?? [];
    done.push({ step: this.#steps, isStep, what });
    this.#done[core] = done;
    return `${core}.${done.length}`;
  }
}

/**
 * The signature of an execution, which is made again by its schedule. Undefined: an interrupt has struck a dispatcher,
 * which changes nothing and is not explored. `takesRetriesForWaits`: a lock that is tried again and again has waited.
 */
export const signatureOf = (
  rig: Rig,
  { program, schedule }: Execution,
  limits: Limits,
  takesRetriesForWaits = true,
): string | undefined => {
  const signature = new Signature(program.threads.length, takesRetriesForWaits);
  const again = execute(rig, program, replayStrategy(schedule), limits, signature.onlooker);
  return signature.hasStruckDispatcher ? undefined : signature.of(again);
};
