/** A call from its first step to its last: what the thread does that makes it. See `lrpc.ts`. */
import { match } from 'ts-pattern';
import type { AStackId, DomainId, Identity, LrpcBody, LrpcErrno } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';
import {
  type Asked,
  homeOf,
  type Inside,
  identityOf,
  inside,
  isGone,
  isMapped,
  type Level,
  type Lrpc,
  type Outcomes,
  type PendingCall,
  type Result,
  type Step,
  serverOf,
} from '#spec/ipc/lrpc.state.ts';
import { continues, returns, waits } from '#spec/outcome.ts';

/** The largest argument that `add` takes. */
export const addendMax = 7;

/** In which domain a thread runs that is so deep in calls. */
const domainOf = (state: Lrpc, caller: ThreadId, levels: readonly Level[]): DomainId =>
  levels.length === 0 ? homeOf(state, caller) : serverOf(state, levels.at(-1)?.aStack);

export const goOn = (state: Lrpc, caller: ThreadId, { levels, step }: Inside): Outcomes =>
  match(step)
    .with({ at: 'take' }, ({ asked }) => take(state, caller, levels, asked))
    .with({ at: 'verify' }, ({ asked, aStack }) => verify(state, caller, levels, asked, aStack))
    .with({ at: 'claim' }, ({ asked, aStack }) => claim(state, caller, levels, asked, aStack))
    .with({ at: 'copy' }, () => copy(state, caller, levels))
    .with({ at: 'serve' }, () => serve(state, caller, levels))
    .with({ at: 'count' }, ({ result }) => count(state, levels, result))
    .with({ at: 'answer' }, ({ result }) => answer(levels, result))
    .with({ at: 'fall' }, () => end(state, homeOf(state, caller), { levels, step: { at: 'return', hasFailed: true } }))
    .with({ at: 'return' }, ({ hasFailed }) => comeBack(state, levels, hasFailed))
    .with({ at: 'collect' }, (collected) => collect(state, caller, levels, collected))
    .exhaustive();

/**
 * The stub takes one of the A-stacks of its binding and procedure that nobody has taken, any of them, and pushes the
 * argument. If there is none it waits, but not for a server, or in the name of a client, that is gone. Who has chosen an
 * A-stack itself pushes the argument if it can. Source: section 3.2, calling; the A-stack queue.
 */
export const take = (state: Lrpc, caller: ThreadId, levels: readonly Level[], asked: Asked): Outcomes => {
  const domain = domainOf(state, caller, levels);
  const push = (aStack: AStackId | null, isTaken: boolean): Outcomes =>
    continues(inside(levels, { at: 'verify', asked, aStack }), (draft) => {
      const pushed = aStack === null ? undefined : draft.aStacks[aStack];
      if (!pushed || !isMapped(draft, pushed, domain)) return;
      pushed.argument = asked.argument;
      if (isTaken) pushed.isTaken = true;
    });
  const binding = state.bindings[asked.binding];
  const own = binding?.isBound === true && binding.client === domain;
  const all = state.aStacks.flatMap(({ binding: of, procedure, isTaken, lost }, id) =>
    own && of === asked.binding && procedure === asked.procedure ? [{ id, isTaken, lost }] : [],
  );
  if (asked.aStack !== null || all.length === 0) return push(asked.aStack, false);
  const free = all.filter(({ isTaken }) => !isTaken);
  if (free.length > 0) return free.flatMap(({ id }) => push(id, true));
  return all.every(({ lost }) => lost.client || lost.server) ? notCalled(levels, 'ESTALE', null, false) : waits;
};

/** The stub gets an error instead of a result. Source: section 3.2: the kernel returns to the stub. */
const notCalled = (
  levels: readonly Level[],
  failure: LrpcErrno,
  aStack: AStackId | null,
  isFromList: boolean,
): Outcomes => continues(inside(levels, { at: 'collect', aStack, isFromList, failure }));

/**
 * Steps 1 and 2 of the kernel: is it a binding of the domain that calls, and still one; has its server such a procedure;
 * is it an A-stack for this binding and procedure; in this order. EBADF, ESTALE, ENOSYS, ENXIO. Source: section 3.2.
 */
const verify = (
  state: Lrpc,
  caller: ThreadId,
  levels: readonly Level[],
  asked: Asked,
  aStack: AStackId | null,
): Outcomes => {
  const binding = state.bindings[asked.binding];
  const chosen = aStack === null ? undefined : state.aStacks[aStack];
  const fail = (errno: LrpcErrno): Outcomes =>
    notCalled(levels, errno, aStack, asked.aStack === null && aStack !== null);
  if (!binding?.isBound || binding.client !== domainOf(state, caller, levels)) return fail('EBADF');
  if (isGone(state, binding.client) || isGone(state, binding.server)) return fail('ESTALE');
  if (!state.domains[binding.server]?.procedures[asked.procedure]) return fail('ENOSYS');
  if (chosen?.binding !== asked.binding || chosen.procedure !== asked.procedure) return fail('ENXIO');
  return continues(inside(levels, { at: 'claim', asked, aStack }));
};

/**
 * Steps 3 to 9: if the A-stack is in no call, it is in this one from now on, and the thread is in the server, one level
 * deeper. ESTALE: the binding was revoked meanwhile; EBUSY. Source: section 3.2; seed 003, the concurrency check.
 */
const claim = (
  state: Lrpc,
  caller: ThreadId,
  levels: readonly Level[],
  asked: Asked,
  aStack: AStackId | null,
): Outcomes => {
  const chosen = state.aStacks[aStack ?? -1];
  const isFromList = asked.aStack === null;
  if (aStack === null || !chosen || chosen.lost.client || chosen.lost.server) {
    return notCalled(levels, 'ESTALE', aStack, isFromList);
  }
  if (chosen.call) return notCalled(levels, 'EBUSY', aStack, isFromList);
  const level: Level = { aStack, isFromList, argument: 0 };
  return continues(inside([...levels, level], { at: 'copy' }), (draft) => {
    const claimed = draft.aStacks[aStack];
    const isOutermost = levels.length === 0;
    if (claimed) claimed.call = { thread: caller, isOutermost, isAborted: false, isCaptured: false };
  });
};

/**
 * The server's stub copies the argument to where no client can write; what is checked and used is that copy. The time it
 * takes comes off the slice of the thread, which has brought its own. Source: section 3.5, argument copying; seed 000.
 */
const copy = (state: Lrpc, caller: ThreadId, levels: readonly Level[]): Outcomes => {
  const top = levels.at(-1);
  const copied = levels.with(-1, {
    aStack: 0,
    isFromList: false,
    ...top,
    argument: state.aStacks[top?.aStack ?? -1]?.argument ?? 0,
  });
  return continues(inside(copied, { at: 'serve' }), (draft) => {
    const thread = draft.threads[caller];
    if (thread) thread.budgetTicks = Math.max(0, thread.budgetTicks - 1);
  });
};

/** The procedure. What each does is ours, see `LrpcBody`. Source: section 3.1, the server's entry stubs. */
const serve = (state: Lrpc, caller: ThreadId, levels: readonly Level[]): Outcomes => {
  const top = levels.at(-1);
  const domain = serverOf(state, top?.aStack);
  const called = state.aStacks[top?.aStack ?? -1];
  const body: LrpcBody = state.domains[domain]?.procedures[called?.procedure ?? -1]?.body ?? { tag: 'crash' };
  const argument = top?.argument ?? 0;
  const answers = (result: Result): Step => ({ at: 'answer', result });
  return match(body)
    .with({ tag: 'add' }, (): Outcomes => {
      if (argument < 0 || argument > addendMax) return continues(inside(levels, answers('EINVAL')));
      const sum = (state.domains[domain]?.counter ?? 0) + argument;
      return continues(inside(levels, answers(sum)), (draft) => {
        const server = draft.domains[domain];
        if (server) server.counter = sum;
      });
    })
    .with({ tag: 'identify' }, () =>
      continues(inside(levels, answers(identityWord(identityOf(state, caller, domain))))),
    )
    .with({ tag: 'hold' }, () => hold(state, levels, domain))
    .with({ tag: 'forward' }, ({ binding, procedure }) =>
      continues(inside(levels, { at: 'take', asked: { binding, procedure, argument, aStack: null } })),
    )
    .with({ tag: 'crash' }, () => end(state, domain, { levels, step: { at: 'return', hasFailed: true } }))
    .exhaustive();
};

const identityWord = ({ authority, priority, budgetTicks }: Identity): number =>
  authority + 16 * priority + 256 * budgetTicks;

/**
 * The server keeps the thread until it releases it, or is gone. If the caller's domain gives the call up before that, a fresh
 * thread goes on in place of the caller, and this one is captured. Source: section 5.3, domain termination.
 */
const hold = (state: Lrpc, levels: readonly Level[], domain: DomainId): Outcomes => {
  const [outer] = levels;
  const ways: Outcomes[] = [];
  if (state.domains[domain]?.isOpen) ways.push(continues(inside(levels, { at: 'answer', result: 0 })));
  if (state.aStacks[levels.at(-1)?.aStack ?? -1]?.lost.server) {
    ways.push(continues(inside(levels, { at: 'return', hasFailed: true })));
  }
  if (ways.length > 0) return ways.flat(); // nobody is captured who can come back
  const call = state.aStacks[outer?.aStack ?? -1]?.call;
  if (!outer || !call?.isAborted || call.isCaptured) return [];
  const step: Step = { at: 'collect', aStack: outer.aStack, isFromList: false, failure: 'ECALLABORTED' };
  return continues(inside([], step), (draft) => {
    const captured = draft.aStacks[outer.aStack]?.call;
    if (captured) captured.isCaptured = true;
    draft.captured.push({ levels, step: { at: 'serve' } });
  });
};

/** What a procedure does that has called on: it counts that. Source: ours; it is the server's own resource. */
const count = (state: Lrpc, levels: readonly Level[], result: Result): Outcomes =>
  continues(inside(levels, { at: 'answer', result }), (draft) => {
    const server = draft.domains[serverOf(state, levels.at(-1)?.aStack)];
    if (server) server.counter++;
  });

/** The server's stub puts the result onto the A-stack. Source: section 3.2, returning. */
const answer = (levels: readonly Level[], result: Result): Outcomes =>
  continues(inside(levels, { at: 'return', hasFailed: false }), (draft) => {
    const answered = draft.aStacks[levels.at(-1)?.aStack ?? -1];
    if (answered) answered.result = result;
  });

/**
 * The trap back: one linkage comes off the stack, and is asked where to go, nothing else. If the client is gone, to the next
 * one, as from a call that failed; and if there is none, the thread is destroyed. So is one that was captured, where its
 * call was given up. ECALLABORTED, ECALLFAILED. Source: sections 3.2, returning, and 5.3.
 */
const comeBack = (state: Lrpc, levels: readonly Level[], hasFailed: boolean): Outcomes => {
  const top = levels.at(-1);
  const popped = state.aStacks[top?.aStack ?? -1];
  if (!top || !popped) return continues({ tag: 'destroyed' });
  const rest = levels.slice(0, -1);
  const goesNowhere = popped.lost.client || popped.call?.isCaptured === true;
  const failure = popped.call?.isAborted ? 'ECALLABORTED' : popped.lost.server || hasFailed ? 'ECALLFAILED' : null;
  const next: PendingCall = !goesNowhere
    ? inside(rest, { at: 'collect', aStack: top.aStack, isFromList: top.isFromList, failure })
    : rest.length === 0
      ? { tag: 'destroyed' }
      : inside(rest, { at: 'return', hasFailed: true });
  return continues(next, (draft) => {
    const aStack = draft.aStacks[top.aStack];
    if (!aStack) return;
    aStack.call = null;
    if (goesNowhere && top.isFromList) aStack.isTaken = false;
  });
};

/**
 * The client's stub takes the result off the A-stack and gives the A-stack back, and returns into its program: the call is
 * over, or the procedure that has called on goes on. If somebody of its own domain has written on its stack, it may return
 * to nowhere; that ends its domain. Source: section 3.2, returning.
 */
const collect = (
  state: Lrpc,
  caller: ThreadId,
  levels: readonly Level[],
  collected: Step & { at: 'collect' },
): Outcomes => {
  const result = collected.failure ?? state.aStacks[collected.aStack ?? -1]?.result ?? 0;
  const giveBack = (draft: Lrpc): void => {
    const aStack = collected.isFromList ? draft.aStacks[collected.aStack ?? -1] : undefined;
    if (aStack) aStack.isTaken = false;
  };
  if (levels.length > 0) return continues(inside(levels, { at: 'count', result }), giveBack);
  const over: Outcomes =
    typeof result === 'number'
      ? returns({ tag: 'result', word: result }, giveBack)
      : returns({ tag: 'failed', errno: result }, giveBack);
  const falls = inside(levels, { at: 'fall' });
  return state.threads[caller]?.isSmashed ? [...over, ...continues(falls), ...continues(falls, giveBack)] : over;
};

/**
 * The first part of a domain's end: from now on it is bound to nobody. Then the others; and then the caller goes on.
 * Source: section 5.3, domain termination.
 */
export const end = (state: Lrpc, domain: DomainId, afterwards: Inside | null): Outcomes => {
  if (isGone(state, domain) && afterwards) return continues({ tag: 'rest of call', ...afterwards });
  return continues({ tag: 'rest of terminate', domain, next: 0, afterwards }, (draft) => {
    const ended = draft.domains[domain];
    if (ended) ended.isTerminated = true;
  });
};
