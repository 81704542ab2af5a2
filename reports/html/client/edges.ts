/** The lines over the picture: which two rows each leads from and to, and in which track it runs. Knows no document. */
import type { Story } from '#model/engine/trace/story.ts';
import type { Row } from '#reports/html/client/rows.ts';

/**
 * A line from a step to a later one. *unordered*: nothing orders these two though something should; *order*: they came in
 * this order, and it matters; *drain*: a store, and its reaching memory.
 */
export interface Edge {
  readonly kind: 'unordered' | 'order' | 'drain';
  /** The rows, by index, and their lanes; null: the dispatchers' column. */
  readonly from: number;
  readonly fromLane: number | null;
  readonly to: number;
  readonly toLane: number | null;
  /** The step of the store, of a drain. */
  readonly storeStep: number;
}

/** An edge and its place in the gutter: 0 is next to the texts. */
export interface PlacedEdge extends Edge {
  readonly track: number;
}

/** All lines of a picture. One that begins and ends in the same row is drawn only for a store that drains there. */
export const edgesOf = (story: Story, rows: readonly Row[]): readonly Edge[] => {
  const rowOf = new Map(rows.flatMap((row, index) => row.steps.map(({ step }) => [step, index] as const)));
  const edge = (kind: Edge['kind'], fromStep: number, toStep: number): Edge[] => {
    const from = rowOf.get(fromStep);
    const to = rowOf.get(toStep);
    if (from === undefined || to === undefined) return [];
    const [first, last] = [rows[from] as Row, rows[to] as Row];
    if (first.again || last.again || (from === to && kind !== 'drain')) return [];
    const toLane = kind === 'drain' ? first.lane : last.lane;
    return [{ kind, from, fromLane: first.lane, to, toLane, storeStep: fromStep }];
  };
  const { culprits, missingEdges, steps } = story;
  const isMissing = missingEdges.some(({ from, to }) => from === culprits?.before && to === culprits.after);
  return [
    ...missingEdges.flatMap(({ from, to }) => edge('unordered', from, to)),
    ...(culprits && !isMissing ? edge('order', culprits.before, culprits.after) : []),
    ...steps.flatMap(({ step, drained }) => drained.flatMap(({ storeStep }) => edge('drain', storeStep, step))),
  ];
};

/**
 * Gives each edge the innermost track in which it touches no other. It runs down its own lane to the row it leads to, and
 * into that row in that row's lane; where lanes are narrow, all share one gutter.
 */
export const placeEdges = (edges: readonly Edge[], isNarrow: boolean): readonly PlacedEdge[] => {
  const taken: { lane: number | null; track: number; from: number; to: number }[] = [];
  return edges.map((edge) => {
    const { from, to } = edge;
    const parts = [
      { lane: isNarrow ? 0 : edge.fromLane, from, to },
      { lane: isNarrow ? 0 : edge.toLane, from: to, to },
    ];
    const isFree = (track: number): boolean =>
      parts.every((part) =>
        taken.every(
          (other) => other.track !== track || other.lane !== part.lane || other.to < part.from || part.to < other.from,
        ),
      );
    let track = 0;
    while (!isFree(track)) track++;
    taken.push(...parts.map((part) => ({ ...part, track })));
    return { ...edge, track };
  });
};
