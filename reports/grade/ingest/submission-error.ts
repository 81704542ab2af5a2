/** What was handed in cannot be read, or may not be: the student's mistake, or an attack. The message is a sentence for them. */
export class SubmissionError extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'SubmissionError';
  }
}

const shownCharactersMax = 80;

/** A name out of a submission as a sentence may have it: whatever could be markup, a control or a trick is a question mark. */
export const shown = (name: string): string => {
  const plain = name.replaceAll(/[^\p{L}\p{M}\p{N} _.()/:-]/gu, '?');
  return plain.length > shownCharactersMax ? `${plain.slice(0, shownCharactersMax)}...` : plain;
};
