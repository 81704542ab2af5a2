import { Kind } from '#impl/machine/ops.ts';
import type { Access, Recorded } from '#model/engine/trace/record.ts';

/** A micro-op and its result, in words. */
export const describe = (access: Access, { execution: { booted, program } }: Recorded): string => {
  const names = booted.names;
  const threads = program.threads.length;
  const word = access.address === null ? '' : (names[access.address] ?? `address ${access.address}`);
  switch (access.kind) {
    case Kind.load:
      return `reads ${word}: ${access.result}`;
    case Kind.store:
      return `writes ${word} := ${access.operand}`;
    case Kind.compareAndSwap:
      return access.result === access.expected
        ? `swaps ${word}: ${access.expected} → ${access.operand}`
        : `fails to swap ${word}: it is ${access.result}, not ${access.expected}`;
    case Kind.fetchAdd:
      return `adds ${access.operand} to ${word}: it was ${access.result}`;
    case Kind.swap:
      return `swaps ${word}: ${access.result} → ${access.operand}`;
    case Kind.awaitWord:
      return `has waited for ${word} to be ${access.expected === 0 ? '' : 'other than '}${access.operand}`;
    case Kind.fence:
      return `passes a fence (${access.order})`;
    case Kind.switchTo:
      return access.operand < threads ? `runs T${access.operand}` : 'gives the core up';
    case Kind.idle:
      return 'was idle and is interrupted';
    case Kind.sendInterrupt:
      return `interrupts core ${access.operand}`;
    case Kind.allocate:
      return `allocates ${access.operand} words from ${word}`;
    case Kind.free:
      return `frees ${access.operand} words from ${word}`;
    default:
      return 'goes on';
  }
};
