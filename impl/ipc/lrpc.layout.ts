/** Where everything of lightweight remote procedure calls lies in memory: the kernel's tables, and what users reach. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { entryOf, layoutMmu, type Mmu, notMapped } from '#impl/machine/mmu.ts';
import type { Address, Word } from '#impl/machine/ops.ts';
import { layoutLock } from '#impl/sync/spinlock.ts';
import type { AStackId, BindingId, DomainId, LrpcBody, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';

/** The words of a page, and so of a stack. */
export const pageWords = 8;

/** The time slice of a thread at boot. */
const budgetAtBootTicks = 5;

/** What the kernel keeps of a thread; the thread alone changes it, wherever it runs, but for the lock. */
export interface ThreadWords {
  readonly home: DomainId;
  /** The linkage of the innermost call that it is in, plus 1, or 0. */
  readonly calls: Address;
  /** In which address space it runs, and with whose authority. */
  readonly space: Address;
  readonly authority: Address;
  readonly priority: Address;
  readonly budgetTicks: Address;
  /** Held from a server's decision to keep the thread to its sleep, and by who ends that. Also what it sleeps on. */
  readonly holdLock: Address;
}

export interface DomainWords {
  readonly procedures: readonly { readonly body: LrpcBody; readonly aStacks: number }[];
  readonly isExported: Address;
  readonly isTerminated: Address;
  readonly isOpen: Address;
  /** For each of its E-stacks: the linkage plus 1 that it belongs to, times 2; plus 1 while a call is on it. 0: none. */
  readonly eStacks: readonly Address[];
}

/** A binding object: client plus 1, or 0 as long as there is none; and the server. */
export interface BindingWords {
  readonly client: Address;
  readonly server: Address;
  /** For each procedure its A-stacks that nobody has taken. */
  readonly lists: readonly ListWords[];
}

/** The free A-stacks of a procedure, the last one given back first. Guarded by `lock`. */
export interface ListWords {
  readonly lock: Address;
  /** An A-stack plus 1, or 0. */
  readonly top: Address;
  /** How many threads sleep because there is none. */
  readonly waiters: Address;
}

/** What the kernel keeps of an A-stack: the record of the call that it is in. Whoever claims `state` has the rest. */
export interface LinkageWords {
  readonly state: Address;
  readonly binding: Address;
  readonly procedure: Address;
  /** Where the caller goes on. */
  readonly programCounter: Address;
  readonly stackPointer: Address;
  /** Whether its stub took the A-stack off the list, and so gives it back. */
  readonly isFromList: Address;
  /** The linkage below it on the thread's stack, plus 1, or 0. */
  readonly below: Address;
  /** The E-stack that its last call ran on, plus 1, or 0. */
  readonly eStack: Address;
  /** The A-stack below it on the free list, plus 1, or 0. Guarded by the list's lock. */
  readonly nextFree: Address;
  readonly captive: CaptiveWords;
}

/** A captured thread, at the linkage where its call was given up: who holds it (plus 1, or 0), and its registers. */
export interface CaptiveWords {
  readonly heldIn: Address;
  readonly calls: Address;
  readonly programCounter: Address;
  readonly stackPointer: Address;
}

export interface Kernel {
  readonly mmu: Mmu;
  /** Guards the table of bindings, and whether a domain is exported or has ended. */
  readonly lock: Address;
  readonly bindingCount: Address;
  readonly aStackCount: Address;
  readonly threads: readonly ThreadWords[];
  readonly domains: readonly DomainWords[];
  readonly bindings: readonly BindingWords[];
  /** One for each A-stack. */
  readonly linkages: readonly LinkageWords[];
  /** Where the words of each A-stack are, for the page tables. */
  readonly frames: readonly Address[];
}

/** The A-stacks of the bindings at boot, in order. */
const aStacksAtBoot = ({ bindings, domains }: LrpcParameters) =>
  bindings.flatMap(({ client, server }, binding) =>
    (domains[server]?.procedures ?? []).flatMap(({ aStacks }, procedure) =>
      Array.from({ length: aStacks }, (_, index) => ({
        binding,
        procedure,
        client,
        server,
        isLast: index === aStacks - 1,
      })),
    ),
  );

/** Lays all of it out, for so many cores. */
export const layoutKernel = (memory: Allocator, parameters: LrpcParameters, cores: number): Kernel => {
  const { threads, domains, bindings, spareBindings, spareAStacks, eStacks } = parameters;
  const bound = aStacksAtBoot(parameters);
  const aStacks = bound.length + spareAStacks;
  const several = <Words>(count: number, lay: (index: number) => Words): Words[] =>
    Array.from({ length: count }, (_, index) => lay(index));
  const stackFrames = several(threads.length, (t) => memory.words(`T${t}.stack`, pageWords));
  const frames = several(aStacks, (a) => memory.words(`A${a}.words`, pageWords));
  const eStackFrames = domains.flatMap((_, d) => several(eStacks, (e) => memory.words(`D${d}.E${e}`, pageWords)));
  const dataFrames = several(domains.length, (d) => memory.words(`D${d}.data`, pageWords));
  const owned = (owner: DomainId) => (space: number) => space === owner;
  const pages = [
    ...stackFrames.map((frame, t) => ({ frame, isFor: owned(threads[t]?.home ?? -1) })),
    ...frames.map((frame, a) => ({ frame, isFor: (space: number) => sharesAStack(bound[a], space) })),
    ...eStackFrames.map((frame, i) => ({ frame, isFor: owned(Math.floor(i / eStacks)) })),
    ...dataFrames.map((frame, d) => ({ frame, isFor: owned(d) })),
  ];
  return {
    mmu: layoutMmu(memory, {
      cores,
      spaces: domains.length,
      pages: pages.length,
      pageWords,
      entryAtBoot: (space, page) => (pages[page]?.isFor(space) ? entryOf(pages[page].frame, true) : notMapped),
    }),
    lock: layoutLock(memory, 'kernel.lock'),
    bindingCount: memory.word('bindings', bindings.length),
    aStackCount: memory.word('A-stacks', bound.length),
    threads: threads.map(({ home, priority }, t) => ({
      home,
      calls: memory.word(`T${t}.linkage`),
      space: memory.word(`T${t}.space`, home),
      authority: memory.word(`T${t}.authority`, home),
      priority: memory.word(`T${t}.priority`, priority),
      budgetTicks: memory.word(`T${t}.budget`, budgetAtBootTicks),
      holdLock: layoutLock(memory, `T${t}.hold`),
    })),
    domains: domains.map(({ exported, procedures }, d) => ({
      procedures,
      isExported: memory.word(`D${d}.isExported`, Number(exported)),
      isTerminated: memory.word(`D${d}.isTerminated`),
      isOpen: memory.word(`D${d}.isOpen`),
      eStacks: several(eStacks, (e) => memory.word(`D${d}.E${e}.state`)),
    })),
    bindings: several(bindings.length + spareBindings, (b) => ({
      client: memory.word(`B${b}.client`, (bindings[b]?.client ?? -1) + 1),
      server: memory.word(`B${b}.server`, bindings[b]?.server ?? 0),
      lists: several(Math.max(0, ...domains.map(({ procedures }) => procedures.length)), (procedure) => ({
        lock: layoutLock(memory, `B${b}.P${procedure}.lock`),
        top: memory.word(
          `B${b}.P${procedure}.free`,
          bound.findIndex((one) => one.binding === b && one.procedure === procedure) + 1,
        ),
        waiters: memory.word(`B${b}.P${procedure}.waiters`),
      })),
    })),
    linkages: several(aStacks, (a) => {
      const word = (name: string, initial = 0) => memory.word(`A${a}.${name}`, initial);
      return {
        state: word('state'),
        binding: word('binding', bound[a]?.binding ?? -1),
        procedure: word('procedure', bound[a]?.procedure ?? -1),
        programCounter: word('pc'),
        stackPointer: word('sp'),
        isFromList: word('isFromList'),
        below: word('below'),
        eStack: word('E-stack'),
        nextFree: word('nextFree', bound[a] && !bound[a].isLast ? a + 2 : 0),
        captive: {
          heldIn: word('captive.heldIn'),
          calls: word('captive.linkage'),
          programCounter: word('captive.pc'),
          stackPointer: word('captive.sp'),
        },
      };
    }),
    frames,
  };
};

const sharesAStack = (bound: { client: DomainId; server: DomainId } | undefined, space: number): boolean =>
  bound?.client === space || bound?.server === space;

/** The virtual address of a thread's stack. */
export const stackOf = (thread: ThreadId): Word => thread * pageWords;

/** The virtual page of an A-stack. */
export const aStackPage = (kernel: Kernel, aStack: AStackId): number => kernel.threads.length + aStack;

/** The virtual address of an A-stack: there is the argument, and behind it the result. */
export const aStackOf = (kernel: Kernel, aStack: AStackId): Word => aStackPage(kernel, aStack) * pageWords;

/** The virtual address of an E-stack of a domain. */
export const eStackOf = ({ threads, linkages, domains }: Kernel, domain: DomainId, eStack: number): Word => {
  const each = domains[0]?.eStacks.length ?? 0;
  return (threads.length + linkages.length + domain * each + eStack) * pageWords;
};

/** The virtual address of a domain's counter, on a page of its own. */
export const counterOf = (kernel: Kernel, domain: DomainId): Word =>
  eStackOf(kernel, kernel.domains.length, 0) + domain * pageWords;

export const threadOf = (kernel: Kernel, thread: ThreadId): ThreadWords => kernel.threads[thread] as ThreadWords;

export const linkageOf = (kernel: Kernel, aStack: AStackId): LinkageWords => kernel.linkages[aStack] as LinkageWords;

export const bindingOf = (kernel: Kernel, binding: BindingId): BindingWords => kernel.bindings[binding] as BindingWords;
