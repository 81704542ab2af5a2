import type { Assignment, Item, Visibility } from '#properties/assignments/assignment.ts';
import { programs } from '#properties/assignments/claims/programs.ts';

/** What is wrong shows as soon as two threads take turns: neither store buffers nor stale reads are needed for it. */
const strong = ['sc', 'tso'] as const;

/** It takes a memory that reorders: there the machine stops at the race. */
const weak = ['rc11'] as const;

const kills = (
  id: string,
  mutant: string,
  points: number,
  visibility: Visibility,
  hint: string,
  hintZh: string,
  memories: typeof strong | typeof weak = strong,
): Item => ({
  id,
  points,
  visibility,
  asks: { tag: 'kills', mutant: `ipc/bounded-buffer/${mutant}`, memories },
  hint,
  hintZh,
});

const accepts = (variant: string): Item => ({
  id: `accepts-${variant}`,
  points: 5,
  visibility: 'visible',
  asks: { tag: 'accepts', variant },
  hint: 'If a run is shown: a right buffer may do more than you think. Go through it event by event: which calls overlap? If none is: begin with the bugs.',
  hintZh:
    '如果显示了一个运行：正确的缓冲区允许的行为可能比你想的多。请逐个事件看一遍：哪些调用是重叠的？如果没有显示：请先从那些错误的实现开始。',
});

const overtaken = 'What may a consumer get while a producer is in the middle of its put?';
const overtakenZh = '生产者的 put 进行到一半时，消费者可能拿到什么？';
const crowded = 'What if two threads do the same thing at the same time?';
const crowdedZh = '如果两个线程同时做同一件事呢？';
const full = 'What must not happen while there is no room?';
const fullZh = '没有空位时，什么绝不能发生？';
const waits = 'Who waits for ever in a run that has settled, and for what? May they?';
const waitsZh = '在已经停下的运行里，谁在永远等待，等什么？可以这样等吗？';
const stops = 'A run may end in another way than by settling.';
const stopsZh = '一次运行不一定以 settled 结束。';
const rounds = 'What changes when indices have gone once round the ring?';
const roundsZh = '下标绕环一圈之后会有什么不同？';
const end = 'What does `finish` promise, to whom, and what does it not take away?';
const endZh = '`finish` 向谁承诺了什么？它又不会拿走什么？';

/**
 * The students write claims and workloads about a queue with room for so many items. Four right implementations of one
 * spec are to be accepted and twenty-four wrong ones refuted: the museum's, without those that are only slower.
 */
const assignment: Assignment = {
  name: 'claims',
  title: 'Write the properties: what is a bounded buffer?',
  titleZh: '写出性质：什么是有界缓冲区？',
  kind: 'properties',
  subject: 'ipc/bounded-buffer',
  variant: 'semaphores',
  file: 'claims.ts',
  library: [],
  budget: 'grade',
  seeds: [1],
  limits: { seconds: 900, stepSeconds: 2, memoryMegabytes: 256 },
  least: [],
  programs,
  distinct: 'items',
  rubric: [
    accepts('in-out'),
    accepts('counters'),
    accepts('semaphores'),
    accepts('lock-free'),

    kills('in-out-1', 'index-before-item', 3, 'visible', overtaken, overtakenZh),
    kills('in-out-2', 'all-slots-used', 4, 'visible', waits, waitsZh),
    kills('in-out-3', 'full-not-tested', 4, 'visible', full, fullZh),
    kills('in-out-4', 'newest-first', 3, 'visible', 'A buffer is a queue.', '缓冲区是一个队列。'),
    kills('in-out-5', 'wrap-forgotten', 2, 'visible', `${rounds} ${stops}`, `${roundsZh}${stopsZh}`),
    kills('in-out-6', 'index-relaxed', 2, 'visible', stops, stopsZh, weak),
    kills('in-out-7', 'test-moves-the-index', 3, 'after_published', rounds, roundsZh),

    kills('counters-1', 'as-printed', 3, 'visible', overtaken, overtakenZh),
    kills('counters-2', 'test-then-decrement', 4, 'visible', `${full} ${crowded}`, `${fullZh}${crowdedZh}`),
    kills('counters-3', 'filled-before-written', 3, 'visible', overtaken, overtakenZh),
    kills('counters-4', 'counted-relaxed', 2, 'visible', stops, stopsZh, weak),
    kills('counters-5', 'index-not-exclusive', 4, 'after_published', crowded, crowdedZh),
    kills(
      'counters-6',
      'ticket-for-a-lock',
      4,
      'after_published',
      `${overtaken} ${crowded}`,
      `${overtakenZh}${crowdedZh}`,
    ),

    kills('semaphores-1', 'mutex-first', 4, 'visible', waits, waitsZh),
    kills('semaphores-2', 'semaphore-up-wakes-nobody', 4, 'visible', waits, waitsZh),
    kills('semaphores-3', 'no-mutex', 3, 'visible', crowded, crowdedZh),
    kills('semaphores-4', 'leaves-on-the-flag', 4, 'visible', end, endZh),
    kills('semaphores-5', 'end-for-one', 4, 'after_published', end, endZh),
    kills('semaphores-6', 'semaphore-if-for-while', 4, 'after_published', crowded, crowdedZh),

    kills('lock-free-1', 'tail-is-believed', 3, 'visible', overtaken, overtakenZh),
    kills('lock-free-2', 'tail-not-swapped', 3, 'visible', crowded, crowdedZh),
    kills('lock-free-3', 'turn-relaxed', 2, 'visible', stops, stopsZh, weak),
    kills('lock-free-4', 'released-too-soon', 3, 'after_published', overtaken, overtakenZh),
    kills('lock-free-5', 'single-numbers', 5, 'after_published', 'How small can a ring be?', '环最小可以有多小？'),
  ],
};

export default assignment;
