/** A figure about a subject, for its page: curves that were computed from what was counted. Plain data. */
export interface Figure {
  readonly title: string;
  /** What the curves rest on and what they say, in a few sentences. */
  readonly note: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly Curve[];
}

/** What is along an axis, with its unit. */
export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'logarithmic';
}

/** A curve through its points, from left to right; all of them positive on a logarithmic axis. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}
