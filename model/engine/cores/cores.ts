import { Kind, lastAccessKind, type Word } from '#impl/machine/ops.ts';
import type { FenceOrder } from '#impl/machine/order.ts';
import { type ContextStep, type Contexts, faulted } from '#model/engine/cores/contexts.ts';
import {
  CoreStep,
  cutOff,
  done,
  ending,
  fault,
  type Operation,
  operation,
  Role,
  type Standing,
  When,
} from '#model/engine/cores/core-step.ts';
import { Retries } from '#model/engine/cores/retries.ts';
import type { Beside } from '#model/engine/cores/words.ts';
import type { Threads } from '#model/engine/graph/threads.ts';
import { isMet, rank } from '#model/engine/graph/trie.ts';

/** What is explored: the program's shape, as far as the cores need it. */
export interface Setting {
  readonly threads: number;
  readonly cores: number;
  /** Which threads have calls to make. */
  readonly active: readonly number[];
  readonly running: readonly number[];
  readonly words: number;
  readonly contextWord: readonly number[];
  readonly registersWord: readonly number[];
  readonly timers: number;
  readonly stepsMax: number;
  /** Whether a word is one that may be accessed, now or after its page was allocated. */
  isMemory(address: number): boolean;
  heedsFence(order: FenceOrder): boolean;
}

const nodesMax = 100_000;

/** What a thread may be told by its core that it is not told by another, and what it may do to it. */
const ownOfCore: ReadonlySet<number> = new Set([Kind.coreNumber, Kind.activate, Kind.activeSpace]);

/** Interrupts are first looked for at the end of the first step. */
const atBoot = { space: -1, maskDepth: 0, strikes: 0, received: 0, hasLooked: true, steps: 0, index: 0 };

/**
 * The cores of a machine as threads of an execution graph, and beside them one for each timer interrupt that may strike.
 * Whatever cores share is a word: saved registers (the word stands for what the context does next), interrupts, what is
 * known outside. So a core is deterministic in the words that it reads, and the same exploration serves it.
 */
export class Cores implements Threads<CoreStep> {
  readonly roots: readonly CoreStep[];
  readonly waits: CoreStep;
  readonly #setting: Setting;
  readonly #beside: Beside;
  readonly #contexts: Contexts;
  /** Null: failed compare-and-swaps that are tried again are not taken for waits. */
  readonly #retries: Retries | null;
  #nodes = 0;
  #nodesMax = nodesMax;

  constructor(setting: Setting, beside: Beside, contexts: Contexts, takesRetriesForWaits: boolean) {
    this.#setting = setting;
    this.#beside = beside;
    this.#contexts = contexts;
    this.#retries = takesRetriesForWaits ? new Retries(contexts, (step, word) => this.after(step, word)) : null;
    const cores = Array.from({ length: setting.cores }, (_, core) => this.#begin(core));
    const timers = beside.timers.flat().map((address, i) => this.#timer(setting.cores + i, address));
    this.roots = [...cores, ...timers];
    this.waits = this.#make(Role.none, (this.roots[0] as CoreStep).standing, ending(done), null, 0);
  }

  get isFull(): boolean {
    return this.#nodes > this.#nodesMax;
  }

  after(step: CoreStep, word: Word): CoreStep {
    const { words } = step;
    for (let i = 0; i < words.length; i++) if (words[i] === word) return step.nodes[i] as CoreStep;
    const next = this.#next(step, word);
    words.push(word);
    step.nodes.push(next);
    return next;
  }

  isInVain(step: CoreStep, word: Word): boolean {
    if (step.kind === Kind.awaitWord) return !isMet(step, word);
    if (step.role !== Role.access || step.kind !== Kind.compareAndSwap || word === step.expected) return false;
    if (step.retried.includes(word)) return true;
    if (step.notRetried.includes(word)) return false;
    const isRetried = this.#retries?.isRetried(step, word) ?? false;
    (isRetried ? step.retried : step.notRetried).push(word);
    return isRetried;
  }

  prune(standing: readonly CoreStep[]): void {
    const ways = new Set<CoreStep>();
    for (const step of standing) for (let at: CoreStep | null = step; at; at = at.parent) ways.add(at);
    for (const step of ways) {
      step.words = [];
      step.nodes = [];
    }
    for (const step of ways) {
      step.parent?.words.push(step.given);
      step.parent?.nodes.push(step);
    }
    this.#contexts.prune(ways.values().map(({ standing: { at } }) => at));
    this.#nodes = ways.size;
    this.#nodesMax = Math.max(nodesMax, 2 * this.#nodes);
  }

  /** Whether what was taken for a wait is one (see `Retries`). */
  areWaits(): boolean {
    return this.#retries === null || this.#retries.areWaits();
  }

  #begin(core: number): CoreStep {
    const at = this.#contexts.start(this.#setting.running[core] as number);
    return this.#settle({ ...atBoot, core, at }, null, 0);
  }

  #timer(thread: number, address: number): CoreStep {
    const at = this.#contexts.start(this.#setting.running[0] as number);
    const op = operation(Kind.store, address, 1, 0, rank.relaxed);
    return this.#make(Role.due, { ...atBoot, core: thread, at }, op, null, 0);
  }

  #make(role: Role, standing: Standing, op: Operation, parent: CoreStep | null, given: Word): CoreStep {
    this.#nodes++;
    return new CoreStep(role, standing, op, parent, given);
  }

  /** The step after one that gave `word`. */
  #next(step: CoreStep, word: Word): CoreStep {
    const { standing } = step;
    const { at, core } = standing;
    const target = at.operand;
    const setting = this.#setting;
    const access = (role: Role, index: number, op: Operation): CoreStep =>
      this.#make(role, { ...standing, index }, op, step, word);
    switch (step.role) {
      case Role.due:
        return access(Role.none, 0, ending(done));
      case Role.access:
        return this.#settle({ ...standing, at: this.#contexts.after(at, word), index: 0 }, step, word);
      case Role.send:
        return this.#settle({ ...standing, at: this.#contexts.after(at, 0), index: 0 }, step, word);
      case Role.call:
      case Role.answer:
        return this.#settle({ ...standing, index: standing.index + 1 }, step, word);
      case Role.timer: {
        if (word === 0) return this.#notStruck(standing, step, word);
        const struck = {
          ...standing,
          at: this.#contexts.struck(at, 'timer'),
          strikes: standing.strikes + 1,
          hasLooked: true,
        };
        return this.#settle({ ...struck, index: 0 }, step, word);
      }
      case Role.interrupt:
        return this.#looked({ ...standing, received: word, hasLooked: true }, word !== standing.received, step, word);
      case Role.saveRegisters:
        return access(
          Role.leave,
          0,
          operation(Kind.store, setting.contextWord[at.context] as number, 0, 0, rank.release),
        );
      case Role.leave: {
        const lookedAt = setting.contextWord[target];
        if (lookedAt === undefined) return access(Role.none, 0, ending(fault));
        return access(Role.look, 0, operation(Kind.load, lookedAt, 0, 0, rank.relaxed));
      }
      case Role.look:
        if (word !== 0) return access(Role.none, 0, ending(fault));
        return access(
          Role.loadRegisters,
          0,
          operation(Kind.load, setting.registersWord[target] as number, 0, 0, rank.plain),
        );
      case Role.loadRegisters:
        return access(
          Role.enter,
          word,
          operation(Kind.store, setting.contextWord[target] as number, core + 1, 0, rank.relaxed),
        );
      case Role.enter:
        return this.#settle({ ...standing, at: this.#contexts.resumed(target, standing.index), index: 0 }, step, word);
      case Role.page: {
        const index = standing.index + 1;
        if (index === target)
          return this.#settle({ ...standing, at: this.#contexts.after(at, 0), index: 0 }, step, word);
        return access(Role.page, index, operation(Kind.store, at.address + index, 0, 0, rank.plain));
      }
      default:
        return access(Role.none, 0, ending(fault));
    }
  }

  /** Whether an interrupt was pending is known. */
  #looked(standing: Standing, isInterrupted: boolean, step: CoreStep, word: Word): CoreStep {
    const when =
      standing.index === When.beforeStep ? When.beforeStep : isInterrupted ? When.interrupted : When.unmasking;
    if (isInterrupted && this.#contexts.heedInterrupts) {
      const at = this.#contexts.struck(standing.at, 'interrupt');
      return this.#settle({ ...standing, at, index: 0 }, step, word);
    }
    const looking = { ...standing, index: when };
    return this.#timerAt(looking, step, word) ?? this.#notStruck(looking, step, word);
  }

  /** No timer strikes here: the core goes on. */
  #notStruck(before: Standing, step: CoreStep, word: Word): CoreStep {
    const standing = { ...before, index: 0 };
    if (before.index === When.beforeStep) return this.#begun(standing, step, word);
    const at = this.#contexts.after(standing.at, 0);
    if (before.index === When.unmasking) return this.#settle({ ...standing, at }, step, word);
    // An interrupt that is pending makes the unmasking a step of its own.
    return this.#settle({ ...standing, at, steps: standing.steps + 1, hasLooked: false }, step, word);
  }

  /** Whether nothing comes between an unmasking and the next visible step, before which a timer may strike as well. */
  #isSoon({ at }: Standing): boolean {
    const contexts = this.#contexts;
    let next = contexts.after(at, 0);
    while (next.marks.length === 0 && next.kind === Kind.maskDepth) next = contexts.after(next, 0);
    return next.marks.length === 0 && !ownOfCore.has(next.kind) && next.kind !== faulted;
  }

  /** The core looks whether its next timer is due, if it is where one may strike and it can matter. */
  #timerAt(standing: Standing, parent: CoreStep | null, given: Word): CoreStep | undefined {
    const { core, strikes, at, index } = standing;
    const timer = this.#beside.timers[core]?.[strikes];
    if (timer === undefined || isMasked(standing) || at.context >= this.#setting.threads) return undefined;
    if (index === When.unmasking && this.#isSoon(standing)) return undefined;
    return this.#make(Role.timer, standing, operation(Kind.load, timer, 0, 0, rank.relaxed), parent, given);
  }

  /** Does what is local to the core, and finds its next access. */
  #settle(from: Standing, parent: CoreStep | null, given: Word): CoreStep {
    const { threads, active, timers } = this.#setting;
    const beside = this.#beside;
    let standing = from;
    for (let local = 0; local < 10_000; local++) {
      const { at, core, maskDepth } = standing;
      const others = active.filter((thread) => thread !== at.context);
      // What was marked on the way: a call looks at each of the others.
      let left = standing.index;
      for (const mark of at.marks) {
        const accesses = mark.tag === 'call' ? others.length : 1;
        if (left < accesses) {
          const op =
            mark.tag === 'call'
              ? operation(Kind.load, beside.answered[others[left] as number] as number, 0, 0, rank.acquire)
              : operation(Kind.store, beside.answered[at.context] as number, answersOf(at), 0, rank.release);
          return this.#make(mark.tag === 'call' ? Role.call : Role.answer, standing, op, parent, given);
        }
        left -= accesses;
      }
      if (at.kind === faulted) return this.#make(Role.none, standing, ending(fault), parent, given);
      let word: Word;
      switch (at.kind) {
        case Kind.maskInterrupts: {
          if (!isMasked(standing) && timers > 0 && at.context < threads) return this.#visible(standing, parent, given);
          word = maskDepth;
          standing = { ...standing, maskDepth: maskDepth + 1 };
          break;
        }
        case Kind.unmaskInterrupts:
          if (maskDepth === 0) return this.#make(Role.none, standing, ending(fault), parent, given);
          standing = { ...standing, maskDepth: maskDepth - 1 };
          if (!isMasked(standing)) {
            const looking = { ...standing, index: When.unmasking };
            if (!standing.hasLooked) return this.#make(Role.interrupt, looking, this.#look(standing), parent, given);
            const timer = this.#timerAt(looking, parent, given);
            if (timer) return timer;
          }
          word = 0;
          break;
        case Kind.maskDepth:
          word = maskDepth;
          break;
        case Kind.coreNumber:
          word = core;
          break;
        case Kind.activate:
          standing = { ...standing, space: at.operand };
          word = 0;
          break;
        case Kind.activeSpace:
          word = standing.space;
          break;
        default:
          return this.#visible(standing, parent, given);
      }
      standing = { ...standing, at: this.#contexts.after(at, word), index: 0 };
    }
    return this.#make(Role.none, standing, ending(fault), parent, given);
  }

  #look({ core }: Standing): Operation {
    return operation(Kind.load, this.#beside.sent[core] as number, 0, 0, rank.acquire);
  }

  /** The core is about to do a visible step: interrupts that are pending are received at the end of the one before. */
  #visible(standing: Standing, parent: CoreStep | null, given: Word): CoreStep {
    const looking = { ...standing, index: When.beforeStep };
    if (!isMasked(standing) && !standing.hasLooked) {
      return this.#make(Role.interrupt, looking, this.#look(standing), parent, given);
    }
    return this.#timerAt(looking, parent, given) ?? this.#begun(standing, parent, given);
  }

  /** The visible step itself. */
  #begun(before: Standing, parent: CoreStep | null, given: Word): CoreStep {
    const { at, core } = before;
    const setting = this.#setting;
    const standing: Standing = { ...before, steps: before.steps + 1, hasLooked: false, index: 0 };
    const make = (role: Role, op: Operation): CoreStep => this.#make(role, standing, op, parent, given);
    if (standing.steps > setting.stepsMax) return make(Role.none, ending(cutOff));
    const passed = (maskDepth = standing.maskDepth, word = 0): CoreStep =>
      this.#settle({ ...standing, maskDepth, at: this.#contexts.after(at, word) }, parent, given);
    const isAccess = at.kind <= lastAccessKind || at.kind === Kind.awaitWord;
    if (isAccess) {
      if (at.kind === Kind.awaitWord && !isMasked(standing) && this.#contexts.heedInterrupts) {
        return make(Role.none, ending(cutOff)); // it waits for a word or an interrupt: no graph says which
      }
      const isSound = setting.isMemory(at.address) && Number.isInteger(at.operand) && Number.isInteger(at.expected);
      if (!isSound) return make(Role.none, ending(fault));
      return make(Role.access, operation(at.kind, at.address, at.operand | 0, at.expected | 0, rank[at.order]));
    }
    switch (at.kind) {
      case Kind.fence:
        if (!setting.heedsFence(at.order as FenceOrder)) return passed();
        return make(Role.access, operation(Kind.fence, 0, 0, 0, rank[at.order]));
      case Kind.switchTo: {
        const saved = this.#contexts.save(at);
        return make(
          Role.saveRegisters,
          operation(Kind.store, setting.registersWord[at.context] as number, saved, 0, rank.plain),
        );
      }
      case Kind.idle: {
        // The interrupt is received when interrupts are not masked.
        const { received } = standing;
        return make(
          Role.access,
          operation(Kind.awaitWord, this.#beside.sent[core] as number, received, 1, rank.relaxed),
        );
      }
      case Kind.sendInterrupt: {
        const sent = this.#beside.sent[at.operand];
        if (sent === undefined) return passed();
        return make(Role.send, operation(Kind.fetchAdd, sent, 1, 0, rank.release));
      }
      case Kind.allocate:
      case Kind.free:
        if (!Number.isInteger(at.operand) || !setting.isMemory(at.address + at.operand - 1) || at.operand < 0) {
          return make(Role.none, ending(fault));
        }
        if (at.operand === 0) return passed();
        return make(Role.page, operation(Kind.store, at.address, 0, 0, rank.plain));
      case Kind.maskInterrupts:
        return passed(standing.maskDepth + 1, standing.maskDepth);
      default:
        return passed();
    }
  }
}

/** Whether nothing interrupts the core. */
const isMasked = ({ maskDepth, at }: Standing): boolean => maskDepth > 0 || at.handlesInterrupt;

/** How many calls of its thread were answered on the way to a step, this one included. */
const answersOf = (step: ContextStep): Word => {
  let answers = 0;
  for (let at: ContextStep | null = step; at; at = at.parent) {
    for (const mark of at.marks) if (mark.tag === 'answer') answers++;
  }
  return answers;
};
