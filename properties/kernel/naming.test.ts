import { describe, expect, it } from 'vitest';
import type { Name, NamingAnswer, NamingCall } from '#spec/abi/kernel/naming.ts';
import type { ThreadId } from '#spec/abi.ts';
import { initial, type Naming, outcomes, type PendingCall } from '#spec/kernel/naming.ts';
import { after as stateAfter } from '#spec/outcome.ts';

/** The rules of names themselves: what a death takes with it, and who is told of it, in which order. */

const bytes = (text: string): Name => [...text].map((letter) => letter.charCodeAt(0));

const limits = { slots: 2, messages: 2, notices: 1 };

/** Process 0 has the name "fs", and the others may send to it. */
const boot = (clients: number): Naming =>
  initial(limits, [
    { registered: [bytes('fs')], connected: [] },
    ...Array.from({ length: clients }, () => ({ registered: [], connected: [0] })),
  ]);

const at = (slot: number, generation = 1) => ({ slot, generation });

/** Makes calls one after the other, each by its first outcomes. Gives the state and each answer; null: it waits. */
const make = (
  state: Naming,
  ...calls: readonly (readonly [ThreadId, NamingCall])[]
): { state: Naming; answers: (NamingAnswer | null)[] } => {
  let now = state;
  const answers = calls.map(([caller, asked]) => {
    let call: PendingCall = asked;
    for (;;) {
      const [outcome] = outcomes(now, caller, call);
      if (!outcome) return null;
      now = stateAfter(now, outcome);
      if (outcome.tag === 'returns') return outcome.answer;
      call = outcome.rest;
    }
  });
  return { state: now, answers };
};

const failed = (errno: string) => ({ tag: 'failed', errno });

const sends = (word: number, slot = 0): NamingCall => ({ tag: 'send', handle: at(slot), word });
const watches: NamingCall = { tag: 'watch', name: bytes('fs') };
const receives: NamingCall = { tag: 'receive', waiting: true };
const restarts: NamingCall = { tag: 'restart' };
const looksUp: NamingCall = { tag: 'lookup', name: bytes('fs'), waiting: false };
const registers: NamingCall = { tag: 'register', name: bytes('fs') };

describe('a server that is restarted', () => {
  it('is not what old capabilities lead to, whatever name and number it has', () => {
    const { answers } = make(boot(1), [0, restarts], [0, registers], [1, sends(1)], [1, looksUp], [1, sends(2, 1)]);
    expect(answers).toEqual([
      { tag: 'ok' },
      { tag: 'handle', handle: at(0, 2) },
      failed('EOWNERDEAD'),
      { tag: 'handle', handle: at(1) },
      { tag: 'ok' },
    ]);
  });

  it('is told of by one notice, behind what it sent', () => {
    const { answers } = make(
      boot(1),
      [1, watches],
      [1, sends(1)],
      [0, receives],
      [0, { tag: 'reply', to: { process: 1, life: 1 }, word: 5 }],
      [0, restarts],
      [0, registers],
      [1, receives],
      [1, receives],
      [1, receives],
    );
    expect(answers.slice(-3)).toEqual([
      { tag: 'reply', from: { process: 0, life: 1 }, word: 5 },
      { tag: 'notice', name: bytes('fs'), event: 'died' },
      null,
    ]);
  });

  it('leaves its name to whoever registers it next', () => {
    const { answers, state } = make(boot(2), [1, registers], [0, restarts], [1, registers], [2, looksUp]);
    expect(answers).toEqual([
      failed('EEXIST'),
      { tag: 'ok' },
      { tag: 'handle', handle: at(1) },
      { tag: 'handle', handle: at(1) },
    ]);
    expect(state.processes[2]?.slots[1]?.connection).toEqual({ to: { process: 1, life: 1 }, owns: null });
  });
});

describe('those who watch a name', () => {
  it('are told in any order, and those who have died meanwhile are not', () => {
    const { state } = make(boot(2), [1, watches], [2, watches]);
    const [death] = outcomes(state, 0, restarts);
    if (death?.tag !== 'continues') throw new Error('nobody is told');
    const dead = stateAfter(state, death);
    expect(outcomes(dead, 0, death.rest)).toHaveLength(2);
    const told = outcomes(make(dead, [1, restarts]).state, 0, death.rest).map((first) => {
      const then = stateAfter(make(dead, [1, restarts]).state, first);
      const [last] = outcomes(then, 0, first.tag === 'continues' ? first.rest : death.rest);
      return last && stateAfter(then, last).processes.map(({ inbox }) => inbox.length);
    });
    expect(told).toEqual([
      [0, 0, 1],
      [0, 0, 1],
    ]);
  });
});

describe('a capability that was looked up', () => {
  it('stays good when the name is unregistered, and does not own it', () => {
    const unregisters = (slot: number): NamingCall => ({ tag: 'unregister', handle: at(slot) });
    const { answers } = make(
      boot(1),
      [1, looksUp],
      [1, unregisters(1)],
      [0, unregisters(0)],
      [1, looksUp],
      [1, sends(1, 1)],
    );
    expect(answers).toEqual([
      { tag: 'handle', handle: at(1) },
      failed('EPERM'),
      { tag: 'ok' },
      failed('ENOSPC'),
      { tag: 'ok' },
    ]);
  });
});

describe('names', () => {
  it.each([
    ['disk-a', 'disk-c'],
    ['fs', 'f'],
    ['fs', 'fs\0'],
    ['', '\0'],
  ])('%j and %j are two', (one, other) => {
    const state = initial(limits, [{ registered: [bytes(one)], connected: [] }]);
    const [{ answer } = { answer: undefined }] = outcomes(state, 0, {
      tag: 'lookup',
      name: bytes(other),
      waiting: false,
    }) as readonly { answer?: NamingAnswer }[];
    expect(answer).toEqual(failed('ENOENT'));
  });
});
