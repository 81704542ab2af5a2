/**
 * The naive scheduler: one lock for everything, no queue at all. Whoever gives a core up lets its dispatcher look at every
 * thread for the most urgent one that may run there, and of those for the one that has waited longest. Whatever happens,
 * all other cores are told; each looks for itself whether it matters there.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import {
  type Address,
  copyOut,
  coreNumber,
  idle,
  load,
  maskInterrupts,
  panic,
  type Routine,
  sendInterrupt,
  store,
  switchTo,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { Placement, Thread, ThreadTable } from '#impl/sync/threads.ts';
import type { ThreadId } from '#spec/abi.ts';

const State = { gone: 0, ready: 1, running: 2, blocked: 3 } as const;

const Failure = { noReply: -2, noThread: -3, busy: -16, invalid: -22 } as const;

const priorities = 4;

/**
 * All that is kept of a thread. `ticket`: it waits for a turn since then. `core`: where it runs, or ran last. `awaits`: who
 * has to leave its core before it goes on, plus 1. `calls`: whom it calls, plus 1, with what, and since when.
 */
type ThreadWords = Record<
  | 'state'
  | 'core'
  | 'ticket'
  | 'priority'
  | 'mask'
  | 'ticksLeft'
  | 'woken'
  | 'awaits'
  | 'calls'
  | 'asked'
  | 'askedAt'
  | 'owes'
  | 'reply',
  Address
>;

interface Layout {
  readonly lock: Address;
  /** How many tickets were given out. */
  readonly tickets: Address;
  readonly threads: readonly ThreadWords[];
  /** Who runs on each core, plus 1. */
  readonly current: readonly Address[];
  readonly sliceTicks: number;
}

export const boot = (
  memory: Allocator,
  parameters: { readonly priorities: readonly number[]; readonly sliceTicks: number },
  machine: { readonly cores: number; readonly placements: readonly Placement[] },
): Layout => ({
  lock: layoutLock(memory, 'scheduler.lock'),
  tickets: memory.word('tickets', machine.placements.length),
  threads: machine.placements.map((placement, id) => {
    const word = (name: string, initial = 0) => memory.word(`T${id}.${name}`, initial);
    const runs = placement.tag === 'on core';
    return {
      state: word('scheduled', runs ? State.running : placement.tag === 'waiting' ? State.ready : State.gone),
      core: word('core', runs ? placement.core : 0),
      ticket: word('ticket', id),
      priority: word('priority', parameters.priorities[id] ?? 0),
      mask: word('mask', (1 << machine.cores) - 1),
      ticksLeft: word('ticks left', parameters.sliceTicks),
      woken: word('woken'),
      awaits: word('awaits'),
      calls: word('calls'),
      asked: word('asked'),
      askedAt: word('asked at'),
      owes: word('owes'),
      reply: word('reply'),
    };
  }),
  current: Array.from({ length: machine.cores }, (_, core) =>
    memory.word(
      `core${core}.runs`,
      machine.placements.findIndex((placement) => placement.tag === 'on core' && placement.core === core) + 1,
    ),
  ),
  sliceTicks: parameters.sliceTicks,
});

const wordsOf = (layout: Layout, id: ThreadId): ThreadWords => layout.threads[id] as ThreadWords;
const has = (mask: Word, core: number): boolean => ((mask >> core) & 1) === 1;

/** The next ticket: whoever has a lower one has waited longer. */
function* ticket(layout: Layout): Routine<Word> {
  const given = (yield load(layout.tickets, 'plain')) + 1;
  yield store(layout.tickets, given, 'plain');
  return given;
}

/** Runs threads on `core` for ever. Whoever switches to or from here holds the lock. */
export function* dispatch(layout: Layout, _table: ThreadTable, core: number): Routine {
  const current = layout.current[core] as Address;
  if ((yield load(current, 'plain')) === 0) yield* acquire(layout.lock);
  for (;;) {
    const next = yield* best(layout, core, -1);
    yield store(current, next + 1, 'plain');
    if (next < 0) {
      yield maskInterrupts(); // or what is to end `idle` could come before it
      yield tracepoint('looks for work', core);
      yield* release(layout.lock);
      yield tracepoint('halts', core);
      yield idle();
      yield tracepoint('is awake', core);
      yield unmaskInterrupts();
      yield* acquire(layout.lock);
    } else {
      const thread = wordsOf(layout, next);
      yield store(thread.state, State.running, 'plain');
      yield store(thread.core, core, 'plain');
      yield tracepoint('dispatched', next + 16 * core + 256 * (yield load(thread.priority, 'plain')));
      yield switchTo(next);
    }
  }
}

/** The thread that should have `core` of those above `priority` that are ready and may; -1: none. */
function* best(layout: Layout, core: number, priority: number): Routine<number> {
  let found = -1;
  let highest = priority;
  let oldest = 0;
  for (const [id, thread] of layout.threads.entries()) {
    if ((yield load(thread.state, 'plain')) !== State.ready || !has(yield load(thread.mask, 'plain'), core)) continue;
    const urgency = yield load(thread.priority, 'plain');
    const waitsSince = yield load(thread.ticket, 'plain');
    if (urgency < highest || (urgency === highest && (found < 0 || waitsSince > oldest))) continue;
    found = id;
    highest = urgency;
    oldest = waitsSince;
  }
  return found;
}

/** Gives the core up, with the lock held; goes on with it held, perhaps on another core. */
function* giveUp(self: Thread, layout: Layout, state: number, keepsTurn = false): Routine {
  const mine = wordsOf(layout, self.id);
  yield store(mine.state, state, 'plain');
  if (!keepsTurn) yield store(mine.ticket, yield* ticket(layout), 'plain');
  yield tracepoint(state === State.ready ? 'preempted' : 'blocked', self.id);
  if (state === State.ready) yield* tellOthers(layout); // they may take it
  yield* readyWhoAwaits(layout, self.id);
  yield switchTo(self.table.threads.length + (yield coreNumber()));
}

/** Whoever waits until a thread has left its core looks again. */
function* readyWhoAwaits(layout: Layout, moved: ThreadId): Routine {
  for (const [id, { awaits }] of layout.threads.entries()) {
    if ((yield load(awaits, 'plain')) === moved + 1) yield* makeReady(layout, id);
  }
}

/** Lets every other core look whether something has changed for it. */
function* tellOthers(layout: Layout): Routine {
  const here = yield coreNumber();
  for (let core = 0; core < layout.current.length; core++) {
    if (core === here) continue;
    yield sendInterrupt(core);
    yield tracepoint('told to look', core);
  }
}

/** A blocked thread may look again whether it can go on. */
function* makeReady(layout: Layout, id: ThreadId): Routine {
  const { state, ticket: since } = wordsOf(layout, id);
  if ((yield load(state, 'plain')) !== State.blocked) return;
  yield store(state, State.ready, 'plain');
  yield store(since, yield* ticket(layout), 'plain');
  yield tracepoint('ready', id);
  yield* tellOthers(layout);
}

/** Gives way to somebody more urgent, or because this core is forbidden now. */
function* giveWay(self: Thread, layout: Layout): Routine {
  const { mask, priority } = wordsOf(layout, self.id);
  const core = yield coreNumber();
  const mayStay = has(yield load(mask, 'plain'), core);
  if (mayStay && (yield* best(layout, core, yield load(priority, 'plain'))) < 0) return;
  yield* giveUp(self, layout, State.ready, mayStay);
}

/** Another core has interrupted this one. */
export function* interrupted(layout: Layout, table: ThreadTable, context: number): Routine {
  if (context >= table.threads.length) return;
  yield* acquire(layout.lock);
  yield* giveWay({ id: context, table }, layout);
  yield* release(layout.lock);
}

/** The timer struck: a tick of the thread's time slice is gone. With the last one it is another's turn. */
export function* timerInterrupt(self: Thread, layout: Layout): Routine {
  const { ticksLeft } = wordsOf(layout, self.id);
  yield* acquire(layout.lock);
  const left = (yield load(ticksLeft, 'plain')) - 1;
  yield tracepoint('tick', self.id + 16 * left);
  yield store(ticksLeft, left > 0 ? left : layout.sliceTicks, 'plain');
  if (left === 0) yield* giveUp(self, layout, State.ready);
  yield* release(layout.lock);
}

/** The first thing that a thread does which was not on a core at boot. */
export function* begin(_self: Thread, layout: Layout): Routine {
  yield* release(layout.lock);
}

/** The thread has nothing more to run, for ever. */
export function* retire(self: Thread, layout: Layout): Routine {
  yield* acquire(layout.lock);
  yield* giveUp(self, layout, State.gone);
  yield panic('a thread that retired was run again');
}

/** Waits until a word of the caller's is not 0, and takes it. The caller holds the lock. */
function* take(self: Thread, layout: Layout, address: Address): Routine<Word> {
  let word = yield load(address, 'plain');
  while (word === 0) {
    yield* giveUp(self, layout, State.blocked);
    word = yield load(address, 'plain');
  }
  yield store(address, 0, 'plain');
  return word;
}

/** Waits until the caller has been woken. Gives 0. */
export function* wait(self: Thread, layout: Layout): Routine<Word> {
  yield* acquire(layout.lock);
  yield* take(self, layout, wordsOf(layout, self.id).woken);
  yield* release(layout.lock);
  return 0;
}

/** Wakes a thread. Gives 0; `noThread`. */
export function* wake(self: Thread, layout: Layout, target: ThreadId): Routine<Word> {
  if (!layout.threads[target]) return Failure.noThread;
  yield* acquire(layout.lock);
  yield store(wordsOf(layout, target).woken, 1, 'plain');
  yield* makeReady(layout, target);
  yield* giveWay(self, layout);
  yield* release(layout.lock);
  return 0;
}

/** Hands `word` to another thread and waits for the reply, which it gives; `noThread`, `invalid`: oneself. */
export function* call(self: Thread, layout: Layout, target: ThreadId, word: Word): Routine<Word> {
  const mine = wordsOf(layout, self.id);
  if (target === self.id) return Failure.invalid;
  if (!layout.threads[target]) return Failure.noThread;
  yield* acquire(layout.lock);
  yield store(mine.calls, target + 1, 'plain');
  yield store(mine.asked, word, 'plain');
  yield store(mine.askedAt, yield* ticket(layout), 'plain');
  yield tracepoint('called', self.id + 16 * target);
  yield* makeReady(layout, target);
  const answer = (yield* take(self, layout, mine.reply)) - 1;
  yield* release(layout.lock);
  return answer;
}

/** Waits for a call and takes it: gives the caller, and its word by `copyOut`; `busy`: a reply is owed. */
export function* receive(self: Thread, layout: Layout): Routine<Word> {
  yield* acquire(layout.lock);
  const isBusy = (yield load(wordsOf(layout, self.id).owes, 'plain')) !== 0;
  const result = isBusy ? Failure.busy : yield* takeCall(self, layout);
  yield* release(layout.lock);
  return result;
}

function* takeCall(self: Thread, layout: Layout): Routine<ThreadId> {
  let caller = yield* firstCaller(self, layout);
  while (caller < 0) {
    yield* giveUp(self, layout, State.blocked);
    caller = yield* firstCaller(self, layout);
  }
  yield store(wordsOf(layout, caller).calls, 0, 'plain');
  yield store(wordsOf(layout, self.id).owes, caller + 1, 'plain');
  yield copyOut(0, yield load(wordsOf(layout, caller).asked, 'plain'));
  return caller;
}

/** Who called the caller first of those whose call it has not taken; -1: nobody. */
function* firstCaller(self: Thread, layout: Layout): Routine<number> {
  let found = -1;
  let first = 0;
  for (const [id, { calls, askedAt }] of layout.threads.entries()) {
    if ((yield load(calls, 'plain')) !== self.id + 1) continue;
    const since = yield load(askedAt, 'plain');
    if (found >= 0 && since > first) continue;
    found = id;
    first = since;
  }
  return found;
}

/** Answers the call that was taken last. The caller holds the lock. Gives 0; `noReply`. */
function* answer(self: Thread, layout: Layout, word: Word): Routine<Word> {
  const { owes } = wordsOf(layout, self.id);
  const to = (yield load(owes, 'plain')) - 1;
  if (to < 0) return Failure.noReply;
  yield store(owes, 0, 'plain');
  yield store(wordsOf(layout, to).reply, word + 1, 'plain');
  yield* makeReady(layout, to);
  return 0;
}

/** Answers the call that was taken last. Gives 0; `noReply`. */
export function* reply(self: Thread, layout: Layout, word: Word): Routine<Word> {
  yield* acquire(layout.lock);
  const result = yield* answer(self, layout, word);
  yield* giveWay(self, layout);
  yield* release(layout.lock);
  return result;
}

/** Answers the call that was taken last, and takes the next one, as `receive`; `noReply`. */
export function* replyAndReceive(self: Thread, layout: Layout, word: Word): Routine<Word> {
  yield* acquire(layout.lock);
  const failure = yield* answer(self, layout, word);
  yield* giveWay(self, layout);
  const result = failure === 0 ? yield* takeCall(self, layout) : failure;
  yield* release(layout.lock);
  return result;
}

/** Lets others run first. */
export function* yieldCore(self: Thread, layout: Layout): Routine<Word> {
  yield* acquire(layout.lock);
  yield* giveUp(self, layout, State.ready);
  yield* release(layout.lock);
  return 0;
}

/** Lets a thread run on those cores of `mask` that there are. Gives 0 when it has left all others; `noThread`, `invalid`. */
export function* setAffinity(self: Thread, layout: Layout, target: ThreadId, mask: Word): Routine<Word> {
  const allowed = mask & ((1 << layout.current.length) - 1);
  if (!layout.threads[target]) return Failure.noThread;
  if (allowed === 0) return Failure.invalid;
  const { awaits } = wordsOf(layout, self.id);
  const whom = wordsOf(layout, target);
  yield* acquire(layout.lock);
  yield store(whom.mask, allowed, 'plain');
  yield tracepoint('mask', target + 16 * allowed);
  yield* tellOthers(layout);
  yield* readyWhoAwaits(layout, target);
  yield* giveWay(self, layout);
  while (
    (yield load(whom.state, 'plain')) === State.running &&
    !has(yield load(whom.mask, 'plain'), yield load(whom.core, 'plain'))
  ) {
    yield store(awaits, target + 1, 'plain');
    yield* giveUp(self, layout, State.blocked);
    yield store(awaits, 0, 'plain');
  }
  yield* release(layout.lock);
  return 0;
}

/** Gives the cores that a thread may run on; `noThread`. */
export function* getAffinity(_self: Thread, layout: Layout, target: ThreadId): Routine<Word> {
  if (!layout.threads[target]) return Failure.noThread;
  yield* acquire(layout.lock);
  const mask = yield load(wordsOf(layout, target).mask, 'plain');
  yield* release(layout.lock);
  return mask;
}

/** Makes a thread more or less urgent. Gives what it was; `noThread`, `invalid`. */
export function* setPriority(self: Thread, layout: Layout, target: ThreadId, priority: number): Routine<Word> {
  if (!layout.threads[target]) return Failure.noThread;
  if (priority < 0 || priority >= priorities) return Failure.invalid;
  const whom = wordsOf(layout, target);
  yield* acquire(layout.lock);
  const before = yield load(whom.priority, 'plain');
  yield store(whom.priority, priority, 'plain');
  yield tracepoint('priority', target + 16 * (yield load(whom.core, 'plain')) + 256 * priority);
  yield* tellOthers(layout);
  yield* giveWay(self, layout);
  yield* release(layout.lock);
  return before;
}
