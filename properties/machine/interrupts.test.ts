import { describe, expect, it } from 'vitest';
import {
  awaitWord,
  coreNumber,
  idle,
  Kind,
  load,
  maskInterrupts,
  pause,
  type Routine,
  sendInterrupt,
  store,
  switchTo,
  unmaskInterrupts,
} from '#impl/machine/ops.ts';
import { coreOf, machineOf, rest, step, wordAt } from '#properties/machine/bare.ts';

/** Writes 7 at word 9. */
function* mark(): Routine {
  yield store(9, 7, 'relaxed');
}

/** Waits until word `address` is 1. */
function* waitFor(address: number): Routine {
  yield awaitWord(address, 1, 'relaxed');
}

/** Writes 1, 2 and 3 at words 1, 2 and 3, the second with interrupts masked. */
function* maskedInTheMiddle(): Routine {
  yield store(1, 1, 'relaxed');
  yield maskInterrupts();
  yield store(2, 2, 'relaxed');
  yield unmaskInterrupts();
  yield store(3, 3, 'relaxed');
}

describe('a timer', () => {
  it('strikes at once where interrupts are not masked, and the thread goes on where it was', () => {
    const machine = machineOf({ threads: [maskedInTheMiddle], handler: mark });
    machine.raiseTimer(coreOf(machine, 0));
    expect(machine.next(coreOf(machine, 0)).address).toBe(9);
    step(machine, 0, 1);
    expect(wordAt(machine, 9)).toBe(7);
    expect(wordAt(machine, 1)).toBe(0);
    step(machine);
    expect([1, 2, 3].map((address) => wordAt(machine, address))).toEqual([1, 2, 3]);
    expect(machine.costs.interrupts).toBe(1);
  });

  it('that goes off while interrupts are masked strikes when they are unmasked, before what follows', () => {
    const machine = machineOf({ threads: [maskedInTheMiddle], handler: mark });
    step(machine, 0, 1);
    machine.raiseTimer(coreOf(machine, 0));
    expect(machine.next(coreOf(machine, 0)).address).toBe(2);
    step(machine, 0, 1);
    expect(machine.next(coreOf(machine, 0)).address).toBe(9);
    step(machine, 0, 1);
    expect([2, 3, 9].map((address) => wordAt(machine, address))).toEqual([2, 0, 7]);
    step(machine);
    expect(wordAt(machine, 3)).toBe(3);
  });

  it('can strike between a load and the masking that follows it', () => {
    const lookThenMask = function* (): Routine {
      yield load(1, 'relaxed');
      yield maskInterrupts();
      yield store(2, 2, 'relaxed');
      yield unmaskInterrupts();
    };
    const machine = machineOf({ threads: [lookThenMask], handler: mark, hasTimers: true });
    step(machine, 0, 1);
    expect(machine.next(coreOf(machine, 0)).kind).toBe(Kind.maskInterrupts);
    machine.raiseTimer(coreOf(machine, 0));
    step(machine, 0, 1);
    expect([2, 9].map((address) => wordAt(machine, address))).toEqual([0, 7]);
    step(machine);
    expect(machine.fault).toBeNull();
    expect(wordAt(machine, 2)).toBe(2);

    const without = machineOf({ threads: [lookThenMask], hasTimers: false });
    step(without, 0, 1);
    expect(without.next(coreOf(without, 0)).kind).toBe(Kind.store); // no timer, so no step for one

    const dispatching = machineOf({ threads: [], cores: 1, dispatchers: [lookThenMask], hasTimers: true });
    step(dispatching, 0, 1);
    expect(dispatching.next(coreOf(dispatching, 0)).kind).toBe(Kind.store); // a timer does nothing to a dispatcher
  });

  it('strikes in a handler too, where that has unmasked', () => {
    let depth = 0;
    const machine = machineOf({
      threads: [rest],
      hasTimers: true,
      handler: function* () {
        depth++;
        yield store(1, depth, 'relaxed');
        depth--;
      },
      running: [0],
    });
    const core = coreOf(machine, 0);
    machine.raiseTimer(core); // pending: the core is idle
    step(machine, 0, 1); // wakes, and the handler begins
    machine.raiseTimer(core);
    step(machine, 0, 1);
    expect(wordAt(machine, 1)).toBe(2);
    step(machine);
    expect(wordAt(machine, 1)).toBe(1);
    expect(machine.costs.interrupts).toBe(2);
  });

  it('wakes an idle core', () => {
    const machine = machineOf({
      threads: [
        function* () {
          yield idle();
          yield store(1, 1, 'relaxed');
        },
      ],
      handler: mark,
    });
    expect(machine.isEnabled(coreOf(machine, 0))).toBe(false);
    machine.raiseTimer(coreOf(machine, 0));
    expect(machine.isEnabled(coreOf(machine, 0))).toBe(true);
    step(machine);
    expect([1, 9].map((address) => wordAt(machine, address))).toEqual([1, 7]);
    expect(machine.costs.idles).toBe(1);
  });

  it('wakes a core that is idle with interrupts masked, and strikes when they are unmasked', () => {
    const machine = machineOf({
      threads: [
        function* () {
          yield maskInterrupts();
          yield idle();
          yield store(1, 1, 'relaxed');
          yield unmaskInterrupts();
          yield store(2, 2, 'relaxed');
        },
      ],
      handler: mark,
    });
    machine.raiseTimer(coreOf(machine, 0));
    step(machine, 0, 2);
    expect([1, 9].map((address) => wordAt(machine, address))).toEqual([1, 0]);
    step(machine, 0, 1);
    expect([2, 9].map((address) => wordAt(machine, address))).toEqual([0, 7]);
    step(machine);
    expect(wordAt(machine, 2)).toBe(2);
  });
});

describe('an inter-processor interrupt', () => {
  const sendTo = (core: number) =>
    function* (): Routine {
      yield sendInterrupt(core);
    };

  it('wakes an idle core, once', () => {
    const machine = machineOf({ threads: [sendTo(1), rest], handler: mark });
    expect(machine.isEnabled(coreOf(machine, 1))).toBe(false);
    step(machine, 0);
    expect(machine.isEnabled(coreOf(machine, 1))).toBe(true);
    step(machine, 1, 1);
    expect(machine.isEnabled(coreOf(machine, 1))).toBe(false);
    expect(machine.costs).toMatchObject({ interProcessorInterrupts: 1, interrupts: 0, idles: 1 });
  });

  it('sent before the core idles, with interrupts masked, is not lost', () => {
    const machine = machineOf({
      threads: [
        sendTo(1),
        function* () {
          yield maskInterrupts();
          yield pause();
          yield idle();
          yield store(1, 1, 'relaxed');
        },
      ],
    });
    step(machine, 0);
    step(machine, 1);
    expect(wordAt(machine, 1)).toBe(1);
  });

  it('sent before the core idles, with interrupts unmasked, is taken before: the core sleeps', () => {
    const machine = machineOf({
      threads: [
        sendTo(1),
        function* () {
          yield pause();
          yield idle();
          yield store(1, 1, 'relaxed');
        },
      ],
    });
    step(machine, 0);
    step(machine, 1);
    expect(wordAt(machine, 1)).toBe(0);
  });

  it('that the core heeds strikes after the step that it was in, and the thread goes on where it was', () => {
    const machine = machineOf({ threads: [sendTo(1), maskedInTheMiddle], interrupted: mark });
    step(machine, 0);
    expect(machine.next(coreOf(machine, 1)).address).toBe(1);
    step(machine, 1, 1); // and with it interrupts are masked
    step(machine, 1, 1);
    expect([1, 2, 9].map((address) => wordAt(machine, address))).toEqual([1, 2, 0]);
    step(machine, 1, 1);
    expect([3, 9].map((address) => wordAt(machine, address))).toEqual([0, 7]);
    step(machine, 1);
    expect(wordAt(machine, 3)).toBe(3);
  });

  it('that the core heeds strikes at once where it waits for a word', () => {
    const machine = machineOf({ threads: [sendTo(1), () => waitFor(4)], interrupted: mark });
    step(machine, 1);
    expect(machine.next(coreOf(machine, 1)).kind).toBe(Kind.awaitWord);
    step(machine, 0);
    step(machine, 1, 1);
    expect(wordAt(machine, 9)).toBe(7);
    expect(machine.next(coreOf(machine, 1)).kind).toBe(Kind.awaitWord);
  });

  it('does not strike a core that waits for a word with interrupts masked', () => {
    const machine = machineOf({
      threads: [
        sendTo(1),
        function* () {
          yield maskInterrupts();
          yield* waitFor(4);
        },
      ],
      interrupted: mark,
    });
    step(machine, 0);
    expect(machine.isEnabled(coreOf(machine, 1))).toBe(false);
  });

  it('comes before a timer that is pending too, which is not lost', () => {
    const order: string[] = [];
    const noting = (name: string) =>
      function* (): Routine {
        order.push(name);
        yield pause();
      };
    const machine = machineOf({
      threads: [sendTo(1), maskedInTheMiddle],
      interrupted: noting('interrupt'),
      handler: noting('timer'),
    });
    step(machine, 1, 1);
    step(machine, 0);
    machine.raiseTimer(coreOf(machine, 1));
    step(machine, 1);
    expect(order).toEqual(['interrupt', 'timer']);
    expect(wordAt(machine, 3)).toBe(3);
  });

  it('is handled to its end before anything else strikes, on whatever core', () => {
    const order: string[] = [];
    const machine = machineOf({
      threads: [
        function* () {
          yield sendInterrupt(1);
          yield sendInterrupt(1);
        },
        maskedInTheMiddle,
      ],
      hasTimers: true,
      interrupted: function* () {
        order.push('begins');
        yield maskInterrupts();
        yield pause();
        yield unmaskInterrupts();
        yield pause();
        order.push('ends');
      },
      handler: function* () {
        order.push('timer');
        yield pause();
      },
    });
    step(machine, 0, 1);
    step(machine, 1, 1);
    expect(order).toEqual(['begins']);
    step(machine, 0);
    machine.raiseTimer(coreOf(machine, 1));
    step(machine, 1);
    expect(order).toEqual(['begins', 'ends', 'begins', 'ends', 'timer']);
    expect(machine.fault).toBeNull();
  });

  it('to a core that there is not goes nowhere', () => {
    const machine = machineOf({ threads: [sendTo(5)] });
    step(machine);
    expect(machine.fault).toBeNull();
  });
});

describe('a context switch', () => {
  it('lets three threads take turns on one core, each going on where it was', () => {
    const turn = (id: number) =>
      function* (): Routine {
        for (let round = 1; round <= 2; round++) {
          yield store(id, round, 'relaxed');
          yield switchTo((id + 1) % 3);
        }
      };
    const machine = machineOf({ threads: [turn(0), turn(1), turn(2)], cores: 1 });
    const seen: number[][] = [];
    machine.observer = () => seen.push([0, 1, 2].map((address) => wordAt(machine, address)));
    step(machine, 0, 12);
    // store, switch, store, switch ...: each store raises one word
    expect(seen.filter((_, i) => i % 2 === 0)).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
      [2, 1, 1],
      [2, 2, 1],
      [2, 2, 2],
    ]);
    expect(machine.costs.contextSwitches).toBe(6);
    expect(machine.costs.resumed).toEqual([2, 2, 2, 0]);
  });

  it('says in the contexts’ words which core runs whom', () => {
    const machine = machineOf({ threads: [() => goTo(1), rest], cores: 1, running: [0] });
    expect([16, 17, 18].map((address) => wordAt(machine, address))).toEqual([1, 0, 0]);
    step(machine);
    expect([16, 17, 18].map((address) => wordAt(machine, address))).toEqual([0, 1, 0]);
  });

  it('takes a thread to another core with its handler’s frame on top of its own', () => {
    const where: string[] = [];
    const machine = machineOf({
      threads: [
        function* () {
          where.push(`before on ${yield coreNumber()}`);
          yield pause();
          where.push(`after on ${yield coreNumber()}`);
          yield pause();
        },
      ],
      cores: 2,
      running: [0, 2],
      dispatchers: [rest, () => goTo(0)],
      handler: function* () {
        where.push(`struck on ${yield coreNumber()}`);
        yield switchTo(1);
        where.push(`handled on ${yield coreNumber()}`);
      },
    });
    machine.raiseTimer(coreOf(machine, 0));
    expect(machine.contexts[0]?.frames.length).toBe(2);
    step(machine, 0);
    expect(machine.contexts[0]?.frames.length).toBe(2);
    step(machine, 1);
    expect(machine.fault).toBeNull();
    expect(machine.contexts[0]?.frames.length).toBe(1);
    expect(where).toEqual(['before on 0', 'struck on 0', 'handled on 1', 'after on 1']);
  });

  it('starts a context that has not run yet', () => {
    const machine = machineOf({ threads: [() => goTo(1), mark], cores: 1, running: [0] });
    expect(machine.contexts[1]?.frames).toEqual([]);
    step(machine);
    expect(wordAt(machine, 9)).toBe(7);
  });
});

function* goTo(context: number): Routine {
  yield switchTo(context);
}
