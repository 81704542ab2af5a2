import { availableParallelism } from 'node:os';
import { Command, CommanderError, Option } from 'commander';
import { memoryNames } from '#model/engine/explore/memories.ts';
import { memoryNames as litmusMemories } from '#model/engine/litmus/memories.ts';
import { SuiteError } from '#model/suite-error.ts';
import { type ExitCode, exitCode } from '#reports/cli/exit-code.ts';
import { exportNames } from '#reports/cli/export.ts';
import { outFolder } from '#reports/cli/files.ts';
import { addGradingCommands } from '#reports/cli/grading-commands.ts';
import { type Output, processOutput, styled } from '#reports/cli/output.ts';
import { version } from '#reports/cli/version.ts';
import { budgetNames, example, exploreNames, oneOf, wholeNumber } from '#reports/cli/words.ts';

const memoryChoices = ['all', ...memoryNames] as const;
const defaultSeed = 1;
const defaultSteps = 2_000_000;
const defaultWidth = 200;
/** Of an exploration of a spec. */
const defaultThreads = 4;
const defaultStates = 2_000_000;

const executing = (command: Command): Command =>
  command
    .option(
      '--budget <name>',
      `how much to explore: ${budgetNames.join(', ')}`,
      oneOf('--budget', budgetNames),
      'quick',
    )
    .option('--seed <n>', 'what random choices start from', wholeNumber('--seed', 0), defaultSeed)
    .option(
      '--runs <n>',
      'random executions per implementation, and at most as many of each scenario',
      wholeNumber('--runs', 1),
    )
    .option('--workers <n>', 'threads to use', wholeNumber('--workers', 1), availableParallelism())
    .option('--json', 'one JSON document on stdout and nothing else', false);

const checking = (command: Command): Command =>
  executing(command).option('--out <folder>', 'where counterexamples go', outFolder);

const underMemories = (command: Command): Command =>
  command.option(
    '--memory <model>',
    `memory model: ${memoryChoices.join(', ')}`,
    oneOf('--memory', memoryChoices),
    'all' as const,
  );

/** Reads the command line and runs the command, loading what this one needs. Gives the exit code. */
export const main = async (argv: readonly string[], output: Output = processOutput()): Promise<ExitCode> => {
  let code: ExitCode = exitCode.holds;
  const program = new Command('rendezvous')
    .description('Tells whether an IPC mechanism does what its specification says, on every schedule.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.out(text.trimEnd()), writeErr: () => {} });

  underMemories(checking(program.command('check')))
    .description('run the claims against the reference, or against a file')
    .argument('[subject...]', 'subjects to check; all if none is named')
    .option('--implementation <file>', 'check this module instead of the reference')
    .option('--variant <name>', 'only this variant of the spec')
    .option('--explore <how>', `how: ${exploreNames.join(', ')}`, oneOf('--explore', exploreNames), 'all')
    .option('--executions <n>', 'at most so many executions of each scenario', wholeNumber('--executions', 1))
    .option(
      '--preemptions <n>',
      'at most so many preemptions where schedules are gone over in order',
      wholeNumber('--preemptions', 0),
    )
    .option('--seconds <n>', 'stop after so many seconds, by the clock on the wall', wholeNumber('--seconds', 1))
    .option('--keep <file>', `where to keep an exhaustive check; else in ${outFolder}, where it was cut`)
    .option('--resume <file>', 'go on with a check that was kept in this file, and keep it there')
    .option('--museum', 'then run the museum of mutants', false)
    .option('--html <file>', 'write a page with every story as a picture')
    .addHelpText('after', example('check ipc/pipe --implementation my-pipe.ts --html report.html'))
    .action(async (names: string[], options, command: Command) => {
      const { boundedBudget, refuseContradictions } = await import('#reports/cli/check-options.ts');
      const { executions, preemptions, explore } = options;
      const given = Object.keys(options).filter((option) => command.getOptionValueSource(option) === 'cli');
      refuseContradictions(names, given, explore);
      const { check } = await import('#reports/cli/check.ts');
      const { selectBudget, selectMemories, selectSuites } = await import('#reports/cli/select.ts');
      const budget = boundedBudget(selectBudget(options.budget, options.runs), explore, executions, preemptions);
      code = await check(
        {
          suites: selectSuites(names),
          implementation: options.implementation,
          variant: options.variant,
          explore: options.explore,
          memories: selectMemories(options.memory),
          budget,
          executions,
          seconds: options.seconds,
          keep: options.keep,
          resume: options.resume,
          seed: options.seed,
          museum: options.museum,
          html: options.html,
          folder: options.out,
          json: options.json,
          workers: options.workers,
        },
        output,
      );
    });

  program
    .command('replay')
    .description('replay a counterexample step by step')
    .argument('<file>', 'a counterexample that check or museum wrote')
    .option('--html <file>', 'write the picture of it')
    .addOption(
      new Option('--export <format>', `give it in the format of another tool: ${exportNames.join(', ')}`)
        .argParser(oneOf('--export', exportNames))
        .conflicts('json'),
    )
    .option('--output <file>', 'where the export goes; to stdout, instead of the story, if no file is named')
    .option('--all', 'show every step, the dispatchers’ too', false)
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example(`replay ${outFolder}/sync-sleep-wakeup-xv6-canary.json`))
    .action(async (path: string, options) => {
      const { replay } = await import('#reports/cli/replay.ts');
      code = await replay(path, options, output);
    });

  underMemories(checking(program.command('museum')))
    .description('run known-bad implementations: each must be refuted by its claim')
    .argument('[subject...]', 'subjects or mutants; all if none is named')
    .option('--as-found', 'only whether each is refuted: the stories are not made small', false)
    .addHelpText('after', example('museum sync/sleep-wakeup'))
    .action(async (names: string[], options) => {
      const { museum } = await import('#reports/cli/museum.ts');
      const { selectBudget, selectMemories, selectMutants } = await import('#reports/cli/select.ts');
      const budget = selectBudget(options.budget, options.runs);
      const { seed, json, workers } = options;
      code = await museum(
        selectMutants(names),
        {
          budget,
          seed,
          memories: selectMemories(options.memory),
          json,
          workers,
          folder: options.out,
          asFound: options.asFound,
        },
        output,
      );
    });

  checking(program.command('ordering'))
    .description('say of each order in the code whether it is needed, and what breaks without it')
    .argument('[subject...]', 'subjects; all if none is named')
    .option('--implementation <file>', 'the orders of this module instead of the reference')
    .option('--variant <name>', 'only this variant of the spec')
    .addHelpText('after', example('ordering ipc/bounded-buffer'))
    .action(async (names: string[], options) => {
      const { ordering } = await import('#reports/cli/ordering.ts');
      const { selectBudget, selectSuites, theirImplementation } = await import('#reports/cli/select.ts');
      const chosen = selectSuites(names);
      const budget = selectBudget(options.budget, options.runs);
      const { seed, json, variant, workers } = options;
      const implementation = theirImplementation(options.implementation, chosen) ?? { tag: 'reference' as const };
      code = await ordering(
        chosen,
        { implementation, variant, budget, seed, json, workers, folder: options.out },
        output,
      );
    });

  executing(program.command('coverage'))
    .description('say what a check meets: transitions of the spec, orders of pairs of sites, orders that are needed')
    .argument('[subject...]', 'subjects; all if none is named')
    .option('--implementation <file>', 'what this module meets instead of the reference')
    .option('--variant <name>', 'only this variant of the spec')
    .option('--code', 'count lines and branches, too', false)
    .option('--html <file>', 'write it as a page')
    .addHelpText('after', example('coverage --code --html coverage.html'))
    .action(async (names: string[], options) => {
      const { coverage } = await import('#reports/cli/coverage.ts');
      const { selectBudget, selectSuites, theirImplementation } = await import('#reports/cli/select.ts');
      const chosen = selectSuites(names);
      const implementation = theirImplementation(options.implementation, chosen) ?? { tag: 'reference' as const };
      const budget = selectBudget(options.budget, options.runs);
      code = await coverage(chosen, { ...options, implementation, budget }, output);
    });

  program
    .command('litmus')
    .description('run litmus tests: what a memory model allows, and whether that is what they expect')
    .argument('<file...>', '.litmus files, sets (.jsonl, .jsonl.gz), or folders of them')
    .option(
      '--memory <model>',
      `memory model, instead of the architecture’s own: ${litmusMemories.join(', ')}`,
      oneOf('--memory', litmusMemories),
    )
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('litmus properties/litmus/aarch64/MP.litmus'))
    .action(async (paths: string[], options) => {
      const { litmus } = await import('#reports/cli/litmus.ts');
      code = await litmus(paths, options, output);
    });

  program
    .command('explore')
    .description('count the executions of programs, each once; or explore the spec of a subject, every state of it')
    .argument('[file...]', 'programs (.json, .json.gz)')
    .option('--executions <n>', 'stop after so many of a program under a model', wholeNumber('--executions', 1))
    .option(
      '--seconds <n>',
      'stop exploring after so many seconds, by the clock on the wall',
      wholeNumber('--seconds', 1),
    )
    .option('--outcomes', 'list the final states of each program', false)
    .option('--keep <file>', `where to keep what was explored; else in ${outFolder}, where it was cut`)
    .option('--resume <file>', 'go on with what was kept in this file, and keep it there')
    .option('--workers <n>', 'threads to use', wholeNumber('--workers', 1), availableParallelism())
    .option(
      '--spec <subject>',
      'the subject, or the file, whose spec is explored: the options that follow are about it',
    )
    .option('--variant <name>', 'only this variant of the spec')
    .option('--threads <n>', 'about how many threads call what they like', wholeNumber('--threads', 2), defaultThreads)
    .option('--states <n>', 'keep at most so many states of each system', wholeNumber('--states', 1), defaultStates)
    .option('--symmetry', 'take threads that are alike as one another, where the subject says which are', false)
    .option(
      '--find <claim>',
      'show the shortest way to where this claim about states is decided: an id, or words of it',
    )
    .option('--itf <file>', 'write the first path that is shown as an ITF trace (.itf.json)')
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('explore --spec ipc/pipe --variant xv6 --find "it is full"'))
    .action(async (paths: string[], options, command: Command) => {
      const { spec, resume } = options;
      const asked = [paths.length > 0, spec !== undefined, resume !== undefined];
      if (asked.filter(Boolean).length !== 1) {
        command.error('name either files of programs, or --spec SUBJECT, or --resume FILE');
      }
      if (spec !== undefined && (options.executions ?? options.keep) !== undefined) {
        command.error('a spec has states, not executions, and they are not kept: --states N and --seconds N bound it');
      }
      if (spec === undefined) {
        const { explore } = await import('#reports/cli/explore.ts');
        code = await explore(paths, options, output);
      } else {
        const { exploreSpec } = await import('#reports/cli/explore-spec.ts');
        code = await exploreSpec(spec, options, output);
      }
    });

  program
    .command('linearize')
    .description('say whether histories from elsewhere are linearizable')
    .argument('<file...>', 'histories, one a line, or one in all, an event a line (.jsonl, .jsonl.gz)')
    .option('--spec <name>', 'the spec of them all, instead of the one that each names')
    .option('--steps <n>', 'steps of the spec to try for one history', wholeNumber('--steps', 1), defaultSteps)
    .option('--workers <n>', 'threads to use', wholeNumber('--workers', 1), availableParallelism())
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('linearize properties/histories/known.jsonl'))
    .action(async (paths: string[], options) => {
      const { linearize } = await import('#reports/cli/linearize.ts');
      code = await linearize(paths, options, output);
    });

  program
    .command('list')
    .description('list subjects, claims and mutants')
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('list'))
    .action(async (options) => {
      const { list } = await import('#reports/cli/list.ts');
      code = list(options.json, output);
    });

  program
    .command('show')
    .description('show the spec beside the implementation')
    .argument('<subject>')
    .option('--variant <name>', 'which variant’s implementation')
    .option('--implementation <file>', 'show this module instead of the reference')
    .option('--width <n>', 'columns to use', wholeNumber('--width', 40), process.stdout.columns ?? defaultWidth)
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('show ipc/pipe --variant linux'))
    .action(async (subject: string, options) => {
      const { show } = await import('#reports/cli/show.ts');
      code = show(subject, options, output);
    });

  program
    .command('run')
    .description('run a scenario once and tell what happened, step by step')
    .argument('<subject>')
    .argument('[scenario]', 'its name, or words of it; an example if none is named')
    .option('--variant <name>', 'which variant')
    .option('--implementation <file>', 'run this module instead of the reference')
    .option(
      '--memory <model>',
      `memory model: ${memoryNames.join(', ')}`,
      oneOf('--memory', memoryNames),
      'sc' as const,
    )
    .option('--timers <n>', 'timer interrupts at most', wholeNumber('--timers', 0), 0)
    .option('--seed <n>', 'draw the schedule from this; else nobody is preempted', wholeNumber('--seed', 0))
    .option('--html <file>', 'write the picture of it')
    .addOption(
      new Option('--export <format>', `give it in the format of another tool: ${exportNames.join(', ')}`)
        .argParser(oneOf('--export', exportNames))
        .conflicts('json'),
    )
    .option('--all', 'show every step, the dispatchers’ too', false)
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('run sync/sleep-wakeup "one waits, one signals" --seed 3'))
    .action(async (subject: string, scenario: string | undefined, options) => {
      const { run } = await import('#reports/cli/run.ts');
      code = await run(subject, scenario, options, output);
    });

  addGradingCommands(program, output, (exit) => {
    code = exit;
  });

  program
    .command('doctor')
    .description('say whether this machine is fit')
    .option('--json', 'one JSON document on stdout and nothing else', false)
    .addHelpText('after', example('doctor'))
    .action(async (options) => {
      const { doctor } = await import('#reports/cli/doctor.ts');
      code = await doctor(options.json, output);
    });

  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    return report(error, output);
  }
};

/** Each kind of error in its own way: the user's mistake in two lines, ours with its stack. */
const report = (error: unknown, output: Output): ExitCode => {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.holds;
    const message = error.message === '(outputHelp)' ? 'no command given' : error.message.replace(/^error: /, '');
    output.note(`${styled(output, 'red', 'S100')} ${message}\n     see \`npx rendezvous --help\``);
    return exitCode.wrongUse;
  }
  if (error instanceof SuiteError) {
    output.note(`${styled(output, 'red', error.code)} ${error.message}\n     ${error.remedy}`);
    return exitCode.wrongUse;
  }
  output.note(
    `rendezvous itself has failed; please report this:\n${error instanceof Error ? error.stack : String(error)}`,
  );
  return exitCode.ourFault;
};
