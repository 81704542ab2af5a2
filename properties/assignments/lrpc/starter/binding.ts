/** Given: exporting, importing, and the calls that are about the caller itself. */
import { load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { DomainId } from '#spec/abi/ipc/lrpc.ts';
import {
  aStackAt,
  aStacksOf,
  bindingOf,
  clientOf,
  domainAt,
  Failure,
  hasEnded,
  homeOf,
  identityOf,
  isMapped,
  locked,
  type Tables,
} from './tables.ts';

/** The caller's domain lets others call it. 0; ESRCH: it has ended; EEXIST: it does already. */
export function* exportInterface(self: Thread, tables: Tables): Routine<Word> {
  const home = homeOf(tables, self.id);
  return yield* locked(tables, function* () {
    if (yield* hasEnded(tables, home)) return Failure.ESRCH;
    const { exported } = domainAt(tables, home);
    if ((yield load(exported, 'plain')) === 1) return Failure.EEXIST;
    yield store(exported, 1, 'plain');
    return 0;
  });
}

/** Binds the caller's domain to a server. The binding; ESRCH, EINVAL: to itself, ENOENT: not exported, ENOSPC. */
export function* importInterface(self: Thread, tables: Tables, server: DomainId): Routine<Word> {
  const home = homeOf(tables, self.id);
  return yield* locked(tables, function* () {
    if (yield* hasEnded(tables, home)) return Failure.ESRCH;
    if (server === home) return Failure.EINVAL;
    if ((yield* hasEnded(tables, server)) || (yield load(domainAt(tables, server).exported, 'plain')) === 0) {
      return Failure.ENOENT;
    }
    const binding = yield* firstFreeBinding(tables);
    const first = yield* firstFreeAStack(tables);
    const wanted = aStacksOf(tables.parameters, server);
    const client = tables.clients[binding];
    const bound = tables.servers[binding];
    if (client === undefined || bound === undefined || first + wanted.length > tables.aStacks.length) {
      return Failure.ENOSPC;
    }
    yield store(client, home + 1, 'plain');
    yield store(bound, server, 'plain');
    for (const [index, procedure] of wanted.entries()) {
      const words = aStackAt(tables, first + index);
      yield store(words.binding, binding + 1, 'plain');
      yield store(words.procedure, procedure, 'plain');
    }
    return binding;
  });
}

function* firstFreeBinding(tables: Tables): Routine<number> {
  let binding = 0;
  while (binding < tables.clients.length && (yield* clientOf(tables, binding)) >= 0) binding++;
  return binding;
}

function* firstFreeAStack(tables: Tables): Routine<number> {
  let aStack = 0;
  while (aStack < tables.aStacks.length && (yield* bindingOf(tables, aStack)) >= 0) aStack++;
  return aStack;
}

/** As whom the caller runs, at home. */
export function* identify(self: Thread, tables: Tables): Routine<Word> {
  return yield* locked(tables, () => identityOf(tables, self.id, homeOf(tables, self.id)));
}

/**
 * An ordinary store of the caller's, to a virtual address. There are no stacks here, so that one on a thread's stack does
 * nothing; one on an A-stack changes its argument or its result. 0; EFAULT: not mapped.
 */
export function* stomp(self: Thread, tables: Tables, page: number, offset: number, word: Word): Routine<Word> {
  const home = homeOf(tables, self.id);
  const aStack = page - tables.parameters.threads.length;
  if (aStack < 0) return homeOf(tables, page) === home ? 0 : Failure.EFAULT;
  return yield* locked(tables, function* () {
    if (!(yield* isMapped(tables, aStack, home))) return Failure.EFAULT;
    const { argument, result } = aStackAt(tables, aStack);
    if (offset === 0) yield store(argument, word, 'plain');
    if (offset === 1) yield store(result, word, 'plain');
    return 0;
  });
}

/** The trap of a server that returns, by a thread in no call. */
export function* returnUncalled(_self: Thread, _tables: Tables): Routine<Word> {
  return Failure.EINVAL;
}
