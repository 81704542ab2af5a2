import { loadWorld } from '#model/engine/load/world.ts';
import { suites } from '#properties/index.ts';
import { historyContenders } from '#reports/bench/histories.ts';
import { loopContenders, specContenders } from '#reports/bench/loop.ts';
import { machineContenders } from '#reports/bench/machine.ts';
import { compare, type Measured } from '#reports/bench/measure.ts';
import { bareMemoryContenders, memoryContenders } from '#reports/bench/memories.ts';
import { plainTable } from '#reports/text/summary.ts';

const rounds = 11;

const perSecondText = (value: number): string =>
  value < 10_000
    ? `${Math.round(value).toLocaleString('en')} /s`
    : `${Math.round(value / 1000).toLocaleString('en')} k/s`;

const print = (title: string, measured: readonly Measured[]): void => {
  const rows = measured.map(({ name, perSecond, lowest, highest, ratio }) => [
    name,
    perSecondText(perSecond),
    `(${perSecondText(lowest)} to ${perSecondText(highest)})`,
    ratio.toFixed(2),
  ]);
  process.stdout.write(`\n${title}\n${plainTable(rows)}\n`);
};

process.stdout.write(`median of ${rounds} rounds, lowest and highest, ratio to the first line\n`);
print('micro-ops', compare(await machineContenders(), rounds));
print('micro-ops on a memory alone', compare(bareMemoryContenders(), rounds));
for (const every of [1, 10]) {
  print(
    `micro-ops, a core drawn at each ${every === 1 ? '' : `${every}th `}step`,
    compare(await memoryContenders(every), rounds),
  );
}
for (const suite of suites) {
  for (const { name, module } of suite.subject.variants) {
    const world = await loadWorld({ tag: 'ours', module, edits: [] }, suite.subject.exports);
    print(`executions: ${suite.subject.id} (${name})`, compare(loopContenders(suite, name, world), rounds));
    print(`spec steps: ${suite.subject.id} (${name})`, compare(specContenders(suite, name, world), rounds));
    print(`histories: ${suite.subject.id} (${name})`, compare(historyContenders(suite.subject, name), rounds));
  }
}
