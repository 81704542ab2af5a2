import { Kind } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import { type Execution, execute, type Limits, type Rig } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Schedule } from '#model/engine/explore/schedule.ts';
import type { Program } from '#model/subject.ts';

/** One visible micro-op as it happened. */
export interface Access {
  /** From 1. */
  readonly step: number;
  readonly core: number;
  readonly context: number;
  readonly kind: number;
  /** The word it touched; null if none. */
  readonly address: number | null;
  readonly operand: number;
  readonly expected: number;
  readonly result: number;
  readonly isWrite: boolean;
  /** What the word held afterwards. */
  readonly valueAfter: number;
  readonly order: Order;
  readonly site: string | undefined;
}

/** An execution and all that happened in it. */
export interface Recorded {
  readonly execution: Execution;
  readonly accesses: readonly Access[];
  /** The steps after which a timer struck. */
  readonly timers: ReadonlySet<number>;
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

/** Runs a program under a schedule and writes everything down. */
export const record = (rig: Rig, program: Program, schedule: Schedule, limits: Limits): Recorded => {
  const accesses: Access[] = [];
  const timers = new Set<number>();
  let latest: (address: number) => number = () => 0;
  const execution = execute(rig, program, replayStrategy(schedule), limits, {
    observer: (core, context, frame, result) => {
      const { kind, operand, expected, order, site } = frame;
      const address = addressedKinds.has(kind) ? frame.address : null;
      const isWrite =
        kind === Kind.store ||
        kind === Kind.fetchAdd ||
        kind === Kind.swap ||
        (kind === Kind.compareAndSwap && result === expected);
      const valueAfter = address === null ? 0 : latest(address);
      accesses.push({
        step: accesses.length + 1,
        core,
        context,
        kind,
        address,
        operand,
        expected,
        result,
        isWrite,
        valueAfter,
        order,
        site,
      });
    },
    choices: (choice, action, machine) => {
      latest = (address) => machine.memory.latest(address);
      if (action >= choice.cores) timers.add(choice.step);
    },
  });
  return { execution, accesses, timers };
};
