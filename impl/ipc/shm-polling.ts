/**
 * Request and reply through a region that two processes share: two messages, each with a status word that says whether
 * it is ready. Nobody sleeps and no kernel is asked; who waits polls, so each side needs a core.
 *
 * Only the writer of a message makes it ready, and only its reader makes it invalid again. Whatever a reader trusts it
 * has copied first: the other process may write into the region at any time. Source: seed 001, "通信过程" and
 * "传递数据" (the header); that the reader resets is ours.
 */
import type { Allocator } from '#impl/machine/allocator.ts';
import { type Address, awaitWord, copyIn, copyOut, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import type { Byte } from '#spec/abi.ts';

/** Values of a status word. */
const Status = { invalid: 0, ready: 1 } as const;

/** What the header of a message begins with. */
const magicNumber = 0x6d736721; // "msg!"

/** The length of a message that says: refused. */
const refused = -1;

/** What callers are told, as Linux numbers them: the message is too long, or not whole. */
const tooLong = -90;
const notWhole = -74;

export interface RegionParameters {
  /** How many bytes a message has room for. */
  readonly limitBytes: number;
}

/** A message: a header of four words, and its bytes, one in each word. */
interface Message {
  readonly status: Address;
  readonly magic: Address;
  readonly length: Address;
  readonly checksum: Address;
  readonly payload: Address;
}

export interface Region {
  readonly limitBytes: number;
  readonly request: Message;
  readonly reply: Message;
}

/** Lays the region out, both messages invalid. It ends with the last byte of the request: behind it is no memory. */
export const boot = (memory: Allocator, { limitBytes }: RegionParameters): Region => {
  const message = (name: string): Message => ({
    status: memory.word(`${name}.status`, Status.invalid),
    magic: memory.word(`${name}.magic`),
    length: memory.word(`${name}.length`),
    checksum: memory.word(`${name}.checksum`),
    payload: memory.words(`${name}.payload`, limitBytes),
  });
  const reply = message('reply');
  return { limitBytes, reply, request: message('request') };
};

/** Sends `count` bytes of the user's buffer; the reply's take their place. Their number; -90: too long; -74: refused. */
export function* call(_self: Thread, region: Region, count: number): Routine<Word> {
  if (count > region.limitBytes) return tooLong;
  const bytes: Byte[] = [];
  for (let i = 0; i < count; i++) bytes.push(yield copyIn(i));
  yield* write(region.request, bytes);
  return yield* read(region.reply, region.limitBytes);
}

/**
 * Waits for a request, copies it to the user's buffer, processes it and replies. The request's number of bytes; -74: it
 * was not whole, and has been refused.
 */
export function* serve(_self: Thread, region: Region): Routine<Word> {
  const count = yield* read(region.request, region.limitBytes);
  const reply: Byte[] = [];
  for (let i = 0; i < count; i++) reply.push(255 - (yield copyIn(i)));
  yield* write(region.reply, count === notWhole ? undefined : reply);
  return count;
}

/** What a sender does that lies: it writes a length over its request's. 0. */
export function* forge(_self: Thread, region: Region, lengthBytes: number): Routine<Word> {
  yield store(region.request.length, lengthBytes, 'relaxed', 'shm-polling.forge');
  return 0;
}

/** Writes a message and makes it ready. Without bytes it says: refused. The writer knows that it is invalid. */
function* write(message: Message, bytes: readonly Byte[] | undefined): Routine {
  let checksum = 0;
  for (const [i, byte] of (bytes ?? []).entries()) {
    yield store(message.payload + i, byte, 'plain', 'shm-polling.write');
    checksum = sum(checksum, byte);
  }
  yield store(message.magic, magicNumber, 'plain');
  yield store(message.checksum, checksum, 'plain');
  yield store(message.length, bytes?.length ?? refused, 'relaxed', 'shm-polling.length');
  yield store(message.status, Status.ready, 'release', 'shm-polling.ready'); // pairs with read: shows all of the above
}

/** Waits until a message is ready, copies it to the user's buffer, and makes it invalid. Its length; -74: not whole. */
function* read(message: Message, limitBytes: number): Routine<Word> {
  yield awaitWord(message.status, Status.ready, 'acquire', 'shm-polling.poll'); // pairs with write
  const length = yield load(message.length, 'relaxed', 'shm-polling.fetch'); // once: it may be another the next time
  let isWhole = (yield load(message.magic, 'plain')) === magicNumber && length >= 0 && length <= limitBytes;
  let checksum = 0;
  for (let i = 0; isWhole && i < length; i++) {
    const byte = yield load(message.payload + i, 'plain', 'shm-polling.read');
    yield copyOut(i, byte);
    checksum = sum(checksum, byte);
  }
  isWhole &&= checksum === (yield load(message.checksum, 'plain'));
  yield store(message.status, Status.invalid, 'relaxed', 'shm-polling.taken'); // before we reply, or call again
  return isWhole ? length : notWhole;
}

/** The checksum of one byte more. It tells any two messages of up to three bytes apart, whatever their lengths. */
const sum = (checksum: Word, byte: Byte): Word => (Math.imul(checksum, 257) + byte + 1) | 0;
