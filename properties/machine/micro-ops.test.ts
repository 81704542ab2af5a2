import { describe, expect, it } from 'vitest';
import {
  activate,
  activeSpace,
  allocate,
  awaitOther,
  awaitWord,
  compareAndSwap,
  copyIn,
  copyOut,
  coreNumber,
  fetchAdd,
  free,
  load,
  type MicroOp,
  maskDepth,
  maskInterrupts,
  pause,
  type Routine,
  store,
  swap,
  switchTo,
  tracepoint,
  unmaskInterrupts,
  type Word,
} from '#impl/machine/ops.ts';
import { coreOf, machineOf, runAlone, step, wordAt } from '#properties/machine/bare.ts';

/** What each of these micro-ops gives, in one routine. */
const results = (...ops: (() => MicroOp)[]): Word[] => {
  const given: Word[] = [];
  runAlone(function* (): Routine {
    for (const op of ops) given.push(yield op());
  });
  return given;
};

describe('a micro-op', () => {
  it('load gives what a store has written; a store gives 0', () => {
    expect(
      results(
        () => load(1, 'relaxed'),
        () => store(1, 7, 'relaxed'),
        () => load(1, 'acquire'),
      ),
    ).toEqual([0, 0, 7]);
  });

  it('compareAndSwap gives the old word, and writes only where it was as expected', () => {
    expect(
      results(
        () => compareAndSwap(1, 0, 5, 'relaxed'),
        () => compareAndSwap(1, 0, 6, 'relaxed'),
        () => load(1, 'relaxed'),
      ),
    ).toEqual([0, 5, 5]);
  });

  it('fetchAdd and swap give the old word', () => {
    expect(
      results(
        () => fetchAdd(1, 3, 'relaxed'),
        () => fetchAdd(1, -5, 'relaxed'),
        () => swap(1, 9, 'relaxed'),
        () => load(1, 'relaxed'),
      ),
    ).toEqual([0, 3, -2, 9]);
  });

  it('wraps at 32 bits, in what is written and in what is expected', () => {
    const largest = 2 ** 31 - 1;
    expect(
      results(
        () => store(1, largest, 'relaxed'),
        () => fetchAdd(1, 1, 'relaxed'),
        () => load(1, 'relaxed'),
        () => compareAndSwap(1, largest + 1, 4, 'relaxed'),
        () => load(1, 'relaxed'),
        () => store(1, largest + 2, 'relaxed'),
        () => awaitWord(1, largest + 2, 'relaxed'),
        () => load(1, 'relaxed'),
      ),
    ).toEqual([0, largest, -(2 ** 31), -(2 ** 31), 4, 0, 0, 1 - 2 ** 31]);
  });

  it('allocate makes words usable, and zero', () => {
    const given: Word[] = [];
    const machine = runAlone(
      function* () {
        yield allocate(3, 2);
        yield store(4, 8, 'relaxed');
        yield free(3, 2);
        yield allocate(4, 1);
        given.push(yield load(4, 'relaxed'));
      },
      { free: [3, 4] },
    );
    expect(machine.fault).toBeNull();
    expect(given).toEqual([0]);
  });

  it('awaitWord waits until another core writes the word', () => {
    const machine = machineOf({
      threads: [
        function* () {
          yield awaitWord(1, 7, 'relaxed');
          yield store(2, 1, 'relaxed');
        },
        function* () {
          yield store(1, 6, 'relaxed');
          yield store(1, 7, 'relaxed');
        },
      ],
    });
    expect(machine.isEnabled(coreOf(machine, 0))).toBe(false);
    step(machine, 1, 1);
    expect(machine.isEnabled(coreOf(machine, 0))).toBe(false);
    step(machine, 1, 1);
    expect(machine.isEnabled(coreOf(machine, 0))).toBe(true);
    step(machine, 0);
    expect(wordAt(machine, 2)).toBe(1);
  });

  it('awaitOther waits until another core writes any other word', () => {
    const machine = machineOf({
      threads: [
        function* () {
          yield awaitOther(1, 0, 'relaxed');
          yield store(2, 1, 'relaxed');
        },
        function* () {
          yield store(1, 0, 'relaxed');
          yield store(1, 6, 'relaxed');
        },
      ],
    });
    expect(machine.isEnabled(coreOf(machine, 0))).toBe(false);
    step(machine, 1, 1);
    expect(machine.isEnabled(coreOf(machine, 0))).toBe(false);
    step(machine, 1, 1);
    expect(machine.isEnabled(coreOf(machine, 0))).toBe(true);
    step(machine, 0);
    expect(wordAt(machine, 2)).toBe(1);
  });

  it('pause takes one step and changes nothing', () => {
    const machine = runAlone(function* () {
      yield pause();
    });
    expect(machine.costs).toMatchObject({ steps: 1, loads: 0, stores: 0 });
  });

  it('coreNumber gives the core', () => {
    const given: Word[] = [];
    const say = function* (): Routine {
      given.push(yield coreNumber());
    };
    machineOf({ threads: [say, say, say] });
    expect(given).toEqual([0, 1, 2]);
  });

  it('maskInterrupts nests, and gives the depth before', () => {
    expect(results(maskDepth, maskInterrupts, maskInterrupts, maskDepth, unmaskInterrupts, maskDepth)).toEqual([
      0, 0, 1, 2, 0, 1,
    ]);
  });
});

describe('the user buffer', () => {
  const withBuffer = (bytes: number[], mappedBytes: number, ops: (() => MicroOp)[]) => {
    const given: Word[] = [];
    const machine = machineOf({
      threads: [
        function* () {
          yield pause(); // the buffer is set up before what follows
          for (const op of ops) given.push(yield op());
        },
      ],
    });
    machine.buffers[0] = { bytes, mappedBytes };
    step(machine);
    return { given, bytes: machine.buffers[0].bytes, copies: machine.costs.copies };
  };

  it('is read by copyIn up to its last mapped byte', () => {
    const { given, copies } = withBuffer([11, 12, 13], 2, [
      () => copyIn(0),
      () => copyIn(1),
      () => copyIn(2),
      () => copyIn(-1),
    ]);
    expect(given).toEqual([11, 12, -1, -1]);
    expect(copies).toBe(2);
  });

  it('holds 0 where nothing was put', () => {
    expect(withBuffer([], 1, [() => copyIn(0)]).given).toEqual([0]);
  });

  it('is written by copyOut up to its last mapped byte', () => {
    const { given, bytes, copies } = withBuffer([], 2, [() => copyOut(0, 5), () => copyOut(1, 6), () => copyOut(2, 7)]);
    expect(given).toEqual([0, 0, -1]);
    expect(bytes).toEqual([5, 6]);
    expect(copies).toBe(2);
  });

  it('belongs to one thread: a context that is no thread has none', () => {
    const given: Word[] = [];
    machineOf({
      threads: [],
      cores: 1,
      dispatchers: [
        function* () {
          given.push(yield copyIn(0));
          for (;;) yield pause();
        },
      ],
    });
    expect(given).toEqual([-1]);
  });
});

describe('the sc memory', () => {
  it('shows each store to every core at once, in whatever order it was asked for', () => {
    const seen: Word[] = [];
    const machine = machineOf({
      threads: [
        function* () {
          yield store(1, 1, 'relaxed');
          yield store(2, 1, 'plain');
        },
        function* () {
          seen.push(yield load(2, 'relaxed'));
          seen.push(yield load(1, 'relaxed'));
        },
      ],
    });
    step(machine, 0);
    step(machine, 1);
    expect(seen).toEqual([1, 1]);
  });

  it('has a snapshot that later stores leave alone', () => {
    const machine = machineOf({
      threads: [
        function* () {
          yield store(1, 4, 'relaxed');
          yield store(1, 5, 'relaxed');
        },
      ],
    });
    step(machine, 0, 1);
    const before = machine.memory.snapshot();
    step(machine, 0);
    expect(before[1]).toBe(4);
    expect(wordAt(machine, 1)).toBe(5);
  });
});

describe('a tracepoint', () => {
  it('is no step, and tells where and when something happened', () => {
    const machine = runAlone(function* () {
      yield pause();
      expect(yield tracepoint('half way', 7)).toBe(0);
      yield pause();
    });
    expect(machine.traced).toEqual([{ step: 1, core: 0, context: 0, name: 'half way', word: 7 }]);
    expect(machine.costs.steps).toBe(2);
  });
});

describe('the address-space register', () => {
  it('belongs to the core: a context switch leaves it as it is', () => {
    const seen: number[] = [];
    const machine = machineOf({
      threads: [
        function* () {
          seen.push(yield activeSpace());
          yield activate(3);
          yield activate(3);
          yield switchTo(1);
        },
        function* () {
          seen.push(yield activeSpace());
          yield pause();
        },
      ],
      cores: 1,
      running: [0],
    });
    step(machine);
    expect(seen).toEqual([-1, 3]);
    expect(machine.costs.spaceSwitches).toBe(1);
  });
});

describe('the cost counters', () => {
  it('count each visible micro-op once, by its kind and context', () => {
    const machine = runAlone(function* () {
      yield load(1, 'relaxed');
      yield load(1, 'relaxed');
      yield store(1, 1, 'relaxed');
      yield fetchAdd(1, 1, 'relaxed');
      yield swap(1, 0, 'relaxed');
      yield compareAndSwap(1, 3, 1, 'relaxed');
      yield maskInterrupts();
      yield pause();
      yield unmaskInterrupts();
    });
    expect(machine.costs).toEqual({
      steps: 7,
      loads: 2,
      stores: 1,
      readModifyWrites: 3,
      contextSwitches: 0,
      interrupts: 0,
      interProcessorInterrupts: 0,
      spaceSwitches: 0,
      idles: 0,
      copies: 0,
      microOps: [7, 0],
      resumed: [0, 0],
    });
  });
});
