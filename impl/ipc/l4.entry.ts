/** How a thread comes into the kernel with a message, waits there, and comes out with another. */
import {
  Activity,
  addressIn,
  blockOf,
  coreBlockOf,
  Failure,
  isOfTransfer,
  type Kernel,
  lengthIn,
  objectOf,
  physicalRegisters,
  portOf,
  rangesIn,
  rightsOf,
  Status,
  slotIn,
  slotsEach,
  type ThreadBlock,
  virtualRegisters,
  whileReceiving,
  wordsIn,
} from '#impl/ipc/l4.layout.ts';
import { enqueue } from '#impl/ipc/l4.queue.ts';
import { finish } from '#impl/ipc/l4.rendezvous.ts';
import { transfer } from '#impl/ipc/l4.transfer.ts';
import { userLoad } from '#impl/machine/mmu.ts';
import {
  type Address,
  activate,
  activeSpace,
  copyOut,
  coreNumber,
  load,
  type Routine,
  store,
  tracepoint,
  type Word,
} from '#impl/machine/ops.ts';
import { standBy } from '#impl/sync/dispatcher.ts';
import { release } from '#impl/sync/spinlock.ts';
import { State, type Thread, wordsOf } from '#impl/sync/threads.ts';
import type { TimeoutTicks } from '#spec/abi/ipc/l4.ts';

/** A timeout as a word. */
export const ticksOf = (timeout: TimeoutTicks): number => timeout ?? -1;

/** The word of a slot of the caller's; 0: it is empty, or none. */
export function* lookUpAny(self: Thread, kernel: Kernel, slot: number): Routine<Word> {
  if (slot < 0 || slot >= slotsEach) return 0;
  return yield load(blockOf(kernel, self.id).slots + slot, 'plain');
}

/** The capability in a slot of the caller's, if it is of that kind and has the right; or why it is of no use. */
export function* lookUp(
  self: Thread,
  kernel: Kernel,
  slot: number,
  isNotification: boolean,
  right: number,
): Routine<Word> {
  const capability = yield* lookUpAny(self, kernel, slot);
  if (capability === 0 || kernel.notifications[objectOf(capability)] !== isNotification) return Failure.badSlot;
  return (rightsOf(capability) & right) === right ? capability : Failure.noRight;
}

/** What the user's stub does before the trap: the words that find no register are written to memory. */
export function* fillVirtual(self: Thread, kernel: Kernel, words: readonly Word[]): Routine {
  for (let i = physicalRegisters; i < words.length; i++) {
    yield store(blockOf(kernel, self.id).virtual + i - physicalRegisters, words[i] as Word, 'plain');
  }
}

/** What the trap does if the thread may have to wait: its registers are put away. */
export function* saveRegisters(self: Thread, kernel: Kernel, words: readonly Word[]): Routine {
  for (let i = 0; i < Math.min(words.length, physicalRegisters); i++) {
    yield store(blockOf(kernel, self.id).saved + i, words[i] as Word, 'plain');
  }
}

/** Queues the caller at a port, unless it may not wait: then its call has failed. It holds the port's lock and its own. */
export function* waitAt(self: Thread, kernel: Kernel, port: number, activity: number, ticks: number): Routine {
  const mine = blockOf(kernel, self.id);
  const inPhase = (failure: Word): Word => (activity === Activity.sending ? failure : whileReceiving(failure));
  if (ticks === 0) {
    yield* finish(mine, inPhase(Failure.timeout));
    return;
  }
  if ((yield load(mine.dead, 'plain')) !== 0) {
    yield* finish(mine, inPhase(Failure.canceled));
    return;
  }
  yield* enqueue(kernel, self.table, port, self.id);
  yield store(mine.activity, activity, 'plain');
  yield store(mine.ticks, ticks, 'plain');
}

/**
 * Waits until the caller's call is over, if it is not, and copies its texts when a receiver is there. It holds the port's
 * lock and its own, and gives both up.
 */
export function* rest(self: Thread, kernel: Kernel, port: number): Routine<Word> {
  const mine = wordsOf(self.table, self.id);
  const { activity } = blockOf(kernel, self.id);
  for (;;) {
    const before = yield load(activity, 'plain');
    yield* release(portOf(kernel, port).lock);
    if (before === Activity.none) break;
    if (before !== Activity.copying) {
      yield store(mine.state, State.sleeping, 'relaxed');
      yield* standBy(self);
      if ((yield load(activity, 'plain')) === Activity.none) break;
    }
    yield* release(mine.lock);
    yield* transfer(self, kernel, port);
  }
  return yield* comeOut(self, kernel);
}

/**
 * The call is over: the caller is told what it received, which its partner has put where it is put away, or left in the
 * registers of the core. It holds its own lock, so nobody else has the core before it has read them.
 */
export function* comeOut(self: Thread, kernel: Kernel): Routine<Word> {
  const mine = blockOf(kernel, self.id);
  const status = yield load(mine.status, 'plain');
  const core = coreBlockOf(kernel, yield coreNumber());
  yield activate(kernel.spaceOf[self.id] as number);
  if (status === Status.receivedInRegisters) {
    yield tracepoint('message in registers', yield activeSpace());
    yield* tell(core.tag, core.badge, core.registers, mine.virtual);
  } else if (status === Status.received) {
    yield* tell(mine.tag, mine.badge, mine.saved, mine.virtual);
    yield* tellTexts(kernel, mine);
  } else if (isOfTransfer(status)) yield copyOut(0, yield load(mine.done, 'plain'));
  else if (status === Status.signaled) yield copyOut(0, yield load(mine.badge, 'plain'));
  yield* release(wordsOf(self.table, self.id).lock);
  return status === Status.receivedInRegisters ? Status.received : status;
}

/** What the user's stub does with a message: badge, slot plus 1, and the words. */
function* tell(tagAt: Address, badgeAt: Address, registers: Address, virtual: Address): Routine {
  const tag = yield load(tagAt, 'plain');
  yield copyOut(0, yield load(badgeAt, 'plain'));
  yield copyOut(1, slotIn(tag) + 1);
  yield copyOut(2, wordsIn(tag));
  for (let i = 0; i < wordsIn(tag); i++) {
    const at = i < physicalRegisters ? registers + i : virtual + i - physicalRegisters;
    yield copyOut(3 + i, yield load(at, 'plain'));
  }
}

/** The same with texts, as they lie in the buffers: behind the words, how many, and of each the length and the words. */
function* tellTexts(kernel: Kernel, mine: ThreadBlock): Routine {
  const texts = yield load(mine.texts, 'plain');
  let at = 3 + physicalRegisters + virtualRegisters;
  yield copyOut(at++, rangesIn(texts));
  if (rangesIn(texts) === 0) return;
  const buffers = yield load(mine.buffers, 'plain');
  for (let index = 0; index < rangesIn(texts); index++) {
    yield copyOut(at++, lengthIn(texts, index));
    for (let i = 0; i < lengthIn(texts, index); i++) {
      yield copyOut(at++, (yield* userLoad(kernel.mmu, addressIn(buffers, index) + i, 'plain')) ?? -1);
    }
  }
}
