import * as fc from 'fast-check';
import type { Change } from '#impl/kernel/slots.ts';
import type { Allocator } from '#impl/machine/allocator.ts';
import type { Routine, Word } from '#impl/machine/ops.ts';
import type { Thread } from '#impl/sync/threads.ts';
import {
  type Call,
  drawnCall,
  drawnParameters,
  exploration,
  objectsMax,
  type Parameters,
  programs,
  ruleOf,
  simplerCall,
  simplerParameters,
  slotsMax,
  wrongHoldings,
} from '#model/kernel/capability.programs.ts';
import { scenarios } from '#model/kernel/capability.scenarios.ts';
import { abstract } from '#model/kernel/capability.words.ts';
import type { Program, Services, Subject } from '#model/subject.ts';
import {
  listOf,
  mismatch,
  mismatchedCall,
  nothingOr,
  positiveUpTo,
  recordOf,
  wholeNumberBelow,
  word,
} from '#model/validate.ts';
import type { Byte, CapabilityAnswer, CapabilityErrno, CapabilityHandle, Rights } from '#spec/abi.ts';
import * as spec from '#spec/kernel/capability.ts';

/** What an implementation exports. The tables are whatever its `boot` gives. */
export interface Module {
  boot(memory: Allocator, parameters: Parameters): unknown;
  create(self: Thread, tables: unknown): Routine<Word>;
  read(self: Thread, tables: unknown, handle: CapabilityHandle): Routine<Word>;
  write(self: Thread, tables: unknown, handle: CapabilityHandle, word: Word): Routine<Word>;
  copy(
    self: Thread,
    tables: unknown,
    handle: CapabilityHandle,
    over: CapabilityHandle | null,
    change: Change,
  ): Routine<Word>;
  move(self: Thread, tables: unknown, handle: CapabilityHandle, over: CapabilityHandle | null): Routine<Word>;
  remove(self: Thread, tables: unknown, handle: CapabilityHandle): Routine<Word>;
  revoke(self: Thread, tables: unknown, handle: CapabilityHandle): Routine<Word>;
}

const errnos: ReadonlyMap<Word, CapabilityErrno> = new Map([
  [-9, 'EBADF'],
  [-12, 'ENOMEM'],
  [-13, 'EACCES'],
  [-22, 'EINVAL'],
  [-28, 'ENOSPC'],
  [-116, 'ESTALE'],
]);

/** Runs the call through the implementation. */
function* perform(module: Module, _services: Services, self: Thread, tables: unknown, call: Call): Routine<Word> {
  switch (call.tag) {
    case 'create':
      return yield* module.create(self, tables);
    case 'read':
      return yield* module.read(self, tables, call.handle);
    case 'write':
      return yield* module.write(self, tables, call.handle, call.word);
    case 'copy':
      return yield* module.copy(self, tables, call.handle, call.over, call);
    case 'move':
      return yield* module.move(self, tables, call.handle, call.over);
    case 'delete':
      return yield* module.remove(self, tables, call.handle);
    case 'revoke':
      return yield* module.revoke(self, tables, call.handle);
    default:
      return -1; // no thread asks for the rest of a revocation: it is the spec's own
  }
}

/** What the thread is told. A result that no such call may give is shown as an error of that name. */
const answerOf = (call: Call, result: Word, [read = -1, badge = -1]: readonly Byte[]): CapabilityAnswer => {
  const isHandle = call.tag === 'create' || call.tag === 'copy' || call.tag === 'move';
  if (!(Number.isInteger(result) && (isHandle ? result > 0 : result === 0))) {
    return { tag: 'failed', errno: errnos.get(result) ?? (String(result) as CapabilityErrno) };
  }
  if (isHandle) return { tag: 'handle', handle: { slot: result & 0xff, generation: result >>> 8 } };
  return call.tag === 'read' ? { tag: 'word', word: read, badge } : { tag: 'ok' };
};

const showHandle = ({ slot, generation }: CapabilityHandle): string => `${slot}.${generation}`;

/** The letters of rights: read, write, copy, grant, (revo)k(e). */
const showRights = (rights: Rights): string =>
  [...'rwcgk'].map((letter, bit) => ((rights >> bit) & 1 ? letter : '')).join('') || 'none';

const showOver = (over: CapabilityHandle | null): string => (over ? ` over ${showHandle(over)}` : '');

const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'create':
      return 'create()';
    case 'write':
      return `write(${showHandle(call.handle)}, ${call.word})`;
    case 'copy': {
      const rights = call.mask === 0 ? '' : `, of ${showRights(call.mask)} ${showRights(call.rights & call.mask)}`;
      const badge = call.badge === 0 ? '' : `, badge ${call.badge}`;
      return `copy(${showHandle(call.handle)}${showOver(call.over)}${rights}${badge})`;
    }
    case 'move':
      return `move(${showHandle(call.handle)}${showOver(call.over)})`;
    case 'rest of revoke all':
      return `rest of revoke(all of object ${call.object})`;
    case 'rest of revoke below':
      return `rest of revoke(below ${showHandle(call.handle)})`;
    default:
      return `${call.tag}(${showHandle(call.handle)})`;
  }
};

const showState = ({ tables, objects }: spec.Capabilities): string => {
  const shown = tables.map((table, process) => {
    const slots = table.flatMap(({ generation, capability }, slot) => {
      if (!capability) return [];
      const badge = capability.badge === 0 ? '' : `#${capability.badge}`;
      const { parent, object, rights } = capability;
      const below = parent ? ` below P${parent.process}.${parent.slot}` : '';
      return [`${slot}.${generation}: ${showRights(rights)}${badge} to ${object}${below}`];
    });
    return `P${process} [${slots.join(', ')}]`;
  });
  const words = objects.flatMap((object, index) => (object ? [`${index}=${object.word}`] : []));
  return `${shown.join(' ')}; ${words.join(' ') || 'no objects'}`;
};

const rights = wholeNumberBelow(spec.allRights + 1);
const handle = recordOf({ slot: wholeNumberBelow(256), generation: wholeNumberBelow(256) });

export const capability: Subject<spec.Capabilities, Call, CapabilityAnswer, Parameters, Module, unknown> = {
  id: 'kernel/capability',
  summary: 'Tables of capabilities: copied with fewer rights, granted, revoked, in the ways of seL4 and ChCore.',
  variants: [
    { name: 'sel4', module: 'kernel/capability.ts' },
    { name: 'chcore', module: 'kernel/capability.chcore.ts' },
    { name: 'sel4-big-lock', module: 'kernel/capability.big-lock.ts', baselineOf: 'sel4' },
    { name: 'chcore-big-lock', module: 'kernel/capability.chcore.big-lock.ts', baselineOf: 'chcore' },
  ],
  exports: ['boot', 'create', 'read', 'write', 'copy', 'move', 'remove', 'revoke'],
  examples: ['a use meets a revocation'],
  scenarios,
  programs,
  sequences: () => ({
    parameters: drawnParameters(2),
    threads: 2,
    calls: fc.record({ thread: fc.nat({ max: 1 }), call: drawnCall }),
  }),
  exploration: (_variant, threads) => exploration(threads),
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
  validate: (program) => {
    const over = nothingOr(handle);
    const holding = recordOf({ object: wholeNumberBelow(objectsMax), rights, badge: word });
    return (
      mismatch(program.parameters, {
        slots: positiveUpTo(slotsMax),
        objects: positiveUpTo(objectsMax),
        holdings: listOf(listOf(holding, 0, slotsMax), 0, 1000),
      }) ??
      mismatchedCall(program.threads, {
        create: {},
        read: { handle },
        write: { handle, word },
        copy: { handle, over, mask: rights, rights, badge: word },
        move: { handle, over },
        delete: { handle },
        revoke: { handle },
      }) ??
      wrongHoldings(program as Program<Call, Parameters>)
    );
  },
  initial: (variant, { slots, objects, holdings }) => spec.initial(ruleOf(variant), slots, objects, holdings),
  outcomes: spec.outcomes,
  parents: (_parameters, threads) => Array.from({ length: threads }, () => null),
  boot: (module, memory, parameters) => module.boot(memory, parameters),
  userBuffer: (call) => ({ bytes: [], mappedBytes: call.tag === 'read' ? 2 : 0 }),
  perform,
  answer: (_variant, call, result, { bytes }) => answerOf(call, result, bytes),
  abstract,
  showCall,
  showAnswer: (answer) => {
    switch (answer.tag) {
      case 'ok':
        return 'ok';
      case 'handle':
        return showHandle(answer.handle);
      case 'word':
        return `${answer.word}, badge ${answer.badge}`;
      case 'failed':
        return answer.errno;
    }
  },
  showState,
};
