import { binary, constant, read } from '#model/engine/litmus/expressions.ts';
import { locations, type Need, type Step, type ThreadSketch } from '#model/engine/litmus/generate-sketch.ts';
import type { AccessOrder, Expression, Fence, LocationId } from '#spec/machine/memory/program.ts';

/** Whose instructions a generated program is made of. */
export type Vocabulary = 'X86_64' | 'C' | 'AArch64';

/** How the read and the write of a read-modify-write are ordered, and how it is written. */
interface Orders {
  readonly text: string;
  readonly readOrder: AccessOrder;
  readonly writeOrder: AccessOrder;
}

const width = 'doubleword';

const step = (text: string, emit: (thread: ThreadSketch) => void, gives: readonly Need[] = []): Step => ({
  text,
  needs: null,
  gives,
  emit,
});

const suffix = (order: AccessOrder): string => (order === 'plain' ? '' : `.${order}`);

const load = (location: LocationId, order: AccessOrder): Step =>
  step(
    `R${suffix(order)} ${locations[location]}`,
    (thread) => {
      const register = thread.fresh();
      thread.emit({ tag: 'load', register, address: thread.address(location), order, width, exclusive: false });
      thread.lastRead = register;
    },
    ['read'],
  );

const store = (location: LocationId, order: AccessOrder): Step =>
  step(`W${suffix(order)} ${locations[location]}`, (thread) => {
    thread.emit({ tag: 'store', address: thread.address(location), value: thread.value(), order, width, status: null });
  });

/** Updates are swaps and maxima only: with sums, a location might hold more values than can be enumerated. */
const swap = (location: LocationId, { text, ...orders }: Orders, locked: boolean): Step =>
  step(
    `swap${text} ${locations[location]}`,
    (thread) => {
      const register = thread.fresh();
      const [address, operand] = [thread.address(location), thread.value()];
      thread.emit({ tag: 'update', register, address, update: 'swap', operand, ...orders, width, locked });
      thread.lastRead = register;
    },
    ['read'],
  );

/** An update of which nobody keeps what was there (STMAX): its read orders less. */
const discardingUpdate = (location: LocationId, { text, ...orders }: Orders): Step =>
  step(`stmax${text} ${locations[location]}`, (thread) => {
    const [address, operand] = [thread.address(location), thread.value()];
    thread.emit({ tag: 'update', register: null, address, update: 'max', operand, ...orders, width, locked: false });
  });

/** What a compare-and-swap does besides. */
interface Comparison extends Orders {
  readonly failureOrder: AccessOrder;
  readonly failsSpuriously: boolean;
}

/** It compares with 0, the initial value. */
const compareAndSwap = (location: LocationId, { text, ...comparison }: Comparison, locked: boolean): Step =>
  step(
    `CAS${text} ${locations[location]}`,
    (thread) => {
      const register = thread.fresh();
      const [address, desired] = [thread.address(location), thread.value()];
      const expected = constant(0n);
      thread.emit({
        tag: 'compareAndSwap',
        register,
        result: null,
        address,
        expected,
        desired,
        ...comparison,
        width,
        locked,
      });
      thread.lastRead = register;
    },
    ['read'],
  );

const fence = (name: Fence): Step => step(name, (thread) => thread.emit({ tag: 'fence', fence: name }));

/** An access whose address or value depends on what was read last. */
const dependent = (kind: 'R.addr' | 'W.addr' | 'W.data', location: LocationId): Step => ({
  text: `${kind} ${locations[location]}`,
  needs: 'read',
  gives: kind === 'R.addr' ? ['read'] : [],
  emit: (thread) => {
    const plus = (to: Expression): Expression => binary('add', to, thread.dependentZero());
    const address = kind === 'W.data' ? thread.address(location) : plus(thread.address(location));
    if (kind === 'R.addr') {
      const register = thread.fresh();
      thread.emit({ tag: 'load', register, address, order: 'plain', width, exclusive: false });
      thread.lastRead = register;
    } else {
      const value = kind === 'W.data' ? plus(thread.value()) : thread.value();
      thread.emit({ tag: 'store', address, value, order: 'plain', width, status: null });
    }
  },
});

/** A branch to the next instruction, on what was read last: a control dependency of all that follows. */
const branch: Step = {
  text: 'ctrl',
  needs: 'read',
  gives: [],
  emit: (thread) => {
    thread.emit({ tag: 'branch', condition: read(thread.lastRead ?? 0), target: thread.instructions.length + 1 });
  },
};

const loadExclusive = (location: LocationId, order: AccessOrder): Step =>
  step(
    `RX${suffix(order)} ${locations[location]}`,
    (thread) => {
      const register = thread.fresh();
      thread.emit({ tag: 'load', register, address: thread.address(location), order, width, exclusive: true });
      thread.lastRead = register;
    },
    ['read', 'exclusive'],
  );

const storeExclusive = (location: LocationId, order: AccessOrder): Step => ({
  text: `WX${suffix(order)} ${locations[location]}`,
  needs: 'exclusive',
  gives: [],
  emit: (thread) => {
    const status = thread.fresh();
    thread.emit({ tag: 'store', address: thread.address(location), value: thread.value(), order, width, status });
  },
});

const orders = (text: string, readOrder: AccessOrder, writeOrder: AccessOrder): Orders => ({
  text,
  readOrder,
  writeOrder,
});

const x86: readonly Step[] = [
  ...locations.flatMap((_, location) => [
    load(location, 'plain'),
    store(location, 'plain'),
    swap(location, orders('', 'plain', 'plain'), true),
    compareAndSwap(location, { ...orders('', 'plain', 'plain'), failureOrder: 'plain', failsSpuriously: false }, true),
  ]),
  fence('mfence'),
];

const cOrders: readonly Orders[] = [
  orders('.relaxed', 'relaxed', 'relaxed'),
  orders('.acquire', 'acquire', 'relaxed'),
  orders('.release', 'relaxed', 'release'),
  orders('.acq_rel', 'acquire', 'release'),
  orders('.seq_cst', 'seq_cst', 'seq_cst'),
];

const c: readonly Step[] = [
  ...locations.flatMap((_, location) => [
    ...(['relaxed', 'acquire', 'seq_cst'] as const).map((order) => load(location, order)),
    ...(['relaxed', 'release', 'seq_cst'] as const).map((order) => store(location, order)),
    ...cOrders.map((order) => swap(location, order, false)),
    ...cOrders.map((order) =>
      compareAndSwap(location, { ...order, failureOrder: order.readOrder, failsSpuriously: false }, false),
    ),
    compareAndSwap(
      location,
      { ...orders('.weak', 'relaxed', 'relaxed'), failureOrder: 'relaxed', failsSpuriously: true },
      false,
    ),
  ]),
  ...(['c.acquire', 'c.release', 'c.acq_rel', 'c.seq_cst'] as const).map(fence),
];

const armOrders: readonly Orders[] = [
  orders('', 'plain', 'plain'),
  orders('.A', 'acquire', 'plain'),
  orders('.L', 'plain', 'release'),
  orders('.AL', 'acquire', 'release'),
];

const aarch64: readonly Step[] = [
  ...locations.flatMap((_, location) => [
    ...(['plain', 'acquire', 'acquirePC'] as const).map((order) => load(location, order)),
    ...(['plain', 'release'] as const).map((order) => store(location, order)),
    ...(['R.addr', 'W.addr', 'W.data'] as const).map((kind) => dependent(kind, location)),
    ...armOrders.map((order) => swap(location, order, false)),
    ...armOrders.filter(({ readOrder }) => readOrder === 'plain').map((order) => discardingUpdate(location, order)),
    ...armOrders.map((order) =>
      compareAndSwap(location, { ...order, failureOrder: order.readOrder, failsSpuriously: false }, false),
    ),
    ...(['plain', 'acquire'] as const).map((order) => loadExclusive(location, order)),
    ...(['plain', 'release'] as const).map((order) => storeExclusive(location, order)),
  ]),
  ...(['dmb.sy', 'dmb.ld', 'dmb.st', 'isb'] as const).map(fence),
  branch,
];

/** The steps that programs in each are made of. */
export const vocabularies: Readonly<Record<Vocabulary, readonly Step[]>> = { X86_64: x86, C: c, AArch64: aarch64 };
