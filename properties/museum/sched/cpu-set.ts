import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/sched/cpu-set.ts';
const variant = 'bitmap';

const changes = `    if ((yield compareAndSwap(address, before, after, 'seq_cst', 'cpu-set.update')) === before) return; // pairs with all others
`;

/** The set of cores as a bitmap. */
export default exhibit('sched/cpu-set', [
  {
    name: 'first-word-only',
    variant,
    bug: 'SEL4-IPC-05',
    title: 'TLB bitmap index error',
    story:
      'The loop over the words of the set reads the first word each time. Cores above those of the first word are never found, and those below are found twice: whoever tells all members of something forgets some.',
    origin: 'seL4 b46e98c10 (2016-11-09): the loop over the cores whose TLB must be flushed',
    edits: [
      { file, from: `yield load(set.bits + i, 'seq_cst', 'cpu-set.count')`, to: `yield load(set.bits, 'acquire')` },
    ],
    killedBy: 'refines',
  },
  {
    name: 'neighbour-lost',
    variant,
    bug: undefined,
    title: 'A bit is changed with a load and a store',
    story:
      'Two threads set two bits of one word. Both read the word, both write it back with their own bit, and the one that writes first is forgotten.',
    origin: 'classic: __set_bit where set_bit is meant',
    edits: [
      {
        file,
        from: changes,
        to: `    yield store(address, after, 'release');
    return;
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'tries-once',
    variant,
    bug: undefined,
    title: 'A swap that fails is not tried again',
    story: 'The word changed between the look and the swap, so the swap fails. The bit is not set, and nobody is told.',
    origin: 'classic: the result of a compare-and-swap thrown away',
    edits: [
      {
        file,
        from: changes,
        to: `    yield compareAndSwap(address, before, after, 'release');
    return;
`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'first-word-emptied',
    variant,
    bug: undefined,
    title: 'Only the first word is emptied',
    story: 'The set has more words than one, and CPU_ZERO writes one. The members of the others stay.',
    origin: 'classic: sizeof a word where the size of the set is meant',
    edits: [
      {
        file,
        from: `  for (let i = 0; i < set.words; i++) yield store(`,
        to: `  for (let i = 0; i < 1; i++) yield store(`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'last-word-left-out',
    variant,
    bug: undefined,
    title: 'A last word that is not full is left out',
    story:
      'The number of words is rounded down. A core in the last, partial word has no bit, and its access goes behind the set.',
    origin: 'classic: n / 32 where (n + 31) / 32 is meant',
    edits: [{ file, from: `Math.ceil(cpus / wordBits)`, to: `Math.max(1, Math.floor(cpus / wordBits))` }],
    killedBy: 'faultless',
  },
  {
    name: 'toggled',
    variant,
    bug: undefined,
    title: 'Setting a bit that is set clears it',
    story:
      'The bit is changed by exclusive or. The first CPU_SET makes the core a member, the second makes it none again.',
    origin: 'classic: ^ where | is meant',
    edits: [{ file, from: `(bits) => bits | bitOf(cpu)`, to: `(bits) => bits ^ bitOf(cpu)` }],
    killedBy: 'refines',
  },
  {
    name: 'cleared-with-its-neighbours',
    variant,
    bug: undefined,
    title: 'Clearing one core clears its word',
    story:
      'The bits of the word are ANDed with the bit instead of its complement. All other members of the word are gone, and the one that was to go stays.',
    origin: 'classic: & where & ~ is meant',
    edits: [{ file, from: `bits & ~bitOf(cpu)`, to: `bits & bitOf(cpu)` }],
    killedBy: 'refines',
  },
  {
    name: 'one-core-too-many',
    variant,
    bug: undefined,
    title: 'The core behind the last is let in',
    story: 'The test of the bound is off by one. The first core that does not exist becomes a member, and is counted.',
    origin: 'classic: <= or <',
    edits: [{ file, from: `cpu >= 0 && cpu < cpus`, to: `cpu >= 0 && cpu <= cpus` }],
    killedBy: 'refines',
  },
  {
    name: 'negative-core',
    variant,
    bug: undefined,
    title: 'A negative core is let in',
    story: 'Only the upper bound is tested. Core -1 has a word far behind the set, and the kernel writes there.',
    origin: 'classic: a signed number tested on one side, as in MULTICORE-SCHED-01',
    edits: [{ file, from: `cpu >= 0 && cpu < cpus`, to: `cpu < cpus` }],
    killedBy: 'faultless',
  },
  {
    name: 'sign-bit-not-counted',
    variant,
    bug: undefined,
    title: 'The last core of a word is not counted',
    story:
      'A word with its highest bit set is negative. The loop that counts its bits goes on while the word is larger than 0, and counts none at all.',
    origin: 'classic: a set of bits in a signed word',
    edits: [{ file, from: `left !== 0; left &=`, to: `left > 0; left &=` }],
    killedBy: 'refines',
  },
  {
    name: 'always-swapped',
    variant,
    bug: undefined,
    title: 'A bit is set again though it is set',
    story:
      'Who finds the bit as it should be swaps the word for itself. The answer is right, and the word goes to this core’s cache for nothing, each time.',
    origin: 'Linux cpumask_test_and_set on hot paths, tested first since',
    edits: [
      {
        file,
        from: `    if (after === before) return;
`,
        to: '',
      },
    ],
    killedBy: 'no-lock',
  },
  {
    name: 'counted-without-acquire',
    variant,
    bug: undefined,
    title: 'The words are counted in any order',
    story:
      'Nothing keeps the loads of two words in order. The count sees a later change in the first word, and misses an earlier one in the second.',
    origin: 'Linux set_bit orders nothing',
    edits: [{ file, from: `'seq_cst', 'cpu-set.count'`, to: `'relaxed', 'cpu-set.count'` }],
    killedBy: 'linearizes',
  },
  {
    name: 'set-without-acquire',
    variant,
    bug: undefined,
    title: 'Who sets a core acquires nothing',
    story:
      'While a set is being emptied, a thread finds the last word empty already and sets a core of it, then one of the first word. Nothing says that the first word was emptied before, so the second core may be emptied away, though it was set after.',
    origin: 'our own, found by the budget grade with seed 17: the swap released and did not acquire',
    edits: [
      { file, from: `'seq_cst', 'cpu-set.look'`, to: `'relaxed'` },
      { file, from: `'seq_cst', 'cpu-set.update'`, to: `'release', 'cpu-set.update'` },
    ],
    killedBy: 'linearizes',
  },
]);
