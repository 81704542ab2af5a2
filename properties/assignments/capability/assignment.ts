import type { Assignment } from '#properties/assignments/assignment.ts';

/** Tables of capabilities, with ChCore's rule of revocation: all capabilities of an object are equals, and go together. */
const capability: Assignment = {
  name: 'capability',
  title: 'A capability table',
  titleZh: '能力表',
  kind: 'implementation',
  subject: 'kernel/capability',
  variant: 'chcore',
  file: 'capability.ts',
  library: [
    'impl/machine/ops.ts',
    'impl/machine/order.ts',
    'impl/machine/allocator.ts',
    'impl/sync/spinlock.ts',
    'impl/sync/threads.ts',
  ],
  budget: 'class',
  seeds: [1],
  limits: { seconds: 900, stepSeconds: 5, memoryMegabytes: 512 },
  least: ['alone: two objects'],
  rubric: [
    {
      id: 'one-at-a-time',
      points: 30,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'refines', claimZh: '每次一个调用时，行为与规约一致', memories: ['sc'] },
      hint: 'One call at a time. Which error comes first if several apply; which slot and which generation does a new capability get; what are the rights and the badge of a copy?',
      hintZh:
        '每次只有一个调用。同时满足多个错误条件时先返回哪一个？新能力得到哪个槽位、第几代？副本的权限和徽章是什么？',
    },
    {
      id: 'all-at-once',
      points: 20,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'linearizes', claimZh: '重叠的调用得到规约允许的结果', memories: ['sc'] },
      hint: 'Two calls overlap. Between the look at a handle and the use of what it led to, what may another process have done to that slot, to that object, or to the table of the receiver?',
      hintZh: '两个调用重叠执行。从查看句柄到使用它所指的东西之间，别的进程可能对该槽位、该对象或接收者的表做了什么？',
    },
    {
      id: 'everybody-goes-on',
      points: 10,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'progress', claimZh: '本可继续的人不会一直等待', memories: ['sc'] },
      hint: 'No call of this kind ever waits for another. If you have several locks: in which order does each call take them, and is every way out of a routine one that lets them go?',
      hintZh: '这类调用从不等待别的调用。如果有多把锁：每个调用按什么次序获取？例程的每条退出路径都放开了它们吗？',
    },
    {
      id: 'no-fault',
      points: 5,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'faultless', claimZh: '机器从不发生故障', memories: ['sc'] },
      hint: 'The machine stopped your code, and the story says where. Handles come from outside: any slot and any generation may be asked for.',
      hintZh: '机器停止了你的代码，故事中写明了位置。句柄来自外部：任何槽位、任何代数都可能被拿来询问。',
    },
    {
      id: 'authority',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'authority-never-grows',
        claimZh: '权限从不增长：能力不允许的事、它所复制自的能力不允许的事，谁也做不了',
        memories: ['sc'],
      },
      hint: 'Somebody did what its capability, or one that it was copied from, did not allow. Follow the rights along the copies.',
      hintZh: '有人做了其能力（或它所复制自的能力）不允许的事。请沿着复制的路径追踪权限。',
    },
    {
      id: 'revoked',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'revoked',
        claimZh: '撤销返回之后，应被收回的能力在任何核上都不再可用',
        memories: ['sc'],
      },
      hint: 'A capability still worked after its revocation was answered. Was it in a table that had been passed already, or made meanwhile?',
      hintZh: '撤销已经返回之后，某个能力仍然可用。它是在已经扫描过的表里，还是在此期间产生的？',
    },
    {
      id: 'stale',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'stale',
        claimZh: '被删除或移走的能力的句柄永远失效，无论其槽位现在持有什么',
        memories: ['sc'],
      },
      hint: 'An old handle worked again. What tells the capability that a slot holds now from the one that it held before?',
      hintZh: '旧句柄又能用了。靠什么区分槽位现在的能力与从前的能力？',
    },
    {
      id: 'own-object',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'own-object',
        claimZh: '能力只通向自己的对象：读到的要么是通过同一对象的能力写入的，要么是 0',
        memories: ['sc'],
      },
      hint: 'What was read was written by a capability to another object. When is the place of an object free to be used for the next one, and what does a new object begin with?',
      hintZh: '读到的内容是通过另一个对象的能力写入的。对象的位置何时可以给下一个对象用？新对象从什么内容开始？',
    },
    {
      id: 'weak-answers',
      points: 5,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'linearizes', claimZh: '重叠的调用得到规约允许的结果', memories: ['rc11'] },
      hint: 'It goes wrong where a read may give an old word. Which word is read without the lock under which it is written?',
      hintZh: '在读操作可能得到旧值的内存上出错。哪个字在读的时候没有持有写它时的那把锁？',
    },
    {
      id: 'no-race',
      points: 10,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'faultless', claimZh: '机器从不发生故障', memories: ['rc11'] },
      hint: 'The story names two accesses that nothing orders, one of them a write. Which lock should both have been under, or which order should both have named?',
      hintZh:
        '故事指出了两个没有先后关系的访问，其中至少一个是写。它们本应处于哪把锁之下，或者各自应标明哪种内存次序？',
    },
  ],
};

export default capability;
