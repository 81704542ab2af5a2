import { availableParallelism, totalmem } from 'node:os';
import { Check } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { suites } from '#properties/index.ts';
import { provoke } from '#reports/cli/canary.ts';
import { loadImplementation } from '#reports/cli/counterexamples.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { outFolder, prepareFolder } from '#reports/cli/files.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { plural } from '#reports/text/story.ts';
import { plainTable } from '#reports/text/summary.ts';

/** A thing the tool needs, and whether this machine has it. */
interface Finding {
  readonly name: string;
  readonly fit: boolean;
  readonly detail: string;
}

const attempt = async (name: string, run: () => Promise<string> | string): Promise<Finding> => {
  try {
    return { name, fit: true, detail: await run() };
  } catch (error) {
    return { name, fit: false, detail: error instanceof Error ? error.message : String(error) };
  }
};

/** Executions per second of a short random check of the first subject. */
const measureSpeed = async (): Promise<string> => {
  const suite = suites[0] as (typeof suites)[number];
  const variant = suite.subject.variants[0]?.name as string;
  const implementation = { tag: 'reference' as const };
  const world = await loadImplementation(suite.subject.id, variant, implementation);
  const claims = suite.claims.filter((claim) => claim.tag === 'linearizes');
  const budget = { ...budgets.quick, sequences: 0, programs: 200 };
  const check = new Check({
    suite,
    variant,
    world,
    implementation,
    claims,
    budget,
    seed: 1,
    ...usualPlan,
    explore: 'random',
    memories: ['sc'],
  });
  const started = performance.now();
  for (const _ of check.run());
  const seconds = (performance.now() - started) / 1000;
  return `${Math.round(check.results().executions / seconds).toLocaleString('en')} executions per second`;
};

/** Says whether this machine is fit, and proves that the tool can find a bug here. */
export const doctor = async (json: boolean, output: Output): Promise<ExitCode> => {
  const findings = [
    await attempt('runtime', () => `Node ${process.versions.node} on ${process.platform} ${process.arch}`),
    await attempt('machine', () => `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`),
    await attempt('output', () => {
      prepareFolder(outFolder);
      return `${outFolder} can be written`;
    }),
    await attempt('canary', async () => {
      const { story } = (await provoke(1)).counterexample;
      return `a false claim is refuted in ${plural(story.calls, 'call')}, and the refutation replays`;
    }),
    await attempt('speed', measureSpeed),
  ];
  const isFit = findings.every((finding) => finding.fit);
  if (json) output.out(JSON.stringify({ fit: isFit, findings }));
  else {
    output.out(
      plainTable(
        findings.map(({ name, fit, detail }) => [styled(output, fit ? 'green' : 'red', fit ? '✓' : '✗'), name, detail]),
      ),
    );
    output.out(isFit ? 'this machine is fit' : 'this machine is not fit: see the lines marked ✗');
  }
  return isFit ? exitCode.holds : exitCode.ourFault;
};
