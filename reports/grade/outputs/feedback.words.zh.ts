/** The fixed words of what a student is told, in Chinese. Claims, stories and the spec stay as they are. */
import type { FeedbackWords } from '#reports/grade/outputs/feedback.words.ts';
import { wordsOf } from '#reports/html/client/words.ts';

const number = (n: number): string => n.toLocaleString('zh');

/** See `feedback.words.ts`. */
export const chinese: FeedbackWords = {
  language: 'zh',
  number,
  colon: '：',
  comma: '，',
  score: (score, maximum) => `得分：${number(score)} / ${number(maximum)}`,
  withheld: (tests) => `另有 ${tests} 项测试不在此显示，也不计入上面的得分。`,
  table: { points: '分数', asked: '考察内容', outcome: '结果' },
  verdict: { holds: '成立', refuted: '被推翻', 'gave-up': '未判定' },
  outcome: { found: '已发现', survived: '未被发现', accepted: '已接受', 'not accepted': '未被接受' },
  executions: (n) => `${number(n)} 次执行`,
  nothingJudged: '无法评判',
  failure: {
    unreadable: '无法读取提交的内容',
    'does not load': '模块无法加载',
    'forgets a yield': '漏写了 yield',
    hung: '程序停滞不前',
    'out of memory': '内存用尽',
    died: '进程意外结束',
    'broke the protocol': '发送了未被要求的内容',
    'not a function of memory': '行为不只取决于它读到的值',
    'out of time': '时间用尽',
    'our fault': '评分程序自身出错',
  },
  lostPoints: '失分',
  nothingLost: '没有失分。',
  lost: (lost, maximum) => `满分 ${number(maximum)} 分，失去 ${number(lost)} 分。`,
  whatWentWrong: '错在哪里',
  theSpec: '规约：',
  theImplementation: '实现：',
  kind: wordsOf('zh').kind,
  notDecided: '为何未能判定',
  clauseOf: '规约的要求：',
  clauseOfAll: '规约的要求',
  source: '出处',
  counterexample: '所发现的最小反例',
  size: ({ threads, calls, switches }) => `${threads} 个线程，${calls} 次调用，${switches} 次上下文切换`,
  under: (memory) => `内存模型 ${memory}`,
  seed: (seed) => `种子 ${seed}`,
  lines: (n) => `此处略去 ${n} 行：重放可见全部`,
  replay: '在你自己的目录中重放',
  hint: '提示',
  madeBy: (rubric, tool, submission) =>
    `评分标准 ${rubric}，工具 ${tool}，提交内容 ${submission}：三者相同，分数必相同。`,
};
