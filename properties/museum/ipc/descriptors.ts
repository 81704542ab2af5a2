import { exhibit } from '#properties/museum/mutant.ts';

const file = 'impl/ipc/descriptors.ts';
const pipe = 'impl/ipc/pipe.ts';
const linux = 'impl/ipc/pipe.linux.ts';

/** Who holds which end: the descriptors of a pipe, their counts, and how a child comes by them. */
export default exhibit('ipc/pipe', [
  {
    name: 'reference-left-open',
    variant: 'linux',
    bug: 'LINUX-PIPE-15',
    title: 'Unused pipe ends left open: EOF never comes',
    story:
      'A fork counts the ends twice: once for the child, and once for a copy that nobody uses and nobody will close. Everybody who holds the write end closes it, and one reference remains. The reader waits for bytes or the end of file, and neither will come.',
    origin: 'seeds 000, 001, 004; pipe(7). There it is the program that keeps the copy; here it is the kernel',
    edits: [
      {
        file,
        from: `  yield* count(descriptors, held, 1); // first: the child may close as soon as it holds them`,
        to: `  yield* count(descriptors, held, 2); // first: the child may close as soon as it holds them`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'fork-does-not-count',
    variant: 'xv6',
    bug: undefined,
    title: 'fork copies the descriptors and does not count them',
    story:
      'A process forks and closes its write end. The child still holds its copy, but by the count nobody does. The reader is told the end of file while the child may still write.',
    origin: 'classic: filedup forgotten in fork',
    edits: [
      {
        file,
        from: `  yield* count(descriptors, held, 1); // first: the child may close as soon as it holds them
`,
        to: '',
      },
      {
        file,
        from: `  if (old === 0) return true;
  yield* count(descriptors, held, -1);
  return false;`,
        to: '  return old === 0;',
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'fork-counts-late',
    variant: 'xv6',
    bug: undefined,
    title: 'fork counts the child’s descriptors after it has handed them over',
    story:
      'The parent gives its child the descriptors, and has not yet counted them. The child closes one of its own at once. The count drops to zero and the end is shut, although the parent still holds it.',
    origin: 'classic: publish first, count afterwards',
    edits: [
      {
        file,
        from: `  yield* count(descriptors, held, 1); // first: the child may close as soon as it holds them
`,
        to: '',
      },
      {
        file,
        from: `  if (old === 0) return true;
  yield* count(descriptors, held, -1);
  return false;`,
        to: `  if (old === 0) yield* count(descriptors, held, 1);
  return old === 0;`,
      },
    ],
    killedBy: 'linearizes',
  },
  {
    name: 'count-not-atomic',
    variant: 'linux',
    bug: undefined,
    title: 'A reference is dropped with a load and a store',
    story:
      'One process closes its copy of the write end while another forks, or tries to. The close reads the count and writes it back one smaller. What the fork did to the count in between is lost. By the count somebody still holds the end, so it is never shut, and the reader waits for ever.',
    origin: 'classic: a reference count without atomic decrement',
    edits: [
      {
        file,
        from: `  return (yield fetchAdd(descriptors.references[end], -1, 'relaxed', 'descriptors.dereference')) === 1;`,
        to: `  const references = yield load(descriptors.references[end], 'acquire');
  yield store(descriptors.references[end], references - 1, 'release');
  return references === 1;`,
      },
    ],
    killedBy: 'progress',
  },
  {
    name: 'either-end-reads',
    variant: 'linux',
    bug: undefined,
    title: 'The write end can be read',
    story:
      'A read looks whether the caller holds the descriptor it names, and not whether that descriptor is for reading. So the write end gives bytes.',
    origin: 'classic: the mode of an open file is not tested (EBADF)',
    edits: [
      {
        file: linux,
        from: `  if (descriptor !== readEnd || !(yield* holds(self, pipe.descriptors, readEnd))) return EBADF;`,
        to: `  if (!(yield* holds(self, pipe.descriptors, descriptor))) return EBADF;`,
      },
    ],
    killedBy: 'one-direction',
  },
  {
    name: 'anybody-reads',
    variant: 'xv6',
    bug: undefined,
    title: 'A pipe can be read without a descriptor',
    story:
      'A read looks only at the number it is given. A process that never made, got or inherited the pipe reads the bytes of others.',
    origin: 'classic: a handle is trusted without a look at the caller’s table',
    edits: [
      {
        file: pipe,
        from: `  if (descriptor !== readEnd || !(yield* holds(self, pipe.descriptors, readEnd))) return failed;`,
        to: `  if (descriptor !== readEnd) return failed;`,
      },
    ],
    killedBy: 'related-processes',
  },
  {
    name: 'ends-mixed-up',
    variant: 'xv6',
    bug: undefined,
    title: 'pipe() gives the two numbers in the wrong order',
    story: 'The caller is told that descriptor 1 reads and descriptor 0 writes. It is the other way round.',
    origin: 'classic; seeds 003 and 004: pipefd[0] is for reading',
    edits: [
      {
        file: pipe,
        from: `(yield copyOut(0, readEnd)) < 0 || (yield copyOut(1, writeEnd)) < 0`,
        to: `(yield copyOut(0, writeEnd)) < 0 || (yield copyOut(1, readEnd)) < 0`,
      },
    ],
    killedBy: 'descriptors',
  },
  {
    name: 'fault-leaves-descriptors',
    variant: 'linux',
    bug: undefined,
    title: 'pipe() fails and leaves its descriptors behind',
    story:
      'The pipe is made and its descriptors are installed. Only then does the kernel find that it cannot store their numbers in the user’s memory. The call fails, but the pipe is there, in the hands of a process that was never told.',
    origin: 'classic; seed 004, sys_pipe2: the descriptors must be closed again',
    edits: [
      {
        file: linux,
        from: `  if ((yield copyOut(0, readEnd)) < 0 || (yield copyOut(1, writeEnd)) < 0) return EFAULT;
`,
        to: '',
      },
      {
        file: linux,
        from: `  yield* install(self, pipe.descriptors);
  return 0;`,
        to: `  yield* install(self, pipe.descriptors);
  return (yield copyOut(0, readEnd)) < 0 || (yield copyOut(1, writeEnd)) < 0 ? EFAULT : 0;`,
      },
    ],
    killedBy: 'refines',
  },
  {
    name: 'pipe-test-then-set',
    variant: 'xv6',
    bug: undefined,
    title: 'Two pipe() calls get the same pipe',
    story:
      'Two processes ask for a pipe at once. Both see that the one pipe is free, and both take it. The second allocates a page that is in use.',
    origin: 'classic: test and set in two steps',
    edits: [
      {
        file: pipe,
        from: `  if ((yield compareAndSwap(pipe.inUse, 0, 1, 'acquire', 'pipe.claim')) !== 0) return failed; // pairs with close
`,
        to: `  yield store(pipe.inUse, 1, 'relaxed');
`,
      },
      {
        file: pipe,
        from: `  compareAndSwap,
  copyIn,`,
        to: '  copyIn,',
      },
    ],
    killedBy: 'faultless',
  },
  {
    name: 'shared-without-barrier',
    variant: 'linux',
    bug: 'MEMORY-ORDER-09',
    title: 'General config published without barrier',
    story:
      'A process makes a pipe and forks. The child sees that it holds a descriptor, and goes to the pipe behind it; but nothing says that the pipe is there by then. It takes a lock that its core has not seen made.',
    origin: 'ChCore register_server without the smp_mb before general_ipc_config',
    edits: [{ file, from: `'release', 'descriptors.share'`, to: `'relaxed', 'descriptors.share'` }],
    killedBy: 'faultless',
  },
]);
