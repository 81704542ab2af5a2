import type { Assignment } from '#properties/assignments/assignment.ts';

/** The ring of one producer and one consumer: the smallest program in which release and acquire matter. */
const ring: Assignment = {
  name: 'ring',
  title: 'A ring buffer, with acquire and release',
  titleZh: '环形缓冲区：获取与释放',
  kind: 'implementation',
  subject: 'ipc/bounded-buffer',
  variant: 'in-out',
  file: 'ring.ts',
  library: [
    'impl/machine/ops.ts',
    'impl/machine/order.ts',
    'impl/machine/allocator.ts',
    'impl/sync/spinlock.ts',
    'impl/sync/threads.ts',
  ],
  budget: 'quick',
  seeds: [1, 2],
  limits: { seconds: 900, stepSeconds: 5, memoryMegabytes: 512 },
  least: ['a put meets a get'],
  rubric: [
    {
      id: 'one-at-a-time',
      points: 20,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'refines', claimZh: '每次一个调用时，行为与规约一致', memories: ['sc'] },
      hint: 'One call at a time. How many items are in the ring when you say that it is full, and does it come out empty after it has gone round?',
      hintZh: '每次只有一个调用。你判断“满”时环里有几个元素？绕过一圈之后，它能正确地变空吗？',
    },
    {
      id: 'all-at-once',
      points: 20,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'linearizes', claimZh: '重叠的调用得到规约允许的结果', memories: ['sc'] },
      hint: 'Is a call answered that should wait: a put where there is no room, a get where there is nothing? If not, a put and a get overlap. At which store does the other side learn that there is an item, or room; and what has still to be done after it?',
      hintZh:
        '是否有本应等待的调用却返回了：没有空位时的 put、没有元素时的 get？如果不是，则是 put 与 get 重叠执行。另一方是在哪一次写之后得知“有元素”或“有空位”的？在那之后你还有什么没做完？',
    },
    {
      id: 'everybody-goes-on',
      points: 15,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'progress', claimZh: '本可继续的人不会一直等待', memories: ['sc'] },
      hint: 'One side spins for ever. On which word does it spin, and who would have to change it? The other side may have changed it just before the spinning began.',
      hintZh: '有一方永远自旋。它在哪个字上自旋，又应由谁来改变这个字？另一方可能恰好在自旋开始之前就改过了。',
    },
    {
      id: 'no-fault',
      points: 5,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'faultless', claimZh: '机器从不发生故障', memories: ['sc'] },
      hint: 'The machine stopped your code, and the story says where: most often an index that has left the ring.',
      hintZh: '机器停止了你的代码，故事中写明了位置：最常见的是下标越出了环。',
    },
    {
      id: 'items-once',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'exactly-once',
        claimZh: '没有元素凭空出现、被取两次，或在放入之前就被取到',
        memories: ['sc'],
      },
      hint: 'An item was got that nobody had put yet, or was got twice.',
      hintZh: '取到了尚无人放入的元素，或者同一元素被取了两次。',
    },
    {
      id: 'items-in-order',
      points: 5,
      visibility: 'visible',
      asks: {
        tag: 'claim',
        claim: 'order',
        claimZh: '每个读者看到的每个写者的内容，次序与写入时相同',
        memories: ['sc'],
      },
      hint: 'Items come out in another order than they went in: which slot does the next get read?',
      hintZh: '元素取出的次序与放入的次序不同：下一次 get 读的是哪个槽位？',
    },
    {
      id: 'weak-fault',
      points: 15,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'faultless', claimZh: '机器从不发生故障', memories: ['tso', 'rc11'] },
      hint: 'A data race: the story names two accesses to a slot that nothing orders. By which store could the one side tell the other that it is done with the slot, by which load would the other hear it, and which orders do the two name?',
      hintZh:
        '数据竞争：故事指出了对同一槽位的两个没有先后关系的访问。一方通过哪次写告诉另一方“我用完了这个槽位”？另一方通过哪次读得知？这两次访问各标明了哪种内存次序？',
    },
    {
      id: 'weak-answers',
      points: 10,
      visibility: 'visible',
      asks: { tag: 'claim', claim: 'linearizes', claimZh: '重叠的调用得到规约允许的结果', memories: ['tso', 'rc11'] },
      hint: 'An old word was read. Step through the story and see which values a core may still read when it reads it.',
      hintZh: '读到了旧值。请逐步查看故事：在读的那一刻，该核还可能读到哪些值？',
    },
    {
      id: 'weak-waits',
      points: 5,
      visibility: 'after_published',
      asks: { tag: 'claim', claim: 'progress', claimZh: '本可继续的人不会一直等待', memories: ['tso', 'rc11'] },
      hint: 'Somebody waits for ever on a memory that keeps stores back. Is what is waited for looked at again after the wait?',
      hintZh: '在会延迟写操作的内存上，有人永远等待。等待结束之后，是否重新检查了所等的条件？',
    },
  ],
};

export default ring;
