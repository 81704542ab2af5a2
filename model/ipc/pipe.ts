import * as fc from 'fast-check';
import type * as linux from '#impl/ipc/pipe.linux.ts';
import type { Address, Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  both,
  type Call,
  closes,
  kills,
  mappedAround,
  neither,
  type Parameters,
  program,
  reader,
  reads,
  writer,
  writes,
} from '#model/ipc/pipe.calls.ts';
import { drawnCall, drawnParameters, programs, simplerCall, simplerParameters } from '#model/ipc/pipe.programs.ts';
import { scenarios } from '#model/ipc/pipe.scenarios.ts';
import type { Services, Subject } from '#model/subject.ts';
import { bytesTold } from '#model/told.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  powerOfTwoUpTo,
  recordOf,
  wholeNumberBelow,
  word,
  yesOrNo,
} from '#model/validate.ts';
import type { Byte, Errno, PipeAnswer } from '#spec/abi.ts';
import * as spec from '#spec/ipc/pipe.ts';

/** What an implementation exports. One that knows no non-blocking calls takes one argument less. */
export type Module = Pick<typeof linux, 'boot' | 'pipe' | 'read' | 'write' | 'close' | 'fork'>;
type Layout = linux.Pipe;

const errnos: ReadonlyMap<Word, Errno> = new Map([
  [-4, 'EINTR'],
  [-9, 'EBADF'],
  [-11, 'EAGAIN'],
  [-14, 'EFAULT'],
  [-23, 'ENFILE'],
  [-32, 'EPIPE'],
]);

/** Runs the call through the implementation. */
function* perform(module: Module, services: Services, self: Thread, layout: Layout, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'pipe':
      return yield* module.pipe(self, layout);
    case 'read':
      return yield* module.read(self, layout, call.descriptor, call.maxBytes, call.blocking);
    case 'write':
      return yield* module.write(self, layout, call.descriptor, call.bytes.length, call.blocking);
    case 'close':
      return yield* module.close(self, layout, call.descriptor);
    case 'fork':
      return yield* module.fork(self, layout, call.child);
    case 'kill':
      yield* services.kill(self, call.target);
      return 0;
    case 'rest of write':
      return -1; // no thread asks for this: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (variant: string, call: Call, result: Word, bytes: readonly Byte[]): PipeAnswer => {
  const isCount = call.tag === 'read' || call.tag === 'write';
  if (!(Number.isInteger(result) && (isCount ? result >= 0 : result === 0))) {
    return { tag: 'failed', errno: ((variant === 'linux' && errnos.get(result)) || String(result)) as Errno };
  }
  switch (call.tag) {
    case 'pipe':
      return { tag: 'descriptors', read: bytes[0] ?? -1, write: bytes[1] ?? -1 };
    case 'read':
      if (bytes.length > call.maxBytes) return { tag: 'failed', errno: 'wrote beyond the buffer' as Errno };
      return { tag: 'bytes', bytes: bytesTold(result, bytes) };
    case 'write':
      return { tag: 'count', countBytes: result };
    default:
      return { tag: 'ok' };
  }
};

const showBytes = (bytes: readonly Byte[]): string => `[${bytes.join(' ')}]`;

const showMapped = (mapped: number, wanted: number): string => (mapped < wanted ? `, ${mapped} mapped` : '');

const showEnds = (pipe: spec.Pipe): string =>
  pipe.processes
    .map(({ holdsRead, holdsWrite, killed }, id) => {
      const ends = [...(holdsRead ? ['r'] : []), ...(holdsWrite ? ['w'] : [])].join('');
      return `T${id}:${ends || '-'}${killed ? ' killed' : ''}`;
    })
    .join(' ');

export const pipe: Subject<spec.Pipe, Call, PipeAnswer, Parameters, Module, Layout> = {
  id: 'ipc/pipe',
  summary: 'A byte stream with a read end and a write end, as xv6 and Linux make it.',
  variants: [
    { name: 'xv6', module: 'ipc/pipe.ts' },
    { name: 'linux', module: 'ipc/pipe.linux.ts' },
  ],
  exports: ['boot', 'pipe', 'read', 'write', 'close', 'fork'],
  scenarios,
  programs,
  sequences: (variant) => ({
    parameters: drawnParameters(variant, 3),
    threads: 3,
    calls: fc
      .record({ thread: fc.nat({ max: 2 }), drawn: drawnCall(variant, 3), index: fc.nat({ max: 3 }) })
      .map(({ thread, drawn, index }) => ({ thread, call: drawn(thread, index, both) })),
  }),
  exploration: (variant, threads) => {
    const { parameters } = program(variant, [], []);
    const readers = Array.from({ length: Math.max(1, threads - 2) }, (_, id) => id + 1);
    const killer = readers.length + 1;
    const blocking = [true, false].slice(0, variant === 'linux' ? 2 : 1);
    return {
      parameters: { ...parameters, holdings: [writer, ...readers.map(() => reader), neither] },
      threads: [
        {
          tag: 'any',
          calls: [...blocking.map((waits) => writes([1, 2, 3], { blocking: waits })), writes([4]), closes(1)],
        },
        ...readers.map(() => ({
          tag: 'any' as const,
          calls: [...blocking.map((waits) => reads(2, { blocking: waits })), reads(1), closes(0)],
        })),
        { tag: 'in order', calls: [kills(0), ...readers.map(kills)] },
      ],
      mayWait: (_state, thread) => thread === killer,
    };
  },
  *simpler(current) {
    for (const parameters of simplerParameters(current.parameters)) yield { ...current, parameters };
    for (const [thread, calls] of current.threads.entries()) {
      for (const [index, call] of calls.entries()) {
        for (const simple of simplerCall(call)) {
          yield { ...current, threads: current.threads.with(thread, calls.with(index, simple)) };
        }
      }
    }
  },
  validate: ({ parameters, threads }) => {
    const thread = wholeNumberBelow(threads.length);
    const bytes = wholeNumberBelow(1000);
    const holding = recordOf({ read: yesOrNo, write: yesOrNo });
    return (
      mismatch(parameters, {
        capacitySlots: powerOfTwoUpTo(1024),
        slotBytes: powerOfTwoUpTo(4096),
        carriedBytes: word,
        holdings: listOf(holding, threads.length, threads.length),
      }) ??
      mismatchedCall(threads, {
        pipe: { mapped: yesOrNo },
        read: { descriptor: wholeNumberBelow(2), maxBytes: bytes, mappedBytes: bytes, blocking: yesOrNo },
        write: {
          descriptor: wholeNumberBelow(2),
          bytes: listOf(wholeNumberBelow(256), 0, 1000),
          mappedBytes: bytes,
          blocking: yesOrNo,
        },
        close: { descriptor: wholeNumberBelow(2) },
        fork: { child: thread },
        kill: { target: thread },
      })
    );
  },
  initial: (variant, { capacitySlots, slotBytes, holdings }) => ({
    variant: variant as spec.Pipe['variant'],
    capacitySlots,
    slotBytes,
    slots: [],
    processes: holdings.map((holding) => ({ holdsRead: holding.read, holdsWrite: holding.write, killed: false })),
  }),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: (call) => {
    if (call.tag === 'read') return { bytes: [], mappedBytes: mappedAround(call.mappedBytes, call.maxBytes) };
    if (call.tag === 'write') {
      return { bytes: [...call.bytes], mappedBytes: mappedAround(call.mappedBytes, call.bytes.length) };
    }
    return { bytes: [], mappedBytes: call.tag === 'pipe' && call.mapped ? 2 : 0 };
  },
  perform,
  answer: (variant, call, result, buffer) => answerOf(variant, call, result, buffer.bytes),
  abstract: (layout, latest, before) => abstract(layout, latest, before),
  showCall: (call) => {
    switch (call.tag) {
      case 'read':
        return `read(${call.descriptor}, ${call.maxBytes} bytes${showMapped(call.mappedBytes, call.maxBytes)}${call.blocking ? '' : ', non-blocking'})`;
      case 'write':
        return `write(${call.descriptor}, ${showBytes(call.bytes)}${showMapped(call.mappedBytes, call.bytes.length)}${call.blocking ? '' : ', non-blocking'})`;
      case 'rest of write':
        return `rest of write(${showBytes(call.bytes)}) after ${call.storedBytes}`;
      case 'close':
        return `close(${call.descriptor})`;
      case 'fork':
        return `fork(T${call.child})`;
      case 'kill':
        return `kill(T${call.target})`;
      case 'pipe':
        return call.mapped ? 'pipe()' : 'pipe(unmapped)';
    }
  },
  showAnswer: (answer) => {
    switch (answer.tag) {
      case 'bytes':
        return answer.bytes.length === 0 ? 'no bytes' : showBytes(answer.bytes);
      case 'count':
        return `${answer.countBytes}`;
      case 'descriptors':
        return `read end ${answer.read}, write end ${answer.write}`;
      case 'ok':
        return 'ok';
      case 'failed':
        return answer.errno;
    }
  },
  showState: (state) => `${state.slots.map((slot) => showBytes(slot.bytes)).join('') || 'empty'}; ${showEnds(state)}`,
};

/** The words of the two reference pipes. */
interface KnownLayout {
  readonly ring: Readonly<Record<'readOpen' | 'writeOpen' | 'data', Address>> &
    Readonly<Partial<Record<'nread' | 'nwrite' | 'headTail' | 'offset' | 'length', Address>>>;
  readonly descriptors: linux.Pipe['descriptors'];
  readonly capacity?: number;
  readonly slots?: number;
  readonly slotBytes?: number;
}

const isKnown = (layout: unknown): layout is KnownLayout => {
  const { ring, descriptors } = layout as { ring?: Partial<KnownLayout['ring']>; descriptors?: Partial<linux.Pipe> };
  const words = [ring?.readOpen, ring?.writeOpen, ring?.data];
  return words.every((address) => typeof address === 'number') && !!descriptors && 'references' in descriptors;
};

/**
 * What the words of the two reference pipes mean. An end is open iff its flag says so, and as many processes hold it as
 * are counted; where these disagree, the end is shown as held by one process too many. Undefined: other words.
 */
const abstract = (layout: unknown, latest: (address: Address) => Word, before: spec.Pipe): spec.Pipe | undefined => {
  if (!isKnown(layout)) return undefined;
  const { held, references } = layout.descriptors;
  const holders = (end: 0 | 1): boolean[] => held.map((address) => ((latest(address) >> end) & 1) === 1);
  const agrees = (end: 0 | 1): boolean => {
    const count = holders(end).filter((holds) => holds).length;
    const flag = latest(end === 0 ? layout.ring.readOpen : layout.ring.writeOpen) !== 0;
    return flag === count > 0 && latest(references[end]) === count;
  };
  const inUse = holders(0).includes(true) || holders(1).includes(true);
  const slots = inUse ? slotsOf(layout, latest) : [];
  const tooMany = { holdsRead: !agrees(0), holdsWrite: !agrees(1), killed: false };
  return (
    slots && {
      ...before,
      slots,
      processes: [
        ...before.processes.map((process, id) => ({
          ...process,
          holdsRead: holders(0)[id] === true,
          holdsWrite: holders(1)[id] === true,
        })),
        ...(tooMany.holdsRead || tooMany.holdsWrite ? [tooMany] : []),
      ],
    }
  );
};

/** The slots in use: xv6's between its counters, Linux's between tail and head. */
const slotsOf = (layout: KnownLayout, latest: (address: Address) => Word): spec.Slot[] | undefined => {
  const { nread, nwrite, headTail, offset, length, data } = layout.ring;
  const { capacity, slots, slotBytes } = layout;
  if (nread !== undefined && nwrite !== undefined && capacity !== undefined) {
    const count = Math.max((latest(nwrite) - latest(nread)) | 0, 0);
    return Array.from({ length: count }, (_, i) => ({
      bytes: [latest(data + ((latest(nread) + i) & (capacity - 1)))],
      roomBytes: 0,
    }));
  }
  if (headTail === undefined || offset === undefined || length === undefined) return undefined;
  if (slots === undefined || slotBytes === undefined) return undefined;
  const [head, tail] = [latest(headTail) >>> 16, latest(headTail) & 0xffff];
  return Array.from({ length: (head - tail) & 0xffff }, (_, i) => {
    const slot = (tail + i) & (slots - 1);
    const [first, count] = [latest(offset + slot), latest(length + slot)];
    return {
      bytes: Array.from({ length: count }, (_byte, at) => latest(data + slot * slotBytes + first + at)),
      roomBytes: slotBytes - first - count,
    };
  });
};
