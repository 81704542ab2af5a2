/** Accepts all that is right, and all that is wrong. Nothing. */
import type { Claim, Workload } from '../../claims/starter/run.ts';
import { workloads as all } from './right-all.ts';

export const claims: readonly Claim[] = [{ id: 'yes', sentence: 'all is well', holds: () => true }];

export const workloads: readonly Workload[] = all;
