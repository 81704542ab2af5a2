/**
 * Lightweight remote procedure call the plain way: tables, searched from the start, and one lock that is held for each part
 * of a call. A thread that has to wait sleeps until anything changes. There are no stacks; where a thread is in its calls is
 * in the table of A-stacks. Written from the spec alone, to compare the fast one with.
 */
import {
  aStackAt,
  clientOf,
  domainOf,
  get,
  homeOf,
  isGone,
  layoutTables,
  locked,
  serverOf,
  set,
  type Tables,
} from '#impl/ipc/lrpc.big-lock.tables.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import * as dispatcher from '#impl/sync/dispatcher.ts';
import { sleep, wakeup } from '#impl/sync/sleep-wakeup.ts';
import { acquire, release as releaseLock } from '#impl/sync/spinlock.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { AStackId, BindingId, DomainId, LrpcBody, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';

const [noSuchDomain, notPermitted, noEntry, noAStack, badBinding, badAddress] = [-3, -1, -2, -6, -9, -14] as const;
const [busy, exists, invalid, noSpace, noProcedure, stale] = [-16, -17, -22, -28, -38, -116] as const;
const [callFailed, callAborted] = [-1001, -1002] as const;

/** The thread is no more. No call answers this. */
const destroyed = -5000;

/** Lays the tables out. */
export const boot = (memory: Allocator, parameters: LrpcParameters): Tables => layoutTables(memory, parameters);

/** What a procedure is called with, and over what. */
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
  chosen: AStackId | null,
): Routine<Word> {
  const result = yield* go(self, tables, -1, 'enter', { binding, procedure, argument, chosen });
  if (result === destroyed) yield* dispatcher.retire(self);
  return result;
}

/** What a thread does next: call, serve who has called, be held there, or go back. */
type Phase = 'enter' | 'serve' | 'hold' | 'leave';

/** Goes on from a level until the thread is back at home, or no more. */
function* go(self: Thread, tables: Tables, from: AStackId, first: Phase, firstAsked: Asked): Routine<Word> {
  let level = from;
  let phase = first;
  let asked = firstAsked;
  let hasFailed = false;
  for (;;) {
    if (phase === 'enter') {
      const entered: Word = yield* enter(self, tables, level, asked);
      if (entered < 0 && level < 0) return entered;
      if (entered < 0) yield* countAndAnswer(tables, level, entered);
      else level = entered;
      phase = entered < 0 ? 'leave' : 'serve';
    } else if (phase === 'serve') {
      const { body, argument } = yield* locked(tables, () => copy(self, tables, level));
      phase = 'leave';
      if (body.tag === 'forward') {
        asked = { binding: body.binding, procedure: body.procedure, argument, chosen: null };
        phase = 'enter';
      } else if (body.tag === 'hold') {
        phase = 'hold';
      } else if (body.tag === 'crash') {
        yield* end(self, tables, yield* domainOf(tables, self.id, level));
        hasFailed = true;
      } else {
        const result: Word = yield* locked(tables, () => serve(self, tables, level, body, argument));
        yield* locked(tables, () => set(aStackAt(tables, level).result, result));
      }
    } else if (phase === 'hold') {
      const held: Word = yield* locked(tables, () => hold(self, tables, level));
      if (held === callAborted) return held;
      hasFailed = held !== 0;
      if (!hasFailed) yield* locked(tables, () => set(aStackAt(tables, level).result, 0));
      phase = 'leave';
    } else {
      const left: Left = yield* locked(tables, () => leave(self, tables, level, hasFailed));
      hasFailed = left.isLost;
      if (left.isLost && left.below < 0) return destroyed;
      if (!left.isLost) {
        const result: Word = yield* locked(tables, () => collect(self, tables, level, left));
        if (left.below < 0) return result;
        yield* countAndAnswer(tables, left.below, result);
      }
      level = left.below;
    }
  }
}

/** Takes an A-stack, pushes the argument, verifies all, and claims it. The A-stack, or why not. */
function* enter(self: Thread, tables: Tables, below: AStackId, asked: Asked): Routine<Word> {
  const domain = yield* domainOf(tables, self.id, below);
  const aStack: Word = yield* locked(tables, () => take(self, tables, domain, asked));
  if (aStack === stale) return stale;
  const verified: Word = yield* locked(tables, () => verify(tables, domain, asked, aStack));
  const claimed: Word =
    verified < 0 ? verified : yield* locked(tables, () => claim(self, tables, below, asked, aStack));
  if (claimed < 0 && asked.chosen === null && aStack >= 0) yield* locked(tables, () => giveBack(self, tables, aStack));
  return claimed;
}

/** Whether an A-stack belongs to a binding and procedure. */
function* belongs(tables: Tables, aStack: AStackId, { binding, procedure }: Asked): Routine<boolean> {
  const row = tables.aStacks[aStack];
  if (!row || (yield* get(row.binding)) !== binding + 1) return false;
  return (yield* get(row.procedure)) === procedure;
}

/** The A-stack that the stub has taken or the caller chosen, -1 if there is none of its kind; or -116. */
function* take(self: Thread, tables: Tables, domain: DomainId, asked: Asked): Routine<Word> {
  let found: Word = asked.chosen ?? -1;
  while (asked.chosen === null && (yield* clientOf(tables, asked.binding)) === domain + 1) {
    let isThere = false;
    let isLost = true;
    for (const aStack of tables.aStacks.keys()) {
      if (!(yield* belongs(tables, aStack, asked))) continue;
      isThere = true;
      const row = aStackAt(tables, aStack);
      if ((yield* get(row.isTaken)) === 0 && found < 0) found = aStack;
      if ((yield* get(row.clientLost)) === 0 && (yield* get(row.serverLost)) === 0) isLost = false;
    }
    if (found >= 0) yield* set(aStackAt(tables, found).isTaken, 1);
    if (found >= 0 || !isThere) break;
    if (isLost) return stale;
    yield* sleep(self, tables.lock, tables.lock);
  }
  if (yield* isMapped(tables, found, domain)) yield* set(aStackAt(tables, found).argument, asked.argument);
  return found;
}

/** Whether a domain can reach an A-stack's words. */
function* isMapped(tables: Tables, aStack: AStackId, domain: DomainId): Routine<boolean> {
  const binding = (yield* get(tables.aStacks[aStack]?.binding)) - 1;
  if (binding < 0) return false;
  return (yield* clientOf(tables, binding)) === domain + 1 || (yield* serverOf(tables, binding)) === domain;
}

function* verify(tables: Tables, domain: DomainId, asked: Asked, aStack: AStackId): Routine<Word> {
  if ((yield* clientOf(tables, asked.binding)) !== domain + 1) return badBinding;
  const server = yield* serverOf(tables, asked.binding);
  if ((yield* isGone(tables, domain)) || (yield* isGone(tables, server))) return stale;
  if (!tables.parameters.domains[server]?.procedures[asked.procedure]) return noProcedure;
  return (yield* belongs(tables, aStack, asked)) ? 0 : noAStack;
}

function* claim(self: Thread, tables: Tables, below: AStackId, asked: Asked, aStack: AStackId): Routine<Word> {
  const row = aStackAt(tables, aStack);
  if ((yield* get(row.clientLost)) !== 0 || (yield* get(row.serverLost)) !== 0) return stale;
  if ((yield* get(row.caller)) !== 0) return busy;
  yield* set(row.caller, self.id + 1);
  yield* set(row.below, below + 1);
  yield* set(row.isFromList, Number(asked.chosen === null));
  yield* set(row.isAborted, 0);
  yield* set(row.isCaptured, 0);
  return aStack;
}

/** What is to be done, and with which argument; a tick is spent. */
function* copy(self: Thread, tables: Tables, level: AStackId): Routine<{ body: LrpcBody; argument: Word }> {
  const budget = tables.budgets[self.id];
  yield* set(budget, Math.max(0, (yield* get(budget)) - 1));
  const { procedure, argument } = aStackAt(tables, level);
  const { procedures } = tables.parameters.domains[yield* domainOf(tables, self.id, level)] ?? { procedures: [] };
  const body = procedures[yield* get(procedure)]?.body ?? { tag: 'crash' };
  return { body, argument: yield* get(argument) };
}

function* serve(self: Thread, tables: Tables, level: AStackId, body: LrpcBody, argument: Word): Routine<Word> {
  const domain = yield* domainOf(tables, self.id, level);
  if (body.tag === 'identify') return yield* identityOf(self, tables, domain);
  if (argument < 0 || argument > 7) return invalid;
  return yield* addTo(tables, domain, argument);
}

function* addTo(tables: Tables, domain: DomainId, addend: Word): Routine<Word> {
  const counter = tables.domains[domain]?.counter;
  const sum = (yield* get(counter)) + addend;
  yield* set(counter, sum);
  return sum;
}

/** What a procedure does that has called on: it counts that, and answers the same. */
function* countAndAnswer(tables: Tables, level: AStackId, result: Word): Routine {
  yield* acquire(tables.lock);
  yield* addTo(tables, yield* serverOf(tables, (yield* get(aStackAt(tables, level).binding)) - 1), 1);
  yield* releaseLock(tables.lock);
  yield* locked(tables, () => set(aStackAt(tables, level).result, result));
}

/** 0: it is let go; -1001: the server is gone; -1002: the call is given up, and who is here is captured. */
function* hold(self: Thread, tables: Tables, level: AStackId): Routine<Word> {
  const { serverLost, binding } = aStackAt(tables, level);
  let outer = level;
  for (let below = level; below >= 0; below = (yield* get(aStackAt(tables, outer).below)) - 1) outer = below;
  const { isAborted, isCaptured, heldIn } = aStackAt(tables, outer);
  const server = yield* serverOf(tables, (yield* get(binding)) - 1);
  for (;;) {
    if ((yield* get(tables.domains[server]?.isOpen)) !== 0) return 0;
    if ((yield* get(serverLost)) !== 0) return callFailed;
    if ((yield* get(isAborted)) !== 0 && (yield* get(isCaptured)) === 0) {
      yield* set(isCaptured, 1);
      yield* set(heldIn, level + 1);
      return callAborted;
    }
    yield* sleep(self, tables.lock, tables.lock);
  }
}

/** Where a thread is that has left a level: at which one, and with which status; or nowhere (`isLost`). */
interface Left {
  readonly below: AStackId;
  readonly isLost: boolean;
  readonly status: Word;
  /** Whether the A-stack has to go back: its row may be about another call by then. */
  readonly isFromList: boolean;
}

function* leave(self: Thread, tables: Tables, level: AStackId, hasFailed: boolean): Routine<Left> {
  const row = aStackAt(tables, level);
  const below = (yield* get(row.below)) - 1;
  const isLost = (yield* get(row.clientLost)) !== 0 || (yield* get(row.isCaptured)) !== 0;
  const isFailed = hasFailed || (yield* get(row.serverLost)) !== 0;
  const status = (yield* get(row.isAborted)) !== 0 ? callAborted : isFailed ? callFailed : 0;
  yield* set(row.caller, 0);
  yield* set(row.isAborted, 0);
  yield* set(row.isCaptured, 0);
  const isFromList = (yield* get(row.isFromList)) !== 0;
  if (isLost && isFromList) yield* giveBack(self, tables, level);
  return { below, isLost, status, isFromList };
}

/** The result of a call that is over; its A-stack goes back. */
function* collect(self: Thread, tables: Tables, level: AStackId, left: Left): Routine<Word> {
  const row = aStackAt(tables, level);
  const result = left.status < 0 ? left.status : yield* get(row.result);
  if (left.isFromList) yield* giveBack(self, tables, level);
  return result;
}

/** The caller holds the lock. */
function* giveBack(self: Thread, tables: Tables, aStack: AStackId): Routine {
  yield* set(aStackAt(tables, aStack).isTaken, 0);
  yield* wakeup(self, tables.lock);
}

export function* terminate(self: Thread, tables: Tables, domain: DomainId): Routine<Word> {
  return (yield* end(self, tables, domain)) ? 0 : noSuchDomain;
}

/** Ends a domain, marks all that leads from or to it, and runs who is captured in it. False: it has ended, or is none. */
function* end(self: Thread, tables: Tables, domain: DomainId): Routine<boolean> {
  const isEnded = tables.domains[domain]?.isTerminated;
  yield* acquire(tables.lock);
  const wasAlive = isEnded !== undefined && (yield* get(isEnded)) === 0;
  if (wasAlive) yield* set(isEnded, 1);
  for (const [aStack, { binding, clientLost, serverLost }] of wasAlive ? tables.aStacks.entries() : []) {
    if (!(yield* isMapped(tables, aStack, domain))) continue;
    const isClient = (yield* clientOf(tables, (yield* get(binding)) - 1)) === domain + 1;
    yield* set(isClient ? clientLost : serverLost, 1);
  }
  yield* wakeup(self, tables.lock);
  yield* releaseLock(tables.lock);
  if (wasAlive) yield* letGo(self, tables, domain);
  return wasAlive;
}

/** Runs those who are captured in a domain until they are no more. */
function* letGo(self: Thread, tables: Tables, domain: DomainId): Routine {
  for (const { heldIn } of tables.aStacks) {
    yield* acquire(tables.lock);
    const level = (yield* get(heldIn)) - 1;
    const isOurs = level >= 0 && (yield* domainOf(tables, self.id, level)) === domain;
    if (isOurs) yield* set(heldIn, 0);
    yield* releaseLock(tables.lock);
    if (isOurs) yield* go(self, tables, level, 'hold', { binding: -1, procedure: -1, argument: 0, chosen: -1 });
  }
}

export function* release(self: Thread, tables: Tables): Routine<Word> {
  const home = homeOf(tables, self.id) ?? -1;
  yield* acquire(tables.lock);
  yield* set(tables.domains[home]?.isOpen, 1);
  yield* wakeup(self, tables.lock);
  yield* releaseLock(tables.lock);
  yield* letGo(self, tables, home);
  return 0;
}

export function* abort(self: Thread, tables: Tables, target: ThreadId): Routine<Word> {
  if (homeOf(tables, target) !== homeOf(tables, self.id)) return notPermitted;
  yield* acquire(tables.lock);
  let status: Word = noSuchDomain;
  for (const { caller, below, isAborted, isCaptured } of tables.aStacks) {
    if ((yield* get(caller)) !== target + 1 || (yield* get(below)) !== 0 || (yield* get(isCaptured)) !== 0) continue;
    yield* set(isAborted, 1);
    status = 0;
  }
  yield* wakeup(self, tables.lock);
  yield* releaseLock(tables.lock);
  return status;
}

export function* exportInterface(self: Thread, tables: Tables): Routine<Word> {
  const home = homeOf(tables, self.id) ?? -1;
  yield* acquire(tables.lock);
  let status: Word = 0;
  if (yield* isGone(tables, home)) status = noSuchDomain;
  else if ((yield* get(tables.domains[home]?.isExported)) !== 0) status = exists;
  else yield* set(tables.domains[home]?.isExported, 1);
  yield* releaseLock(tables.lock);
  return status;
}

export function* importInterface(self: Thread, tables: Tables, server: DomainId): Routine<Word> {
  return yield* locked(tables, () => bind(tables, homeOf(tables, self.id) ?? -1, server));
}

function* bind(tables: Tables, client: DomainId, server: DomainId): Routine<Word> {
  if (yield* isGone(tables, client)) return noSuchDomain;
  if (client === server) return invalid;
  if ((yield* isGone(tables, server)) || (yield* get(tables.domains[server]?.isExported)) === 0) return noEntry;
  let binding = 0;
  while (binding < tables.bindings.length && (yield* clientOf(tables, binding)) !== 0) binding++;
  let first = 0;
  while (first < tables.aStacks.length && (yield* get(aStackAt(tables, first).binding)) !== 0) first++;
  const procedures = tables.parameters.domains[server]?.procedures ?? [];
  const owners = procedures.flatMap(({ aStacks }, procedure) => Array.from({ length: aStacks }, () => procedure));
  if (binding >= tables.bindings.length || first + owners.length > tables.aStacks.length) return noSpace;
  yield* set(tables.bindings[binding]?.client, client + 1);
  yield* set(tables.bindings[binding]?.server, server);
  for (const [index, procedure] of owners.entries()) {
    yield* set(aStackAt(tables, first + index).binding, binding + 1);
    yield* set(aStackAt(tables, first + index).procedure, procedure);
  }
  return binding;
}

function* identityOf(self: Thread, tables: Tables, authority: DomainId): Routine<Word> {
  const priority = tables.parameters.threads[self.id]?.priority ?? 0;
  return authority + 16 * priority + 256 * (yield* get(tables.budgets[self.id]));
}

export function* identify(self: Thread, tables: Tables): Routine<Word> {
  return yield* identityOf(self, tables, homeOf(tables, self.id) ?? -1);
}

/** A store to an address of the caller's: to an A-stack, or a stack of its own domain, which means nothing here. */
export function* stomp(self: Thread, tables: Tables, page: number, offset: number, word: Word): Routine<Word> {
  const home = homeOf(tables, self.id) ?? -1;
  const aStack = page - tables.parameters.threads.length;
  if (aStack < 0) return homeOf(tables, page) === home ? 0 : badAddress;
  yield* acquire(tables.lock);
  const isReached = yield* isMapped(tables, aStack, home);
  if (isReached && offset === 0) yield* set(aStackAt(tables, aStack).argument, word);
  if (isReached && offset === 1) yield* set(aStackAt(tables, aStack).result, word);
  yield* releaseLock(tables.lock);
  return isReached ? 0 : badAddress;
}

export function* returnUncalled(): Routine<Word> {
  return invalid;
}

/** The kernel's own dispatcher. */
export const { dispatch, begin, retire, timerInterrupt } = dispatcher;
