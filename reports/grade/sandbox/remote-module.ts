import type { Allocator } from '#impl/machine/allocator.ts';
import type { Allocation, Value } from '#reports/grade/sandbox/protocol.ts';
import { Routines } from '#reports/grade/sandbox/routines.ts';
import type { Shadow } from '#reports/grade/sandbox/shadow.ts';
import type { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

/** Objects that are sent once and then go by a number: layouts, which the submission made, and tables, which it is given. */
class Kept {
  readonly #process: SubmissionProcess;
  readonly #ids = new WeakMap<object, number>();
  readonly #byText = new Map<string, number>();
  #last = 0;

  constructor(process: SubmissionProcess) {
    this.#process = process;
  }

  /** The number under which the submission's process will keep what it makes next. */
  reserve(): number {
    return ++this.#last;
  }

  is(object: object, id: number): void {
    this.#ids.set(object, id);
  }

  /** A value as it is sent. Of objects in it, those that are large or the submission's own go by their numbers. */
  sent(value: unknown): Value {
    if (typeof value !== 'object' || value === null) return (value ?? null) as Value;
    const id = this.#ids.get(value);
    if (id !== undefined) return { $: id };
    if (isTable(value)) return { $: this.#table(value) };
    if (Array.isArray(value)) return value.map((part) => this.sent(part));
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.sent(part)]));
  }

  #table(table: object): number {
    const text = JSON.stringify(table);
    let id = this.#byText.get(text);
    if (id === undefined) {
      id = this.reserve();
      this.#byText.set(text, id);
      this.#process.ask({ ask: 'keep', id, value: JSON.parse(text) as Value }, 'what it is given');
    }
    this.#ids.set(table, id);
    return id;
  }
}

/** The kernel's thread table: the same for all that is asked of a program. */
const isTable = (value: object): boolean => 'threads' in value && 'cores' in value && 'waitLock' in value;

interface Booted {
  readonly id: number;
  readonly allocations: readonly Allocation[];
  readonly layout: Value;
}

/** What the real allocator is asked for, as the submission asked for it. */
const allocate = (memory: Allocator, allocations: readonly Allocation[], shadow: Shadow): void => {
  for (const one of allocations) {
    if ('page' in one) {
      memory.page(one.isAllocated, (page) => {
        allocate(page, one.page, shadow);
        return {};
      });
    } else {
      const first = memory.words(one.name, one.count, one.initial);
      for (let i = 0; i < one.count; i++) shadow.holds(first + i, one.initial);
    }
  }
};

/**
 * A submission's module as the subjects see it: each of its functions is a routine that is performed elsewhere, but `boot`,
 * which lays memory out. SubmissionFailure: it cannot be loaded.
 */
export const remoteModule = (
  process: SubmissionProcess,
  modules: Readonly<Record<string, string>>,
  entry: string,
): Readonly<Record<string, unknown>> => {
  const loaded = process.ask({ ask: 'load', modules, entry }, 'loading it');
  if ('failed' in loaded) throw new SubmissionFailure('does not load', loaded.failed);
  const kept = new Kept(process);
  const routines = new Routines(process);
  const booted = new Map<string, Booted>();
  const boot = (memory: Allocator, ...given: unknown[]): Value => {
    const base = memory.words('', 0); // allocates nothing: this is where its first word will be
    const sent = given.map((value) => kept.sent(value));
    const key = JSON.stringify([base, sent]);
    let known = booted.get(key);
    if (!known) {
      const id = kept.reserve();
      const answer = process.ask({ ask: 'boot', id, base, arguments: sent }, '`boot`');
      if ('failed' in answer) throw new SubmissionFailure('does not load', `boot threw ${answer.failed}`);
      known = { id, ...answer };
      booted.set(key, known);
    }
    allocate(memory, known.allocations, routines.shadow);
    const { layout } = known;
    if (typeof layout === 'object' && layout !== null) kept.is(layout, known.id);
    return layout;
  };
  const routineOf = (name: string) => [
    name,
    (...given: unknown[]) =>
      routines.routine(
        name,
        given.map((value) => kept.sent(value)),
      ),
  ];
  return Object.fromEntries(loaded.exports.map((name) => (name === 'boot' ? [name, boot] : routineOf(name))));
};
