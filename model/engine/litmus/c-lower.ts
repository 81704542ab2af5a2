import type * as C from '#model/engine/litmus/c-syntax.ts';
import { binary, constant, isZero, low32, read } from '#model/engine/litmus/expressions.ts';
import { addressOf, LitmusError, type Setup } from '#model/engine/litmus/source.ts';
import { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';
import type { AccessOrder, Expression, LitmusThread, RegisterId, Width } from '#spec/machine/memory/program.ts';

/** What an expression is worth, and its type. */
interface Typed {
  readonly value: Expression;
  readonly type: C.Type;
}

type Binary = (Expression & { tag: 'binary' })['operator'];

const int: C.Type = { tag: 'integer', width: 'word' };
const long: C.Type = { tag: 'integer', width: 'doubleword' };

const widthOf = (type: C.Type): Width => (type.tag === 'pointer' ? 'doubleword' : type.width);

/** The value, as an object of this type holds it. */
const as = (type: C.Type, { value, type: from }: Typed): Expression =>
  widthOf(type) === 'word' && widthOf(from) !== 'word' ? low32(value) : value;

/** What an order means to a read, and to a write: C gives none to a releasing read, rc11.cat takes it as relaxed. */
const readOrder = (order: AccessOrder): AccessOrder =>
  order === 'release' ? 'relaxed' : order === 'acq_rel' ? 'acquire' : order;
const writeOrder = (order: AccessOrder): AccessOrder =>
  order === 'acquire' ? 'relaxed' : order === 'acq_rel' ? 'release' : order;

const arithmetic: ReadonlyMap<string, Binary> = new Map([
  ['+', 'add'],
  ['-', 'subtract'],
  ['*', 'multiply'],
  ['&', 'and'],
  ['|', 'or'],
  ['^', 'xor'],
  ['<<', 'shiftLeft'],
  ['>>', 'shiftRight'],
]);

const comparisons: ReadonlyMap<string, (left: Expression, right: Expression) => Expression> = new Map([
  ['==', (left, right) => binary('equal', left, right)],
  ['!=', (left, right) => binary('notEqual', left, right)],
  ['<', (left, right) => binary('less', left, right)],
  ['<=', (left, right) => binary('lessOrEqual', left, right)],
  ['>', (left, right) => binary('less', right, left)],
  ['>=', (left, right) => binary('lessOrEqual', right, left)],
]);

/** Whether evaluating it touches memory. */
const touchesMemory = (expression: C.Expression): boolean => {
  if (expression.tag === 'binary') return touchesMemory(expression.left) || touchesMemory(expression.right);
  if (expression.tag === 'unary' || expression.tag === 'cast') return touchesMemory(expression.operand);
  return expression.tag !== 'number' && expression.tag !== 'name';
};

/** The thread that a function is. */
export const lowerFunction = (source: C.ThreadFunction, setup: Setup): LitmusThread => {
  const lowering = new Lowering(source, setup);
  for (const statement of source.body) lowering.statement(statement);
  return lowering.builder.build(source.thread, setup, (name) => name);
};

class Lowering {
  readonly builder = new ThreadBuilder();
  private readonly thread: number;
  private readonly setup: Setup;
  private readonly parameters = new Map<string, Typed>();
  private readonly variables = new Map<string, C.Type>();
  private labels = 0;
  private temporaries = 0;

  constructor({ thread, parameters }: C.ThreadFunction, setup: Setup) {
    this.thread = thread;
    this.setup = setup;
    for (const { name, type } of parameters) {
      if (type.tag === 'pointer' && widthOf(type.to) === 'doubleword') setup.widenLocation(name);
      this.parameters.set(name, { value: constant(addressOf(setup.location(name))), type });
    }
  }

  statement(statement: C.Statement): void {
    switch (statement.tag) {
      case 'declare':
        this.declaration(statement);
        break;
      case 'assign':
        this.assign(statement.name, statement.value, statement.offset);
        break;
      case 'store':
        this.store(statement);
        break;
      case 'fence':
        this.builder.emit({ tag: 'fence', fence: `c.${statement.order}` });
        break;
      case 'evaluate':
        this.evaluate(statement.expression);
        break;
      case 'block':
        this.block(statement.statements);
        break;
      case 'if':
        this.if(statement);
        break;
      case 'loop':
        this.loop(statement);
        break;
    }
  }

  /** The variables declared in a block end with it; one of the same name after it is the same register, as in herd. */
  private block(statements: readonly C.Statement[]): void {
    const outer = [...this.variables];
    for (const statement of statements) this.statement(statement);
    this.variables.clear();
    for (const [name, type] of outer) this.variables.set(name, type);
  }

  private declaration({ name, type, value, offset }: C.Statement & { tag: 'declare' }): void {
    if (this.variables.has(name) || this.parameters.has(name)) {
      throw new LitmusError('unsupported', offset, `a second '${name}'`, 'give each variable of a thread its own name');
    }
    this.variables.set(name, type);
    this.builder.register(name);
    if (widthOf(type) === 'doubleword') this.setup.widenRegister(this.thread, name);
    if (value !== null) this.assign(name, value, offset);
  }

  private assign(name: string, value: C.Expression, offset: number): void {
    const type = this.variables.get(name);
    if (type === undefined) {
      throw this.parameters.has(name)
        ? new LitmusError('unsupported', offset, `an assignment to the parameter '${name}'`, 'assign to a variable')
        : this.unknown(name, offset);
    }
    const register = this.builder.register(name);
    const result = this.evaluate(value, register);
    const kept = as(type, result);
    if (kept.tag === 'register' && kept.register === register) return;
    this.builder.emit({ tag: 'assign', register, value: kept });
  }

  private unknown(name: string, offset: number): LitmusError {
    const known = [...this.parameters.keys(), ...this.variables.keys()].join(', ') || 'none';
    return new LitmusError('syntax', offset, `'${name}'`, `expected a parameter or a variable; there are ${known}`);
  }

  private store({ address, value, order }: C.Statement & { tag: 'store' }): void {
    this.inNoOrder(address, value);
    const { to, at } = this.pointer(address);
    const stored = this.evaluate(value).value;
    const width = widthOf(to);
    this.builder.emit({ tag: 'store', address: at, value: stored, order: writeOrder(order), width, status: null });
  }

  private if({ condition, then, otherwise }: C.Statement & { tag: 'if' }): void {
    const [orElse, end] = [this.newLabel(), this.newLabel()];
    this.jump(orElse, isZero(this.evaluate(condition).value));
    this.statement(then);
    if (otherwise !== null) this.jump(end, null);
    this.label(orElse);
    if (otherwise !== null) this.statement(otherwise);
    this.label(end);
  }

  private loop({ condition, body, isTestedFirst }: C.Statement & { tag: 'loop' }): void {
    const [again, end] = [this.newLabel(), this.newLabel()];
    this.label(again);
    if (isTestedFirst) this.jump(end, isZero(this.evaluate(condition).value));
    this.statement(body);
    this.jump(again, isTestedFirst ? null : this.evaluate(condition).value);
    this.label(end);
  }

  /** Its value, once the accesses in it are emitted. An access that is all of it may load straight `into` a register. */
  private evaluate(expression: C.Expression, into?: RegisterId): Typed {
    switch (expression.tag) {
      case 'number':
        return { value: constant(expression.value), type: expression.isLong ? long : int };
      case 'name': {
        const { name, offset } = expression;
        const type = this.variables.get(name);
        if (type) return { value: read(this.builder.register(name)), type };
        const parameter = this.parameters.get(name);
        if (parameter) return parameter;
        throw this.unknown(name, offset);
      }
      case 'unary':
        return this.unary(expression);
      case 'binary':
        return this.binary(expression);
      case 'cast': {
        const { type, operand } = expression;
        return { value: as(type, this.evaluate(operand)), type };
      }
      case 'load': {
        const { to, at: address } = this.pointer(expression.address);
        const [register, width] = [into ?? this.temporary(), widthOf(to)];
        const order = readOrder(expression.order);
        this.builder.emit({ tag: 'load', register, address, order, width, exclusive: false });
        return { value: read(register), type: to };
      }
      case 'update':
        return this.update(expression, into ?? this.temporary());
      case 'compareExchange':
        return this.compareExchange(expression, into ?? this.temporary());
    }
  }

  private unary({ operator, operand }: C.Expression & { tag: 'unary' }): Typed {
    const { value, type } = this.evaluate(operand);
    if (operator === '!') return { value: isZero(value), type: int };
    const left = constant(operator === '-' ? 0n : -1n);
    return this.wrapped(binary(operator === '-' ? 'subtract' : 'xor', left, value), type);
  }

  private binary(expression: C.Expression & { tag: 'binary' }): Typed {
    const { operator, left, right } = expression;
    if (operator === '&&' || operator === '||') return this.shortCircuit(operator, left, right);
    this.inNoOrder(left, right);
    const [first, second] = [this.evaluate(left), this.evaluate(right)];
    const compare = comparisons.get(operator);
    if (compare) return { value: compare(first.value, second.value), type: int };
    const isShift = operator === '<<' || operator === '>>';
    const type = isShift || widthOf(first.type) === 'doubleword' ? first.type : second.type;
    return this.wrapped(binary(arithmetic.get(operator) as Binary, first.value, second.value), type);
  }

  /** An `int` wraps; C leaves it open. A pointer counts in bytes, as in herd. */
  private wrapped(value: Expression, type: C.Type): Typed {
    return { value: widthOf(type) === 'word' ? low32(value) : value, type };
  }

  /** The right side is evaluated only if the left does not decide. */
  private shortCircuit(operator: '&&' | '||', left: C.Expression, right: C.Expression): Typed {
    const isTrue = (operand: C.Expression): Expression =>
      binary('notEqual', this.evaluate(operand).value, constant(0n));
    if (!touchesMemory(right)) {
      return { value: binary(operator === '&&' ? 'and' : 'or', isTrue(left), isTrue(right)), type: int };
    }
    const end = this.newLabel();
    const register = this.temporary();
    const value = read(register);
    this.builder.emit({ tag: 'assign', register, value: isTrue(left) });
    this.jump(end, operator === '&&' ? isZero(value) : value);
    this.builder.emit({ tag: 'assign', register, value: isTrue(right) });
    this.label(end);
    return { value, type: int };
  }

  private update(expression: C.Expression & { tag: 'update' }, register: RegisterId): Typed {
    this.inNoOrder(expression.address, expression.operand);
    const { to, at: address } = this.pointer(expression.address);
    const operand = this.evaluate(expression.operand).value;
    const { update, order } = expression;
    const orders = { readOrder: readOrder(order), writeOrder: writeOrder(order) };
    this.builder.emit({
      tag: 'update',
      register,
      address,
      update,
      operand,
      ...orders,
      width: widthOf(to),
      locked: false,
    });
    return { value: read(register), type: to };
  }

  /**
   * `expected` is a pointer: a plain load of what should be there, and if it is not, a plain store of what was.
   * Source: C11 7.17.7.4.
   */
  private compareExchange(expression: C.Expression & { tag: 'compareExchange' }, result: RegisterId): Typed {
    const { success, failure, weak } = expression;
    this.inNoOrder(expression.address, expression.expected, expression.desired);
    const { to, at: address } = this.pointer(expression.address);
    const at = this.pointer(expression.expected).at;
    const desired = this.evaluate(expression.desired).value;
    const width = widthOf(to);
    const [wanted, found] = [this.temporary(), this.temporary()];
    this.builder.emit({ tag: 'load', register: wanted, address: at, order: 'plain', width, exclusive: false });
    this.builder.emit({
      tag: 'compareAndSwap',
      register: found,
      result,
      address,
      expected: read(wanted),
      desired,
      readOrder: readOrder(success),
      writeOrder: writeOrder(success),
      failureOrder: readOrder(failure),
      width,
      locked: false,
      failsSpuriously: weak,
    });
    const done = this.newLabel();
    const value = read(result);
    this.jump(done, value);
    this.builder.emit({ tag: 'store', address: at, value: read(found), order: 'plain', width, status: null });
    this.label(done);
    return { value, type: int };
  }

  /** The address that an expression of pointer type is, and the type of what is there. */
  private pointer(expression: C.Expression): { readonly at: Expression; readonly to: C.Type } {
    const { value, type } = this.evaluate(expression);
    if (type.tag === 'pointer') return { at: value, to: type.to };
    throw new LitmusError('syntax', expression.offset, 'an integer', 'expected a pointer to what is accessed');
  }

  /** C leaves open which operand comes first: of two with accesses, nobody could say what happens. */
  private inNoOrder(...operands: readonly C.Expression[]): void {
    const second = operands.filter(touchesMemory)[1];
    if (!second) return;
    const remedy = 'C leaves their order open: write them as two statements';
    throw new LitmusError('unsupported', second.offset, 'a second access in one expression', remedy);
  }

  /** A register for something that has no name. */
  private temporary(): RegisterId {
    return this.builder.register(`#${this.temporaries++}`);
  }

  private newLabel(): string {
    return `#${this.labels++}`;
  }

  private label(name: string): void {
    this.builder.label(name, 0);
  }

  private jump(label: string, condition: Expression | null): void {
    this.builder.jump(label, condition, 0);
  }
}
