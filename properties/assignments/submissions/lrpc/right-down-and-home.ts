/** A right lightweight remote procedure call: down, level by level, in one loop, and home in another. */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sync/dispatcher.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import type { Thread } from '#impl/sync/threads.ts';
import * as bindings from '#properties/assignments/lrpc/starter/binding.ts';
import {
  aStackAt,
  bindingOf,
  bodyOf,
  clientOf,
  domainAt,
  Failure,
  hasEnded,
  homeOf,
  identityOf,
  isMapped,
  layoutTables,
  locked,
  serverOf,
  type Tables,
} from '#properties/assignments/lrpc/starter/tables.ts';
import type { AStackId, BindingId, DomainId, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';

export const boot = (memory: Allocator, parameters: LrpcParameters): Tables => layoutTables(memory, parameters);

/** What the way home gives where there is no home to go to. */
const nowhere = -5000;

interface Asked {
  readonly binding: BindingId;
  readonly procedure: number;
  readonly argument: Word;
  readonly chosen: AStackId | null;
}

export function* call(
  self: Thread,
  tables: Tables,
  binding: BindingId,
  procedure: number,
  argument: Word,
  aStack: AStackId | null,
): Routine<Word> {
  const result = yield* goDown(self, tables, { binding, procedure, argument, chosen: aStack });
  if (result === nowhere) yield* dispatcher.retire(self);
  return result;
}

function* get(word: Address): Routine<Word> {
  return yield load(word, 'plain');
}

function* set(word: Address, value: Word): Routine {
  yield store(word, value, 'plain');
}

/** The domain in which a thread runs at a level; -1: at home. */
function* domainOf(self: Thread, tables: Tables, level: AStackId | -1): Routine<DomainId> {
  return level < 0 ? homeOf(tables, self.id) : yield* serverOf(tables, yield* bindingOf(tables, level));
}

/** Calls, from call to call, until something answers; and then goes home. */
function* goDown(self: Thread, tables: Tables, first: Asked): Routine<Word> {
  let level = -1;
  let asked = first;
  for (;;) {
    const entered: Word = yield* locked(tables, () => enter(self, tables, level, asked));
    if (entered < 0) {
      if (level < 0) return entered;
      yield* locked(tables, () => pass(tables, level, entered));
      return yield* goHome(self, tables, level, false);
    }
    level = entered;
    const domain: DomainId = yield* locked(tables, () => domainOf(self, tables, entered));
    const { argument, procedure } = yield* locked(tables, () => arrive(self, tables, entered));
    const body = bodyOf(tables, domain, procedure);
    switch (body?.tag) {
      case 'forward':
        asked = { binding: body.binding, procedure: body.procedure, argument, chosen: null };
        break;
      case 'hold':
        return yield* stay(self, tables, level);
      case 'crash':
        yield* end(self, tables, domain);
        return yield* goHome(self, tables, level, true);
      default:
        yield* locked(tables, function* () {
          const identity = body?.tag === 'identify';
          const result = identity ? yield* identityOf(tables, self.id, domain) : yield* add(tables, domain, argument);
          yield* set(aStackAt(tables, entered).result, result);
        });
        return yield* goHome(self, tables, level, false);
    }
  }
}

function* add(tables: Tables, domain: DomainId, argument: Word): Routine<Word> {
  if (argument < 0 || argument > 7) return Failure.EINVAL;
  const { counter } = domainAt(tables, domain);
  const sum = (yield* get(counter)) + argument;
  yield* set(counter, sum);
  return sum;
}

/** The server's own copy of what was asked; it costs a tick. */
function* arrive(self: Thread, tables: Tables, level: AStackId): Routine<{ argument: Word; procedure: number }> {
  const budget = tables.budgets[self.id] as Address;
  yield* set(budget, Math.max(0, (yield* get(budget)) - 1));
  const { argument, procedure } = aStackAt(tables, level);
  return { argument: yield* get(argument), procedure: yield* get(procedure) };
}

/** Takes an A-stack, verifies, and claims it. The A-stack, or why not. */
function* enter(self: Thread, tables: Tables, from: AStackId | -1, asked: Asked): Routine<Word> {
  const domain = yield* domainOf(self, tables, from);
  const isFromList = asked.chosen === null;
  const aStack: Word = asked.chosen ?? (yield* take(self, tables, domain, asked));
  if (aStack === Failure.ESTALE) return aStack;
  if (yield* isMapped(tables, aStack, domain)) yield* set(aStackAt(tables, aStack).argument, asked.argument);
  const why = yield* refusal(tables, domain, asked, aStack);
  if (why === 0) {
    const words = aStackAt(tables, aStack);
    yield* set(words.caller, self.id + 1);
    yield* set(words.below, from + 1);
    yield* set(words.fromList, isFromList ? 1 : 0);
    return aStack;
  }
  if (isFromList && aStack >= 0) yield* giveBack(self, tables, aStack);
  return why;
}

/** Whether an A-stack is one of those of a binding and procedure. */
function* isFor(tables: Tables, aStack: AStackId, { binding, procedure }: Asked): Routine<boolean> {
  if ((yield* bindingOf(tables, aStack)) !== binding || binding < 0) return false;
  return (yield* get(aStackAt(tables, aStack).procedure)) === procedure;
}

/** A free A-stack, for which it waits; -1: there is none of the kind; ESTALE: there will be none. */
function* take(self: Thread, tables: Tables, domain: DomainId, asked: Asked): Routine<Word> {
  for (;;) {
    if ((yield* clientOf(tables, asked.binding)) !== domain) return -1;
    let count = 0;
    let alive = 0;
    for (let aStack = 0; aStack < tables.aStacks.length; aStack++) {
      if (!(yield* isFor(tables, aStack, asked))) continue;
      const { taken } = aStackAt(tables, aStack);
      if ((yield* get(taken)) === 0) {
        yield* set(taken, 1);
        return aStack;
      }
      count++;
      if (!(yield* isLost(tables, aStack))) alive++;
    }
    if (count === 0) return -1;
    if (alive === 0) return Failure.ESTALE;
    yield* sleep(self, tables.lock, tables.lock);
  }
}

function* isLost(tables: Tables, aStack: AStackId): Routine<boolean> {
  const { clientLost, serverLost } = aStackAt(tables, aStack);
  return (yield* get(clientLost)) === 1 || (yield* get(serverLost)) === 1;
}

function* giveBack(self: Thread, tables: Tables, aStack: AStackId): Routine {
  yield* set(aStackAt(tables, aStack).taken, 0);
  yield* wakeup(self, tables.lock);
}

/** Why a call may not be made; 0: it may. */
function* refusal(tables: Tables, domain: DomainId, asked: Asked, aStack: AStackId): Routine<Word> {
  if ((yield* clientOf(tables, asked.binding)) !== domain) return Failure.EBADF;
  const server = yield* serverOf(tables, asked.binding);
  if ((yield* hasEnded(tables, domain)) || (yield* hasEnded(tables, server))) return Failure.ESTALE;
  if (!bodyOf(tables, server, asked.procedure)) return Failure.ENOSYS;
  if (!(yield* isFor(tables, aStack, asked))) return Failure.ENXIO;
  if (yield* isLost(tables, aStack)) return Failure.ESTALE;
  return (yield* get(aStackAt(tables, aStack).caller)) === 0 ? 0 : Failure.EBUSY;
}

/** What a procedure does that has called on: it counts that, and answers the same. */
function* pass(tables: Tables, level: AStackId, result: Word): Routine {
  const { counter } = domainAt(tables, yield* serverOf(tables, yield* bindingOf(tables, level)));
  yield* set(counter, (yield* get(counter)) + 1);
  yield* set(aStackAt(tables, level).result, result);
}

/** Waits in a server until it lets its caller go, it ends, or the call is given up. */
function* stay(self: Thread, tables: Tables, level: AStackId): Routine<Word> {
  const ended: 'open' | 'lost' | 'given up' = yield* locked(tables, () => hold(self, tables, level));
  if (ended === 'given up') return Failure.ECALLABORTED;
  return yield* goHome(self, tables, level, ended === 'lost');
}

function* hold(self: Thread, tables: Tables, level: AStackId): Routine<'open' | 'lost' | 'given up'> {
  let outermost = level;
  for (let at = level; at >= 0; at = (yield* get(aStackAt(tables, at).below)) - 1) outermost = at;
  const outer = aStackAt(tables, outermost);
  const mine = aStackAt(tables, level);
  const { open } = domainAt(tables, yield* serverOf(tables, yield* bindingOf(tables, level)));
  for (;;) {
    if ((yield* get(open)) === 1) {
      yield* set(mine.result, 0);
      return 'open';
    }
    if ((yield* get(mine.serverLost)) === 1) return 'lost';
    if ((yield* get(outer.aborted)) === 1 && (yield* get(outer.captured)) === 0) {
      yield* set(outer.captured, 1);
      yield* set(mine.kept, 1);
      return 'given up';
    }
    yield* sleep(self, tables.lock, tables.lock);
  }
}

/** Goes back from a level, to the next one, until it is at home. */
function* goHome(self: Thread, tables: Tables, from: AStackId, failed: boolean): Routine<Word> {
  let level = from;
  let hasFailed = failed;
  for (;;) {
    const below: number = (yield* locked(tables, () => get(aStackAt(tables, level).below))) - 1;
    const result: Word = yield* locked(tables, () => leave(self, tables, level, hasFailed));
    if (below < 0) return result;
    hasFailed = result === nowhere;
    if (!hasFailed) yield* locked(tables, () => pass(tables, below, result));
    level = below;
  }
}

/** Ends the call of a level. Its result; why it failed; or that there is nowhere to go. */
function* leave(self: Thread, tables: Tables, level: AStackId, hasFailed: boolean): Routine<Word> {
  const words = aStackAt(tables, level);
  const isGone = (yield* get(words.clientLost)) === 1 || (yield* get(words.captured)) === 1;
  const isAborted = (yield* get(words.aborted)) === 1;
  const isFailed = hasFailed || (yield* get(words.serverLost)) === 1;
  for (const word of [words.caller, words.aborted, words.captured]) yield* set(word, 0);
  const result = yield* get(words.result);
  if ((yield* get(words.fromList)) === 1) yield* giveBack(self, tables, level);
  if (isGone) return nowhere;
  if (isAborted) return Failure.ECALLABORTED;
  return isFailed ? Failure.ECALLFAILED : result;
}

export function* terminate(self: Thread, tables: Tables, domain: DomainId): Routine<Word> {
  return (yield* end(self, tables, domain)) ? 0 : Failure.ESRCH;
}

/** Ends a domain. False: it has ended already. */
function* end(self: Thread, tables: Tables, domain: DomainId): Routine<boolean> {
  const isFirst: boolean = yield* locked(tables, function* () {
    if (yield* hasEnded(tables, domain)) return false;
    yield* set(domainAt(tables, domain).ended, 1);
    for (let aStack = 0; aStack < tables.aStacks.length; aStack++) {
      if (!(yield* isMapped(tables, aStack, domain))) continue;
      const isClient = (yield* clientOf(tables, yield* bindingOf(tables, aStack))) === domain;
      const { clientLost, serverLost } = aStackAt(tables, aStack);
      yield* set(isClient ? clientLost : serverLost, 1);
    }
    yield* wakeup(self, tables.lock);
    return true;
  });
  if (isFirst) yield* letGo(self, tables, domain);
  return isFirst;
}

/** Runs those who are captured in a domain, until they are destroyed. */
function* letGo(self: Thread, tables: Tables, domain: DomainId): Routine {
  for (let level = 0; level < tables.aStacks.length; level++) {
    const isThere: boolean = yield* locked(tables, function* () {
      const { kept } = aStackAt(tables, level);
      if ((yield* get(kept)) === 0) return false;
      if ((yield* serverOf(tables, yield* bindingOf(tables, level))) !== domain) return false;
      yield* set(kept, 0);
      return true;
    });
    if (isThere) yield* stay(self, tables, level);
  }
}

export function* abort(self: Thread, tables: Tables, target: ThreadId): Routine<Word> {
  if (homeOf(tables, target) !== homeOf(tables, self.id)) return Failure.EPERM;
  return yield* locked(tables, function* () {
    for (const { caller, below, captured, aborted } of tables.aStacks) {
      if ((yield* get(caller)) !== target + 1 || (yield* get(below)) !== 0) continue;
      if ((yield* get(captured)) === 1) continue;
      yield* set(aborted, 1);
      yield* wakeup(self, tables.lock);
      return 0;
    }
    return Failure.ESRCH;
  });
}

export function* release(self: Thread, tables: Tables): Routine<Word> {
  const home = homeOf(tables, self.id);
  yield* locked(tables, function* () {
    yield* set(domainAt(tables, home).open, 1);
    yield* wakeup(self, tables.lock);
  });
  yield* letGo(self, tables, home);
  return 0;
}

export const { exportInterface, identify, importInterface, returnUncalled, stomp } = bindings;
export const { begin, dispatch, retire, timerInterrupt } = dispatcher;
