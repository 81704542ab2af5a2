import type { Assignment } from '#properties/assignments/assignment.ts';

/** A call from domain to domain by a thread that goes there itself. Tables and binding are given; the call is not. */
const lrpc: Assignment = {
  name: 'lrpc',
  title: 'Lightweight remote procedure call',
  titleZh: '轻量级远程过程调用',
  kind: 'implementation',
  subject: 'ipc/lrpc',
  variant: 'lock-free',
  file: 'lrpc.ts',
  library: [
    'impl/machine/ops.ts',
    'impl/machine/order.ts',
    'impl/machine/allocator.ts',
    'impl/machine/mmu.ts',
    'impl/sync/spinlock.ts',
    'impl/sync/threads.ts',
    'impl/sync/dispatcher.ts',
    'impl/sync/sleep-wakeup.ts',
  ],
  budget: 'class',
  seeds: [1],
  limits: { seconds: 1800, stepSeconds: 5, memoryMegabytes: 768 },
  least: ['two call'],
  rubric: [
    {
      id: 'one-at-a-time',
      points: 25,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'refines', claimZh: '每次一个调用时，行为与规约一致', memories: ['sc'] },
      hint: 'One call at a time. Which error comes first if several apply; what has to be given back on the way out; and what does a procedure do that calls on, when that call fails?',
      hintZh:
        '每次只有一个调用。同时满足多个错误条件时先返回哪一个？退出时必须归还什么？转而调用别处的过程在那次调用失败时做什么？',
    },
    {
      id: 'all-at-once',
      points: 20,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'linearizes', claimZh: '重叠的调用得到规约允许的结果', memories: ['sc'] },
      hint: 'Two threads are in calls, or a domain ends under one. Where does a thread learn that it may not go on, or may not go back, and is that decided in the same step as the A-stack becomes free?',
      hintZh:
        '两个线程都在调用之中，或者有一个域在调用期间结束。线程在哪里得知它不能继续或不能返回？这与 A 栈变为空闲是在同一步里决定的吗？',
    },
    {
      id: 'everybody-goes-on',
      points: 20,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'progress', claimZh: '本可继续的人不会一直等待', memories: ['sc'] },
      hint: 'Somebody waits for ever: for an A-stack, or in a server that keeps it. Who changed what it waits for last, and did that one wake it? Was an A-stack forgotten on the way out of a call that failed?',
      hintZh:
        '有人永远等待：等 A 栈，或被服务器留住。是谁最后改变了它等待的条件？那一方唤醒它了吗？失败的调用退出时是否忘了归还 A 栈？',
    },
    {
      id: 'no-fault',
      points: 5,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'faultless', claimZh: '机器从不发生故障', memories: ['sc'] },
      hint: 'The machine stopped your code, and the story says where. A caller may ask for any binding, procedure, A-stack and domain, also for those that there are not.',
      hintZh: '机器停止了你的代码，故事中写明了位置。调用者可以指名任何绑定、过程、A 栈和域，包括并不存在的。',
    },
    {
      id: 'checked-is-used',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'checked-is-used',
        claimZh: '服务器使用的就是它检查过的：它的和每次调用最多增加它所允许的量',
        memories: ['sc'],
      },
      hint: 'The client can write on an A-stack while its call is under way. What did the server check, and what did it use?',
      hintZh: '客户在调用进行期间可以改写 A 栈。服务器检查的是什么，使用的又是什么？',
    },
    {
      id: 'own-slice',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'slice-is-lent',
        claimZh: '线程保持自己的优先级，回到自己的权限，时间片减去它在别处用掉的',
        memories: ['sc'],
      },
      hint: 'As whom does the thread run, in the server and back at home, and what is left of its time slice? It has brought its own.',
      hintZh: '线程在服务器里、以及回到家里时，以谁的身份运行？它的时间片还剩多少？时间片是它自己带来的。',
    },
    {
      id: 'fails-with-cause',
      points: 5,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'fails-with-cause', claimZh: '没有无缘无故的失败', memories: ['sc'] },
      hint: 'A call failed though its server lives, nobody gave it up, and its A-stack was its own. Which mark was left over from an earlier call?',
      hintZh: '服务器还在，没有人放弃这次调用，A 栈也是它自己的，调用却失败了。是哪个标记从先前的调用遗留了下来？',
    },
    {
      id: 'no-race',
      points: 5,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'faultless', claimZh: '机器从不发生故障', memories: ['rc11'] },
      hint: 'The story names two accesses that nothing orders. Which of the two is not under the lock?',
      hintZh: '故事指出了两个没有先后关系的访问。其中哪一个不在锁之下？',
    },
    {
      id: 'weak-answers',
      points: 5,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'linearizes', claimZh: '重叠的调用得到规约允许的结果', memories: ['rc11'] },
      hint: 'On a memory where a read may give an old word, calls answer what no order of them explains. Which word is read without the lock under which it is written, or under a lock whose orders promise nothing?',
      hintZh:
        '在读操作可能得到旧值的内存上，各调用的结果无法用任何次序解释。哪个字在读的时候没有持有写它时的那把锁，或者那把锁所用的内存次序什么也不保证？',
    },
    {
      id: 'weak-waits',
      points: 5,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'progress', claimZh: '本可继续的人不会一直等待', memories: ['rc11'] },
      hint: 'Somebody decided to sleep by an old word. Is it read under the lock that sleep is given?',
      hintZh: '有人依据旧值决定睡眠。这个字是在传给 sleep 的那把锁之下读取的吗？',
    },
  ],
};

export default lrpc;
