import { describe, expect, it } from 'vitest';
import type { Subject } from '#model/subject.ts';
import { remoteCall } from '#model/sync/remote-call.ts';
import { answersAllowed, answersSeen, programOf, rigOf } from '#properties/all-answers.ts';

const subject = remoteCall as unknown as Subject;

describe.each(subject.variants)('calls to other cores ($name)', ({ name: variant }) => {
  it.each(['two ask each other', 'one asks the other, who asks itself', 'two ask a third'])(
    'answer nothing but what the spec allows, in every execution under sc and rc11: %s',
    async (name) => {
      const program = programOf(subject, variant, name);
      const rig = await rigOf(subject, variant);
      const allowed = answersAllowed(subject, program);
      for (const memory of ['sc', 'rc11'] as const) {
        const seen = answersSeen(rig, program, memory);
        expect(seen?.size).toBeGreaterThan(0);
        expect([...(seen ?? [])].filter((answers) => !allowed.has(answers))).toEqual([]);
      }
    },
  );

  it('cross where each pair of cores has a mailbox, and come one after the other where there is one lock', async () => {
    const program = programOf(subject, variant, 'both ask both');
    const seen = answersSeen(await rigOf(subject, variant), program, 'sc');
    // Each adds on its own core before it serves the other; or one is before the other on both cores.
    expect(seen).toEqual(new Set(variant === 'mailboxes' ? ['[[2],[1]]'] : ['[[0],[2]]', '[[4],[0]]']));
    for (const answers of seen ?? []) expect(answersAllowed(subject, program)).toContain(answers);
  });
});
