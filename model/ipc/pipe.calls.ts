/** The words that programs on pipes are written in: who holds what, and the calls, short. */
import type { PipeParameters } from '#impl/ipc/pipe.linux.ts';
import type { Program } from '#model/subject.ts';
import type { Byte, PipeCall, ThreadId } from '#spec/abi.ts';
import type { PendingCall } from '#spec/ipc/pipe.ts';

export type Parameters = PipeParameters;
export type Call = PendingCall;
export type Holdings = Parameters['holdings'];

/** How much is mapped where the buffer does not end early: more than the call may touch, so that it is seen if it does. */
export const mappedAround = (mapped: number, wanted: number): number => (mapped < wanted ? mapped : wanted + 8);

export const reads = (maxBytes: number, rest: Partial<PipeCall & { tag: 'read' }> = {}): PipeCall => ({
  tag: 'read',
  descriptor: 0,
  maxBytes,
  mappedBytes: maxBytes,
  blocking: true,
  ...rest,
});

export const writes = (bytes: readonly Byte[], rest: Partial<PipeCall & { tag: 'write' }> = {}): PipeCall => ({
  tag: 'write',
  descriptor: 1,
  bytes,
  mappedBytes: bytes.length,
  blocking: true,
  ...rest,
});

export const closes = (descriptor: number): PipeCall => ({ tag: 'close', descriptor });
export const forks = (child: ThreadId): PipeCall => ({ tag: 'fork', child });
export const kills = (target: ThreadId): PipeCall => ({ tag: 'kill', target });
export const pipes: PipeCall = { tag: 'pipe', mapped: true };

export const reader = { read: true, write: false };
export const writer = { read: false, write: true };
export const both = { read: true, write: true };
export const neither = { read: false, write: false };

export const program = (
  variant: string,
  holdings: Holdings,
  threads: readonly (readonly PipeCall[])[],
  rest: Partial<Parameters> = {},
): Program<Call, Parameters> => ({
  variant,
  cores: 2,
  threads,
  parameters: { capacitySlots: 2, slotBytes: variant === 'xv6' ? 1 : 2, carriedBytes: 0, holdings, ...rest },
});
