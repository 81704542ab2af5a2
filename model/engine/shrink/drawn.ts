import * as fc from 'fast-check';
import type { Rig } from '#model/engine/explore/execution.ts';
import { activeOf, callsOf } from '#model/engine/explore/programs.ts';
import type { Program } from '#model/subject.ts';

/** So many programs are drawn. */
const drawnMax = 400;

/**
 * Random programs with fewer calls than this one and no more threads, the smallest first: what is left of a large
 * program by leaving out may be larger than what fails in the same way from the start (two short writes fill a pipe, and
 * so does one long one).
 */
export const fewerCalls = ({ subject, variant, world }: Rig, program: Program): Program[] => {
  const threads = activeOf(program);
  const calls = callsOf(program);
  const size = { threads, calls: Math.min(calls - 1, 4) };
  if (size.calls < 1) return [];
  const different = new Map<string, Program>();
  for (const drawn of fc.sample(subject.programs(variant, size), { seed: calls, numRuns: drawnMax })) {
    const isFewer = callsOf(drawn) < calls && activeOf(drawn) <= threads && activeOf(drawn) > 0;
    const hasRoom = drawn.threads.length + drawn.cores <= world.instances.length;
    if (isFewer && hasRoom) different.set(JSON.stringify(drawn), drawn);
  }
  return [...different.values()].toSorted((one, other) => callsOf(one) - callsOf(other));
};
