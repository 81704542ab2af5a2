import { produce } from 'immer';
import { describe, expect, it } from 'vitest';
import { explore } from '#model/engine/space/explore.ts';
import { codesAfter, movesIn } from '#model/engine/space/path.ts';
import { callsAt, type System, systemOfExploration, systemOfProgram } from '#model/engine/space/system.ts';
import { isNight, variantsTried } from '#properties/by-day.ts';
import { sizes, xv6Pipe } from '#properties/space/xv6-pipe.ts';

interface Named {
  readonly name: string;
  readonly systems: readonly System[];
}

/** One in so many of the scenarios of each variant is explored. */
const scenariosApart = isNight ? 1 : 3;

const ofSubjects = variantsTried.map(({ id, subject, name: variant }): Named => {
  const exploration = subject.exploration?.(variant, 3);
  const scenarios = subject.scenarios(variant).filter((_, i) => i % scenariosApart === 0);
  return {
    name: `${id} (${variant})`,
    systems: [
      ...(exploration ? [systemOfExploration(subject, variant, exploration)] : []),
      ...scenarios.map(({ program }) => systemOfProgram(subject, program)),
    ],
  };
});

const machine: Named = { name: 'the xv6 pipe, step by step', systems: [xv6Pipe(sizes.S4) as unknown as System] };

/** What a thread may do, by the spec as it is written: with `produce`, and with the same recipe in place on a copy. */
const bySpec = (system: System, codes: readonly number[], space: ReturnType<typeof explore>) =>
  system.threads.map((behaviour, thread) => {
    const state = space.steps.schema.decode(codes);
    return callsAt(behaviour, space.steps.pointOf(codes, thread)).flatMap((call) =>
      system.outcomes(state, thread, call).map((outcome) => {
        const copy = structuredClone(state);
        outcome.then(copy);
        const drafted = produce({ state }, (draft) => outcome.then(draft.state)).state;
        return {
          call,
          effect: outcome.tag === 'returns' ? { answer: outcome.answer } : { rest: outcome.rest },
          drafted,
          inPlace: copy,
        };
      }),
    );
  });

describe('a step of the spec gives the same state, whichever way it is run', () => {
  it.each([...ofSubjects, machine])('$name: drafted, in place, and on packed states', ({ systems }) => {
    let steps = 0;
    for (const system of systems) {
      const space = explore(system, { claims: [], statesMax: 100_000 });
      expect(space.isComplete).toBe(true);
      const { schema } = space.steps;
      for (let state = 0; state < space.arena.count; state++) {
        const codes = space.arena.codes(state);
        const again = schema.encode(schema.decode(codes));
        expect(codes.map((code, slot) => again[slot] ?? code)).toEqual(codes);
        const written = bySpec(system, codes, space);
        for (const [thread, { all }] of movesIn(space, codes).entries()) {
          const packed = all
            .filter(({ result }) => result.tag !== 'waits')
            .map(({ call, result, writes }) => ({
              call,
              effect:
                result.tag === 'returns' ? { answer: result.answer } : { rest: (result as { rest: unknown }).rest },
              state: schema.decode(codesAfter(codes, writes)),
            }));
          const expected = written[thread] ?? [];
          expect(packed).toEqual(expected.map(({ call, effect, drafted }) => ({ call, effect, state: drafted })));
          expect(packed.map(({ state: after }) => after)).toEqual(expected.map(({ inPlace }) => inPlace));
          steps += packed.length;
        }
      }
    }
    expect(steps).toBeGreaterThan(systems.length);
  });
});
