import { type Comparison, type Ending, mapAtoms, type Named, type Proposition } from '#model/engine/litmus/question.ts';
import type { InitialState } from '#model/engine/litmus/setup.ts';
import { addressOf, type FrontEnd, LitmusError } from '#model/engine/litmus/source.ts';
import type { Atom, Shown } from '#model/engine/litmus/test.ts';
import { asType } from '#model/engine/litmus/types.ts';
import type { LitmusThread, Observed } from '#spec/machine/memory/program.ts';

/** What a test looks at in the end, once names are numbers. */
export interface Observation {
  /** With a register more where the question names one that no instruction does. */
  readonly threads: readonly LitmusThread[];
  readonly observed: readonly Observed[];
  readonly shown: readonly Shown[];
  resolve(proposition: Proposition<Comparison>): Proposition<Atom>;
}

interface Entry extends Shown {
  readonly observed: Observed;
}

/** Numbers what the ending of a test names, in herd's order: registers by thread and name, then locations. */
export const observe = (
  asked: Ending,
  given: readonly LitmusThread[],
  setup: InitialState,
  frontEnd: FrontEnd,
): Observation => {
  const threads = [...given];
  const entries = new Map<string, Entry>();

  const registerOf = (thread: number, name: string): number => {
    const owner = threads[thread] as LitmusThread;
    const known = owner.registers.indexOf(name);
    if (known >= 0) return known;
    threads[thread] = { ...owner, registers: [...owner.registers, name], initial: [...owner.initial, 0n] };
    return owner.registers.length;
  };

  /** Gives the name under which it is shown. */
  const look = (what: Named, isShown: boolean): string => {
    if (what.tag === 'location') {
      const location = setup.location(what.name);
      const name = `[${what.name}]`;
      const type = setup.typeOfLocation(location);
      add({ name, type, isShown, observed: { tag: 'location', location } });
      return name;
    }
    const register = frontEnd.registerNamed(what.name);
    if (register === null || what.thread >= threads.length) {
      const problem = `'${what.thread}:${what.name}'`;
      throw new LitmusError('syntax', what.offset, problem, 'expected a register of one of the threads');
    }
    const { thread } = what;
    const name = `${thread}:${register}`;
    const type = setup.typeOfRegister(thread, register, (alias) => frontEnd.registerNamed(alias));
    add({ name, type, isShown, observed: { tag: 'register', thread, register: registerOf(thread, register) } });
    return name;
  };

  const add = (entry: Entry): void => {
    if (!entries.has(entry.name)) entries.set(entry.name, entry);
  };

  mapAtoms(asked.proposition, ({ what }) => look(what, true));
  for (const what of asked.locations) look(what, true);
  if (asked.filter) mapAtoms(asked.filter, ({ what }) => look(what, false));
  const sorted = [...entries.values()].sort(inOrder);
  return {
    threads,
    observed: sorted.map(({ observed }) => observed),
    shown: sorted.map(({ name, type, isShown }) => ({ name, type, isShown })),
    resolve: (proposition) =>
      mapAtoms(proposition, ({ what, isEqual, value }) => {
        const name = look(what, false);
        const index = sorted.findIndex((entry) => entry.name === name);
        const constant = value.tag === 'number' ? value.value : addressOf(setup.location(value.name));
        return { observed: index, isEqual, value: asType((sorted[index] as Entry).type, constant) };
      }),
  };
};

const inOrder = (left: Entry, right: Entry): number => {
  if (left.observed.tag !== right.observed.tag) return left.observed.tag === 'register' ? -1 : 1;
  return compareNames(left.name, right.name);
};

/** Numbers within names count as numbers: `X2` is before `X10`. */
const compareNames = (left: string, right: string): number => {
  const [a, b] = [left.match(/\d+|\D+/g) ?? [], right.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a[i] as string, b[i] as string];
    if (x === y) continue;
    const byNumber = Number(x) - Number(y);
    if (byNumber !== 0 && !Number.isNaN(byNumber)) return byNumber;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
};
