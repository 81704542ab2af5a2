import type { Submission } from '#properties/assignments/submissions/submission.ts';

const channel = 'right-one-channel.ts';
const own = 'right-own-descriptors.ts';

const wakes = '    yield* wakeup(self, layout.lock);\n';

export const pipeSubmissions: readonly Omit<Submission, 'assignment'>[] = [
  { name: 'right-one-channel', what: 'One lock, and one channel for all.', file: channel, edits: [], loses: [] },
  { name: 'right-own-descriptors', what: 'It keeps the descriptors itself.', file: own, edits: [], loses: [] },
  {
    name: 'looks-once',
    what: 'A reader that was woken does not look again: another one may have taken what it was woken for.',
    file: channel,
    edits: [{ from: 'while (waiting === 0 &&', to: 'if (waiting === 0 &&' }],
    loses: ['all-at-once', 'end-of-file', 'weak-answers'],
  },
  {
    name: 'write-wakes-nobody',
    what: 'A write wakes no reader.',
    file: channel,
    edits: [{ from: `${wakes}    put++;\n`, to: '    put++;\n' }],
    loses: ['everybody-goes-on', 'weak-waits'],
  },
  {
    name: 'close-wakes-nobody',
    what: 'Nobody learns that an end is closed.',
    file: channel,
    edits: [{ from: `'plain');\n${wakes}  }\n  yield* clear(`, to: `'plain');\n  }\n  yield* clear(` }],
    loses: ['everybody-goes-on', 'weak-waits'],
  },
  {
    name: 'kill-unseen',
    what: 'A reader that was killed tries to sleep again and again.',
    file: channel,
    edits: [{ from: '    if (yield* isKilled(self)) {\n', to: '    if (layout.capacity < 0) {\n' }],
    loses: ['one-at-a-time', 'everybody-goes-on', 'weak-waits'],
  },
  {
    name: 'unmapped-byte-lost',
    what: 'A byte that could not be given to the reader is counted, and lost.',
    file: channel,
    edits: [
      {
        from: "'plain'))) === -1) break;\n    got++;",
        to: "'plain'))) === -1 && ++got > 0) break;\n    got++;",
      },
    ],
    loses: ['one-at-a-time', 'all-at-once', 'bytes-once', 'weak-answers'],
  },
  {
    name: 'reads-outside-the-lock',
    what: 'A reader takes the bytes after it has let the lock go.',
    file: channel,
    edits: [
      { from: '  let got = 0;\n', to: '  yield* release(layout.lock);\n  let got = 0;\n' },
      {
        from: "yield store(layout.waiting, waiting - got, 'plain');\n",
        to: "yield* acquire(layout.lock);\n  yield store(layout.waiting, waiting - got, 'plain');\n",
      },
    ],
    loses: [
      'all-at-once',
      'everybody-goes-on',
      'bytes-once',
      'bytes-in-order',
      'weak-answers',
      'weak-waits',
      'no-race',
    ],
  },
  {
    name: 'bytes-of-the-last-pipe',
    what: 'A new pipe begins with what was in the old one.',
    file: own,
    edits: [{ from: "    yield store(layout.tail, 0, 'plain');\n    yield store(own", to: '    yield store(own' }],
    loses: ['one-at-a-time', 'all-at-once', 'weak-answers'],
  },
  {
    name: 'end-of-file-too-soon',
    what: 'A read gives 0 bytes when it was woken and there is nothing.',
    file: own,
    edits: [
      {
        from: '      yield* sleep(self, layout.tail, layout.mutex);\n',
        to: '      yield* sleep(self, layout.tail, layout.mutex);\n      break;\n',
      },
    ],
    loses: ['all-at-once', 'everybody-goes-on', 'end-of-file', 'weak-answers', 'weak-waits'],
  },
];
