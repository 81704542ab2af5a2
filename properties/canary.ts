import { type Claim, never, type Suite } from '#model/claim.ts';
import sleepWakeup from '#properties/sync/sleep-wakeup.property.ts';

/**
 * A claim that is false. Every check tries it first: if it is not refuted, and the refutation not replayed, the tool
 * itself is broken, and nothing it says counts.
 */
export const canary: { readonly suite: Suite; readonly claim: Claim } = {
  suite: sleepWakeup,
  claim: never<{ holds: boolean[] }>('(canary) a condition ever holds', ({ holds }) => holds.includes(true), {
    id: 'canary',
  }) as Claim,
};
