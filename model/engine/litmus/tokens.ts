import { commentEnd, LitmusError } from '#model/engine/litmus/source.ts';

/** A word of an initial state or of a question. */
export interface Token {
  readonly tag: 'number' | 'name' | 'symbol' | 'end';
  readonly text: string;
  readonly offset: number;
}

const blank = /\s*/y;
const word = /(-?(?:0[xX][0-9a-fA-F]+|\d+)\b)|([%A-Za-z_][\w.']*)|(\/\\|\\\/|=>|!=|<>|<<|>>|[\s\S])/y;

/** Reads words from `offset` on. Comments are none. `origin`: where the text itself begins, if it is cut from another. */
export class Tokens {
  private readonly text: string;
  private readonly origin: number;
  private at: number;
  private ahead: Token | null = null;
  constructor(text: string, offset: number, origin = 0) {
    this.text = text;
    this.origin = origin;
    this.at = offset;
  }

  /** Where the last word taken ended. */
  get end(): number {
    return this.at;
  }

  peek(): Token {
    this.ahead ??= this.read();
    return this.ahead;
  }

  take(): Token {
    const token = this.peek();
    this.at = token.offset - this.origin + token.text.length;
    this.ahead = null;
    return token;
  }

  /** Takes the next word if it is this one. */
  takeIf(text: string): boolean {
    if (this.peek().text !== text || this.peek().tag === 'end') return false;
    this.take();
    return true;
  }

  /** @throws LitmusError if the next word is not this symbol */
  expect(text: string): Token {
    const token = this.peek();
    if (token.text !== text) return this.fail(`'${text}'`);
    return this.take();
  }

  /** @throws LitmusError if the next word is of another kind; `expected` says what should be there */
  expectKind(tag: 'number' | 'name', expected: string): Token {
    if (this.peek().tag !== tag) return this.fail(expected);
    return this.take();
  }

  fail(expected: string): never {
    const { tag, text, offset } = this.peek();
    throw new LitmusError('syntax', offset, tag === 'end' ? 'it ends too early' : `'${text}'`, `expected ${expected}`);
  }

  private read(): Token {
    let offset = this.at;
    for (;;) {
      blank.lastIndex = offset;
      blank.test(this.text);
      offset = blank.lastIndex;
      if (!this.text.startsWith('(*', offset)) break;
      offset = commentEnd(this.text, offset);
    }
    word.lastIndex = offset;
    const [text, number, name] = word.exec(this.text) ?? [];
    const tag = text === undefined ? 'end' : number ? 'number' : name ? 'name' : 'symbol';
    return { tag, text: text ?? '', offset: this.origin + offset };
  }
}

/** The value of a number, decimal or hexadecimal, perhaps negative. */
export const integerOf = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
