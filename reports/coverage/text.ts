import { type Output, styled } from '#reports/cli/output.ts';
import type {
  CoverageDocument,
  CoveredImplementation,
  CoveredOrders,
  CoveredPairs,
  CoveredSite,
  CoveredTransitions,
  FileCoverage,
} from '#reports/html/client/coverage/data.ts';
import { plural, sizeText } from '#reports/text/story.ts';
import { plainTable, signOf } from '#reports/text/summary.ts';

const thousands = (count: number): string => count.toLocaleString('en');

/** The whole report for a terminal. */
export const coverageText = ({ implementations, code }: CoverageDocument, output: Output): string =>
  [
    ...implementations.flatMap((one) => [...implementationLines(one, output), '']),
    ...(code ? [styled(output, 'bold', 'code'), plainTable(codeRows(code, output))] : []),
  ]
    .join('\n')
    .trimEnd();

const implementationLines = (one: CoveredImplementation, output: Output): string[] => {
  const { subject, variant, implementation, transitions, pairs, orders } = one;
  const whose = implementation === 'reference' ? 'the reference' : implementation;
  return [
    styled(output, 'bold', `${subject} (${variant}), ${whose}`),
    `  ${executionsText(one)}`,
    ...transitionLines(transitions, output),
    ...pairLines(pairs, output),
    ...orderLines(orders, output),
  ];
};

const executionsText = ({ executions, unexplained }: CoveredImplementation): string =>
  `${thousands(executions)} executions${unexplained > 0 ? `, of which the spec does not explain ${thousands(unexplained)}` : ''}`;

const transitionLines = ({ seen, known, space, all, neverSeen }: CoveredTransitions, output: Output): string[] => {
  const calls = [...new Set(all.map(({ call }) => call))];
  const rows = calls.map((call) => {
    const met = all.filter((one) => one.call === call && one.seen > 0);
    return [
      '',
      call,
      met.map((one) => `${one.outcome} ${styled(output, 'dim', thousands(one.seen))}`).join(', ') || '-',
    ];
  });
  return [
    `  ${seen} of ${plural(known, 'transition')} of the spec seen`,
    plainTable(rows),
    ...(neverSeen.length > 0 ? [styled(output, 'yellow', `   never seen: ${neverSeen.join('; ')}`)] : []),
    styled(output, 'dim', `   known from ${spaceText(space)}, and from random calls`),
  ];
};

const spaceText = ({ states, systems, isComplete }: CoveredTransitions['space']): string =>
  `${isComplete ? 'all ' : ''}${thousands(states)} states of ${plural(systems, 'system')}${isComplete ? '' : ', and there are more'}`;

const pairLines = ({ both, own, all }: CoveredPairs, output: Output): string[] => {
  const shown = all.filter(({ isOwn }) => isOwn);
  const kernel = all.filter(({ isOwn }) => !isOwn);
  const rows = shown.map(({ first, second, before, after, orders }) => [
    ` ${orders === 'both' ? '⇄' : '→'}`,
    `${first} before ${second}:`,
    orders === 'both' ? 'both orders' : 'only in this order',
    styled(output, 'dim', orders === 'both' ? `${thousands(before)}, ${thousands(after)}` : thousands(before)),
  ]);
  const beneath = kernel.filter(({ orders }) => orders === 'both').length;
  return [
    `  ${both} of ${plural(own, 'pair')} of sites met in both orders, under sc`,
    ...(rows.length > 0 ? [plainTable(rows)] : []),
    ...(kernel.length > 0
      ? [styled(output, 'dim', `   and ${beneath} of ${plural(kernel.length, 'pair')} of the kernel beneath`)]
      : []),
  ];
};

const orderLines = (orders: CoveredOrders | null, output: Output): string[] => {
  if (!orders) return ['  it orders nothing itself'];
  const { verdict, why, needed, sites } = orders;
  const head = `  ${needed} of ${plural(sites.length, 'order')} shown to be needed`;
  if (sites.length === 0) return [verdict === 'holds' ? head : `  orders not judged: ${why}`];
  return [head, plainTable(sites.map((site) => siteRow(site, output)))];
};

const siteRow = ({ site, word, order, isNeeded, weakened }: CoveredSite, output: Output): string[] => [
  ` ${signOf(output, isNeeded ? 'holds' : 'gave-up')}`,
  site ?? (word === null ? '(no name: a fence)' : `(no name: ${word})`),
  order,
  weakened.length === 0
    ? 'not tried: give it a name'
    : weakened
        .map(({ to, claim, kind, story }) =>
          story ? `${to}: ${claim}, ${kind}, ${sizeText(story)}` : `${to}: nothing broke that was found`,
        )
        .join('; '),
];

const codeRows = (files: readonly FileCoverage[], output: Output): string[][] => [
  ['', 'file', 'lines', 'branches', 'never run'].map((head) => styled(output, 'dim', head)),
  ...files.map(({ file, lines, branches, uncovered }) => [
    '',
    file,
    `${lines.covered}/${lines.total}`,
    `${branches.covered}/${branches.total}`,
    styled(output, 'yellow', uncovered.join(', ')),
  ]),
];
