import type { UserBuffer } from '#impl/machine/context.ts';
import { pause, type Routine } from '#impl/machine/ops.ts';
import type { Booted } from '#model/engine/explore/boot.ts';
import type { Instance, World } from '#model/engine/load/world.ts';
import type { AnyCall, Program, Scheduler, Subject } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';

/** A subject's implementation: what every execution of a program runs. */
export interface Code {
  readonly subject: Subject;
  readonly variant: string;
  readonly world: World;
}

/** Is told when a call is made, just before its first step, and when it is answered, just after its last one. */
export interface Edge {
  called(index: number): void;
  answered(index: number, answer: unknown): void;
}

const instanceOf = (code: Code, context: number): Instance => code.world.instances[context] as Instance;

/** What a context runs on: the kernel's own dispatcher, if the implementation is no scheduler. */
const schedulerOf = ({ subject }: Code, { module, dispatcher }: Instance): Scheduler =>
  subject.scheduler?.(module) ?? {
    dispatch: (_, table, core) => dispatcher.dispatch(table, core),
    begin: (self) => dispatcher.begin(self),
    timerInterrupt: (self) => dispatcher.timerInterrupt(self),
    retire: (self) => dispatcher.retire(self),
  };

/** What a thread runs: its calls one after the other; then it retires. `user` is its memory. */
export function* callsOf(
  code: Code,
  program: Program,
  booted: Booted,
  id: ThreadId,
  user: UserBuffer,
  edge: Edge,
): Routine {
  const { subject, variant } = code;
  const instance = instanceOf(code, id);
  const { module, services } = instance;
  const scheduler = schedulerOf(code, instance);
  const layout = booted.layouts[id];
  const self = { id, table: booted.table };
  const calls = program.threads[id] as readonly AnyCall[];
  if (!booted.running.includes(id)) yield* scheduler.begin(self, layout);
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index] as AnyCall;
    yield pause();
    edge.called(index);
    Object.assign(user, subject.userBuffer(call));
    const result = yield* subject.perform(module, services, self, layout, call);
    edge.answered(index, subject.answer(variant, call, result, user));
  }
  yield* scheduler.retire(self, layout);
}

/** What the dispatcher that is context `context` of a program with so many threads runs. */
export const dispatcherOf = (code: Code, booted: Booted, context: number, threads: number): Routine<unknown> =>
  schedulerOf(code, instanceOf(code, context)).dispatch(booted.layouts[context], booted.table, context - threads);

/** What runs on a core in the midst of a context when its timer strikes. */
export const timerInterruptOf = (code: Code, program: Program, booted: Booted, context: number): Routine<unknown> => {
  if (context >= program.threads.length) return booted.nothing();
  const self = { id: context, table: booted.table };
  return schedulerOf(code, instanceOf(code, context)).timerInterrupt(self, booted.layouts[context]);
};

/** What runs on a core in the midst of a context when another interrupts it; null: nothing. */
export const interruptedOf = (code: Code, booted: Booted): ((context: number) => Routine<unknown>) | null => {
  const { interrupted } = code.subject;
  if (!interrupted) return null;
  return (context) => interrupted(instanceOf(code, context).module, booted.layouts[context], booted.table, context);
};
