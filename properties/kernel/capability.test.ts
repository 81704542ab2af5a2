import { describe, expect, it } from 'vitest';
import type { CapabilityAnswer, CapabilityCall, CapabilityHandle, ThreadId } from '#spec/abi.ts';
import {
  allRights,
  type Capabilities,
  type Holding,
  held,
  initial,
  outcomes,
  type PendingCall,
  Right,
} from '#spec/kernel/capability.ts';
import { after } from '#spec/outcome.ts';

/** The rules of capabilities themselves: what each kernel's revocation takes, whatever comes in between its parts. */

const at = (slot: number, generation = 1): CapabilityHandle => ({ slot, generation });

const asks = (call: Partial<CapabilityCall> & { readonly tag: CapabilityCall['tag'] }): CapabilityCall =>
  ({ handle: at(0), over: null, mask: 0, rights: 0, badge: 0, ...call }) as CapabilityCall;

const boot = (variant: Capabilities['variant'], ...holdings: Holding[][]): Capabilities =>
  initial(variant, 4, 2, holdings);

const all: Holding = { object: 0, rights: allRights, badge: 0 };

/** Makes calls that have one outcome at each moment, one after the other. Gives the state and the last answer. */
const make = (
  state: Capabilities,
  ...calls: readonly (readonly [ThreadId, CapabilityCall])[]
): { state: Capabilities; answer: CapabilityAnswer | undefined } => {
  let answer: CapabilityAnswer | undefined;
  let now = state;
  for (const [caller, asked] of calls) {
    let call: PendingCall | undefined = asked;
    while (call) {
      const [outcome] = outcomes(now, caller, call);
      if (!outcome) throw new Error(`${call.tag} waits`);
      now = after(now, outcome);
      if (outcome.tag === 'returns') answer = outcome.answer;
      call = outcome.tag === 'continues' ? outcome.rest : undefined;
    }
  }
  return { state: now, answer };
};

const failed = (errno: string) => ({ tag: 'failed', errno });

const placesOf = (state: Capabilities): string[] => held(state).map(({ place }) => `${place.process}.${place.slot}`);

/** Every way in which the calls of two callers may go, part by part; `look` sees each state in which one was answered, the last one too. */
const everyWay = (
  state: Capabilities,
  calls: readonly [PendingCall | undefined, PendingCall | undefined],
  look: (state: Capabilities, answered: ThreadId, isLast: boolean) => void,
): number => {
  let ends = calls.every((call) => call === undefined) ? 1 : 0;
  for (const caller of [0, 1] as const) {
    const call = calls[caller];
    if (!call) continue;
    for (const outcome of outcomes(state, caller, call)) {
      const next = after(state, outcome);
      if (outcome.tag === 'returns') look(next, caller, calls[1 - caller] === undefined);
      const rest = outcome.tag === 'continues' ? outcome.rest : undefined;
      ends += everyWay(next, caller === 0 ? [rest, calls[1]] : [calls[0], rest], look);
    }
  }
  return ends;
};

describe('a revocation in the tree', () => {
  const grown = make(
    boot('sel4', [all]),
    [0, asks({ tag: 'copy', badge: 5 })],
    [0, asks({ tag: 'copy', handle: at(1) })],
    [0, asks({ tag: 'copy' })],
  ).state;

  it('takes nothing with a copy: a copy of a copy is beside it', () => {
    const { state } = make(
      boot('sel4', [all]),
      [0, asks({ tag: 'copy' })],
      [0, asks({ tag: 'copy', handle: at(1) })],
      [0, asks({ tag: 'revoke', handle: at(1) })],
    );
    expect(placesOf(state)).toEqual(['0.0', '0.1', '0.2']);
    expect(placesOf(make(state, [0, asks({ tag: 'revoke' })]).state)).toEqual(['0.0']);
  });

  it('takes what is below its capability, at any depth, and leaves it and its neighbours', () => {
    const { state } = make(grown, [0, asks({ tag: 'revoke', handle: at(1) })]);
    expect(placesOf(grown)).toEqual(['0.0', '0.1', '0.2', '0.3']);
    expect(placesOf(state)).toEqual(['0.0', '0.1', '0.3']);
  });

  it('finds what was below a capability that has been deleted', () => {
    const { state } = make(grown, [0, asks({ tag: 'delete', handle: at(1) })], [0, asks({ tag: 'revoke' })]);
    expect(placesOf(state)).toEqual(['0.0']);
  });

  it('leaves nothing below when it is answered, however two of them and their parts mix', () => {
    const { state } = make(
      boot('sel4', [all], [{ ...all, badge: 5 }]),
      [1, asks({ tag: 'copy' })],
      [1, asks({ tag: 'copy', handle: at(1) })],
    );
    const revokes = asks({ tag: 'revoke' });
    const left: string[][][] = [[], []];
    const ends = everyWay(state, [revokes, revokes], (answered, caller) => left[caller]?.push(placesOf(answered)));
    expect(ends).toBeGreaterThan(10);
    expect(new Set(left[0]?.flat())).toEqual(new Set(['0.0']));
    expect(left[1]?.flat().filter((place) => place === '1.1' || place === '1.2')).toEqual([]);
  });
});

describe('a revocation of a flat list', () => {
  it('takes every capability of the object, and the object', () => {
    const { state } = make(boot('chcore', [all], [all]), [1, asks({ tag: 'revoke' })]);
    expect(placesOf(state)).toEqual([]);
    expect(state.objects).toEqual([null]);
  });

  it('needs the right to', () => {
    const { answer } = make(boot('chcore', [all], [{ ...all, rights: Right.read }]), [1, asks({ tag: 'revoke' })]);
    expect(answer).toEqual(failed('EACCES'));
  });

  it('takes no object that was made since', () => {
    const state = boot('chcore', [all], [all]);
    const seen = new Set<string>();
    const makes = asks({ tag: 'create' });
    everyWay(state, [asks({ tag: 'revoke' }), makes], (answered, _caller, isLast) => {
      if (isLast) seen.add(placesOf(answered).join(' '));
    });
    expect([...seen].sort()).toEqual(['1.0', '1.1']); // before or after its own capability was taken
  });
});

describe('a copy', () => {
  it('asked for with more rights is refused by one kernel, and given without them by the other', () => {
    const readOnly = { ...all, rights: Right.read | Right.copy };
    const asked = asks({ tag: 'copy', mask: allRights, rights: Right.read | Right.write });
    expect(make(boot('chcore', [readOnly]), [0, asked]).answer).toEqual(failed('EINVAL'));
    const { state } = make(boot('sel4', [readOnly]), [0, asked]);
    expect(held(state).map(({ capability }) => capability.rights)).toEqual([Right.read | Right.copy, Right.read]);
  });

  it('arrives in the table of whoever made the endpoint', () => {
    const state = boot('sel4', [all, { ...all, object: 1 }], [{ ...all, object: 1 }]);
    const { answer, state: granted } = make(state, [0, asks({ tag: 'copy', over: at(1) })]);
    expect(answer).toEqual({ tag: 'handle', handle: at(1) });
    expect(placesOf(granted)).toEqual(['0.0', '0.1', '1.0', '1.1']);
  });
});

describe('a handle', () => {
  it.each(['sel4', 'chcore'] as const)(
    'of %s is stale once its capability is gone, and the next has another',
    (variant) => {
      const { state, answer } = make(boot(variant, [all]), [0, asks({ tag: 'delete' })], [0, asks({ tag: 'create' })]);
      expect(answer).toEqual({ tag: 'handle', handle: at(0, 2) });
      expect(make(state, [0, asks({ tag: 'read' })]).answer).toEqual(failed('ESTALE'));
      expect(make(state, [0, asks({ tag: 'read', handle: at(0, 2) })]).answer).toEqual({
        tag: 'word',
        word: 0,
        badge: 0,
      });
      expect(make(state, [0, asks({ tag: 'read', handle: at(0, 3) })]).answer).toEqual(failed('EBADF'));
    },
  );
});
