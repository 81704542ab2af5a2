import type { External, Reading } from '#model/engine/refine/external.ts';
import { type Operation, type Semantics, Unreadable } from '#model/engine/refine/operations.ts';
import type { AnyCall } from '#model/subject.ts';
import * as keyValueSpec from '#spec/object/key-value.ts';
import * as mutexSpec from '#spec/object/mutex.ts';
import * as priorityQueueSpec from '#spec/object/priority-queue.ts';
import * as queueSpec from '#spec/object/queue.ts';
import * as registerSpec from '#spec/object/register.ts';
import * as registersSpec from '#spec/object/registers.ts';
import * as semaphoreSpec from '#spec/object/semaphore.ts';
import * as setSpec from '#spec/object/set.ts';
import * as stackSpec from '#spec/object/stack.ts';
import type { Value } from '#spec/object/value.ts';

/** How histories of the usual objects are read: their calls under the names that are usual for them. */

const isValue = (value: unknown): value is Value =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const valueFrom = (value: unknown, { invoked }: Operation): Value => {
  if (value === undefined) return null;
  if (isValue(value)) return value;
  throw new Unreadable(invoked, `${JSON.stringify(value)} is no value`, 'expected text, a number, true, false or null');
};

const numberFrom = (value: unknown, { invoked }: Operation): number => {
  if (typeof value === 'number') return value;
  throw new Unreadable(invoked, `${JSON.stringify(value)} is no number`, 'expected a number');
};

const textFrom = (value: unknown, { invoked }: Operation): string => {
  if (typeof value === 'string') return value;
  throw new Unreadable(invoked, `${JSON.stringify(value)} is no text`, 'expected text');
};

const showValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** True, false, or 1 or 0 for them. */
const truthFrom = (value: unknown, operation: Operation): boolean => {
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  throw new Unreadable(
    operation.ended ?? operation.invoked,
    `${JSON.stringify(value)} is no answer`,
    'expected 1 or 0',
  );
};

const unknownCall = ({ invoked, f }: Operation, name: string, known: string): never => {
  throw new Unreadable(invoked, `a ${name} has no call '${f}'`, `expected ${known}`);
};

/** What it says, with an answer if it ever came. */
const reading = <Call, Answer>(
  { end }: Operation,
  call: Call,
  answer: (() => Answer) | Answer,
): Reading<Call, Answer> => {
  if (end === 'none') return { call, answer: undefined };
  return { call, answer: typeof answer === 'function' ? (answer as () => Answer)() : answer };
};

/** The value that was taken out; null if there was none, however the history writes that. */
const taken =
  (operation: Operation, { empty = null }: Semantics) =>
  (): Value =>
    operation.told === empty ? null : valueFrom(operation.told, operation);

/** A read whose answer nobody recorded says nothing. */
const isUnrecorded = ({ end, told }: Operation, { readNull }: Semantics): boolean =>
  end === 'ok' && (told ?? null) === null && readNull?.includes('not recorded') === true;

const pairFrom = (operation: Operation): readonly [Value, Value] => {
  const { given, invoked } = operation;
  if (Array.isArray(given) && given.length === 2) {
    return [valueFrom(given[0], operation), valueFrom(given[1], operation)];
  }
  throw new Unreadable(invoked, `${JSON.stringify(given)} is no pair`, 'expected [from, to]');
};

/** As the history has it, whatever it is. */
const shown = {
  showCall: ({ tag, ...fields }: AnyCall): string => [tag, ...Object.values(fields).map(showValue)].join(' '),
  showAnswer: (answer: unknown): string => showValue(answer),
  showState: (state: unknown): string =>
    Object.values(state as object)
      .map(showValue)
      .join(' '),
};

const register: External<registerSpec.Register, registerSpec.RegisterCall, Value> = {
  ...shown,
  name: 'register',
  initial: (init) => ({ value: isValue(init) ? init : null }),
  outcomes: registerSpec.outcomes,
  readsOnly: registerSpec.readsOnly,
  read: (operation, semantics) => {
    switch (operation.f) {
      case 'read':
        if (isUnrecorded(operation, semantics)) return undefined;
        return reading(operation, { tag: 'read' }, () => valueFrom(operation.told, operation));
      case 'write':
        return reading(operation, { tag: 'write', value: valueFrom(operation.given, operation) }, 'ok');
      case 'cas': {
        const [from, to] = pairFrom(operation);
        return reading(operation, { tag: 'compare and set', from, to }, operation.end === 'ok');
      }
      case 'read_modify_write': {
        if (operation.end === 'none') {
          throw new Unreadable(operation.invoked, 'nobody knows what it has left', 'expected an answer');
        }
        const from = valueFrom(operation.given, operation);
        return reading(operation, { tag: 'modify', from, to: valueFrom(operation.told, operation) }, 'ok');
      }
      default:
        return unknownCall(operation, 'register', 'read, write, cas, read_modify_write');
    }
  },
};

/** Like a register, but histories of it do not say that it begins with 0. */
const readModifyWrite: typeof register = {
  ...register,
  name: 'read-modify-write',
  initial: (init) => ({ value: isValue(init) ? (init ?? 0) : 0 }),
};

/** The parts of a transaction, each `["read", name, found]` or `["write", name, value]`. */
const partsFrom = (value: unknown, operation: Operation): readonly (readonly [string, string, Value])[] => {
  const isPart = (part: unknown): boolean =>
    Array.isArray(part) && ['read', 'write'].includes(part[0]) && typeof part[1] === 'string' && isValue(part[2]);
  if (Array.isArray(value) && value.every(isPart)) return value;
  const expected = 'expected ["read", name, value] or ["write", name, value], several in a list';
  throw new Unreadable(operation.invoked, `${JSON.stringify(value)} is no transaction`, expected);
};

const registers: External<registersSpec.Registers, registersSpec.RegistersCall, readonly Value[]> = {
  ...shown,
  name: 'multi-register',
  initial: (init) => ({ values: { ...(init as Record<string, Value> | null) } }),
  outcomes: registersSpec.outcomes,
  readsOnly: registersSpec.readsOnly,
  read: (operation, semantics) => {
    if (operation.f !== 'txn') return unknownCall(operation, 'multi-register', 'txn');
    const isKnown = operation.end === 'ok';
    const all = partsFrom(isKnown ? operation.told : operation.given, operation);
    const isNothing = semantics.readNull?.includes('not recorded') === true;
    const parts = all.filter(([kind, , value]) => kind === 'write' || !isKnown || value !== null || !isNothing);
    const call: registersSpec.RegistersCall = {
      tag: 'transaction',
      parts: parts.map(([kind, name, value]) =>
        kind === 'read' ? { tag: 'read', name } : { tag: 'write', name, value },
      ),
    };
    return reading(operation, call, () => parts.flatMap(([kind, , value]) => (kind === 'read' ? [value] : [])));
  },
};

const keyValue: External<keyValueSpec.KeyValue, keyValueSpec.KeyValueCall, string> = {
  ...shown,
  name: 'key-value',
  initial: () => ({ texts: {} }),
  outcomes: keyValueSpec.outcomes,
  rule: keyValueSpec.rule,
  readsOnly: keyValueSpec.readsOnly,
  mayAnswer: keyValueSpec.mayAnswer,
  partOf: keyValueSpec.partOf,
  read: (operation) => {
    const { f } = operation;
    const key = String(operation.key ?? '');
    if (f === 'get') return reading(operation, { tag: f, key }, () => textFrom(operation.told, operation));
    if (f !== 'put' && f !== 'append') return unknownCall(operation, 'key-value store', 'get, put, append');
    return reading(operation, { tag: f, key, text: textFrom(operation.given, operation) }, 'ok');
  },
};

const queue: External<queueSpec.Queue, queueSpec.QueueCall, Value> = {
  ...shown,
  name: 'queue',
  initial: (init) => ({ values: Array.isArray(init) ? init : [] }),
  outcomes: queueSpec.outcomes,
  readsOnly: queueSpec.readsOnly,
  read: (operation, semantics) => {
    switch (operation.f) {
      case 'enq':
      case 'enqueue':
        return reading(operation, { tag: 'enqueue', value: valueFrom(operation.given, operation) }, 'ok');
      case 'deq':
      case 'dequeue':
        return reading(operation, { tag: 'dequeue' }, taken(operation, semantics));
      case 'peek':
        return reading(operation, { tag: 'peek' }, taken(operation, semantics));
      default:
        return unknownCall(operation, 'queue', 'enq, deq, peek');
    }
  },
};

const stack: External<stackSpec.Stack, stackSpec.StackCall, Value> = {
  ...shown,
  name: 'stack',
  initial: (init) => ({ values: Array.isArray(init) ? init : [] }),
  outcomes: stackSpec.outcomes,
  readsOnly: stackSpec.readsOnly,
  read: (operation, semantics) => {
    const { f } = operation;
    if (f === 'push') return reading(operation, { tag: f, value: valueFrom(operation.given, operation) }, 'ok');
    if (f !== 'pop' && f !== 'peek') return unknownCall(operation, 'stack', 'push, pop, peek');
    return reading(operation, { tag: f }, taken(operation, semantics));
  },
};

const priorityQueue: External<
  priorityQueueSpec.PriorityQueue,
  priorityQueueSpec.PriorityQueueCall,
  number | 'ok' | null
> = {
  ...shown,
  name: 'priority-queue',
  initial: (init) => ({ numbers: Array.isArray(init) ? init : [] }),
  outcomes: priorityQueueSpec.outcomes,
  readsOnly: priorityQueueSpec.readsOnly,
  read: (operation, { empty = null }) => {
    const { f, told } = operation;
    if (f === 'insert') return reading(operation, { tag: f, number: numberFrom(operation.given, operation) }, 'ok');
    if (f !== 'poll' && f !== 'peek') return unknownCall(operation, 'priority queue', 'insert, poll, peek');
    return reading(operation, { tag: f }, () => (told === empty ? null : numberFrom(told, operation)));
  },
};

const set: External<setSpec.NumberSet, setSpec.SetCall, boolean> = {
  ...shown,
  name: 'set',
  initial: (init) => ({ members: Array.isArray(init) ? init : [] }),
  outcomes: setSpec.outcomes,
  readsOnly: setSpec.readsOnly,
  partOf: setSpec.partOf,
  read: (operation) => {
    const { f } = operation;
    if (f !== 'insert' && f !== 'remove' && f !== 'contains') {
      return unknownCall(operation, 'set', 'insert, remove, contains');
    }
    const call = { tag: f, member: numberFrom(operation.given, operation) } as const;
    return reading(operation, call, () => truthFrom(operation.told, operation));
  },
};

const semaphore: External<semaphoreSpec.CountingSemaphore, semaphoreSpec.SemaphoreCall, boolean> = {
  ...shown,
  name: 'semaphore',
  initial: (init) => ({ count: typeof init === 'number' ? init : 0 }),
  outcomes: semaphoreSpec.outcomes,
  readsOnly: semaphoreSpec.readsOnly,
  read: (operation) => {
    const { f } = operation;
    if (f !== 'incr' && f !== 'decr') return unknownCall(operation, 'semaphore', 'incr, decr');
    const call = { tag: f === 'incr' ? 'increment' : 'decrement' } as const;
    return reading(operation, call, () => truthFrom(operation.told, operation));
  },
};

const mutex: External<mutexSpec.Mutex, mutexSpec.MutexCall, 'ok'> = {
  ...shown,
  name: 'mutex',
  initial: (init) => ({ isHeld: init === true }),
  outcomes: mutexSpec.outcomes,
  read: (operation) => {
    const { f } = operation;
    if (f !== 'acquire' && f !== 'release') return unknownCall(operation, 'mutex', 'acquire, release');
    return reading(operation, { tag: f }, 'ok');
  },
};

/** The usual objects. */
export const objects = [
  register,
  readModifyWrite,
  registers,
  keyValue,
  queue,
  stack,
  priorityQueue,
  set,
  semaphore,
  mutex,
] as unknown as readonly External[];

/** Other names that histories give them. */
const otherNames: Readonly<Record<string, string>> = {
  'cas-register': 'register',
  rmw: 'read-modify-write',
  'kv-append': 'key-value',
  priorityqueue: 'priority-queue',
};

/** The object that histories call so. */
export const objectNamed = (name: string): External | undefined =>
  objects.find((object) => object.name === (otherNames[name] ?? name));
