import { readFileSync } from 'node:fs';
import { Check } from '#model/engine/check.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { leastMissed } from '#properties/assignments/least.ts';
import { suiteOf } from '#properties/assignments/lost.ts';
import pipe from '#properties/assignments/pipe/assignment.ts';
import { baseFrom, entry } from '#properties/attacks/attack.ts';
import { attacks } from '#properties/attacks/corpus.ts';
import { SubmissionProcess } from '#reports/grade/sandbox/submission.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';
import { submittedWorld } from '#reports/grade/sandbox/world.ts';

const only = process.argv[2];
const read = (p: string) => readFileSync(new URL('../../../' + p, import.meta.url), 'utf8');
const library = new Map(pipe.library.map((p) => [p, read(p)]));
const reference = read('impl/ipc/pipe.ts');
const suite = suiteOf(pipe);
const budget = {
  name: 'quick',
  sequences: 30,
  looks: 20,
  preemptions: 1,
  scenarioExecutions: 5,
  programs: 5,
  schedules: 3,
} as const;
const bad = 0;
const bases = [
  { name: 'BASE right', base: 'right', seen: 'inert', files: (b: string) => new Map([[entry, b]]) },
  { name: 'BASE wrong', base: 'wrong', seen: 'inert', files: (b: string) => new Map([[entry, b]]) },
] as const;
const t0 = performance.now();
for (const a of [...bases, ...attacks]) {
  if (only && !a.name.startsWith(only)) continue;
  const started = performance.now();
  let got = '';
  let why = '';
  let p: SubmissionProcess | undefined;
  try {
    const files = a.files(baseFrom(reference, a.base));
    p = new SubmissionProcess({ stepSeconds: 2, memoryMegabytes: 96 });
    try {
      const world = submittedWorld(p, { files, entry, library }, suite.subject.exports);
      try {
        const missed = leastMissed(pipe, rigFor(suite.subject, 'xv6', world));
        const claims = suite.claims.filter((c) => ['refines', 'linearizes', 'progress', 'faultless'].includes(c.id));
        const check = new Check({
          ...usualPlan,
          suite,
          variant: 'xv6',
          world,
          implementation: { tag: 'reference' },
          claims,
          budget,
          seed: 1,
          memories: ['sc'],
        });
        for (const _ of check.run());
        got = missed ? 'least missed' : 'least ok';
        for (const { claim, verdict, counterexample } of check.results().claims) {
          got += ` ${claim.id}:${verdict.tag}`;
          if (counterexample)
            why ||= JSON.stringify((counterexample as any).divergence ?? counterexample).slice(0, 150);
        }
      } catch (e) {
        got = 'RUN ' + (e instanceof SubmissionFailure ? `FAIL ${e.reason}` : `*** ${(e as Error).stack}`);
        why = (e as Error).message;
      }
    } catch (e) {
      got = 'LOAD ' + (e instanceof SubmissionFailure ? `FAIL ${e.reason}` : `*** ${(e as Error).stack}`);
      why = (e as Error).message;
    }
  } catch (e) {
    got = '*** ' + (e as Error).stack;
  } finally {
    p?.end();
  }
  console.log(
    `${a.name.padEnd(32)} ${a.seen.padEnd(8)} ${a.base.padEnd(6)} ${String(Math.round(performance.now() - started)).padStart(6)} ms  ${got} | ${why.slice(0, 160).replaceAll('\n', ' ')}`,
  );
}
console.log(
  'total',
  Math.round((performance.now() - t0) / 1000),
  's; rss',
  Math.round(process.memoryUsage.rss() / 1e6),
);
process.exit(0);
