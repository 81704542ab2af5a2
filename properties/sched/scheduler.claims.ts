import { type Claim, faultless, linearizes, progress, refines } from '#model/claim.ts';

export const schedulerClaims: readonly Claim[] = [refines(), linearizes(), progress(), faultless()];
