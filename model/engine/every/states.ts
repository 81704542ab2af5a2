import { createHash } from 'node:crypto';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';

/** A sum of each state of the spec that came up here or `before`, in order, so that none is counted twice. */
export const statesWith = ({ states }: SpecGraph, before: readonly string[]): readonly string[] => {
  const sums = Array.from({ length: states.size }, (_, i) => sumOf(states.shared(i)));
  return [...new Set([...before, ...sums])].sort();
};

const sumOf = (state: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(state) ?? 'undefined')
    .digest('hex')
    .slice(0, 12);
