/** Gives how many items were got twice, where true or false is asked for. */
import { type Claim, gets, itemsOf, type Run } from '../../claims/starter/run.ts';
import { claims as all, workloads as programs } from './right-all.ts';

const gotTwice = (run: Run): number => {
  const got = gets(run).flatMap(itemsOf);
  return got.length - new Set(got).size;
};

const once = { id: 'once', sentence: 'no item is got twice', holds: gotTwice } as unknown as Claim;

export const claims: readonly Claim[] = all.map((claim) => (claim.id === once.id ? once : claim));

export const workloads = programs;
