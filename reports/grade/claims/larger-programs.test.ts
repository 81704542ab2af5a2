import { describe, expect, it } from 'vitest';
import { boundedBuffer } from '#model/ipc/bounded-buffer.ts';
import type { Subject } from '#model/subject.ts';
import assignment from '#properties/assignments/claims/assignment.ts';
import { programs as largerPrograms } from '#properties/assignments/claims/programs.ts';
import { readHandedIn, scenariosFor } from '#reports/grade/claims/handed-in.ts';

const subject = boundedBuffer as unknown as Subject;

describe('the larger programs on which right code is run', () => {
  it('are such as a student may hand in', () => {
    const handedIn = readHandedIn({ claims: [], workloads: largerPrograms }, subject, assignment.distinct);
    expect(handedIn.workloads).toEqual(largerPrograms);
  });

  it.each(subject.variants.map(({ name }) => name))(
    'have for %s large buffers, long threads and other beginnings',
    (variant) => {
      const programs = scenariosFor(largerPrograms, subject, variant).map(({ program }) => program);
      const parameters = programs.map((program) => program.parameters as { capacity: number; carriedItems: number });
      expect(parameters.map(({ capacity }) => capacity)).toEqual(expect.arrayContaining([4, 8]));
      expect(parameters.some(({ carriedItems }) => carriedItems > 0)).toBe(true);
      expect(programs.some(({ threads }) => threads.every((calls) => calls.length >= 4))).toBe(true);
      const most = Math.max(...programs.map(({ threads }) => threads.length));
      expect(most).toBe(variant === 'in-out' ? 2 : 4);
    },
  );

  it('have ends that several tell', () => {
    const finishes = scenariosFor(largerPrograms, subject, 'semaphores').map(
      ({ program }) => program.threads.flat().filter(({ tag }) => tag === 'finish').length,
    );
    expect(finishes.filter((count) => count >= 3)).toHaveLength(2);
  });
});
