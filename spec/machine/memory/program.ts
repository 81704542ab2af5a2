/**
 * A litmus program of any architecture, in the small language that both sides of the memory read: the axioms here and
 * the operational machines under `impl`. Types only. Front ends translate AArch64, x86, C and RISC-V into it; what is
 * special about one of them is in an access's order or in a fence, nowhere else.
 */

/** The number of a register within its thread. Every register of a thread has one, flags and temporaries too. */
export type RegisterId = number;

/** The number of a location. Its address, as a value in a register, is `(location + 1) * 0x10000`. */
export type LocationId = number;

/** What a register or a location holds: 64 bits, as a signed integer. Doubles would lose the low bits of quadwords. */
export type Value = bigint;

/**
 * What is computed from registers. Every register named is depended on, even where its value does not matter (`EOR
 * W2,W0,W0`). Everything wraps to 64 bits, signed; `low32` wraps to 32 bits, signed, as an `int` does. Comparisons give
 * 1 or 0. `unsignedLess` and `unsignedShiftRight` take their operands as unsigned.
 */
export type Expression =
  | { readonly tag: 'constant'; readonly value: Value }
  | { readonly tag: 'register'; readonly register: RegisterId }
  | { readonly tag: 'low32'; readonly operand: Expression }
  | {
      readonly tag: 'binary';
      readonly operator:
        | 'add'
        | 'subtract'
        | 'multiply'
        | 'and'
        | 'or'
        | 'xor'
        | 'shiftLeft'
        | 'shiftRight'
        | 'unsignedShiftRight'
        | 'equal'
        | 'notEqual'
        | 'less'
        | 'lessOrEqual'
        | 'unsignedLess'
        | 'unsignedLessOrEqual';
      readonly left: Expression;
      readonly right: Expression;
    };

/**
 * What an access promises. `plain`: C data, where a race is undefined; or an ordinary access of a processor.
 * `acquirePC` is LDAPR's, weaker than `acquire`. For processors `acquire` and `release` are LDAR's and STLR's (RISC-V:
 * `.aq`, `.rl`), which are stronger than C's of the same name; `seq_cst` is C's only, `acq_rel` C's and RISC-V's
 * `.aq.rl`.
 */
export type AccessOrder = 'plain' | 'relaxed' | 'acquirePC' | 'acquire' | 'release' | 'acq_rel' | 'seq_cst';

/** A fence, by its name in its architecture. */
export type Fence =
  | 'dmb.sy'
  | 'dmb.ld'
  | 'dmb.st'
  | 'dsb.sy'
  | 'dsb.ld'
  | 'dsb.st'
  | 'isb'
  | 'mfence'
  | 'sfence'
  | 'lfence'
  | 'c.relaxed'
  | 'c.acquire'
  | 'c.release'
  | 'c.acq_rel'
  | 'c.seq_cst'
  | `fence.${'r' | 'w' | 'rw'}.${'r' | 'w' | 'rw'}`
  | 'fence.tso'
  | 'fence.i';

/** What a read-modify-write stores, of the word that was there and its operand. */
export type Update =
  | 'swap'
  | 'add'
  | 'subtract'
  | 'and'
  | 'or'
  | 'xor'
  | 'clear'
  | 'max'
  | 'min'
  | 'unsignedMax'
  | 'unsignedMin';

/**
 * How wide an access is. It stores the low 32 or 64 bits of its value. A `word` is loaded extended with its sign (lw, a
 * C int), an `unsignedWord` with zeros (LDR of a W register). A read-modify-write computes and compares at its width.
 */
export type Width = 'word' | 'unsignedWord' | 'doubleword';

export type Instruction =
  /** A computation within the thread. */
  | { readonly tag: 'assign'; readonly register: RegisterId; readonly value: Expression }
  /**
   * A choice between two values (CSEL): the result depends on the condition, and on the one chosen. Not a branch.
   * A condition is met when it is not 0.
   */
  | {
      readonly tag: 'select';
      readonly register: RegisterId;
      readonly condition: Expression;
      readonly chosen: Expression;
      readonly otherwise: Expression;
    }
  /** `exclusive`: LDXR, LR. */
  | {
      readonly tag: 'load';
      readonly register: RegisterId | null;
      readonly address: Expression;
      readonly order: AccessOrder;
      readonly width: Width;
      readonly exclusive: boolean;
    }
  /**
   * `status`: STXR, SC: the register that gets 0 if it stored, 1 if it failed. It may always fail, and does unless a load
   * exclusive of the same location and width came before it in the thread, with no store exclusive in between. Null: an
   * ordinary store.
   */
  | {
      readonly tag: 'store';
      readonly address: Expression;
      readonly value: Expression;
      readonly order: AccessOrder;
      readonly width: Width;
      readonly status: RegisterId | null;
    }
  /**
   * A read-modify-write in one step. `register` gets the word that was there; null: it is not kept (STADD, or an LDADD
   * to the zero register: then `order` is plain or release, and the read orders less). `locked`: x86, a full fence.
   */
  | {
      readonly tag: 'update';
      readonly register: RegisterId | null;
      readonly address: Expression;
      readonly update: Update;
      readonly operand: Expression;
      readonly readOrder: AccessOrder;
      readonly writeOrder: AccessOrder;
      readonly width: Width;
      readonly locked: boolean;
    }
  /**
   * Stores `desired` if `expected` is there. `register` gets the word that was there. A failing one is a load of
   * `failureOrder`. `result` (C): gets 1 if it stored, else 0. `failsSpuriously`: C's weak one. AArch64's CAS has more
   * ways: a failing one may write back the word that was there, as a read-modify-write; one that stores may leave
   * `register` as it is, so that it depends on what `expected` did (on what was read only as a CSEL on its condition).
   */
  | {
      readonly tag: 'compareAndSwap';
      readonly register: RegisterId | null;
      readonly result: RegisterId | null;
      readonly address: Expression;
      readonly expected: Expression;
      readonly desired: Expression;
      readonly readOrder: AccessOrder;
      readonly writeOrder: AccessOrder;
      readonly failureOrder: AccessOrder;
      readonly width: Width;
      readonly locked: boolean;
      readonly failsSpuriously: boolean;
    }
  | { readonly tag: 'fence'; readonly fence: Fence }
  /**
   * Goes on at instruction `target` (the length of the thread: its end) if `condition` is not 0; null: always. What
   * follows depends on `condition` either way (a control dependency), even where both ways meet at the next line.
   */
  | { readonly tag: 'branch'; readonly condition: Expression | null; readonly target: number };

export type Architecture = 'AArch64' | 'X86' | 'X86_64' | 'C' | 'RISCV';

/** A thread: its code, and what its registers hold at the start (0 if not said). */
export interface LitmusThread {
  readonly instructions: readonly Instruction[];
  /** The name of each register, as its source writes it: `X0`, `EAX`, `r1`. Index: RegisterId. */
  readonly registers: readonly string[];
  readonly initial: readonly Value[];
}

/** Something of which the final value is looked at. */
export type Observed =
  | { readonly tag: 'register'; readonly thread: number; readonly register: RegisterId }
  | { readonly tag: 'location'; readonly location: LocationId };

/** A program without its question: what both sides run. */
export interface LitmusProgram {
  readonly name: string;
  readonly architecture: Architecture;
  readonly threads: readonly LitmusThread[];
  /** The name of each location, and what it holds at the start. Index: LocationId. */
  readonly locations: readonly string[];
  readonly initial: readonly Value[];
  /** What makes up a final state, in order. */
  readonly observed: readonly Observed[];
  /**
   * How often a thread may branch backwards to one instruction: herd unrolls loops twice. Executions that would go on
   * are left out. A condition that depends on nothing read has one outcome, and does not count.
   */
  readonly backwardBranchesMax: number;
}

/** A final state: the value of each of the program's `observed`, in the same order. */
export type FinalState = readonly Value[];
