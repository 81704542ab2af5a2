/** The registry: every assignment, in the order in which a course would give them. */
import type { Assignment } from '#properties/assignments/assignment.ts';
import capability from '#properties/assignments/capability/assignment.ts';
import claims from '#properties/assignments/claims/assignment.ts';
import lazyScheduler from '#properties/assignments/lazy-scheduler/assignment.ts';
import lrpc from '#properties/assignments/lrpc/assignment.ts';
import pipe from '#properties/assignments/pipe/assignment.ts';
import ring from '#properties/assignments/ring/assignment.ts';

export const assignments: readonly Assignment[] = [pipe, ring, capability, lazyScheduler, lrpc, claims];
