import { describe, expect, it } from 'vitest';
import type { Fault } from '#impl/machine/fault.ts';
import { repairedC11 } from '#impl/machine/memory/rc11.ts';
import {
  allocate,
  awaitWord,
  compareAndSwap,
  coreNumber,
  fetchAdd,
  free,
  idle,
  load,
  type MicroOp,
  panic,
  type Routine,
  store,
  swap,
  switchTo,
  unmaskInterrupts,
} from '#impl/machine/ops.ts';
import { type Bare, machineOf, runAlone, step } from '#properties/machine/bare.ts';

const alone = (routine: () => Routine<unknown>, rest: Omit<Bare, 'threads'> = {}): Fault | null =>
  runAlone(routine, rest).fault;

/** What each fault looks like, and routines that run into it. A fault without an entry does not compile. */
const cases: { readonly [Tag in Fault['tag']]: readonly [Fault & { tag: Tag }, () => Fault | null][] } = {
  'bad address': [
    [
      { tag: 'bad address', context: 0, address: 99 },
      () =>
        alone(function* () {
          yield load(99, 'relaxed');
        }),
    ],
    [
      { tag: 'bad address', context: 0, address: -1 },
      () =>
        alone(function* () {
          yield store(-1, 0, 'relaxed');
        }),
    ],
    [
      { tag: 'bad address', context: 0, address: 99 },
      () =>
        alone(function* () {
          yield awaitWord(99, 0, 'relaxed');
        }),
    ],
  ],
  'use after free': [
    [
      { tag: 'use after free', context: 0, address: 3 },
      () =>
        alone(
          function* () {
            yield fetchAdd(3, 1, 'relaxed');
          },
          { free: [3] },
        ),
    ],
    [
      { tag: 'use after free', context: 0, address: 4 },
      () =>
        alone(function* () {
          yield free(3, 2);
          yield swap(4, 1, 'relaxed');
        }),
    ],
    [
      // the word never becomes 7: a wait on freed memory is no wait
      { tag: 'use after free', context: 0, address: 3 },
      () =>
        alone(function* () {
          yield free(3, 1);
          yield awaitWord(3, 7, 'relaxed');
        }),
    ],
  ],
  'not free': [
    [
      { tag: 'not free', context: 0, address: 5 },
      () =>
        alone(
          function* () {
            yield allocate(4, 2);
          },
          { free: [4] },
        ),
    ],
  ],
  'double free': [
    [
      { tag: 'double free', context: 0, address: 2 },
      () =>
        alone(function* () {
          yield free(2, 1);
          yield free(2, 1);
        }),
    ],
  ],
  'data race': [
    [
      {
        tag: 'data race',
        context: 1,
        address: 3,
        first: { core: 0, isWrite: true, order: 'plain', site: 'written' },
        second: { core: 1, isWrite: false, order: 'acquire', site: undefined },
      },
      () => {
        const machine = machineOf({
          threads: [
            function* () {
              yield store(3, 1, 'plain', 'written');
            },
            function* () {
              yield load(3, 'acquire');
            },
          ],
          memory: repairedC11,
        });
        step(machine, 0, 1);
        step(machine, 1, 1);
        return machine.fault;
      },
    ],
  ],
  'running context resumed': [
    [
      { tag: 'running context resumed', context: 0, resumed: 1 },
      () => {
        const machine = machineOf({ threads: [() => resume(1), () => resume(1)] });
        step(machine, 0);
        return machine.fault;
      },
    ],
    [{ tag: 'running context resumed', context: 0, resumed: 9 }, () => alone(() => resume(9))],
  ],
  'unmasked too often': [
    [
      { tag: 'unmasked too often', context: 0 },
      () =>
        alone(function* () {
          yield unmaskInterrupts();
        }),
    ],
  ],
  'not a word': [
    [
      { tag: 'not a word', context: 0, given: 'undefined' },
      () =>
        alone(function* () {
          yield store(1, undefined as unknown as number, 'relaxed');
        }),
    ],
    [
      { tag: 'not a word', context: 0, given: '0.5' },
      () =>
        alone(function* () {
          yield compareAndSwap(1, 0.5, 1, 'relaxed');
        }),
    ],
    [
      { tag: 'not a word', context: 0, given: 'NaN' },
      () =>
        alone(function* () {
          yield awaitWord(1, Number.NaN, 'relaxed');
        }),
    ],
    [
      { tag: 'not a word', context: 0, given: 'NaN' },
      () =>
        alone(function* () {
          yield free(1, Number.NaN);
        }),
    ],
  ],
  'routine ended': [
    [
      { tag: 'routine ended', context: 1 },
      () =>
        alone(() => resume(1), {
          dispatchers: [
            function* () {
              yield load(0, 'relaxed');
            },
          ],
        }),
    ],
  ],
  'endless local steps': [
    [
      { tag: 'endless local steps', context: 0 },
      () =>
        alone(function* () {
          for (;;) yield coreNumber();
        }),
    ],
  ],
  'floating micro-op': [
    [
      { tag: 'floating micro-op', context: 0, kind: 1 },
      () =>
        alone(function* () {
          store(1, 1, 'relaxed');
          yield load(1, 'relaxed');
        }),
    ],
    [
      { tag: 'floating micro-op', context: 1, kind: 8 },
      () =>
        alone(() => resume(1), {
          dispatchers: [
            function* () {
              idle();
            },
          ],
        }),
    ],
  ],
  panic: [
    [
      { tag: 'panic', context: 0, why: 'no such thing' },
      () =>
        alone(function* () {
          yield panic('no such thing');
        }),
    ],
  ],
  exception: [
    [
      { tag: 'exception', context: 0, message: 'thrown' },
      () =>
        alone(function* () {
          yield load(1, 'relaxed');
          throw new Error('thrown');
        }),
    ],
    [
      { tag: 'exception', context: 0, message: 'something was yielded that is no micro-op' },
      () =>
        alone(function* () {
          yield load(1, 'relaxed');
          yield 5 as unknown as MicroOp;
        }),
    ],
  ],
};

function* resume(context: number): Routine {
  yield switchTo(context);
}

describe('a fault', () => {
  for (const [tag, examples] of Object.entries(cases)) {
    for (const [index, [expected, run]] of examples.entries()) {
      it(`stops the machine: ${tag} (${index})`, () => {
        expect(run()).toEqual(expected);
      });
    }
  }

  it('is none for the same accesses made rightly', () => {
    const machine = runAlone(
      function* () {
        yield allocate(3, 2);
        yield store(4, 7, 'relaxed');
        yield free(3, 2);
        yield allocate(3, 1);
        yield load(3, 'relaxed');
      },
      { free: [3, 4] },
    );
    expect(machine.fault).toBeNull();
  });

  it('is not left over for the next machine: a floating micro-op floats once', () => {
    runAlone(function* () {
      store(1, 1, 'relaxed');
      yield load(1, 'relaxed');
    });
    expect(
      alone(function* () {
        yield load(1, 'relaxed');
      }),
    ).toBeNull();
  });
});
