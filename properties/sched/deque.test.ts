import { describe, expect, it } from 'vitest';
import { deque } from '#model/sched/deque.ts';
import type { Subject } from '#model/subject.ts';
import { answersAllowed, answersSeen, programOf, rigOf } from '#properties/all-answers.ts';

const subject = deque as unknown as Subject;

const scenarios = [
  'the last task: owner against thief',
  'one of two tasks each',
  'an owner that takes two',
  'pushed after the last was taken',
  'the array grows and the owner takes',
  'indices wrap',
];

describe.each(subject.variants)('the deque ($name)', ({ name: variant }) => {
  it.each(scenarios)('answers all that the spec allows, and nothing else, under sc and rc11: %s', async (name) => {
    const program = programOf(subject, variant, name);
    const rig = await rigOf(subject, variant);
    const allowed = answersAllowed(subject, program);
    expect(allowed.size).toBeGreaterThan(1);
    expect(answersSeen(rig, program, 'sc')).toEqual(allowed);
    expect(answersSeen(rig, program, 'rc11')).toEqual(allowed);
  });
});
