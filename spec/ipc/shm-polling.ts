/**
 * Request and reply through shared memory, with two processes that poll: a region holds one message each way, and a
 * word in each message says whether it is ready.
 *
 * The sender writes a request and waits for the reply. The receiver waits for a request, processes it, and writes the
 * reply. Who reads a message makes it invalid again (the notes do not say who does): so none is read twice, and none is
 * written over before it was read. There is one sender, one receiver, and one request at a time.
 *
 * The processes need not trust each other: the sender's may write into the region whenever it likes. Then its requests
 * may be refused; but what is processed is always a request as it was sent, never more bytes than a message may have.
 *
 * Source: seed 001, "通信过程" (the simple design: two messages, both invalid at first, 500 bytes each).
 */
import { match } from 'ts-pattern';
import type { Byte, ShmPollingAnswer, ShmPollingCall } from '#spec/abi.ts';
import { continues, type Outcome, returns, waits } from '#spec/outcome.ts';

/** How many bytes a message has room for in the notes. */
export const messageLimitBytes = 500;

/** The region: what is ready in it. At most one of the two messages is. */
export interface ShmPolling {
  limitBytes: number;
  /** Null: invalid. */
  request: readonly Byte[] | null;
  reply: readonly Byte[] | 'refused' | null;
  /** The sender's process has written a length that it had no business to write. */
  forged: boolean;
}

/** What remains of a call whose request is ready: to wait for the reply. */
export type PendingCall = ShmPollingCall | { readonly tag: 'rest of call' };

type Outcomes = readonly Outcome<ShmPolling, PendingCall, ShmPollingAnswer>[];

/** The region at boot: both messages are invalid. Source: seed 001, "通信过程", step 1. */
export const initial = (limitBytes: number): ShmPolling => ({ limitBytes, request: null, reply: null, forged: false });

/** All that `call` may do now. Total: every call has its outcomes in every state; none means that the caller waits. */
export const outcomes = (region: ShmPolling, call: PendingCall): Outcomes =>
  match(call)
    .with({ tag: 'call' }, ({ bytes }) => request(region, bytes))
    .with({ tag: 'rest of call' }, () => collect(region))
    .with({ tag: 'serve' }, () => serve(region))
    .with({ tag: 'forge' }, () => forge())
    .exhaustive();

/** What the receiver makes of a request: every byte's complement. The notes leave it to the application. */
export const process = (bytes: readonly Byte[]): readonly Byte[] => bytes.map((byte) => 255 - byte);

/**
 * Makes a request ready, and goes on to wait for its reply. EMSGSIZE: it does not fit into a message.
 * Source: seed 001, "通信过程", step 2.
 */
const request = (region: ShmPolling, bytes: readonly Byte[]): Outcomes => {
  if (bytes.length > region.limitBytes) return returns({ tag: 'failed', errno: 'EMSGSIZE' });
  if (region.request !== null || region.reply !== null) return waits;
  return continues({ tag: 'rest of call' }, (draft) => {
    draft.request = bytes;
  });
};

/** Takes the reply, once it is ready. EBADMSG: the request was refused. Source: seed 001, "通信过程", step 4. */
const collect = (region: ShmPolling): Outcomes => {
  if (region.reply === null) return waits;
  const answer: ShmPollingAnswer =
    region.reply === 'refused' ? { tag: 'failed', errno: 'EBADMSG' } : { tag: 'bytes', bytes: region.reply };
  return returns(answer, (draft) => {
    draft.reply = null;
  });
};

/**
 * Waits for a request, takes it, processes it and makes the reply ready; answers the request's bytes. EBADMSG: what was
 * found is no whole request; that can only be where the sender's process has forged, and need not be seen even then.
 * Source: seed 001, "通信过程", step 3; for the refusal, seed 002 (copy first, then check what was copied).
 */
const serve = (region: ShmPolling): Outcomes => {
  const { request: bytes } = region;
  if (bytes === null) return waits;
  const processed = returns<ShmPolling, ShmPollingAnswer>({ tag: 'bytes', bytes }, (draft) => {
    draft.request = null;
    draft.reply = process(bytes);
  });
  if (!region.forged) return processed;
  const refused = returns<ShmPolling, ShmPollingAnswer>({ tag: 'failed', errno: 'EBADMSG' }, (draft) => {
    draft.request = null;
    draft.reply = 'refused';
  });
  return [...processed, ...refused];
};

/** Writes a length over the request's. From now on its requests may be refused. Source: seed 000, TOCTTOU. */
const forge = (): Outcomes =>
  returns({ tag: 'ok' }, (draft) => {
    draft.forged = true;
  });
