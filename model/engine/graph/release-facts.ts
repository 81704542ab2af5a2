/**
 * The facts about an event under RC11. `happensBefore`: the row that tells what happens before it, of each thread but its
 * own, how many events. `lastStrongFence`: the last seq_cst fence of its thread up to it, -1 if there is none. The others
 * are moments: 0 is none, an event stands for itself and all that happens before it, and -row for what the row says, of
 * each thread. `shown`: of a write, what happens before whoever acquires it. `pending`: what was read by the event and
 * before it, and will be acquired by a fence. `released`: the last fence that releases.
 */
export const happensBefore = 0;
export const lastStrongFence = 1;
export const shown = 2;
export const pending = 3;
export const released = 4;
