/**
 * Lightweight remote procedure call: a thread of one domain runs a procedure of another, there and by itself, and comes
 * back. What it takes along are A-stacks: words that both domains share, a few for each binding and procedure. The kernel
 * checks, and remembers for each A-stack in a call who came and from where (its linkage); a thread that is deep in calls
 * has a stack of those.
 *
 * Domains do not trust each other. Threads of the client may write on an A-stack whenever they like, and use it whether
 * it is theirs or not; a server may end, or keep whoever calls. Where a thread's frames lie meanwhile (E-stacks), and in
 * which order A-stacks are taken, nobody can tell from outside.
 *
 * Source of every rule: Bershad, Anderson, Lazowska, Levy, "Lightweight Remote Procedure Call", TOCS 8(1), 1990; the
 * section is given. Seed 003 has the same nine steps, and seed 004 a summary.
 */
import { match } from 'ts-pattern';
import type { AStackId, BindingId, DomainId, LrpcAnswer } from '#spec/abi/ipc/lrpc.ts';
import type { ThreadId } from '#spec/abi.ts';
import { end, goOn, take } from '#spec/ipc/lrpc.call.ts';
import {
  fails,
  freshAStacks,
  homeOf,
  type Inside,
  identityOf,
  isGone,
  isMapped,
  isOf,
  type Lrpc,
  type Outcomes,
  type PendingCall,
  serverOf,
} from '#spec/ipc/lrpc.state.ts';
import { continues, returns, waits } from '#spec/outcome.ts';

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (state: Lrpc, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'export' }, () => exportInterface(state, caller))
    .with({ tag: 'import' }, ({ server }) => importInterface(state, caller, server))
    .with({ tag: 'call' }, (asked) => take(state, caller, [], asked))
    .with({ tag: 'rest of call' }, (inside) => goOn(state, caller, inside))
    .with({ tag: 'rest of import' }, ({ binding }) => publish(binding))
    .with({ tag: 'terminate' }, ({ domain }) => terminate(state, domain))
    .with({ tag: 'rest of terminate' }, ({ domain, next, afterwards }) => tell(state, caller, domain, next, afterwards))
    .with({ tag: 'abort' }, ({ target }) => abort(state, caller, target))
    .with({ tag: 'release' }, () => release(state, caller))
    .with({ tag: 'rest of release' }, ({ domain, freed, afterwards }) =>
      letGo(state, caller, domain, freed, afterwards),
    )
    .with({ tag: 'identify' }, () => identify(state, caller))
    .with({ tag: 'stomp' }, ({ page, offset, word }) => stomp(state, caller, page, offset, word))
    .with({ tag: 'return' }, () => returnFromNothing())
    .with({ tag: 'destroyed' }, () => waits)
    .exhaustive();

const ok: LrpcAnswer = { tag: 'ok' };

/** A domain ends. ESRCH: it has ended. Source: section 5.3, domain termination. */
const terminate = (state: Lrpc, domain: DomainId): Outcomes =>
  isGone(state, domain) ? fails('ESRCH') : end(state, domain, null);

/**
 * The other parts: of each of its bindings, those it exported and those it imported, the linkages become invalid, one by
 * one. Source: section 5.3: bindings are revoked both ways.
 */
const tell = (state: Lrpc, caller: ThreadId, domain: DomainId, next: AStackId, afterwards: Inside | null): Outcomes => {
  const aStack = state.aStacks.findIndex((candidate, id) => id >= next && isOf(state, candidate, domain));
  if (aStack < 0) return letGo(state, caller, domain, null, afterwards);
  return continues({ tag: 'rest of terminate', domain, next: aStack + 1, afterwards }, (draft) => {
    const told = draft.aStacks[aStack];
    if (!told) return;
    if (draft.bindings[told.binding]?.client === domain) told.lost.client = true;
    else told.lost.server = true;
  });
};

/** A thread of the caller's domain need not wait for its call any longer. EPERM, ESRCH: it is in none. Source: section 5.3. */
const abort = (state: Lrpc, caller: ThreadId, target: ThreadId): Outcomes => {
  if (homeOf(state, target) !== homeOf(state, caller)) return fails('EPERM');
  const aStack = state.aStacks.findIndex(({ call }) => call?.thread === target && call.isOutermost && !call.isCaptured);
  if (aStack < 0) return fails('ESRCH');
  return returns(ok, (draft) => {
    const call = draft.aStacks[aStack]?.call;
    if (call) call.isAborted = true;
  });
};

/** The caller's domain lets go of all that it holds. Source: section 5.3, the captured thread. */
const release = (state: Lrpc, caller: ThreadId): Outcomes => {
  const domain = homeOf(state, caller);
  return continues({ tag: 'rest of release', domain, freed: null, afterwards: null }, (draft) => {
    const opened = draft.domains[domain];
    if (opened) opened.isOpen = true;
  });
};

/** The threads that were captured in a domain go on, one after the other, until each is destroyed. Source: section 5.3. */
const letGo = (
  state: Lrpc,
  caller: ThreadId,
  domain: DomainId,
  freed: Inside | null,
  afterwards: Inside | null,
): Outcomes => {
  if (freed) {
    return goOn(state, caller, freed).map((outcome) => {
      if (outcome.tag === 'returns') return outcome;
      const { rest } = outcome;
      const left = rest.tag === 'rest of call' ? { levels: rest.levels, step: rest.step } : null;
      return { ...outcome, rest: { tag: 'rest of release', domain, freed: left, afterwards } };
    });
  }
  const index = state.captured.findIndex(({ levels }) => serverOf(state, levels.at(-1)?.aStack) === domain);
  if (index < 0) return afterwards ? goOn(state, caller, afterwards) : returns(ok);
  return continues({ tag: 'rest of release', domain, freed: state.captured[index] ?? null, afterwards }, (draft) => {
    draft.captured.splice(index, 1);
  });
};

/**
 * Registers the caller's domain as a server. EEXIST: it is one; ESRCH: it has ended. Source: section 3.1, export.
 */
const exportInterface = (state: Lrpc, caller: ThreadId): Outcomes => {
  const domain = homeOf(state, caller);
  if (isGone(state, domain)) return fails('ESRCH');
  if (state.domains[domain]?.isExported) return fails('EEXIST');
  return returns(ok, (draft) => {
    const exported = draft.domains[domain];
    if (exported) exported.isExported = true;
  });
};

/**
 * Binds the caller's domain to a server; the A-stacks of all its procedures come with it. ESRCH: the caller's domain has
 * ended; EINVAL: it is the server; ENOENT, ENOSPC. Source: section 3.1: pairwise allocation, the Binding Object.
 */
const importInterface = (state: Lrpc, caller: ThreadId, server: DomainId): Outcomes => {
  const client = homeOf(state, caller);
  if (isGone(state, client)) return fails('ESRCH');
  if (client === server) return fails('EINVAL');
  if (isGone(state, server) || !state.domains[server]?.isExported) return fails('ENOENT');
  const binding = state.bindings.length;
  const added = freshAStacks(state.domains, binding, server);
  if (binding >= state.bindingsMax || state.aStacks.length + added.length > state.aStacksMax) return fails('ENOSPC');
  return continues({ tag: 'rest of import', binding }, (draft) => {
    draft.bindings.push({ client, server, isBound: false });
    draft.aStacks.push(...added);
  });
};

/** The A-stacks are mapped, and from now on the binding may be called over. Source: section 3.1. */
const publish = (binding: BindingId): Outcomes =>
  returns({ tag: 'binding', binding }, (draft) => {
    const made = draft.bindings[binding];
    if (made) made.isBound = true;
    for (const aStack of draft.aStacks) if (aStack.binding === binding) aStack.foundBy = [];
  });

/**
 * As whom the caller runs when it is in no call: with its own domain's authority, and what is left of its own time slice.
 * Source: seed 000, 轻量级远程过程调用 (what is switched, and what is not).
 */
const identify = (state: Lrpc, caller: ThreadId): Outcomes =>
  returns({ tag: 'identity', identity: identityOf(state, caller, homeOf(state, caller)) });

/** A return by a thread that is in no call: there is nothing to return from. EINVAL. Source: section 3.2 (the linkage record). */
const returnFromNothing = (): Outcomes => fails('EINVAL');

/**
 * An ordinary store by a thread of the client, or the server. It changes an A-stack of its domain's, or the stack of one of
 * its domain's threads, and nothing else. EFAULT: not mapped. The A-stacks of a binding that is being made are mapped one
 * by one, before it can be called over: whoever guesses where they are finds one or not. Source: section 3.5 (A-stacks are
 * shared, E-stacks are not).
 */
const stomp = (state: Lrpc, caller: ThreadId, page: number, offset: number, word: number): Outcomes => {
  const domain = homeOf(state, caller);
  const index = page - state.threads.length;
  if (index < 0) {
    if (homeOf(state, page) !== domain) return fails('EFAULT');
    return returns(ok, (draft) => {
      const owner = draft.threads[page];
      if (owner) owner.isSmashed = true;
    });
  }
  const aStack = state.aStacks[index];
  if (!aStack || !isOf(state, aStack, domain)) return fails('EFAULT');
  const isSure = isMapped(state, aStack, domain);
  const stores: Outcomes = returns(ok, (draft) => {
    const stored = draft.aStacks[index];
    if (!isSure) stored?.foundBy.push(domain);
    if (stored && offset === 0) stored.argument = word;
    if (stored && offset === 1) stored.result = word;
  });
  return isSure ? stores : [...fails('EFAULT'), ...stores];
};
