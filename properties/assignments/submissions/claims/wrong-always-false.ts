/** Says no to everything: it refutes all that is wrong, and all that is right. Nothing. */
import type { Claim, Workload } from '../../claims/starter/run.ts';
import { workloads as all } from './right-all.ts';

export const claims: readonly Claim[] = [{ id: 'no', sentence: 'nothing is ever right', holds: () => false }];

export const workloads: readonly Workload[] = all;
