import type { Program, Subject } from '#model/subject.ts';

/** Programs one step smaller: a thread less, a call less, then whatever the subject finds simpler. All make some call. */
export function* smallerPrograms(subject: Subject, program: Program): Generator<Program> {
  for (const smaller of candidates(subject, program)) {
    if (smaller.threads.some((calls) => calls.length > 0)) yield smaller;
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
