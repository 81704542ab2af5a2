/** How much of a file has run. */
export interface FileCoverage {
  /** Its path from the repository, or as the user named it. */
  readonly file: string;
  readonly lines: Part;
  readonly branches: Part;
  readonly functions: Part;
  /** Lines that never ran: `12`, `20-23`. */
  readonly uncovered: readonly string[];
}

interface Part {
  readonly covered: number;
  readonly total: number;
}
