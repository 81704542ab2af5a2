/** The words of the page of what was covered, in Chinese. See `coverage-words.ts`. */
import type { CoverageWords } from '#reports/html/client/coverage/coverage-words.ts';

const inChinese = (n: number): string => n.toLocaleString('zh');

export const coverageChinese: CoverageWords = {
  title: '覆盖了什么',
  madeBy: (budget, seed) => `预算 ${budget}，种子 ${seed}`,
  tiles: {
    transitions: '条规约转移出现过',
    pairs: '对代码点两种次序都出现过',
    orders: '处内存序已证实必需',
    lines: '行代码运行过',
    branches: '个分支运行过',
  },
  summary: (transitions, pairs, orders) =>
    `转移 ${transitions}，次序 ${pairs}${orders === null ? '' : `，内存序 ${orders}`}`,
  executions: (n) => `${inChinese(n)} 次执行`,
  unexplained: (n) => `其中 ${inChinese(n)} 次规约无法解释，它们不计入转移`,
  transitions: (seen, known) => `规约的转移：${inChinese(known)} 条中出现过 ${inChinese(seen)} 条`,
  transitionsMeaning: (states, systems, isComplete) =>
    `一条转移是一次调用（或调用剩下的部分）的一种结果。有哪些转移：由${isComplete ? '全部 ' : ' '}${inChinese(states)} 个状态（${inChinese(systems)} 个系统${isComplete ? '' : '，还有更多状态'}）和随机的调用得知。数字是出现的次数。`,
  call: '调用',
  outcomes: '结果',
  neverSeen: '从未出现',
  statesOpen: (n) => (n === 0 ? '只有换了参数的调用才有' : `在规约的 ${inChinese(n)} 个状态中可能`),
  pairs: (both, own) => `访问同一个字的代码点：${inChinese(own)} 对中 ${inChinese(both)} 对两种次序都出现过`,
  pairsMeaning:
    '每一对代码点是两处代码，由不同的线程访问同一个字，其中一处写，且其间没有别的写。只看 sc 下的执行。只出现过一种次序的，另一种要么不可能（锁或交接不允许），要么没有探索到。',
  order: '先 → 后',
  bothOrders: '两种次序',
  oneOrder: '只有这种次序',
  times: '次数',
  kernelPairs: (both, all) => `下面内核的代码点：${inChinese(all)} 对中 ${inChinese(both)} 对两种次序都出现过`,
  noPairs: '没有两个线程访问过它的同一个字。',
  noOrders: '它自己不规定任何内存序。',
  notJudged: '没有判定内存序',
  code: (covered, total) => `代码：${inChinese(total)} 行中运行过 ${inChinese(covered)} 行`,
  codeMeaning: '由 V8 和 c8 计数。一个实现为每个线程各加载一次：其中任何一个运行过，就算运行过。',
  file: '文件',
  lines: '行',
  branches: '分支',
  neverRun: '从未运行的行',
};
