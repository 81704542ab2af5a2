/** Small programs with names, each about one thing that can go wrong. */
import {
  awaits,
  type Call,
  has,
  looksUp,
  names,
  namesOf,
  type Parameters,
  polls,
  receives,
  registers,
  replies,
  restarts,
  sends,
  unregisters,
  watches,
} from '#model/kernel/naming.programs.ts';
import type { Program } from '#model/subject.ts';
import type { AtBoot } from '#spec/kernel/naming.ts';

const { a, aZero, c, volumeA, volumeC, tooLong } = names;

export interface Scenario {
  readonly name: string;
  readonly program: Program<Call, Parameters>;
}

const scenario = (
  variant: string,
  name: string,
  processes: readonly AtBoot[],
  threads: readonly (readonly Call[])[],
  rest: Partial<Parameters> & { readonly cores?: number } = {},
): Scenario => {
  const { cores = Math.max(2, threads.length), ...limits } = rest;
  const parameters = { slots: 3, messages: 2, notices: 1, names: 0, processes, ...limits };
  const program = { variant, cores, threads, parameters };
  return { name, program: { ...program, parameters: { ...parameters, names: Math.max(1, namesOf(program).length) } } };
};

const nothing = has([]);
const server = has([a]);
const client = has([], [0]);

export const scenarios = (variant: string): Scenario[] => {
  const of = (
    name: string,
    processes: readonly AtBoot[],
    threads: readonly (readonly Call[])[],
    rest?: Partial<Parameters> & { readonly cores?: number },
  ): Scenario => scenario(variant, name, processes, threads, rest);
  return [
    of(
      'alone: registered, looked up, unregistered',
      [nothing],
      [
        [
          looksUp(a),
          registers(a),
          registers(a),
          looksUp(a),
          unregisters(1),
          unregisters(0),
          looksUp(a),
          sends(1, 1),
          receives,
          polls,
          registers(c),
          sends(2, 0),
          unregisters(0),
          sends(3, 2),
        ],
      ],
    ),
    of(
      'alone: names that are alike, and one that is too long',
      [has([volumeA, volumeC])],
      [
        [
          unregisters(0),
          looksUp(volumeA),
          looksUp(volumeC),
          registers(aZero),
          unregisters(1),
          looksUp(a),
          looksUp(volumeC),
          watches(tooLong),
          registers(tooLong),
          looksUp(tooLong),
          unregisters(1, 3),
        ],
      ],
    ),
    of('alone: no slot is free', [nothing], [[registers(a), registers(c), looksUp(a), looksUp(c)]], { slots: 1 }),
    of(
      'alone: watched, and told once',
      [nothing],
      [
        [
          watches(a),
          watches(a),
          watches(c),
          registers(a),
          receives,
          polls,
          watches(a),
          unregisters(0),
          watches(c),
          receives,
          watches(c),
          restarts,
          watches(a),
        ],
      ],
    ),
    of(
      'alone: after a restart nothing is left',
      [has([a], [0])],
      [
        [
          sends(1, 1),
          watches(a),
          restarts,
          polls,
          looksUp(a),
          sends(2, 0),
          unregisters(0),
          registers(a),
          sends(3, 0, 2),
          receives,
        ],
      ],
    ),
    of(
      'alone: answered, once it was asked',
      [has([], [0])],
      [
        [
          replies(1, 0),
          sends(2, 0),
          sends(3, 0),
          sends(4, 0),
          receives,
          replies(5, 0, 2),
          replies(6, 0),
          receives,
          restarts,
          replies(7, 0),
          registers(a),
          replies(8, 0, 2),
        ],
      ],
    ),
    of(
      'alone: an answer gives its room back',
      [has([], [0])],
      [[sends(2, 0), receives, replies(6, 0), receives, sends(3, 0)]],
      { messages: 1 },
    ),
    of(
      'a lookup waits for a registration',
      [nothing, nothing],
      [
        [registers(a), receives],
        [awaits(a), sends(1, 0)],
      ],
    ),
    of('two wait for a name', [nothing, nothing, nothing], [[registers(a)], [awaits(a)], [awaits(a)]]),
    of('both register', [nothing, nothing], [[registers(a)], [registers(a)]]),
    of(
      'a lookup meets an unregistration',
      [server, nothing],
      [
        [unregisters(0), polls],
        [looksUp(a), sends(1, 0)],
      ],
    ),
    of(
      'a lookup meets a death',
      [server, nothing],
      [
        [restarts, polls],
        [looksUp(a), sends(1, 0)],
      ],
    ),
    of(
      'one waits for two names in turn',
      [nothing, nothing],
      [
        [awaits(a), awaits(volumeC)],
        [registers(a), registers(volumeC)],
      ],
    ),
    of(
      'a lookup waits through a restart',
      [server, nothing],
      [
        [restarts, registers(a), polls],
        [awaits(a), sends(1, 0)],
      ],
    ),
    of(
      'a record goes to another name, and who had it looks the old one up',
      [server, nothing],
      [[unregisters(0), looksUp(a)], [registers(c)]],
    ),
    of(
      'a record goes to another name while it is looked up',
      [server, nothing, nothing],
      [[unregisters(0), receives], [registers(c)], [looksUp(c), sends(1, 0)]],
    ),
    of('whoever looked a name up does not own it', [server, nothing], [[], [looksUp(a), unregisters(0), looksUp(a)]]),
    of(
      'an old client looks the name up again',
      [server, client],
      [
        [restarts, registers(a), receives],
        [sends(1, 0), awaits(a), sends(2, 1)],
      ],
    ),
    of(
      'an old client of the dead, whose successor is full',
      [nothing, client],
      [
        [restarts, registers(a)],
        [awaits(a), sends(2, 1), sends(3, 0)],
      ],
      { messages: 1 },
    ),
    of('who is told of a death sends no more', [server, client], [[restarts], [watches(a), receives, sends(1, 0)]]),
    of(
      'two watch a name',
      [nothing, nothing],
      [
        [watches(a), receives],
        [watches(a), registers(a), receives],
      ],
    ),
    of(
      'the dead server’s name is watched again',
      [server, nothing],
      [
        [restarts, registers(a)],
        [watches(a), receives, watches(a), receives],
      ],
    ),
    of(
      'a server answers and dies',
      [server, client],
      [
        [receives, replies(5, 1), restarts],
        [watches(a), sends(1, 0), receives, receives],
      ],
    ),
    of(
      'a client dies before it is answered',
      [server, client],
      [
        [receives, replies(5, 1)],
        [sends(1, 0), restarts, polls],
      ],
    ),
    of(
      'a client dies, and the next one asks',
      [server, client],
      [
        [receives, receives, replies(5, 1, 1), replies(6, 1, 2)],
        [sends(1, 0), restarts, awaits(a), sends(2, 0, 2), receives],
      ],
    ),
    of('a watcher dies', [server, nothing], [[restarts], [watches(a), restarts, receives]]),
    of(
      'words do not take the place of a notice',
      [server, has([], [1])],
      [[restarts], [watches(a), sends(1, 0), sends(2, 0), receives, receives]],
      { messages: 1 },
    ),
    of(
      'who knows of a death takes the name',
      [server, client],
      [[restarts], [watches(a), sends(1, 0), registers(a), receives]],
    ),
    of('lookups that meet nobody', [server, nothing], [[looksUp(a)], [looksUp(c)]]),
  ];
};
