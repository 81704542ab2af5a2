/**
 * A class of made submissions, right, wrong and hostile, graded as a teacher would, twice; and what each should have got, by
 * the claims in this process: `node reports/bench/class.ts FOLDER [COUNT] [WORKERS] [ASSIGNMENT]`. It goes on where it was
 * cut. Ends with exit code 1 if any grade is another than it should be.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Implementation } from '#model/counterexample.ts';
import type { Assignment } from '#properties/assignments/assignment.ts';
import { assignments } from '#properties/assignments/index.ts';
import { lostBy } from '#properties/assignments/lost.ts';
import { type Made, madeFor } from '#reports/bench/class/made.ts';
import { median } from '#reports/bench/measure.ts';
import { loadImplementation } from '#reports/cli/counterexamples.ts';
import { writeText } from '#reports/cli/files.ts';
import { processOutput } from '#reports/cli/output.ts';
import type { Graded, Spent } from '#reports/grade/graded.ts';

const [folder = 'reports/out/class', count = '300', workers = '2', only] = process.argv.slice(2);
const output = processOutput();

/** What these lose, each found out once: many attacks have the same honest part. */
const known = new Map<string, Promise<readonly string[]>>();

const lostOnce = (assignment: Assignment, implementation: Implementation): Promise<readonly string[]> => {
  const key = JSON.stringify([assignment.name, implementation]);
  const found =
    known.get(key) ??
    loadImplementation(assignment.subject, assignment.variant, implementation).then((world) =>
      lostBy(assignment, world),
    );
  known.set(key, found);
  return found;
};

/** Whether a submission has lost these and should have; if not, what it should have lost. */
const mistakeIn = async (
  assignment: Assignment,
  { loses }: Made,
  did: readonly string[],
): Promise<string | undefined> => {
  const should = loses.tag === 'these' ? loses.ids : await lostOnce(assignment, loses.implementation);
  const isRight =
    loses.tag === 'as and perhaps more' ? should.every((id) => did.includes(id)) : should.join() === did.join();
  return isRight ? undefined : `should lose ${should.join(' ') || 'nothing'}`;
};

const lostIn = ({ tests }: Graded): readonly string[] =>
  tests.filter(({ score, maximum }) => score < maximum).map(({ id }) => id);

interface Row {
  readonly graded: Graded;
  readonly spent: Spent;
}

const gradedIn = (path: string): Row => JSON.parse(readFileSync(join(path, 'graded.json'), 'utf8')) as Row;

const chosen = assignments.filter(
  ({ kind, name }) => kind === 'implementation' && (only === undefined || name === only),
);
const all = chosen.flatMap((assignment) =>
  madeFor(assignment, join(folder, 'bases')).map((made) => ({ assignment, made })),
);
const step = Math.max(1, all.length / Number(count));
const taken = Array.from({ length: Math.min(all.length, Number(count)) }, (_, i) => all[Math.floor(i * step)]).filter(
  (one) => one !== undefined,
);
output.out(`${taken.length} of ${all.length} submissions`);

const classes = chosen.map((assignment) => ({
  assignment,
  class_: taken.filter((one) => one.assignment === assignment).map(({ made }) => made),
}));
type Class = (typeof classes)[number];

const outOf = ({ assignment }: Class, time: 'first' | 'second'): string => join(folder, `${assignment.name}-${time}`);

/** Grades a class as a teacher would, in a process of its own. */
const grade = (one: Class, time: 'first' | 'second'): void => {
  const { assignment, class_ } = one;
  const paths = class_.map(({ name }) => join(folder, assignment.name, name));
  const options = ['--assignment', assignment.name, '--out', outOf(one, time), '--workers', workers];
  const done = spawnSync(process.execPath, ['reports/cli/rendezvous.mjs', 'grade', ...paths, ...options], {
    encoding: 'utf8',
  });
  if (done.status !== 0 && done.status !== 1) output.out(`grade ended with ${done.status}: ${done.stderr}`);
};

const spent: Spent[] = [];
let asTheyShould = 0;
for (const one of classes) {
  const { assignment, class_ } = one;
  for (const { name, files } of class_) {
    for (const [path, text] of files) writeText(join(folder, assignment.name, name, path), text);
  }
  grade(one, 'first');
  for (const made of class_) {
    const row = gradedIn(join(outOf(one, 'first'), made.name));
    spent.push(row.spent);
    const did = lostIn(row.graded);
    const { failure } = row.graded;
    const mistake =
      failure?.reason === 'our fault' ? 'should be judged to its end' : await mistakeIn(assignment, made, did);
    if (mistake === undefined) asTheyShould++;
    else {
      output.out(`${assignment.name}/${made.name}: ${mistake}; lost ${did.join(' ')} ${failure?.why ?? ''}`);
    }
  }
  output.out(`${assignment.name}: ${class_.length} graded`);
}
const of = (pick: (one: Spent) => number): string => median(spent.map(pick)).toFixed(1);
output.out(
  `${asTheyShould} of ${taken.length} as they should be. Medians: ${of(({ seconds }) => seconds)} s, of which sandbox ${of(({ sandboxSeconds }) => sandboxSeconds)}, exploration ${of(({ explorationSeconds }) => explorationSeconds)}, reports ${of(({ reportSeconds }) => reportSeconds)}; ${of(({ memoryMegabytes }) => memoryMegabytes)} megabytes`,
);

let twiceTheSame = 0;
for (const one of classes) {
  grade(one, 'second');
  for (const { name } of one.class_) {
    const [first, second] = (['first', 'second'] as const).map((time) => gradedIn(join(outOf(one, time), name)).graded);
    if (JSON.stringify(first) === JSON.stringify(second)) twiceTheSame++;
    else output.out(`${one.assignment.name}/${name}: is not twice the same`);
  }
}
output.out(`${twiceTheSame} of ${taken.length} twice the same`);
process.exitCode = asTheyShould === taken.length && twiceTheSame === taken.length ? 0 : 1;
