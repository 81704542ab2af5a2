import type { Program, Subject } from '#model/subject.ts';

/** Programs one step smaller: a thread less, a call less, then whatever the subject finds simpler. All make some call. */
export function* smallerPrograms(subject: Subject, program: Program): Generator<Program> {
  for (const smaller of candidates(subject, program)) {
    if (smaller.threads.some((calls) => calls.length > 0)) yield smaller;
  }
}

/** Programs of one thread less that make the same calls: those of one thread come after or before those of another. */
export function* joinedPrograms(subject: Subject, program: Program): Generator<Program> {
  const { threads } = program;
  for (const [gone, calls] of threads.entries()) {
    for (const [other, own] of threads.entries()) {
      if (other === gone || calls.length === 0 || own.length === 0) continue;
      for (const joined of [
        [...own, ...calls],
        [...calls, ...own],
      ]) {
        const smaller = { ...program, threads: threads.with(gone, []).with(other, joined) };
        if (subject.validate(smaller) === undefined) yield smaller;
      }
    }
  }
}

/**
 * Programs that make the same calls: without the last thread, if it makes none, and with what the parameters say of each
 * thread but of that one; or with the calls of one thread made by an earlier one that has none.
 */
export function* tidierPrograms(subject: Subject, program: Program): Generator<Program> {
  for (const tidier of tidierCandidates(program)) if (subject.validate(tidier) === undefined) yield tidier;
}

function* tidierCandidates(program: Program): Generator<Program> {
  const { threads, parameters } = program;
  if (threads.at(-1)?.length === 0) {
    const withoutLast = (value: unknown): unknown =>
      Array.isArray(value) && value.length === threads.length ? value.slice(0, -1) : value;
    const left = Object.entries(parameters ?? {}).map(([name, value]) => [name, withoutLast(value)]);
    yield { ...program, threads: threads.slice(0, -1), parameters: parameters && Object.fromEntries(left) };
  }
  const idle = threads.findIndex((calls) => calls.length === 0);
  for (const [thread, calls] of threads.entries()) {
    if (idle < 0 || thread < idle || calls.length === 0) continue;
    yield { ...program, threads: threads.with(thread, []).with(idle, calls) };
  }
}

function* candidates(subject: Subject, program: Program): Generator<Program> {
  const { threads } = program;
  for (const [thread, calls] of threads.entries()) {
    if (calls.length > 0) yield { ...program, threads: threads.with(thread, []) };
  }
  for (const [thread, calls] of threads.entries()) {
    if (calls.length < 2) continue; // the only call: the thread above
    for (let index = calls.length - 1; index >= 0; index--) {
      yield { ...program, threads: threads.with(thread, calls.toSpliced(index, 1)) };
    }
  }
  yield* subject.simpler(program);
}

/** Every program that any number of such steps leads to, those that are nearer first, each once. */
export function* allSmallerPrograms(subject: Subject, program: Program): Generator<Program> {
  const seen = new Set<string>();
  const found = [program];
  for (const next of found) {
    if (next !== program) yield next;
    for (const smaller of smallerPrograms(subject, next)) {
      const key = JSON.stringify(smaller);
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(smaller);
    }
  }
}
