import type { Subject } from '#model/subject.ts';
import { suites } from '#properties/index.ts';

/** Whether a night's work is asked for: `npm run night` reads `night.env`. By day `npm test` tries a sample. */
export const isNight = process.env['RENDEZVOUS_NIGHT'] !== undefined;

/** A variant of a subject, in the shape that `describe.each` takes. */
export interface Tried {
  readonly id: string;
  readonly subject: Subject;
  readonly name: string;
  readonly module: string;
}

/** Every variant of every subject. */
export const variants: readonly Tried[] = suites.flatMap(({ subject }) =>
  subject.variants.map(({ name, module }) => ({ id: subject.id, subject, name, module })),
);

/**
 * What an engine is tried on, which knows no subject: by day one variant of each subject, the first of one, the second
 * of the next, and so on, so that fast and naive ones are among them; at night all.
 */
export const variantsTried: readonly Tried[] = isNight
  ? variants
  : suites.flatMap(({ subject }, i) => {
      const own = variants.filter(({ id }) => id === subject.id);
      return own[i % own.length] ?? [];
    });
