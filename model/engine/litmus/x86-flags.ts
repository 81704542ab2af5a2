import { binary, constant, read } from '#model/engine/litmus/expressions.ts';
import type { ThreadBuilder } from '#model/engine/litmus/thread-builder.ts';
import { type Size, signed } from '#model/engine/litmus/x86-registers.ts';
import type { Expression } from '#spec/machine/memory/program.ts';

type Condition = (left: Expression, right: Expression) => Expression;

const equal: Condition = (left, right) => binary('equal', left, right);
const notEqual: Condition = (left, right) => binary('notEqual', left, right);

/** By the letters after `J`, `SET` or `CMOV`: what must be so of the two values compared. `LT` and `GT` are herd's. */
const conditions: ReadonlyMap<string, Condition> = new Map([
  ['e', equal],
  ['z', equal],
  ['ne', notEqual],
  ['nz', notEqual],
  ['l', (left, right) => binary('less', left, right)],
  ['lt', (left, right) => binary('less', left, right)],
  ['le', (left, right) => binary('lessOrEqual', left, right)],
  ['g', (left, right) => binary('less', right, left)],
  ['gt', (left, right) => binary('less', right, left)],
  ['ge', (left, right) => binary('lessOrEqual', right, left)],
  ['b', (left, right) => binary('unsignedLess', left, right)],
  ['c', (left, right) => binary('unsignedLess', left, right)],
  ['be', (left, right) => binary('unsignedLessOrEqual', left, right)],
  ['a', (left, right) => binary('unsignedLess', right, left)],
  ['ae', (left, right) => binary('unsignedLessOrEqual', right, left)],
  ['nb', (left, right) => binary('unsignedLessOrEqual', right, left)],
  ['nc', (left, right) => binary('unsignedLessOrEqual', right, left)],
]);

/** The flags, as the two values that were compared last. No source can name their registers. */
export class Flags {
  private readonly builder: ThreadBuilder;
  /** Whether the two values tell all of the flags, and not only whether they are equal. */
  private areExact = false;
  constructor(builder: ThreadBuilder) {
    this.builder = builder;
  }

  /** As CMP sets them. */
  compare(left: Expression, right: Expression, size: Size): void {
    this.set(left, right, size);
    this.areExact = true;
  }

  /** As AND sets them: no carry, no overflow. */
  logical(result: Expression, size: Size): void {
    this.compare(result, constant(0n), size);
  }

  /** As ADD sets them; of them only whether the result is 0 is kept. */
  zero(result: Expression, size: Size): void {
    this.set(result, constant(0n), size);
    this.areExact = false;
  }

  /** A label: flags may come from elsewhere too. */
  forget(): void {
    this.areExact = false;
  }

  /** Whether a condition is met; null: there is none of that name, or the flags that it reads are not kept. */
  condition(name: string): Expression | null {
    const condition = conditions.get(name);
    if (!condition || !(this.areExact || condition === equal || condition === notEqual)) return null;
    return condition(read(this.builder.register('#left')), read(this.builder.register('#right')));
  }

  private set(left: Expression, right: Expression, size: Size): void {
    this.builder.emit({ tag: 'assign', register: this.builder.register('#left'), value: signed(size, left) });
    this.builder.emit({ tag: 'assign', register: this.builder.register('#right'), value: signed(size, right) });
  }
}
