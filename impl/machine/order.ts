/**
 * What a shared access promises about the accesses around it. `plain` is data that other means keep from being
 * accessed at once (a lock); the others are atomic. Under the `sc` memory all of them are as strong as can be.
 */
export type Order = 'plain' | 'relaxed' | 'acquire' | 'release' | 'acq_rel' | 'seq_cst';

/** What a fence promises about the accesses before and after it. */
export type FenceOrder = 'acquire' | 'release' | 'acq_rel' | 'seq_cst';
