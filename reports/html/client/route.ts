/** Where the reader is, as the part of the address after `#`: a link to a story and a step can be sent to a friend. */

/** A place in the page. `story` is null on the overview. */
export interface Place {
  readonly story: string | null;
  readonly step: number;
  readonly language: string | null;
}

/** Reads `#story=<id>&step=<n>&lang=<zh|en>`; anything else is ignored. */
export const placeOf = (hash: string): Place => {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const step = Number(fields.get('step') ?? 0);
  return {
    story: fields.get('story'),
    step: Number.isSafeInteger(step) && step > 0 ? step : 0,
    language: fields.get('lang'),
  };
};

/** The other way round. */
export const hashOf = ({ story, step, language }: Place): string => {
  const fields = new URLSearchParams();
  if (story !== null) fields.set('story', story);
  if (story !== null && step > 0) fields.set('step', String(step));
  if (language !== null) fields.set('lang', language);
  return `#${fields}`;
};
