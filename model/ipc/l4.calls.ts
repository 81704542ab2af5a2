import type { L4Parameters } from '#impl/ipc/l4.layout.ts';
import type { Program } from '#model/subject.ts';
import type { L4Message, MemoryRange, Timeouts, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Capability, PendingCall } from '#spec/ipc/l4.state.ts';

export type Call = PendingCall;
/** `chiefs`: who made whom, where threads name each other. */
export interface Parameters extends L4Parameters {
  readonly chiefs: readonly (ThreadId | null)[];
}
export type L4Program = Program<Call, Parameters>;

/** How many words a message may have, and how many of them the registers of the core hold. */
export const wordsMax = 4;
export const registersMax = 2;

/** How many pages a thread's memory has, and how large they are. Texts lie in the first half, buffers in the other. */
export const userPages = 4;
export const pageWords = 2;

/** How many capabilities a thread can have, and how many objects there may be. */
export const slotsMax = 3;
export const objectsMax = 3;

/** The longest timeout, in ticks. */
export const ticksMax = 3;

export const [sends, receives, grants] = [1, 2, 4];

/** Objects of the scenarios: an endpoint, a notification and another endpoint. */
export const [endpoint, notification, other] = [0, 1, 2];

export const to = (object: number, rights: number, badge = 0): Capability => ({ object, rights, badge });
export const client = (badge = 0): Capability => to(endpoint, sends, badge);
export const server: Capability = to(endpoint, receives);

export const forever: Timeouts = { send: null, receive: null, transfer: null };
export const notAtAll: Timeouts = { send: 0, receive: 0, transfer: 0 };

/** For how long a call waits, in whatever phase. */
export const within = (ticks: TimeoutTicks): Timeouts => ({ send: ticks, receive: ticks, transfer: ticks });

/** Texts lie in the first half of a thread's memory, buffers in the other. */
export const text = (address: number, countWords: number): MemoryRange => ({ address, countWords });
export const buffersAt = (userPages * pageWords) / 2;
export const wholeBuffer: readonly MemoryRange[] = [text(buffersAt, 4)];
export const twoBuffers: readonly MemoryRange[] = [text(buffersAt, 2), text(buffersAt + 2, 2)];

export const says = (...words: number[]): L4Message => ({ words, texts: [], grants: null });

export const send = (message: L4Message, timeouts = forever): Call => ({ tag: 'send', slot: 0, message, timeouts });
export const call = (message: L4Message, timeouts = forever): Call => ({ tag: 'call', slot: 0, message, timeouts });
export const receive = (timeouts = forever, buffers: readonly MemoryRange[] = []): Call => ({
  tag: 'receive',
  slot: 0,
  buffers,
  timeouts,
});
/** Receives texts. */
export const take = (buffers: readonly MemoryRange[], timeouts = forever): Call => receive(timeouts, buffers);
/** Sends texts. */
export const tells = (...texts: readonly MemoryRange[]): L4Message => ({ words: [1], texts, grants: null });
export const reply = (...words: number[]): Call => ({ tag: 'reply', words });
export const replyReceive = (words: readonly number[], timeouts = forever): Call => ({
  tag: 'replyReceive',
  slot: 0,
  words,
  buffers: [],
  timeouts,
});
export const signal = (slot: number): Call => ({ tag: 'signal', slot });
export const wait = (slot: number, timeouts = forever): Call => ({ tag: 'wait', slot, timeouts });
export const tick: Call = { tag: 'tick' };
export const bring = (space: number, number: number): Call => ({ tag: 'page', space, page: number });
export const cancel = (target: ThreadId): Call => ({ tag: 'cancel', target });
export const kill = (target: ThreadId): Call => ({ tag: 'kill', target });

/** A send, then a receive, between threads that name each other. */
export const ipc = (
  to: ThreadId | null,
  message: L4Message,
  from: ThreadId | 'any' | null,
  timeouts = forever,
  as: ThreadId | null = null,
): Call => ({ tag: 'ipc', to, as, message, from, buffers: [], timeouts });
