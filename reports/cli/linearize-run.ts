import { isMainThread } from 'node:worker_threads';
import { type External, externalOf } from '#model/engine/refine/external.ts';
import { type Linearization, linearize, type Part, partsOf } from '#model/engine/refine/linearize.ts';
import { Unreadable } from '#model/engine/refine/operations.ts';
import { longestPrefix } from '#model/engine/refine/prefix.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { objectNamed, objects } from '#model/object/objects.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { SuiteError } from '#model/suite-error.ts';
import { suites } from '#properties/index.ts';
import { type HistoryInput, placeOf } from '#reports/cli/linearize-input.ts';
import { selectVariant } from '#reports/cli/select.ts';
import { type Picture, pictureOf } from '#reports/text/linearize.ts';

/** What became of one history: plain data, so it can come from a thread. */
export interface Judged {
  /** The spec that it was held against. */
  readonly spec: string;
  readonly verdict: Linearization['verdict'];
  /** CPU time of reading the operations and judging them. */
  readonly micros: number;
  /** How many steps of the spec were tried, about. */
  readonly steps: number;
  /** Where it is not linearizable: the longest beginning that is. */
  readonly picture: Picture | undefined;
}

/** A graph that has grown larger than this is dropped: histories that follow seldom come to the same states. */
const statesMax = 20_000;

/** More threads than any subject has. */
const threadsMax = 1024;

/** Beside other threads a thread counts its own time, where Node can tell it; alone, all that the process does for it. */
const cpuUsage = isMainThread ? process.cpuUsage : (process.threadCpuUsage ?? process.cpuUsage);

/** Judges histories, one after the other. Those of one spec share what is computed of it. */
export class Linearizer {
  readonly #name: string | undefined;
  readonly #stepsMax: number;
  readonly #graphs = new Map<string, SpecGraph<External>>();

  /** `name`: the spec of all histories; undefined: each says its own. */
  constructor(name: string | undefined, stepsMax: number) {
    this.#name = name;
    this.#stepsMax = stepsMax;
  }

  run(input: HistoryInput): Judged {
    const graph = this.#graphOf(input);
    const started = cpuUsage();
    const parts = readParts(graph, input);
    const found = linearize(graph, parts, this.#stepsMax);
    const { user, system } = cpuUsage(started);
    const { verdict, steps } = found;
    return {
      spec: graph.subject.name,
      verdict,
      micros: user + system,
      steps,
      picture: found.verdict === 'not' ? this.#pictureOf(graph, found) : undefined,
    };
  }

  #pictureOf(graph: SpecGraph<External>, { part, search }: Extract<Linearization, { verdict: 'not' }>): Picture {
    return pictureOf({ graph, part, prefix: longestPrefix({ ...part, graph }, search.furthest, this.#stepsMax) });
  }

  #graphOf(input: HistoryInput): SpecGraph<External> {
    const name = this.#name ?? input.model;
    const suite = suites.find(({ subject }) => subject.id === name);
    const program = suite ? programOf(suite.subject, input) : undefined;
    const key = JSON.stringify([name, program?.variant, program?.parameters, program?.threads.length]);
    const known = this.#graphs.get(key);
    if (known && known.states.size < statesMax) return known;
    const external = suite && program ? externalOf(suite.subject, program) : namedObject(name, input);
    const graph = new SpecGraph(external);
    this.#graphs.set(key, graph);
    return graph;
  }
}

const readParts = (graph: SpecGraph<External>, input: HistoryInput): readonly Part[] => {
  try {
    return partsOf(graph.subject, graph, input);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new SuiteError('S801', `${placeOf(input, error.event)}: ${error.message}`, error.expected);
  }
};

const namedObject = (name: string | undefined, input: HistoryInput): External => {
  const object = name === undefined ? undefined : objectNamed(name);
  if (object) return object;
  const known = [...objects.map((one) => one.name), ...suites.map(({ subject }) => subject.id)].join(', ');
  const problem = name === undefined ? `${input.name} does not say which spec it is of` : `no spec is called '${name}'`;
  throw new SuiteError('S107', problem, `known are ${known}`);
};

/** The calls of a history of a subject of ours, by process, if they are such as the subject knows. */
const programOf = (subject: Subject, input: HistoryInput): Program => {
  const wrong = (problem: string, expected: string): SuiteError =>
    new SuiteError('S801', `${input.name}: ${problem}`, expected);
  const { history, parameters } = input;
  const variant = selectVariant(subject, input.variant);
  if (parameters === undefined) {
    const example = JSON.stringify(subject.scenarios(variant)[0]?.program.parameters);
    throw wrong(`${subject.id} needs parameters`, `expected them beside the history, such as "parameters": ${example}`);
  }
  const threads: AnyCall[][] = Array.from({ length: input.threads ?? 0 }, () => []);
  for (const [at, { process, op, value }] of history.entries()) {
    if (typeof process !== 'number' || process < 0 || process >= threadsMax) {
      throw new SuiteError('S801', `${placeOf(input, at)}: process ${process}`, 'expected a thread: 0, 1, 2, ...');
    }
    while (threads.length <= process) threads.push([]);
    if (op === 'invoke') threads[process]?.push(value as AnyCall);
  }
  const program = { variant, parameters, cores: 1, threads };
  const mismatch = subject.validate(program);
  if (mismatch !== undefined) throw wrong(mismatch, 'the calls of each subject are in spec/abi.ts and spec/abi');
  return program;
};
