import type { External } from '#model/engine/refine/external.ts';
import { type Linearization, linearize, partsOf, type ToldHistory } from '#model/engine/refine/linearize.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { objectNamed } from '#model/object/objects.ts';

/** A history with the verdict that it must get. */
export interface Known extends ToldHistory {
  readonly name: string;
  readonly model: string;
  readonly expected: { readonly linearizable: boolean };
}

const stepsMax = 200_000;

/** The object that a history names. */
export const objectOf = ({ model }: Pick<Known, 'model'>): External => {
  const object = objectNamed(model);
  if (!object) throw new Error(`no object is called ${model}`);
  return object;
};

/** What the linearizer says of a history. */
export const judged = (told: Known, external = objectOf(told), steps = stepsMax): Linearization => {
  const graph = new SpecGraph(external);
  return linearize(graph, partsOf(external, graph, told), steps);
};
