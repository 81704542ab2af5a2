/** The free A-stacks of a procedure and its client: a list with a lock of its own, the last one given back on top. */
import {
  bindingOf,
  type Kernel,
  type LinkageWords,
  type ListWords,
  linkageOf,
  threadOf,
} from '#impl/ipc/lrpc.layout.ts';
import { type Address, activate, load, type Routine, store, tracepoint, type Word } from '#impl/machine/ops.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { AStackId, BindingId } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';

/** The state of a linkage: who is in a call with it (plus 1), and these. `outermost`: that call is not from within another. */
export const Linked = {
  thread: 7,
  aborted: 8,
  captured: 16,
  clientLost: 32,
  serverLost: 64,
  lost: 96,
  outermost: 128,
} as const;

/** The state of the linkage of a thread's outermost call. */
export const outermostOf = (thread: ThreadId): Word => (thread + 1) | Linked.outermost;

const listOf = (kernel: Kernel, binding: BindingId, procedure: number): ListWords =>
  bindingOf(kernel, binding).lists[procedure] as ListWords;

/** The list to which an A-stack belongs that has one. */
export function* listOfAStack(kernel: Kernel, linkage: LinkageWords): Routine<ListWords> {
  const binding = yield load(linkage.binding, 'relaxed');
  return listOf(kernel, binding, yield load(linkage.procedure, 'relaxed'));
}

/** Takes an A-stack; waits while there is none. -1: there will be none, one end of the binding is gone. */
export function* takeAStack(
  self: Thread,
  kernel: Kernel,
  binding: BindingId,
  procedure: number,
): Routine<AStackId | -1> {
  const list = listOf(kernel, binding, procedure);
  yield* acquire(list.lock);
  for (;;) {
    const aStack = (yield load(list.top, 'plain')) - 1;
    if (aStack >= 0) {
      yield store(list.top, yield load(linkageOf(kernel, aStack).nextFree, 'plain'), 'plain');
      yield tracepoint('A-stack taken', aStack);
    }
    if (aStack >= 0 || (yield* isLost(kernel, binding, procedure))) {
      yield* release(list.lock);
      return aStack;
    }
    yield store(list.waiters, (yield load(list.waiters, 'plain')) + 1, 'plain');
    yield* sleepIn(self, kernel, list.top, list.lock);
    yield store(list.waiters, (yield load(list.waiters, 'plain')) - 1, 'plain');
  }
}

/** Whether all A-stacks of a binding and procedure lead from or to a domain that is gone. The caller holds their lock. */
function* isLost(kernel: Kernel, binding: BindingId, procedure: number): Routine<boolean> {
  for (const { binding: of, procedure: which, state } of kernel.linkages) {
    if ((yield load(of, 'relaxed')) !== binding || (yield load(which, 'relaxed')) !== procedure) continue;
    if (((yield load(state, 'acquire', 'lrpc.isLost')) & Linked.lost) === 0) return false; // pairs with tell
  }
  return true;
}

/** Gives an A-stack back that was taken; whoever waits for one looks again. */
export function* giveBackAStack(self: Thread, kernel: Kernel, aStack: AStackId): Routine {
  const linkage = linkageOf(kernel, aStack);
  const list = yield* listOfAStack(kernel, linkage);
  yield* acquire(list.lock);
  yield store(linkage.nextFree, yield load(list.top, 'plain'), 'plain');
  yield store(list.top, aStack + 1, 'plain');
  yield tracepoint('A-stack given back', aStack);
  yield* wakeWaiters(self, list);
  yield* release(list.lock);
}

/** Lets whoever waits for an A-stack look again. The caller holds the list's lock. */
export function* wakeWaiters(self: Thread, list: ListWords): Routine {
  if ((yield load(list.waiters, 'plain')) > 0) yield* wakeup(self, list.top);
}

/** Sleeps, and then runs in the address space where the thread was. */
export function* sleepIn(self: Thread, kernel: Kernel, channel: Address, lock: Address): Routine {
  yield* sleep(self, channel, lock);
  yield activate(yield load(threadOf(kernel, self.id).space, 'plain'));
}
