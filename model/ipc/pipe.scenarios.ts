import { aloneScenarios } from '#model/ipc/pipe.alone.ts';
import {
  both,
  type Call,
  closes,
  forks,
  kills,
  neither,
  type Parameters,
  pipes,
  program,
  reader,
  reads,
  writer,
  writes,
} from '#model/ipc/pipe.calls.ts';
import type { Program } from '#model/subject.ts';

/** Small programs, each about one thing that pipes get wrong. */
export const scenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const of = program.bind(null, variant);
  const one = { capacitySlots: 1 };
  const oneByte = { capacitySlots: 1, slotBytes: 1 };
  const twoBytes = { capacitySlots: 2, slotBytes: 1 };
  const onePage = { capacitySlots: 1, slotBytes: 4 };
  const atOnce = { blocking: false };
  return [
    ...aloneScenarios(variant),
    { name: 'a write meets a read', program: of([writer, reader], [[writes([1])], [reads(1)]]) },
    {
      name: 'a write larger than the pipe',
      program: of([writer, reader], [[writes([1, 2, 3])], [reads(2), reads(2)]], one),
    },
    { name: 'two readers, one byte', program: of([writer, reader, reader], [[writes([1])], [reads(1)], [reads(1)]]) },
    {
      name: 'two readers share what one write brings',
      program: of([writer, reader, reader], [[writes([1, 2])], [reads(1)], [reads(1)]]),
    },
    {
      name: 'two writers on a full pipe',
      program: of([writer, writer, reader], [[writes([1, 2])], [writes([3, 4])], [reads(2), reads(2)]], one),
    },
    {
      name: 'writes stay whole',
      program: of([writer, writer, both], [[writes([1, 2])], [writes([3, 4])], [reads(1), reads(3)]]),
    },
    { name: 'the last writer closes on a reader', program: of([writer, reader], [[closes(1)], [reads(1)]]) },
    {
      name: 'the last reader closes on a writer',
      program: of([writer, reader], [[writes([1, 2, 3, 4, 5])], [reads(1), closes(0)]], one),
    },
    { name: 'both ends close at once', program: of([writer, reader], [[closes(1)], [closes(0)]]) },
    { name: 'a reader is killed', program: of([both, neither], [[reads(1)], [kills(0)]]) },
    {
      name: 'a writer is killed',
      program: of([both, reader, neither], [[writes([1, 2, 3, 4, 5])], [reads(2)], [kills(0)]], one),
    },
    {
      name: 'a child writes and both let go',
      program: of(
        [both, neither],
        [
          [forks(1), closes(1), reads(2)],
          [closes(0), writes([1]), closes(1)],
        ],
      ),
    },
    {
      name: 'a child uses a new pipe as soon as it sees it',
      program: of([neither, neither], [[pipes, forks(1)], [closes(0)]]),
    },
    {
      name: 'a pipe is made while another cannot be',
      program: of([neither, neither], [[{ tag: 'pipe', mapped: false }], [pipes]]),
    },
    {
      name: 'a new pipe is made where one has just been closed',
      program: of([writer, neither], [[closes(1)], [pipes]]),
    },
    {
      name: 'everybody blocks in turn on one slot',
      program: of(
        [writer, writer, reader, reader],
        [[writes([1])], [writes([2, 3])], [reads(1)], [reads(1), reads(1)]],
        oneByte,
      ),
    },
    {
      name: 'a long write from a buffer that ends',
      program: of(
        [writer, reader],
        [
          [writes([1, 2, 3, 4], { mappedBytes: 3 }), writes([5])],
          [reads(1), reads(1), reads(2)],
        ],
        twoBytes,
      ),
    },
    {
      name: 'one read makes room for two writers',
      program: of([writer, writer, reader], [[writes([1, 2]), writes([3])], [writes([4])], [reads(2)]], twoBytes),
    },
    {
      name: 'the last reader closes on a writer that has stored nothing',
      program: of([writer, reader], [[writes([1]), writes([2])], [closes(0)]], oneByte),
    },
    {
      name: 'the reader that was woken is killed',
      program: of([reader, reader, writer, neither], [[reads(1)], [reads(1)], [writes([1])], [kills(0)]]),
    },
    {
      name: 'the reader that is first in the queue is killed before it is woken',
      program: of([reader, reader, writer], [[reads(1)], [reads(1)], [kills(0), writes([1])]]),
    },
    {
      name: 'the writer that was woken is killed',
      program: of(
        [writer, both, reader, neither],
        [[writes([2])], [writes([1]), writes([3])], [reads(1)], [kills(0)]],
        oneByte,
      ),
    },
    {
      name: 'three readers wait and the second is killed',
      program: of(
        [reader, reader, reader, writer],
        [[reads(1), reads(1)], [reads(1)], [reads(1)], [kills(1), writes([1]), writes([2, 3])]],
      ),
    },
    {
      name: 'two processes read and write in turn',
      program: of(
        [both, both],
        [
          [reads(1), writes([2, 3])],
          [writes([1]), reads(1), reads(1)],
        ],
        oneByte,
      ),
    },
    {
      name: 'a pipe is made again',
      program: of(
        [both, neither],
        [
          [closes(0), closes(1)],
          [pipes, forks(0), writes([7])],
        ],
      ),
    },
    {
      name: 'two make a pipe at once',
      program: of(
        [neither, neither],
        [
          [pipes, writes([1]), reads(1)],
          [pipes, closes(0)],
        ],
      ),
    },
    {
      name: 'a new pipe is passed on',
      program: of(
        [neither, neither],
        [
          [pipes, forks(1), closes(0), writes([1]), closes(1)],
          [closes(1), reads(1), reads(1)],
        ],
      ),
    },
    {
      name: 'a writer is killed beside a reader',
      program: of([both, reader, neither], [[writes([1, 2])], [reads(1), reads(1)], [kills(0)]], oneByte),
    },
    {
      name: 'two writers queue for one slot, each on a core of its own',
      program: {
        ...of(
          [writer, writer, reader],
          [[writes([1, 2])], [writes([3, 4])], [reads(1), reads(1), reads(1), reads(1)]],
          oneByte,
        ),
        cores: 3,
      },
    },
    { name: 'two fork into one child', program: of([both, reader, neither], [[forks(2)], [forks(2), closes(0)], []]) },
    {
      name: 'one forks while others close',
      program: of([both, both, neither], [[forks(2), closes(1), reads(1)], [closes(1)], [closes(1)]]),
    },
    {
      name: 'a fork that fails leaves nothing behind',
      program: of([both, both], [[forks(1), closes(1), reads(1), closes(0)], [closes(1)]]),
    },
    {
      name: 'a read into a buffer that ends',
      program: of([writer, reader], [[writes([1, 2, 3])], [reads(3, { mappedBytes: 1 }), reads(3)]], {
        capacitySlots: 4,
      }),
    },
    {
      name: 'a writer is killed between two bytes',
      program: { ...of([writer, reader, neither], [[writes([1, 2])], [reads(1)], [kills(0)]], oneByte), cores: 3 },
    },
    {
      name: 'two writers close on a reader',
      program: of([writer, writer, reader], [[closes(1)], [closes(1)], [reads(1)]]),
    },
    {
      name: 'the last writer closes on two readers',
      program: of([writer, reader, reader], [[closes(1)], [reads(1)], [reads(1)]]),
    },
    {
      name: 'two readers wait and one writer writes twice',
      program: of([reader, reader, writer], [[reads(1)], [reads(1)], [writes([1]), writes([2])]], oneByte),
    },
    {
      name: 'an end is used by who does not hold it',
      program: of([both, neither], [[writes([1]), reads(1, { descriptor: 1 })], [reads(1)]]),
    },
    ...(variant === 'linux'
      ? [
          {
            name: 'a small write meets a full page',
            program: of(
              [writer, reader, writer],
              [[writes([1, 2, 3]), writes([4, 5])], [reads(4), reads(1), reads(1)], [writes([6])]],
              onePage,
            ),
          },
          {
            name: 'a small write that may not wait meets a full page',
            program: of([writer, reader], [[writes([1, 2, 3]), writes([4, 5], atOnce)], [reads(3)]], onePage),
          },
          {
            name: 'a write joins a page that was read in part',
            program: of(
              [writer, reader],
              [
                [writes([1, 2, 3]), writes([4])],
                [reads(1), reads(3)],
              ],
              onePage,
            ),
          },
          {
            name: 'a full page is read in part',
            program: of([writer, reader], [[writes([1, 2, 3, 4])], [reads(1), reads(1)]], one),
          },
          {
            name: 'a token is put back into a page that was read in part',
            program: of([both], [[writes([1, 2]), reads(1), writes([3])]]),
          },
          {
            name: 'a page goes through while a writer looks',
            program: {
              ...of([writer, reader, writer], [[writes([1, 2, 3])], [reads(2), reads(1)], [writes([4])]], twoBytes),
              cores: 3,
            },
          },
          {
            name: 'a read that may not wait is followed by one that may',
            program: of([both, reader], [[reads(1, atOnce), writes([1])], [reads(1)]]),
          },
          {
            name: 'calls that do not wait',
            program: of(
              [both, both],
              [
                [writes([1, 2, 3], atOnce), reads(1, atOnce)],
                [reads(2, atOnce), writes([4], atOnce), closes(0)],
              ],
              one,
            ),
          },
          {
            name: 'writes join a page',
            program: of([writer, writer, reader], [[writes([1])], [writes([2, 3])], [reads(1), reads(3)]], {
              capacitySlots: 1,
              slotBytes: 4,
            }),
          },
        ]
      : []),
  ];
};
