import type { Machine } from '#impl/machine/machine.ts';
import type { Memory, Message } from '#impl/machine/memory/memory.ts';
import { Kind } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import { type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Schedule } from '#model/engine/explore/schedule.ts';
import { drainOf, timerOf } from '#model/engine/explore/strategy.ts';
import type { Program } from '#model/subject.ts';

/** One visible micro-op as it happened. */
export interface Access {
  /** From 1. */
  readonly step: number;
  readonly core: number;
  readonly context: number;
  /** The address space by which the core translated; -1: none. */
  readonly space: number;
  readonly kind: number;
  /** The word it touched; null if none. */
  readonly address: number | null;
  readonly operand: number;
  readonly expected: number;
  readonly result: number;
  readonly isWrite: boolean;
  /** What it wrote, if it did. */
  readonly written: number;
  /** What the word held afterwards. */
  readonly valueAfter: number;
  readonly order: Order;
  readonly site: string | undefined;
  /** In which way it went, where there was more than one; 0: the ordinary one. */
  readonly way: number;
  /** Its store waits in the core's store buffer. */
  readonly isBuffered: boolean;
  /** The step with or after which its store left the store buffer; null: it was in none, or is there still. */
  drainedAt: number | null;
  /** The words watched, each with its messages, before the next step. */
  messages: readonly (readonly Message[])[];
}

/** A store that leaves a store buffer after step `step`, or with it (a fence, a read-modify-write). */
export interface Drain {
  readonly step: number;
  readonly core: number;
  /** The step at which it was made. */
  readonly storeStep: number;
}

/** An execution and all that happened in it. */
export interface Recorded {
  readonly execution: Execution;
  readonly accesses: readonly Access[];
  /** The steps after which a timer struck. */
  readonly timers: ReadonlySet<number>;
  readonly drains: readonly Drain[];
}

const addressedKinds: ReadonlySet<number> = new Set([
  Kind.load,
  Kind.store,
  Kind.compareAndSwap,
  Kind.fetchAdd,
  Kind.swap,
  Kind.awaitWord,
  Kind.allocate,
  Kind.free,
]);

/** Runs a program under a schedule and writes everything down; the messages of the words `watched` too. */
export const record = (
  rig: Rig,
  program: Program,
  schedule: Schedule,
  limits: Limits,
  watched: readonly number[] = [],
): Recorded => {
  const accesses: Access[] = [];
  const timers = new Set<number>();
  const drains: Drain[] = [];
  const waiting = Array.from({ length: program.cores }, (): number[] => []);
  let machine: Machine | undefined;
  let memory: Memory | undefined;
  let lastWay = 0;
  /** Notices what has left the store buffer of `core` by now. */
  const lookAtBuffer = (core: number): void => {
    const stores = waiting[core] as number[];
    while (stores.length > (memory?.buffered(core) ?? 0)) {
      const storeStep = stores.shift() as number;
      drains.push({ step: accesses.length, core, storeStep });
      (accesses[storeStep - 1] as Access).drainedAt = accesses.length;
    }
  };
  const lookAround = (cores: number): void => {
    for (let core = 0; core < cores; core++) lookAtBuffer(core); // what was let out since the last step
    const last = accesses.at(-1);
    if (last && memory) last.messages = watched.map((word) => (memory as Memory).messages(word));
  };
  const execution = execute(rig, program, replayStrategy(schedule), limits, {
    observer: (core, context, frame, result) => {
      const { kind, operand, expected, order, site } = frame;
      const address = addressedKinds.has(kind) ? frame.address : null;
      const isWrite =
        kind === Kind.store ||
        kind === Kind.fetchAdd ||
        kind === Kind.swap ||
        (kind === Kind.compareAndSwap && result === expected);
      const valueAfter = address === null ? 0 : (memory?.latest(address) ?? 0);
      const step = accesses.length + 1;
      const stores = waiting[core] as number[];
      const isBuffered = kind === Kind.store && (memory?.buffered(core) ?? 0) > stores.length;
      if (isBuffered) stores.push(step);
      accesses.push({
        step,
        core,
        context,
        space: machine?.cores[core]?.space ?? -1,
        kind,
        address,
        operand,
        expected,
        result,
        isWrite,
        written: kind === Kind.fetchAdd ? (result + operand) | 0 : operand,
        valueAfter,
        order,
        site,
        way: lastWay,
        isBuffered,
        drainedAt: null,
        messages: [],
      });
      lastWay = 0;
      lookAtBuffer(core);
    },
    ways: (_ways, way) => {
      lastWay = way;
    },
    choices: (choice, action, chosenOf) => {
      machine = chosenOf;
      memory = machine.memory;
      lookAround(choice.cores);
      if (action >= timerOf(0, choice.cores) && action < drainOf(0, choice.cores)) timers.add(choice.step);
    },
  });
  lookAround(program.cores);
  return { execution, accesses, timers, drains };
};
