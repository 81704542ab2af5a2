import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { ExitCode } from '#reports/cli/exit-code.ts';
import type { Output } from '#reports/cli/output.ts';
import { readerNames, readers } from '#reports/cli/readers.ts';
import { example, oneOf, wholeNumber } from '#reports/cli/words.ts';

/** Adds the commands about assignments. `end` is told the exit code of the one that is run. */
export const addGradingCommands = (program: Command, output: Output, end: (code: ExitCode) => void): void => {
  program
    .command('grade')
    .description('grade submissions: folders, .zip or .tar.gz files')
    .argument('<submission...>', 'what was handed in')
    .requiredOption('--assignment <name>', 'what they were to write')
    .option('--out <folder>', 'where results go: else to feedback, or of several submissions to grades')
    .option(
      '--for <reader>',
      `whose feedback is written: ${readerNames.join(', ')} (once grades are published)`,
      oneOf('--for', readerNames),
      'student' as const,
    )
    .option('--anew', 'grade those again of which nothing has changed', false)
    .option('--workers <n>', 'submissions to judge at once', wholeNumber('--workers', 1), availableParallelism())
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('grade submissions/* --assignment pipe --out grades'))
    .action(async (paths: string[], { assignment, out, anew, workers, json, for: reader }) => {
      const { grade } = await import('#reports/cli/grade.ts');
      const { assignmentCalled } = await import('#reports/grade/assignment-called.ts');
      const asked = {
        assignment: assignmentCalled(assignment),
        out,
        reader: readers[reader as keyof typeof readers],
        workers,
        json,
      };
      end(await grade(paths, { ...asked, isAnew: anew }, output));
    });

  program
    .command('handout')
    .description('write the folder in which a student begins an assignment, with no answer in it')
    .argument('<assignment>')
    .argument('<folder>', 'a new one, or an empty one')
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('handout pipe pipe-2027'))
    .action(async (name: string, folder: string, options) => {
      const { handout } = await import('#reports/cli/handout.ts');
      end(await handout(name, folder, options.json, output));
    });

  program
    .command('claims')
    .description('try claims that you wrote for an assignment on samples, right ones and wrong ones')
    .argument('<file>', 'the module that exports `claims` and `workloads`')
    .requiredOption('--assignment <name>', 'the assignment that they are for')
    .option('--samples <folder>', 'where the samples are; else in the folder `samples` beside the file')
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('claims claims.ts --assignment claims'))
    .action(async (file: string, options) => {
      const { claims } = await import('#reports/cli/claims.ts');
      end(await claims(file, options, output));
    });
};
