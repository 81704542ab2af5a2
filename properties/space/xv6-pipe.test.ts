import { describe, expect, it } from 'vitest';
import type { StateClaim } from '#model/claim.ts';
import { explore, type Space } from '#model/engine/space/explore.ts';
import { pathTo } from '#model/engine/space/path.ts';
import type { System } from '#model/engine/space/system.ts';
import { alike, claims, noLostWakeup, type Size, sizes, type Xv6Pipe, xv6Pipe } from '#properties/space/xv6-pipe.ts';

const statesMax = 2_000_000;
const published = claims as readonly StateClaim[];
const tooStrong = noLostWakeup as StateClaim;

const spaceOf = (size: Size, of: readonly StateClaim[], symmetry = false): Space =>
  explore(xv6Pipe(size) as unknown as System, {
    claims: of,
    statesMax,
    symmetry: symmetry ? alike(size) : undefined,
  });

const decidedIn = ({ decided }: Space): string[] =>
  [...decided.keys()].map(({ tag, sentence }) => `${tag}: ${sentence}`);

describe('the xv6 pipe, step by step', () => {
  it.each([
    ['S4', 10_933, 20_186],
    ['S5', 159_980, 345_080],
    ['S6', 1_001_449, 3_027_648],
  ] as const)(
    'has as many states in %s as in TLA+, Promela, Murphi and Quint, and what is claimed there holds',
    (size, states, transitions) => {
      const space = spaceOf(sizes[size], published);
      expect({ states: space.arena.count, transitions: space.transitions }).toEqual({ states, transitions });
      expect(space.isComplete).toBe(true);
      expect(decidedIn(space)).toEqual(['sometimes: all are gone']);
    },
  );

  it('loses no wakeup while nobody is killed', () => {
    expect(decidedIn(spaceOf(sizes.S4, [tooStrong]))).toEqual([]);
  });

  it.each([false, true])(
    'loses the wakeup of a killed writer, at the shortest in nine steps (symmetry: %s)',
    (symmetry) => {
      const space = spaceOf(sizes.S6, [tooStrong], symmetry);
      const { first, steps } = pathTo(space, space.decided.get(tooStrong) as number);
      expect(
        steps.map(({ thread, result }) => `T${thread} ${result.tag === 'returns' ? result.answer : result.tag}`),
      ).toMatchInlineSnapshot(`
        [
          "T3 reads",
          "T3 takes the lock",
          "T3 finds it empty",
          "T3 sleeps",
          "T0 takes the lock",
          "T0 finds room",
          "T0 stores a 0",
          "T4 is killed",
          "T0 leaves with an error",
        ]
      `);
      expect((first.state as Xv6Pipe).nwrite).toBe(0);
      expect(steps.at(-1)?.state).toMatchObject({ lock: null, nread: 0, nwrite: 1, reader: { at: 'asleep' } });
    },
  );

  it('has half as many states, but for those that are their own mirror image, where its two writers are alike', () => {
    const [all, half] = [spaceOf(sizes.S4, published), spaceOf(sizes.S4, published, true)];
    const mirrored = (state: Xv6Pipe): Xv6Pipe => ({
      ...state,
      lock: state.lock === 0 ? 1 : state.lock === 1 ? 0 : state.lock,
      writers: state.writers.toReversed(),
    });
    const classes = new Set<string>();
    for (let number = 0; number < all.arena.count; number++) {
      const state = all.steps.schema.decode(all.arena.codes(number)) as Xv6Pipe;
      classes.add([JSON.stringify(state), JSON.stringify(sorted(mirrored(state)))].toSorted().join());
    }
    expect(half.arena.count).toBe(classes.size);
    expect(decidedIn(half)).toEqual(decidedIn(all));
  });
});

/** The keys in the order in which a decoded state has them. */
const sorted = (state: object): object =>
  Object.fromEntries(
    Object.entries(state)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, value]),
  );
