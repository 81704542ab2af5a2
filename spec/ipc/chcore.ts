/**
 * ChCore's IPC, as its threads see it: a client connects to a server that agrees, and from then on its thread goes over
 * to the server for each call, and back with the answer.
 *
 * A server is a process with two kinds of passive threads. Its register thread runs when a client asks to be connected,
 * its handlers run when one calls. Neither has time of its own: it runs on the scheduling context of whoever asks.
 * `serve`, `return`, `accept` and `refuse` give the processor back, so they are over when the next request is there.
 * A message lies in a page that both processes have mapped, each at an address of its own; capabilities are left with
 * the connection, and fetched by who receives them.
 *
 * Nobody waits for a lock. What is in somebody else's hands, if only for a moment, answers EIPCRETRY or EAGAIN: so the
 * parts of each call are told here as they can be told apart by others.
 *
 * Ours, where ChCore does otherwise or is silent: closing leaves pages mapped; a reply that fails ends the call with the
 * error, for the client; a handler or register thread that is killed answers ESRCH, and is known to be dead from then on.
 *
 * Source of every rule: ChCore (OS-Course-Lab), kernel/ipc/connection.c, kernel/object/recycle.c.
 */
import { match, P } from 'ts-pattern';
import type { ChcoreCall, MessageField, VirtualPage } from '#spec/abi/ipc/chcore.ts';
import type { ThreadId } from '#spec/abi.ts';
import {
  blocked,
  callOwned,
  enterCall,
  get,
  getOwned,
  letsGo,
  serve,
  set,
  setOwned,
  wakes,
} from '#spec/ipc/chcore.calls.ts';
import {
  bothHeld,
  close,
  closeOwned,
  ended,
  kill,
  recycle,
  recycleConnection,
  recycleThread,
} from '#spec/ipc/chcore.recycle.ts';
import { build, mapClient, registerClient, registerServer, validate } from '#spec/ipc/chcore.registration.ts';
import { addressed, answered, copyBack, passiveLetGo, startAnswer } from '#spec/ipc/chcore.replies.ts';
import {
  type Chcore,
  fails,
  isAlive,
  type Outcomes,
  type PendingCall,
  processOf,
  servedBy,
} from '#spec/ipc/chcore.state.ts';
import { continues, returns, waits } from '#spec/outcome.ts';

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (state: Chcore, caller: ThreadId, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'read' }, ({ page, field }) => read(state, caller, page, field))
    .with({ tag: 'write' }, ({ page, field, value }) => write(state, caller, page, field, value))
    .with({ tag: 'entered' }, ({ call: asked }) => perform(state, caller, asked))
    .with({ tag: 'register held' }, ({ call: asked, register }) => build(state, caller, asked, register))
    .with({ tag: 'owned' }, ({ call: asked, connection }) => withConnection(state, caller, asked, connection))
    .with({ tag: 'failing' }, (rest) => letsGo(rest))
    .with({ tag: 'blocked' }, () => blocked(state, caller))
    .with({ tag: 'passive' }, () => wakes(state, caller))
    .with({ tag: 'addressed' }, (rest) => addressed(state, caller, rest))
    .with({ tag: 'count fetched' }, (rest) => copyBack(state, rest))
    .with({ tag: 'answered' }, (rest) => answered(caller, rest))
    .with({ tag: 'passive let go' }, (rest) => passiveLetGo(rest))
    .with({ tag: 'server mapped' }, (rest) => mapClient(rest))
    .with({ tag: 'both mapped' }, (rest) => validate(state, rest))
    .with({ tag: 'both held' }, (rest) => bothHeld(state, rest))
    .with({ tag: 'ended' }, (rest) => ended(rest))
    .with({ tag: 'recycle connection' }, (rest) => recycleConnection(state, caller, rest))
    .with({ tag: 'recycle owned' }, ({ process, next }) => closeOwned(state, next, { process, next }))
    .with({ tag: 'recycle thread' }, (rest) => recycleThread(state, rest))
    .with({ tag: 'exited' }, () => waits)
    .with({ tag: P.union(...kernelCalls) }, (asked) => enter(state, caller, asked))
    .exhaustive();

/** The calls that enter the kernel. */
const kernelCalls = [
  'register server',
  'register client',
  'serve',
  'accept',
  'refuse',
  'set',
  'get',
  'call',
  'return',
  'close',
  'kill',
  'recycle',
  'yield',
] as const;

/**
 * Enters the kernel. A thread whose process was killed goes no further: it never comes back, and whoever it was serving
 * is told ESRCH. Source: ChCore, sched/sched.c (EXITING, EXITED); connection.c, sys_ipc_return, step 1.
 */
const enter = (state: Chcore, caller: ThreadId, call: ChcoreCall): Outcomes => {
  if (isAlive(state, processOf(state, caller))) return continues({ tag: 'entered', call });
  const served = servedBy(state, caller);
  if (served !== undefined) return startAnswer(state, served, null, true);
  return continues({ tag: 'exited' }, (draft) => {
    const thread = draft.threads[caller];
    if (thread?.passive?.tag === 'starting') thread.passive = { tag: 'dead' };
  });
};

/** What a call does first, in the kernel. Source: ChCore, syscall/syscall.c. */
const perform = (state: Chcore, caller: ThreadId, asked: ChcoreCall): Outcomes =>
  match(asked)
    .with({ tag: 'register server' }, ({ register }) => registerServer(state, caller, register))
    .with({ tag: 'register client' }, (call) => registerClient(state, caller, call))
    .with({ tag: 'serve' }, () => serve(state, caller))
    .with({ tag: P.union('accept', 'refuse', 'return') }, (call) => reply(state, caller, call))
    .with({ tag: 'set' }, (call) => set(state, caller, call))
    .with({ tag: 'get' }, (call) => get(state, caller, call))
    .with({ tag: 'call' }, (call) => enterCall(state, caller, call))
    .with({ tag: 'close' }, (call) => close(state, caller, call))
    .with({ tag: 'kill' }, ({ process }) => kill(state, process))
    .with({ tag: 'recycle' }, ({ process }) => recycle(state, process))
    .with({ tag: P.union('yield', 'read', 'write') }, () => yieldCore())
    .exhaustive();

/** Lets others run: nothing that anybody can see. Source: ChCore, sched/sched.c, sys_yield. */
const yieldCore = (): Outcomes => returns({ tag: 'ok' });

/** What it does when the connection that it named is the caller's. Source: as for each call. */
const withConnection = (state: Chcore, caller: ThreadId, asked: ChcoreCall, connection: number): Outcomes =>
  match(asked)
    .with({ tag: 'set' }, (call) => setOwned(call, connection))
    .with({ tag: 'get' }, (call) => getOwned(state, call, connection))
    .with({ tag: 'call' }, (call) => callOwned(state, caller, call, connection))
    .otherwise(() => closeOwned(state, connection, null));

/**
 * Answers the call or the registration that is being served. EINVAL: a handler serves no call; ECAPBILITY: a register
 * thread serves no registration. Source: connection.c, sys_ipc_return, sys_ipc_register_cb_return.
 */
const reply = (
  state: Chcore,
  caller: ThreadId,
  call: ChcoreCall & { tag: 'accept' | 'refuse' | 'return' },
): Outcomes => {
  const served = servedBy(state, caller);
  const isHandler = state.threads[caller]?.kind === 'handler';
  if (served === undefined || isHandler !== (call.tag === 'return')) {
    return fails(call.tag === 'return' ? 'EINVAL' : 'ECAPBILITY');
  }
  return startAnswer(state, served, call, false);
};

/** The memory that the caller has mapped at a page; null: at that of the message it was given. */
const memoryAt = (state: Chcore, caller: ThreadId, page: VirtualPage | null): number | null => {
  const thread = state.threads[caller];
  const at = page ?? thread?.message ?? null;
  return thread && at !== null ? (state.processes[thread.process]?.pages[at] ?? null) : null;
};

/** Reads a word of shared memory, without the kernel. EFAULT: not mapped. Source: seed 003, ChCore, shared memory. */
const read = (state: Chcore, caller: ThreadId, page: VirtualPage | null, field: MessageField): Outcomes => {
  const memory = memoryAt(state, caller, page);
  return memory === null ? fails('EFAULT') : returns({ tag: 'word', word: state.memories[memory]?.[field] ?? 0 });
};

/** Writes a word of shared memory, without the kernel. EFAULT: not mapped. Source: seed 003, ChCore, shared memory. */
const write = (
  state: Chcore,
  caller: ThreadId,
  page: VirtualPage | null,
  field: MessageField,
  value: number,
): Outcomes => {
  const memory = memoryAt(state, caller, page);
  if (memory === null) return fails('EFAULT');
  return returns({ tag: 'ok' }, (draft) => {
    const found = draft.memories[memory];
    if (found) found[field] = value;
  });
};
