/**
 * User code: the stubs of clients and servers, and the servers' procedures. It reaches memory through the MMU alone, by
 * the address space that it runs in; arguments, return addresses and what it saves lie on stacks in that memory.
 *
 * A piece of code ends where control goes on by an address: a jump, a return to an address that it pops off a stack, or
 * the trap of a call. It gives false if it faults: an address that is not mapped, or where no such thing can be.
 *
 * Whoever has an A-stack or a thread's stack mapped may write on it at any time, and no lock keeps anybody off. So these
 * words are accessed as `seq_cst`, in one order that all agree on; and whatever tells a thread of what another has done
 * (the counter, the marks of a linkage, that a domain is open or gone) is released by the one and acquired by the other: who
 * has heard of something later does not find words from before.
 */
import { giveBackAStack, takeAStack } from '#impl/ipc/lrpc.a-stacks.ts';
import { Code, domainOf, Failure, type Registers, trapCall, trapHold, trapReturn } from '#impl/ipc/lrpc.kernel.ts';
import { aStackOf, counterOf, type Kernel, threadOf } from '#impl/ipc/lrpc.layout.ts';
import { translate, userLoad, userStore } from '#impl/machine/mmu.ts';
import {
  activeSpace,
  fetchAdd,
  load,
  maskInterrupts,
  type Routine,
  store,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';
import type { Thread } from '#impl/sync/threads.ts';

/** A piece of user code. Gives whether it ran to its end. */
type Piece = (self: Thread, kernel: Kernel, registers: Registers) => Routine<boolean>;

/** The largest argument that `add` takes. */
const addendMax = 7;

const isOnOwnStack = (kernel: Kernel, { stackPointer }: Registers): boolean => stackPointer <= aStackOf(kernel, 0);

/** Others of its domain can write on a thread's stack; an E-stack is its caller's alone. */
const orderOf = (kernel: Kernel, registers: Registers): Order =>
  isOnOwnStack(kernel, registers) ? 'seq_cst' : 'plain';

/** Pushes a word onto the stack. */
export function* push(kernel: Kernel, registers: Registers, word: Word): Routine<boolean> {
  const isStored = yield* userStore(kernel.mmu, registers.stackPointer, word, orderOf(kernel, registers), 'lrpc.save');
  if (isStored) registers.stackPointer++;
  return isStored;
}

/** Pops a word off the stack. Null: it is not mapped. */
function* pop(kernel: Kernel, registers: Registers): Routine<Word | null> {
  const word = yield* userLoad(kernel.mmu, registers.stackPointer - 1, orderOf(kernel, registers), 'lrpc.restore');
  if (word !== null) registers.stackPointer--;
  return word;
}

/** Pushes a return address: what is called is to go on there. */
export function* pushReturn(kernel: Kernel, registers: Registers, address: Word): Routine<boolean> {
  yield tracepoint(
    isOnOwnStack(kernel, registers) ? 'frame on the thread’s stack' : 'frame on an E-stack',
    registers.stackPointer,
  );
  return yield* push(kernel, registers, address);
}

/** Returns to the address on top of the stack. */
function* popReturn(kernel: Kernel, registers: Registers): Routine<boolean> {
  const address = yield* pop(kernel, registers);
  if (address === null) return false;
  yield tracepoint('returns by', registers.stackPointer);
  registers.programCounter = address;
  return true;
}

/** The client's stub: takes an A-stack, unless the caller has chosen one; saves which; pushes the argument; and traps. */
function* stub(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const { binding, procedure } = registers;
  registers.isKept = false;
  if (registers.isFromList) {
    registers.isFromList = yield* hasList(kernel, binding, procedure);
    registers.aStack = registers.isFromList ? yield* takeAStack(self, kernel, binding, procedure) : -1;
    if (registers.isFromList && registers.aStack < 0) {
      registers.status = Failure.stale;
      registers.isFromList = false;
      registers.programCounter = Code.stubReturn;
      return yield* push(kernel, registers, 0);
    }
  }
  const { aStack } = registers;
  const isThere = kernel.linkages[aStack] !== undefined; // a caller may have chosen anything
  const saved = isThere ? ((aStack + 1) << 1) | Number(registers.isFromList) : 0;
  if (!(yield* push(kernel, registers, saved))) return false;
  if (isThere) {
    yield* userStore(kernel.mmu, aStackOf(kernel, aStack), registers.value, 'seq_cst', 'lrpc.push');
  }
  registers.programCounter = Code.stubReturn;
  yield* trapCall(self, kernel, registers);
  return true;
}

/** Whether the caller's domain has A-stacks for this procedure. */
function* hasList(kernel: Kernel, binding: number, procedure: number): Routine<boolean> {
  const bound = kernel.bindings[binding];
  if (!bound || (yield load(bound.client, 'acquire', 'lrpc.isBound')) !== (yield activeSpace()) + 1) return false;
  return domainOf(kernel, yield load(bound.server, 'plain')).procedures[procedure] !== undefined;
}

/** The client's stub again: takes the result, and gives the A-stack back. What its stack holds may be anything. */
function* stubReturn(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const saved = yield* pop(kernel, registers);
  if (saved === null) return false;
  const aStack = (saved >> 1) - 1;
  if (saved !== 0 && !kernel.linkages[aStack]) return false;
  registers.value = registers.status;
  if (registers.status === 0) {
    const result = yield* userLoad(kernel.mmu, aStackOf(kernel, aStack) + 1, 'seq_cst', 'lrpc.collect');
    if (result === null) return false;
    registers.value = result;
  }
  if ((saved & 1) !== 0 && !registers.isKept) yield* giveBackAStack(self, kernel, aStack);
  return yield* popReturn(kernel, registers);
}

/** The server's stub, at which the kernel lets callers in: copies the argument to the E-stack, and calls the procedure. */
function* serverStub(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const { budgetTicks } = threadOf(kernel, self.id);
  yield store(budgetTicks, Math.max(0, (yield load(budgetTicks, 'plain')) - 1), 'plain'); // of the slice that came along
  const argument = yield* userLoad(kernel.mmu, aStackOf(kernel, registers.aStack), 'seq_cst', 'lrpc.copy');
  if (argument === null || !(yield* push(kernel, registers, argument))) return false;
  if (!(yield* push(kernel, registers, registers.aStack))) return false;
  const { procedures } = domainOf(kernel, yield activeSpace());
  const body = procedures[registers.procedure]?.body;
  registers.programCounter = body ? Code[body.tag] : Code.destroyed;
  return yield* pushReturn(kernel, registers, Code.serverStubReturn);
}

/** The server's stub again: puts the result onto the A-stack, and traps back. */
function* serverStubReturn(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const aStack = yield* pop(kernel, registers);
  if (aStack === null) return false;
  if (!(yield* userStore(kernel.mmu, aStackOf(kernel, aStack) + 1, registers.value, 'seq_cst', 'lrpc.answer')))
    return false;
  yield* trapReturn(self, kernel, registers, false);
  return true;
}

/** The argument of a procedure, as the server's stub has copied it. */
function* argumentOf(kernel: Kernel, registers: Registers): Routine<Word | null> {
  return yield* userLoad(kernel.mmu, registers.stackPointer - 3, 'plain', 'lrpc.argument');
}

/** Adds to the counter of the domain in which this runs, if it runs with that domain's authority. The sum, or -13. */
function* addToCounter(self: Thread, kernel: Kernel, addend: Word): Routine<Word> {
  const domain = yield activeSpace();
  if ((yield load(threadOf(kernel, self.id).authority, 'plain')) !== domain) return Failure.noAuthority;
  yield maskInterrupts();
  const counter = yield* translate(kernel.mmu, counterOf(kernel, domain), true);
  const sum = (yield fetchAdd(counter, addend, 'acq_rel', 'lrpc.counter')) + addend; // pairs with itself
  yield unmaskInterrupts();
  return sum;
}

function* add(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const checked = yield* argumentOf(kernel, registers);
  if (checked === null) return false;
  registers.value = Failure.invalid;
  if (checked >= 0 && checked <= addendMax) {
    const used = yield* argumentOf(kernel, registers);
    registers.value = yield* addToCounter(self, kernel, used ?? 0);
  }
  return yield* popReturn(kernel, registers);
}

/** As whom the caller runs, in a word. */
export function* identityOf(self: Thread, kernel: Kernel): Routine<Word> {
  const { authority, priority, budgetTicks } = threadOf(kernel, self.id);
  const whose = yield load(authority, 'plain');
  return whose + 16 * (yield load(priority, 'plain')) + 256 * (yield load(budgetTicks, 'plain'));
}

function* identify(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  registers.value = yield* identityOf(self, kernel);
  return yield* popReturn(kernel, registers);
}

function* hold(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const before = registers.programCounter;
  if (!(yield* trapHold(self, kernel, registers))) return false;
  if (registers.programCounter !== before) return true; // the caller goes on, and who was here is captured
  registers.value = 0;
  return yield* popReturn(kernel, registers);
}

/** Calls on, over a binding of the server's own. */
function* forward(_self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const body = domainOf(kernel, yield activeSpace()).procedures[registers.procedure]?.body;
  const argument = yield* argumentOf(kernel, registers);
  if (body?.tag !== 'forward' || argument === null) return false;
  registers.binding = body.binding;
  registers.procedure = body.procedure;
  registers.value = argument;
  registers.isFromList = true;
  registers.programCounter = Code.stub;
  return yield* pushReturn(kernel, registers, Code.forwardReturn);
}

/** Goes on after that: counts it. */
function* forwardReturn(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const counted = yield* addToCounter(self, kernel, 1);
  if (counted < 0) registers.value = counted;
  return yield* popReturn(kernel, registers);
}

/** What code lies where. At `crash` lies none. */
const code: ReadonlyMap<Word, Piece> = new Map([
  [Code.stub, stub],
  [Code.stubReturn, stubReturn],
  [Code.serverStub, serverStub],
  [Code.serverStubReturn, serverStubReturn],
  [Code.forwardReturn, forwardReturn],
  [Code.add, add],
  [Code.identify, identify],
  [Code.hold, hold],
  [Code.forward, forward],
]);

/** Runs the piece of code where the thread is. False: there is none, or it has faulted. */
export function* runPiece(self: Thread, kernel: Kernel, registers: Registers): Routine<boolean> {
  const piece = code.get(registers.programCounter);
  return piece !== undefined && (yield* piece(self, kernel, registers));
}
