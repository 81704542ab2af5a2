import { Kind, type Routine, register, type Word } from '#impl/machine/ops.ts';
import type { GraphProgram } from '#model/engine/graph/program.ts';

/** An access as it was made: what it gave to its thread, and what the graph says of it. */
interface Made {
  readonly word: Word;
  readonly text: string;
}

/** A graph under sequential consistency, as far as it has come. A write is named by its thread and its place there. */
interface Grown {
  readonly threads: readonly (readonly Made[])[];
  readonly mo: readonly (readonly { readonly name: string; readonly word: Word }[])[];
}

/**
 * The complete execution graphs of a program under sequential consistency, found by letting its threads take their steps
 * in every order: slow, and by no rule but that a read gives the last word that was written. Gives each graph as text.
 */
export const byInterleavings = ({ threads, initial }: GraphProgram): ReadonlySet<string> => {
  const complete = new Set<string>();
  const seen = new Set<string>();
  const left: Grown[] = [{ threads: threads.map(() => []), mo: initial.map((word) => [{ name: 'initial', word }]) }];
  for (let grown = left.pop(); grown !== undefined; grown = left.pop()) {
    const text = textOf(grown);
    if (seen.has(text)) continue;
    seen.add(text);
    const ended = threads.map((begin, thread) => {
      if (isAtEnd(begin(), grown.threads[thread] as readonly Made[])) return true;
      const next = step(grown, thread);
      if (next !== null) left.push(next);
      return false;
    });
    if (ended.every(Boolean)) complete.add(text);
  }
  return complete;
};

const textOf = ({ threads, mo }: Grown): string =>
  [
    ...threads.map((made) => made.map(({ text }) => text).join(' ')),
    ...mo.map((writes) => writes.map(({ name }) => name).join()),
  ].join('|');

/** Leads a thread to its next access, which is then in the register. Gives whether there is none: it has ended. */
const isAtEnd = (routine: Routine<unknown>, made: readonly Made[]): boolean => {
  let given = 0;
  for (let i = 0; ; ) {
    const { done } = routine.next(given);
    register.pending = false;
    if (done) return true;
    given = 0;
    if (register.kind === Kind.fence || register.kind === Kind.pause) continue;
    if (i === made.length) return false;
    given = (made[i++] as Made).word;
  }
};

/** The graph with the access that is in the register. Null: it is an await, and the word is another. */
const step = ({ threads, mo }: Grown, thread: number): Grown | null => {
  const { kind, address, operand, expected } = register;
  const writes = mo[address] as Grown['mo'][number];
  const last = writes.at(-1) as (typeof writes)[number];
  const name = `${thread}.${(threads[thread] as readonly Made[]).length}`;
  const isWaiting = kind === Kind.awaitWord;
  if (isWaiting && (last.word === operand) === (expected === 1)) return null;
  const written = wordWritten(kind, last.word);
  const source = kind === Kind.store ? '' : `<${last.name}`;
  const made = {
    word: isWaiting || kind === Kind.store ? 0 : last.word,
    text: `${kind}@${address}=${written}${source}`,
  };
  return {
    threads: threads.map((all, t) => (t === thread ? [...all, made] : all)),
    mo: written === null ? mo : mo.map((all, at) => (at === address ? [...all, { name, word: written }] : all)),
  };
};

/** What the access in the register writes where it finds a word; null: nothing. */
const wordWritten = (kind: number, found: Word): Word | null => {
  switch (kind) {
    case Kind.store:
    case Kind.swap:
      return register.operand;
    case Kind.fetchAdd:
      return (found + register.operand) | 0;
    case Kind.compareAndSwap:
      return found === register.expected ? register.operand : null;
    default:
      return null;
  }
};
