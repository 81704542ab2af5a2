import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Counterexample } from '#model/counterexample.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { readCounterexample, rigOf } from '#reports/cli/counterexamples.ts';
import { signatureOf } from '#reports/grade/outputs/mistake.ts';
import { plainTable } from '#reports/text/summary.ts';

/**
 * How well the signature of a mistake tells mistakes apart and puts the same ones together (docs/adr/0032), on the
 * counterexamples of the museum in the folders named, one folder for each seed:
 *
 *     npx rendezvous museum SUBJECT --seed 1 --out mistakes/1
 *     npx rendezvous museum SUBJECT --seed 2 --out mistakes/2
 *     node reports/bench/mistakes.ts mistakes/1 mistakes/2
 */
interface Signed {
  readonly mutant: string;
  readonly counterexample: Counterexample;
  readonly signature: string;
}

const signed: Signed[] = [];
for (const folder of process.argv.slice(2)) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const counterexample = readCounterexample(join(folder, file));
    const { implementation, seed } = counterexample;
    if (implementation.tag !== 'mutant') continue;
    const story = tell(await rigOf(counterexample), counterexample);
    signed.push({
      mutant: implementation.id,
      counterexample,
      signature: signatureOf({ seed, counterexample, story, clause: null }),
    });
  }
}

const share = (pairs: readonly (readonly [Signed, Signed])[], areAlike: boolean): string => {
  const right = pairs.filter(([a, b]) => (a.signature === b.signature) === areAlike);
  return `${right.length} of ${pairs.length}`;
};

/** Whether one reader of grades would see them side by side: the same claim of the same variant, in one batch. */
const areNeighbours = ({ counterexample: a }: Signed, { counterexample: b }: Signed): boolean =>
  a.claim === b.claim && a.variant === b.variant && a.seed === b.seed;

const rows = [...Map.groupBy(signed, ({ counterexample }) => counterexample.subject)].map(([subject, all]) => {
  const pairs = all.flatMap((a, i) => all.slice(0, i).map((b) => [a, b] as const));
  const same = pairs.filter(([a, b]) => a.mutant === b.mutant);
  const different = pairs.filter(([a, b]) => a.mutant !== b.mutant && areNeighbours(a, b));
  return [subject, share(same, true), share(different, false)];
});
process.stdout.write(`${plainTable([['subject', 'the same together', 'different apart'], ...rows])}\n`);
