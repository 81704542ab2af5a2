/**
 * The immediate priority ceiling: who takes a mutex has its ceiling at once, and as long as it holds it. On one core
 * nobody who might want the mutex is dispatched in the meantime: so nobody ever waits for one.
 *
 * Source: Sha, Rajkumar and Lehoczky, 1990 (the priority ceiling); POSIX, PTHREAD_PRIO_PROTECT.
 */

import type { Allocator } from '#impl/machine/allocator.ts';
import * as plain from '#impl/sched/inheritance.big-lock.ts';
import type { InheritanceParameters } from '#spec/abi/sched/inheritance.ts';

export const boot = (memory: Allocator, parameters: InheritanceParameters): plain.Kernel =>
  plain.layout(memory, parameters, parameters.ceilings);

export const {
  begin,
  call,
  dispatch,
  lock,
  priorityOf,
  receive,
  reply,
  retire,
  setPriority,
  timeOut,
  timerInterrupt,
  unlock,
} = plain;
