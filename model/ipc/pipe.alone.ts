import {
  both,
  type Call,
  closes,
  forks,
  type Holdings,
  kills,
  neither,
  type Parameters,
  pipes,
  program,
  reads,
  writes,
} from '#model/ipc/pipe.calls.ts';
import type { Program } from '#model/subject.ts';
import type { PipeCall } from '#spec/abi.ts';

/** Programs of one process: what happens at each border, one call after the other. */
export const aloneScenarios = (variant: string): { name: string; program: Program<Call, Parameters> }[] => {
  const alone = (holding: Holdings[number], calls: readonly PipeCall[], rest: Partial<Parameters> = {}) =>
    program(variant, [holding], [calls], { capacitySlots: 4, slotBytes: variant === 'xv6' ? 1 : 4, ...rest });
  const aroundTheRing = [writes([255, 0, 3, 4]), reads(3), writes([5, 6, 7]), reads(9), writes([8, 9]), reads(1)];
  const bytewise = { capacitySlots: 4, slotBytes: 1 };
  const unmapped: PipeCall = { tag: 'pipe', mapped: false };
  return [
    { name: 'alone: around the ring', program: alone(both, aroundTheRing, bytewise) },
    { name: 'alone: counters pass zero', program: alone(both, aroundTheRing, { ...bytewise, carriedBytes: -2 }) },
    {
      name: 'alone: counters become negative',
      program: alone(both, aroundTheRing, { ...bytewise, carriedBytes: 0x7ffffffe }),
    },
    {
      name: 'alone: buffers that end',
      program: alone(both, [
        writes([1, 2, 3], { mappedBytes: 1 }),
        writes([4]),
        writes([5, 6], { mappedBytes: 1 }),
        reads(3, { mappedBytes: 0 }),
        reads(3, { mappedBytes: 1 }),
        writes([7, 8], { mappedBytes: 0 }),
        writes([9]),
        reads(9),
      ]),
    },
    { name: 'alone: calls of no bytes', program: alone(both, [writes([]), writes([1]), reads(0), reads(1)]) },
    { name: 'alone: killed', program: alone(both, [writes([1]), kills(0), reads(1), reads(1)]) },
    { name: 'alone: killed, and no writer left', program: alone(both, [closes(1), kills(0), reads(1)]) },
    {
      name: 'alone: killed at the brim',
      program: alone(both, [writes([1, 2, 3, 4]), kills(0), writes([5]), reads(4)], bytewise),
    },
    {
      name: 'alone: no writer left',
      program: alone(both, [
        writes([1, 2]),
        closes(1),
        writes([3]),
        reads(1),
        reads(2),
        reads(1),
        closes(1),
        closes(0),
      ]),
    },
    {
      name: 'alone: no reader left',
      program: alone(both, [
        writes([1]),
        closes(0),
        writes([2]),
        writes([3, 4, 5, 6]),
        writes([]),
        reads(1),
        closes(0),
      ]),
    },
    {
      name: 'alone: one pipe after another',
      program: alone(neither, [
        unmapped,
        pipes,
        pipes,
        writes([1]),
        closes(0),
        closes(1),
        closes(1),
        unmapped,
        pipes,
        writes([2]),
        reads(4),
        forks(0),
        closes(1),
        reads(1),
      ]),
    },
    ...(variant === 'linux'
      ? [
          {
            name: 'alone: pages joined, filled and cut',
            program: alone(both, [
              writes([1, 2, 3]),
              writes([4]),
              reads(2),
              writes([5, 6]),
              writes([7, 8, 9, 10, 11]),
              writes([12, 13, 14, 15]),
              reads(5),
              writes([16, 17, 18, 19, 20]),
              reads(99),
            ]),
          },
          {
            name: 'alone: a long write that does not wait',
            program: alone(
              both,
              [
                writes([1, 2, 3, 4, 5, 6, 7], { blocking: false, mappedBytes: 6 }),
                writes([8, 9, 10, 11, 12, 13], { blocking: false }),
                writes([14], { blocking: false }),
                reads(3, { blocking: false, mappedBytes: 2 }),
                reads(20, { blocking: false, mappedBytes: 5 }),
                reads(20, { blocking: false }),
                reads(1, { blocking: false }),
                closes(1),
                reads(1, { blocking: false }),
              ],
              { capacitySlots: 2 },
            ),
          },
        ]
      : []),
  ];
};
