import { workerData } from 'node:worker_threads';
import { worker } from 'workerpool';
import { SuiteError } from '#model/suite-error.ts';
import { type InterruptFlag, interruptBy } from '#reports/cli/interrupt.ts';
import { type Judged, Linearizer } from '#reports/cli/linearize-run.ts';
import type { Batch, JudgedBatch } from '#reports/workers/histories.ts';

const interrupt = interruptBy((workerData as { readonly interrupt: InterruptFlag }).interrupt);

/** What is computed of a spec serves all batches: they are of one command line. */
let linearizer: Linearizer | undefined;

const judge = ({ inputs, spec, stepsMax }: Batch): JudgedBatch => {
  linearizer ??= new Linearizer(spec, stepsMax);
  const judged: Judged[] = [];
  try {
    for (const input of inputs) {
      if (interrupt.isRequested) break;
      judged.push(linearizer.run(input));
    }
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error;
    const { code, message, remedy } = error;
    return { judged, mistake: { code, message, remedy } };
  }
  return { judged };
};

worker({ judge });
