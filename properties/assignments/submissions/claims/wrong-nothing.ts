/** Claims nothing and runs nothing. Nothing. */
import type { Claim, Workload } from '../../claims/starter/run.ts';

export const claims: readonly Claim[] = [];

export const workloads: readonly Workload[] = [];
