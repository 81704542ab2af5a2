import Table from 'cli-table3';
import { showClaim } from '#model/claim.ts';
import type { CheckResult } from '#model/engine/check.ts';
import type { Exhausted } from '#model/engine/explore/exploration.ts';
import type { ClaimResult } from '#model/engine/plan.ts';
import { type Output, type Style, styled } from '#reports/cli/output.ts';
import { plural } from '#reports/text/story.ts';

const signs: Record<ClaimResult['verdict']['tag'], { readonly sign: string; readonly style: Style }> = {
  holds: { sign: '✓', style: 'green' },
  refuted: { sign: '✗', style: 'red' },
  'gave-up': { sign: '?', style: 'yellow' },
};

/** A verdict's sign, coloured. */
export const signOf = (output: Output, tag: ClaimResult['verdict']['tag']): string =>
  styled(output, signs[tag].style, signs[tag].sign);

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table without lines. */
export const plainTable = (rows: readonly (readonly string[])[]): string => {
  const table = new Table({
    chars: borderless,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};

/** What was found out about one implementation: a line a claim, and how much was explored. */
export const checkText = (result: CheckResult, name: string, output: Output): string => {
  const rows = result.claims.map(({ claim, verdict }) => [
    signOf(output, verdict.tag),
    showClaim(claim),
    styled(output, 'dim', verdict.tag === 'gave-up' ? verdict.why : plural(verdict.executions, 'execution')),
  ]);
  const scenarios = result.exhausted;
  const explored = [
    plural(result.executions, 'execution'),
    plural(result.steps, 'step'),
    plural(result.coverage.states, 'spec state'),
    ...(scenarios.length > 0 ? [exploredOf(scenarios)] : []),
  ].join(', ');
  return `${styled(output, 'bold', name)}\n${plainTable(rows)}\n  ${styled(output, 'dim', explored)}\n`;
};

/** How far the scenarios were explored. */
const exploredOf = (scenarios: readonly Exhausted[]): string => {
  const count = (end: Exhausted['end']): number => scenarios.filter((scenario) => scenario.end === end).length;
  const upTo = plural(scenarios[0]?.preemptions ?? 0, 'preemption');
  const schedules = count('schedules');
  const steps = count('steps');
  return [
    `every execution of ${count('all')} of ${plural(scenarios.length, 'scenario')}`,
    ...(schedules > 0 ? [`every schedule of ${schedules} more up to ${upTo}`] : []),
    ...(steps > 0 ? [`${steps} cut off at the step limit`] : []),
  ].join(', ');
};
