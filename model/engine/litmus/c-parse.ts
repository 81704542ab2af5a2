import { type Scanner, scan, type Token } from '#model/engine/litmus/c-scan.ts';
import type {
  Expression,
  Operator,
  Parameter,
  Statement,
  ThreadFunction,
  Type,
} from '#model/engine/litmus/c-syntax.ts';
import { LitmusError } from '#model/engine/litmus/source.ts';
import type { AccessOrder, Update } from '#spec/machine/memory/program.ts';

const word: Type = { tag: 'integer', width: 'word' };
const doubleword: Type = { tag: 'integer', width: 'doubleword' };

const types: ReadonlyMap<string, Type> = new Map([
  ['int', word],
  ['int32_t', word],
  ['atomic_int', word],
  ['long', doubleword],
  ['int64_t', doubleword],
  ['intptr_t', doubleword],
  ['atomic_long', doubleword],
  ['atomic_llong', doubleword],
  ['atomic_intptr_t', doubleword],
]);

const qualifiers = /^(const|volatile|_Atomic)$/;
const foreignTypes =
  /^(unsigned|signed|char|short|float|double|_Bool|bool|void|struct|union|enum|register|static|\w+_t|atomic_(bool|flag|[su]?(char|short|int|l?long)))$/;
const foreignStatements = /^(break|continue|goto|return|switch)$/;

type Order = Exclude<AccessOrder, 'plain' | 'acquirePC'>;

const orders: ReadonlyMap<string, Order> = new Map([
  ['memory_order_relaxed', 'relaxed'],
  ['memory_order_acquire', 'acquire'],
  ['memory_order_release', 'release'],
  ['memory_order_acq_rel', 'acq_rel'],
  ['memory_order_seq_cst', 'seq_cst'],
]);

const updates: ReadonlyMap<string, Update> = new Map([
  ['atomic_exchange', 'swap'],
  ['atomic_fetch_add', 'add'],
  ['atomic_fetch_sub', 'subtract'],
  ['atomic_fetch_and', 'and'],
  ['atomic_fetch_or', 'or'],
  ['atomic_fetch_xor', 'xor'],
]);

/** How tightly each operator binds; all bind to the left. */
const precedence: ReadonlyMap<string, number> = new Map([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['^', 4],
  ['&', 5],
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['<=', 7],
  ['>', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
]);

const found = ({ tag, text }: Token): string => (tag === 'end' ? text : `'${text}'`);

const expected = (token: Token, what: string): LitmusError =>
  new LitmusError('syntax', token.offset, found(token), `expected ${what}`);

const unsupported = (token: Token, remedy: string): LitmusError =>
  new LitmusError('unsupported', token.offset, found(token), remedy);

const subset =
  'the subset is int and long, `*p`, atomic_load, store, exchange, fetch_*, compare_exchange_*, fences, `if` and loops';

/** Reads the function that begins at `offset`, and tells where it ends. */
export const parseFunction = (
  text: string,
  offset: number,
): { readonly read: ThreadFunction; readonly end: number } => {
  const parser = new Parser(scan(text, offset));
  return { read: parser.function(), end: parser.scanner.end() };
};

/** One method for each rule of the grammar. */
class Parser {
  readonly scanner: Scanner;
  constructor(scanner: Scanner) {
    this.scanner = scanner;
  }

  private at(text: string): boolean {
    const token = this.scanner.peek();
    return token.tag !== 'end' && token.text === text;
  }

  private takeIf(text: string): boolean {
    const isThere = this.at(text);
    if (isThere) this.scanner.take();
    return isThere;
  }

  private expect(text: string): void {
    if (!this.takeIf(text)) throw expected(this.scanner.peek(), `'${text}'`);
  }

  private name(what: string): Token {
    const token = this.scanner.peek();
    if (token.tag !== 'name') throw expected(token, what);
    return this.scanner.take();
  }

  /** A function: `void P0(atomic_int *x, int *y) { ... }`. */
  function(): ThreadFunction {
    this.takeIf('void');
    const { text, offset } = this.name('a thread: P0 (...) { ... }');
    const parameters: Parameter[] = [];
    this.expect('(');
    while (!this.at(')')) {
      if (parameters.length > 0) this.expect(',');
      const type = this.type();
      const { text: name, offset: at } = this.name('the name of a parameter');
      if (type.tag !== 'pointer') {
        throw new LitmusError('unsupported', at, `'${name}' is no pointer`, 'a parameter is a pointer to its location');
      }
      parameters.push({ name, type });
    }
    this.expect(')');
    return { thread: Number(text.slice(1)), parameters, body: this.block(), offset };
  }

  private block(): readonly Statement[] {
    this.expect('{');
    const statements: Statement[] = [];
    while (!this.at('}')) statements.push(...this.statement());
    this.expect('}');
    return statements;
  }

  /** A statement, or the several of a declaration with commas. */
  private statement(): readonly Statement[] {
    const token = this.scanner.peek();
    if (token.tag === 'name') return this.statementOf(token);
    if (this.takeIf(';')) return [];
    if (this.at('{')) return [{ tag: 'block', statements: this.block() }];
    const statement = this.simple();
    this.expect(';');
    return [statement];
  }

  /** A statement that begins with a name. */
  private statementOf(token: Token): readonly Statement[] {
    if (foreignStatements.test(token.text)) throw unsupported(token, subset);
    if (this.takeIf('if')) return [this.if()];
    if (this.takeIf('while'))
      return [{ tag: 'loop', condition: this.condition(), body: this.body(), isTestedFirst: true }];
    if (this.takeIf('do')) return [this.doWhile()];
    if (this.takeIf('for')) return [this.for()];
    if (this.startsType()) return this.declaration();
    const statement = this.simple();
    this.expect(';');
    return [statement];
  }

  private condition(): Expression {
    this.expect('(');
    const condition = this.expression();
    this.expect(')');
    return condition;
  }

  private body(): Statement {
    return { tag: 'block', statements: this.statement() };
  }

  private if(): Statement {
    const condition = this.condition();
    const then = this.body();
    return { tag: 'if', condition, then, otherwise: this.takeIf('else') ? this.body() : null };
  }

  private doWhile(): Statement {
    const body = this.body();
    this.expect('while');
    const condition = this.condition();
    this.expect(';');
    return { tag: 'loop', condition, body, isTestedFirst: false };
  }

  /** `for (a; b; c) s` is `{ a; while (b) { s c; } }`: there is no `continue`. */
  private for(): Statement {
    this.expect('(');
    const first = this.statement();
    const condition: Expression = this.at(';')
      ? { tag: 'number', value: 1n, isLong: false, offset: 0 }
      : this.expression();
    this.expect(';');
    const step = this.at(')') ? [] : [this.simple()];
    this.expect(')');
    const body: Statement = { tag: 'block', statements: [this.body(), ...step] };
    return { tag: 'block', statements: [...first, { tag: 'loop', condition, body, isTestedFirst: true }] };
  }

  private declaration(): readonly Statement[] {
    const type = this.type();
    const statements: Statement[] = [];
    do {
      const { text: name, offset } = this.name('the name of a variable');
      if (this.at('[') || this.at('(')) throw unsupported(this.scanner.peek(), subset);
      const value = this.takeIf('=') ? this.expression() : null;
      statements.push({ tag: 'declare', name, type, value, offset });
    } while (this.takeIf(','));
    this.expect(';');
    return statements;
  }

  /** A statement that is no block, without its semicolon: a store, an assignment, a fence, or a call for its effect. */
  private simple(): Statement {
    const token = this.scanner.peek();
    if (this.takeIf('atomic_thread_fence')) {
      this.expect('(');
      const order = this.order();
      this.expect(')');
      return { tag: 'fence', order };
    }
    if (this.takeIf('atomic_store')) return this.store(false);
    if (this.takeIf('atomic_store_explicit')) return this.store(true);
    const target = this.expression();
    const assignment = this.scanner.peek();
    if (/^([-+*/%&|^]=|\+\+|--)$/.test(assignment.text)) throw unsupported(assignment, 'write it out: `a = a + 1`');
    if (!this.takeIf('=')) return { tag: 'evaluate', expression: target };
    const value = this.expression();
    if (target.tag === 'name') return { tag: 'assign', name: target.name, value, offset: target.offset };
    if (target.tag === 'load' && target.order === 'plain') {
      return { tag: 'store', address: target.address, value, order: 'plain' };
    }
    throw expected(token, 'a variable or `*p` to the left of `=`');
  }

  private store(isExplicit: boolean): Statement {
    const { values, orders: given } = this.call(isExplicit, 2, 1);
    return { tag: 'store', address: values[0] as Expression, value: values[1] as Expression, order: given[0] as Order };
  }

  /** The arguments of a call: so many expressions, then so many orders if it is explicit, else as many seq_cst. */
  private call(isExplicit: boolean, expressions: number, orderCount: number) {
    const values: Expression[] = [];
    const given: Order[] = [];
    this.expect('(');
    for (let i = 0; i < expressions; i++) {
      if (i > 0) this.expect(',');
      values.push(this.expression());
    }
    for (let i = 0; i < orderCount; i++) {
      if (isExplicit) this.expect(',');
      given.push(isExplicit ? this.order() : 'seq_cst');
    }
    this.expect(')');
    return { values, orders: given };
  }

  private order(): Order {
    const token = this.name('a memory order');
    const known = orders.get(token.text);
    if (known) return known;
    if (token.text === 'memory_order_consume') throw unsupported(token, 'write memory_order_acquire');
    throw expected(token, `one of ${[...orders.keys()].join(', ')}`);
  }

  private expression(least = 1): Expression {
    let left = this.unary();
    for (;;) {
      const { text, offset } = this.scanner.peek();
      const binds = precedence.get(text);
      if (binds === undefined || binds < least) break;
      this.scanner.take();
      left = { tag: 'binary', operator: text as Operator, left, right: this.expression(binds + 1), offset };
    }
    const after = this.scanner.peek();
    if (/^[/%?[.]$|^->$/.test(after.text)) throw unsupported(after, subset);
    return left;
  }

  private unary(): Expression {
    const token = this.scanner.peek();
    const { text, offset } = token;
    if (this.takeIf('*')) return { tag: 'load', address: this.unary(), order: 'plain', offset };
    if (this.takeIf('+')) return this.unary();
    if (text === '-' || text === '!' || text === '~') {
      this.scanner.take();
      return { tag: 'unary', operator: text, operand: this.unary(), offset };
    }
    if (text === '&' || text === '++' || text === '--') throw unsupported(token, subset);
    if (this.takeIf('(')) {
      if (!this.startsType()) {
        const inner = this.expression();
        this.expect(')');
        return inner;
      }
      const type = this.type();
      this.expect(')');
      return { tag: 'cast', type, operand: this.unary(), offset };
    }
    return this.primary();
  }

  private primary(): Expression {
    const token = this.scanner.peek();
    const { text, offset } = token;
    if (token.tag === 'number') {
      this.scanner.take();
      if (!/^(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)[lL]{0,2}$/.test(text))
        throw unsupported(token, 'write a plain integer');
      const digits = text.replace(/[lL]+$/, '');
      const value = BigInt(/^0\d/.test(digits) ? `0o${digits}` : digits);
      return { tag: 'number', value, isLong: digits !== text || value >= 2n ** 31n, offset };
    }
    const name = this.name('an expression').text;
    if (!this.at('(')) return { tag: 'name', name, offset };
    const isExplicit = name.endsWith('_explicit');
    const called = isExplicit ? name.slice(0, -'_explicit'.length) : name;
    if (called === 'atomic_load') {
      const { values, orders: given } = this.call(isExplicit, 1, 1);
      return { tag: 'load', address: values[0] as Expression, order: given[0] as Order, offset };
    }
    const update = updates.get(called);
    if (update) {
      const { values, orders: given } = this.call(isExplicit, 2, 1);
      const [address, operand] = values as [Expression, Expression];
      return { tag: 'update', update, address, operand, order: given[0] as Order, offset };
    }
    if (called === 'atomic_compare_exchange_strong' || called === 'atomic_compare_exchange_weak') {
      const { values, orders: given } = this.call(isExplicit, 3, 2);
      const [address, wanted, desired] = values as [Expression, Expression, Expression];
      const [success, failure] = given as [Order, Order];
      const weak = called.endsWith('weak');
      return { tag: 'compareExchange', address, expected: wanted, desired, success, failure, weak, offset };
    }
    throw unsupported(token, subset);
  }

  private startsType(): boolean {
    const { tag, text } = this.scanner.peek();
    return tag === 'name' && (types.has(text) || qualifiers.test(text) || foreignTypes.test(text));
  }

  /** `const atomic_int *`, `_Atomic(int)`, `long long`: qualifiers anywhere, then stars. */
  private type(): Type {
    let type: Type | null = null;
    for (;;) {
      const token = this.scanner.peek();
      const known = types.get(token.text);
      if (token.tag === 'name' && qualifiers.test(token.text)) {
        this.scanner.take();
        if (token.text === '_Atomic' && type === null && this.takeIf('(')) {
          type = this.type();
          this.expect(')');
        }
      } else if (known && (type === null || token.text === 'int' || token.text === 'long')) {
        // `long int`, `long long`: the first word says it.
        this.scanner.take();
        type ??= known;
      } else if (type !== null && this.takeIf('*')) {
        type = { tag: 'pointer', to: type };
      } else if (type === null && token.tag === 'name' && foreignTypes.test(token.text)) {
        throw unsupported(token, 'the types are int and long, their atomic kinds, and pointers to them');
      } else break;
    }
    if (type === null) throw expected(this.scanner.peek(), 'a type');
    return type;
  }
}
