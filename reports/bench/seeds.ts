/**
 * What other seeds say of the references, in the budget `grade`: `node reports/bench/seeds.ts 2 20 ipc/lrpc sched/` takes
 * the seeds 2 to 20, one after the other, of all subjects whose ids contain one of the words; all subjects, if there is
 * none. The first seed of all, 1, makes everything; others what they decide (docs/adr/0037). Says a line for each
 * implementation, and for each claim that does not hold where its story is. Ends with exit code 1 if there is one.
 */
import { join } from 'node:path';
import { claimsAbout } from '#model/claim.ts';
import { Check, type CheckResult } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { suites } from '#properties/index.ts';
import { saveCounterexample } from '#reports/cli/counterexamples.ts';
import { outFolder } from '#reports/cli/files.ts';
import { processOutput } from '#reports/cli/output.ts';

const [from = '1', to = '20', ...words] = process.argv.slice(2);
const output = processOutput();
const folder = join(outFolder, 'seeds');
const chosen = suites.filter(({ subject }) => words.length === 0 || words.some((word) => subject.id.includes(word)));

/** What does not hold, a line each. */
const failuresIn = ({ claims, plan }: CheckResult): readonly string[] =>
  claims.flatMap(({ claim, verdict, counterexample }) => {
    if (verdict.tag === 'holds') return [];
    const where = counterexample && saveCounterexample(join(folder, `seed-${plan.seed}`), counterexample);
    return [`  ${claim.id} ${verdict.tag}: ${verdict.tag === 'gave-up' ? verdict.why : where}`];
  });

let failed = 0;
for (let seed = Number(from); seed <= Number(to); seed++) {
  for (const suite of chosen) {
    for (const { name: variant, module } of suite.subject.variants) {
      const world = await loadWorld({ tag: 'ours', module, edits: [] }, suite.subject.exports);
      const began = process.cpuUsage();
      const check = new Check({
        ...usualPlan,
        suite,
        variant,
        world,
        implementation: { tag: 'reference' },
        claims: claimsAbout(suite, variant),
        budget: budgets.grade,
        seed,
        explore: seed === 1 ? 'all' : 'drawn',
      });
      for (const _ of check.run());
      const result = check.results();
      const failures = failuresIn(result);
      failed += failures.length;
      const { user, system } = process.cpuUsage(began);
      const held = result.claims.length - failures.length;
      output.out(
        `seed ${seed} ${suite.subject.id} (${variant}): ${held} of ${result.claims.length} hold, ${result.executions} executions, ${((user + system) / 1e6).toFixed(0)} s of CPU`,
      );
      for (const failure of failures) output.out(failure);
    }
  }
}
process.exitCode = failed === 0 ? 0 : 1;
