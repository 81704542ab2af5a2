import * as fc from 'fast-check';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Rig } from '#model/engine/explore/execution.ts';
import type { Program, ProgramSize } from '#model/subject.ts';

/** The largest random programs. */
const largest: ProgramSize = { threads: 4, calls: 4 };

/** How many calls a program makes, and how many of its threads make any. */
export const callsOf = ({ threads }: Program): number => threads.flat().length;
export const activeOf = ({ threads }: Program): number => threads.filter((calls) => calls.length > 0).length;

/** Random programs of one size at most, that have anything to do. May be fewer than `count`. */
const draw = ({ subject, variant }: Rig, random: RandomGenerator, size: ProgramSize, count: number): Program[] =>
  fc
    .sample(subject.programs(variant, size), { seed: random.next(), numRuns: count })
    .filter((program) => activeOf(program) > 0);

/** Random programs that grow as they go on: from two threads with a call each to four with four. */
export function* growingPrograms(rig: Rig, random: RandomGenerator, count: number): Generator<Program, void> {
  const sizes = 3 * largest.calls;
  for (let i = 0; i < sizes; i++) {
    const size = { threads: 2 + (i % 3), calls: 1 + Math.floor(i / 3) };
    yield* draw(rig, random, size, Math.floor((count * (i + 1)) / sizes) - Math.floor((count * i) / sizes));
  }
}

/** Of so many programs drawn, so many are taken: those in which most happens at once. */
const drawnTogether = 60;
const takenOfThem = 5;

const densityOf = (program: Program): number => callsOf(program) * Math.min(program.cores, activeOf(program));

/**
 * Random programs of the largest size in which much happens at once: for ever, or until nothing is drawn that does
 * anything.
 */
export function* densePrograms(rig: Rig, random: RandomGenerator): Generator<Program, void> {
  for (;;) {
    const drawn = draw(rig, random, largest, drawnTogether);
    if (drawn.length === 0) return;
    yield* drawn.toSorted((one, other) => densityOf(other) - densityOf(one)).slice(0, takenOfThem);
  }
}

/** A subject's scenarios, those with the most threads first, then those with the most calls; for ever, if it has any. */
export function* largestFirst<Scenario extends { readonly program: Program }>(
  scenarios: readonly Scenario[],
): Generator<Scenario, void> {
  const ordered = scenarios.toSorted(
    (one, other) => activeOf(other.program) - activeOf(one.program) || callsOf(other.program) - callsOf(one.program),
  );
  while (ordered.length > 0) yield* ordered;
}
