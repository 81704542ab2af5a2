import { readFileSync } from 'node:fs';
import { claimsAbout, type Suite } from '#model/claim.ts';
import { Check } from '#model/engine/check.ts';
import { type Budget, budgets } from '#model/engine/explore/budget.ts';
import { type Edit, repositoryUrl } from '#model/engine/load/hooks.ts';
import { loadWorld, type World } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { SuiteError } from '#model/suite-error.ts';
import { suites } from '#properties/index.ts';
import { editsOf } from '#reports/bench/small-edits.ts';

/**
 * How much of an implementation its claims notice: `node reports/bench/edits.ts SUBJECT VARIANT [FILE] [FROM] [COUNT]`
 * makes every small edit of its text, one at a time, and says which ones no claim refutes in the quick budget. Those are
 * for a person to judge: the code may do the same without, or a claim or a scenario is missing.
 */

const [, , subjectId = '', variant = '', path, from = '0', count = '1000'] = process.argv;

const budget: Budget = { ...budgets.quick, sequences: 100, looks: 800, scenarioExecutions: 500, programs: 120 };

const suiteOf = (id: string): Suite => {
  const suite = suites.find(({ subject }) => subject.id === id);
  if (!suite) throw new SuiteError('S101', `no subject is called '${id}'`, 'see `npx rendezvous list`');
  return suite;
};

/** The claim that refutes an implementation; undefined: none does. */
const refutedBy = (suite: Suite, world: World): string | undefined => {
  for (const claims of claimsInTurn(suite)) {
    const implementation = { tag: 'mutant', id: 'edit' } as const;
    const check = new Check({ suite, variant, world, implementation, claims, budget, seed: 1, ...usualPlan });
    for (const _ of check.run()) {
      // the check itself stops at a refutation of all its claims
    }
    const refuted = check.results().claims.find(({ verdict }) => verdict.tag === 'refuted');
    if (refuted) return refuted.claim.id;
  }
  return undefined;
};

/** The claims that find most come first, each alone; then all others at once. */
const claimsInTurn = (suite: Suite) => {
  const claims = claimsAbout(suite, variant).filter(({ tag }) => tag !== 'ordering' && tag !== 'sometimes');
  const first = ['refines', 'linearizes', 'progress', 'faultless'];
  const alone = first.flatMap((tag) => claims.filter((claim) => claim.tag === tag).map((claim) => [claim]));
  const rest = claims.filter(({ tag }) => !first.includes(tag));
  return rest.length > 0 ? [...alone, rest] : alone;
};

const suite = suiteOf(subjectId);
const module = suite.subject.variants.find(({ name }) => name === variant)?.module;
if (module === undefined)
  throw new SuiteError('S104', `${subjectId} has no variant '${variant}'`, 'see `npx rendezvous list`');
const file = path ?? `impl/${module}`;
const edits = editsOf(file, readFileSync(new URL(file, repositoryUrl), 'utf8')).slice(
  Number(from),
  Number(from) + Number(count),
);

const tried = { refuted: 0, broken: 0, survived: 0 };
for (const [i, edit] of edits.entries()) {
  const { change, line, ...plain } = edit;
  let outcome: keyof typeof tried = 'broken';
  try {
    const world = await loadWorld({ tag: 'ours', module, edits: [plain satisfies Edit] }, suite.subject.exports);
    outcome = refutedBy(suite, world) === undefined ? 'survived' : 'refuted';
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error; // what cannot be loaded is no implementation
  }
  tried[outcome]++;
  if (outcome === 'survived') process.stdout.write(`${Number(from) + i} ${file}:${line}: ${change}\n`);
}
process.stdout.write(`${file}: ${edits.length} edits, ${JSON.stringify(tried)}\n`);
