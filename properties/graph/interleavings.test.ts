import { describe, expect, it } from 'vitest';
import { explore } from '#model/engine/graph/explore.ts';
import type { GraphProgram } from '#model/engine/graph/program.ts';
import { byInterleavings } from '#properties/graph/by-interleavings.ts';
import * as locks from '#properties/graph/named-locks.ts';
import * as queues from '#properties/graph/named-queues.ts';
import * as straight from '#properties/graph/named-straight.ts';
import { strongest, weakest } from '#properties/graph/orders.ts';

const programs: readonly GraphProgram[] = [
  straight.coA(2),
  straight.casw(3),
  straight.lastZero(4),
  straight.increments('binc', 2)(3),
  locks.peterson('peterson', 'release', 'acquire'),
  locks.szymanski,
  locks.lamport(2),
  locks.mcsLock(2),
  locks.barrier,
  locks.linuxRwLocks,
  locks.spinLock(3),
  locks.ticketLock(3),
  queues.chaseLev,
  ...[weakest, strongest].flatMap((orders) => [
    queues.msQueue('msqueue', orders, 2, 0),
    queues.msQueue('msqueue', orders, 2, 1),
    queues.msQueue('msqueue', orders, 1, 2),
    locks.seqLock('seqlock', orders, 1, 1),
    locks.seqLock('seqlock', orders, 2, 2),
  ]),
];

describe('under sequential consistency', () => {
  it.each(programs.map((program) => [program.name, program.threads.length, program] as const))(
    '%s of %d threads comes to as many graphs as when threads take their steps in every order',
    (_name, _threads, program) => {
      const { size } = byInterleavings(program);
      expect(size).toBeGreaterThan(0);
      expect(explore(program, 'sc').executions).toBe(size);
    },
  );

  it('a weaker memory would be seen to have more', () => {
    const program = queues.msQueue('msqueue', weakest, 2, 1);
    expect(explore(program, 'rc11').executions).toBeGreaterThan(byInterleavings(program).size);
  });
});
