/** A word of C: where it begins in the source, and what it says. */
export interface Token {
  readonly tag: 'name' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly offset: number;
}

/** Reads one token after another. It looks ahead one token and no further, so that what follows may be no C. */
export interface Scanner {
  peek(): Token;
  take(): Token;
  /** Where the last token taken ended. */
  end(): number;
}

const blank = /(?:\s+|\/\/[^\n]*|\/\*.*?(?:\*\/|$))*/sy;
const token = /([A-Za-z_]\w*)|(\d\w*)|(<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^~]=|->|.)/sy;

/** A scanner of `text` from `offset` on. It knows the comments of C, and not those of litmus files: `(*p)` is C. */
export const scan = (text: string, offset: number): Scanner => {
  let end = offset;
  let ahead: Token | null = null;
  const read = (): Token => {
    blank.lastIndex = end;
    blank.test(text);
    const start = blank.lastIndex;
    token.lastIndex = start;
    const found = token.exec(text);
    if (found === null) return { tag: 'end', text: 'the end of the file', offset: text.length };
    return { tag: found[1] ? 'name' : found[2] ? 'number' : 'symbol', text: found[0], offset: start };
  };
  const peek = (): Token => {
    ahead ??= read();
    return ahead;
  };
  return {
    peek,
    take: () => {
      const taken = peek();
      if (taken.tag !== 'end') end = taken.offset + taken.text.length;
      ahead = null;
      return taken;
    },
    end: () => end,
  };
};
