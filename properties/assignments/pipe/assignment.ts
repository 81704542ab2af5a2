import type { Assignment } from '#properties/assignments/assignment.ts';

/** A pipe, as xv6 has it: one lock, and sleep and wakeup. */
const pipe: Assignment = {
  name: 'pipe',
  title: 'A pipe, with sleep and wakeup',
  titleZh: '管道：睡眠与唤醒',
  kind: 'implementation',
  subject: 'ipc/pipe',
  variant: 'xv6',
  file: 'pipe.ts',
  library: [
    'impl/machine/ops.ts',
    'impl/machine/order.ts',
    'impl/machine/allocator.ts',
    'impl/sync/spinlock.ts',
    'impl/sync/threads.ts',
    'impl/sync/dispatcher.ts',
    'impl/sync/sleep-wakeup.ts',
    'impl/ipc/descriptors.ts',
  ],
  budget: 'class',
  seeds: [1],
  limits: { seconds: 900, stepSeconds: 5, memoryMegabytes: 512 },
  least: ['a write meets a read'],
  rubric: [
    {
      id: 'one-at-a-time',
      points: 25,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'refines', claimZh: '每次一个调用时，行为与规约一致', memories: ['sc'] },
      hint: 'One process at a time, so no schedule is to blame. Compare what your routine gives with the rule for that call in the handout: buffers that end, ends that nobody holds, a killed caller, calls of no bytes.',
      hintZh:
        '每次只有一个进程在运行，因此与调度无关。请把例程的返回值与讲义中该调用的规则对照：缓冲区提前结束、某一端已无人持有、调用者已被杀死、零字节的调用。',
    },
    {
      id: 'all-at-once',
      points: 20,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'linearizes', claimZh: '重叠的调用得到规约允许的结果', memories: ['sc'] },
      hint: 'Is a call answered that should wait? If not, two calls overlap, and together they answer what no order of them explains. Find the step where the other one comes in: which words did you look at before it and use after it, and what was to keep them as they were?',
      hintZh:
        '是否有本应等待的调用却返回了？如果不是，则是两个调用重叠执行，其结果无法用任何先后次序解释。请找到另一方插入的那一步：哪些字在此之前读过、在此之后还在使用？靠什么保证它们不变？',
    },
    {
      id: 'everybody-goes-on',
      points: 20,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'progress', claimZh: '本可继续的人不会一直等待', memories: ['sc'] },
      hint: 'Somebody sleeps for ever who could go on. Who last changed what he waits for, and did that one wake the channel on which he sleeps? Think of all that ends a wait: a byte, room, an end that nobody holds any more, a kill; and of writes that leave early.',
      hintZh:
        '有人本可继续，却永远睡着。是谁最后改变了他等待的条件？那一方唤醒了他所睡的通道吗？请想想所有能结束等待的事件：来了字节、有了空位、某一端无人持有、被杀死；还有提前离开的写操作。',
    },
    {
      id: 'no-fault',
      points: 5,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'faultless', claimZh: '机器从不发生故障', memories: ['sc'] },
      hint: 'The machine stopped your code, and the story says at which step and why: a panic of the lock or of sleep, or an address or word that is none.',
      hintZh: '机器停止了你的代码，故事中写明了在哪一步、因为什么：锁或 sleep 的 panic，或者不合法的地址或字。',
    },
    {
      id: 'bytes-once',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'conservation',
        claimZh: '没有字节凭空出现、被读两次，或在写入之前就被读到',
        memories: ['sc'],
      },
      hint: 'A byte was read that nobody had written yet, or was read twice. Whose place in the buffer did each of the two take, and when did it say so?',
      hintZh: '读到了尚无人写入的字节，或者同一字节被读了两次。两者各占用了缓冲区的哪个位置？又是何时登记的？',
    },
    {
      id: 'bytes-in-order',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'order',
        claimZh: '每个读者看到的每个写者的内容，次序与写入时相同',
        memories: ['sc'],
      },
      hint: 'A reader sees the bytes of one writer in another order than they were written. Look at where the oldest byte is after the buffer has gone round once.',
      hintZh: '读者看到某个写者的字节次序与写入次序不同。请看缓冲区绕过一圈之后最旧的字节在哪里。',
    },
    {
      id: 'end-of-file',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'end-of-file',
        claimZh: '只有当所有持有写端的进程都已开始关闭它，才会读到文件结束',
        memories: ['sc'],
      },
      hint: 'A read gave 0 bytes though somebody could still write. Waking up says that something may have changed, not what.',
      hintZh: '仍有人可以写，读操作却返回了 0 字节。被唤醒只说明“可能有变化”，并不说明是什么变化。',
    },
    {
      id: 'weak-answers',
      points: 5,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'linearizes', claimZh: '重叠的调用得到规约允许的结果', memories: ['rc11'] },
      hint: 'It goes wrong where a read may give an old word. Which word is read without the lock that guards it, and by which order would the reader have to learn of the last write?',
      hintZh:
        '在读操作可能得到旧值的内存上出错。哪个字是在没有持有相应锁的情况下读的？读者应通过哪种内存次序得知最后一次写？',
    },
    {
      id: 'weak-waits',
      points: 5,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'progress', claimZh: '本可继续的人不会一直等待', memories: ['rc11'] },
      hint: 'Somebody decided to sleep by an old word. Is everything that decides about sleeping read under the lock that sleep is given?',
      hintZh: '有人依据旧值决定睡眠。决定是否睡眠的所有字，都是在传给 sleep 的那把锁之下读取的吗？',
    },
    {
      id: 'no-race',
      points: 5,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'faultless', claimZh: '机器从不发生故障', memories: ['rc11'] },
      hint: 'The story names two accesses that nothing orders, one of them a write. Which lock should both have been under, or which order should both have named?',
      hintZh:
        '故事指出了两个没有先后关系的访问，其中至少一个是写。它们本应处于哪把锁之下，或者各自应标明哪种内存次序？',
    },
  ],
};

export default pipe;
