import type { GraphMemory, GraphProgram } from '#model/engine/graph/program.ts';
import * as locks from '#properties/graph/named-locks.ts';
import * as queues from '#properties/graph/named-queues.ts';
import * as straight from '#properties/graph/named-straight.ts';
import { strongest, weakest } from '#properties/graph/orders.ts';

/** A test with its number of complete executions, under the models for which it is known. */
export interface Named {
  readonly program: GraphProgram;
  readonly executions: Readonly<Partial<Record<GraphMemory, number>>>;
}

/** The number is the same under every model. */
const alike = (program: GraphProgram, executions: number): Named => ({
  program,
  executions: { sc: executions, tso: executions, rc11: executions },
});

const unlike = (program: GraphProgram, executions: Named['executions']): Named => ({ program, executions });

const ainc = straight.increments('ainc', 1);
const binc = straight.increments('binc', 2);
const cinc = straight.increments('cinc', 3);
const lockinc = locks.underLock('lockinc', 1);
const lock2inc = locks.underLock('lock2inc', 2);

/** Numbers of executions, for the parameters from `from` on. */
const series = (make: (n: number) => GraphProgram, from: number, executions: readonly number[]): Named[] =>
  executions.map((count, i) => alike(make(from + i), count));

/**
 * Not GenMC's. Their numbers under sc are those of `byInterleavings`; all accesses seq_cst, they are the same under every
 * model.
 */
const ordered: readonly Named[] = [
  unlike(queues.msQueue('msqueue', weakest, 2, 1), { sc: 148 }),
  unlike(queues.msQueue('msqueue', weakest, 1, 2), { sc: 51 }),
  unlike(locks.seqLock('seqlock', weakest, 2, 2), { sc: 18 }),
  alike(queues.msQueue('msqueue-sc', strongest, 2, 1), 148),
  alike(queues.msQueue('msqueue-sc', strongest, 1, 2), 51),
  alike(locks.seqLock('seqlock-sc', strongest, 2, 2), 18),
];

/** The others are GenMC's, with the numbers that it gives. */
export const named: readonly Named[] = [
  ...[2, 8, 13].map((n) => alike(straight.readers(n), 2 ** n)),
  alike(straight.lastZero(5), 64),
  alike(straight.lastZero(10), 3_328),
  alike(straight.indexer(12), 8),
  alike(straight.indexer(15), 4_096),
  ...series(ainc, 2, [2, 6, 24, 120, 720, 5_040]),
  ...series(binc, 2, [4, 36, 576]),
  ...series(cinc, 2, [8, 216, 13_824]),
  ...series(straight.inc, 2, [4, 36, 576]),
  ...series(straight.rw, 2, [4, 36, 576]),
  ...series(straight.wainc, 2, [6, 24, 120]),
  ...series(straight.cas, 2, [2, 3, 4, 5]),
  ...series(straight.casw, 2, [6, 66, 1_200, 32_880]),
  ...series(straight.casrot, 2, [2, 5, 14, 43, 144, 523, 2_048, 8_597]),
  ...series(straight.wcas, 2, [5, 13, 33, 81, 193, 449, 1_025, 2_305]),
  alike(straight.coA(1), 4),
  unlike(straight.coA(2), { sc: 15, tso: 16, rc11: 16 }),
  unlike(straight.coA(3), { sc: 130, tso: 144, rc11: 144 }),
  unlike(straight.coA(4), { sc: 2_028, tso: 2_304, rc11: 2_304 }),
  unlike(straight.coA(5), { rc11: 57_600 }),
  alike(straight.nWriters(4), 720),
  alike(straight.sharedPointer(100), 410),
  alike(straight.parLength(400), 4),
  alike(straight.publish, 42),
  unlike(straight.eratosthenes(5), { sc: 398, rc11: 1_512 }),
  alike(straight.wrc11Fp, 4),
  unlike(straight.big0, { sc: 69_112, tso: 69_112, rc11: 82_472 }),
  unlike(straight.fibBench, { sc: 218_243, tso: 525_630, rc11: 525_630 }),
  unlike(locks.dekker, { sc: 3, rc11: 3 }),
  ...series(locks.dekkerFixed, 2, [6, 6, 6]),
  unlike(locks.peterson('peterson', 'release', 'acquire'), { sc: 4, rc11: 22 }),
  unlike(locks.peterson('peterson-sc', 'seq_cst', 'seq_cst'), { sc: 4, rc11: 4 }),
  unlike(locks.szymanski, { sc: 6, rc11: 6 }),
  unlike(locks.lamport(2), { sc: 16, rc11: 16 }),
  ...series(lockinc, 2, [2, 6, 24, 120]),
  ...series(lock2inc, 2, [2, 6, 24, 120]),
  unlike(locks.ticketLock(2), { rc11: 2 }),
  unlike(locks.ttasLock(2), { rc11: 4 }),
  unlike(locks.spinLock(2), { rc11: 4 }),
  unlike(locks.twaLock, { rc11: 4 }),
  unlike(locks.mcsLock(2), { sc: 6, rc11: 6 }),
  unlike(locks.barrier, { sc: 2, rc11: 2 }),
  unlike(locks.linuxRwLocks, { sc: 14, rc11: 14 }),
  unlike(queues.hwQueue, { sc: 5_155, rc11: 5_483 }),
  unlike(queues.chaseLev, { sc: 59, rc11: 65 }),
  unlike(queues.bufRing(3), { rc11: 1_218 }),
  ...ordered,
];

/** Those for a night. */
export const namedLong: readonly Named[] = [
  alike(straight.readers(18), 2 ** 18),
  alike(straight.lastZero(15), 147_456),
  alike(ainc(8), 40_320),
  ...series(lockinc, 6, [720]),
  ...series(lock2inc, 6, [720]),
  ...[500, 600].map((n) => alike(straight.parLength(n), 4)),
  unlike(straight.big1, { sc: 1_820_474, rc11: 2_950_753 }),
  unlike(straight.big2, { sc: 5_284_890, rc11: 14_973_624 }),
];
