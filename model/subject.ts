import type * as fc from 'fast-check';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { UserBuffer } from '#impl/machine/context.ts';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type * as sleepWakeup from '#impl/sync/sleep-wakeup.ts';
import type * as spinlock from '#impl/sync/spinlock.ts';
import type { Placement, Thread, ThreadTable } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Outcome } from '#spec/outcome.ts';

/** Every call is plain data with a tag. */
export interface AnyCall {
  readonly tag: string;
}

/** What the threads of an execution are given to do: plain data, so that it can be generated, shrunk, saved, shown. */
export interface Program<Call = AnyCall, Parameters = unknown> {
  readonly variant: string;
  readonly parameters: Parameters;
  readonly cores: number;
  /** The calls of each thread, in order. A thread with none does not run, but its process exists. */
  readonly threads: readonly (readonly Call[])[];
}

/** A small program that is explored exhaustively, named by what it is about. */
export interface Scenario<Call = AnyCall, Parameters = unknown> {
  readonly name: string;
  readonly program: Program<Call, Parameters>;
}

/** How large generated programs are. */
export interface ProgramSize {
  readonly threads: number;
  readonly calls: number;
}

/**
 * What a thread does: it makes its calls in order, each once; or any of them, again and again, in any order. A thread
 * of the second kind that has but one call is always in it.
 */
export interface Behaviour<Call = AnyCall> {
  readonly tag: 'in order' | 'any';
  readonly calls: readonly Call[];
}

/** What is alike in a system, and where a state tells it apart. What is alike must behave alike, and begin alike. */
export interface SymmetryOf<Call = AnyCall> {
  /** Groups of threads: any may change places with any other, each thread with the one that stands there in the other. */
  readonly groups: readonly (readonly ThreadId[])[];
  /** Lists that have an entry for each thread, by their place in the state: `processes`. */
  readonly lists: readonly string[];
  /** Fields that hold a thread, by their place in the state, with * for any entry: `lock`, `processes.*.parent`. */
  readonly ids: readonly string[];
  /** A call with the threads in it renamed, if calls name any. */
  call?(call: Call, renamed: (thread: ThreadId) => ThreadId): Call;
}

/** Threads whose calls reach every state of a spec that matters, and only finitely many: what `explore --spec` explores. */
export interface Exploration<State = unknown, Call = AnyCall, Parameters = unknown> {
  readonly parameters: Parameters;
  readonly threads: readonly Behaviour<Call>[];
  readonly symmetry?: SymmetryOf<Call>;
  /** Whether a call may rightly wait for ever from this state on. Any other that can never go on refutes the spec. */
  mayWait(state: State, caller: ThreadId, call: Call): boolean;
}

/** The parts of the kernel that any subject may call, from the same instance as the implementation under test. */
export interface Services {
  readonly kill: typeof sleepWakeup.kill;
  readonly acquire: typeof spinlock.acquire;
  readonly release: typeof spinlock.release;
}

/** What the threads of a program run on: on a core that has no thread, as a thread begins and ends, as a timer strikes. */
export interface Scheduler<Layout = unknown> {
  /** Runs threads on `core` for ever. */
  dispatch(layout: Layout, table: ThreadTable, core: number): Routine<unknown>;
  /** The first thing that a thread does which was not on a core at boot. */
  begin(self: Thread, layout: Layout): Routine<unknown>;
  /** The timer struck in the midst of a thread. */
  timerInterrupt(self: Thread, layout: Layout): Routine<unknown>;
  /** The thread has nothing more to run, for ever. */
  retire(self: Thread, layout: Layout): Routine<unknown>;
}

/** How a machine is when it boots: which cores it has, and where each thread is. */
export interface MachineAtBoot {
  readonly cores: number;
  readonly placements: readonly Placement[];
}

/** A named variant of a subject's spec, and the module of its reference implementation. */
export interface Variant {
  readonly name: string;
  readonly module: string;
  /** Whoever waits polls and keeps its core: so every thread must have one, or whom it waits for may never run. */
  readonly polls?: true;
  /**
   * It is a naive implementation of what that other variant specifies: one big lock, linear scans, no fast path. Programs
   * of the one are programs of the other.
   */
  readonly baselineOf?: string;
}

/**
 * A thing with a spec and implementations. Everything else (generating, exploring, comparing, shrinking, showing) works
 * on this interface and knows no subject by name.
 *
 * `Module` is what an implementation exports, `Layout` where its words are.
 */
export interface Subject<
  State = unknown,
  Call extends AnyCall = AnyCall,
  Answer = unknown,
  Parameters = unknown,
  Module = unknown,
  Layout = unknown,
> {
  /** Its path in the four trees: `ipc/pipe`. */
  readonly id: string;
  /** One sentence for lists. */
  readonly summary: string;
  /** The path of its spec, where several subjects share one; absent: its own. */
  readonly spec?: string;
  /** The named variants of the spec, the default one first, each with its reference implementation under `impl/`. */
  readonly variants: readonly Variant[];
  /** What an implementation must export, all of them functions. */
  readonly exports: readonly string[];
  /** Small programs that are explored exhaustively, each named by what it is about. */
  scenarios(variant: string): readonly Scenario<Call, Parameters>[];
  /** The scenarios of which one execution is shown on the page, to see how an implementation works. */
  readonly examples?: readonly string[];
  /** Random programs. */
  programs(variant: string, size: ProgramSize): fc.Arbitrary<Program<Call, Parameters>>;
  /** Parameters and calls for sequential runs, where each call is made by one of `threads` threads. */
  sequences(variant: string): {
    readonly parameters: fc.Arbitrary<Parameters>;
    readonly threads: number;
    readonly calls: fc.Arbitrary<{ readonly thread: ThreadId; readonly call: Call }>;
  };
  /**
   * What is explored of the spec alone, beside the scenarios, with about `threads` threads. Calls and outcomes that only
   * scenarios need not be among it.
   */
  exploration?(variant: string, threads: number): Exploration<State, Call, Parameters>;
  /** Programs a little simpler than this one in its parameters or one call's arguments, the simplest first. */
  simpler(program: Program<Call, Parameters>): Iterable<Program<Call, Parameters>>;
  /** What is wrong with a program that was not generated here (a file's, changed by hand), if anything. */
  validate(program: Program): string | undefined;
  /** The spec: the state at boot, with so many threads on so many cores, and what a call may do. */
  initial(variant: string, parameters: Parameters, threads: number, cores: number): State;
  outcomes(state: State, caller: ThreadId, call: Call): readonly Outcome<State, Call, Answer>[];
  /** Whoever makes a call, its outcomes are the same: so they are computed but once. */
  readonly areCallersAlike?: true;
  /**
   * Whether what is left of a call may still end with this answer, whatever happens: it saves trying. It may say yes
   * wrongly, but not no. Absent: nobody knows but by trying.
   */
  mayEnd?(rest: Call, answer: Answer): boolean;
  /**
   * Whether it is likely to end with this answer from this state on, if nobody interferes: where to look first. It may be
   * wrong both ways. Absent: nobody can tell.
   */
  probablyEnds?(state: State, rest: Call, answer: Answer): boolean;
  /** The parent of each thread, where that matters. */
  parents(parameters: Parameters, threads: number): readonly (ThreadId | null)[];
  /** The implementation: where its words are, what the call does, and what the thread is told. */
  boot(module: Module, memory: Allocator, parameters: Parameters, machine: MachineAtBoot): Layout;
  userBuffer(call: Call): UserBuffer;
  perform(module: Module, services: Services, self: Thread, layout: Layout, call: Call): Routine<Word>;
  answer(variant: string, call: Call, result: Word, buffer: UserBuffer): Answer;
  /** The implementation is a scheduler: what it runs in place of the kernel's own. */
  scheduler?(module: Module): Scheduler<Layout>;
  /**
   * What a core does in the midst of a context (a thread, or from the number of threads on a dispatcher) when another core
   * interrupts it. Absent: it only wakes if it is idle.
   */
  interrupted?(module: Module, layout: Layout, table: ThreadTable, context: number): Routine<unknown>;
  /**
   * The refinement map of the reference implementation: what its words mean when no call is under way. Undefined where
   * an implementation has another layout.
   */
  abstract?(layout: Layout, latest: (address: Address) => Word, before: State): State | undefined;
  /** A call and an answer as a person would write them. */
  showCall(call: Call): string;
  showAnswer(answer: Answer): string;
  /** What a tracepoint told, as a person would write it; absent: its name and the word. */
  showTraced?(name: string, word: Word): string;
  /** The state in one short line. */
  showState(state: State): string;
}
